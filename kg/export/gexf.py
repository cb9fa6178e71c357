"""Write GEXF 1.3 that Gephi, Gephi Lite and networkx read without loss.

``networkx.write_gexf`` would let Gephi merge two predicates between one pair, overwrite attributes named ``type``,
take lists for time spans, and stamp today's date. Here the predicate is in the edge's ``kind`` (and its label), ids
are short, attribute names are not those of GEXF itself. Source: https://gexf.net/1.3/gexf.xsd.
"""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from contextlib import contextmanager
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from kg.analyse.draw.colours import OTHER, PALETTE
from kg.export.dynamic import Interval, intervals
from kg.export.layout import Point, layout
from kg.export.rows import EdgeRow, Table, cell, column_types, tabulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from networkx import MultiDiGraph

    from kg.domain import Domain
    from kg.export.community import Adjacency

_SMALLEST, _LARGEST = 4.0, 40.0

# What must not stand in an XML attribute as it is.
_SPECIAL = re.compile('[<>&"]')

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    "<meta><creator>kg</creator></meta>\n"
)


class Picture(NamedTuple):
    """Hold how nodes are drawn: size (4 to 40, by the number of neighbours), place, number of the community."""

    sizes: list[float]
    points: list[Point]
    community: list[int]


def write_gexf(
    graph: MultiDiGraph, domain: Domain | None = None, *, include_evidence: bool = False, dynamic: bool = False
) -> dict[str, bytes]:
    """Return ``graph.gexf`` (an edge for each predicate) and ``graph-simple.gexf`` (one edge for each pair of nodes).

    Args:
        graph: As ``docs/model.md`` part 2 describes it.
        domain: Gives the labels of curated concepts.
        include_evidence: Keep Evidence and Provision nodes and every source text.
        dynamic: Give nodes and edges the time from the first to the last dated document that speaks of them.
    """
    with uncollected():
        table = tabulate(graph, domain, include_evidence=include_evidence)
        picture = draw(table)
        times = _times(graph, table) if dynamic else None
        return {
            "graph.gexf": "".join(gexf_lines(table, picture, times=times)).encode(),
            "graph-simple.gexf": "".join(gexf_lines(simplified(table), picture, simple=True, times=times)).encode(),
        }


@contextmanager
def uncollected() -> Iterator[None]:
    """Stop the search for unreachable cycles: a writer makes hundreds of thousands of rows and no cycle, and would be slowed by a third."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class Times(NamedTuple):
    """Hold the interval of each node by its index, and of each edge by the indices of its ends, whichever way, and for each predicate."""

    nodes: dict[int, Interval]
    edges: dict[tuple[int, int, str], Interval]


def _times(graph: MultiDiGraph, table: Table) -> Times:
    found = intervals(graph)
    nodes = {number: found.nodes[node.key] for number, node in enumerate(table.nodes) if node.key in found.nodes}
    edges: dict[tuple[int, int, str], Interval] = {}
    for edge in table.edges:
        interval = found.edges.get((table.nodes[edge.source].key, edge.predicate, table.nodes[edge.target].key))
        if interval is not None:
            edges[edge.source, edge.target, edge.predicate] = interval
            pair = (min(edge.source, edge.target), max(edge.source, edge.target), "")
            start, end = edges.get(pair, interval)
            edges[pair] = (min(start, interval[0]), max(end, interval[1]))
    return Times(nodes, edges)


def draw(table: Table) -> Picture:
    """Return sizes and places of the table's nodes."""
    adjacency: Adjacency = [{} for _ in table.nodes]
    for edge in table.edges:
        if edge.source != edge.target:
            for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
                adjacency[one][other] = adjacency[one].get(other, 0) + 1
    sizes = node_sizes([len(ties) for ties in adjacency])
    return Picture(sizes, *layout(adjacency, sizes))


def node_sizes(degrees: list[int]) -> list[float]:
    """Return a size from 4 to 40 for each number of neighbours, growing with its square root."""
    most = max(degrees, default=0) or 1
    return [round(_SMALLEST + (_LARGEST - _SMALLEST) * sqrt(degree / most), 2) for degree in degrees]


