"""Offer ``kg plot``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.emit import emit, font_option, json_text, lang_option, picture_font, tell_missing
from kg.cli.options import PATH, domain_option, graph_option, quiet_option
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from networkx import MultiDiGraph

    from kg.analyse.draw import Canvas, Font
    from kg.domain import Domain


@click.command(short_help="Draw an overview of a built graph, or its network, as SVG or PNG.")
@click.argument("what", type=click.Choice(("overview", "network")), default="overview")
@graph_option
@click.option(
    "-o",
    "--output",
    "outputs",
    type=PATH,
    multiple=True,
    required=True,
    metavar="FILE",
    help="A .svg, .png or .json file (may be repeated).",
)
@click.option("--top", type=click.IntRange(1), default=12, show_default=True, metavar="N", help="How many bars a panel has at most.")
@click.option(
    "--colour-by", type=click.Choice(("category", "community")), default="category", show_default=True, help="Colours of the network."
)
@click.option(
    "--labels", type=click.IntRange(0), default=90, show_default=True, metavar="N", help="How many names the network shows at most."
)
@click.option("--relation", "relations", multiple=True, metavar="PREDICATE", help="Draw only these edges of the network (may be repeated).")
@click.option("--around", metavar="NAME", help="Draw only this node of the network with its neighbours.")
@click.option("--zoom", type=click.IntRange(1, 4), default=2, show_default=True, metavar="N", help="Pixels of a PNG a unit.")
@lang_option
@font_option
@domain_option
@quiet_option
def plot(  # noqa: PLR0913 - one argument an option
    *,
    what: str,
    graph: Path,
    outputs: tuple[Path, ...],
    top: int,
    colour_by: str,
    labels: int,
    relations: tuple[str, ...],
    around: str | None,
    zoom: int,
    lang: str,
    fonts: tuple[Path, ...],
    domain: Path | None,
    quiet: bool,
) -> None:
    r"""Draw a built graph.

    \b
    kg plot -o overview.svg -o overview.png
    kg plot network -o network.png --colour-by community
    kg plot network -o network.png --relation hasMeasure --relation targets
    kg plot network -o network.png --around 技能辽宁行动

    The overview counts entities, facts, agencies, measure types, target groups, regions and years; the network stands as in graph.gexf.
    The same graph gives the same bytes. Text in SVG is drawn as outlines, so that it looks the same everywhere.
    """
    from kg.domain import load_domain
    from kg.rdf import read_graph

    for output in outputs:
        if output.suffix.lower() not in {".svg", ".png", ".json"}:
            raise UsageError(str(output), "has no extension of a known format", "use .svg, .png or .json")
    loaded = load_domain(domain)
    built = read_graph(graph, loaded)
    font = picture_font(loaded, fonts)
    if what == "overview":
        canvas = _overview(built, loaded, (font, lang, top))
    else:
        canvas = _network(built, loaded, (font, lang, colour_by, labels), (relations, around))
    svg = canvas.svg()

    def numbers() -> str:
        from kg.analyse.overview import overview

        return json_text(overview(built, loaded, top))

    def png() -> bytes:
        from kg.analyse.draw import to_png

        return to_png(svg, zoom)

    for output in outputs:
        emit({"svg": lambda: svg, "png": png, "json": numbers}, None, output)
        if not quiet:
            click.echo(str(output))
    tell_missing(font)


def _overview(graph: MultiDiGraph, domain: Domain, how: tuple[Font, str, int]) -> Canvas:
    from kg.analyse.overview import overview
    from kg.analyse.overview_picture import draw_overview

    font, lang, top = how
    return draw_overview(overview(graph, domain, top), domain, font, lang)


def _network(graph: MultiDiGraph, domain: Domain, how: tuple[Font, str, str, int], kept: tuple[tuple[str, ...], str | None]) -> Canvas:
    """Draw the network at its places in ``graph.gexf``, all of it or what the filters keep."""
    from kg.analyse.explain import find_node
    from kg.analyse.network_picture import Dot, Tie, draw_network
    from kg.export.gexf import draw
    from kg.export.rows import tabulate

    font, lang, colour_by, labels = how
    table = tabulate(graph, domain, include_evidence=False)
    picture = draw(table)
    drawn = zip(table.nodes, picture.points, picture.sizes, picture.community, strict=True)
    dots = [Dot(node.label, node.category, x, y, size, community) for node, (x, y), size, community in drawn]
    ties = [Tie(edge.source, edge.target, edge.predicate, edge.weight) for edge in table.edges]
    relations, around = kept
    known = sorted({tie.predicate for tie in ties})
    for relation in relations:
        if relation not in known:
            raise UsageError(relation, "is no relation of this graph", f"name one of {', '.join(known)}")
    ties = [tie for tie in ties if not relations or tie.predicate in relations]
    if around is not None:
        key = find_node(graph, around, domain)
        middle = next((number for number, node in enumerate(table.nodes) if node.key == key), -1)
        near = {middle, *(end for tie in ties for end in (tie.source, tie.target) if middle in (tie.source, tie.target))}
        ties = [tie for tie in ties if tie.source in near and tie.target in near]
    return draw_network(dots, ties, domain, font, lang=lang, colour_by=colour_by, labels=labels, filtered=bool(relations or around))
