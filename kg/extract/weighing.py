"""Weigh a number by the words around it: whether it is data, and of which kind, with a linear model (``models/kinds.tsv``).

The features say what the unit measures, which words stand beside the number, in its clause and in its sentence, how the rules name it
and what kind they would give, what the number before was, what the text is, and how the period lies to the text's date.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import accumulate, repeat
from math import exp
from typing import TYPE_CHECKING

import rjieba

from kg.extract.kept import Kept
from kg.extract.letters import Letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.domain.spanmodel import SpanModel
    from kg.extract.naming import Naming, Place
    from kg.extract.period import Period
    from kg.extract.quantity import Quantity
    from kg.extract.scene import Scene
    from kg.extract.spans import Vocabulary, Word
    from kg.extract.tokens import Tokens
    from kg.model import Span

#: The class of numbers that are no data; the other classes are the kinds.
NONE = "none"
_NEAR = 3
_LEFT, _RIGHT = 40, 24
_BREAKS = frozenset(",;:。!?\n|")
_NO_HMM = False
#: Bits for one kind's sum of weights, and the half of what they hold.
_WIDTH = 40
_HALF, _MASK = 1 << (_WIDTH - 1), (1 << _WIDTH) - 1
#: Forms of numbers kept with their weights.
_KEPT = 1 << 12


#: Words as features show them.
_SHOWN = Kept(lambda word: "#" if word[0].isdigit() else "_" if word.isspace() else word)


@dataclass(frozen=True)
class Words:
    """Hold the words of one sentence, numbers as ``#``, with their starts and ends in the view."""

    texts: list[str]
    starts: list[int]
    ends: list[int]
    view: str
    span: Span
    vocabulary: Vocabulary
    plain: Sequence[str]
    tags: Sequence[str]

    @cached_property
    def numbers(self) -> list[int]:
        """Return the words' numbers in the vocabulary; many sentences name no number."""
        return self.vocabulary.read(self.plain, self.tags)

    @cached_property
    def words(self) -> list[Word]:
        """Return the words with their classes."""
        return [self.vocabulary.words[number] for number in self.numbers]

    @cached_property
    def letters(self) -> Letters:
        """Return the sentence's letters to cut names from."""
        return Letters(self.view, self.span.start, self.span.end)

    @classmethod
    def of(cls, view: str, span: Span, vocabulary: Vocabulary, tokens: Tokens | None) -> Words:
        """Cut a sentence, or take its words from those of the view where they are the same."""
        at = tokens.between(view, span.start, span.end) if tokens is not None else None
        if tokens is not None and at is not None:
            plain, tags, borders = tokens.words[at], tokens.tags[at], tokens.starts[at.start : at.stop + 1]
        else:
            plain, tags = map(list, zip(*rjieba.tag(view[span.start : span.end], _NO_HMM), strict=True))
            borders = list(accumulate(map(len, plain), initial=span.start))
        return cls(list(map(_SHOWN.__getitem__, plain)), borders[:-1], borders[1:], view, span, vocabulary, plain, tags)

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
    quantity, found = place.quantity, _own_features(place.quantity, naming, told, text)
    measure = quantity.measures or "bare"
    for side, near in (("l", words.before(quantity.before)), ("r", words.after(quantity.span.end))):
        clause = _clause_size(near)
        found += _near_features(side, near, measure)
        found += [f"{side}c:{word}" for word in dict.fromkeys(near[:clause])]
        found += [f"{side}cm:{word}{measure}" for word in dict.fromkeys(near[:clause])]
        found += [f"{side}s:{word}" for word in dict.fromkeys(near[clause:])]
    return found


def _own_features(quantity: Quantity, naming: Naming | None, told: tuple[str, ...], text: list[str]) -> list[str]:
    """Return the features that are not of the words around a number."""
    measure = quantity.measures or "bare"
    form, ruled = _form_features(_form(quantity)), _told_features(told, naming.how if naming else "no", measure)
    found = ["B", *form[:4], *ruled[:3], *form[4:], *ruled[3:]]
    found += [f"{feature}{extra}" for feature in text for extra in ("", measure)]
    return found + (_name_features(naming.name, measure) if naming else [])


def _form(quantity: Quantity) -> tuple[str, str, str, bool, bool]:
    """Return what a number's own features are made of: measure, unit, comparator, whether in digits, whether a range."""
    return quantity.measures or "bare", quantity.unit_text, quantity.comparator, quantity.arabic, quantity.lower is not None


def _form_features(form: tuple[str, str, str, bool, bool]) -> list[str]:
    measure, unit, comparator, arabic, ranged = form
    return [f"m:{measure}", f"u:{unit}", f"c:{comparator}", f"mc:{measure}{comparator}", f"a:{arabic:d}{measure}", f"r:{ranged:d}"]