def gexf_lines(table: Table, picture: Picture | None, *, simple: bool = False, times: Times | None = None) -> Iterator[str]:
    """Yield the file's text line by line; without a picture nodes have a colour only.

    Args:
        table: What to write.
        picture: How nodes are drawn.
        simple: Edges are whole pairs and so have no ``kind``.
        times: When nodes and edges are there; without it the graph is static.
    """
    yield _HEAD
    mode = 'mode="static"' if times is None else 'mode="dynamic" timeformat="date" timerepresentation="interval"'
    yield f'<graph {mode} defaultedgetype="directed">\n'
    yield from _columns("node", {"category": "string", "node_id": "string", "community": "integer", **table.node_columns})
    yield from _columns("edge", table.edge_columns)
    node_writers, edge_writers = _writers(table.node_columns), _writers(table.edge_columns)
    yield "<nodes>\n"
    for number, node in enumerate(table.nodes):
        place = number_of_community = ""
        if picture is not None:
            x, y = picture.points[number]
            place = f'<viz:size value="{picture.sizes[number]:.2f}"/><viz:position x="{x:.2f}" y="{y:.2f}" z="0.00"/>'
            number_of_community = f'<attvalue for="community" value="{picture.community[number]}"/>'
        red, green, blue = PALETTE.get(node.category, OTHER)
        yield (
            f'<node id="n{number}" label={_quoted(node.label)}{_during(times.nodes.get(number)) if times else ""}><attvalues><attvalue for="category" value={_quoted(node.category)}/>'
            f'<attvalue for="node_id" value={_quoted(node.key)}/>{number_of_community}{_values(node.values, node_writers)}</attvalues>'
            f'<viz:color r="{red}" g="{green}" b="{blue}"/>{place}</node>\n'
        )
    yield "</nodes>\n<edges>\n"
    for number, edge in enumerate(table.edges):
        name = _quoted(edge.predicate)
        kind = "" if simple else f" kind={name}"
        if times:
            pair = (min(edge.source, edge.target), max(edge.source, edge.target), "")
            kind += _during(times.edges.get(pair if simple else (edge.source, edge.target, edge.predicate)))
        yield (
            f'<edge id="e{number}" source="n{edge.source}" target="n{edge.target}"{kind} label={name} weight="{edge.weight}">'
            f"<attvalues>{_values(edge.values, edge_writers)}</attvalues></edge>\n"
        )
    yield "</edges>\n</graph>\n</gexf>\n"


def _quoted(text: str) -> str:
    """Return the text as an XML attribute, always in double quotes."""
    if _SPECIAL.search(text) is not None:
        text = escape(text, {'"': "&quot;"})
    return f'"{text}"'


def _during(interval: Interval | None) -> str:
    return f' start="{interval[0]}" end="{interval[1]}"' if interval else ""


def _columns(owner: str, columns: dict[str, str]) -> Iterator[str]:
    if columns:
        yield f'<attributes class="{owner}" mode="static">\n'
        for name, kind in columns.items():
            yield f'<attribute id="{name}" title="{name}" type="{kind}"/>\n'
        yield "</attributes>\n"


class _Writer(NamedTuple):
    """Hold a column's name, how its values begin, and what gives a value in quotes."""

    name: str
    begin: str
    quote: Callable[[Any], str]


def _writers(columns: dict[str, str]) -> list[_Writer]:
    """Return what writes the columns, in their order."""
    return [_Writer(name, f'<attvalue for="{name}" value=', _QUOTES.get(kind, _quoted_cell)) for name, kind in columns.items()]


def _values(values: dict[str, Any], writers: list[_Writer]) -> str:
    """Return the ``attvalue`` elements in the order of the columns."""
    return "".join([f"{begin}{quote(values[name])}/>" for name, begin, quote in writers if name in values])


def _quoted_cell(value: Any) -> str:
    return _quoted(value if isinstance(value, str) else cell(value, "string"))


# Values of an integer column are whole numbers and nothing else (``kg.export.rows.column_types``).
_QUOTES: dict[str, Callable[[Any], str]] = {
    "double": lambda value: f'"{float(value)!r}"',
    "integer": lambda value: f'"{value}"',
    "long": lambda value: f'"{value}"',
    "liststring": lambda value: _quoted(liststring(value if isinstance(value, list) else [str(value)])),
}


def liststring(items: list[str]) -> str:
    r"""Return a list as Gephi and graphology parse it: in brackets, each item in quotes.

    >>> print(liststring(["a, b", 'c "d" \\']))
    ["a, b", "c \"d\" \\"]
    """
    return "[" + ", ".join('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items) + "]"


def simplified(table: Table) -> Table:
    """Return the table with one edge for each pair of nodes.

    The edge points where most of its predicates point (else where the first by name does); a predicate that holds the
    other way round is marked ``^`` like an inverse path in SPARQL. Weight is the largest of the joined edges.
    """
    pairs: defaultdict[tuple[int, int], list[EdgeRow]] = defaultdict(list)
    for edge in table.edges:
        pairs[min(edge.source, edge.target), max(edge.source, edge.target)].append(edge)
    edges = sorted(_joined(low, high, joined) for (low, high), joined in pairs.items())
    return Table(table.nodes, edges, table.node_columns, column_types((edge.values for edge in edges), _PAIR_COLUMNS))


_PAIR_COLUMNS = {"predicates": "liststring", "confidence": "double", "evidence_count": "integer", "sentence": "string"}


def _joined(low: int, high: int, edges: list[EdgeRow]) -> EdgeRow:
    edges = sorted(edges, key=lambda edge: (edge.predicate, edge.source))
    upward = sum(edge.source == low for edge in edges)
    forward = upward * 2 > len(edges) or (upward * 2 == len(edges) and edges[0].source == low)
    source, target = (low, high) if forward else (high, low)
    predicates = sorted({edge.predicate if edge.source == source else f"^{edge.predicate}" for edge in edges})
    values: dict[str, Any] = {"predicates": predicates, "evidence_count": sum(edge.values.get("evidence_count", 0) for edge in edges)}
    if known := [edge.values["confidence"] for edge in edges if isinstance(edge.values.get("confidence"), (int, float))]:
        values["confidence"] = max(known)
    if sentence := next((edge.values["sentence"] for edge in edges if "sentence" in edge.values), None):
        values["sentence"] = sentence
    return EdgeRow(source, target, ", ".join(predicates), max(edge.weight for edge in edges), values)
