"""Offer ``kg score``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_MISSED = 1


@click.command(short_help="Compare extraction records with gold annotations.")
@click.argument("records", type=PATH, metavar="FILE")
@click.option("--gold", type=PATH, required=True, metavar="DIR", help="Folder of gold files.")
@click.option("--texts", type=PATH, metavar="DIR", help="Folder of the source texts; default: texts/ beside the gold folder.")
@click.option("--doc", "documents", multiple=True, metavar="ID", help="Only this document (may be repeated).")
@click.option("--errors", type=click.IntRange(min=0), default=0, metavar="N", help="List up to N errors of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.option(
    "--floor", "floors", multiple=True, metavar="FIGURE=X", help="Exit 1 if a figure (mean_relaxed_f1=0.75) is lower (may be repeated)."
)
@click.pass_context
def score(ctx: click.Context, /, records: Path, gold: Path, texts: Path | None, documents: tuple[str, ...], **others: object) -> None:
    """Compare the extraction records in FILE with gold annotations, with the arithmetic of the evaluation kit's scorer.

    The last line, which counts, averages over documents; the tables above it pool all documents.
    """
    from kg.score import as_table, load_gold, load_records
    from kg.score import score as compare

    wanted = _floors(others["floors"])  # type: ignore[arg-type]
    folder = texts or gold.parent / "texts"
    errors = int(others["errors"])  # type: ignore[call-overload]
    result = compare(load_gold(gold, documents), load_records(records), folder if folder.is_dir() else None, errors)
    if others["as_json"]:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for line in as_table(result):
            click.echo(line)
    missed = False
    for figure, floor in wanted.items():
        if not isinstance(result.get(figure), float):
            known = ", ".join(key for key, value in result.items() if isinstance(value, float))
            raise UsageError("--floor", f"no figure {figure!r}", f"there are {known}")
        if result[figure] < floor:
            click.echo(f"{figure} is {result[figure]:.3f}, below {floor:.3f}", err=True)
            missed = True
    ctx.exit(_MISSED if missed else 0)


def _floors(stated: tuple[str, ...]) -> dict[str, float]:
    floors = {}
    for one in stated:
        figure, _, value = one.partition("=")
        try:
            floors[figure] = float(value)
        except ValueError as error:
            raise UsageError("--floor", f"{one!r} gives no number", "write it as mean_relaxed_f1=0.75") from error
    return floors
