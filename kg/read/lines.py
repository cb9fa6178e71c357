"""Make running text of the lines on printed pages: repeated headers and footers go, line breaks inside paragraphs are undone.

A line that reaches the right margin goes on in the next one, unless that one is indented, set in another size, or far below; which is how
Chinese is set, flush on both sides with an indent of two characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The last character of a line and the first of the next between which a blank was, as far as one can know.
_WORDS_APART = re.compile(r"[A-Za-z;:!?)%][A-Za-z0-9(]|[0-9,.][A-Za-z(]")
_DIGITS = re.compile(r"\d+")
#: A line that is only a page's number, with the dashes and bars around it.
_PAGE_NUMBER = re.compile(r"[\s\-–—―─·•|/\\.]*\d{1,4}(?:\s*/\s*\d{1,4})?[\s\-–—―─·•|/\\.]*")
#: Share of the page's height at each end where headers and footers stand.
_MARGIN = 0.13
_HEADER_LINES = 2
#: How far apart, in heights of a line, the same header may stand on two pages.
_ALIKE = 1.0
#: Widths of a character by which a full line may fall short of the margin, by which an indented one begins later, …
_SHORT, _INDENT = 1.6, 0.8
#: … and heights of a line between the tops of two lines of one paragraph at most.
_APART = 2.6
_SIZE = 1.25
#: Share of a page's lines that must begin or end at a margin for it to be one.
_SHARE = 0.1
#: Fewer lines than this tell little, and each counts.
_MANY = 8


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one printed line: its words, page, and box in points, from the bottom and left of the page.

    Attributes:
        size: Height of a character, which is also the width of a Chinese one.
        height: Of the page.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    height: float


def running_text(lines: Sequence[Line], pages: int) -> str:
    """Return the paragraphs of some pages, one a line.

    Args:
        lines: In reading order.
        pages: Their number.
    """
    kept = without_headers([line for line in lines if line.text.strip()], pages)
    margins = _margins(kept)
    paragraphs: list[str] = []
    before: Line | None = None
    for line in kept:
        text = line.text.strip()
        if before is not None and _goes_on(before, line, margins):
            paragraphs[-1] = _joined(paragraphs[-1], text)
        else:
            paragraphs.append(text)
        before = line
    return "\n".join(paragraphs) + "\n" if paragraphs else ""


def without_headers(lines: Sequence[Line], pages: int) -> list[Line]:
    """Return the lines without page numbers, and without what stands at the same place at the end of most pages but for its digits.

    Only the two outermost lines of a page are looked at, the second one only if the first is a header; what a text says twice stays.
    """
    kept = list(lines)
    for _ in range(_HEADER_LINES):
        ends = _outermost(kept)
        places: dict[str, list[Line]] = {}
        for line in ends:
            places.setdefault(_key(line), []).append(line)
        # Even and odd pages may have headers of their own, the first none.
        most = max(2, (pages - 1) // 2)
        repeated = {
            line for found in places.values() if len({line.page for line in found}) >= most and _same_place(found) for line in found
        }
        gone = {line for line in ends if line in repeated or (pages == 1 and _PAGE_NUMBER.fullmatch(line.text))}
        if not gone:
            break
        kept = [line for line in kept if line not in gone]
    return kept or list(lines)


def _key(line: Line) -> str:
    return _DIGITS.sub("0", "".join(line.text.split()))


def _in_margin(line: Line) -> bool:
    return line.top > (1 - _MARGIN) * line.height or line.bottom < _MARGIN * line.height


def _same_place(found: list[Line]) -> bool:
    tops = [line.top for line in found]
    return max(tops) - min(tops) <= _ALIKE * max(line.size for line in found)


def _outermost(lines: Sequence[Line]) -> set[Line]:
    """Return the highest and lowest line of each page, if it stands in the margin; a page's number is one of them."""
    ends: dict[int, tuple[Line, Line]] = {}
    for line in lines:
        low, high = ends.get(line.page, (line, line))
        ends[line.page] = (min(low, line, key=lambda one: one.bottom), max(high, line, key=lambda one: one.top))
    return {line for pair in ends.values() for line in pair if _in_margin(line)}


def _margins(lines: Sequence[Line]) -> dict[tuple[int, int], tuple[float, float]]:
    """Return the left and right margin of the lines of each size, on even and odd pages.

    They are the leftmost place where several lines begin and the rightmost where several end, a character's width apart at most: a sign may
    hang over the margin.
    """
    groups: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        groups.setdefault(_group(line), []).append(line)
    margins: dict[tuple[int, int], tuple[float, float]] = {}
    for key, group in groups.items():
        enough = max(2, _SHARE * len(group)) if len(group) >= _MANY else 1
        starts = Counter(round(line.left) for line in group)
        ends = sorted((line.right for line in group), reverse=True)
        often = [start for start, count in starts.items() if count >= enough]
        full = [end for end in ends if bisect_right(ends, key[1] - end, key=lambda one: -one) - ends.index(end) >= enough]
        margins[key] = (min(often or starts), max(full or ends))
    return margins


def _group(line: Line) -> tuple[int, int]:
    return line.page % 2, round(line.size)


def _goes_on(before: Line, line: Line, margins: dict[tuple[int, int], tuple[float, float]]) -> bool:
    """Tell whether a line goes on in the next one."""
    sizes = sorted((before.size, line.size))
    if sizes[1] > _SIZE * sizes[0] or "\t" in before.text or "\t" in line.text:
        return False
    _, right = margins[_group(before)]
    left, _ = margins[_group(line)]
    if before.right < right - _SHORT * before.size or line.left > left + _INDENT * line.size:
        return False
    if before.right - before.left < _SHORT * before.size:
        return False
    return before.page != line.page or 0 < before.top - line.top <= _APART * before.size


def _joined(before: str, text: str) -> str:
    """Join two lines of a paragraph: nothing between Chinese characters or inside a number, a blank between Latin words."""
    if before.endswith("-") and before[-2:-1].isalpha() and text[:1].islower():
        return before[:-1] + text
    return f"{before} {text}" if _WORDS_APART.fullmatch(before[-1] + text[0]) else before + text
