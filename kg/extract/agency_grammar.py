"""Find agencies whose names are formed by rule: region and department, government, Party, congress, mass organisation."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kg.domain.patterns import alternation
from kg.extract import agency_names as names
from kg.extract.agency_bodies import congresses_hits, governments_hits, mass_hits, parties_hits
from kg.extract.agency_hits import Ground, Hit
from kg.extract.jurisdiction import Jurisdiction, jurisdiction, resolve, second_part
from kg.extract.names import entity_id
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain
    from kg.domain.agencies import Kind
    from kg.domain.divisions import Division
    from kg.model import Entity


class _Wording(NamedTuple):
    """Hold how a text words a department: its unit as written, empty where it gives none, or the words of a class of bodies."""

    unit: str
    words: str = ""


#: Rules that find one department by its name.
_NAMED = ("agency-grammar", "agency-bare")


@lru_cache(maxsize=4)
def _stems(domain: Domain) -> re.Pattern[str]:
    return re.compile(domain.agencies.stem)


def grammar_hits(view: str, span: Span, home: Division | None, domain: Domain) -> list[Hit]:
    """Return what the grammar finds in a span of the view; hits may overlap, the longest is meant.

    Args:
        view: The view.
        span: Where to look.
        home: The text's own region.
        domain: Gives tables and divisions.
    """
    ground = Ground(view, home, domain)
    hits: list[Hit] = []
    hits += _known(ground, span)
    hits += _departments(ground, span)
    hits += governments_hits(ground, span)
    hits += parties_hits(ground, span)
    hits += congresses_hits(ground, span)
    hits += mass_hits(ground, span)
    return [_office(hit, view, domain) for hit in hits if span.covers(hit.span)]


def _office(hit: Hit, view: str, domain: Domain) -> Hit:
    """Return a department's own office, where the words end in it (省人社厅办公室), else the hit itself."""
    office, entity = domain.agencies.words["office"], hit.entity
    if hit.rule not in _NAMED or entity.name.endswith(office) or not view.endswith(office, hit.span.start, hit.span.end):
        return hit
    aliases = tuple(sorted(alias + office for alias in entity.aliases))
    name = entity.name + office
    return replace(hit, entity=replace(entity, id=entity_id("Agency", name), name=name, aliases=aliases))


def without_office(entity: Entity, domain: Domain) -> Entity:
    """Return the department of an office: 我局 in a text that its office signs is the department."""
    office = domain.agencies.words["office"]
    if not entity.name.endswith(office):
        return entity
    name = entity.name.removesuffix(office)
    for hit in grammar_hits(name, Span(0, len(name)), None, domain):
        if hit.rule in _NAMED and len(hit.span) == len(name):
            return hit.entity
    return entity


