"""Find regions: named divisions, and the deictic words that resolve to the text's own region."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.patterns import alternation
from kg.extract.anonymous import anonymous_name, anonymous_names
from kg.extract.jurisdiction import resolve
from kg.extract.names import canonical, entity_id
from kg.extract.places import Place, find_places
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.domain import Domain
    from kg.domain.divisions import Division
    from kg.extract.scene import Scene

_AFTER = 30
_BEFORE = 8
_BLOCKING = ("Agency", "Program", "PolicyDocument")
_SHORTEST_FREE = 2
_HAN = re.compile(r"[\u4e00-\u9fff]")


def find_regions(scene: Scene, taken: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of regions, sorted by span.

    A region inside another mention (an agency's, program's or document's name) or inside a company's or school's name is none.

    Args:
        scene: The document with its context.
        taken: All mentions found before.
    """
    covered = bytearray(len(scene.view))
    for mention in taken:
        if mention.entity.type in _BLOCKING:
            covered[mention.span.start : mention.span.end] = b"\x01" * len(mention.span)
    found = [*_named(scene), *_deictic(scene), *_abbreviated(scene), *_unreadable(scene), *_fixed_words(scene), *_user_rows(scene)]
    kept = []
    for mention in sorted(found, key=lambda one: (one.span.start, -one.span.end, one.rule)):
        place = slice(mention.span.start, mention.span.end)
        if any(covered[place]):
            continue
        covered[place] = b"\x01" * len(mention.span)
        kept.append(mention)
    return kept


def region_entity(division: Division, domain: Domain) -> Entity:
    """Return a region's entity with code, level and parent."""
    node = domain.divisions.node(division)
    attributes = {key: value for key, value in node.items() if key not in ("id", "type", "name", "aliases")}
    return Entity(division.id, "Region", division.key, attributes, tuple(node.get("aliases", ())))


def _named(scene: Scene) -> list[Mention]:
    places = find_places(scene.view, scene.domain.divisions)
    made = []
    skip = -1
    for index, place in enumerate(places):
        if index <= skip:
            continue
        last = _chain_end(places, index)
        skip = last
        division = _division(scene, places, index, last)
        end = places[last].span.end
        if division is None or _part_of_name(scene, place.span.start, end):
            continue
        confidence = 0.95 if places[last].full else 0.85
        made.append(Mention(Span(place.span.start, end), region_entity(division, scene.domain), "region-name", confidence))
    return made


def _chain_end(places: Sequence[Place], index: int) -> int:
    """Return the index of the last place that stands straight behind the one before it (沈阳铁西)."""
    while index + 1 < len(places) and places[index + 1].span.start == places[index].span.end:
        index += 1
    return index


def _division(scene: Scene, places: Sequence[Place], first: int, last: int) -> Division | None:
    """Return what a place, or a chain of them, names; None for words that only look like a place."""
    divisions, home = scene.domain.divisions, scene.context.home
    place = places[last]
    if last > first:
        above = divisions.lookup(places[last - 1].name)
        for form in (place.name, *(place.name + suffix for suffix in divisions.words["root"]["suffixes"])):
            within = divisions.lookup(form, above.key) if above is not None else None
            if within is not None and above is not None and above.key in divisions.chain(within.key):
                return within
    province = divisions.province_of(home.key) if home is not None else None
    found = divisions.lookup(place.name, home.key if home is not None else "") or divisions.lookup(
        place.name, province.key if province else ""
    )
    if found is None or found.level == "national":
        return None
    if place.full:
        return found if found.level != "county" or len(place.name) > _SHORTEST_FREE or _stands_free(scene, place, found) else None
    return found if _short_form_counts(scene, places, last, found) else None


def _stands_free(scene: Scene, place: Place, found: Division) -> bool:
    """Tell whether a name of two characters (和县, 矿区) is meant: after a sign in its own province, or inside the text's own region."""
    home, divisions = scene.context.home, scene.domain.divisions
    before = scene.view[max(0, place.span.start - 1) : place.span.start]
    if home is None or divisions.province_of(home.key) != divisions.province_of(found.key):
        return False
    return not _HAN.match(before) or (home.key in divisions.chain(found.key) and home.level != "provincial")


def _short_form_counts(scene: Scene, places: Sequence[Place], index: int, found: Division) -> bool:
    divisions, home = scene.domain.divisions, scene.context.home
    words = divisions.words["ambiguous"]
    place = places[index]
    inside = home is not None and home.key in divisions.chain(found.key)
    if found.level == "zone" and place.name[-1] in words["zone_ends"]:
        return True
    if found.level in ("county", "zone"):
        near = home is not None and home.level != "provincial" and place.name not in words["words"]
        return inside and (near or _listed(scene, places, index))
    if place.name in words["words"] and place.name not in words["known"]:
        return _listed(scene, places, index)
    return True


