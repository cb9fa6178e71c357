"""Judge what the span model takes a second time, by what the rest of the text says of it.

The models see a few words around a span. Whether the same words were taken elsewhere in the text, whether the other members of
an enumeration were, and how much of the text is of that kind, they do not see; a small linear model weighs it here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise
from math import exp, log, log1p
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from kg.domain.spanmodel import SpanModel
    from kg.model import Span

#: What the second look weighs; ``models/second.tsv`` has a row for each, and ``B`` for all.
FEATURES = (
    "own",
    "same",
    "same-mean",
    "same-best",
    "members",
    "members-mean",
    "members-best",
    "members-worst",
    "sentence",
    "sentence-mean",
    "open-before",
    "open-after",
    "other",
    "density",
    "length",
    "tail",
    "tail-mean",
    "tail-best",
)
#: Logits are held within this, probabilities above that.
_MOST, _LEAST = 9.0, 1e-4
#: Logit that stands for nothing being there.
_NOTHING, _NO_OTHER = -2.0, -6.0
#: Code points of a name's end by which names are compared.
_TAIL = 2
#: What is no joint and may stand beside one.
_MARKS = " \n“”"


class Taken(NamedTuple):
    """Hold a place that the span model takes, and its probability."""

    span: Span
    probability: float


def look_again(
    found: Mapping[str, Sequence[Taken]], view: str, sentences: Sequence[int], joints: frozenset[str], model: SpanModel
) -> dict[str, list[Taken]]:
    """Return the spans that stand up to the second look, with the probabilities it gives them.

    Args:
        found: By type the spans that the first look does not rule out, sorted by place, none overlapping another of its type.
        view: The text.
        sentences: Where its sentences begin.
        joints: What may stand between two members of an enumeration.
        model: Weights by feature; types without a column stay as they are.
    """
    looked = {type_: list(spans) for type_, spans in found.items()}
    none = (0.0,) * len(model.types)
    for column, type_ in enumerate(model.types):
        weights, least = [model.weights.get(name, none)[column] for name in FEATURES], model.thresholds[column]
        base = model.weights.get("B", none)[column]
        judged = [
            Taken(taken.span, 1.0 / (1.0 + exp(-_held(base + sum(map(mul, weights, row))))))
            for taken, row in zip(found.get(type_, ()), weigh(found, type_, view, sentences, joints), strict=True)
        ]
        looked[type_] = [taken for taken in judged if round(taken.probability, 9) >= least]
    return looked


def weigh(
    found: Mapping[str, Sequence[Taken]], type_: str, view: str, sentences: Sequence[int], joints: frozenset[str]
) -> list[tuple[float, ...]]:
    """Return for each span of a type the values of :data:`FEATURES`; the arguments are those of :func:`look_again`."""
    taken = found.get(type_, ())
    logits = [_logit(each.probability) for each in taken]
    names = [view[each.span.start : each.span.end] for each in taken]
    lists = _lists(taken, view, joints)
    alike = _kin(names, logits)
    ending = _kin([name[-_TAIL:] for name in names], logits)
    beside = _kin([bisect_right(sentences, each.span.start) for each in taken], logits)
    listed = _kin(lists, logits)
    density = 100.0 * sum(each.probability for each in taken) / max(len(view), 1)
    others = [([other.span.end for other in held], held) for name, held in sorted(found.items()) if name != type_]
    rows: list[tuple[float, ...]] = []
    for i, (each, logit, name) in enumerate(zip(taken, logits, names, strict=True)):
        same, tail, near, members = (kin[i].without(logit) for kin in (alike, ending, beside, listed))
        before, after = view[each.span.start - 1 : each.span.start], view[each.span.end : each.span.end + 1]
        rows.append(
            (
                logit,
                log1p(same.size),
                same.mean(logit) - logit,
                (same.best if same.size else logit) - logit,
                float(members.size),
                members.mean(logit) - logit,
                members.best if members.size else 0.0,
                members.worst if members.size else 0.0,
                float(near.size),
                near.mean(_NOTHING),
                float(before in joints and (not i or lists[i - 1] != lists[i])),
                float(after in joints and (i + 1 == len(taken) or lists[i + 1] != lists[i])),
                max((_logit(other.probability) for ends, held in others for other in _across(each.span, ends, held)), default=_NO_OTHER),
                density,
                float(len(name)),
                log1p(tail.size),
                tail.mean(logit) - logit,
                (tail.best if tail.size else logit) - logit,
            )
        )
    return rows


class _Kin(NamedTuple):
    """Hold what the logits of spans of one kind come to; with the second best and worst, so that any one can be taken out."""

    size: int
    total: float
    best: float
    next_best: float
    worst: float
    next_worst: float

    def without(self, logit: float) -> _Kin:
        """Return what is left without one of them."""
        best = self.next_best if logit == self.best else self.best
        worst = self.next_worst if logit == self.worst else self.worst
        return _Kin(self.size - 1, self.total - logit, best, best, worst, worst)

    def mean(self, otherwise: float) -> float:
        """Return the mean, or something else where there is none."""
        return self.total / self.size if self.size else otherwise


def _kin(keys: Sequence[Hashable], logits: Sequence[float]) -> list[_Kin]:
    """Return for each span what the spans of its key come to, itself among them."""
    held: dict[Hashable, list[float]] = defaultdict(list)
    for key, logit in zip(keys, logits, strict=True):
        held[key].append(logit)
    found = {}
    for key, listed in held.items():
        listed.sort()
        found[key] = _Kin(len(listed), sum(listed), listed[-1], listed[-2:][0], listed[0], listed[:2][-1])
    return [found[key] for key in keys]


def _lists(taken: Sequence[Taken], view: str, joints: frozenset[str]) -> list[int]:
    """Return for each span the number of its enumeration."""
    numbers = [0] if taken else []
    for left, right in pairwise(taken):
        between = view[left.span.end : right.span.start].strip(_MARKS)
        numbers.append(numbers[-1] + (between not in joints))
    return numbers


def _across(span: Span, ends: Sequence[int], held: Sequence[Taken]) -> Iterator[Taken]:
    """Yield those of some places, sorted and none overlapping another, that share a code point with a span."""
    for n in range(bisect_right(ends, span.start), len(held)):
        if held[n].span.start >= span.end:
            break
        yield held[n]


def _logit(probability: float) -> float:
    return _held(log(max(probability, _LEAST) / max(1.0 - probability, _LEAST)))


def _held(logit: float) -> float:
    return min(max(logit, -_MOST), _MOST)
