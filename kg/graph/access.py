"""Look at a graph in terms of the field: entities, claims and the evidence of both, instead of node and edge dictionaries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import networkx as nx

#: Edges that carry structure or provenance and state nothing about policy.
STRUCTURAL = frozenset({"hasEvidence", "inText", "ofMeasure", "isPartOf"})


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Show why a fact is in the graph.

    Attributes:
        text: Id of the source text; ``start`` and ``end`` are code points into it, end exclusive.
        source: Path of the source text as it was given.
        exact: The words of the span, in the text's own script.
        sentence: The whole sentence or sentences around it.
        rule: Name of the rule or component that found it.
        confidence: From 0 to 1.
    """

    text: str
    source: str
    start: int
    end: int
    exact: str
    sentence: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class EntityView:
    """Show one node: its id, type and name, how many texts mention it, and everything else under ``attributes``."""

    id: str
    type: str
    name: str
    texts: int
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Show one edge; ``weight`` is the number of texts that state it, ``confidence`` that of the surest."""

    subject: str
    predicate: str
    object: str
    weight: int
    confidence: float


def entities(graph: nx.MultiDiGraph, type_: str | None = None) -> Iterator[EntityView]:
    """Yield the entities of a graph sorted by type and id, of one type if it is named.

    >>> import kg
    >>> graph = kg.build("seeds")
    >>> next(kg.entities(graph, "Region")).name
    '上海市'

    Raises:
        UsageError: There is no such type.
    """
    wanted = ENTITY_TYPES if type_ is None else (type_,)
    if type_ is not None and type_ not in ENTITY_TYPES:
        raise UsageError(type_, "is no entity type", "name one of " + ", ".join(ENTITY_TYPES))
    for one in wanted:
        for node in sorted(n for n, data in graph.nodes(data=True) if data.get("type") == one):
            yield entity(graph, node)


def entity(graph: nx.MultiDiGraph, id_: str) -> EntityView:
    """Return one entity by its id.

    Raises:
        UsageError: The graph has no such node.
    """
    if id_ not in graph:
        raise UsageError(id_, "is no node of this graph", "kg.entities lists them")
    data = graph.nodes[id_]
    rest = {key: value for key, value in data.items() if key not in {"type", "name", "texts"}}
    return EntityView(id_, data["type"], data.get("name", id_), data.get("texts", 0), rest)


def claims(
    graph: nx.MultiDiGraph, *, subject: str | None = None, predicate: str | None = None, object_: str | None = None
) -> Iterator[ClaimView]:
    """Yield the claims of a graph sorted by subject, predicate and object; an end or predicate that is named must fit.

    >>> import kg
    >>> graph = kg.build("seeds")
    >>> found = kg.claims(graph, subject="program/技能辽宁行动", predicate="hasMeasure")
    >>> all(claim.object.startswith("measure/") for claim in found)
    True
    """
    edges = graph.out_edges(subject, keys=True, data=True) if subject is not None else graph.edges(keys=True, data=True)
    found = [
        ClaimView(s, key, o, data.get("weight", 1), data.get("confidence", 1.0))
        for s, o, key, data in edges
        if key not in STRUCTURAL and predicate in (None, key) and object_ in (None, o) and data.get("evidence")
    ]
    yield from sorted(found, key=lambda c: (c.subject, c.predicate, c.object))


def evidence(graph: nx.MultiDiGraph, of: ClaimView | EntityView) -> Iterator[EvidenceView]:
    """Yield the evidence of a claim, or the mentions of an entity, sorted by text and place.

    >>> import kg
    >>> graph = kg.build("seeds")
    >>> claim = next(kg.claims(graph, subject="program/技能辽宁行动", predicate="hasMeasure"))
    >>> all("技能辽宁行动" in shown.sentence for shown in kg.evidence(graph, claim))
    True
    """
    if isinstance(of, ClaimView):
        nodes = graph.edges[of.subject, of.object, of.predicate]["evidence"]
    else:
        nodes = [target for _, target, key in graph.out_edges(of.id, keys=True) if key == "hasEvidence"]
    shown = [_evidence(graph, node) for node in nodes]
    yield from sorted(shown, key=lambda e: (e.source, e.start, e.end, e.rule))


def _evidence(graph: nx.MultiDiGraph, node: str) -> EvidenceView:
    data = graph.nodes[node]
    source = graph.nodes[data["text"]].get("source", data["text"]) if data["text"] in graph else data["text"]
    return EvidenceView(
        data["text"],
        source,
        data["start"],
        data["end"],
        data["exact"],
        data["sentence"],
        data["rule"],
        data["confidence"],
    )
