"""Find the curated concept that an extracted name falls under."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.domain import Domain

#: Prefix of the concepts that a type's names fall under.
SCHEME = {"Measure": "mt", "TargetGroup": "tg", "Program": "pk", "Observation": "ind"}
_SHORTEST = 2


@lru_cache(maxsize=4)
def _forms(domain: Domain) -> dict[str, dict[str, str]]:
    """Return, by prefix, every form to its concept: labels of the schemes and the lexicon's names with a category."""
    forms: dict[str, dict[str, str]] = {prefix: {} for prefix in SCHEME.values()}
    for concept in domain.concepts:
        prefix = concept.curie.partition(":")[0]
        for form in (concept.zh, *concept.alt_labels):
            if prefix in forms and form:
                forms[prefix].setdefault(domain.fold(form), concept.curie)
    for (type_, form), entry in sorted(domain.lexicon.forms.items()):
        if type_ in SCHEME and entry.category:
            forms[SCHEME[type_]].setdefault(form, entry.category)
    return forms


def categorise(domain: Domain, type_: str, name: str) -> str:
    """Return the CURIE of the concept for a name, or the empty string.

    A name that is itself a label or a known name has that concept; else the known form in it counts that is longest and stands
    furthest towards the end, since the head of a Chinese phrase stands last.
    """
    forms = _forms(domain).get(SCHEME.get(type_, ""), {})
    if name in forms:
        return forms[name]
    best, concept = (0, 0), ""
    for start in range(len(name)):
        for end in range(len(name), start + _SHORTEST - 1, -1):
            rank = ((end - start) * end, end)
            if rank > best and name[start:end] in forms:
                best, concept = rank, forms[name[start:end]]
    return concept


def head_concepts(domain: Domain, prefix: str) -> tuple[str, ...]:
    """Return the CURIEs of a scheme by its prefix, sorted."""
    return tuple(concept.curie for concept in domain.concepts if concept.curie.startswith(f"{prefix}:"))