def _known(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield agencies of the lexicon; a form that goes on as a longer word (国务院令) does not count."""
    view, home, domain = ground.view, ground.home, ground.domain
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
        if any(view.endswith(word, 0, match.start()) for word in stop["before"]) or _person(view, match, domain):
            continue
        yield _central(view, Span(*match.span()), names.known(found, domain), domain)
    if local:
        for match in re.finditer(alternation(tuple(local)), view[: span.end]):
            if match.start() >= span.start and not _person(view, match, domain):
                yield Hit(Span(*match.span()), names.known(local[match.group()], domain), "agency-lexicon-local", 0.85)


def _central(view: str, span: Span, entity: Entity, domain: Domain) -> Hit:
    """Return a known body, or its own office, where the words end in it (教育部办公厅)."""
    office, ends = domain.agencies.words["central_office"], domain.agencies.words["central_ends"]
    if not view.startswith(office, span.end) or view[span.end - 1] not in ends:
        return Hit(span, entity, "agency-lexicon", 0.95)
    name, aliases = entity.name + office, tuple(sorted(alias + office for alias in entity.aliases))
    made = replace(entity, id=entity_id("Agency", name), name=name, aliases=aliases)
    return Hit(Span(span.start, span.end + len(office)), made, "agency-lexicon", 0.95)


def _person(view: str, match: re.Match[str], domain: Domain) -> bool:
    """Tell whether a body's name is only part of a person's office (财政司司长)."""
    stop = domain.agencies.words["known_stop"]
    after = view[match.end() : match.end() + 3]
    return match.group()[-1] in stop["office_ends"] and re.match(stop["office_after"], after) is not None


def _departments(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield departments (省人社厅), body classes (人社部门) and lists of either (省人力资源社会保障、财政部门)."""
    view, home, domain = ground.view, ground.home, ground.domain
    last: tuple[int, Jurisdiction] | None = None
    for match in domain.agencies.department.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        before = _past_government(view, before, match.start(), home, domain)
        if match.group("stem") and domain.agencies.by_stem[match.group("stem")].id == "tax":
            before = replace(before, start=_tax_start(view, before.start, domain))
        if before.bare and last is not None and _joined(view[last[0] : match.start()], domain):
            before = replace(last[1], start=match.start())
        ground.lists[match.end()] = before
        end = match.end() if not match.group("many") else match.end("stem")
        last = (match.end(), before)
        if match.group("short"):
            kind, official = domain.agencies.shorts[match.group("short")]
            if before.bare and official.endswith(domain.agencies.words["office"]):
                continue
            yield from _single(ground, kind, _Wording(official), before, Span(before.start, end))
            continue
        stems = list(_stems(domain).finditer(match.group("list")))
        for found in stems:
            stem, at = found.group(), match.start() + found.start()
            cursor = at + len(stem)
            start = before.start if at == match.start() else at
            reach = Span(before.start, end) if before.deictic else Span(start, cursor)
            yield from _unit(ground, stem, match, before, reach)
        start = before.start if stems and before.deictic else (match.start("stem") if stems else before.start)
        yield from _unit(ground, match.group("stem"), match, before, Span(start, end))


def _joined(between: str, domain: Domain) -> bool:
    """Tell whether only a sign of a list parts two bodies, or one behind another unit in brackets (教育厅(教委)、人社厅)."""
    if between.startswith("(") and ")" in between:
        between = between[between.index(")") :]
    return between == "(" or between.removeprefix(")") in domain.agencies.words["joins"]


def _tax_start(view: str, start: int, domain: Domain) -> int:
    """Return where a tax bureau's name begins: with the central body's name, when that stands before its region."""
    prefix = domain.agencies.words["tax"]["prefix"]
    return start - len(prefix) if view.endswith(prefix, 0, start) else start


def _past_government(view: str, before: Jurisdiction, start: int, home: Division | None, domain: Domain) -> Jurisdiction:
    """Return the jurisdiction before 人民政府 when that stands before the department (县级以上人民政府财政部门)."""
    words = domain.agencies.words["government"]
    for word in (words["name"], words["short"]):
        if before.bare and view.endswith(word, 0, start):
            return replace(jurisdiction(view, start - len(word), home, domain), government=word)
    council = domain.agencies.words["state_council"]
    if before.bare and view.endswith(council, 0, start):
        return Jurisdiction(start - len(council), domain.divisions.get(domain.divisions.state))
    return before


def _unit(ground: Ground, stem: str, match: re.Match[str], before: Jurisdiction, span: Span) -> Iterator[Hit]:
    """Yield what one stem of a match names."""
    home, domain = ground.home, ground.domain
    kind = domain.agencies.by_stem[stem]
    listed = bool(match.group("list") or match.group("many"))
    unit = match.group("unit") or ""
    central = before.region is not None and before.region.level == "national" and domain.agencies.known.get(kind.national)
    if match.group("class") and not match.group("many") and central:
        yield Hit(span, names.known(central, domain), "agency-grammar", 0.9)
        return
    if match.group("class") or match.group("many"):
        words = stem + (match.group("class") or domain.agencies.words["class_units"]["plain"])
        if (
            match.group("many") and before.bare and any(char.isdigit() for char in match.group("many"))
        ):  # 公安、民政等37个部门: whose they are is not said
            yield Hit(
                span,
                names.agency(kind.class_stem + domain.agencies.words["class_units"]["plain"], None, domain, category=kind.category),
                "agency-list",
                0.7,
            )
        elif before.is_class or before.bare:
            body = names.class_body(kind, before, home, words)
            yield Hit(span, names.body_class(body, domain), "agency-class", 0.8 if listed or before.bare else 0.9, body)
        else:
            yield from _single(ground, kind, _Wording("", words), before, span)
        return
    yield from _single(ground, kind, _Wording(unit), before, span)


def _single(ground: Ground, kind: Kind, wording: _Wording, before: Jurisdiction, span: Span) -> Iterator[Hit]:
    """Yield one department, or two for a list of levels (市、县(市)区人社局).

    Args:
        ground: What is read.
        kind: Kind of the department.
        wording: Unit word as written, or the whole official name after the region (教育委员会), or the words of the class (人社部门).
        before: Whose it is.
        span: Where it stands.
    """
    home, domain, unit = ground.home, ground.domain, wording.unit
    short = bool(unit) and unit not in domain.agencies.words["units"]
    if before.split and before.region is None:
        before = replace(before, is_class=True, quantifier=before.words)
    if before.is_class:
        yield from _class_department(ground, kind, unit, before, span)
        return
    if before.bare and home is not None and home.key in domain.divisions.outside:
        return
    region, confidence, rule = before.region, 0.95, "agency-grammar"
    if before.bare:
        region = _implied(kind, unit, home, domain)
        rule, confidence = "agency-bare", 0.7 if region is not None else 0.5
    elif region is None:
        rule, confidence = "agency-unknown-region", 0.6
    plain = replace(kind, stem="", variants=(), class_stem="") if short else kind
    entity = names.department(plain, unit, region, domain, "" if region else before.deictic)
    sign = before.quantifier or names.sign(before, domain)
    if region is None and sign:  # an anonymised region keeps its sign, an unknown one the word of its level
        entity = names.agency(sign + entity.name, None, domain, category=kind.category, level=before.deictic)
    yield Hit(span, entity, rule, confidence)
    city = resolve("prefecture", home, domain) if before.split in domain.agencies.words["deictic"]["prefecture"] else None
    if city is not None and city != region:
        yield Hit(span, names.department(kind, unit, city, domain), "agency-split", 0.85)
    elif before.split:
        yield _lower(ground, kind, wording, before, span)


def _class_department(ground: Ground, kind: Kind, unit: str, before: Jurisdiction, span: Span) -> Iterator[Hit]:
    """Yield the class of departments of some levels (县(市)区人社局); none for 各省… without a region before it."""
    home, domain = ground.home, ground.domain
    region = before.region or home
    words = domain.agencies.words
    if region is None and before.quantifier.startswith(tuple(words["class_units"]["each"])):
        return
    if not before.quantifier:
        made = names.class_body(kind, before, home, names.class_words(kind, domain))
        yield Hit(span, names.body_class(made, domain), "agency-class", 0.85, made)
        return
    body = unit if unit and unit not in words["units"] else kind.stem + (words["units"].get(unit, unit) or kind.city)
    name = names.prefix(region, domain) + before.quantifier + body
    level = names.class_level(before.quantifier, domain)
    yield Hit(span, names.agency(name, region, domain, category=kind.category, level=level), "agency-class-department", 0.85)


def _lower(ground: Ground, kind: Kind, wording: _Wording, before: Jurisdiction, span: Span) -> Hit:
    """Return the second body of a list of levels: the class of departments below (县(市)区人社局)."""
    home, domain = ground.home, ground.domain
    region, shown = before.region or home, second_part(before, span)
    if not wording.unit:
        body = names.class_body(kind, Jurisdiction(shown.start, region, before.split), region, wording.words)
        return Hit(span, names.body_class(body, domain), "agency-split", 0.85, body, shown)
    name = names.prefix(region, domain) + before.split + kind.stem + domain.agencies.words["units"].get(wording.unit, wording.unit)
    lower = names.agency(name, region, domain, category=kind.category, level="county")
    return Hit(span, lower, "agency-split", 0.85, shown=shown)


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
