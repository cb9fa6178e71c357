"""Make rows of nodes, edges and evidence for Parquet; their columns are those of ``nodes.csv`` and ``edges.csv``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.export.rows import NODE_COLUMNS, edge_sentence, node_row
from kg.run.pool import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from kg.domain import Domain

_SPARK = {"string": "string", "integer": "bigint", "double": "double", "liststring": "array<string>"}
#: Columns with their types in Spark; ``more`` is a JSON object of what else is known of a node.
NODES = {"id": "string", "type": "string", **{name: _SPARK[kind] for name, kind in NODE_COLUMNS.items()}, "more": "string"}
EDGES = {"subject": "string", "predicate": "string", "object": "string", "text": "string", "confidence": "double", "count": "bigint"}
EDGES |= {"sentence": "string"}
#: ``node`` for the evidence of a mention, else ``subject``, ``predicate``, ``object``.
EVIDENCE = dict.fromkeys(("id", "text", "node", "subject", "predicate", "object"), "string")
EVIDENCE |= {"start": "bigint", "end": "bigint", "exact": "string", "sentence": "string", "rule": "string", "confidence": "double"}

#: Edges that columns of the evidence stand for.
_OF_EVIDENCE = "hasEvidence"


class Rows:
    """Gather rows as JSON, by kind (``node``, ``edge``, ``evidence``)."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self.made: list[tuple[str, bytes]] = []

    def take(self) -> list[tuple[str, bytes]]:
        """Return what was gathered, and begin anew."""
        made, self.made = self.made, []
        return made

    def of_text(self, graph: nx.MultiDiGraph) -> None:
        """Take in what one text says; for :class:`kg.run.pool.Said`."""
        mentions: dict[str, int] = {}
        holder: dict[str, str] = {}
        for source, target, predicate, data in graph.edges(keys=True, data=True):
            if predicate == _OF_EVIDENCE:
                mentions[source] = mentions.get(source, 0) + 1
                holder[target] = source
            elif graph.nodes[source].get("type") != "Evidence":
                said = [graph.nodes[key] for key in data["evidence"]]
                self._edge(source, target, predicate, said, data["confidence"])
        for node, attributes in graph.nodes(data=True):
            if attributes.get("type") == "Evidence":
                self._add("evidence", {**{name: attributes.get(name) for name in EVIDENCE}, "id": node, "node": holder.get(node)})
            elif attributes.get("type") in LOCAL:
                self._node(node, attributes, mentions.get(node, 0))

    def of_pool(self, graph: nx.MultiDiGraph, derived: Mapping[str, Mapping[str, Any]], mentions: Mapping[str, int]) -> None:
        """Take in nodes of all texts, and the edges that their attributes stand for; for :class:`kg.run.pool.Pool`."""
        for node, attributes in graph.nodes(data=True):
            if "type" in attributes:
                self._node(node, {**attributes, **derived.get(node, {})}, mentions.get(node, 0))
        for source, target, predicate in graph.edges(keys=True):
            self._edge(source, target, predicate, [], None)

    def _edge(self, source: str, target: str, predicate: str, said: list[Mapping[str, Any]], confidence: float | None) -> None:
        row: dict[str, Any] = {"subject": source, "predicate": predicate, "object": target, "count": len(said)}
        if said:
            row |= {"text": said[0]["text"], "confidence": confidence, "sentence": edge_sentence(said)}
        self._add("edge", row)

    def _node(self, node: str, attributes: Mapping[str, Any], mentions: int) -> None:
        row = node_row(node, attributes, self._domain, mentions)
        known = {name: _fit(value, NODE_COLUMNS[name]) for name, value in row.values.items() if name in NODE_COLUMNS}
        more = {name: value for name, value in row.values.items() if name not in NODE_COLUMNS}
        self._add("node", {"id": node, "type": row.category, **known, "more": json.dumps(more, ensure_ascii=False, sort_keys=True)})

    def _add(self, kind: str, row: Mapping[str, Any]) -> None:
        self.made.append((kind, json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")))


def _fit(value: Any, kind: str) -> Any:
    """Return a value as its column holds it; a number in a column of texts is written out."""
    if kind == "liststring":
        return value if isinstance(value, list) else [str(value)]
    if kind == "string":
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, (int, float)) else None


def schema(columns: Mapping[str, str]) -> str:
    """Return columns as a schema that Spark reads.

    >>> schema({"id": "string", "end": "bigint"})
    '`id` string, `end` bigint'
    """
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
