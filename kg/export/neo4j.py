"""Write the graph as two tables that ``neo4j-admin database import`` takes and any spreadsheet opens.

Both hold everything: evidence, provisions and source texts (without their full text) too. RFC 4180: commas, quotes
around every text, CRLF; UTF-8 without byte-order mark; a missing value is an empty cell without quotes. A list is
joined by ``;`` (Neo4j's default), a semicolon inside an item becomes a full-width one. A text that a spreadsheet would
take for a formula (it begins with ``=``, ``+``, ``-``, ``@`` or their full-width forms) gets an apostrophe in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.export.rows import EDGE_COLUMNS, NODE_COLUMNS, EdgeRow, NodeRow, cell, tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from networkx import MultiDiGraph

    from kg.domain import Domain

_TYPES = {"string": "", "integer": ":int", "long": ":long", "double": ":double", "boolean": ":boolean", "liststring": ":string[]"}
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(graph: MultiDiGraph, domain: Domain | None = None) -> dict[str, bytes]:
    """Return ``nodes.csv`` and ``edges.csv``.

    The known columns are always there, used or not; further fields of the graph follow by name.
    """
    table = tabulate(graph, domain, include_evidence=True)
    node_columns = {**NODE_COLUMNS, **table.node_columns}
    edge_columns = {**EDGE_COLUMNS, **table.edge_columns}
    nodes = (node_line(node, node_columns) for node in table.nodes)
    keys = [node.key for node in table.nodes]
    edges = (edge_line(keys[edge.source], keys[edge.target], edge, edge_columns) for edge in table.edges)
    return {
        "nodes.csv": "".join([node_header(node_columns), *nodes]).encode(),
        "edges.csv": "".join([edge_header(edge_columns), *edges]).encode(),
    }


def node_header(columns: dict[str, str]) -> str:
    """Return the first line of ``nodes.csv`` for columns and their types."""
    return _line([":ID", *_header(columns), ":LABEL"])


def edge_header(columns: dict[str, str]) -> str:
    """Return the first line of ``edges.csv`` for columns and their types."""
    return _line([":START_ID", ":END_ID", ":TYPE", "weight:int", *_header(columns)])


def node_line(node: NodeRow, columns: dict[str, str]) -> str:
    """Return the line of a node."""
    return _line([_text(node.key), *_cells(node.values, columns), _text(node.category)])


def edge_line(source: str, target: str, edge: EdgeRow, columns: dict[str, str]) -> str:
    """Return the line of an edge between the nodes of two keys."""
    return _line([_text(source), _text(target), _text(edge.predicate), str(edge.weight), *_cells(edge.values, columns)])


def _line(cells: list[str]) -> str:
    return ",".join(cells) + "\r\n"


def _header(columns: dict[str, str]) -> Iterator[str]:
    return (name + _TYPES[kind] for name, kind in columns.items())


def _cells(values: dict[str, Any], columns: dict[str, str]) -> Iterator[str]:
    for name, kind in columns.items():
        value = values.get(name)
        if value is None:
            yield ""
        elif kind == "liststring":
            items = value if isinstance(value, list) else [str(value)]
            yield _text(";".join(_safe(item.replace(";", "\uff1b")) for item in items))
        else:
            yield _text(cell(value, kind)) if kind == "string" else cell(value, kind)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(text: str) -> str:
    return '"' + _safe(text).replace('"', '""') + '"'
