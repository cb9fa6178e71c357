"""Write the graph as RDF and read it back (``docs/model.md``, part 3)."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from kg.rdf.jsonld import jsonld
from kg.rdf.mapping import from_triples, to_triples
from kg.rdf.namespaces import ID
from kg.rdf.nquads import text_graphs
from kg.rdf.read import read_graph, read_texts, read_triples
from kg.rdf.sorting import nquads_lines
from kg.rdf.star import with_reifiers
from kg.rdf.terms import iri
from kg.rdf.turtle import graph_prefixes, turtle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import networkx as nx

    from kg.domain import Domain
    from kg.rdf.terms import Triple

T = TypeVar("T")

__all__ = [
    "from_triples",
    "nquads_pieces",
    "read_graph",
    "read_texts",
    "read_triples",
    "to_triples",
    "turtle_of",
    "unchanged",
    "write_jsonld",
    "write_nquads",
    "write_turtle",
    "write_turtle_star",
]


def _prefixes(domain: Domain | None) -> dict[str, str]:
    return graph_prefixes(domain.concepts.prefixes if domain is not None else None)


#: What was computed of each graph that :func:`unchanged` holds, by the graph's and the domain's identity and by what it is.
_computed: ContextVar[dict[tuple[int, int, str], Any] | None] = ContextVar("computed", default=None)


@contextmanager
def unchanged(graph: nx.MultiDiGraph) -> Iterator[None]:
    """Promise that a graph does not change inside the block, so that what several writers need of it is computed once."""
    token = _computed.set({})
    try:
        yield
    finally:
        _computed.reset(token)
        del graph  # held until here, so that its identity is its own


def _once(graph: nx.MultiDiGraph, domain: Domain | None, what: str, compute: Callable[[], T]) -> T:
    held = _computed.get()
    if held is None:
        return compute()
    key = (id(graph), id(domain), what)
    if key not in held:
        held[key] = compute()
    found: T = held[key]
    return found


def _triples(graph: nx.MultiDiGraph, domain: Domain | None) -> list[Triple]:
    return _once(graph, domain, "triples", lambda: list(to_triples(graph, domain)))


def _text_graphs(graph: nx.MultiDiGraph, domain: Domain | None) -> dict[str, list[Triple]]:
    return _once(graph, domain, "texts", lambda: text_graphs(graph, _triples(graph, domain)))


def write_turtle(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as Turtle (``graph.ttl``)."""
    return _once(graph, domain, "turtle", lambda: "".join(turtle(_triples(graph, domain), _prefixes(domain))).encode())


def turtle_of(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Return any triples as Turtle, with our prefixes and some more."""
    return "".join(turtle(triples, {**_prefixes(None), **prefixes}))


def write_turtle_star(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as Turtle 1.2: each evidence reifies its fact (``rdf:reifies``)."""
    return "".join(turtle(with_reifiers(_triples(graph, domain)), _prefixes(domain))).encode()


def write_nquads(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as N-Quads (``graph.nq``), with a named graph a text."""
    return b"".join(nquads_pieces(graph, domain))


def nquads_pieces(graph: nx.MultiDiGraph, domain: Domain | None = None) -> Iterator[bytes]:
    """Yield what :func:`write_nquads` returns, line by line; more lines than fit in memory are sorted on disk.

    Raises:
        OSError: There is no room for them.
    """
    named = ((iri(ID + text), triple) for text, found in _text_graphs(graph, domain).items() for triple in found)
    return (line.encode() for line in nquads_lines(_triples(graph, domain), named))


def write_jsonld(graph: nx.MultiDiGraph, domain: Domain | None = None) -> bytes:
    """Return the graph as JSON-LD (``graph.jsonld``), with a named graph a text."""
    return "".join(jsonld(_triples(graph, domain), _text_graphs(graph, domain), _prefixes(domain))).encode()
