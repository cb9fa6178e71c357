"""Tell source texts apart whose files have one name in different folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.rdf.namespaces import EPM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import NamedNode

    from kg.store.query import OpenGraph

PATH = EPM + "path"
#: Where a named question shows a text's file.
_SHOWN = re.compile(r"\bdcterms:identifier(?=\s+\?file\b)")
#: Past so many texts two files of one name are taken for granted, and not looked for.
_MANY = 20_000
_LISTED = 8


def tails(path: str) -> Iterator[str]:
    """Yield what a user may call a path: itself, then with folders left out from its beginning.

    >>> list(tails("texts/a/x.txt"))
    ['texts/a/x.txt', 'a/x.txt', 'x.txt']
    """
    parts = path.split("/")
    return ("/".join(parts[at:]) for at in range(len(parts)))


def told_apart(query: str, graph: OpenGraph) -> str:
    """Return a named question with paths in place of files' names where two texts of the graph have one name.

    Args:
        query: SPARQL that declares ``epm:``.
        graph: The graph that is asked.
    """
    return _SHOWN.sub("epm:path", query) if _SHOWN.search(query) and _clash(graph) else query


def _clash(graph: OpenGraph) -> bool:
    seen: set[str] = set()
    for number, (_, path) in enumerate(_paths(graph)):
        name = path.rpartition("/")[2]
        if name in seen or number >= _MANY:
            return True
        seen.add(name)
    return False


def _paths(graph: OpenGraph) -> Iterator[tuple[NamedNode, str]]:
    """Yield each text with its path, without order."""
    from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

    if isinstance(graph.store, Store):
        for quad in graph.store.quads_for_pattern(None, NamedNode(PATH), None, DefaultGraph()):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                yield quad.subject, quad.object.value
        return
    query = f"SELECT ?text ?path {{ ?text <{PATH}> ?path }} LIMIT {_MANY + 1}"
    for node, path in graph.store.rows(query)[1]:
        if isinstance(node, NamedNode) and isinstance(path, Literal):
            yield node, path.value


def only_one(value: str, found: Iterable[NamedNode], graph: OpenGraph, where: str) -> None:
    """Refuse a file's name that several texts have.

    Raises:
        QueryError: There are several; their paths are given.
    """
    nodes = set(found)
    paths = sorted(path for node, path in _paths(graph) if node in nodes)
    named = [path for path in paths if value in {form for tail in tails(path) for form in (tail, tail.rpartition(".")[0])}]
    if len(named) > 1:
        more = f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
        raise QueryError(where, f"{value} names {len(named)} texts", f"give one by its path: {', '.join(named[:_LISTED])}{more}")
