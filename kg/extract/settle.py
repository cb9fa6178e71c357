"""Choose among phrases that overlap: what stands inside a longer name is none of its own, and one place has one type."""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.model import Mention, Span

#: Types whose names swallow a phrase that stands inside them, by the phrase's type.
_SWALLOWED_BY = {
    "Measure": ("PolicyDocument", "Agency", "Program"),
    "TargetGroup": ("PolicyDocument", "Agency"),
    "Program": ("PolicyDocument",),
}
OWN_RULE = "own-lexicon"


class _Kept:
    """Hold the places of the mentions of a type that are kept; none overlaps another."""

    def __init__(self) -> None:
        self._places: list[tuple[int, int]] = []

    def add(self, span: Span) -> None:
        """Take in a place that overlaps none."""
        insort(self._places, (span.start, span.end))

    def _before(self, offset: int) -> tuple[int, int]:
        """Return the last place that starts at or before an offset, an empty one where there is none."""
        i = bisect_right(self._places, (offset, 1 << 60))
        return self._places[i - 1] if i else (0, 0)

    def covers(self, span: Span) -> bool:
        """Tell whether a place holds a span."""
        return span.end <= self._before(span.start)[1]

    def overlaps(self, span: Span) -> bool:
        """Tell whether a place shares a code point with a span."""
        return self._before(span.end - 1)[1] > span.start


class _Taken:
    """Hold the places of the mentions of a type that were found before; they may overlap."""

    def __init__(self, spans: Iterable[Span]) -> None:
        places = sorted((span.start, span.end) for span in spans)
        self._starts = [start for start, _ in places]
        #: The furthest end of the places up to each.
        self._ends = list(accumulate((end for _, end in places), max))

    def covers(self, span: Span) -> bool:
        """Tell whether a place holds a span."""
        i = bisect_right(self._starts, span.start)
        return i > 0 and self._ends[i - 1] >= span.end


def settle(found: Iterable[Mention], taken: Sequence[Mention]) -> list[Mention]:
    """Drop phrases inside longer names, and of two types at one place the less likely; what is kept is sorted by place.

    Args:
        found: Programs, target groups and measures; those of a user's own table always stay.
        taken: Mentions of documents and agencies.
    """
    ranked = sorted(found, key=lambda m: (m.rule != OWN_RULE, -len(m.span), -m.confidence, m.span.start, m.entity.id))
    before = {type_: _Taken(m.span for m in taken if m.entity.type == type_) for type_ in {m.entity.type for m in taken}}
    held: dict[str, _Kept] = {}
    places: set[tuple[int, int]] = set()
    kept: list[Mention] = []
    for mention in ranked:
        span, type_ = mention.span, mention.entity.type
        if mention.rule != OWN_RULE and (
            (span.start, span.end) in places
            or any(
                (swallowing in before and before[swallowing].covers(span)) or (swallowing in held and held[swallowing].covers(span))
                for swallowing in _SWALLOWED_BY.get(type_, ())
            )
        ):
            continue
        own = held.setdefault(type_, _Kept())
        if own.overlaps(span):
            continue
        own.add(span)
        places.add((span.start, span.end))
        kept.append(mention)
    return sorted(kept, key=lambda m: (m.span.start, m.span.end, m.entity.type, m.entity.id))
