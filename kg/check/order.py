"""Check that what should point upwards does: no circles, no later basis, no lower level (S13), and the concepts themselves (S14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from kg.check.result import CheckResult, Reporter
    from kg.domain.concepts import Concepts

#: Predicates whose edges may not run in a circle.
ACYCLIC = ("basedOn", "implements", "partOf", "isPartOf", "succeededBy")
_CONCEPT_ATTRIBUTES = ("category", "level", "unitConcept", "fromFund")


def check_circles(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield one finding a circle, at its smallest node."""
    import networkx as nx

    for predicate in ACYCLIC:
        part = nx.DiGraph()
        part.add_edges_from((subject, object_) for subject, object_, key in graph.edges(keys=True) if key == predicate)
        for component in nx.strongly_connected_components(part):
            if len(component) > 1 or any(part.has_edge(node, node) for node in component):
                yield report("S13-cycle", min(component), predicate=predicate, path=" → ".join(sorted(component)))


def check_cascade(graph: nx.MultiDiGraph, concepts: Concepts, report: Reporter) -> Iterator[CheckResult]:
    """Yield documents based on a later one, and documents that implement one of a lower level (warnings: dates are read from texts)."""
    for subject, object_, predicate in graph.edges(keys=True):
        if predicate not in ("basedOn", "implements"):
            continue
        mine, other = (graph.nodes[node].get("date") for node in (subject, object_))
        if mine and other:
            length = min(len(mine), len(other))  # 2024-07 and 2024-07-24 do not contradict each other
            if mine[:length] < other[:length]:
                yield report("S13-date", subject, "warning", other=object_)
        if predicate == "implements":
            own, above = _rank(graph, subject, concepts), _rank(graph, object_, concepts)
            if own and above and own < above:
                yield report("S13-level", subject, "warning", other=object_)


def _rank(graph: nx.MultiDiGraph, node: str, concepts: Concepts) -> str:
    """Return the notation of a document's level, which its issuers or else its regions give; the highest of several, empty for none."""
    for predicate in ("issuedBy", "appliesTo"):
        ends = [end for _, end, key in graph.out_edges(node, keys=True) if key == predicate]
        found = [concept.notation for end in ends if (concept := concepts.get(graph.nodes[end].get("level", ""))) and concept.notation]
        if found:
            return min(found)
    return ""


def check_concept_use(graph: nx.MultiDiGraph, concepts: Concepts, report: Reporter) -> Iterator[CheckResult]:
    """Yield nodes that name an unknown concept."""
    for node, data in graph.nodes(data=True):
        for attribute in _CONCEPT_ATTRIBUTES:
            value = data.get(attribute, ())
            for curie in [value] if isinstance(value, str) else value:
                if curie not in concepts:
                    yield report("S14-unknown", node, attribute=attribute, concept=curie)


def check_concepts(graph: nx.MultiDiGraph, concepts: Concepts, report: Reporter) -> Iterator[CheckResult]:
    """Yield nodes that name an unknown concept, and concepts under themselves or under one of another scheme."""
    yield from check_concept_use(graph, concepts, report)
    for concept in concepts:
        if any(concept.curie in concepts.broader_closure(up) for up in concept.broader):
            yield report("S14-cycle", concept.curie, concept=concept.curie)
        for up in concept.broader:
            if up in concepts and concepts[up].scheme != concept.scheme:
                yield report("S14-outside", concept.curie, concept=concept.curie, other=up)
