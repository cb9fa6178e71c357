"""Choose the words that name a number: a linear model (``models/names.tsv``) over the phrases around it.

Each run of words before the number, after it, or on both sides is a candidate, so are the measures named before it, alone and with the words at
the number, and the name that the rules give; a duration, a share or a rate may take the noun of its sort at its end (``社会保险补贴`` with
``期限``). A candidate's score is the sum of what its borders, its words and its place say, so that all are scored with a few additions each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.naming import Naming, is_name
from kg.extract.words import EDGE
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.extract.indicator import Grammar, Phrase
    from kg.extract.naming import Place
    from kg.extract.spans import Word
    from kg.extract.weighing import Words
    from kg.model import Mention

    #: By feature the weight in thousandths: no order of adding changes a sum.
    Weights = Mapping[str, tuple[int, ...]]

#: Words that a name may have, words from the number at which it may end, and words looked at on each side.
_LONGEST, _FURTHEST, _LEFT, _RIGHT, _JOINT, _STARTS = 10, 8, 18, 10, 6, 2
_LONGEST_NAME = 40
#: Where a distance or length is told no more exactly.
_FAR, _LONG = 12, 20
_MEASURES = 2
_BREAKS = frozenset(",;:。!?\n|")
_DROPPED = dict.fromkeys(map(ord, "“”‘’\"' \t\n"))


class Known:
    """Hold where known names stand: by their start, by their end, and the measures in their order."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self.starts: dict[int, list[tuple[int, str]]] = {}
        self.ends: dict[int, list[str]] = {}
        for mention in mentions:
            self.starts.setdefault(mention.span.start, []).append((mention.span.end, mention.entity.type))
            self.ends.setdefault(mention.span.end, []).append(mention.entity.type)
        self.measures = sorted(mention.span for mention in mentions if mention.entity.type == "Measure")

    def measures_before(self, start: int, end: int) -> list[Span]:
        """Return the last measures named between two offsets, the nearest first."""
        last = bisect_left(self.measures, Span(end, end))
        return [span for span in self.measures[max(last - _MEASURES, 0) : last][::-1] if span.start >= start and span.end <= end]


