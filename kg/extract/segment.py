"""Cut a document's view into sections, paragraphs and sentences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from kg.domain.scan import Scans
from kg.model import Section, Sentence, Span

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.model import Document

_LINE = re.compile(r"[^\n]+")
_CJK = re.compile(r"[\u2e80-\u9fff]")
#: Level of a heading that stands on a line of its own without a number.
_PLAIN_LEVEL = 2
_SHORTEST_HEADING, _LONGEST_PLAIN = 4, 32


@dataclass(frozen=True)
class Segmentation:
    """Hold a document's sections and sentences, both sorted by their start.

    Attributes:
        sections: The first one stands for the whole text and has an empty heading.
        paragraphs: Spans of the view's lines that hold sentences.
    """

    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    paragraphs: tuple[Span, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.sentences]

    @cached_property
    def _by_paragraph(self) -> dict[int, range]:
        spans: dict[int, list[int]] = {}
        for index, sentence in enumerate(self.sentences):
            spans.setdefault(sentence.paragraph, []).append(index)
        return {paragraph: range(held[0], held[-1] + 1) for paragraph, held in spans.items()}

    def sentence_index(self, offset: int) -> int:
        """Return the index of the sentence at an offset of the view (the one before it, between sentences)."""
        index = bisect_right(self._starts, offset)
        return index - 1 if index else 0

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence at an offset of the view."""
        return self.sentences[self.sentence_index(offset)]

    def headings(self, sentence_index: int) -> tuple[Span, ...]:
        """Return the headings that hold for a sentence, innermost first, its own section's included."""
        found = []
        section = self.sentences[sentence_index].section
        while section >= 0:
            if len(self.sections[section].heading):
                found.append(self.sections[section].heading)
            section = self.sections[section].parent
        return tuple(found)

    def paragraph_sentences(self, paragraph: int) -> range:
        """Return the indices of a paragraph's sentences."""
        return self._by_paragraph.get(paragraph, range(0))


def segment(document: Document, domain: Domain) -> Segmentation:
    """Cut the view: lines are paragraphs, headings open sections, sentences end at their final sign.

    Headings are numbered lines, numbered openings of a paragraph (``(一)聚焦…。``, ``一是…。``) and short lines of their own.
    """
    patterns = domain.base_patterns("segmentation")
    view = document.view
    paragraphs: list[Span] = []
    sentences: list[tuple[Span, int]] = []
    ends = _ends(domain)
    for match in _LINE.finditer(view):
        pieces = _sentences(view, match.start(), match.end(), ends, patterns.settings["sentence"])
        if pieces:
            sentences += [(piece, len(paragraphs)) for piece in pieces]
            paragraphs.append(Span(pieces[0].start, pieces[-1].end))
    opened = _headings(view, sentences, paragraphs, domain)
    sections = _sections(len(view), opened)
    starts = [section.span.start for section in sections]
    headings = sorted({(section.heading.start, section.heading.end) for section in sections if len(section.heading)})
    made = tuple(
        Sentence(span, _innermost(sections, starts, span.start), paragraph, _is_heading(span, headings)) for span, paragraph in sentences
    )
    return Segmentation(sections, made, tuple(paragraphs))


@lru_cache(maxsize=4)
def _ends(domain: Domain) -> re.Pattern[str]:
    """Match the signs that end a sentence, with what closes after them."""
    settings = domain.base_patterns("segmentation").settings["sentence"]
    return re.compile(f"[{re.escape(settings['end'])}]+[{re.escape(settings['closing'])}]*")


@lru_cache(maxsize=4)
def _openings(domain: Domain) -> tuple[Scans, dict[str, dict[str, Any]]]:
    """Return the patterns of what opens a section, and their notes."""
    patterns = domain.base_patterns("segmentation")
    names = [name for name, note in patterns.notes.items() if "level" in note]
    return Scans((name, patterns.patterns[name]) for name in names), patterns.notes


def _sentences(view: str, start: int, end: int, ends: re.Pattern[str], settings: dict[str, Any]) -> list[Span]:
    """Return the sentences of one line, each without the blanks around it."""
    found = []
    position = start
    for match in ends.finditer(view, start, end):
        if view[match.start()] != "。" and match.end() < end and view[match.end()] in "、,;:":
            continue
        found.append((position, match.end()))
        position = match.end()
    found.append((position, end))
    spans = []
    for first, last in found:
        spans += _pieces(view, first, last, settings)
    return spans


