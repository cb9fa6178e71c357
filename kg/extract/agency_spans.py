"""Name the agencies that the span model finds and no rule of names forms: bodies of no listed kind, institutions, offices, companies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract import agency_names as names
from kg.extract.agency_hits import Hit
from kg.extract.jurisdiction import Jurisdiction, jurisdiction
from kg.extract.names import canonical
from kg.model import Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.scene import Scene
    from kg.model import Entity

_SHORTEST = 2
#: Code points of a name that its region may take.
_LONGEST_REGION = 16
_BLOCKING = ("PolicyDocument", "Agency")
#: How probable a class of the market (高校) has to be, and what ends as no body does.
_CLASS, _UNLIKE = 0.85, 0.7


def find_further_agencies(scene: Scene, scored: Iterable[tuple[Span, float]], taken: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of agencies that only the model finds, sorted by place.

    Args:
        scene: The document with its context.
        scored: Places that the model takes for agencies, with their probabilities.
        taken: Mentions of documents and agencies; what overlaps one of them is none of its own.
    """
    blocked = bytearray(len(scene.view))
    for mention in taken:
        if mention.entity.type in _BLOCKING:
            blocked[mention.span.start : mention.span.end] = b"\x01" * len(mention.span)
    held = {mention.entity.id: mention.entity for mention in taken if mention.entity.type == "Agency"}
    found = [
        _hit(scene, span, probability, list(held.values()))
        for span, probability in scored
        if not any(blocked[span.start : span.end]) and _agent(scene, span, probability)
    ]
    return [Mention(hit.span, hit.entity, hit.rule, hit.confidence) for hit in found if hit is not None]


def _agent(scene: Scene, span: Span, probability: float) -> bool:
    """Tell whether what the model finds can be a body: no class without a function, no person's office, no words that only end like one."""
    patterns, words = scene.domain.patterns("agency").patterns, scene.view[span.start : span.end]
    if patterns["no-body"].search(words) or patterns["no-body-after"].match(scene.view, span.end):
        return False
    if patterns["market"].fullmatch(words):
        return probability >= _CLASS
    return probability >= _UNLIKE or patterns["listed-ends"].search(words) is not None


def _hit(scene: Scene, span: Span, probability: float, held: Sequence[Entity]) -> Hit | None:
    """Return the agency of a place under its canonical name: the region that its first words name or point to, then its own words."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    known = domain.agencies.by_name.get(view[span.start : span.end])
    if known is not None:
        return Hit(span, names.known(known, domain), "span-model-agency", round(probability, 2))
    before, own = _region(scene, span)
    start = min(span.start, before.start)
    rest = canonical(view[own : span.end])
    if len(rest) < _SHORTEST:
        return None
    region, level = before.region, ""
    if before.bare:
        longer = [entity for entity in held if entity.name.endswith(rest)]
        if len(longer) == 1:
            return Hit(span, longer[0], "span-model-agency", round(probability, 2))
        patterns = domain.patterns("agency").patterns
        general = bool(patterns["market"].fullmatch(rest) or patterns["proper"].search(rest))
        general = general or rest.startswith(tuple(domain.agencies.words["national_starts"]))
        region = None if general else home
        kept = names.prefix(region, domain)
    elif view[start:own] in domain.divisions.short_names:
        kept = view[start:own]  # a proper name: 长治银行, 浙江农林大学
    else:
        region = region or (home if before.is_class else None)
        kept = names.prefix(region, domain) + (before.quantifier or names.sign(before, domain))
        level = names.class_level(before.quantifier, domain) or ("" if region else before.deictic)
    return Hit(Span(start, span.end), names.agency(kept + rest, region, domain, level=level), "span-model-agency", round(probability, 2))


def _region(scene: Scene, span: Span) -> tuple[Jurisdiction, int]:
    """Return what the first words of a place say of a region, and where the body's own words begin."""
    no_level = scene.domain.patterns("agency").patterns["no-level"]
    for own in range(min(span.end - _SHORTEST, span.start + _LONGEST_REGION), span.start - 1, -1):
        if no_level.match(scene.view, own):
            continue
        before = jurisdiction(scene.view, own, scene.context.home, scene.domain)
        if not before.bare and before.start <= span.start:
            return before, own
    return Jurisdiction(span.start), span.start
