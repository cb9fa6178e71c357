"""Find out who issued a document: from its number, its title, its signature or the byline."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract import agency_names as names
from kg.extract.agency_grammar import grammar_hits
from kg.extract.document_names import number_place
from kg.extract.jurisdiction import Jurisdiction
from kg.model import Span

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division
    from kg.extract.agency_hits import Hit
    from kg.model import Document, Entity

_SIGNATURE_LINES = 8
_ABOVE_DATE = 5
_LONGEST_LINE = 80
_SURE = 0.8
_LIKELY = 0.6
_NAMED = 0.9
_BYLINE = 120
_LINE = re.compile(r"[^\n]+")
_BLANK = " \t　"
_BETWEEN = " 、,\t《“　"


def number_issuer(number: str, home: Division | None, domain: Domain) -> Entity | None:
    """Return the agency that a number's prefix names (辽人社提 -> 辽宁省人力资源和社会保障厅), None when it names none beyond doubt."""
    prefixes = domain.agencies.number_prefixes
    place, rest = number_place(number, home, domain)
    if place is None:
        found = _longest(rest, prefixes["national"])
        central = domain.agencies.known.get(found) if found else None
        return names.known(central, domain) if central else None
    body, _, part = (_longest(rest, prefixes["local"]) or "").partition(":")
    at = Jurisdiction(0, place)
    if body == "government":
        return names.government(at, "", place, domain)
    if body == "party":
        return names.party(at, part, place, domain)
    if body == "mass":
        official, category = domain.agencies.words["mass"][part]
        return names.agency(place.key + official, place, domain, category=category)
    kind = domain.agencies.kinds.get(body)
    return names.department(kind, "", place, domain) if kind else None


def order_issuer(number: str, home: Division | None, domain: Domain) -> tuple[Entity, int] | None:
    """Return who gave an order or announcement, and where the name ends in its number (国务院令第700号), None for other numbers."""
    state = domain.divisions.get(domain.divisions.state)
    start = max((len(short) for short in (state.short if state is not None else ()) if number.startswith(short)), default=0)
    if not domain.patterns("document").patterns["order-number"].search(number):
        return None
    names_of = domain.agencies.by_name
    length = next((size for size in range(len(number) - start, 1, -1) if number[start : start + size] in names_of), 0)
    if length:
        return names.known(names_of[number[start : start + length]], domain), start + length
    hits = [hit for hit in grammar_hits(number, Span(0, len(number)), home, domain) if hit.span.start == start]
    return max(((hit.entity, hit.span.end) for hit in hits), key=lambda found: found[1], default=None)


def _longest(words: str, table: dict[str, str]) -> str | None:
    return next((table[words[:length]] for length in range(len(words), 0, -1) if words[:length] in table), None)


def title_issuers(view: str, span: Span, home: Division | None, domain: Domain) -> list[Hit]:
    """Return the agencies at the head of a title (财政部 人力资源社会保障部关于…), in their order; empty when it begins with none."""
    about = _about(domain).search(view, span.start, span.end)
    if about is None:
        return []
    chosen = longest_first([hit for hit in grammar_hits(view, Span(span.start, about.start()), home, domain) if hit.confidence >= _LIKELY])
    cursor = span.start
    found = []
    for hit in chosen:
        if view[cursor : hit.span.start].strip(_BETWEEN).strip() not in ("", *domain.agencies.words["joins"]) or hit.span.start < cursor:
            break
        found.append(hit)
        cursor = hit.span.end
    return found if not view[cursor : about.start()].strip(" \t、　") else []


@lru_cache(maxsize=4)
def _about(domain: Domain) -> re.Pattern[str]:
    return re.compile(str(domain.patterns("document").settings["title"]["about"]))


def longest_first(hits: list[Hit]) -> list[Hit]:
    """Return the hits without those inside or across longer ones, by their start; hits of one span all stay."""
    kept: list[Hit] = []
    held: dict[Span, set[str]] = {}
    covered = bytearray(max((hit.span.end for hit in hits), default=0))
    for hit in sorted(hits, key=lambda one: (-len(one.span), one.span.start, -one.confidence)):
        named = held.get(hit.span)
        if named is None:
            if any(covered[hit.span.start : hit.span.end]):
                continue
            covered[hit.span.start : hit.span.end] = b"\x01" * len(hit.span)
            named = held[hit.span] = set()
        if hit.entity.id not in named:
            named.add(hit.entity.id)
            kept.append(hit)
    return sorted(kept, key=lambda one: (one.span, one.entity.id))


def signatures(view: str, home: Division | None, domain: Domain) -> list[Hit]:
    """Return the agencies that sign a text: lines that hold nothing but agencies' names, its first one, at its end or above its date."""
    dates = domain.base_patterns("document_dates").patterns
    lines = [match for match in _LINE.finditer(view) if match.group().strip()]
    dated = [any(dates[name].match(match.group().strip()) for name in ("alone", "alone-han")) for match in lines]
    found = []
    for index, match in enumerate(lines):
        near = index == 0 or index >= len(lines) - _SIGNATURE_LINES or any(dated[index + 1 : index + 1 + _ABOVE_DATE])
        if not near or len(match.group().strip()) > _LONGEST_LINE:
            continue
        start = match.start() + len(match.group()) - len(match.group().lstrip(_BLANK))
        span = Span(start, match.start() + len(match.group().rstrip(_BLANK)))
        hits = [hit for hit in longest_first(grammar_hits(view, span, home, domain)) if hit.confidence >= _SURE]
        cursor = span.start
        for hit in hits:
            if not view[cursor : hit.span.start].strip(_BLANK + "、"):
                cursor = hit.span.end
        if hits and not view[cursor : span.end].strip(_BLANK):
            found += hits
    return found


def find_issuer(document: Document, title: Span | None, number: str | None, home: Division | None, domain: Domain) -> Entity | None:
    """Return the agency that 我厅 means: by metadata, signature, number, title, or the byline of an official."""
    view = document.view
    if document.metadata.get("issuer"):
        name = document.metadata["issuer"]
        hits = longest_first(grammar_hits(name, Span(0, len(name)), home, domain))
        return hits[0].entity if hits else names.agency(name, home, domain)
    for hits in (signatures(view, home, domain), title_issuers(view, title, home, domain) if title else []):
        single = [hit for hit in hits if hit.rule != "agency-class"]
        if single:
            return single[0].entity
    if number:
        return number_issuer(number, home, domain)
    return None


def byline_issuer(view: str, home: Division | None, domain: Domain) -> Entity | None:
    """Return the agency whose head signs an article: an agency straight before an office, at the head of the text."""
    office = domain.patterns("context").patterns["byline"]
    for hit in longest_first(grammar_hits(view, Span(0, min(_BYLINE, len(view))), home, domain)):
        if hit.confidence >= _NAMED and office.match(view, hit.span.end):
            return hit.entity
    return None
