"""Turn what a user writes for a parameter into RDF terms of the graph.

Kinds: ``string``, ``integer``, ``decimal``, ``date`` give literals; a class (``Agency``, ``SourceText`` …), ``entity`` (any
class), a concept scheme by its prefix (``tg``, ``mt`` …) or ``property`` give nodes; ``A|B`` takes either, but of a concept
scheme and a class the concept if there is one: ``tg|TargetGroup`` is the class of people first, then a group as texts name it. A node is
named by its label, an alias, a code, a text's file name or the end of its path, a CURIE, an id (``agency/…``) or an IRI.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from kg.analyse.naming import name_key, near_names
from kg.errors import QueryError
from kg.model import SEGMENTS
from kg.rdf.namespaces import DCTERMS, EPM, ID, RDF, RDFS, SKOS, XSD
from kg.store.file_names import PATH, only_one, tails

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyoxigraph import Literal, NamedNode, Store

    from kg.store.query import OpenGraph

    _Label = tuple[NamedNode, str, bool]

#: How a value of a kind is written, and an example.
_WRITTEN = {"integer": (r"[+-]?\d+", "2023"), "decimal": (r"[+-]?\d+(\.\d+)?", "0.6"), "date": (r"\d{4}-\d{2}-\d{2}", "2024-12-31")}
_LITERALS = frozenset({"string", *_WRITTEN})
_PREFERRED = (RDFS + "label", SKOS + "prefLabel", SKOS + "notation", DCTERMS + "identifier")
#: Of source texts a path is a name as well.
_PATHS = (*_PREFERRED, PATH)
_OTHER = (SKOS + "altLabel", DCTERMS + "title")
_PROPERTIES = ("http://www.w3.org/2002/07/owl#ObjectProperty", "http://www.w3.org/2002/07/owl#DatatypeProperty")
_SCHEME = re.compile(r"[a-z]{1,4}")
#: Past this a value is too vague to be meant.
_MOST = 20


def is_kind(kind: str) -> bool:
    """Tell whether a parameter may be declared of this kind."""
    return all(
        part in _LITERALS or part in SEGMENTS or part in {"entity", "property"} or _SCHEME.fullmatch(part) for part in kind.split("|")
    )


def terms_of(value: str, kind: str, graph: OpenGraph, fold: Callable[[str], str], where: str) -> list[NamedNode] | list[Literal]:
    """Return the terms that a value stands for; several where several nodes bear the name.

    Args:
        value: What the user wrote.
        kind: Kind of the parameter.
        graph: The graph the names are looked up in.
        fold: The domain's script fold: traditional input finds simplified labels.
        where: Question and parameter, for messages.

    Raises:
        QueryError: The value is not of that kind, or names nothing there; near names are given.
    """
    if kind in _LITERALS:
        return _literals(value, kind, fold, where)
    return _nodes(value, kind, graph, fold, where)


def _literals(value: str, kind: str, fold: Callable[[str], str], where: str) -> list[Literal]:
    from pyoxigraph import Literal, NamedNode

    if kind == "string":
        return [Literal(form) for form in sorted({value, fold(value)})]
    pattern, example = _WRITTEN[kind]
    text = fold(value)
    if not re.fullmatch(pattern, text, re.ASCII) or (kind == "date" and not _is_day(text)):
        raise QueryError(where, f"{value!r} is no {kind}", f"write it like {example}")
    return [Literal(text, datatype=NamedNode(XSD + kind))]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _nodes(value: str, kind: str, graph: OpenGraph, fold: Callable[[str], str], where: str) -> list[NamedNode]:

    named = _by_iri(value, graph)
    if named is not None:
        if next(iter(graph.store.quads_for_pattern(named, None, None, None)), None) is None:
            raise QueryError(where, f"<{named.value}> is not in {graph.source}", "give a name, or an id that the graph has")
        return [named]
    names: list[str] = []
    found: set[NamedNode] = set()
    for some in _in_turn(kind):
        found = found or _named(value, some, (graph, names), fold)
    if not found:
        near = near_names(value, names, fold)
        hint = f"near it: {', '.join(near)}" if near else f"the graph has {len(set(names))} names of that kind"
        raise QueryError(where, f"{graph.source} has no {_called(kind)} named {value}", hint)
    if "SourceText" in kind.split("|") and len(found) > 1:
        only_one(value, found, graph, where)
    if len(found) > _MOST:
        raise QueryError(where, f"{value} names {len(found)} nodes", "give one of them by its id or IRI")
    return sorted(found, key=lambda node: node.value)


def _in_turn(kind: str) -> list[str]:
    """Return the kinds to look in, one after the other: concepts before what texts name."""
    parts = kind.split("|")
    groups = [[part for part in parts if (part in SEGMENTS or part in {"entity", "property"}) == is_class] for is_class in (False, True)]
    return ["|".join(group) for group in groups if group]


def _named(value: str, kind: str, within: tuple[OpenGraph, list[str]], fold: Callable[[str], str]) -> set[NamedNode]:
    """Return the nodes of a kind that a user means; the names that were gone through are added to those of ``within``."""
    from pyoxigraph import Store

    graph, names = within
    wanted = name_key(value, fold)
    found: set[NamedNode] = set()
    # The likely spellings are looked up first; all names are gone through only if need be.
    likely = {value, fold(value), wanted}
    if isinstance(graph.store, Store):
        found = set(_preferring(likely, kind, graph.store, graph))
    else:
        found = _bearing(wanted, _far_labels(kind, graph, likely), fold, names)
    found = found or _bearing(wanted, _labels(kind, graph), fold, names)
    if not found and len(wanted) > 1 and "SourceText" in kind.split("|"):
        found = {node for node, label, _ in _labels("SourceText", graph) if label.rpartition("/")[2].startswith(value)}
    return found


def _preferring(forms: Iterable[str], kind: str, store: Store, graph: OpenGraph) -> Iterator[NamedNode]:
    """Yield the nodes of a kind whose preferred name is one of some spellings, in a Chinese or no language."""
    from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

    parts = [_classes(part, graph) for part in kind.split("|")]
    terms = [term for form in sorted(forms) for term in (Literal(form), Literal(form, language="zh-hans"))]
    for predicate in _PREFERRED:
        for term in terms:
            for quad in store.quads_for_pattern(None, NamedNode(predicate), term, DefaultGraph()):
                node = quad.subject
                if not isinstance(node, NamedNode):
                    continue
                for classes, start in parts:
                    types = (Quad(node, NamedNode(RDF + "type"), NamedNode(each), DefaultGraph()) in store for each in classes)
                    if node.value.startswith(start) and any(types):
                        yield node


def _bearing(wanted: str, labels: Iterable[_Label], fold: Callable[[str], str], names: list[str]) -> set[NamedNode]:
    """Return the nodes that bear a name, those that prefer it alone if there are any; all labels are added to ``names``."""
    preferred: set[NamedNode] = set()
    other: set[NamedNode] = set()
    for node, label, is_preferred in labels:
        names.append(label)
        if name_key(label, fold) == wanted:
            (preferred if is_preferred else other).add(node)
    return preferred or other


def _by_iri(value: str, graph: OpenGraph) -> NamedNode | None:
    """Return the node of an IRI, CURIE or id; None for anything else, names with a colon included."""
    from pyoxigraph import NamedNode

    prefix, colon, local = value.partition(":")
    segment, slash, _ = value.partition("/")
    if re.fullmatch(r"<[^<>\s]+>", value):
        iri = value[1:-1]
    elif re.match(r"https?://\S+$", value):
        iri = value
    elif colon and prefix in graph.prefixes and local:
        iri = graph.prefixes[prefix] + local
    elif slash and segment in SEGMENTS.values():
        iri = ID + value
    else:
        return None
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _far_labels(kind: str, graph: OpenGraph, likely: Iterable[str] = ()) -> Iterator[_Label]:
    """Do what :func:`_labels` does on a server in one query a kind; with ``likely`` only for labels of these forms."""
    from pyoxigraph import NamedNode, Store

    assert not isinstance(graph.store, Store)
    for part in kind.split("|"):
        kinds, start = _classes(part, graph)
        for node, predicate, label in graph.store.named(kinds, (*_PREFERRED, *_OTHER, *[PATH] * (part == "SourceText")), likely):
            if isinstance(node, NamedNode) and node.value.startswith(start):
                yield node, label, predicate in _PREFERRED
                if part == "property":
                    yield node, node.value.rpartition("#")[2], True
                if predicate == PATH:
                    yield from ((node, tail, True) for tail in tails(label))


def _labels(kind: str, graph: OpenGraph) -> Iterator[_Label]:
    """Yield each node of a kind with each of its names, and whether that is a preferred one."""
    from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

    if not isinstance(graph.store, Store):
        yield from _far_labels(kind, graph)
        return
    for part in kind.split("|"):
        for node in _members(part, graph):
            for predicates, is_preferred in ((_PATHS if part == "SourceText" else _PREFERRED, True), (_OTHER, False)):
                for predicate in predicates:
                    for quad in graph.store.quads_for_pattern(node, NamedNode(predicate), None, DefaultGraph()):
                        if isinstance(quad.object, Literal):
                            yield node, quad.object.value, is_preferred
                            if predicate == PATH:
                                yield from ((node, tail, True) for tail in tails(quad.object.value))
            if part == "property":
                yield node, node.value.rpartition("#")[2], True


def _members(part: str, graph: OpenGraph) -> Iterator[NamedNode]:
    from pyoxigraph import DefaultGraph, NamedNode

    kinds, start = _classes(part, graph)
    seen = set()
    for kind in kinds:
        for quad in graph.store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(kind), DefaultGraph()):
            node = quad.subject
            if isinstance(node, NamedNode) and node.value.startswith(start) and node not in seen:
                seen.add(node)
                yield node


def _classes(part: str, graph: OpenGraph) -> tuple[list[str], str]:
    """Return the classes that a kind's nodes have, and what their IRIs start with."""
    start = ""
    if part == "property":
        kinds = list(_PROPERTIES)
    elif part == "entity":
        kinds = [EPM + name for name in SEGMENTS if name != "Evidence"]
    elif part in SEGMENTS:
        kinds = [EPM + part]
    else:
        kinds, start = [SKOS + "Concept"], graph.prefixes.get(part, part + ":")
    return kinds, start


def _called(kind: str) -> str:
    """Return how messages call a kind."""
    return " or ".join(part if part in SEGMENTS or part in {"entity", "property"} else f"concept of {part}:" for part in kind.split("|"))
