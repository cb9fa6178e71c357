"""Find what each text says: in N-Quads and JSON-LD it has a graph of that, beside the default graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.mapping import property_iri
from kg.rdf.namespaces import EPM, ID, RDF, RDFS
from kg.rdf.terms import Triple, iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

_SHOWN = (iri(RDF + "type"), iri(RDFS + "label"))


def text_graphs(graph: nx.MultiDiGraph, triples: Iterable[Triple]) -> dict[str, list[Triple]]:
    """Return for each text id the sorted triples that this text alone gives.

    Those are the text's own, its evidence, the facts the evidence grants, its provisions, and type and label of the
    nodes that take part.

    Args:
        graph: The graph.
        triples: Its triples.
    """
    own: dict[str, list[Triple]] = {}
    for triple in triples:
        own.setdefault(triple[0], []).append(triple)
    said: dict[str, set[Triple]] = {node: set() for node, data in graph.nodes(data=True) if data.get("type") == "SourceText"}
    parts: dict[str, set[str]] = {text: {text} for text in said}
    for node, end, key in graph.edges(keys=True):
        data = graph.nodes[node]
        if key == "inText" and end in said:
            said[end].update(own[iri(ID + node)])
            if "predicate" in data:
                said[end].add((iri(ID + data["subject"]), property_iri(data["predicate"]), iri(ID + data["object"])))
                parts[end] |= {data["subject"], data["object"]}
            elif data.get("type") == "Provision":
                parts[end].update(other for _, other in graph.out_edges(node))
        elif key == "hasEvidence" and graph.nodes[end].get("text") in said:
            text = graph.nodes[end]["text"]
            said[text].add((iri(ID + node), iri(EPM + "hasEvidence"), iri(ID + end)))
            parts[text].add(node)
    for text, nodes in parts.items():
        said[text].update(own.get(iri(ID + text), ()))
        for node in nodes:
            said[text].update(triple for triple in own.get(iri(ID + node), ()) if triple[1] in _SHOWN)
    return {text: sorted(found) for text, found in sorted(said.items())}
