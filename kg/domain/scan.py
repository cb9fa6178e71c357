"""Find a pattern's matches as ``re`` does, but try the pattern only where it can begin.

``re`` tries a pattern at every character unless it begins with a plain character or class; one that begins with a look-behind or an
optional part is tried everywhere, for some 50 ns a character. A :class:`Scan` reads from the parsed pattern what it may begin with and
lets a class lead, so that ``re`` runs through the rest of a text at the speed of a class. Every match is the pattern's own.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CATEGORIES = {"CATEGORY_DIGIT": r"\d", "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w"}
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
#: Look around without taking a character; to leave them out can only let a pattern begin in more places.
_WIDTHLESS = frozenset({"ASSERT", "ASSERT_NOT", "AT"})
#: Flags under which a character stands for itself alone.
_PLAIN = re.UNICODE | re.DOTALL | re.MULTILINE
_NAMED = re.compile(r"\(\?P<\w+>")
#: What refers back to a group, which inside a larger expression is another one.
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")


#: An item of a class that is as long as this is a range.
_RANGE = 12
#: More words than this are not looked for.
_MOST = 24


class _UnknownError(Exception):
    """Say that nothing can be told of what a pattern begins with."""


class Scan:
    """Find the matches of a pattern; same arguments and results as the methods of ``re.Pattern``."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self._gate = None if _begins_plainly(pattern) else _gate([pattern])
        self._needed = _needed(pattern)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield the matches from left to right, none inside the one before."""
        if self._needed and not any(text.find(word, start, end) >= 0 for word in self._needed):
            return
        if self._gate is None:
            yield from self.pattern.finditer(text, start, end)
            return
        after = start
        for place in self._gate.finditer(text, start, end):
            if place.start() >= after:
                match = self.pattern.match(text, place.start(), end)
                assert match is not None
                yield match
                after = match.end()

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
        parsed = _parsed(pattern)
    except _UnknownError:
        return True
    code: Any = ""
    value: Any = None
    if len(parsed):
        code, value = parsed[0]
    while str(code) == "SUBPATTERN" and len(value[3]):
        code, value = value[3][0]
    if str(code) == "BRANCH":
        return all(len(branch) and str(branch[0][0]) == "LITERAL" for branch in value[1])
    return str(code) in {"LITERAL", "IN"}


def _gate(patterns: Sequence[re.Pattern[str]]) -> re.Pattern[str] | None:
    """Return an expression that matches one character wherever a pattern matches from it; None if there is none to be had."""
    try:
        firsts = [_first(pattern) for pattern in patterns]
    except _UnknownError:
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
        _UnknownError: The pattern can match without a character, or nothing is known of the first one.
    """
    items, empty = _begin(_parsed(pattern))
    if empty:
        raise _UnknownError
    return items


def _parsed(pattern: re.Pattern[str]) -> Any:
    """Return what the compiler makes of a pattern: a sequence of pairs, an operation's name and what it is about.

    Raises:
        _UnknownError: This Python does not tell, or the pattern would mean something else inside a larger one.
    """
    try:
        from re import _parser  # type: ignore[attr-defined]  # without it patterns are only slower
    except ImportError as error:
        raise _UnknownError from error
    if pattern.flags & ~_PLAIN or _REFERENCE.search(pattern.pattern):
        raise _UnknownError
    return _parser.parse(pattern.pattern, pattern.flags)


def _needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return words one of which stands in every match, for a pattern that may begin with nearly any character; empty where none are known."""
    try:
        if all(len(item) < _RANGE for item in _first(pattern)):
            return ()
        words = _inside(_parsed(pattern))
    except _UnknownError:
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
    if code in _WIDTHLESS:
        return {""}
    if code in {"SUBPATTERN", "ATOMIC_GROUP"}:
        return _product(value[3] if code == "SUBPATTERN" else value)
    if code == "BRANCH":
        each = [_product(branch) for branch in value[1]]
        return None if any(words is None for words in each) else set().union(*(words for words in each if words is not None))
    if code in _REPEATS and value[0] == 0 and value[1] == 1:
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
    elif code in _WIDTHLESS:
        empty = True
    elif code == "BRANCH":
        branches = [_begin(branch) for branch in value[1]]
        items, empty = items.union(*(found for found, _ in branches)), any(none for _, none in branches)
    elif code == "SUBPATTERN" and not value[1] and not value[2]:
        items, empty = _begin(value[3])
    elif code == "ATOMIC_GROUP":
        items, empty = _begin(value)
    elif code in _REPEATS:
        items, empty = _begin(value[2])
        empty = empty or value[0] == 0
    else:
        raise _UnknownError
    return items, empty


def _item(kind: str, value: Any) -> str:
    """Return an item of a class as it is written."""
    if kind == "LITERAL":
        return _escaped(value)
    if kind == "RANGE":
        return f"{_escaped(value[0])}-{_escaped(value[1])}"
    if kind == "CATEGORY" and str(value) in _CATEGORIES:
        return _CATEGORIES[str(value)]
    raise _UnknownError


def _escaped(code: int) -> str:
    return f"\\U{code:08x}"
