"""Fit a table of counts into a terminal's width: names are cut, and where that is not enough the weakest columns left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.store.table import clean, pad, shorten, width

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "
#: Cells that the name of a column keeps at least: three Chinese characters, the last one perhaps cut.
_NAME = 6
#: The part of the line that the names of the rows may take.
_SHARE = 3


def narrow(header: Sequence[str], rows: Sequence[Sequence[str]], counts: Sequence[int], limit: int) -> tuple[str, int]:
    """Return the table in at most ``limit`` cells a line, and how many columns are left out.

    Args:
        header: Name of the row names, then of each column.
        rows: A name and a cell for each column; every row is as long as the header.
        counts: What each column counts in all: those with the least go first.
        limit: Cells of the terminal; one column stays whatever it is.

    Example:
        >>> print(narrow(["type", "young people", "women"], [["training", "12", "3"]], [12, 3], 22)[0])
        type     young…  women
        -------  ------  -----
        traini…      12      3
    """
    lines = [[clean(cell) for cell in line] for line in (header, *rows)]
    names = min(max(width(line[0]) for line in lines), max(_NAME, limit // _SHARE))
    body = [max((width(line[at + 1]) for line in lines[1:]), default=1) for at in range(len(counts))]
    titles = [width(name) for name in lines[0][1:]]
    columns = list(range(len(counts)))
    while len(columns) > 1 and names + _taken(columns, body, titles, _NAME) > limit:
        columns.remove(min(columns, key=lambda at: (counts[at], -at)))
    longest = max((titles[at] for at in columns), default=_NAME)
    longest = next((most for most in range(longest, _NAME, -1) if names + _taken(columns, body, titles, most) <= limit), _NAME)
    cells = [max(body[at], min(titles[at], longest)) for at in columns]
    lines.insert(1, ["-" * names, *("-" * most for most in body)])
    made = []
    for number, line in enumerate(lines):
        shown = [
            "-" * most if number == 1 else pad(shorten(line[at + 1], most), most, right=True)
            for at, most in zip(columns, cells, strict=True)
        ]
        made.append(_GAP.join([pad(shorten(line[0], names), names), *shown]).rstrip())
    return "\n".join(made), len(counts) - len(columns)


def _taken(columns: Sequence[int], body: Sequence[int], titles: Sequence[int], most: int) -> int:
    return sum(len(_GAP) + max(body[at], min(titles[at], most)) for at in columns)
