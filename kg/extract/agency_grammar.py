"""Find agencies whose names are formed by rule: region and department, government, Party, congress, mass organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.patterns import alternation
from kg.extract import agency_names as names
from kg.extract.jurisdiction import Jurisdiction, jurisdiction, resolve
from kg.model import Entity, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain
    from kg.domain.agencies import Kind
    from kg.domain.divisions import Division

_SPLIT_SIGNS = re.compile("、|以及|或者|或|和|及|与")


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one agency found: where, which, by which rule, how surely."""

    span: Span
    entity: Entity
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """Hold the expressions made from the tables of administration."""

    government: re.Pattern[str]
    party: re.Pattern[str]
    congress: re.Pattern[str]
    mass: re.Pattern[str]
    youth: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(domain: Domain) -> Patterns:
    words = domain.agencies.words
    parts = alternation(tuple(words["government"]["parts"]))
    party_parts = alternation(tuple(words["party"]["parts"]))
    party, stop = words["party"], words["unit_stop"][words["party"]["short"]]
    congress, mass = words["congress"], words["mass"]
    return Patterns(
        re.compile(rf"(?:{words['government']['name']}|{words['government']['short']})(?P<part>{parts})?"),
        re.compile(rf"(?:{party['class']}|{party['short']}{party['committee_rest']}|{party['short']})(?P<part>{party_parts})?(?![{stop}会])"),
        re.compile(rf"(?P<term>{congress['term']})?(?:{congress['long']}|{congress['short']})"),
        re.compile(alternation(tuple(mass))),
        re.compile(words["youth"]["regex"]),
    )


def grammar_hits(view: str, span: Span, home: Division | None, domain: Domain) -> list[Hit]:
    """Return what the grammar finds in a span of the view; hits may overlap, the longest is meant.

    Args:
        view: The view.
        span: Where to look.
        home: The text's own region.
        domain: Gives tables and divisions.
    """
    hits: list[Hit] = []
    hits += _known(view, span, home, domain)
    hits += _departments(view, span, home, domain)
    hits += _governments(view, span, home, domain)
    hits += _parties(view, span, home, domain)
    hits += _congresses(view, span, home, domain)
    hits += _mass(view, span, home, domain)
    return [hit for hit in hits if span.covers(hit.span)]


