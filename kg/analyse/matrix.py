"""Count provisions by two dimensions, such as measure types by target groups, in one table for each region or year."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from kg.analyse.provision_facts import DIMENSIONS, TEXT_DIMENSIONS, UNKNOWN, closure, provision_facts, text_keys
from kg.analyse.wording import label, words
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import networkx as nx

    from kg.analyse.provision_facts import Fact
    from kg.domain import Domain

#: One comparison as a JSON object, see :func:`matrix`.
Matrix = dict[str, Any]
_HINT = "name one of " + ", ".join(DIMENSIONS)
#: Dimensions whose values stand in their own order; others are ordered by their counts.
_ORDERED = frozenset(("year", "period", "level", "region", "province", "text", "lmp"))


@dataclass(frozen=True, slots=True)
class Shape:
    """Say what is compared.

    Attributes:
        rows, cols: Dimensions.
        by: One table for each combination of values of these dimensions.
        where: Pairs of dimension and value (key, label or name, or of something above it) that a provision must have.
        min_confidence: Provisions below it are left out.
    """

    rows: str = "type"
    cols: str = "group"
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    min_confidence: float = 0.0


def matrix(graph: nx.MultiDiGraph, domain: Domain, shape: Shape | None = None) -> Matrix:
    """Return counts and, for each count, the provisions behind it, ready for JSON.

    ``rows`` and ``cols``: ``dimension``, ``zh``, ``en`` and ``values`` (each ``key``, ``zh``, ``en``, ``count``: distinct provisions).
    ``facets``: one for each combination of ``by`` (none: one for all), each with ``values`` (key, zh and en by dimension), ``texts`` (ids of the
    texts that could speak here), ``count`` and ``cells``: ``{"row", "col", "count", "texts", "provisions"}``; a cell that is not listed was
    not found in these texts. ``facts``: the provisions by id, as :func:`kg.analyse.provision_facts.provision_facts` makes them.
    ``texts``: id, file, title, date of every text. ``multiple`` tells that a provision may stand in several rows or columns, so that
    rows and columns need not add up.

    Raises:
        UsageError: There is no such dimension, or no provision has a value that ``where`` names.
    """
    shape = shape or Shape()
    for name in (shape.rows, shape.cols, *shape.by, *(name for name, _ in shape.where)):
        if name not in DIMENSIONS:
            raise UsageError(name, "is no dimension", _HINT)
    facts = select(graph, domain, provision_facts(graph, domain), shape)
    texts = {node: text_keys(graph, node) for node in sorted(graph) if graph.nodes[node].get("type") == "SourceText"}
    rows, cols = (_axis(graph, domain, facts, name) for name in (shape.rows, shape.cols))
    return {
        "rows": rows,
        "cols": cols,
        "by": [{"dimension": name, **_words(domain, name)} for name in shape.by],
        "where": [{"dimension": name, **_words(domain, name), "value": value} for name, value in shape.where],
        "count": len(facts),
        "facets": [_facet(facts, shape, texts, values) for values in _combinations(graph, domain, facts, shape.by, texts)],
        "facts": {fact["id"]: fact for fact in facts},
        "texts": [_text(graph, node) for node in texts],
        "multiple": any(len(fact["keys"][name]) > 1 for fact in facts for name in (shape.rows, shape.cols)),
    }


def select(graph: nx.MultiDiGraph, domain: Domain, facts: Iterable[Fact], shape: Shape) -> list[Fact]:
    """Return the facts that the shape's ``where`` and ``min_confidence`` keep."""
    kept = [fact for fact in facts if (fact["confidence"] or 0.0) >= shape.min_confidence]
    for name, value in shape.where:
        wanted = domain.fold(value).strip().casefold()
        fine = {"type": "subtype", "group": "subgroup"}.get(name, name)
        keys = sorted({key for fact in kept for each in {name, fine} for key in fact["keys"][each]})
        fitting = {key for key in keys if any(wanted in _names(graph, domain, name, above) for above in closure(graph, domain, name, key))}
        if not fitting:
            known = ", ".join(label(graph, domain, name, key)[0] for key in keys[:12])
            raise UsageError(f"{name}={value}", "no provision has this value", f"found are: {known}" if known else "no provision is left")
        kept = [fact for fact in kept if fitting.intersection((*fact["keys"][name], *fact["keys"][fine]))]
    return kept


