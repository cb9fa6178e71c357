"""Offer ``kg export``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import PATH, domain_option, graph_option, quiet_option
from kg.errors import UsageError
from kg.export import FORMATS


@click.command(
    short_help="Write a built graph in one of the formats.",
    epilog="\b\nFormats:\n" + "\n".join(f"  {row.name:<9}{row.description} ({', '.join(row.filenames)})" for row in FORMATS.values()),
)
@click.argument("form", type=click.Choice(sorted(FORMATS)), metavar="FORMAT")
@graph_option
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="File, or for a format of several files a folder.")
@domain_option
@quiet_option
def export(form: str, graph: Path, output: Path, domain: Path | None, quiet: bool) -> None:
    """Write a built graph in one of the formats below."""
    from kg.domain import load_domain
    from kg.rdf import read_graph
    from kg.run import Output, write_atomically

    loaded = load_domain(domain)
    files = FORMATS[form].write(read_graph(graph, loaded), loaded)
    if output.is_dir() or (len(files) > 1 and not output.suffix):
        with Output(output) as folder:
            folder.write(files)
        written = [output / name for name in files]
    else:
        main, *others = FORMATS[form].filenames
        if others and not output.is_dir() and output.suffix != Path(main).suffix:
            raise UsageError(str(output), f"{form} has several files ({', '.join(files)})", "name a folder")
        write_atomically(output, files[main])
        written = [output]
    if not quiet:
        for path in written:
            click.echo(str(path))