def _known(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    """Yield agencies of the lexicon; a form that goes on as a longer word (国务院令) does not count."""
    table = domain.agencies
    outside = home is not None and home.key in domain.divisions.outside
    local = table.local_names(home.key) if home is not None and outside else {}
    stop = table.words["known_stop"]
    for match in table.known_pattern.finditer(view, span.start, span.end):
        found = table.by_name[match.group()]
        if outside and found.region == domain.divisions.state and match.group() in local:
            continue
        if view[match.end() : match.end() + 1] in stop["after"] and match.group()[-1] in stop["ends"]:
            continue
        if any(view.endswith(word, 0, match.start()) for word in stop["before"]):
            continue
        yield Hit(Span(*match.span()), names.known(found, domain), "agency-lexicon", 0.95)
    if local:
        for match in re.finditer(alternation(tuple(local)), view[: span.end]):
            if match.start() >= span.start:
                yield Hit(Span(*match.span()), names.known(local[match.group()], domain), "agency-lexicon-local", 0.85)


def _departments(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    """Yield departments (省人社厅), body classes (人社部门) and lists of either (省人力资源社会保障、财政部门)."""
    last: tuple[int, Jurisdiction] | None = None
    for match in domain.agencies.department.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        before = _past_government(view, before, match.start(), home, domain)
        if before.bare and last is not None and view[last[0] : match.start()] in domain.agencies.words["joins"]:
            before = replace(last[1], start=match.start())
        end = match.end() if not match.group("many") else match.end("stem")
        last = (match.end(), before)
        if match.group("short"):
            kind, official = domain.agencies.shorts[match.group("short")]
            yield from _single(kind, official, before, Span(before.start, end), home, domain, short=True)
            continue
        stems = [piece for piece in _SPLIT_SIGNS.split(match.group("list")) if piece]
        cursor = match.start()
        for stem in stems:
            at = view.index(stem, cursor)
            cursor = at + len(stem)
            start = before.start if at == match.start() else at
            yield from _unit(stem, match, before, Span(start, cursor), home, domain, listed=True)
        start = before.start if stems and before.deictic else (match.start("stem") if stems else before.start)
        yield from _unit(match.group("stem"), match, before, Span(start, end), home, domain, listed=bool(stems) or bool(match.group("many")))


def _past_government(view: str, before: Jurisdiction, start: int, home: Division | None, domain: Domain) -> Jurisdiction:
    """Return the jurisdiction before 人民政府 when that stands before the department (县级以上人民政府财政部门)."""
    words = domain.agencies.words["government"]
    for word in (words["name"], words["short"]):
        if before.bare and view.endswith(word, 0, start):
            return jurisdiction(view, start - len(word), home, domain)
    return before


def _unit(
    stem: str, match: re.Match[str], before: Jurisdiction, span: Span, home: Division | None, domain: Domain, *, listed: bool
) -> Iterator[Hit]:
    kind = domain.agencies.by_stem[stem]
    unit = match.group("unit") or ""
    if match.group("class") or match.group("many"):
        if match.group("many") and before.bare:  # 公安、民政等37个部门: whose they are is not said
            yield Hit(span, names.agency(kind.class_stem + domain.agencies.words["class_units"]["plain"], None, domain, category=kind.category), "agency-list", 0.7)
        elif before.is_class or before.bare:
            yield Hit(span, names.body_class(kind, before, home, domain), "agency-class", 0.8 if listed or before.bare else 0.9)
        else:
            yield from _single(kind, "", before, span, home, domain)
        return
    yield from _single(kind, unit, before, span, home, domain)


def _single(
    kind: Kind, unit: str, before: Jurisdiction, span: Span, home: Division | None, domain: Domain, *, short: bool = False
) -> Iterator[Hit]:
    """Yield one department, or two for a list of levels (市、县(市)区人社局)."""
    if short:
        kind = replace(kind, stem="", variants=(), class_stem="")
    if before.is_class:
        region = before.region or home
        name = names.prefix(region) + before.quantifier + (kind.stem + (domain.agencies.words["units"].get(unit, unit) or kind.city))
        if not before.quantifier:
            yield Hit(span, names.body_class(kind, before, home, domain), "agency-class", 0.85)
            return
        level = names.class_level(before.quantifier, domain)
        yield Hit(span, names.agency(name, region, domain, category=kind.category, level=level), "agency-class-department", 0.85)
        return
    region, confidence, rule = before.region, 0.95, "agency-grammar"
    if before.bare:
        region = _implied(kind, unit, home, domain)
        rule, confidence = "agency-bare", 0.7 if region is not None else 0.5
    elif region is None:
        rule, confidence = "agency-unknown-region", 0.6
    entity = names.department(kind, unit, region, domain, "" if region else before.deictic)
    if region is None and before.quantifier:  # an anonymised region keeps its sign
        entity = names.agency(before.quantifier + entity.name, None, domain, category=kind.category, level=before.deictic)
    yield Hit(span, entity, rule, confidence)
    if before.split:
        region = region or home
        lower = names.agency(
            names.prefix(region) + before.split + (kind.class_stem + domain.agencies.words["class_units"]["plain"] if not unit else kind.stem + domain.agencies.words["units"].get(unit, unit)),
            region, domain, category=kind.category, level="county",
        )
        yield Hit(span, lower, "agency-split", 0.85)


def _implied(kind: Kind, unit: str, home: Division | None, domain: Domain) -> Division | None:
    """Return the region of a department named without one: 人社厅 is the province's, 人社局 the city's or county's."""
    if home is None:
        return None
    level = "provincial" if unit == domain.agencies.words["provincial_unit"] else ""
    if level:
        return resolve(level, home, domain)
    official = domain.agencies.words["units"].get(unit, unit)
    if home.level == "provincial":
        municipal = home.key in domain.divisions.municipalities
        return home if municipal or official == kind.province else None
    return home


def _governments(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    words = domain.agencies.words
    for match in _patterns(domain).government.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        if before.bare or (before.is_class and not before.quantifier and not _all_levels(view, before, match.start(), domain)):
            continue
        if before.is_class and not before.quantifier:
            before = replace(before, quantifier=words["government"]["all_levels"])
        whole = Span(before.start, match.end())
        part = match.group("part") or ""
        yield Hit(whole, names.government(before, part, home, domain), "agency-government", 0.9 if before.region or before.is_class else 0.6)
        if before.split:
            region = before.region or home
            name = names.prefix(region) + before.split + words["government"]["name"]
            yield Hit(whole, names.agency(name, region, domain, category="ak:government", level="county"), "agency-split", 0.85)


def _all_levels(view: str, before: Jurisdiction, end: int, domain: Domain) -> bool:
    return any(word in view[before.start : end] for word in domain.agencies.words["government"]["all_levels_words"])


def _parties(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    words = domain.agencies.words["party"]
    government = domain.agencies.words["government"]
    for match in _patterns(domain).party.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        whole_class = view.startswith(words["class"], match.start())
        if before.bare or (before.is_class and not (whole_class and _all_levels(view, before, match.start(), domain))):
            continue
        if not before.is_class and before.region is None and before.deictic == "":
            continue
        if before.is_class:
            before = replace(before, quantifier=government["all_levels"])
        start = before.start - len(words["prefix"]) if view.endswith(words["prefix"], 0, before.start) else before.start
        part = match.group("part") or ""
        yield Hit(Span(start, match.end()), names.party(before, part, home, domain), "agency-party", 0.9 if before.region or before.is_class else 0.6)
        joined = re.match(rf"(?:和|、|及|与)?(?:{government['short']})(?!{government['short']})", view[match.end() : match.end() + 4])
        if before.is_class and joined:
            whole = Span(start, match.end() + joined.end())
            yield Hit(whole, names.government(before, "", home, domain), "agency-government", 0.8)


def _congresses(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    words = domain.agencies.words["congress"]
    for match in _patterns(domain).congress.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        if before.region is None:
            continue
        name = names.prefix(before.region)
        yield Hit(
            Span(before.start, match.end()),
            names.agency(name + words["long"], before.region, domain, aliases=(name + words["short"],)),
            "agency-congress",
            0.9,
        )


def _mass(view: str, span: Span, home: Division | None, domain: Domain) -> Iterator[Hit]:
    table = domain.agencies.words["mass"]
    youth = domain.agencies.words["youth"]
    for match in _patterns(domain).mass.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        official, category = table[match.group()]
        whole = Span(before.start, match.end())
        if before.bare or (before.region is None and not before.is_class):
            continue
        if before.is_class:
            region = before.region or home
            name = names.prefix(region) + before.quantifier + match.group()
            level = names.class_level(before.quantifier, domain)
            yield Hit(whole, names.agency(name, region, domain, category=category, level=level), "agency-mass-class", 0.85)
            continue
        short = names.prefix(before.region) + match.group()
        yield Hit(whole, names.agency(names.prefix(before.region) + official, before.region, domain, category=category, aliases=(short,)), "agency-mass", 0.95)
        if before.split:
            name = names.prefix(before.region) + before.split + match.group()
            yield Hit(whole, names.agency(name, before.region, domain, category=category, level="county"), "agency-split", 0.85)
    for match in _patterns(domain).youth.finditer(view, span.start, span.end):
        word = match.group("level")
        level = next((one for one, listed in domain.agencies.words["deictic"].items() if word in listed), "")
        youth_region = resolve(level, home, domain)
        if youth_region is not None:
            yield Hit(Span(*match.span()), names.agency(youth["prefix"] + youth_region.key + youth["suffix"], youth_region, domain), "agency-mass", 0.85)
