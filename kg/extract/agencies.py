"""Find agencies: what the grammar forms, institutions, deliverers, short names, and the words for the issuer itself."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.patterns import alternation
from kg.extract import agency_names as names
from kg.extract.agency_classes import one_name_a_class
from kg.extract.agency_grammar import grammar_hits, without_office
from kg.extract.agency_hits import Hit
from kg.extract.agency_open import listed_hits, open_hits
from kg.extract.agency_parts import local_banks, with_parts
from kg.extract.issuer import longest_first, number_issuer, order_issuer, title_issuers
from kg.extract.jurisdiction import Jurisdiction, jurisdiction
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.domain import Domain
    from kg.domain.patterns import PatternFile
    from kg.extract.scene import Scene

_BEFORE, _AFTER = 14, 18
_DEFINITION = 24
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_BLOCKING = ("PolicyDocument", "Program")


def find_agencies(scene: Scene, taken: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of agencies, sorted by span.

    An agency inside the title of a document or the name of a program is none of its own, unless it issued the document.

    Args:
        scene: The document with its context.
        taken: Mentions found before (documents, programs).
    """
    view, home, domain = scene.view, scene.context.home, scene.domain
    blocked = bytearray(len(view))
    for mention in taken:
        if mention.entity.type in _BLOCKING:
            blocked[mention.span.start : mention.span.end] = b"\x01" * len(mention.span)
    hits = grammar_hits(view, Span(0, len(view)), home, domain)
    hits += _institutions(scene)
    hits += _deliverers(scene)
    hits += _bare_mass(scene)
    hits += _own_words(scene)
    hits += _user_rows(scene)
    hits = with_parts(scene, [*hits, *local_banks(scene)])
    hits += open_hits(scene, hits)
    free = one_name_a_class(longest_first([hit for hit in hits if not any(blocked[hit.span.start : hit.span.end])]), domain)
    free += _short_names(scene, free, blocked)
    free += _collective(scene, free)
    free += [hit for hit in listed_hits(scene, free) if not any(blocked[hit.span.start : hit.span.end])]
    free += _document_issuers(scene, taken)
    mentions = {(hit.place, hit.entity.id): Mention(hit.place, hit.entity, hit.rule, hit.confidence) for hit in reversed(free)}
    return [mentions[key] for key in sorted(mentions)]


def _patterns(scene: Scene) -> PatternFile:
    return scene.domain.patterns("agency")


def _institutions(scene: Scene) -> Iterator[Hit]:
    """Yield public institutions (省就业和人才服务中心), alliances and coordination bodies."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    patterns = _patterns(scene)
    for match in patterns.scan("institution").finditer(view):
        before = jurisdiction(view, match.start(), home, domain)
        if before.is_class:
            continue
        if before.bare:
            if home is None or not _acts(view, Span(*match.span()), patterns):
                continue
            before = replace(before, region=home)
        name = names.prefix(before.region, domain) + before.quantifier + match.group()
        entity = names.agency(name, before.region, domain, category="ak:pes", level="" if before.region else before.deictic)
        yield Hit(Span(before.start, match.end()), entity, "agency-institution", 0.9 if before.region else 0.6)
    for name, category, confidence in (("alliance-body", "ak:alliance", 0.9), ("leading-group", "ak:coordination-body", 0.85)):
        for match in patterns.scan(name).finditer(view):
            yield from _after_region(match, category, confidence, scene)
    for match in patterns.scan("alliance").finditer(view):
        yield Hit(Span(*match.span()), names.agency(match.group(), None, domain, category="ak:alliance"), "agency-alliance", 0.8)
    for match in patterns.scan("quoted-body").finditer(view):
        entity = names.agency(match.group("name"), home, domain, category="ak:coordination-body")
        yield Hit(Span(*match.span("name")), entity, "agency-quoted", 0.75)


def _after_region(match: re.Match[str], category: str, confidence: float, scene: Scene) -> Iterator[Hit]:
    """Yield a body whose words begin with, or stand after, a region: 辽宁省技工教育联盟, 省就业工作领导小组."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    stop = domain.agencies.words["deictic"]["before"]
    first: int | None = None
    chosen: tuple[int, Jurisdiction] | None = None
    for start in range(match.start(), match.end() - 4):
        before = jurisdiction(view, start, home, domain)
        if before.region is None or before.is_class or before.start < match.start() - 6 or view[start] in stop:
            continue
        first = before.start if first is None else first
        if before.start == first:
            chosen = start, before
    if chosen is not None:
        start, before = chosen
        name = names.prefix(before.region, domain) + view[start : match.end()]
        yield Hit(Span(before.start, match.end()), names.agency(name, before.region, domain, category=category), "agency-body", confidence)


