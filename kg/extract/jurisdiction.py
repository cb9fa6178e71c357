"""Read whose body a department is from the words before it: a named region, a deictic word, a class of levels."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.extract.anonymous import anonymous_name, anonymous_names
from kg.extract.places import find_places
from kg.model import Span

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division

_LONGEST_NAME = 14
_LONGEST_WORDS = 26
_NEAR = 300
_LONGEST_ZONE = 10
_CITY_LEVELS = ("prefecture", "zone")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Hold the words before an agency's own.

    Attributes:
        start: Offset where the words begin.
        region: The region they name or resolve to, None when they name none or it is unknown.
        quantifier: Words of a class of levels that belong to the name (``县级以上``), else empty.
        is_class: Whether the words make a class of bodies (``各级``).
        deictic: Level of a deictic word (``provincial`` …), else empty.
        split: Words of the second body, of a list like ``市和区、县``; ``words`` the list itself, or the
            deictic word, ``second`` where they begin.
        government: The word 人民政府, where it stands between these words and a department's own.
    """

    start: int
    region: Division | None = None
    quantifier: str = ""
    is_class: bool = False
    deictic: str = ""
    split: str = ""
    words: str = ""
    government: str = ""
    second: int = 0

    @property
    def bare(self) -> bool:
        """Tell whether there are no words at all."""
        return self.region is None and not self.is_class and not self.deictic


def jurisdiction(view: str, end: int, home: Division | None, domain: Domain) -> Jurisdiction:
    """Return what the words that end at an offset say of the body that begins there.

    Args:
        view: The view.
        end: Offset of the body's first word.
        home: The text's own region, what 我省 or 市 stand for.
        domain: Gives the divisions and the words.
    """
    words = domain.agencies.words["quantifiers"]
    match = domain.agencies.quantifier.search(view, max(0, end - _LONGEST_WORDS), end)
    named = _named(view, end, home, domain)
    if match and (named is None or named[0] > match.start()) and not _inside_word(view, match.start(), match.group(), domain):
        found = match.group()
        start = match.start()
        around = _named(view, start, home, domain) or _long_deictic(view, start, home, domain)
        region = around[1] if around else None
        if found in words["split"]:
            first = _split(around[0] if around else start, found, region, home, domain)
            return replace(first, second=match.end() - len(first.split))
        kept = found if found in words["kept"] else ""
        return Jurisdiction(around[0] if around else start, region, kept, is_class=True)
    if named:
        return Jurisdiction(named[0], named[1])
    return _deictic(view, end, home, domain)


def resolve(level: str, home: Division | None, domain: Domain) -> Division | None:
    """Return the region that a deictic word of a level means in a text, None when the text does not say."""
    if home is None:
        return None
    divisions = domain.divisions
    if level == "provincial":
        return divisions.province_of(home.key)
    if level == "prefecture":
        city = divisions.at_level(home.key, _CITY_LEVELS)
        province = divisions.province_of(home.key)
        return city or (province if province and province.key in divisions.municipalities else None)
    return divisions.at_level(home.key, ("county", "zone"))


def _named(view: str, end: int, home: Division | None, domain: Domain) -> tuple[int, Division] | None:
    """Return start and region of the chain of division names that ends at an offset."""
    divisions = domain.divisions
    for length in range(min(_LONGEST_NAME, end), 1, -1):
        name = view[end - length : end]
        if name not in divisions.full_names and name not in divisions.short_names:
            continue
        start = end - length
        above = _named(view, start, home, domain)
        region = divisions.lookup(name, above[1].key) if above else None
        if region is not None and above is not None and above[1].key in divisions.chain(region.key):
            return above[0], region
        province = divisions.province_of(home.key) if home else None
        region = divisions.lookup(name, province.key if province else "")
        if region is None and home is not None:
            region = divisions.lookup(name, home.key)
        short_county = name not in divisions.full_names and region is not None and region.level == "county"
        if region is None or region.level == "country" or (short_county and (home is None or home.key not in divisions.chain(region.key))):
            return None
        return start, region
    return None


