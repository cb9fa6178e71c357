"""Give the page the provisions with their place in every dimension: the facts that ``kg matrix`` counts, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.provision_facts import DIMENSIONS, UNKNOWN, provision_facts
from kg.analyse.wording import label
from kg.analyse.wording import words as said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from networkx import MultiDiGraph

    from kg.domain import Domain

#: Dimensions whose values keep the order of their keys; those of others stand by their counts.
_ORDERED = frozenset(("year", "period", "level", "region", "province", "text"))


def matrix_data(graph: MultiDiGraph, domain: Domain, index: Mapping[str, int]) -> dict[str, Any]:
    """Return ``dimensions`` (id, Chinese, English), ``values`` (for each dimension key, Chinese, English) and ``facts``.

    A fact is the number of its provision's node, then for each dimension the numbers of its values.

    Args:
        graph: As ``docs/model.md`` part 2 describes it.
        domain: Gives the words.
        index: Number of each node on the page.
    """
    facts = [fact for fact in provision_facts(graph, domain) if fact["id"] in index]
    messages = said(domain)
    used = [name for name in DIMENSIONS if any(fact["keys"][name] != [UNKNOWN] for fact in facts)]
    values = {name: _values(facts, name) for name in used}
    number = {name: {key: n for n, key in enumerate(keys)} for name, keys in values.items()}
    return {
        "dimensions": [[name, messages.zh(DIMENSIONS[name]), messages.en(DIMENSIONS[name])] for name in used],
        "values": [[[key, *label(graph, domain, name, key)] for key in values[name]] for name in used],
        "facts": [[index[fact["id"]], *([number[name][key] for key in fact["keys"][name]] for name in used)] for fact in facts],
    }


def _values(facts: list[dict[str, Any]], dimension: str) -> list[str]:
    """Return the keys of a dimension: by key or the most frequent first, what is not said last."""
    counts: dict[str, int] = {}
    for fact in facts:
        for key in fact["keys"][dimension]:
            counts[key] = counts.get(key, 0) + 1
    ordered = dimension in _ORDERED
    return sorted(counts, key=lambda key: (key == UNKNOWN, key == "other", 0 if ordered else -counts[key], key))