def _deliverers(scene: Scene) -> Iterator[Hit]:
    """Yield body classes that deliver measures; those of the market only where they act or take an application."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    patterns = _patterns(scene)
    outside = home is not None and home.key in domain.divisions.outside
    found = [match for name in ("public", "public-outside")[: 1 + outside] for match in patterns.scan(name).finditer(view)]
    for match in found:
        before = jurisdiction(view, match.start(), home, domain)
        region = before.region or home
        name = names.prefix(region, domain) + before.quantifier + match.group()
        entity = names.agency(name, region, domain, category="ak:pes", level=names.class_level(before.quantifier, domain))
        start = before.start if before.is_class or before.region is not None else match.start()
        yield Hit(Span(start, match.end()), entity, "agency-public-body", 0.85)
    for match in patterns.scan("market").finditer(view):
        name = patterns.settings["names"].get(match.group(), match.group())
        span = Span(*match.span())
        if _acts(view, span, patterns):
            yield Hit(span, names.agency(name, None, domain), "agency-deliverer", 0.65)


def _acts(view: str, span: Span, patterns: PatternFile) -> bool:
    before, after = view[max(0, span.start - _BEFORE) : span.start], view[span.end : span.end + _AFTER]
    found = patterns.patterns
    if found["acts-before"].search(before):
        return True
    if found["shared-body"].match(after) or (
        found["means-before"].search(view[max(0, span.start - 60) : span.start])
        and found["means-after"].match(view[span.end : span.end + 60])
    ):
        return True
    if found["petition-before"].search(before) and found["petition-after"].match(after):
        return True
    return bool(found["subject-before"].search(before)) and bool(found["acts-after"].match(after))


def _bare_mass(scene: Scene) -> Iterator[Hit]:
    """Yield mass organisations without a region (工会、妇联、残联): the classes of the text's region."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    table = domain.agencies.words["mass_class"]
    frame = _patterns(scene).patterns
    for match in _mass_class(domain).finditer(view):
        before, after = view[max(0, match.start() - 6) : match.start()], view[match.end() : match.end() + 8]
        if frame["mass-before"].search(before) or frame["mass-after"].match(after):
            short = table[match.group()]
            name = names.prefix(home, domain) + (short if short in view else match.group())
            yield Hit(Span(*match.span()), names.agency(name, home, domain), "agency-mass-class", 0.7)


@lru_cache(maxsize=4)
def _mass_class(domain: Domain) -> re.Pattern[str]:
    return re.compile(alternation(tuple(domain.agencies.words["mass_class"])))


def _own_words(scene: Scene) -> Iterator[Hit]:
    """Yield the words by which the issuer speaks of itself (我厅, 我们), and those that mean one body in texts of a region (本院)."""
    view, context, domain = scene.view, scene.context, scene.domain
    deixis = _patterns(scene).settings["deixis"]
    if context.issuer is not None and context.genre != "news":
        for words, confidence in ((deixis["sure"], 0.95), (deixis["unsure"], 0.55)):
            for match in re.finditer(alternation(tuple(words)), view):
                yield Hit(Span(*match.span()), without_office(context.issuer, domain), "agency-deixis", confidence)
    local = deixis.get(context.home.key, {}) if context.home is not None else {}
    if local:
        for match in re.finditer(alternation(tuple(local)) + deixis["local_stop"], view):
            found = domain.agencies.known[local[match.group()]]
            yield Hit(Span(*match.span()), names.known(found, domain), "agency-deixis", 0.7)


