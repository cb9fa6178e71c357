"""Find governments, Party committees, congresses and mass organisations by their region."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.patterns import alternation
from kg.domain.scan import Scan
from kg.extract import agency_names as names
from kg.extract.agency_hits import Ground, Hit
from kg.extract.jurisdiction import Jurisdiction, jurisdiction, resolve, second_part
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain


@dataclass(frozen=True, slots=True)
class Patterns:
    """Hold the expressions made from the tables of administration."""

    government: re.Pattern[str]
    party: re.Pattern[str]
    congress: Scan
    mass: re.Pattern[str]
    youth: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(domain: Domain) -> Patterns:
    words = domain.agencies.words
    parts = alternation(tuple(words["government"]["parts"]))
    party_parts = alternation(tuple(words["party"]["parts"]))
    party = words["party"]
    congress, mass = words["congress"], words["mass"]
    return Patterns(
        re.compile(
            rf"(?:{words['government']['name']}|{words['government']['short']})(?P<part>{parts})?(?![{words['government']['stop']}])"
        ),
        re.compile(
            rf"(?:{party['class']}|{party['short']}{party['committee_rest']}|{party['short']})"
            rf"(?:(?P<part>{party_parts})|(?![{party['after']}]))"
        ),
        Scan(re.compile(rf"(?P<term>{congress['term']})?(?:{congress['long']}|{congress['short']})")),
        re.compile(alternation(tuple(mass))),
        re.compile(words["youth"]["regex"]),
    )


def governments_hits(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield people's governments and their offices (省政府, 县级以上人民政府)."""
    view, home, domain = ground.view, ground.home, ground.domain
    words = domain.agencies.words
    for match in _patterns(domain).government.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        if before.is_class and before.region is None and view[before.start : match.start()] in words["government"]["near"]:
            before = replace(before, quantifier=view[before.start : match.start()])  # 地方政府, 当地人民政府
        if before.bare or (before.is_class and not before.quantifier and not _all_levels(view, before, match.start(), domain)):
            continue
        if before.is_class and not before.quantifier:
            before = replace(before, quantifier=words["government"]["all_levels"])
        if before.split and before.region is None:
            before = replace(before, is_class=True, quantifier=before.words, split="")
        whole = Span(before.start, match.end())
        part = match.group("part") or ""
        first, second = _pair(before, domain)
        if second is not None:
            shown = Span(match.start() - len(second.quantifier), match.end())
            yield Hit(whole, names.government(second, part, home, domain), "agency-split", 0.85, shown=shown)
            before = first
        yield Hit(
            whole, names.government(before, part, home, domain), "agency-government", 0.9 if before.region or before.is_class else 0.6
        )
        if before.split:
            region = before.region or home
            name = names.prefix(region, domain) + before.split + words["government"]["name"]
            lower = names.agency(name, region, domain, category="ak:government", level="county")
            yield Hit(whole, lower, "agency-split", 0.85, shown=second_part(before, whole))


def _pair(before: Jurisdiction, domain: Domain) -> tuple[Jurisdiction, Jurisdiction | None]:
    """Return the jurisdictions of the two classes that a list of levels names (设区的市、县(市、区)人民政府); one, where it names one."""
    pair = domain.agencies.words["quantifiers"]["pairs"].get(before.quantifier)
    return (replace(before, quantifier=pair[0]), replace(before, quantifier=pair[1])) if pair else (before, None)


def _all_levels(view: str, before: Jurisdiction, end: int, domain: Domain) -> bool:
    return any(word in view[before.start : end] for word in domain.agencies.words["government"]["all_levels_words"])


def parties_hits(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield Party committees and their departments (省委组织部)."""
    view, home, domain = ground.view, ground.home, ground.domain
    words = domain.agencies.words["party"]
    government = domain.agencies.words["government"]
    for match in _patterns(domain).party.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        whole_class = view.startswith(words["class"], match.start())
        part_class = before.is_class and bool(before.quantifier) and bool(match.group("part"))
        all_levels = before.is_class and _all_levels(view, before, match.start(), domain)
        if before.bare or (before.is_class and not (whole_class and (all_levels or part_class))):
            continue
        if not before.is_class and before.region is None and before.deictic == "":
            continue
        if before.is_class and not part_class:
            before = replace(before, quantifier=government["all_levels"])
        if view.endswith(tuple(words["youth"]), 0, before.start):
            continue
        start = before.start - len(words["prefix"]) if view.endswith(words["prefix"], 0, before.start) else before.start
        part = match.group("part") or ""
        joined = re.match(government["joined"], view[match.end() : match.end() + 4]) if before.is_class and not part_class else None
        whole = Span(start, match.end() + (joined.end() if joined else 0))
        yield Hit(whole, names.party(before, part, home, domain), "agency-party", 0.9 if before.region or before.is_class else 0.6)
        if joined:
            yield Hit(whole, names.government(before, "", home, domain), "agency-government", 0.8)


def congresses_hits(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield standing committees of people's congresses."""
    view, home, domain = ground.view, ground.home, ground.domain
    words = domain.agencies.words["congress"]
    for match in _patterns(domain).congress.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        if before.region is None:
            continue
        name = names.prefix(before.region, domain)
        yield Hit(
            Span(before.start, match.end()),
            names.agency(name + words["long"], before.region, domain, aliases=(name + words["short"],)),
            "agency-congress",
            0.9,
        )


def mass_hits(ground: Ground, span: Span) -> Iterator[Hit]:
    """Yield mass organisations of a region (市残联, 团省委)."""
    view, home, domain = ground.view, ground.home, ground.domain
    table = domain.agencies.words["mass"]
    youth = domain.agencies.words["youth"]
    for match in _patterns(domain).mass.finditer(view, span.start, span.end):
        before = jurisdiction(view, match.start(), home, domain)
        official, category = table[match.group()]
        if before.bare and match.start() and view[match.start() - 1] in domain.agencies.words["joins"]:
            held = ground.lists.get(match.start() - 1, before)
            before = replace(held, start=match.start()) if held.is_class or held.region is not None else before
        whole = Span(before.start, match.end())
        if before.bare or (before.region is None and not before.is_class):
            continue
        if before.is_class:
            region = before.region or home
            name = names.prefix(region, domain) + before.quantifier + match.group()
            level = names.class_level(before.quantifier, domain)
            yield Hit(whole, names.agency(name, region, domain, category=category, level=level), "agency-mass-class", 0.85)
            continue
        short = names.prefix(before.region, domain) + match.group()
        yield Hit(
            whole,
            names.agency(names.prefix(before.region, domain) + official, before.region, domain, category=category, aliases=(short,)),
            "agency-mass",
            0.95,
        )
        if before.split:
            name = names.prefix(before.region, domain) + before.split + match.group()
            lower = names.agency(name, before.region, domain, category=category, level="county")
            yield Hit(whole, lower, "agency-split", 0.85, shown=second_part(before, whole))
    for match in _patterns(domain).youth.finditer(view, span.start, span.end):
        word = match.group("level")
        level = next((one for one, listed in domain.agencies.words["deictic"].items() if word in listed), "")
        youth_region = resolve(level, home, domain)
        if youth_region is not None:
            yield Hit(
                Span(*match.span()),
                names.agency(youth["prefix"] + youth_region.key + youth["suffix"], youth_region, domain),
                "agency-mass",
                0.85,
            )