def _told_features(told: tuple[str, ...], how: str, measure: str) -> list[str]:
    ruled, previous, unit_before, time = told
    found = [f"k:{ruled}", f"h:{how}", f"kh:{ruled}{how}{measure}"]
    return [*found, f"p:{previous}", f"p:{previous}{unit_before}{measure}", f"t:{time}", f"t:{time}{measure}"]


def _name_features(name: str, measure: str) -> list[str]:
    return [f"n:{name[-2:]}", f"n:{name[-1]}{measure}", f"n:{name[:2]}"]


def _near_features(side: str, near: list[str], measure: str) -> list[str]:
    """Return the features of the nearest words on one side."""
    found = []
    for i, word in enumerate(near[:_NEAR]):
        found += [f"{side}{i}:{word}", f"{side}:{word}"]
    if near:
        found += [f"{side}m:{near[0]}{measure}", f"{side}2:{''.join(near[:2])}"]
    return found


def _clause_size(near: list[str]) -> int:
    """Return how many words on one side belong to the number's clause."""
    for i, word in enumerate(near):
        if word[0] in _BREAKS:
            return i
    return len(near)


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
    return _likeliest([sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(model.types), model.types)


def _likeliest(sums: list[int], types: tuple[str, ...]) -> tuple[str, float]:
    powers = [exp(min(total, 30_000) / 1000) for total in sums]
    none = powers[types.index(NONE)]
    best = max([(power, -i) for i, power in enumerate(powers) if types[i] != NONE])
    return types[-best[1]], 1 - none / sum(powers)


class KindWeights:
    """Judge numbers as :func:`judge` does of their :func:`features`; what words and forms of numbers say is kept, since they recur.

    The weights of a feature for all kinds stand in one whole number, ``_WIDTH`` bits each, so that one addition adds them all.
    """

    def __init__(self, model: SpanModel) -> None:
        self._types = model.types
        self._packed = {
            feature: sum([weight << (_WIDTH * i) for i, weight in enumerate(row)]) for feature, row in model.thousandths.items()
        }
        #: Added to a total, so that no sum in it is below nought.
        self._shifts = [_WIDTH * i for i in range(len(model.types))]
        self._shift = sum(_HALF << shift for shift in self._shifts)
        self._clauses: dict[str, Kept[int]] = {}
        self._form, self._told = lru_cache(_KEPT)(self._form_sum), lru_cache(_KEPT)(self._told_sum)
        self._near = {side: [Kept(partial(self._word_near, side, i)) for i in range(_NEAR)] for side in "lr"}
        self._further = {side: Kept(partial(self._word_further, side)) for side in "lr"}

    def judge(self, place: Place, words: Words, naming: Naming | None, told: tuple[str, ...], text: list[str]) -> tuple[str, float]:
        """Return the likeliest kind and the probability that the number is data; arguments as of :func:`features`."""
        quantity, held = place.quantity, self._packed
        measure = quantity.measures or "bare"
        total = self._shift + self._form(_form(quantity)) + self._told(told, naming.how if naming else "no", measure)
        for feature in text:
            total += held.get(feature, 0) + held.get(feature + measure, 0)
        if naming:
            total += self._sum(_name_features(naming.name, measure))
        for side, near in (("l", words.before(quantity.before)), ("r", words.after(quantity.span.end))):
            size = _clause_size(near)
            if near:
                total += held.get(f"{side}m:{near[0]}{measure}", 0) + held.get(f"{side}2:{''.join(near[:2])}", 0)
            for weights, word in zip(self._near[side], near, strict=False):
                total += weights[word]
            total += sum(map(self._clause(side, measure).__getitem__, set(near[:size])))
            total += sum(map(self._further[side].__getitem__, set(near[size:])))
        return _likeliest([(total >> shift & _MASK) - _HALF for shift in self._shifts], self._types)

    def _sum(self, features: Iterable[str]) -> int:
        return sum(map(self._packed.get, features, repeat(0)))

    def _form_sum(self, form: tuple[str, str, str, bool, bool]) -> int:
        return self._sum(["B", *_form_features(form)])

    def _told_sum(self, told: tuple[str, ...], how: str, measure: str) -> int:
        return self._sum(_told_features(told, how, measure))

    def _clause(self, side: str, measure: str) -> Kept[int]:
        """Return the weights of the words of a number's clause."""
        key = side + measure
        if key not in self._clauses:
            self._clauses[key] = Kept(partial(self._word_of_clause, side, measure))
        return self._clauses[key]

    def _word_of_clause(self, side: str, measure: str, word: str) -> int:
        return self._sum((f"{side}c:{word}", f"{side}cm:{word}{measure}"))

    def _word_further(self, side: str, word: str) -> int:
        return self._sum((f"{side}s:{word}",))

    def _word_near(self, side: str, distance: int, word: str) -> int:
        return self._sum((f"{side}{distance}:{word}", f"{side}:{word}"))
