"""Share the options that several commands take, and how they show progress."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model import Finding
    from kg.run import Harvest

PATH = click.Path(path_type=Path)

domain_option = click.option("--domain", type=PATH, metavar="DIR", help="Folder of another policy field, made like ontology/employment.")
lexicon_option = click.option(
    "--lexicon", "lexicons", type=PATH, multiple=True, metavar="FILE", help="Table of names laid over the shipped ones (may be repeated)."
)
meta_option = click.option(
    "--meta",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Table of what is known about the texts: path, region, date, issuer, title, url.",
)
strict_option = click.option("--strict", is_flag=True, help="Exit 3 if an input was quarantined.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
graph_option = click.option(
    "--graph",
    type=PATH,
    default=Path("exports"),
    show_default=True,
    metavar="PATH",
    help="A build folder, or a .ttl or .nq file.",
)

#: Every how many documents a line appears where there is no terminal.
_STEP = 100


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """Give the callback that shows how far a job is: a bar on a terminal, a line every hundred documents elsewhere."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        yield _line
        return
    bars: list[Any] = []

    def advance(number: int, total: int, source: str) -> None:
        if not bars:
            bar = click.progressbar(length=total, file=sys.stderr, item_show_func=lambda shown: shown or "", label="reading")
            bars.append(bar.__enter__())
        bars[0].update(1 if number else 0, source)

    try:
        yield advance
    finally:
        for bar in bars:
            bar.update(bar.length - bar.pos)
            bar.render_finish()


def _line(number: int, total: int, source: str) -> None:
    if number and number % _STEP == 0:
        click.echo(f"{number} of {total}: {source}", err=True)


def tell(result: Harvest, *, quiet: bool) -> None:
    """Print one line for each quarantined input, and unless quiet one for each doubt and the numbers."""
    for one in result.quarantined:
        click.echo(finding_line(one), err=True)
    if quiet:
        return
    for one in result.findings:
        if one.severity != "info":
            click.echo(finding_line(one), err=True)
    counts = result.counts
    parts = ", ".join(f"{counts[name]} {name}" for name in ("built", "duplicates", "quarantined", "skipped"))
    click.echo(f"{counts['total']} inputs: {parts}", err=True)


def finding_line(one: Finding) -> str:
    """Return a finding as one line: ``where: severity: code: message``, without control characters."""
    line = f"{one.where}: {one.severity}: {one.code}: {one.message}"
    return "".join(character if character.isprintable() else "�" for character in line)
