"""Share the options that several commands take, and how they show progress."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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


def tell(result: Harvest, *, quiet: bool, full: str = "") -> None:
    """Print one line for each quarantined input, and unless quiet the doubts, files that could be converted, and the numbers.

    Args:
        result: What became of the inputs.
        quiet: Print quarantined inputs only.
        full: Where all findings stand; doubts of one kind then take one line. Each has a line of its own where there is no such place.
    """
    for one in result.quarantined:
        click.echo(finding_line(one), err=True)
    if quiet:
        return
    for line in summary_lines(result.findings, full):
        click.echo(line, err=True)
    for line in result.advice:
        click.echo(line, err=True)
    counts = result.counts
    parts = ", ".join(f"{counts[name]} {name}" for name in ("built", "duplicates", "quarantined", "skipped"))
    click.echo(f"{counts['total']} inputs: {parts}", err=True)


def summary_lines(findings: Iterable[Finding], full: str) -> Iterator[str]:
    """Yield a line for each kind of doubt: how many there are, the first one, and where all of them stand; informations are left out.

    Args:
        findings: In the order they were found.
        full: File with all of them, empty if there is none: then each has its own line.
    """
    kinds: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        if one.severity != "info":
            kinds.setdefault((one.severity, one.code) if full else (one.severity, one.code, one.where, one.message), []).append(one)
    for alike in kinds.values():
        first = finding_line(alike[0])
        yield first if len(alike) == 1 else f"{first} ({len(alike) - 1} more of this kind: {full})"


def finding_line(one: Finding) -> str:
    """Return a finding as one line: ``where: severity: code: message``, without control characters."""
    line = f"{one.where}: {one.severity}: {one.code}: {one.message}"
    return "".join(character if character.isprintable() else "�" for character in line)
