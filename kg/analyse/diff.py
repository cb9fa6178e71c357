"""Compare two graphs: which entities and facts one has and the other has not, and which changed, each with its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.graph.access import STRUCTURAL, ClaimView, EvidenceView, entity, evidence
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

#: One comparison as a JSON object, see :func:`diff`.
Diff = dict[str, Any]

_TYPES = frozenset((*ENTITY_TYPES, "SourceText", "Provision"))
# What changes with every training of a model; counted as a change only on request.
_SOFT = frozenset(("confidence", "rule", "texts"))
#: A fact: subject, predicate, object.
_Key = tuple[str, str, str]


def diff(old: nx.MultiDiGraph, new: nx.MultiDiGraph, *, everything: bool = False) -> Diff:
    """Return what differs between two graphs, ready for JSON.

    ``entities`` and ``facts`` each hold ``added``, ``removed`` and ``changed``, sorted. An entity: ``id``, ``type``, ``name``, ``evidence`` (mentions);
    a changed one ``attributes`` instead (name to ``[old, new]``, None for none). A fact: ``subject``, ``predicate``, ``object``, their
    names, ``confidence``, ``evidence``; a changed one ``gained`` and ``lost`` evidence, and with ``everything`` ``confidence`` as a pair.
    Evidence: ``source``, ``text``, ``start``, ``end``, ``exact``, ``sentence``. ``counts`` sums up. Entities are the same by id, facts by subject,
    predicate and object, evidence by text and sentence. Provisions and source texts count among the entities.

    Args:
        old: The graph before.
        new: The graph after.
        everything: Take changes of confidence, rule and number of texts for changes, too.
    """
    entities = {
        "added": [_entity(new, node) for node in _only(new, old)],
        "removed": [_entity(old, node) for node in _only(old, new)],
        "changed": list(_changed_entities(old, new, everything=everything)),
    }
    before, after = set(_facts(old)), set(_facts(new))
    facts = {
        "added": [_fact(new, key) for key in sorted(after - before)],
        "removed": [_fact(old, key) for key in sorted(before - after)],
        "changed": [found for key in sorted(before & after) if (found := _changed_fact(old, new, key, everything=everything))],
    }
    counts = {name: {kind: len(found) for kind, found in part.items()} for name, part in (("entities", entities), ("facts", facts))}
    return {"counts": counts, "entities": entities, "facts": facts}


def is_empty(found: Diff) -> bool:
    """Tell whether two graphs say the same."""
    return not any(count for part in found["counts"].values() for count in part.values())


def _only(one: nx.MultiDiGraph, other: nx.MultiDiGraph) -> list[str]:
    """Return the entities that only the first graph has, by type and id."""
    found = [node for node, data in one.nodes(data=True) if data.get("type") in _TYPES and node not in other]
    return sorted(found, key=lambda node: (one.nodes[node]["type"], node))


def _facts(graph: nx.MultiDiGraph) -> Iterator[_Key]:
    for subject, object_, key, data in graph.edges(keys=True, data=True):
        provision = graph.nodes[subject].get("type") == "Provision"
        if key not in STRUCTURAL and (data.get("evidence") or provision):
            yield subject, key, object_


def _entity(graph: nx.MultiDiGraph, node: str) -> dict[str, Any]:
    return {"id": node, "type": graph.nodes[node]["type"], "name": _name(graph, node), "evidence": _mentions(graph, node)}


def _name(graph: nx.MultiDiGraph, node: str) -> str:
    data = graph.nodes[node]
    return str(data.get("name") or data.get("title") or node.partition("/")[2])


def _mentions(graph: nx.MultiDiGraph, node: str) -> list[dict[str, Any]]:
    return list(_shown(evidence(graph, entity(graph, node))).values())


def _shown(found: Iterable[EvidenceView]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return evidence once for each text and sentence, in order."""
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    for one in found:
        place = {"source": one.source, "text": one.text, "start": one.start, "end": one.end, "exact": one.exact, "sentence": one.sentence}
        shown.setdefault((one.text, one.sentence), place)
    return shown


def _changed_entities(old: nx.MultiDiGraph, new: nx.MultiDiGraph, *, everything: bool) -> Iterator[dict[str, Any]]:
    both = [node for node, data in old.nodes(data=True) if data.get("type") in _TYPES and node in new]
    for node in sorted(both, key=lambda each: (old.nodes[each]["type"], each)):
        before, after = old.nodes[node], new.nodes[node]
        names = sorted({*before, *after} - (frozenset() if everything else _SOFT))
        changed = {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}
        if changed:
            yield {"id": node, "type": after["type"], "name": _name(new, node), "attributes": changed}


def _claim_evidence(graph: nx.MultiDiGraph, key: _Key) -> dict[tuple[str, str], dict[str, Any]]:
    subject, predicate, object_ = key
    data = graph.edges[subject, object_, predicate]
    if not data.get("evidence"):  # a provision's links rest on its own sentence
        return _shown(evidence(graph, entity(graph, subject)))
    return _shown(list(evidence(graph, ClaimView(subject, predicate, object_, data.get("weight", 1), data.get("confidence", 1.0)))))


def _fact(graph: nx.MultiDiGraph, key: _Key) -> dict[str, Any]:
    data = graph.edges[key[0], key[2], key[1]]
    return {**_named(graph, key), "confidence": data.get("confidence", 1.0), "evidence": list(_claim_evidence(graph, key).values())}


def _named(graph: nx.MultiDiGraph, key: _Key) -> dict[str, Any]:
    subject, predicate, object_ = key
    names = {"subjectName": _name(graph, subject), "objectName": _name(graph, object_)}
    return {"subject": subject, "predicate": predicate, "object": object_, **names}


def _changed_fact(old: nx.MultiDiGraph, new: nx.MultiDiGraph, key: _Key, *, everything: bool) -> dict[str, Any] | None:
    before, after = _claim_evidence(old, key), _claim_evidence(new, key)
    gained = [after[each] for each in after if each not in before]
    lost = [before[each] for each in before if each not in after]
    confidence = [graph.edges[key[0], key[2], key[1]].get("confidence", 1.0) for graph in (old, new)]
    if not gained and not lost and not (everything and confidence[0] != confidence[1]):
        return None
    return {**_named(new, key), "gained": gained, "lost": lost, **({"confidence": confidence} if everything else {})}
