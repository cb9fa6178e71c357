"""Name policy documents: their number with brackets of one kind, their inner title, their kind and their id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.domain.titles import load_title_kinds
from kg.extract.names import canonical, entity_id
from kg.model import Entity

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division

_NUMBER = re.compile(r"^(?P<prefix>[^\s〔]+?)[〔\[【﹝(（](?P<year>(?:19|20)\d\d)[〕\]】﹞)）]\D?(?P<count>\d+)(?P<sign>\D)")
_OPEN, _CLOSE = "《〈<", "》〉>"
_TAIL = re.compile(r"[(（][^()（）]{1,8}[)）]$")
_FEWEST = 2


def squared(number: str) -> str:
    """Return a document number with 〔〕 around its year and nothing after its sign.

    >>> squared("辽政发[2023]1号")
    '辽政发〔2023〕1号'
    """
    match = _NUMBER.match("".join(number.split()))
    return f"{match['prefix']}〔{match['year']}〕{int(match['count'])}{match['sign']}" if match else number


def _quoted(title: str) -> str:
    """Return a title with one kind of inner signs: <> and 《》 become 〈〉, as GB/T 15834 has them inside 《》."""
    return title.translate({ord("<"): "〈", ord(">"): "〉", ord("《"): "〈", ord("》"): "〉"})


def title_kind(title: str, domain: Domain) -> str | None:
    """Return the ``dt:`` concept of a title, empty for an unknown kind, None when it names no policy document."""
    nouns = load_title_kinds(domain.field)
    bare = _TAIL.sub("", title)
    for length in range(min(5, len(bare)), 0, -1):
        kind = nouns.get(bare[-length:])
        if kind is not None:
            return None if kind == "no" else kind
    return ""


def inner_title(title: str, domain: Domain) -> str:
    """Return the title that a printing notice hands out: 关于印发〈X〉的通知 -> X; else the title itself."""
    match = domain.patterns("document").patterns["printing"].match(title)
    if match is None:
        return title
    inner = match.group("name")
    while len(inner) > _FEWEST and inner[0] in _OPEN and inner[-1] in _CLOSE:
        inner = inner[1:-1]
    return canonical(inner)


def document_entity(title: str | None, number: str | None, domain: Domain, date: str | None = None) -> Entity:
    """Return a policy document; its id comes from the number, else from the inner title.

    Args:
        title: Title without 《》, None for a document known by number only.
        number: Number with its brackets in any form.
        domain: Gives the nouns of titles.
        date: Its date, where the text gives it.
    """
    attributes: dict[str, Any] = {}
    aliases: list[str] = []
    number = squared(number) if number else None
    if title is None:
        name = number or ""
        inner = name
    else:
        name = _quoted(canonical(title))
        inner = inner_title(name, domain)
        attributes["title"] = name
        kind = title_kind(name, domain)
        if kind:
            attributes["category"] = kind
        if inner != name:
            aliases.append(inner)
    if number:
        if _NUMBER.match(number):
            attributes["number"] = number
        if title is not None:
            aliases.append(number)
    if date:
        attributes["date"] = date
    key = number if number and _NUMBER.match(number) else inner
    return Entity(entity_id("PolicyDocument", key), "PolicyDocument", name, attributes, tuple(sorted(aliases)))


def number_place(number: str, home: Division | None, domain: Domain) -> tuple[Division | None, str]:
    """Return the region whose abbreviation begins a number, and the prefix after it; None and the whole prefix for a central one.

    Args:
        number: Document number.
        home: The text's own region, which settles 宁 (宁夏, 宁德) and the like.
        domain: Gives abbreviations and prefixes.
    """
    match = _NUMBER.match("".join(number.split()))
    if match is None:
        return None, ""
    prefix = match["prefix"]
    divisions = domain.divisions
    local = domain.agencies.number_prefixes["local"]
    found: list[tuple[Division, str]] = []
    chain = [divisions.get(key) for key in (divisions.chain(home.key) if home else ())]
    local_levels = ("prefecture", "county")
    found += [(own, prefix[1:]) for own in chain if own is not None and own.level in local_levels and prefix.startswith(own.name[0])]
    for table in ("city_abbreviations", "abbreviations"):
        for short, key in sorted(divisions.words[table].items(), key=lambda item: -len(item[0])):
            division = divisions.get(key)
            if division is None or not prefix.startswith(short):
                continue
            inside = home is None or table == "abbreviations" or divisions.province_of(key) == divisions.province_of(home.key)
            if inside and not any(division == other for other, _ in found):
                found.append((division, prefix[len(short) :]))
    national = any(prefix.startswith(known) for known in domain.agencies.number_prefixes["national"])
    fitting = [(division, rest) for division, rest in found if any(rest.startswith(known) for known in local)]
    if not fitting or (national and fitting[0][0] not in chain):
        nested = _nested(found, home)
        return nested or (fitting[0] if fitting and not national else (None, prefix))
    return fitting[0]


def _nested(found: list[tuple[Division, str]], home: Division | None) -> tuple[Division, str] | None:
    """Return a county of the city that the prefix names, by its first character (穗天 -> 天河区), when it is the text's own."""
    for division, rest in found:
        if home is not None and home.level == "county" and home.parent == division.key and rest.startswith(home.name[0]):
            return home, rest[1:]
    return None