def _listed(scene: Scene, places: Sequence[Place], index: int) -> bool:
    """Tell whether a place stands in a list beside another place."""
    place = places[index]
    signs = scene.domain.patterns("region").settings["list"]["signs"]
    before = index > 0 and scene.view[places[index - 1].span.end : place.span.start] in signs
    return before or (index + 1 < len(places) and scene.view[place.span.end : places[index + 1].span.start] in signs)


def _part_of_name(scene: Scene, start: int, end: int) -> bool:
    """Tell whether a place belongs to the name of a company, school, newspaper or event, or to a dateline."""
    patterns = scene.domain.patterns("region").patterns
    view = scene.view
    after, before = view[end : end + _AFTER], view[max(0, start - _BEFORE) : start]
    return bool(patterns["name-goes-on"].match(after) or patterns["name-before"].search(before) or patterns["not-before"].search(before))


@lru_cache(maxsize=4)
def _deictic_words(domain: Domain) -> tuple[re.Pattern[str], dict[str, str]]:
    levels = {word: level for level, listed in domain.patterns("region").settings["deictic"].items() for word in listed}
    return re.compile(alternation(tuple(levels))), levels


def _deictic(scene: Scene) -> list[Mention]:
    """Return 我省, 全市 … as the text's region, 我国 and 全国 as the state."""
    pattern, levels = _deictic_words(scene.domain)
    patterns = scene.domain.patterns("region").patterns
    divisions, home = scene.domain.divisions, scene.context.home
    made = []
    for match in pattern.finditer(scene.view):
        before = scene.view[max(0, match.start() - _BEFORE) : match.start()]
        after = scene.view[match.end() : match.end() + _AFTER]
        if patterns["not-deictic"].match(match.group() + after[:3]):
            continue
        level, confidence = levels[match.group()], 0.95
        division: Division | None
        if level == "national":
            division = divisions.get(divisions.state)
            if home is not None and home.key in divisions.outside:
                continue
        elif level == "whole":
            if patterns["not-nation"].match(after) or not patterns["clause-head"].search(before):
                continue
            division, confidence = divisions.get(divisions.state), 0.75
            if home is not None and home.key in divisions.outside:
                division = home
        elif level == "area":
            division = home if home is not None and home.level in {"county", "provincial"} else None
        else:
            division = resolve(level, home, scene.domain)
        if division is not None:
            made.append(Mention(Span(*match.span()), region_entity(division, scene.domain), "region-deictic", confidence))
    return made


def _unreadable(scene: Scene) -> list[Mention]:
    """Return the names that a publisher has made unreadable (B9市), and the words that mean them in a text without another region."""
    view, domain = scene.view, scene.domain
    words = {name: name for name in anonymous_names(view, domain)}
    if words and scene.context.home is None:
        for word, level in _deictic_words(domain)[1].items():
            name = anonymous_name(view, level, domain) if level in domain.agencies.words["deictic"] else ""
            words |= {word: name} if name else {}
    if not words:
        return []
    return [
        Mention(Span(*match.span()), _nameless(words[match.group()]), "region-unreadable", 0.75)
        for match in re.finditer(alternation(tuple(words)), view)
    ]


def _fixed_words(scene: Scene) -> list[Mention]:
    """Return the words that mean one region in any text (全港)."""
    words: dict[str, str] = scene.domain.patterns("region").settings["deictic_of"]
    made = []
    for match in re.finditer(alternation(tuple(words)), scene.view):
        division = scene.domain.divisions.get(words[match.group()])
        if division is not None:
            made.append(Mention(Span(*match.span()), region_entity(division, scene.domain), "region-deictic", 0.9))
    return made


def _nameless(name: str) -> Entity:
    name = canonical(name)
    return Entity(entity_id("Region", name), "Region", name)


def _abbreviated(scene: Scene) -> list[Mention]:
    """Return one-character forms behind a verb of motion or place (来闽, 在臺) that mean the text's own province."""
    divisions, home = scene.domain.divisions, scene.context.home
    province = divisions.province_of(home.key) if home is not None else None
    if province is None:
        return []
    shorts = [short for short, key in divisions.words["abbreviations"].items() if key == province.key and len(short) == 1]
    entity = region_entity(province, scene.domain)
    return [
        Mention(Span(*match.span("name")), entity, "region-abbreviation", 0.75)
        for match in scene.domain.patterns("region").patterns["abbreviated"].finditer(scene.view)
        if match.group("name") in shorts
    ]


def _user_rows(scene: Scene) -> list[Mention]:
    """Return regions of the user's own tables; a row that names a division gets its node."""
    made = []
    for start, end, entry in scene.domain.lexicon.find(scene.view):
        if entry.type == "Region":
            division = scene.domain.divisions.lookup(entry.name)
            name = canonical(entry.name)
            entity = region_entity(division, scene.domain) if division else Entity(f"region/{name}", "Region", name, {}, entry.aliases)
            made.append(Mention(Span(start, end), entity, "user-lexicon", 0.98))
    return made
