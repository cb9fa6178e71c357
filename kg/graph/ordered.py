"""Build a graph from tables of nodes and edges so that equal tables give equal graphs, iteration order included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

#: Attributes by node id.
NodeTable = dict[str, dict[str, Any]]
#: Sorted evidence ids by (subject, predicate, object); empty for an edge that is structure and no claim.
EdgeTable = dict[tuple[str, str, str], list[str]]

#: Attributes that hold the id at the other end of an edge, with the edge's predicate.
EDGE_OF_ATTRIBUTE = {"region": "appliesTo", "parent": "isPartOf", "isFormatOf": "isFormatOf"}
#: Attributes that are sets, held as sorted lists: (type, attribute), ``*`` for every type.
LIST_ATTRIBUTES = frozenset({("*", "aliases"), ("SourceText", "alsoAt"), ("Provision", "eligibility"), ("Provision", "fromFund")})

_FIRST = ("type", "name")


def normal_number(value: Any) -> Any:
    """Return a whole ``float`` as ``int``, anything else as it is, so that 1.5e9 and 1500000000 are one value.

    >>> normal_number(1.5e9), normal_number(58.2), normal_number("58.0")
    (1500000000, 58.2, '58.0')
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def ordered_graph(nodes: NodeTable, edges: EdgeTable, texts: Mapping[str, str]) -> nx.MultiDiGraph:
    """Return the graph of the tables, nodes and edges inserted in sorted order, with what follows from the evidence.

    An edge's ``weight`` is the number of distinct texts among its evidence (1 without evidence), its ``confidence`` the
    largest of its evidence (1.0 without). Every node without a ``region``, ``parent`` or ``isFormatOf`` of its own gets
    the smallest one its edges name.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.graph["texts"] = dict(sorted(texts.items()))
    _attributes_from_edges(nodes, edges)
    for node in sorted(nodes):
        attributes = nodes[node]
        keys = [key for key in _FIRST if key in attributes] + sorted(key for key in attributes if key not in _FIRST)
        graph.add_node(node, **{key: attributes[key] for key in keys})
    for subject, predicate, object_ in sorted(edges):
        evidence = sorted(edges[subject, predicate, object_])
        weight = len({nodes[each]["text"] for each in evidence}) or 1
        confidence = max((nodes[each]["confidence"] for each in evidence), default=1.0)
        graph.add_edge(subject, object_, key=predicate, weight=weight, confidence=confidence, evidence=evidence)
    return graph


def _attributes_from_edges(nodes: NodeTable, edges: EdgeTable) -> None:
    attribute_of = {predicate: attribute for attribute, predicate in EDGE_OF_ATTRIBUTE.items()}
    found: dict[tuple[str, str], set[str]] = {}
    for subject, predicate, object_ in edges:
        if predicate in attribute_of and nodes[subject].get("type") != "Provision":
            found.setdefault((subject, attribute_of[predicate]), set()).add(object_)
    for (node, attribute), objects in found.items():
        if nodes[node].get(attribute) not in objects:
            nodes[node][attribute] = min(objects)
