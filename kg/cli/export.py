"""Offer ``kg export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH, domain_option, graph_option, quiet_option
from kg.errors import UsageError
from kg.export import FORMATS

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from kg.domain import Domain


@click.command(
    short_help="Write a built graph in one of the formats.",
    epilog="\b\nFormats:\n" + "\n".join(f"  {row.name:<15}{row.description} ({', '.join(row.filenames)})" for row in FORMATS.values()),
)
@click.argument("form", type=click.Choice(sorted(FORMATS)), metavar="FORMAT")
@graph_option
@click.option("-o", "--output", type=PATH, required=True, metavar="FILE", help="File, or for a format of several files a folder.")
@click.option("--dynamic", is_flag=True, help="gexf only: with the time in which documents speak of each node and edge, for a timeline.")
@click.option("--rdf-star", is_flag=True, help="turtle only: evidence as RDF 1.2 (rdf:reifies), for the stores that read it.")
@domain_option
@quiet_option
def export(*, form: str, graph: Path, output: Path, dynamic: bool, rdf_star: bool, domain: Path | None, quiet: bool) -> None:  # noqa: PLR0913 - one an option
    """Write a built graph in one of the formats below."""
    from kg.domain import load_domain
    from kg.rdf import read_graph
    from kg.run import Output, write_atomically

    loaded = load_domain(domain)
    if dynamic and form != "gexf":
        raise UsageError("--dynamic", f"{form} has no timeline", "use it with gexf")
    if rdf_star and form != "turtle":
        raise UsageError("--rdf-star", f"{form} is not written in RDF 1.2", "use it with turtle")
    built = read_graph(graph, loaded)
    write = _rdf_star if rdf_star else _dynamic_gexf if dynamic else FORMATS[form].write
    files = write(built, loaded)
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


def _rdf_star(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.rdf import write_turtle_star

    return {"graph.ttl": write_turtle_star(graph, domain)}


def _dynamic_gexf(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.gexf import write_gexf

    return write_gexf(graph, domain, dynamic=True)