def _long_deictic(view: str, end: int, home: Division | None, domain: Domain) -> tuple[int, Division | None] | None:
    """Return start and region of a deictic word of more than one character (我省, 全市) that ends at an offset."""
    for level, listed in domain.agencies.words["deictic"].items():
        for word in listed if isinstance(listed, list) else ():
            if len(word) > 1 and view.endswith(word, 0, end):
                return end - len(word), resolve(level, home, domain)
    return None


def _deictic(view: str, end: int, home: Division | None, domain: Domain) -> Jurisdiction:
    words = domain.agencies.words["deictic"]
    zone = re.search(words["zone"], view[max(0, end - _LONGEST_ZONE) : end])
    if zone:
        return Jurisdiction(end - len(zone.group()), None, zone.group(), deictic="county")
    longest = _long_deictic(view, end, home, domain)
    if longest:
        level = next(level for level, listed in words.items() if isinstance(listed, list) and view[longest[0] : end] in listed)
        unreadable = anonymous_name(view, level, domain) if home is None else ""
        word = view[longest[0] : end]
        return Jurisdiction(longest[0], longest[1], unreadable, deictic=_level(level, word, home, domain), words=word)
    for level, listed in words.items():
        if isinstance(listed, list) and end and view[end - 1] in listed and not (end > 1 and view[end - 2] in words["after"]):
            start = end - 1
            if start and view[start - 1].isascii() and view[start - 1].isalnum():  # an anonymised name: B9市
                while start and view[start - 1].isascii() and view[start - 1].isalnum():
                    start -= 1
                return Jurisdiction(start, None, view[start:end], deictic=level)
            if home is None and anonymous_names(view, domain):
                return _unreadable(view, start, end, level, domain)
            region = resolve(level, home, domain) or _nearest(view, start, level, domain)
            return Jurisdiction(start, region, deictic=level, words=view[start:end])
    return Jurisdiction(end)


def _nearest(view: str, at: int, level: str, domain: Domain) -> Division | None:
    """Return the region of a level that the same paragraph names last before an offset: 婺源县…,县农业农村局 in a text of the province."""
    levels = _CITY_LEVELS if level == "prefecture" else (level,)
    divisions = domain.divisions
    places = find_places(view, divisions)
    for place in reversed(places[: bisect_right(places, at, key=lambda one: one.span.start)]):
        if place.span.start < at - _NEAR or "\n" in view[place.span.end : at]:
            return None
        found = divisions.lookup(place.name) if place.full else None
        if found is not None and found.level in levels:
            return found
    return None


def _unreadable(view: str, start: int, end: int, level: str, domain: Domain) -> Jurisdiction:
    """Return the region of a one-character word in a text without a home: the one unreadable name of its level."""
    name = anonymous_name(view, level, domain)
    if name and view.endswith(name, 0, end):
        start = end - len(name)
    return Jurisdiction(start, None, name, deictic=level, words=view[end - 1 : end])


def _level(level: str, word: str, home: Division | None, domain: Domain) -> str:
    """Return the level of a word that names two (我区: an autonomous region or a district)."""
    if word in domain.agencies.words["deictic"]["county"] and home is not None and home.level == "provincial":
        return "provincial"
    return level


def _split(start: int, found: str, region: Division | None, home: Division | None, domain: Domain) -> Jurisdiction:
    level = "provincial" if found[0] in domain.agencies.words["deictic"]["provincial"] else "prefecture"
    own = region or resolve(level, home, domain)
    return Jurisdiction(start, own, "", is_class=False, deictic=level, split=found[2:], words=found)


def second_part(before: Jurisdiction, span: Span) -> Span:
    """Return where the second body of a list of levels stands: 市和|区、县人社部门."""
    return Span(before.second, span.end) if span.start < before.second < span.end else span


def _inside_word(view: str, start: int, found: str, domain: Domain) -> bool:
    """Tell whether the quantifier's first character is the last of another word (城市、县)."""
    return (
        bool(start)
        and found[0] in domain.agencies.words["quantifiers"]["cut"]["short"]
        and view[start - 1] in domain.agencies.words["deictic"]["after"]
    )
