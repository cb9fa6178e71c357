"""Find the sentence around a span of a record's text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model import Record

_ENDS = re.compile(r"[。！？!?]+[”’」』）)]*|\n+")


class Sentences:
    """Hold where a text's sentences begin and end.

    Args:
        record: Its ``sentences`` (pairs of offsets, sorted) are taken where it has them; else sentences end at
            ``。！？`` and at line breaks.
    """

    def __init__(self, record: Record) -> None:
        self.text: str = record.get("text", "")
        given = record.get("sentences")
        if given:
            self._starts = [start for start, _ in given]
            self._ends = [end for _, end in given]
        else:
            self._ends = [match.end() for match in _ENDS.finditer(self.text)] or []
            if not self._ends or self._ends[-1] != len(self.text):
                self._ends.append(len(self.text))
            self._starts = [0, *self._ends[:-1]]

    def around(self, start: int, end: int) -> str:
        """Return the sentence or sentences that a span touches, without white space around them; at least the span."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = min(bisect_left(self._ends, end), len(self._ends) - 1)
        left = min(self._starts[first], start) if self._starts else start
        right = max(self._ends[last], end) if self._ends else end
        span = self.text[start:end]
        found = self.text[left:right].strip()
        return found if span in found else span
