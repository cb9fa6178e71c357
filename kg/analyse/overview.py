"""Count what a graph holds, for its overview: entities, facts, agencies, measures, groups, regions and years."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.analyse.provision_facts import UNKNOWN, provision_facts
from kg.analyse.wording import class_label, label, node_label
from kg.graph.access import claims
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    import networkx as nx

    from kg.domain import Domain

#: The overview as a JSON object, see :func:`overview`.
Overview = dict[str, Any]
_ASIDE = frozenset((UNKNOWN, "other"))
_BY_PROVISION = {"measures": "type", "groups": "group", "regions": "region", "years": "year"}


def overview(graph: nx.MultiDiGraph, domain: Domain, top: int = 12) -> Overview:
    """Return the counts, ready for JSON.

    ``totals``: ``texts``, ``entities``, ``facts`` (edges with evidence), ``sentences`` (places of evidence), ``provisions``. ``panels``: ``types``, ``relations``,
    ``agencies`` (facts that an agency takes part in), ``measures``, ``groups``, ``regions``, ``years`` (provisions of each), each ``bars`` (``key``, ``zh``, ``en``,
    ``count``), ``aside`` (the same for what is not stated or in no class) and ``more`` (bars left out).

    Args:
        graph: As ``kg.rdf.read_graph`` returns it.
        domain: Gives the words of concepts.
        top: How many bars a panel has at most.
    """
    kinds = Counter(data.get("type") for _, data in graph.nodes(data=True))
    stated = list(claims(graph))
    agencies = Counter(end for claim in stated for end in (claim.subject, claim.object) if graph.nodes[end].get("type") == "Agency")
    facts = provision_facts(graph, domain)
    panels: dict[str, Any] = {
        "types": _panel([(name, kinds[name], class_label(domain, name)) for name in ENTITY_TYPES if kinds[name]], top),
        "relations": _panel(_counted(Counter(claim.predicate for claim in stated), lambda key: class_label(domain, key)), top),
        "agencies": _panel(_counted(agencies, lambda key: node_label(graph, domain, key)), top),
    }
    for name, dimension in _BY_PROVISION.items():
        counts = Counter(key for fact in facts for key in fact["keys"][dimension])
        rows = _counted(counts, lambda key, d=dimension: label(graph, domain, d, key))
        known = [row for row in rows if row[0] not in _ASIDE]
        aside = _panel([row for row in rows if row[0] in _ASIDE], top)["bars"]
        panels[name] = {**_panel(sorted(known) if name == "years" else known, top), "aside": aside}
    return {
        "totals": {
            "texts": kinds["SourceText"],
            "entities": sum(kinds[name] for name in ENTITY_TYPES),
            "facts": len(stated),
            "sentences": kinds["Evidence"],
            "provisions": len(facts),
        },
        "panels": panels,
    }


def _counted(counts: Counter[str], words: Any) -> list[tuple[str, int, tuple[str, str]]]:
    """Return key, count and words, the largest first."""
    return [(key, count, words(key)) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _panel(rows: list[tuple[str, int, tuple[str, str]]], top: int) -> dict[str, Any]:
    bars = [{"key": key, "zh": zh, "en": en, "count": count} for key, count, (zh, en) in rows[:top]]
    return {"bars": bars, "more": max(0, len(rows) - top), "aside": []}
