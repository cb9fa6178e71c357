"""Find the names of divisions in a view, without judging yet whether they stand there as regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.model import Span

if TYPE_CHECKING:
    from kg.domain.divisions import Divisions


@dataclass(frozen=True, slots=True)
class Place:
    """Hold one hit: where, the words, and whether they carry the generic suffix (省, 市 …)."""

    span: Span
    name: str
    full: bool


@lru_cache(maxsize=4)
def _automaton(divisions: Divisions) -> tuple[Any, tuple[str, ...]]:
    from ahocorasick_rs import AhoCorasick, MatchKind  # the automaton is only needed by a build

    names = tuple(sorted(divisions.full_names | divisions.short_names))
    return AhoCorasick(names, matchkind=MatchKind.LeftmostLongest), names


@lru_cache(maxsize=4)
def find_places(view: str, divisions: Divisions) -> tuple[Place, ...]:
    """Return every name of a division in the view, leftmost longest, sorted.

    >>> from kg.domain import load_domain
    >>> [place.name for place in find_places("辽宁省营口市、沈阳", load_domain().divisions)]
    ['辽宁省', '营口市', '沈阳']
    """
    automaton, names = _automaton(divisions)
    full = divisions.full_names
    return tuple(
        Place(Span(start, end), names[index], names[index] in full) for index, start, end in automaton.find_matches_as_indexes(view)
    )