def _names(graph: nx.MultiDiGraph, domain: Domain, dimension: str, key: str) -> set[str]:
    """Return the folded forms by which a user may name a value."""
    forms = {key, key.partition("/")[2] or key, key.partition(":")[2] or key, *label(graph, domain, dimension, key)}
    if key in graph:
        forms |= {*graph.nodes[key].get("aliases", ()), str(graph.nodes[key].get("source") or key)}
    return {domain.fold(form).casefold() for form in forms}


def _words(domain: Domain, dimension: str) -> dict[str, str]:
    messages = words(domain)
    return {"zh": messages.zh(DIMENSIONS[dimension]), "en": messages.en(DIMENSIONS[dimension])}


def _axis(graph: nx.MultiDiGraph, domain: Domain, facts: list[Fact], dimension: str) -> dict[str, Any]:
    values = _values(graph, domain, facts, dimension)
    return {"dimension": dimension, **_words(domain, dimension), "values": values}


def _values(graph: nx.MultiDiGraph, domain: Domain, facts: list[Fact], dimension: str) -> list[dict[str, Any]]:
    """Return the values of a dimension with their counts: by their own order or the most frequent first, what is not said last."""
    counts: dict[str, int] = {}
    for fact in facts:
        for key in fact["keys"][dimension]:
            counts[key] = counts.get(key, 0) + 1
    found = []
    for key, count in counts.items():
        zh, en = label(graph, domain, dimension, key)
        found.append({"key": key, "zh": zh, "en": en, "count": count})
    ordered = dimension in _ORDERED
    found.sort(key=lambda v: (v["key"] in (UNKNOWN, "other"), v["key"] == UNKNOWN, *_rank(graph, dimension, v, ordered=ordered)))
    return found


def _rank(graph: nx.MultiDiGraph, dimension: str, value: dict[str, Any], *, ordered: bool) -> tuple[Any, ...]:
    if not ordered:
        return (-value["count"], value["key"])
    key = value["key"]
    code = str(graph.nodes[key].get("code") or "") if dimension in ("region", "province") and key in graph else ""
    return (0, code, key)


def _combinations(
    graph: nx.MultiDiGraph, domain: Domain, facts: list[Fact], by: Sequence[str], texts: dict[str, dict[str, list[str]]]
) -> list[tuple[dict[str, Any], ...]]:
    """Return the values of each table, in the order of the dimensions' values: those with a provision, and those with a text that has none."""
    all_keys = [fact["keys"] for fact in facts]
    if by and TEXT_DIMENSIONS.issuperset(by):
        all_keys += texts.values()
    axes = [_values(graph, domain, [{"keys": keys} for keys in all_keys], name) for name in by]
    there = {values for keys in all_keys for values in product(*(keys[name] for name in by))}
    return [values for values in product(*axes) if tuple(value["key"] for value in values) in there] or ([()] if not by else [])


def _facet(facts: list[Fact], shape: Shape, texts: dict[str, dict[str, list[str]]], values: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    wanted = {name: value["key"] for name, value in zip(shape.by, values, strict=True)}
    inside = [fact for fact in facts if all(key in fact["keys"][name] for name, key in wanted.items())]
    cells: dict[tuple[str, str], list[Fact]] = {}
    for fact in inside:
        for row, col in product(fact["keys"][shape.rows], fact["keys"][shape.cols]):
            cells.setdefault((row, col), []).append(fact)
    of_texts = {name: key for name, key in wanted.items() if name in TEXT_DIMENSIONS}
    speaking = {text for text, keys in texts.items() if all(key in keys[name] for name, key in of_texts.items())}
    return {
        "values": {name: {k: value[k] for k in ("key", "zh", "en")} for name, value in zip(shape.by, values, strict=True)},
        "texts": sorted(speaking | {fact["text"] for fact in inside}),
        "count": len(inside),
        "cells": [
            {
                "row": row,
                "col": col,
                "count": len(own),
                "texts": len({fact["text"] for fact in own}),
                "provisions": [fact["id"] for fact in own],
            }
            for (row, col), own in sorted(cells.items())
        ],
    }


def _text(graph: nx.MultiDiGraph, node: str) -> dict[str, Any]:
    data = graph.nodes[node]
    title = str(data.get("title") or data.get("name") or node)
    return {"id": node, "source": data.get("source", node), "title": title, "date": data.get("date"), "region": data.get("region")}
