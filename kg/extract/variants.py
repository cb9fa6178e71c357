"""Join the names that one text gives to one measure: with and without a light verb, with a light noun at its end, cut short."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.domain import Domain
    from kg.model import Entity

#: A measure's name is cut short to at most this many characters.
_SHORT = 4
#: Characters that are left of a name at least.
_LEAST = 2


def join_variants(mentions: Sequence[Mention], domain: Domain) -> list[Mention]:
    """Return the mentions, those of a measure's variants under the entity of its plainest name; their order is kept.

    Args:
        mentions: Mentions of one text, sorted by place; those of other types stay as they are.
        domain: Supplies the light words.
    """
    held = {m.entity.name: m.entity for m in reversed(mentions) if m.entity.type == "Measure"}
    first = {m.entity.name: m.span.start for m in reversed(mentions) if m.entity.type == "Measure"}
    longer = _longer(first)
    found = {name: _plain(name, held, domain) or _whole(name, longer, first, domain) for name in sorted(held)}
    joined = {name: other for name, other in found.items() if other is not None}
    return [
        _renamed(m, held[_last(joined, m.entity.name)]) if m.entity.name in joined and m.entity.type == "Measure" else m for m in mentions
    ]


def _renamed(mention: Mention, entity: Entity) -> Mention:
    return Mention(mention.span, entity, mention.rule, mention.confidence)


def _last(joined: Mapping[str, str], name: str) -> str:
    """Return the name at the end of a chain of variants; a circle ends where it began."""
    seen = [name]
    while (name := joined.get(seen[-1], "")) and name not in seen:
        seen.append(name)
    return seen[-1] if not name else min(seen)


def _plain(name: str, held: Mapping[str, Entity], domain: Domain) -> str | None:
    """Return the shortest found name that a name says with light words added."""
    verbs, tails = _light(domain)
    cuts = range(_LEAST, len(name) - _LEAST + 1)
    found = [name[n:] for n in cuts if name[:n] in verbs and name[n:] in held]
    found += [name[:-n] for n in cuts if name[-n:] in tails and name[:-n] in held]
    return min(found, key=lambda other: (len(other), other), default=None)


def _longer(names: Iterable[str]) -> dict[str, list[str]]:
    """Return by short name the longer ones that it ends."""
    found: dict[str, list[str]] = {name: [] for name in names if len(name) <= _SHORT}
    for name in names:
        for size in range(1, min(len(name), _SHORT + 1)):
            if name[-size:] in found:
                found[name[-size:]].append(name)
    return found


def _whole(name: str, longer: Mapping[str, Sequence[str]], first: Mapping[str, int], domain: Domain) -> str | None:
    """Return the one longer name that a short name ends, if the text says it before and its addition makes no other measure of it."""
    found = longer.get(name, ())
    if len(found) != 1 or found[0].removesuffix(name).endswith(tuple(domain.patterns("phrases").settings["variants"]["apart"])):
        return None
    return found[0] if first[found[0]] < first[name] else None


@lru_cache(maxsize=4)
def _light(domain: Domain) -> tuple[frozenset[str], frozenset[str]]:
    """Return the light verbs before measures, and the light nouns after them."""
    words = domain.patterns("words").words
    return frozenset(words["act"]) | frozenset(words["filler"]), frozenset(domain.patterns("phrases").settings["variants"]["tails"])
