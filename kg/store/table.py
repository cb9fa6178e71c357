"""Lay text out in columns for a terminal, where a Chinese character takes two cells."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Below this no column is squeezed.
_LEAST = 10
_GAP = "  "


def width(text: str) -> int:
    """Return the number of terminal cells; combining marks and format characters take none."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clean(text: str) -> str:
    """Return text that a terminal can be given: white space as single spaces, other control and direction characters escaped."""
    if text.isprintable():
        return text
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character in "\t\n\r\v\f\u2028\u2029\u00a0\u3000":
        return " "
    if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co"}:
        return character
    return ascii(character)[1:-1]


def shorten(text: str, cells: int) -> str:
    """Return the text, cut to at most ``cells`` with an ellipsis where it is longer."""
    if width(text) <= cells:
        return text
    kept, used = [], 1
    for character in text:
        used += _cells(character)
        if used > cells:
            break
        kept.append(character)
    return "".join(kept) + "…"


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Return the text filled with spaces to ``cells``; ``right`` aligns it to the right, as for numbers."""
    fill = " " * max(0, cells - width(text))
    return fill + text if right else text + fill


def layout(header: Sequence[str], rows: Sequence[Sequence[str]], limit: int | None = None) -> str:
    """Return header, rule and rows, aligned; numbers to the right, no blanks at the end of a line.

    Args:
        header: Column names.
        rows: Cells, each row as long as the header; cleaned here.
        limit: Cells a line may take; wide columns are then squeezed. None for no limit.

    Example:
        >>> print(layout(["measure", "n"], [["abc", "1"], ["d", "20"]]))
        measure   n
        -------  --
        abc       1
        d        20
    """
    body = [[clean(cell) for cell in row] for row in rows]
    widths = [max([width(name), *(width(row[index]) for row in body)]) for index, name in enumerate(header)]
    numeric = [bool(body) and all(_is_number(row[index]) for row in body) for index in range(len(header))]
    widths = _squeeze(widths, limit)
    lines = [list(header), ["-" * cells for cells in widths], *body]
    return "\n".join(
        _GAP.join(pad(shorten(cell, cells), cells, right=right) for cell, cells, right in zip(line, widths, numeric, strict=True)).rstrip()
        for line in lines
    )


def _is_number(cell: str) -> bool:
    return not cell or cell.lstrip("-").replace(".", "", 1).isdigit()


def _squeeze(widths: list[int], limit: int | None) -> list[int]:
    """Take cells from the widest column, again and again, until the line fits or all are at the least width."""
    if limit is None:
        return widths
    squeezed = list(widths)
    excess = sum(squeezed) + len(_GAP) * (len(squeezed) - 1) - limit
    while excess > 0:
        widest = max(range(len(squeezed)), key=squeezed.__getitem__)
        if squeezed[widest] <= _LEAST:
            break
        second = max([cells for index, cells in enumerate(squeezed) if index != widest], default=0)
        step = min(excess, max(1, squeezed[widest] - max(second, _LEAST)))
        squeezed[widest] -= step
        excess -= step
    return squeezed
