"""Offer ``kg build``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.cluster import Place, build_there, cluster_options, refuse_cluster_options
from kg.cli.effort import effort_of, effort_options
from kg.cli.load import keep
from kg.cli.options import PATH, domain_option, lexicon_option, meta_option, progress, quiet_option, strict_option, summary_lines, tell

_QUARANTINED = 3


@click.command(short_help="Read texts and write their graph, records and report into a folder.")
@click.argument("paths", type=Place(path_type=Path), nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", type=Place(path_type=Path), default=Path("exports"), show_default=True, metavar="DIR", help="Folder for the results."
)
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="X", help="Leave claims below this confidence out of the graph."
)
@click.option(
    "--store", type=PATH, metavar="DIR", help="Also keep the graph in this store folder; it then holds this build's texts (see kg load)."
)
@click.option(
    "--stream", is_flag=True, help="Write N-Quads, CSV, records and report only, without the whole graph in memory: for very many texts."
)
@effort_options
@cluster_options
@domain_option
@lexicon_option
@meta_option
@strict_option
@quiet_option
@click.pass_context
def build(ctx: click.Context, /, paths: tuple[Path, ...], output: Path, min_confidence: float, **others: object) -> None:
    """Read files and folders (txt, HTML, DOCX, PDF, zip, JSONL, CSV, Parquet) and write into DIR their graph as Turtle, N-Quads,
    JSON-LD, GEXF, GraphML and CSV, a page to look at it, the extraction records and a report.

    The same texts give the same bytes, whatever the workers. An input that cannot be used, crashes, takes too long or needs too much memory is
    named with its reason and costs only itself; files of an earlier build in DIR are replaced all at once, when everything is done. A build
    that was interrupted or killed goes on where it was: finished records are kept (see `kg cache`). With --engine spark the PATHs are files of
    `kg pack`, and DIR gets N-Quads and Parquet in shards; see docs/scale.md.
    """  # noqa: D205 - click shows the docstring
    from kg.run import Built, Options, Streamed, build_folder, stream_folder
    from kg.store.place import prepare

    quiet = bool(others["quiet"])
    options = Options(others["domain"], others["lexicons"], others["meta"], min_confidence, effort_of(others))  # type: ignore[arg-type]
    if others["engine"] == "spark":
        quarantined = build_there(paths, output, options, others)
        ctx.exit(_QUARANTINED if others["strict"] and quarantined else 0)
    refuse_cluster_options(others, (*paths, output))
    if others["store"] is not None:
        prepare(others["store"])  # type: ignore[arg-type]
    with progress(quiet=quiet) as show:
        built = (stream_folder if others["stream"] else build_folder)(paths, output, options, show)
    full = str(output / "report.json")
    tell(built.harvest, quiet=quiet, full=full)
    if not quiet and isinstance(built, Streamed):
        nodes, edges = sum(built.report["nodes"].values()), sum(built.report["edges"].values())
        click.echo(f"{output}: {nodes} nodes, {edges} edges in {', '.join(built.files)}")
    elif not quiet and isinstance(built, Built):
        for line in summary_lines(built.problems, full):
            click.echo(line, err=True)
        graph = built.graph
        click.echo(f"{output}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges in {', '.join(built.files)}")
    if others["store"] is not None:
        keep((output,), others["store"], domain=others["domain"], quiet=quiet)  # type: ignore[arg-type]
    if others["strict"] and built.harvest.quarantined:
        ctx.exit(_QUARANTINED)
