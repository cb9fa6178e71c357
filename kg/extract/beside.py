"""Gather the pairs of a mention with others of its sentence."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from kg.extract.sieve import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.pairs import Layout
    from kg.extract.seats import Seat
    from kg.extract.sieve import Sieve

_INSIDE, _OUTSIDE = Place("i", "in", "@in"), Place("i", "out", "@out")
_AFTER, _AHEAD = Place("o<a", "o<a", "@o<a"), Place("a<o", "a<o", "@a<o")


class Beside:
    """Gather the pairs of one predicate within sentences."""

    def __init__(self, layout: Layout, sieve: Sieve) -> None:
        self._layout, self._sieve = layout, sieve
        #: What mentions say by themselves, by their number, first letter of the subject's type, and order.
        self._anchored: dict[tuple[int, str, str], Any] = {}
        self._otherwise: dict[tuple[int, str, str], Any] = {}

    def gather(self, anchor: Seat, same: Sequence[Seat], index: int) -> None:
        """Take the pairs of a mention with others of its sentence ``index``."""
        sieve, layout, start, end = self._sieve, self._layout, anchor.start, anchor.end
        opens, lattice = layout.opens, layout.lattice
        far = [
            m.start - start if m.start >= start else start - m.end if m.end <= start else min(start - m.start, m.end - start) for m in same
        ]
        ranked = sorted(far) if len(far) > 1 else far
        for other, distance in zip(same, far, strict=True):
            if other.end <= start or other.start < start < other.end < end:
                place, first, second = _AFTER, other, anchor
            elif end <= other.start or start < other.start < end < other.end:
                place, first, second = _AHEAD, anchor, other
            else:
                place, inner = (_INSIDE, "in") if start <= other.start and other.end <= end else (_OUTSIDE, "out")
                sieve.add(anchor, other, (index,), place, sieve.of(anchor, other).inside(inner, anchor, other))
                continue
            parts, order, gap = sieve.of(anchor, other), place.order, second.start - first.end
            key = anchor.number, parts.kind, order
            said = self._anchored.get(key)
            if said is None:
                said = self._anchored[key] = sieve.bias + parts.anchor(order, anchor)
            key = other.number, parts.kind, order
            more = self._otherwise.get(key)
            if more is None:
                more = self._otherwise[key] = parts.other(order, other)
            signs = second.signs - first.signed if gap > 0 else 0
            told = said + parts.beside(order, signs, bisect_left(ranked, distance), gap, opens(other)) + more
            if sieve.counts:
                told += sieve.number(parts, anchor, other, place.feature)
            sieve.take(anchor, other, (index,), order, told + parts.between(order, lattice, first.after, second.word))
