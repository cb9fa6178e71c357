"""Write GraphML with typed attributes, for networkx, igraph, Cytoscape, yEd and R.

Node ids are those of the graph, so that ``networkx.read_graphml`` gives nodes under the names that ``kg`` uses.
Source: http://graphml.graphdrawing.org/specification.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from kg.export.rows import Table, cell, tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from networkx import MultiDiGraph

    from kg.domain import Domain

_TYPES = {"integer": "int", "long": "long", "double": "double", "boolean": "boolean"}


def write_graphml(graph: MultiDiGraph, domain: Domain | None = None, *, include_evidence: bool = False) -> dict[str, bytes]:
    """Return ``graph.graphml``; the arguments are those of ``kg.export.gexf.write_gexf``."""
    table = tabulate(graph, domain, include_evidence=include_evidence)
    return {"graph.graphml": "".join(graphml_lines(table)).encode()}


def graphml_lines(table: Table) -> Iterator[str]:
    """Yield the file's text line by line; lists are joined by `` | ``."""
    node_columns = {"category": "string", "label": "string", **table.node_columns}
    edge_columns = {"predicate": "string", "weight": "integer", **table.edge_columns}
    ids = _ids(table)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for owner, columns in (("node", node_columns), ("edge", edge_columns)):
        for name, kind in columns.items():
            yield f'<key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{_TYPES.get(kind, "string")}"/>\n'
    yield '<graph id="G" edgedefault="directed">\n'
    for key, node in zip(ids, table.nodes, strict=True):
        yield f"<node id={key}>{_data('node', {'category': node.category, 'label': node.label, **node.values}, node_columns)}</node>\n"
    for number, edge in enumerate(table.edges):
        values = _data("edge", {"predicate": edge.predicate, "weight": edge.weight, **edge.values}, edge_columns)
        yield f'<edge id="e{number}" source={ids[edge.source]} target={ids[edge.target]}>{values}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _ids(table: Table) -> list[str]:
    """Return the nodes' ids as quoted XML attributes; should cleaning have made two alike, later ones get a number."""
    seen: dict[str, int] = {}
    ids = []
    for node in table.nodes:
        name = node.key
        while name in seen:
            seen[node.key] += 1
            name = f"{node.key}~{seen[node.key]}"
        seen[name] = 1
        ids.append(quoteattr(name))
    return ids


def _data(owner: str, values: dict[str, Any], columns: dict[str, str]) -> str:
    return "".join(
        f'<data key="{owner}_{name}">{escape(cell(values[name], kind))}</data>' for name, kind in columns.items() if name in values
    )
