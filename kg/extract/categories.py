"""Find the curated concept that an extracted name falls under."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.domain import Domain

#: Prefix of the concepts that a type's names fall under.
SCHEME = {"Measure": "mt", "TargetGroup": "tg", "Program": "pk", "Observation": "ind"}
_SHORTEST = 2


class _Forms(NamedTuple):
    """Hold every form with its concept, and by the first two characters of the forms how long those are."""

    concepts: dict[str, str]
    sizes: dict[str, list[int]]


@lru_cache(maxsize=4)
def _forms(domain: Domain) -> dict[str, _Forms]:
    """Return, by prefix, every form to its concept: labels of the schemes and the lexicon's names with a category."""
    forms: dict[str, dict[str, str]] = {prefix: {} for prefix in SCHEME.values()}
    for concept in domain.concepts:
        prefix = concept.curie.partition(":")[0]
        for form in (concept.zh, *concept.alt_labels):
            if prefix in forms and form:
                forms[prefix].setdefault(domain.fold(form), concept.curie)
    for (type_, form), entry in sorted(domain.lexicon.forms.items()):
        if type_ in SCHEME and entry.category:
            if entry.own:  # a user's row wins over labels as well
                forms[SCHEME[type_]][form] = entry.category
            forms[SCHEME[type_]].setdefault(form, entry.category)
    return {prefix: _Forms(concepts, _sizes(concepts)) for prefix, concepts in forms.items()}


def _sizes(concepts: Iterable[str]) -> dict[str, list[int]]:
    sizes: dict[str, set[int]] = {}
    for form in concepts:
        if len(form) >= _SHORTEST:
            sizes.setdefault(form[:_SHORTEST], set()).add(len(form))
    return {opening: sorted(found) for opening, found in sizes.items()}


def categorise(domain: Domain, type_: str, name: str) -> str:
    """Return the CURIE of the concept for a name, or the empty string.

    A name that is itself a label or a known name has that concept; else the known form in it counts that is longest and stands
    furthest towards the end, since the head of a Chinese phrase stands last.
    """
    if type_ not in SCHEME:
        return ""
    concepts, sizes = _forms(domain)[SCHEME[type_]]
    if name in concepts:
        return concepts[name]
    best, concept = (0, 0), ""
    for start in range(len(name) - 1):
        for size in sizes.get(name[start : start + _SHORTEST], ()):
            end = start + size
            if name[start:end] in concepts and end <= len(name) and (size * end, end) > best:
                best, concept = (size * end, end), concepts[name[start:end]]
    return concept


@lru_cache(maxsize=32)
def head_concepts(domain: Domain, prefix: str) -> tuple[str, ...]:
    """Return the CURIEs of a scheme by its prefix, sorted."""
    return tuple(concept.curie for concept in domain.concepts if concept.curie.startswith(f"{prefix}:"))
