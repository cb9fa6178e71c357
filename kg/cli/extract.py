"""Offer ``kg extract``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.effort import effort_of, effort_options
from kg.cli.options import PATH, domain_option, lexicon_option, meta_option, progress, quiet_option, strict_option, tell

_QUARANTINED = 3


@click.command(short_help="Read texts and write their extraction records, one JSON object a line.")
@click.argument("paths", type=PATH, nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", type=PATH, default=Path("-"), metavar="FILE", help="File for the records; - (the default) is standard output."
)
@effort_options
@domain_option
@lexicon_option
@meta_option
@strict_option
@quiet_option
@click.pass_context
def extract(ctx: click.Context, /, paths: tuple[Path, ...], output: Path, **others: object) -> None:
    """Read files and folders (txt, HTML, DOCX, PDF, zip, JSONL, CSV, Parquet) and write one extraction record a line: the text, the nodes with all their mentions,
    the edges with the sentences that state them.

    Offsets are code points into the record's text. The form is described in docs/model.md.
    """  # noqa: D205 - click shows the docstring
    from kg.run import Options, extract_records, record_lines, write_atomically

    quiet = bool(others["quiet"])
    options = Options(others["domain"], others["lexicons"], others["meta"], effort=effort_of(others))  # type: ignore[arg-type]
    with progress(quiet=quiet) as show:
        result = extract_records(paths, options, show)
    data = record_lines(result.records)
    if str(output) == "-":
        sys.stdout.buffer.write(data)
    else:
        write_atomically(output, data)
    tell(result, quiet=quiet)
    if others["strict"] and result.quarantined:
        ctx.exit(_QUARANTINED)
