"""Settle what a text's deictic words mean: its region, date, issuer, and its own title and number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress
from operator import ne
from typing import TYPE_CHECKING

from kg.extract.document_names import document_entity, squared
from kg.extract.home import home_region
from kg.extract.issuer import byline_issuer, find_issuer
from kg.extract.jurisdiction import resolve
from kg.extract.names import canonical
from kg.extract.text_date import text_date
from kg.model import Finding, Span

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division
    from kg.extract.segment import Segmentation
    from kg.model import Document, Entity

_HEAD_LINES = 14
_HEAD_LENGTH = 900
_LONGEST_TITLE = 80
_FIRST_LINES = 4
_HANT_SHARE = 0.04
_HAN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Context:
    """Hold what a text says about itself; whatever it does not say is None, never guessed.

    Attributes:
        region: Node id of the region that 我省 or 全市 resolve to, the innermost one that is certain.
        region_name: That region's name.
        province: Node id of the province around it.
        date: Publication or signing date, ``YYYY[-MM[-DD]]``.
        issuer: Agency that signed, numbered or published it; what 我厅 resolves to.
        document: The text as a PolicyDocument, if it carries its own title or number.
        title: The title's words; ``title_span`` and ``number_span`` are where title and number stand in the view.
        number: Document number, brackets normalised.
        genre: ``regulation``, ``reply``, ``news``, ``question``, ``notice`` or ``other``.
        script: ``Hans`` or ``Hant``.
        home: The region as the registry holds it.
        findings: What of the user's metadata could not be taken.
    """

    region: str | None = None
    region_name: str | None = None
    province: str | None = None
    date: str | None = None
    issuer: Entity | None = None
    document: Entity | None = None
    title: str | None = None
    title_span: Span | None = None
    number: str | None = None
    number_span: Span | None = None
    genre: str = "other"
    script: str = "Hans"
    home: Division | None = field(default=None, compare=False)
    findings: tuple[Finding, ...] = ()

    def at(self, level: str, domain: Domain) -> Division | None:
        """Return the region that a deictic word of a level (``provincial``, ``prefecture``, ``county``) means here."""
        return resolve(level, self.home, domain)


def resolve_context(document: Document, segmentation: Segmentation, domain: Domain) -> Context:
    """Return what the text says about itself; the user's metadata win over the text."""
    view, metadata = document.view, document.metadata
    patterns = domain.patterns("context")
    script = _script(document)
    genre = _genre(view, domain)
    title_span = _title(view, genre, domain)
    number_match = patterns.patterns["number-line"].search(view, 0, _HEAD_LENGTH)
    number_span = Span(*number_match.span("name")) if number_match else None
    number = squared(view[number_span.start : number_span.end]) if number_span else None
    home = home_region(document, script, title_span, number, domain)
    title = metadata.get("title") or (canonical(view[title_span.start : title_span.end]) if title_span else None)
    own = document_entity(title if title_span else None, number, domain) if title_span or number else None
    issuer = find_issuer(document, title_span, number, home, domain) or (byline_issuer(view, home, domain) if genre != "news" else None)
    if issuer is not None and issuer.attributes.get("region") == f"region/{domain.divisions.state}" and "region" not in metadata:
        home = None
    elif home is None and "region" not in metadata and issuer is not None and issuer.attributes.get("region"):
        home = domain.divisions.get(str(issuer.attributes["region"]))
    province = domain.divisions.province_of(home.key) if home else None
    return Context(
        region=home.id if home else None,
        region_name=home.key if home else None,
        province=province.id if province else None,
        date=metadata.get("date") or text_date(document, genre, domain),
        issuer=issuer,
        document=own,
        title=title or _first_line(view, segmentation, domain),
        title_span=title_span,
        number=number,
        number_span=number_span,
        genre=genre,
        script=script,
        home=home,
        findings=_unknown_region(document, domain),
    )


def _unknown_region(document: Document, domain: Domain) -> tuple[Finding, ...]:
    """Return a finding where the user states a region that the registry does not hold; the text then has none."""
    stated = document.metadata.get("region")
    if not stated or domain.divisions.lookup(domain.fold(stated)) is not None:
        return ()
    message = f"its metadata name the region {stated!r}, which is not in the registry of divisions; it is taken to have none"
    return (Finding("warning", "unknown-region", document.source, message),)


def _script(document: Document) -> str:
    """Return the script: traditional when enough characters differ from their simplified form."""
    total = sum(map(len, _HAN.findall(document.view)))
    changed = 0
    if document.view != document.text:
        read = map(document.text.__getitem__, document.origin) if len(document.text) > len(document.view) else document.text
        changed = sum(map(len, _HAN.findall("".join(compress(document.view, map(ne, read, document.view))))))
    return "Hant" if total and changed / total > _HANT_SHARE else "Hans"


def _genre(view: str, domain: Domain) -> str:
    for genre, words in domain.patterns("context").settings["genres"].items():
        part = view[:_HEAD_LENGTH] if genre == "news" else view
        if any(word in part for word in words):
            return str(genre)
    return "other"


def _title(view: str, genre: str, domain: Domain) -> Span | None:
    """Return where the text's own title stands, as a document: a line of its own at the head, or under a key ``title``."""
    patterns = domain.patterns("context").patterns
    for match in patterns["keyed-title"].finditer(view, 0, _HEAD_LENGTH):
        if patterns["title"].match(match.group("name")) and genre != "news":
            return Span(*match.span("name"))
    lines = 0
    for match in re.finditer(r"[^\n'\"]+", view[:_HEAD_LENGTH]):
        piece = match.group()
        if not piece.strip(" ,\t"):
            continue
        lines += 1
        if lines > _HEAD_LINES:
            return None
        found = patterns["title"].match(piece.rstrip())
        if found and _formal(piece, genre, domain):
            start = match.start() + found.start("name")
            lead = len(found.group("name")) - len(found.group("name").lstrip())
            return Span(start + lead, match.start() + found.end("name"))
    return None


def _formal(line: str, genre: str, domain: Domain) -> bool:
    """Tell whether a head line is a document's title rather than a headline or a section's heading."""
    if domain.patterns("context").patterns["about"].search(line):
        return "《" not in line
    return genre == "regulation" and "《" not in line and not line.lstrip("# ")[:1].isdigit()


def _first_line(view: str, segmentation: Segmentation, domain: Domain) -> str | None:
    """Return the words of a keyed title (``title: …``) or of the first line if it reads as one: short, and not ended like a sentence.

    Lines without words (page numbers, markup), a page's path (``A>B>C``) and the document's number stand before it; the numbered heading of a section is none.
    """
    keyed = domain.patterns("context").patterns["keyed-title"].search(view, 0, _HEAD_LENGTH)
    if keyed:
        return keyed.group("name").strip()
    number = domain.patterns("context").patterns["number-line"]
    numbered = {section.span.start for section in segmentation.sections if view[section.span.start : section.heading.start].strip("# \t")}
    for span in segmentation.paragraphs[:_FIRST_LINES]:
        words = view[span.start : span.end].strip("'\" ")
        if sum(map(len, _HAN.findall(words))) * 3 < len(words) or ">" in words or number.match(words):
            continue
        fine = len(words) <= _LONGEST_TITLE and not words.endswith(("。", ",", ";", ":")) and span.start not in numbered
        return words if fine else None
    return None
