"""Weigh a number by the words around it: whether it is data, and of which kind, with a linear model (``models/kinds.tsv``).

The features say what the unit measures, which words stand beside the number, in its clause and in its sentence, how the rules name it
and what kind they would give, what the number before was, what the text is, and how the period lies to the text's date.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import rjieba

if TYPE_CHECKING:
    from kg.domain.spanmodel import SpanModel
    from kg.extract.naming import Naming, Place
    from kg.extract.period import Period
    from kg.extract.scene import Scene
    from kg.extract.spans import Vocabulary, Word
    from kg.model import Span

#: The class of numbers that are no data; the other classes are the kinds.
NONE = "none"
_NEAR = 3
_LEFT, _RIGHT = 40, 24
_BREAKS = frozenset(",;:。!?\n|")
_NO_HMM = False


@dataclass(frozen=True, slots=True)
class Words:
    """Hold the words of one sentence, numbers as ``#``, with their starts and ends in the view."""

    texts: list[str]
    starts: list[int]
    ends: list[int]
    words: list[Word]

    @classmethod
    def of(cls, view: str, span: Span, vocabulary: Vocabulary) -> Words:
        """Cut a sentence."""
        texts, starts, ends, at = [], [], [], span.start
        cut = rjieba.tag(view[span.start : span.end], _NO_HMM)
        numbers = vocabulary.read([word for word, _ in cut], [tag for _, tag in cut])
        for word, _ in cut:
            texts.append("#" if word[0].isdigit() else "_" if word.isspace() else word)
            starts.append(at)
            at += len(word)
            ends.append(at)
        return cls(texts, starts, ends, [vocabulary.words[number] for number in numbers])

    def before(self, offset: int) -> list[str]:
        """Return the words that end before an offset, the nearest first."""
        last = bisect_right(self.ends, offset)
        return self.texts[max(last - _LEFT, 0) : last][::-1]

    def after(self, offset: int) -> list[str]:
        """Return the words that begin after an offset, the nearest first."""
        first = bisect_left(self.starts, offset)
        return self.texts[first : first + _RIGHT]


def text_features(scene: Scene, *, rules: bool, plan: bool) -> list[str]:
    """Return what is the same for every number of a text: its genre, its script, and what the rules take it for."""
    genre = scene.context.genre
    return [f"g:{genre}", f"g:{scene.context.script}", f"g:rules{rules:d}plan{plan:d}"]


def features(place: Place, words: Words, naming: Naming | None, told: tuple[str, ...], text: list[str]) -> list[str]:
    """Return the features of one number.

    Args:
        place: Where the number stands.
        words: The words of its sentence.
        naming: How the rules name it; None if they do not.
        told: The kind by the rules, the label of the number before, its unit's measure, and how the period lies to the text's date.
        text: The features of the whole text.
    """
    quantity = place.quantity
    measure = quantity.measures or "bare"
    ruled, previous, unit_before, time = told
    left, right = words.before(quantity.before), words.after(quantity.span.end)
    how = naming.how if naming else "no"
    found = ["B", f"m:{measure}", f"u:{quantity.unit_text}", f"c:{quantity.comparator}", f"mc:{measure}{quantity.comparator}"]
    found += [f"k:{ruled}", f"h:{how}", f"kh:{ruled}{how}{measure}", f"a:{quantity.arabic:d}{measure}", f"r:{quantity.lower is not None:d}"]
    found += [f"p:{previous}", f"p:{previous}{unit_before}{measure}", f"t:{time}", f"t:{time}{measure}"]
    found += [f"{feature}{extra}" for feature in text for extra in ("", measure)]
    if naming:
        found += [f"n:{naming.name[-2:]}", f"n:{naming.name[-1]}{measure}", f"n:{naming.name[:2]}"]
    for side, near in (("l", left), ("r", right)):
        for i, word in enumerate(near[:_NEAR]):
            found += [f"{side}{i}:{word}", f"{side}:{word}"]
        if near:
            found += [f"{side}m:{near[0]}{measure}", f"{side}2:{''.join(near[:2])}"]
        clause = next((i for i, word in enumerate(near) if word[0] in _BREAKS), len(near))
        found += [f"{side}c:{word}" for word in dict.fromkeys(near[:clause])]
        found += [f"{side}cm:{word}{measure}" for word in dict.fromkeys(near[:clause])]
        found += [f"{side}s:{word}" for word in dict.fromkeys(near[clause:])]
    return found


def time_of(period: Period | None, date: str) -> str:
    """Return how a period lies to a text's date: ``past``, ``future``, ``now``, or ``none`` where one of them is not known."""
    if period is None or not period.text or not date:
        return "none" + ("until" if period is not None and period.until else "")
    until = "until" if period.until else ""
    if period.start and period.start[: len(date)] > date:
        return "future" + until
    if period.end and period.end[: len(date)] <= date:
        return "past" + until
    return "now" + until


def judge(found: list[str], model: SpanModel) -> tuple[str, float]:
    """Return the likeliest kind and the probability that the number is data at all."""
    rows = [row for row in map(model.thousandths.get, found) if row is not None]
    sums = [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(model.types)
    powers = [exp(min(total, 30_000) / 1000) for total in sums]
    nothing = model.types.index(NONE)
    kinds = [i for i in range(len(powers)) if i != nothing]
    best = max(kinds, key=lambda i: (powers[i], -i))
    return model.types[best], 1 - powers[nothing] / sum(powers)
