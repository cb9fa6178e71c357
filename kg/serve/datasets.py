"""Choose the graphs that a query sees: those of the request, else those of its FROM clauses, else all."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from kg.serve.limits import Refusal
from kg.store.sparql import tokens
from kg.store.units import is_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import BlankNode, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Store

_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
_EMPTY = frozenset(("SELECT", "ASK", "WHERE"))


class Dataset(NamedTuple):
    """Hold the IRIs of the graphs that make the default graph, and of those that GRAPH reaches."""

    default: tuple[str, ...]
    named: tuple[str, ...]


def from_clauses(query: str) -> Dataset:
    """Return what the FROM clauses of a query name; nothing where it has none, or one that only the engine can resolve."""
    found: dict[bool, list[str]] = {False: [], True: []}
    prefixes: dict[str, str] = {}
    before, last, form = "", "", False
    for token in tokens(query):
        word = token.text.upper() if token.kind == "word" else ""
        form = form or word in _FORMS
        if (form and token.text == "{") or word == "WHERE":
            break
        if token.kind in {"iri", "name"}:
            iri = token.text[1:-1] if token.kind == "iri" else _expand(token.text, prefixes)
            if before == "PREFIX" and token.kind == "iri":
                prefixes[last.removesuffix(":")] = iri
            elif last in {"FROM", "NAMED"} and (last == "FROM" or before == "FROM"):
                if ":" not in iri:
                    return Dataset((), ())
                found[last == "NAMED"].append(iri)
        before, last = last, word or token.text
    return Dataset(tuple(found[False]), tuple(found[True]))


def _expand(name: str, prefixes: dict[str, str]) -> str:
    """Return the IRI of a prefixed name, empty where its prefix is not declared."""
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local.replace("\\", "") if prefix in prefixes else ""


def run(store: Store, query: str, asked: Dataset) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query on the graphs that the request names, else on those of its FROM clauses, else on the whole store.

    The engine gives a triple twice that stands in two graphs of a default graph made of several; SPARQL merges them as a set
    (SPARQL 1.1 Query, section 13.1), so those graphs are merged into a store of their own first.

    Raises:
        Refusal: A graph is unknown.
        SyntaxError: The text is no query.
    """
    from pyoxigraph import DefaultGraph, Store

    dataset = asked if asked.default or asked.named else from_clauses(query)
    if (not dataset.default and not dataset.named) or reads_nothing(query):
        return store.query(query, named_graphs=_told(store) if _asks_graphs(query) else None)
    default = _graphs(store, dataset.default)
    named = _graphs(store, dataset.named)
    if len(default) <= 1:
        return store.query(query, default_graph=[*default], named_graphs=[*named])
    merged = Store()
    merged.bulk_extend(_copies(store, default, named))
    return merged.query(query, default_graph=DefaultGraph(), named_graphs=[*named])


def reads_nothing(query: str) -> bool:
    """Tell whether a query has no pattern at all, as ``ASK {}``: it is the same on every graph, known or not."""
    return all(token.text in "{}*" or token.text.upper() in _EMPTY for token in tokens(query))


def _graphs(store: Store, names: Sequence[str]) -> list[NamedNode]:
    return [known_graph(store, name) for name in dict.fromkeys(names)]


def _asks_graphs(query: str) -> bool:
    return "GRAPH" in query.upper()  # the engine takes the word without a blank behind it too: more than is meant does no harm


def _told(store: Store) -> list[NamedNode | BlankNode] | None:
    """Return the graphs that say something about policy, None where all do: a store folder keeps notes in graphs of their own."""
    graphs = list(store.named_graphs())
    told = [graph for graph in graphs if not is_note(str(graph))]
    return told if len(told) < len(graphs) else None


def _copies(store: Store, default: Iterable[NamedNode], named: Iterable[NamedNode]) -> Iterator[Quad]:
    from pyoxigraph import Quad

    for graph in default:
        for quad in store.quads_for_pattern(None, None, None, graph):
            yield Quad(quad.subject, quad.predicate, quad.object)
    for graph in named:
        yield from store.quads_for_pattern(None, None, None, graph)


def known_graph(store: Store, name: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> NamedNode:
    """Return a graph of the store by its IRI.

    Raises:
        Refusal: There is none, or the text is no IRI; with ``status``.
    """
    from pyoxigraph import NamedNode

    try:
        graph = NamedNode(name)
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"<{name}> is no absolute IRI", "write it as https://…") from error
    if is_note(str(graph)) or not store.contains_named_graph(graph):
        raise Refusal(status, f"there is no graph <{name}>", "GET /graphs lists the graphs")
    return graph
