"""Leave out what is too doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.graph.ordered import EdgeTable, NodeTable, ordered_graph
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    import networkx as nx

#: A kept node keeps the nodes at the end of these edges, mentioned or not.
_CARRIED = ("appliesTo", "isPartOf", "isFormatOf", "ofMeasure")


def filter_confidence(graph: nx.MultiDiGraph, minimum: float) -> nx.MultiDiGraph:
    """Return a copy without claims under a confidence, and without entities that lose every mention and claim by that.

    Evidence under ``minimum`` goes, then edges that had evidence and have none left, provisions that have none left, entities with
    neither a mention nor a claim, and observations that nothing has any more; regions that a kept node lies in stay. An entity that only
    a claim keeps, or a node that carries it, keeps its surest mention, for everything in the graph has a place in a text.
    """
    nodes: NodeTable = {node: dict(attributes) for node, attributes in graph.nodes(data=True)}
    doubtful = {node for node, data in nodes.items() if data.get("type") == "Evidence" and data["confidence"] < minimum}
    edges: EdgeTable = {}
    for subject, object_, predicate, data in graph.edges(keys=True, data=True):
        left = [each for each in data["evidence"] if each not in doubtful]
        if (left or not data["evidence"]) and subject not in doubtful and object_ not in doubtful:
            edges[subject, predicate, object_] = left
    kept = _kept(nodes, edges, _observed(graph)) - doubtful
    kept |= _add_surest_mentions(graph, kept, edges)
    nodes = {node: attributes for node, attributes in nodes.items() if node in kept}
    edges = {edge: evidence for edge, evidence in edges.items() if edge[0] in kept and edge[2] in kept}
    used = {each for evidence in edges.values() for each in evidence} | {o for _, p, o in edges if p == "hasEvidence"}
    loose = {node for node, data in nodes.items() if data.get("type") == "Evidence" and node not in used}
    nodes = {node: attributes for node, attributes in nodes.items() if node not in loose}
    edges = {edge: evidence for edge, evidence in edges.items() if edge[0] not in loose}
    _recount(nodes, edges)
    return ordered_graph(nodes, edges, graph.graph.get("texts", {}))


def _observed(graph: nx.MultiDiGraph) -> set[str]:
    """Return the observations that something has."""
    return {object_ for _, object_, predicate in graph.edges(keys=True) if predicate == "hasObservation"}


def _kept(nodes: NodeTable, edges: EdgeTable, observed: set[str]) -> set[str]:
    """Return the nodes to keep: texts and evidence, what has a mention or a claim, and what those carry with them."""
    mentioned = {subject for subject, predicate, _ in edges if predicate == "hasEvidence"}
    claimed = {end for (subject, _, object_), evidence in edges.items() if evidence for end in (subject, object_)}
    kept = {
        node
        for node, data in nodes.items()
        if data.get("type") in ("SourceText", "Evidence") or node in mentioned or (node in claimed and data.get("type") in ENTITY_TYPES)
    }
    kept -= observed - {object_ for subject, predicate, object_ in edges if predicate == "hasObservation" and subject in kept}
    carried: dict[str, set[str]] = {}
    for subject, predicate, object_ in edges:
        if predicate in _CARRIED:
            carried.setdefault(subject, set()).add(object_)
    for node, data in nodes.items():
        if data.get("issuer") in nodes:
            carried.setdefault(node, set()).add(data["issuer"])
    waiting = sorted(kept)
    while waiting:
        new = carried.get(waiting.pop(), set()) - kept
        kept |= new
        waiting.extend(new)
    return kept


def _add_surest_mentions(graph: nx.MultiDiGraph, kept: set[str], edges: EdgeTable) -> set[str]:
    """Give kept entities that lost every mention their surest one back; return the evidence. Regions stand without, as the registry's."""
    mentioned = {subject for subject, predicate, _ in edges if predicate == "hasEvidence"}
    found: set[str] = set()
    for node in sorted(kept - mentioned):
        mentions = [end for _, end, key in graph.out_edges(node, keys=True) if key == "hasEvidence"]
        if mentions and graph.nodes[node].get("type") in ENTITY_TYPES and graph.nodes[node]["type"] != "Region":
            surest = min(mentions, key=lambda each: (-graph.nodes[each]["confidence"], each))
            edges[node, "hasEvidence", surest] = []
            edges[surest, "inText", graph.nodes[surest]["text"]] = []
            found.add(surest)
    return found


def _recount(nodes: NodeTable, edges: EdgeTable) -> None:
    """Set ``texts`` and ``confidence`` of entities to what their remaining mentions give."""
    texts: dict[str, set[str]] = {}
    confidence: dict[str, float] = {}
    for subject, predicate, object_ in edges:
        if predicate == "hasEvidence":
            texts.setdefault(subject, set()).add(nodes[object_]["text"])
            confidence[subject] = max(confidence.get(subject, 0.0), nodes[object_]["confidence"])
    for node, data in nodes.items():
        if "texts" in data:
            data["texts"] = len(texts.get(node, ()))
        if node in confidence:
            data["confidence"] = confidence[node]
