"""Read from a parsed pattern the words that its matches begin with, and find the places where one of them stands.

A pattern that begins with a choice among many words is tried by ``re`` wherever the first character of any of them stands, one word after the
other. An automaton of Aho and Corasick (1975) goes through the text once for all of them; only there the pattern is tried.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Repetitions, as the parser calls them.
REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
#: Look around without taking a character; to leave them out can only let a pattern begin in more places.
WIDTHLESS = frozenset({"ASSERT", "ASSERT_NOT", "AT"})
#: Flags under which a character stands for itself alone.
_PLAIN = re.UNICODE | re.DOTALL | re.MULTILINE
#: What refers back to a group, which inside a larger expression is another one.
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
#: Characters of an opening that are looked for, and as many openings as are.
_SHORTEST, _LONGEST, _MOST = 2, 4, 1 << 13
#: Below so many first characters ``re`` is as fast.
_FEW = 2


class UnknownError(Exception):
    """Say that nothing can be told of what a pattern begins with."""


@lru_cache(maxsize=1)  # several questions are asked of a pattern, one after the other
def parsed(pattern: re.Pattern[str]) -> Any:
    """Return what the compiler makes of a pattern: a sequence of pairs, an operation's name and what it is about.

    Raises:
        UnknownError: This Python does not tell, or the pattern would mean something else inside a larger one.
    """
    try:
        from re import _parser  # type: ignore[attr-defined]  # without it patterns are only slower
    except ImportError as error:
        raise UnknownError from error
    if pattern.flags & ~_PLAIN or _REFERENCE.search(pattern.pattern):
        raise UnknownError
    return _parser.parse(pattern.pattern, pattern.flags)


class Openings:
    """Find where words stand with which every match of a pattern begins."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words; of one that begins with another the other is enough."""
        import ahocorasick_rs

        found = set(words)
        kept = sorted(word for word in found if not any(word[:size] in found for size in range(1, len(word))))
        self._automaton = ahocorasick_rs.AhoCorasick(kept, matchkind=ahocorasick_rs.MatchKind.Standard)

    @classmethod
    def of(cls, pattern: re.Pattern[str]) -> Openings | None:
        """Return the openings of a pattern; None where they are not known, are short, or are found by ``re`` as fast."""
        try:
            open_, closed = _begin(parsed(pattern))
        except UnknownError:
            return None
        words = open_ | closed
        if any(len(word) < _SHORTEST for word in words) or len({word[0] for word in words}) < _FEW:
            return None
        return cls(words)

    def places(self, text: str, start: int, end: int) -> list[int]:
        """Return the places of a part of a text where a match may begin, sorted."""
        whole = start <= 0 and end >= len(text)
        found = self._automaton.find_matches_as_indexes(text if whole else text[start:end], overlapping=True)
        return sorted([place for _, place, _ in found] if whole else [place + start for _, place, _ in found])


def _begin(sequence: Iterable[tuple[Any, Any]]) -> tuple[set[str], set[str]]:
    """Return what a sequence may begin with: the words that it goes on from, and those that are followed by what is not known or is much.

    Raises:
        UnknownError: There are too many.
    """
    open_: set[str] = {""}
    closed: set[str] = set()
    for code, value in sequence:
        more, last = _one(str(code), value)
        closed |= {word + end for word in open_ for end in last}
        grown = {word + end for word in open_ for end in more}
        closed |= {word[:_LONGEST] for word in grown if len(word) >= _LONGEST}
        open_ = {word for word in grown if len(word) < _LONGEST}
        if len(open_) + len(closed) > _MOST:
            raise UnknownError
        if not open_:
            break
    return open_, {word[:_LONGEST] for word in closed}


def _one(code: str, value: Any) -> tuple[set[str], set[str]]:
    """Return the same of one element."""
    open_: set[str] = set()
    closed: set[str] = set()
    if code in WIDTHLESS:
        open_ = {""}
    elif code == "LITERAL":
        open_ = {chr(value)}
    elif code == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        open_ = {chr(held) for _, held in value}
    elif code == "BRANCH":
        each = [_begin(branch) for branch in value[1]]
        open_, closed = open_.union(*(more for more, _ in each)), closed.union(*(last for _, last in each))
    elif code == "ATOMIC_GROUP" or (code == "SUBPATTERN" and not value[1] and not value[2]):
        open_, closed = _begin(value if code == "ATOMIC_GROUP" else value[3])
    elif code in REPEATS:
        open_, closed = _begin(value[2])
        if value[1] > 1:  # it may stand before itself: nothing is told of what follows it
            open_, closed = set(), open_ | closed
        open_ |= {""} if value[0] == 0 else set()
    else:
        closed = {""}
    return open_, closed
