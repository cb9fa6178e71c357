"""Write the graph as RDF and read it back (``docs/model.md``, part 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.jsonld import jsonld
from kg.rdf.mapping import from_triples, to_triples
from kg.rdf.nquads import nquads, text_graphs
from kg.rdf.read import read_graph, read_texts, read_triples
from kg.rdf.turtle import graph_prefixes, turtle

if TYPE_CHECKING:
    import networkx as nx

    from kg.domain import Domain

__all__ = [
    "from_triples",
    "read_graph",
    "read_texts",
    "read_triples",
    "to_triples",
    "write_jsonld",
    "write_nquads",
    "write_turtle",
]


def _prefixes(domain: Domain | None) -> dict[str, str]:
    return graph_prefixes(domain.concepts.prefixes if domain is not None else None)


def write_turtle(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as Turtle (``graph.ttl``)."""
    return "".join(turtle(to_triples(graph, domain), _prefixes(domain))).encode()


def write_nquads(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as N-Quads (``graph.nq``), with a named graph a text."""
    triples = list(to_triples(graph, domain))
    return "".join(nquads(triples, text_graphs(graph, triples))).encode()


def write_jsonld(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as JSON-LD (``graph.jsonld``), with a named graph a text."""
    triples = list(to_triples(graph, domain))
    return "".join(jsonld(triples, text_graphs(graph, triples), _prefixes(domain))).encode()