def _pieces(view: str, start: int, end: int, settings: dict[str, Any]) -> list[Span]:
    """Cut what is longer than any sentence, and trim blanks; a piece without a letter or digit is none."""
    spans = []
    longest = settings["longest"]
    while end - start > longest:
        cut = max(view.rfind(sign, start + longest // 2, start + longest) for sign in settings["fallback"])
        cut = cut + 1 if cut > 0 else start + longest
        spans.append(_trim(view, start, cut))
        start = cut
    spans.append(_trim(view, start, end))
    return [span for span in spans if span.end > span.start and _says(view[span.start : span.end])]


def _says(words: str) -> bool:
    """Tell whether a letter or digit stands in a piece; in most its first character is one."""
    return words[0].isalnum() or any(map(str.isalnum, words))


def _trim(view: str, start: int, end: int) -> Span:
    while start < end and view[start] in " #*■●▲◆★\t":
        start += 1
    while end > start and view[end - 1] == " ":
        end -= 1
    return Span(start, end)


def _headings(view: str, sentences: list[tuple[Span, int]], paragraphs: list[Span], domain: Domain) -> list[tuple[Span, int, int]]:
    """Return (heading, level, start of the section) of everything that opens a section."""
    numbered: dict[int, tuple[int, int, bool]] = {}
    scans, notes = _openings(domain)
    for name, match in scans.matches(view):
        start = match.end() - len(match.group().lstrip())
        numbered.setdefault(start, (match.end(), notes[name]["level"], bool(notes[name].get("no_heading"))))
    patterns = domain.base_patterns("segmentation")
    limits = patterns.settings["heading"]
    opened = []
    for index, (span, paragraph) in enumerate(sentences):
        whole = paragraphs[paragraph]
        alone = span == whole
        if span.start in numbered:
            after, level, bare = numbered[span.start]
            end = _heading_end(view, after, span.end)
            fits = (
                not bare
                and 0 < end - after <= (limits["line"] if alone else limits["opening"])
                and (alone or span.start != whole.start or span.end < whole.end)
            )
            heading = Span(after, end) if fits and not (alone and view[span.end - 1] == ";") else Span(span.start, span.start)
            opened.append((heading, level, span.start))
        elif (
            alone
            and index + 1 < len(sentences)
            and _plain_heading(view[span.start : span.end], limits["line"], patterns.patterns["no_heading"])
        ):
            opened.append((span, _PLAIN_LEVEL, span.start))
    return opened


def _heading_end(view: str, start: int, end: int) -> int:
    while end > start and view[end - 1] in "。:;, !?":
        end -= 1
    return end


def _plain_heading(words: str, longest: int, never: re.Pattern[str]) -> bool:
    """Tell whether a line of its own reads as a heading: short, Chinese, not ended like a sentence or a list row."""
    return (
        _SHORTEST_HEADING <= len(words) <= min(longest, _LONGEST_PLAIN)
        and words[-1] not in "。;:,、!?》)"
        and bool(_CJK.search(words))
        and not never.search(words)
    )


def _sections(length: int, opened: list[tuple[Span, int, int]]) -> tuple[Section, ...]:
    """Nest the sections by level; each lasts until the next of its own or a higher level."""
    sections = [Section(Span(0, 0), Span(0, length), 0, -1)]
    for i, (heading, level, start) in enumerate(opened):
        end = next((other_start for _, other, other_start in opened[i + 1 :] if other <= level), length)
        parent = 0
        for j in range(len(sections) - 1, -1, -1):
            if sections[j].level < level and sections[j].span.end > start:
                parent = j
                break
        sections.append(Section(heading, Span(start, end), level, parent))
    return tuple(sections)


def _innermost(sections: tuple[Section, ...], starts: list[int], offset: int) -> int:
    index = bisect_right(starts, offset) - 1
    while sections[index].span.end <= offset:
        index = sections[index].parent
    return index


def _is_heading(span: Span, headings: list[tuple[int, int]]) -> bool:
    first = bisect_left(headings, (span.start,))
    return any(
        end <= span.end and end - start >= len(span) - 12 for start, end in headings[first : bisect_left(headings, (span.end,), first)]
    )
