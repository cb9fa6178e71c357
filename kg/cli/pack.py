"""Offer ``kg pack``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH, finding_line, meta_option, progress, quiet_option, strict_option

if TYPE_CHECKING:
    from pathlib import Path

_QUARANTINED = 3


@click.command(short_help="Put texts of any form into one Parquet file, for kg build on a cluster.")
@click.argument("paths", type=PATH, nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="The file; ends in .parquet.")
@click.option("--max-size", type=click.FloatRange(0.001), default=20.0, show_default=True, metavar="MB", help="How large one text may be.")
@meta_option
@strict_option
@quiet_option
@click.pass_context
def pack(ctx: click.Context, /, paths: tuple[Path, ...], output: Path, max_size: float, **others: object) -> None:
    """Fetch the files and folders that `kg build` would read and write them into FILE, with their names and what is known about them.

    `kg build FILE` gives then what `kg build PATH...` gives, here or on a cluster (--engine spark). What could not be fetched is named, and
    is in FILE too: the build's report has it.
    """
    from kg.cluster.pack import pack as pack_inputs

    quiet = bool(others["quiet"])
    with progress(quiet=quiet) as show:
        packed = pack_inputs(paths, output, others["meta"], largest=int(max_size * 1_000_000), progress=show)  # type: ignore[arg-type]
    for one in (*packed.quarantined, *(() if quiet else packed.findings)):
        click.echo(finding_line(one), err=True)
    if not quiet:
        click.echo(packed.summary(), err=True)
        click.echo(f"{output}: {packed.texts} texts, {packed.bytes:,} bytes of content in {output.stat().st_size:,}")
    if others["strict"] and packed.quarantined:
        ctx.exit(_QUARANTINED)
