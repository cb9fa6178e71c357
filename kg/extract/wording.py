"""Choose the words that name a number: a linear model (``models/names.tsv``) over the phrases around it.

Each run of words before the number, after it, or on both sides is a candidate, so are the measures named before it, alone and with the words at
the number, and the name that the rules give; a duration, a share or a rate may take the noun of its sort at its end (``社会保险补贴`` with
``期限``). A candidate's score is the sum of what its borders, its words and its place say, so that all are scored with a few additions each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.letters import DROPPED, LONGEST, NAMES
from kg.extract.name_weights import FAR, FURTHEST, JOINT, LONG, RELATIONS, STARTS, NameWeights, relation_of
from kg.extract.naming import Naming, is_name
from kg.extract.words import EDGE
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.indicator import Grammar, Phrase
    from kg.extract.letters import Letters
    from kg.extract.name_weights import Weights
    from kg.extract.naming import Place
    from kg.extract.spans import Word
    from kg.extract.weighing import Words
    from kg.model import Mention

#: Words that a name may have, and words looked at on each side.
_LONGEST, _LEFT, _RIGHT = 10, 18, 10
_MEASURES = 2
_BREAKS = frozenset(",;:。!?\n|")


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
    """Hold one name.

    Attributes:
        name: The name.
        how: Words left of the number (``L``), right of it (``R``), on both sides (``J``), a measure (``M``), or the rules' name (``N``).
        first: Index of its first word; for a measure, where the measure starts in the view.
        last: Index of its last word; -1 where it is no run of words.
        own: Features that few others share.
        noun: Whether the noun of its sort stands at its end; then it follows the candidate without.
    """

    name: str
    how: str
    first: int
    last: int
    own: tuple[str, ...]
    noun: bool


@dataclass(slots=True)
class Wording:
    """Hold what the candidates of one number share, and the candidates.

    Attributes:
        ruled: The name that the rules give.
        kind: What kind of observation it is.
        runs: The candidates, as plain tuples, of which many are made.
        left: Words that stand before the number and may begin a name.
        right: The same after it.
    """

    place: Place
    words: Words
    phrases: tuple[Phrase, Phrase]
    ruled: Naming | None
    kind: str
    known: Known
    rules: Grammar
    runs: list[tuple[str, str, int, int, tuple[str, ...], bool]] = field(default_factory=list)
    linkers: str = field(init=False)
    noun: str = field(init=False)
    measure: str = field(init=False)
    _letters: Letters = field(init=False)
    left: range = field(default=range(0))
    right: range = field(default=range(0))

    def __post_init__(self) -> None:
        """Prepare what is the same for all candidates: the particles that no name begins or ends with, the noun of the sort."""
        self.measure = self.place.quantity.measures or "bare"
        self._letters = self.words.letters
        self.linkers = "、" + "".join(sorted(self.rules.words["linkers"]))
        rated = self.measure != "money" or self.kind == "standard"
        self.noun = next(iter(self.rules.words.get(f"{self.measure}_noun", ())), "") if rated else ""

    def gather(self) -> Wording:
        """Find all candidates."""
        quantity, texts = self.place.quantity, self.words.texts
        last, first = bisect_right(self.words.ends, quantity.before), bisect_left(self.words.starts, quantity.span.end)
        stop = first
        while stop < min(first + _RIGHT, len(texts)) and texts[stop][0] not in _BREAKS:
            stop += 1
        self.right = range(first, stop)
        self._before(last)
        self._after()
        if self.right:
            self._around(last)
        self._measures()
        if self.ruled is not None and self.ruled.name not in [run[0] for run in self.runs]:
            self._add(self.ruled.name, "N", 0, ("s:rule", f"s:rule{self.ruled.how}{self.measure}"))
        return self

    @property
    def candidates(self) -> list[Candidate]:
        """Return the candidates."""
        return [Candidate(*run) for run in self.runs]

    def span(self, candidate: Candidate) -> Span:
        """Return the span that shows a name with the number."""
        _, how, first, last, _, _ = candidate
        number, words = self.place.quantity.span, self.words
        if how == "N" and self.ruled is not None:
            return self.ruled.span
        start = number.start if how == "R" else first if how == "M" else words.starts[first]
        return Span(start, words.ends[last] if how in "RJ" else number.end)

    def features(self, candidate: Candidate) -> list[str]:
        """Return all features of a candidate, for training."""
        name, how, first, last, own, noun = candidate
        measure, kind, ruled, left, right = self.measure, self.kind, self.ruled, self.left, self.right
        side = "E" if how == "L" and last < left.stop - 1 else how
        found = [f"s:{side}{measure}", f"s:{side}{measure}{kind}"] if last >= 0 else []
        if how == "J":
            found += [f"jl:{left.stop - first}", f"jr:{last - right.start}"]
        elif last >= 0:
            found.append(f"n:{last - first}")
        plain = name.removesuffix(self.noun) if noun else name
        size = min(len(plain), LONG)
        found += [*own, f"len:{size}", f"len:{size // 2}{measure}"]
        if ruled is not None:
            relation = RELATIONS[relation_of(plain, ruled.name)]
            found += [f"r:{relation}", f"r:{relation}{ruled.how}", f"r:{relation}{ruled.how}{measure}"]
        if noun:
            found += [f"noun:{measure}", f"noun:{measure}{plain[-2:]}", f"noun:{measure}{kind}"]
        if last >= 0:
            found += self._begin("R" if how == "R" else "L", first) + self._end("L" if how == "L" else "R", last)
        inside = range(first + 1, last) if how in "LR" else range(0)
        return found + [feature for k in inside for feature in (f"I{self._word(k).joint}", f"Iw{self._word(k).text}")]

    def best(self, weights: Weights | NameWeights) -> tuple[Candidate, float]:
        """Return the likeliest candidate and its probability among all."""
        table = weights if isinstance(weights, NameWeights) else NameWeights(weights)
        scores = table.scores(self)
        top = max(scores)
        return Candidate(*self.runs[scores.index(top)]), 1 / sum([exp((score - top) / 1000) for score in scores])

    def _before(self, last: int) -> None:
        """Add the runs of words before the number."""
        words, letters, linkers, known = self.words, self._letters, self.linkers, self.known.starts
        text, sums, runs, noun = letters.text, letters.sums, self.runs, self.noun
        floor = reach = low = max(last - _LEFT + 1, 0)
        nearest = max(last - FURTHEST, 0)
        firsts: dict[int, int] = {}
        for j in range(low, last):
            if words.texts[j][0] in _BREAKS:
                floor = j + 1
                if j <= nearest:
                    reach = floor
                continue
            firsts[j] = letters.first(words.starts[j], linkers)
            if j < nearest:
                continue
            end = words.ends[j]
            after = letters.last(end, linkers)
            nouns = noun and self.rules.ends(text[max(after - LONGEST, 0) : after], "measure_nouns")
            # What Letters.name and self._keep do, without a call for each of many runs; shorter ones lie in longer ones.
            for i in range(j, max(j - _LONGEST, floor - 1), -1):
                start = firsts[i]
                if after - start > LONGEST:
                    break
                if sums[after] - sums[start] in NAMES:
                    at = words.starts[i]
                    own = tuple([f"k:{kind}" for stop, kind in known[at] if stop == end]) if at in known else ()
                    name = text[start:after]
                    runs.append((name, "L", i, j, own, False))
                    if noun and not (nouns and self.rules.ends(name, "measure_nouns")):
                        runs.append((name + noun, "L", i, j, own, True))
        self.left = range(reach, last)

    def _after(self) -> None:
        """Add the runs of words after the number."""
        words, letters, linkers, known = self.words, self._letters, self.linkers, self.known.starts
        right = self.right
        lasts = [letters.last(words.ends[j], linkers) for j in right]
        for i in right[:STARTS]:
            at = words.starts[i]
            start = letters.first(at, linkers)
            for j in range(i, right.stop):
                if name := letters.name(start, lasts[j - right.start]):
                    end = words.ends[j]
                    own = tuple([f"k:{kind}" for stop, kind in known[at] if stop == end]) if at in known else ()
                    self._keep(name, "R", i, j, own)

    def _around(self, last: int) -> None:
        """Add what stands before the number together with what stands after it."""
        words, letters, linkers, right = self.words, self._letters, self.linkers, self.right
        tail, after = self.phrases[0].span.end, words.starts[right.start]
        middle, begin, stop = letters.place(tail), letters.place(after), letters.last(tail, linkers)
        lasts = [(j, letters.last(words.ends[j], linkers)) for j in right[:JOINT]]
        for i in range(last - 1, max(last - 1 - JOINT, -1), -1):
            if words.texts[i][0] in _BREAKS:
                break
            if words.starts[i] >= tail:
                continue
            start = letters.first(words.starts[i], linkers)
            for j, end in lasts:
                if start >= middle:  # nothing but linkers before the number
                    name = letters.name(letters.first(after, linkers), end)
                elif end <= begin:  # nothing but linkers after it
                    name = letters.name(start, stop)
                else:
                    name = letters.joined(start, middle, (begin, end))
                if name:
                    self._keep(name, "J", i, j, ())

    def _measures(self) -> None:
        """Add the measures named before the number, alone and together with the phrase at the number."""
        place, left = self.place, self.phrases[0]
        for rank, span in enumerate(self.known.measures_before(place.sentence.start, place.quantity.before)):
            words = place.scene.view[span.start : span.end]
            beside = [(words, "M")] if span.start < left.span.start else []
            if left.text and span.end <= left.span.start:
                beside += [(left.text + words, "LM"), (words + left.text, "ML")]
            for name, how in beside:
                own = f"s:{how}", f"s:{how}{rank}{self.measure}{self.kind}", f"s:{how}{min(len(left.text), 6)}"
                self._add(name, "M", span.start, own)

    def _add(self, name: str, how: str, first: int, own: tuple[str, ...]) -> None:
        """Add a candidate that is no run of words."""
        name = DROPPED.sub("", name).strip(self.linkers)
        if len(name) <= LONGEST and is_name(name):
            self._keep(name, how, first, -1, own)

    def _keep(self, name: str, how: str, first: int, last: int, own: tuple[str, ...]) -> None:
        """Keep a candidate, and another one with the noun of its sort."""
        self.runs.append((name, how, first, last, own, False))
        if self.noun and not self.rules.ends(name, "measure_nouns"):
            self.runs.append((name + self.noun, how, first, last, own, True))

    def _word(self, index: int) -> Word:
        return self.words.words[index] if 0 <= index < len(self.words.words) else EDGE

    def _begin(self, side: str, index: int) -> list[str]:
        """Return the features of a first word."""
        before, word, at = self._word(index - 1), self._word(index), self.words.starts[index]
        number = self.place.quantity.before if side == "L" else self.place.quantity.span.end
        found = [*before.features("P"), *word.features("F"), f"PF{before.joint}>{word.joint}", f"O{self._word(index - 2).joint}"]
        left, right = self.phrases
        found += [f"b{side}:{min(abs(number - at), LONG)}", f"bl{side}:{at == left.span.start}", f"br{side}:{at == right.span.start}"]
        found += [f"bc{side}:{at == self.place.clause}", *(f"bk{side}:{kind}" for _, kind in self.known.starts.get(at, ()))]
        return found

    def _end(self, side: str, index: int) -> list[str]:
        """Return the features of a last word."""
        after, word, at = self._word(index + 1), self._word(index), self.words.ends[index]
        number, measure = self.place.quantity.before if side == "L" else self.place.quantity.span.end, self.measure
        found = [
            *after.features("N"),
            *word.features("L"),
            f"LN{word.joint}>{after.joint}",
            f"L{word.text}{measure}",
            f"L{word.joint}{measure}",
        ]
        left, right = self.phrases
        found += [f"e{side}:{min(abs(number - at), FAR)}", f"el{side}:{at == left.span.end}", f"er{side}:{at == right.span.end}"]
        return found + [f"ek{side}:{kind}" for kind in self.known.ends.get(at, ())]
