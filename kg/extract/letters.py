"""Cut names out of a sentence by places alone: what a run of its letters says of being a name is a difference of two sums."""

from __future__ import annotations

import re
from itertools import accumulate

#: Signs that no name keeps.
_DROPS = "“”‘’\"' \t\n"
DROPPED = re.compile(f"[{_DROPS}]")
#: No name that is cut out is longer.
LONGEST = 40
#: What :func:`kg.extract.naming.is_name` asks for too; a test holds the two against each other.
FEWEST_CHINESE, MOST_DIGITS = 2, 6
FORMULA = frozenset("×+=÷*|\n$/\\{}")
#: One number counts the Chinese letters, the digits and the signs of formulas of a run, which has fewer than this of each.
_DIGIT, _SIGN = 1 << 8, 1 << 16
#: The counts that a name may have.
NAMES = frozenset(
    chinese + digits * _DIGIT for chinese in range(FEWEST_CHINESE, LONGEST + 1) for digits in range(min(chinese, MOST_DIGITS) + 1)
)


class _Counts(dict[str, int]):
    """Hold of letters what each counts; a text has few of all that there are."""

    def __missing__(self, char: str) -> int:
        found = self[char] = ("\u3400" <= char <= "\u9fff") + char.isdigit() * _DIGIT + (char in FORMULA) * _SIGN
        return found


_COUNTS = _Counts()


class Letters:
    """Hold the letters of a sentence that a name may keep.

    Attributes:
        text: The sentence without the signs that no name keeps; places below are places in it.
        sums: What the letters before each place count together.
    """

    def __init__(self, view: str, start: int, end: int) -> None:
        """Take the letters between two offsets of the view."""
        whole = view[start:end]
        self.text = DROPPED.sub("", whole)
        self.sums = list(accumulate(map(_COUNTS.__getitem__, self.text), initial=0))
        self._start = start
        self._places: list[int] | None = None
        if len(self.text) < len(whole):
            self._places = list(accumulate((char not in _DROPS for char in whole), initial=0))

    def place(self, offset: int) -> int:
        """Return the place of an offset of the view."""
        offset -= self._start
        return offset if self._places is None else self._places[offset]

    def first(self, offset: int, linkers: str) -> int:
        """Return the place of the first letter from an offset on that is no linker."""
        place, text = self.place(offset), self.text
        while place < len(text) and text[place] in linkers:
            place += 1
        return place

    def last(self, offset: int, linkers: str) -> int:
        """Return the place after the last letter before an offset that is no linker."""
        place, text = self.place(offset), self.text
        while place and text[place - 1] in linkers:
            place -= 1
        return place

    def name(self, start: int, end: int) -> str:
        """Return the letters between two places if they are a name, else nothing."""
        # Where linkers are all there is, the end lies before the start and the difference below nought.
        return self.text[start:end] if end - start <= LONGEST and self.sums[end] - self.sums[start] in NAMES else ""

    def joined(self, start: int, end: int, more: tuple[int, int]) -> str:
        """Return the letters between two places and those between two others if they are a name together, else nothing."""
        after, stop = more
        if end - start + stop - after > LONGEST or self.sums[end] - self.sums[start] + self.sums[stop] - self.sums[after] not in NAMES:
            return ""
        return self.text[start:end] + self.text[after:stop]
