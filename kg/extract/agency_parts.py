"""Find parts of agencies that act by themselves: a bank's branch, a department's section or own office; and local banks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract import agency_names as names
from kg.extract.agency_hits import Hit
from kg.extract.jurisdiction import jurisdiction
from kg.model import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from kg.extract.scene import Scene
    from kg.model import Entity

_LONGEST = 24
_DEPARTMENTS = ("agency-grammar", "agency-lexicon", "agency-lexicon-local")
_BANK = "ak:bank"


def with_parts(scene: Scene, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, each that a part's words follow made that part: 工商银行广州分行, 市人社局就业促进科.

    A part is an agency of its own, named with the whole's full name; a name in brackets or a bare class has none.
    """
    patterns = scene.domain.patterns("agency").patterns
    made = []
    for hit in hits:
        bank = hit.entity.attributes.get("category") == _BANK
        if not bank and (hit.rule not in _DEPARTMENTS or hit.body is not None):
            made.append(hit)
            continue
        found = patterns["branch" if bank else "section"].match(scene.view[hit.span.end : hit.span.end + _LONGEST])
        made.append(_part(hit, found, scene) if found else hit)
    return made


def _part(hit: Hit, found: re.Match[str], scene: Scene) -> Hit:
    whole = hit.entity
    attributes = {key: value for key, value in whole.attributes.items() if key != "level"}
    entity = names.agency(
        whole.name + found.group("name"), None, scene.domain, aliases=tuple(a + found.group("name") for a in whole.aliases)
    )
    entity = replace(entity, attributes=attributes)
    return Hit(Span(hit.span.start, hit.span.end + found.end("name")), entity, "agency-part", min(hit.confidence, 0.85))


def local_banks(scene: Scene) -> Iterator[Hit]:
    """Yield banks named by their place (广州银行, 广州农商银行)."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    patterns = scene.domain.patterns("agency")
    for match in patterns.patterns["local-bank"].finditer(view):
        before = jurisdiction(view, match.start(), home, domain)
        if before.region is None or before.deictic or before.is_class:
            continue
        kind = patterns.settings["names"].get(match.group("name"), match.group("name"))
        name = view[before.start : match.start()] + kind
        entity = names.agency(name, before.region, domain, category=_BANK)
        yield Hit(Span(before.start, match.end("name")), replace(entity, attributes=_without_level(entity)), "agency-bank", 0.8)


def _without_level(entity: Entity) -> dict[str, object]:
    return {key: value for key, value in entity.attributes.items() if key != "level"}