class Candidate(NamedTuple):
    """Hold one name, the span that shows it with the number, its border words and its words (as keys), and its own features."""

    name: str
    span: Span
    first: tuple[str, int] | None
    last: tuple[str, int] | None
    inside: range
    own: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Wording:
    """Hold what the candidates of one number share, and the candidates.

    Attributes:
        ruled: The name that the rules give.
        kind: What kind of observation it is.
    """

    place: Place
    words: Words
    phrases: tuple[Phrase, Phrase]
    ruled: Naming | None
    kind: str
    known: Known
    rules: Grammar
    candidates: list[Candidate] = field(default_factory=list)
    linkers: str = field(init=False)
    noun: str = field(init=False)
    relations: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what is the same for all candidates: the particles that no name begins or ends with, the noun of the sort."""
        self.linkers = "、" + "".join(sorted(self.rules.words["linkers"]))
        rated = self._measure != "money" or self.kind == "standard"
        self.noun = next(iter(self.rules.words.get(f"{self._measure}_noun", ())), "") if rated else ""
        how = self.ruled.how if self.ruled else ""
        self.relations = {name: (f"r:{name}", f"r:{name}{how}", f"r:{name}{how}{self._measure}") for name in ("eq", "in", "has", "no")}

    @property
    def _measure(self) -> str:
        return self.place.quantity.measures or "bare"

    def gather(self) -> Wording:
        """Find all candidates."""
        quantity = self.place.quantity
        last, first = bisect_right(self.words.ends, quantity.before), bisect_left(self.words.starts, quantity.span.end)
        rights = []
        for j in range(first, min(first + _RIGHT, len(self.words.texts))):
            if self.words.texts[j][0] in _BREAKS:
                break
            rights.append(j)
        self._before(last)
        self._after(rights)
        if rights:
            self._around(last, rights)
        self._measures()
        if self.ruled is not None and all(found.name != self.ruled.name for found in self.candidates):
            self._add(self.ruled.name, self.ruled.span, None, None, (("s:rule", f"s:rule{self.ruled.how}{self._measure}"),))
        return self

    def features(self, candidate: Candidate) -> list[str]:
        """Return all features of a candidate, for training."""
        found = [feature for group in candidate.own for feature in group]
        found += self._begin(*candidate.first) if candidate.first else ()
        found += self._end(*candidate.last) if candidate.last else ()
        return found + [feature for k in candidate.inside for feature in self._inner(k)]

    def best(self, weights: Weights) -> tuple[Candidate, float]:
        """Return the likeliest candidate and its probability among all."""
        begins = {key: _sum(self._begin(*key), weights) for key in {c.first for c in self.candidates} if key}
        ends = {key: _sum(self._end(*key), weights) for key in {c.last for c in self.candidates} if key}
        groups = {group: _sum(group, weights) for group in {group for c in self.candidates for group in c.own}}
        # Running sums, so that the words inside cost one subtraction.
        low = min((c.inside.start for c in self.candidates if c.inside), default=0)
        high = max((c.inside.stop for c in self.candidates if c.inside), default=0)
        inner = list(accumulate((_sum(self._inner(k), weights) for k in range(low, high)), initial=0))
        scores = []
        for _, _, first, last, inside, own in self.candidates:
            score = sum([groups[group] for group in own])
            if first and last:
                score += begins[first] + ends[last]
            if inside:
                score += inner[inside.stop - low] - inner[inside.start - low]
            scores.append(score)
        best = max(range(len(scores)), key=lambda i: (scores[i], -i))
        return self.candidates[best], 1 / sum(exp((score - scores[best]) / 1000) for score in scores)

    def _before(self, last: int) -> None:
        """Add the runs of words before the number."""
        view, measure = self.place.scene.view, self._measure
        for j in range(max(last - _FURTHEST, 0), last):
            side = ("L" if j == last - 1 else "E") + measure
            beside = f"s:{side}", f"s:{side}{self.kind}"
            for i in range(j, max(j - _LONGEST, last - _LEFT, -1), -1):
                if self.words.texts[i][0] in _BREAKS:
                    break
                start, end = self.words.starts[i], self.words.ends[j]
                own = beside, (f"n:{j - i}",), self._exact(start, end)
                self._add(view[start:end], Span(start, self.place.quantity.span.end), ("L", i), ("L", j), own)

    def _after(self, rights: list[int]) -> None:
        """Add the runs of words after the number."""
        view, measure = self.place.scene.view, self._measure
        beside = f"s:R{measure}", f"s:R{measure}{self.kind}"
        for i in rights[:_STARTS]:
            for j in rights:
                if i <= j < i + _LONGEST:
                    start, end = self.words.starts[i], self.words.ends[j]
                    own = beside, (f"n:{j - i}",), self._exact(start, end)
                    self._add(view[start:end], Span(self.place.quantity.span.start, end), ("R", i), ("R", j), own)

    def _around(self, last: int, rights: list[int]) -> None:
        """Add what stands before the number together with what stands after it."""
        view, measure, tail = self.place.scene.view, self._measure, self.phrases[0].span.end
        after, beside = self.words.starts[rights[0]], (f"s:J{measure}", f"s:J{measure}{self.kind}")
        for i in range(last - 1, max(last - 1 - _JOINT, -1), -1):
            if self.words.texts[i][0] in _BREAKS:
                break
            start = self.words.starts[i]
            for j in rights[:_JOINT] if start < tail else ():
                end = self.words.ends[j]
                own = beside, (f"jl:{last - i}", f"jr:{j - rights[0]}")
                self._add(view[start:tail] + view[after:end], Span(start, end), ("L", i), ("R", j), own)

    def _measures(self) -> None:
        """Add the measures named before the number, alone and together with the phrase at the number."""
        place, left = self.place, self.phrases[0]
        for rank, span in enumerate(self.known.measures_before(place.sentence.start, place.quantity.before)):
            words, shown = place.scene.view[span.start : span.end], Span(span.start, place.quantity.span.end)
            beside = [(words, "M")] if span.start < left.span.start else []
            if left.text and span.end <= left.span.start:
                beside += [(left.text + words, "LM"), (words + left.text, "ML")]
            for name, how in beside:
                own = f"s:{how}", f"s:{how}{rank}{self._measure}{self.kind}", f"s:{how}{min(len(left.text), 6)}"
                self._add(name, shown, None, None, (own,))

    def _add(
        self, name: str, span: Span, first: tuple[str, int] | None, last: tuple[str, int] | None, own: tuple[tuple[str, ...], ...]
    ) -> None:
        """Add a candidate, and another one with the noun of its sort."""
        name = name.translate(_DROPPED).strip(self.linkers)
        if len(name) > _LONGEST_NAME or not is_name(name):
            return
        measure, ruled = self._measure, self.ruled
        size = min(len(name), _LONG)
        own += ((f"len:{size}", f"len:{size // 2}{measure}"),)
        if ruled is not None:
            relation = "eq" if name == ruled.name else "in" if name in ruled.name else "has" if ruled.name in name else "no"
            own += (self.relations[relation],)
        inside = range(first[1] + 1, last[1]) if first and last and first[0] == last[0] else range(0)
        self.candidates.append(Candidate(name, span, first, last, inside, own))
        noun = self.noun
        if noun and not self.rules.ends(name, "measure_nouns"):
            more = f"noun:{measure}", f"noun:{measure}{name[-2:]}", f"noun:{measure}{self.kind}"
            self.candidates.append(Candidate(name + noun, span, first, last, inside, (*own, more)))

    def _word(self, index: int) -> Word:
        return self.words.words[index] if 0 <= index < len(self.words.words) else EDGE

    def _begin(self, side: str, index: int) -> list[str]:
        """Return the features of a first word."""
        before, word, at = self._word(index - 1), self._word(index), self.words.starts[index]
        number = self.place.quantity.before if side == "L" else self.place.quantity.span.end
        found = [*before.features("P"), *word.features("F"), f"PF{before.joint}>{word.joint}", f"O{self._word(index - 2).joint}"]
        left, right = self.phrases
        found += [f"b{side}:{min(abs(number - at), _LONG)}", f"bl{side}:{at == left.span.start}", f"br{side}:{at == right.span.start}"]
        found += [f"bc{side}:{at == self.place.clause}", *(f"bk{side}:{kind}" for _, kind in self.known.starts.get(at, ()))]
        return found

    def _end(self, side: str, index: int) -> list[str]:
        """Return the features of a last word."""
        after, word, at = self._word(index + 1), self._word(index), self.words.ends[index]
        number, measure = self.place.quantity.before if side == "L" else self.place.quantity.span.end, self._measure
        found = [
            *after.features("N"),
            *word.features("L"),
            f"LN{word.joint}>{after.joint}",
            f"L{word.text}{measure}",
            f"L{word.joint}{measure}",
        ]
        left, right = self.phrases
        found += [f"e{side}:{min(abs(number - at), _FAR)}", f"el{side}:{at == left.span.end}", f"er{side}:{at == right.span.end}"]
        return found + [f"ek{side}:{kind}" for kind in self.known.ends.get(at, ())]

    def _inner(self, index: int) -> list[str]:
        word = self._word(index)
        return [f"I{word.joint}", f"Iw{word.text}"]

    def _exact(self, start: int, end: int) -> tuple[str, ...]:
        return tuple([f"k:{kind}" for stop, kind in self.known.starts.get(start, ()) if stop == end])


def _sum(features: Iterable[str], weights: Weights) -> int:
    return sum([row[0] for row in map(weights.get, features) if row is not None])
