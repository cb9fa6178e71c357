"""Merge records into one ``networkx.MultiDiGraph`` (``docs/model.md``, part 2)."""

from __future__ import annotations

from kg.graph.confidence import filter_confidence
from kg.graph.merge import assemble
from kg.graph.ordered import EDGE_OF_ATTRIBUTE, LIST_ATTRIBUTES, EdgeTable, NodeTable, normal_number, ordered_graph

__all__ = [
    "EDGE_OF_ATTRIBUTE",
    "LIST_ATTRIBUTES",
    "EdgeTable",
    "NodeTable",
    "assemble",
    "filter_confidence",
    "normal_number",
    "ordered_graph",
]
