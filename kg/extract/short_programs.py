"""Settle what is no program of its own: the short form of a longer name in the same text, and a topic that a heading quotes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.model import Entity, Mention

#: Characters that a short form has before its kind.
_LEAST = 2
#: What may stand behind the kind (雨露计划+).
_TAIL = "+0123456789"
_OPENING = "“‘「『\"'"
#: What was found by a name that is known stays what it is.
_KNOWN = ("own-lexicon", "lexicon-program")


def settle_programs(mentions: Sequence[Mention], scene: Scene) -> list[Mention]:
    """Return the mentions, short forms of programs under the longer name, quoted topics left out; their order is kept.

    A name is a short form where it begins or ends exactly one longer name that the text says before, both end in the same word for a kind
    of program, and something stands before that word. A topic is what stands in quotation marks after 关于 and ends in no such word.

    Args:
        mentions: Mentions of one text, sorted by place; those of other types stay as they are.
        scene: The document.
    """
    kinds = _kinds(scene.domain)
    kept = [m for m in mentions if m.entity.type != "Program" or m.rule in _KNOWN or not _is_topic(m, scene, kinds)]
    held = {m.entity.name: m for m in reversed(kept) if m.entity.type == "Program"}
    joined = {name: longer for name, m in held.items() if m.rule not in _KNOWN and (longer := _whole(name, held, kinds)) is not None}
    return [replace(m, entity=joined[m.entity.name]) if m.entity.type == "Program" and m.entity.name in joined else m for m in kept]


def _whole(name: str, held: Mapping[str, Mention], kinds: tuple[str, ...]) -> Entity | None:
    """Return the one longer program that a name is short for."""
    kind = _kind(name, kinds)
    if not kind or len(name) < len(kind) + _LEAST:
        return None
    longer = [one for one in held if one != name and (one.endswith(name) or one.startswith(name)) and _kind(one, kinds) == kind]
    if len(longer) != 1 or held[longer[0]].span.start > held[name].span.start:
        return None
    return held[longer[0]].entity


def _is_topic(mention: Mention, scene: Scene, kinds: tuple[str, ...]) -> bool:
    start = mention.span.start + (scene.view[mention.span.start] in _OPENING)
    about = scene.domain.patterns("phrases").settings["programs"]["about"]
    before = scene.view[max(0, start - 8) : start]
    return (
        bool(before)
        and before[-1] in _OPENING
        and before[:-1].endswith(tuple(about))
        and not _kind(mention.entity.name.rstrip(_TAIL), kinds)
    )


def _kind(name: str, kinds: tuple[str, ...]) -> str:
    """Return the longest word for a kind that a name ends in, or the empty string."""
    return next((kind for kind in kinds if name.endswith(kind)), "")


@lru_cache(maxsize=4)
def _kinds(domain: Domain) -> tuple[str, ...]:
    return tuple(sorted(domain.patterns("words").words["kind"], key=lambda word: (-len(word), word)))