def _user_rows(scene: Scene) -> Iterator[Hit]:
    """Yield agencies of the user's own tables."""
    for start, end, entry in scene.domain.lexicon.find(scene.view):
        if entry.type == "Agency":
            entity = names.agency(entry.name, None, scene.domain, category=entry.category, aliases=entry.aliases)
            yield Hit(Span(start, end), entity, "user-lexicon", 0.98)


def _short_names(scene: Scene, found: list[Hit], blocked: bytearray) -> list[Hit]:
    """Return the mentions by a short name that the text gives an agency: 社会福利署(“社署”)."""
    view = scene.view
    pattern = _patterns(scene).patterns["definition"]
    taken = bytearray(blocked)
    for hit in found:
        taken[hit.span.start : hit.span.end] = b"\x01" * len(hit.span)
    shorts: dict[str, Entity] = {}
    for hit in found:
        match = pattern.match(view[hit.span.end : hit.span.end + _DEFINITION])
        if match and set(match.group("name")) <= set(view[hit.span.start : hit.span.end]):
            shorts.setdefault(match.group("name"), hit.entity)
    made = []
    for short in sorted(shorts):
        for match in re.finditer(re.escape(short), view):
            span = Span(*match.span())
            tail = shorts[short].name.endswith(short) and _HAN.match(view, span.start - 1)
            if not tail and not any(taken[span.start : span.end]):
                made.append(Hit(span, shorts[short], "agency-short-name", 0.85))
    return longest_first(made)


def _collective(scene: Scene, found: list[Hit]) -> list[Hit]:
    """Return 两部门 as mentions of the two agencies that the text has named as a list before."""
    view = scene.view
    patterns = _patterns(scene)
    groups: dict[int, list[Hit]] = {}
    run: list[Hit] = []
    for hit in [*sorted(found, key=lambda one: one.span), None]:
        joined = run and hit is not None and view[run[-1].span.end : hit.span.start] in scene.domain.agencies.words["joins"]
        if hit is not None and (joined or not run):
            run.append(hit)
            continue
        groups.setdefault(len(run), run)
        run = [hit] if hit is not None else []
    numbers = patterns.settings["collective"]["numbers"]
    return [
        Hit(Span(*match.span()), named.entity, "agency-collective", 0.75)
        for match in patterns.patterns["collective"].finditer(view)
        for named in groups.get(numbers[match.group("name")], ())
        if named.span.end <= match.start()
    ]


def _document_issuers(scene: Scene, taken: Sequence[Mention]) -> list[Hit]:
    """Return the agencies that a document's title or number names as its issuers; they are mentions inside it."""
    view, home, domain = scene.view, scene.context.home, scene.domain
    made: list[Hit] = []
    shown: set[str] = set()
    for mention in taken:
        if mention.entity.type != "PolicyDocument":
            continue
        inner = Span(mention.span.start + (view[mention.span.start] in "《“"), mention.span.end)
        titled = title_issuers(view, inner, home, domain) if mention.rule != "document-number" else []
        shown |= {mention.entity.id} if titled else set()
        made += [Hit(hit.span, hit.entity, "agency-title", hit.confidence) for hit in titled]
    for mention in taken:
        number = view[mention.span.start : mention.span.end]
        numbered = mention.rule in ("document-number", "document-own-number") and mention.entity.id not in shown
        ordered = order_issuer(number, home, domain) if numbered else None
        if ordered is not None:
            made.append(Hit(Span(mention.span.start, mention.span.start + ordered[1]), ordered[0], "agency-number", 0.8))
            continue
        issuer = number_issuer(number, home, domain) if numbered else None
        if issuer is not None:
            prefix = _HAN.match(number)
            end = mention.span.start + (prefix.end() if prefix else len(number))
            made.append(Hit(Span(mention.span.start, end), issuer, "agency-number", 0.7))
    return made
