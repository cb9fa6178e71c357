"""Find bodies of no listed kind: what stands behind a level or a place and ends as bodies do, and what lists of responsible bodies name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract import agency_names as names
from kg.extract.agency_hits import Hit
from kg.extract.jurisdiction import Jurisdiction, jurisdiction
from kg.extract.names import canonical
from kg.extract.places import find_places
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.domain.divisions import Division
    from kg.domain.patterns import PatternFile
    from kg.extract.scene import Scene
    from kg.model import Entity

_BEFORE = 4
_LONGEST = 20


def open_hits(scene: Scene, found: Sequence[Hit]) -> list[Hit]:
    """Return bodies of no listed kind behind a level (县文化馆) or a place (长治职业技术学院); a span that is found already gives none.

    Args:
        scene: The document with its context.
        found: What the grammar of listed kinds finds.
    """
    taken = {hit.span for hit in found}
    ends = {hit.span.end: hit.span.start for hit in found}
    made = [hit for hit in (*_behind_levels(scene), *_behind_places(scene)) if hit.span not in taken]
    return [hit for hit in made if ends.get(hit.span.end, hit.span.end) >= hit.span.start]


def _behind_levels(scene: Scene) -> Iterator[Hit]:
    view, home, domain = scene.view, scene.context.home, scene.domain
    patterns, each = domain.patterns("agency"), tuple(domain.agencies.words["class_units"]["each"])
    for match in patterns.scan("open-body").finditer(view):
        at = match.start("name")
        before = jurisdiction(view, at, home, domain)
        if before.bare or before.split or (before.is_class and not before.quantifier):
            continue
        if before.is_class and before.region is None and home is None and before.quantifier.startswith(each):
            continue  # whom a central text addresses
        named = before.region is not None and not before.deictic and not before.is_class
        if not named and not patterns.patterns["open-before"].search(view, max(0, before.start - _BEFORE), before.start):
            continue
        yield Hit(Span(before.start, match.end()), _entity(scene, before, match.group("name")), "agency-open", 0.8)


def _entity(scene: Scene, before: Jurisdiction, words: str) -> Entity:
    """Return a body behind the words before it, under its region's name, or under those words where the text gives no region."""
    home, domain = scene.context.home, scene.domain
    region = before.region or (home if before.is_class else None)
    level = names.class_level(before.quantifier, domain) or ("" if region is not None else before.deictic)
    kind = domain.agencies.kinds.get(domain.agencies.words["bare_stems"].get(words, ""))
    if kind is not None and region is not None and not before.is_class:
        return names.department(kind, "", region, domain)
    words = names.class_words(kind, domain) if kind is not None else words
    sign = before.quantifier or names.sign(before, domain)
    return names.agency(names.prefix(region, domain) + sign + words, region, domain, level=level)


def _behind_places(scene: Scene) -> Iterator[Hit]:
    """Yield institutions by a place's name as it stands: 长治职业技术学院 is a proper name."""
    view, domain = scene.view, scene.domain
    pattern = domain.patterns("agency").patterns["placed-body"]
    for place in find_places(view, domain.divisions):
        found = pattern.match(view[place.span.end : place.span.end + _LONGEST])
        region = domain.divisions.lookup(place.name) if found else None
        if found is not None and region is not None and (place.full or _known_place(region, scene)):
            span = Span(place.span.start, place.span.end + found.end())
            yield Hit(span, names.agency(view[span.start : span.end], region, domain, level=""), "agency-placed", 0.75)


def _known_place(region: Division, scene: Scene) -> bool:
    """Tell whether a short name means a place: a county's does only in texts from around it (会同 is also a word)."""
    home, divisions = scene.context.home, scene.domain.divisions
    return region.level != "county" or (
        home is not None and bool(set(divisions.chain(region.key)[:2]) & set(divisions.chain(home.key)[:2]))
    )


def listed_hits(scene: Scene, found: Sequence[Hit]) -> list[Hit]:
    """Return what lists of responsible bodies name besides what is found: each element of such a list is a body.

    Args:
        scene: The document with its context.
        found: The agencies found so far; an element that holds one of them is none of its own.
    """
    patterns = scene.domain.patterns("agency")
    taken = bytearray(len(scene.view))
    for hit in found:
        taken[hit.span.start : hit.span.end] = b"\x01" * len(hit.span)
    made = [
        _listed(scene, element)
        for match in patterns.scan("responsible").finditer(scene.view)
        for element in _elements(match.start("name"), match.group("name"), patterns)
        if not any(taken[element.start : element.end])
    ]
    return [hit for hit in made if hit is not None]


def _elements(start: int, words: str, patterns: PatternFile) -> Iterable[Span]:
    for match in patterns.patterns["listed-body"].finditer(words):
        yield Span(start + match.start("name"), start + match.end("name"))


def _listed(scene: Scene, span: Span) -> Hit | None:
    view, context, domain = scene.view, scene.context, scene.domain
    patterns = domain.patterns("agency")
    words = view[span.start : span.end]
    if not patterns.patterns["listed-ends"].search(words):
        return None
    if words.endswith(tuple(patterns.settings["sections"]["ends"])) and context.issuer is not None:
        own = words.removeprefix(patterns.settings["sections"]["own"])
        name = context.issuer.name + own
        region = domain.divisions.get(str(context.issuer.attributes.get("region", "")))
        return Hit(span, names.agency(name, region, domain), "agency-listed", 0.75)
    for size in (3, 2, 1):
        before = jurisdiction(view, span.start + size, context.home, domain)
        if not before.bare and before.start == span.start and not before.split and len(words) > size + 1:
            return Hit(span, _entity(scene, before, words[size:]), "agency-listed", 0.75)
    return Hit(span, names.agency(canonical(words), None, domain), "agency-listed", 0.65)
