"""Find a pattern's matches as ``re`` does, but try the pattern only where it can begin.

``re`` tries a pattern at every character unless it begins with a plain character or class; one that begins with a look-behind or an
optional part is tried everywhere, for some 50 ns a character. A :class:`Scan` reads from the parsed pattern what it may begin with and
lets a class lead, so that ``re`` runs through the rest of a text at the speed of a class. Every match is the pattern's own.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from kg.domain.openings import REPEATS, WIDTHLESS, Openings, UnknownError, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CATEGORIES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
_NAMED = re.compile(r"\(\?P<\w+>")
#: An item of a class that is as long as this is a range.
_RANGE = 12
#: More words than this are not looked for.
_MOST = 24
#: Characters of the longest match for which a needed word is looked around.
_FURTHEST = 40


class Scan:
    """Find the matches of a pattern; same arguments and results as the methods of ``re.Pattern``."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self._openings = Openings.of(pattern)
        self._gate = None if _begins_plainly(pattern) else _gate([pattern])
        self._needed = _needed(pattern)
        self._reach = _reach(pattern) if self._needed else 0

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield the matches from left to right, none inside the one before."""
        if self._openings is not None:
            yield from self._at(self._openings.places(text, start, end), text, start, end)
        elif self._needed and all(text.find(word, start, end) < 0 for word in self._needed):
            return
        elif self._reach:
            yield from self._around(text, start, end)
        elif self._gate is not None:
            yield from self._at([place.start() for place in self._gate.finditer(text, start, end)], text, start, end)
        else:
            yield from self.pattern.finditer(text, start, end)

    def _at(self, places: Sequence[int], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Yield the matches, where all begin at some of these places."""
        match_at = self.pattern.match
        for place in places:
            if place >= start and (match := match_at(text, place, end)) is not None:
                yield match
                start = match.end()

    def _around(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """Yield the matches of a pattern of bounded length: each reaches over one of the needed words."""
        match_at, back = self.pattern.match, self._reach - min(map(len, self._needed))
        while (word := min([at for at in (text.find(word, start, end) for word in self._needed) if at >= 0], default=-1)) >= 0:
            # What begins further left ends before the word, what begins further right has another one.
            for place in range(max(start, word - back), word + 1):
                if (match := match_at(text, place, end)) is not None:
                    yield match
                    start = match.end()
                    break
            else:
                start = word + 1

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first match."""
        if self._needed and not any(text.find(word, start, end) >= 0 for word in self._needed):
            return None
        if self._gate is None:
            return self.pattern.search(text, start, end)
        place = self._gate.search(text, start, end)
        return None if place is None else self.pattern.match(text, place.start(), end)


class Scans:
    """Find the matches of several patterns by going through a text once."""

    def __init__(self, patterns: Iterable[tuple[str, re.Pattern[str]]]) -> None:
        self.patterns = list(patterns)
        self._gate = _gate([pattern for _, pattern in self.patterns])

    def matches(self, text: str, start: int = 0, end: int = sys.maxsize) -> list[tuple[str, re.Match[str]]]:
        """Return the matches of the first pattern, then those of the second …, as their ``finditer`` would give them."""
        if self._gate is None:
            return [(name, match) for name, pattern in self.patterns for match in pattern.finditer(text, start, end)]
        places = [place.start() for place in self._gate.finditer(text, start, end)]
        found = []
        for name, pattern in self.patterns if places else ():
            after = start
            for place in places:
                if place >= after and (match := pattern.match(text, place, end)) is not None:
                    found.append((name, match))
                    after = match.end()
        return found


def _begins_plainly(pattern: re.Pattern[str]) -> bool:
    """Tell whether ``re`` itself runs to where a pattern can begin: at a character, a class, or a choice among characters."""
    try:
        sequence = parsed(pattern)
    except UnknownError:
        return True
    code: Any = ""
    value: Any = None
    if len(sequence):
        code, value = sequence[0]
    while str(code) == "SUBPATTERN" and len(value[3]):
        code, value = value[3][0]
    if str(code) == "BRANCH":
        return all(len(branch) and str(branch[0][0]) == "LITERAL" for branch in value[1])
    return str(code) in {"LITERAL", "IN"}


def _gate(patterns: Sequence[re.Pattern[str]]) -> re.Pattern[str] | None:
    """Return an expression that matches one character wherever a pattern matches from it; None if there is none to be had."""
    try:
        firsts = [_first(pattern) for pattern in patterns]
    except UnknownError:
        return None
    bodies = [f"(?={_class(first)}){_body(pattern)}" for first, pattern in zip(firsts, patterns, strict=True)]
    return re.compile(f"{_class(set().union(*firsts))}(?<=(?={'|'.join(bodies)})(?s:.))")


def _class(items: set[str]) -> str:
    return f"[{''.join(sorted(items))}]"


def _body(pattern: re.Pattern[str]) -> str:
    """Return a pattern as a part of a larger one."""
    flags = "".join(letter for letter, flag in (("m", re.MULTILINE), ("s", re.DOTALL)) if pattern.flags & flag)
    source = pattern.pattern
    if flags and source.startswith("(?"):
        source = re.sub(r"^\(\?[ms]+\)", "", source)
    return f"(?{flags}:{_NAMED.sub('(?:', source)})"


def _first(pattern: re.Pattern[str]) -> set[str]:
    """Return the items of a character class with everything that a match of the pattern can begin with.

    Raises:
        UnknownError: The pattern can match without a character, or nothing is known of the first one.
    """
    items, empty = _begin(parsed(pattern))
    if empty:
        raise UnknownError
    return items


def _reach(pattern: re.Pattern[str]) -> int:
    """Return how many characters a match has at most, 0 where that is many or not known."""
    try:
        most: int = parsed(pattern).getwidth()[1]
    except UnknownError:
        return 0
    return most if most <= _FURTHEST else 0


def _needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return words one of which stands in every match, for a pattern that may begin with nearly any character; empty where none are known."""
    try:
        if all(len(item) < _RANGE for item in _first(pattern)):
            return ()
        words = _inside(parsed(pattern))
    except UnknownError:
        return ()
    return tuple(sorted(word for word in words if not any(other != word and other in word for other in words)))


def _inside(sequence: Iterable[tuple[Any, Any]]) -> set[str]:
    """Return words one of which stands in all that a sequence matches, the longest such; empty where none are known."""
    best: set[str] = set()
    run = {""}
    for code, value in [*sequence, ("END", None)]:
        words = _all_words(str(code), value)
        if words is not None and len(words) * len(run) <= _MOST:
            run = {first + second for first in run for second in words}
            continue
        inner: set[str] = set()
        if str(code) == "SUBPATTERN":
            inner = _inside(value[3])
        elif str(code) == "BRANCH":
            each = [_inside(branch) for branch in value[1]]
            inner = set().union(*each) if all(each) else set()
        for found in (run, inner):
            if found and min(map(len, found)) > min(map(len, best), default=0):
                best = found
        run = words if words is not None and len(words) <= _MOST else {""}
    return best


def _all_words(code: str, value: Any) -> set[str] | None:
    """Return everything that an element can match, None where that is much or is not known."""
    if code == "LITERAL":
        return {chr(value)}
    if code in WIDTHLESS:
        return {""}
    if code in {"SUBPATTERN", "ATOMIC_GROUP"}:
        return _product(value[3] if code == "SUBPATTERN" else value)
    if code == "BRANCH":
        each = [_product(branch) for branch in value[1]]
        return None if any(words is None for words in each) else set().union(*(words for words in each if words is not None))
    if code in REPEATS and value[0] == 0 and value[1] == 1:
        words = _product(value[2])
        return None if words is None else words | {""}
    return None


def _product(sequence: Iterable[tuple[Any, Any]]) -> set[str] | None:
    run = {""}
    for code, value in sequence:
        words = _all_words(str(code), value)
        if words is None or len(words) * len(run) > _MOST:
            return None
        run = {first + second for first in run for second in words}
    return run


def _begin(sequence: Iterable[tuple[Any, Any]]) -> tuple[set[str], bool]:
    """Return what a sequence may begin with, and whether it may take no character at all."""
    items: set[str] = set()
    for code, value in sequence:
        found, empty = _one(str(code), value)
        items |= found
        if not empty:
            return items, False
    return items, True


def _one(code: str, value: Any) -> tuple[set[str], bool]:
    """Return the same of one element."""
    items: set[str] = set()
    empty = False
    if code == "LITERAL":
        items = {_escaped(value)}
    elif code == "IN":
        items = {_item(str(kind), held) for kind, held in value}
    elif code in WIDTHLESS:
        empty = True
    elif code == "BRANCH":
        branches = [_begin(branch) for branch in value[1]]
        items, empty = items.union(*(found for found, _ in branches)), any(none for _, none in branches)
    elif code == "SUBPATTERN" and not value[1] and not value[2]:
        items, empty = _begin(value[3])
    elif code == "ATOMIC_GROUP":
        items, empty = _begin(value)
    elif code in REPEATS:
        items, empty = _begin(value[2])
        empty = empty or value[0] == 0
    else:
        raise UnknownError
    return items, empty


def _item(kind: str, value: Any) -> str:
    """Return an item of a class as it is written."""
    if kind == "LITERAL":
        return _escaped(value)
    if kind == "RANGE":
        return f"{_escaped(value[0])}-{_escaped(value[1])}"
    if kind == "CATEGORY" and str(value) in _CATEGORIES:
        return _CATEGORIES[str(value)]
    raise UnknownError


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"
