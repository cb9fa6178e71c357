"""Find agencies whose names are formed by rule: region and department, government, Party, congress, mass organisation."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.patterns import alternation
from kg.extract import agency_names as names
from kg.extract.agency_bodies import congresses_hits, governments_hits, mass_hits, parties_hits
from kg.extract.agency_hits import Ground, Hit
from kg.extract.jurisdiction import Jurisdiction, jurisdiction, resolve
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain
    from kg.domain.agencies import Kind
    from kg.domain.divisions import Division


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
    return [hit for hit in hits if span.covers(hit.span)]


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
        if any(view.endswith(word, 0, match.start()) for word in stop["before"]):
            continue
        yield Hit(Span(*match.span()), names.known(found, domain), "agency-lexicon", 0.95)
    if local:
        for match in re.finditer(alternation(tuple(local)), view[: span.end]):
            if match.start() >= span.start:
                yield Hit(Span(*match.span()), names.known(local[match.group()], domain), "agency-lexicon-local", 0.85)


def _departments(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield departments (省人社厅), body classes (人社部门) and lists of either (省人力资源社会保障、财政部门)."""
    view, home, domain = ground.view, ground.home, ground.domain
    last: tuple[int, Jurisdiction] | None = None
    for match in domain.agencies.department.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        before = _past_government(view, before, match.start(), home, domain)
        if match.group("stem") and domain.agencies.by_stem[match.group("stem")].id == "tax":
            before = replace(before, start=_tax_start(view, before.start, domain))
        if before.bare and last is not None and view[last[0] : match.start()] in domain.agencies.words["joins"]:
            before = replace(last[1], start=match.start())
        end = match.end() if not match.group("many") else match.end("stem")
        last = (match.end(), before)
        if match.group("short"):
            kind, official = domain.agencies.shorts[match.group("short")]
            yield from _single(ground, kind, official, before, Span(before.start, end))
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


def _tax_start(view: str, start: int, domain: Domain) -> int:
    """Return where a tax bureau's name begins: with the central body's name, when that stands before its region."""
    prefix = domain.agencies.words["tax"]["prefix"]
    return start - len(prefix) if view.endswith(prefix, 0, start) else start


def _past_government(view: str, before: Jurisdiction, start: int, home: Division | None, domain: Domain) -> Jurisdiction:
    """Return the jurisdiction before 人民政府 when that stands before the department (县级以上人民政府财政部门)."""
    words = domain.agencies.words["government"]
    for word in (words["name"], words["short"]):
        if before.bare and view.endswith(word, 0, start):
            return jurisdiction(view, start - len(word), home, domain)
    return before


def _unit(ground: Ground, stem: str, match: re.Match[str], before: Jurisdiction, span: Span) -> Iterator[Hit]:
    """Yield what one stem of a match names."""
    home, domain = ground.home, ground.domain
    kind = domain.agencies.by_stem[stem]
    listed = bool(match.group("list") or match.group("many"))
    unit = match.group("unit") or ""
    if match.group("class") or match.group("many"):
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
            yield Hit(span, names.body_class(kind, before, home, domain), "agency-class", 0.8 if listed or before.bare else 0.9)
        else:
            yield from _single(ground, kind, "", before, span)
        return
    yield from _single(ground, kind, unit, before, span)


def _single(ground: Ground, kind: Kind, unit: str, before: Jurisdiction, span: Span) -> Iterator[Hit]:
    """Yield one department, or two for a list of levels (市、县(市)区人社局).

    Args:
        ground: What is read.
        kind: Kind of the department.
        unit: Unit word as written, or the whole official name after the region (教育委员会); empty where the text gives none.
        before: Whose it is.
        span: Where it stands.
    """
    home, domain = ground.home, ground.domain
    short = bool(unit) and unit not in domain.agencies.words["units"]
    if before.split and before.region is None:
        before = replace(before, is_class=True, quantifier=before.words)
    if before.is_class:
        region = before.region or home
        body = unit if short else kind.stem + (domain.agencies.words["units"].get(unit, unit) or kind.city)
        name = names.prefix(region) + before.quantifier + body
        if not before.quantifier:
            yield Hit(span, names.body_class(kind, before, home, domain), "agency-class", 0.85)
            return
        level = names.class_level(before.quantifier, domain)
        yield Hit(span, names.agency(name, region, domain, category=kind.category, level=level), "agency-class-department", 0.85)
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
    if region is None and before.quantifier:  # an anonymised region keeps its sign
        entity = names.agency(before.quantifier + entity.name, None, domain, category=kind.category, level=before.deictic)
    yield Hit(span, entity, rule, confidence)
    city = resolve("prefecture", home, domain) if before.split in domain.agencies.words["deictic"]["prefecture"] else None
    if city is not None and city != region:
        yield Hit(span, names.department(kind, unit, city, domain), "agency-split", 0.85)
    elif before.split:
        region = region or home
        lower = names.agency(
            names.prefix(region)
            + before.split
            + (
                kind.class_stem + domain.agencies.words["class_units"]["plain"]
                if not unit
                else kind.stem + domain.agencies.words["units"].get(unit, unit)
            ),
            region,
            domain,
            category=kind.category,
            level="county",
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
