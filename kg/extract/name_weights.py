"""Score the names of a number; what recurs is summed once and kept: the weights of each word and of each sort of number.

Weights are whole thousandths, so that the order of adding changes no sum. :meth:`kg.extract.wording.Wording.features` names the features
one by one, for training; a test holds the sums here against it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kg.extract.kept import Kept
from kg.extract.letters import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kg.extract.wording import Wording
    from kg.extract.words import Vocabulary, Word

    #: By feature the weight in thousandths.
    Weights = Mapping[str, tuple[int, ...]]

T = TypeVar("T")

#: Where a distance or length is told no more exactly.
FAR, LONG = 12, 20
#: Words from the number at which a name left of it may end, at which one on both sides may begin and end, and one right of it may begin.
FURTHEST, JOINT, STARTS = 8, 6, 2
#: How a name may lie to the one that the rules give: the same, part of it, longer, other.
RELATIONS = ("eq", "in", "has", "no")
#: Sorts of numbers kept; words are kept as long as their vocabulary is.
_KEPT = 1 << 10


def relation_of(name: str, ruled: str) -> int:
    """Return how a name lies to the one that the rules give, as a place in ``RELATIONS``."""
    if len(name) > len(ruled):
        return 2 if ruled in name else 3
    return 0 if name == ruled else 1 if name in ruled else 3


class OfWord(NamedTuple):
    """Hold a word's sums by its place to a name: before it, first, second before it, after it, last, inside.

    Attributes:
        leads: What it adds before a name, by the first word's joint class.
        closes: What it adds as the last of a name, by the joint class of the word after.
    """

    joint: str
    before: int
    first: int
    second: int
    after: int
    last: int
    inside: int
    leads: Kept[int]
    closes: Kept[int]


class OfSide(NamedTuple):
    """Hold what the place of a border word on one side of the number says.

    Attributes:
        begin: By distance, for a first word that is no more than that.
        end: The same for a last word.
        begin_more: What it adds where the first word begins the phrase left of the number, that right of it, or the number's clause.
        end_more: What it adds where the last word ends the phrase left or right of the number.
    """

    begin: list[int]
    end: list[int]
    begin_more: tuple[int, int, int]
    end_more: tuple[int, int]


class OfSort(NamedTuple):
    """Hold what the sort of a number says of every name: what it measures, its kind, how the rules name it.

    Attributes:
        beside: By place: ``L`` left of the number, ``E`` further left, ``R`` right, ``J`` on both sides.
        lengths: By length of the name.
        relations: By relation to the rules' name, as in ``RELATIONS``.
        noun: For a name with the noun of its sort.
    """

    beside: dict[str, int]
    lengths: list[int]
    relations: list[int]
    noun: int


class _ByNumber(dict[int, T]):
    """Hold what a function gives of words, by their number in a vocabulary."""

    def __init__(self, make: Callable[[Word], T], vocabulary: Vocabulary) -> None:
        super().__init__()
        self._make, self._words = make, vocabulary.words

    def __missing__(self, number: int) -> T:
        found = self[number] = self._make(self._words[number])
        return found


class _OfVocabulary(NamedTuple):
    """Hold the sums of the words of one vocabulary: by word, and by measure and word what the last word of a name adds with the measure."""

    vocabulary: Vocabulary
    words: _ByNumber[OfWord]
    lasts: dict[str, _ByNumber[int]]


class NameWeights:
    """Hold the weights with what recurs of their sums."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.sort = lru_cache(_KEPT)(self._sort)
        self._held: _OfVocabulary | None = None
        self._nouns: dict[str, Kept[int]] = {}
        self._joints: dict[str, Kept[int]] = {}
        self.counts = [self.of(f"n:{count}") for count in range(LONGEST)]
        self.joint = [self.of(f"jl:{count}") for count in range(LONGEST)], [self.of(f"jr:{count}") for count in range(LONGEST)]
        self.sides = {side: self._side(side) for side in "LR"}

    def of(self, feature: str) -> int:
        """Return the weight of a feature."""
        row = self._weights.get(feature)
        return 0 if row is None else row[0]

    def sum(self, features: Iterable[str]) -> int:
        """Return the sum of the weights of some features."""
        return sum([row[0] for row in map(self._weights.get, features) if row is not None])

    def scores(self, wording: Wording) -> list[int]:
        """Return the score of each candidate."""
        ruled, measure, tail = wording.ruled, wording.measure, -len(wording.noun)
        sort = self.sort(measure, wording.kind, ruled.how if ruled else "")
        low, kept = min(wording.left.start, wording.right.start), self._kept(wording.words.vocabulary)
        # From two before the first word looked at to one after the last; number 0 is the edge of a text.
        numbers = [0] * (2 - low) + wording.words.numbers[max(low - 2, 0) : wording.right.stop + 1] + [0]
        sums = list(map(kept.words.__getitem__, numbers))
        begins, ends = self._begins(wording, sort, sums), self._ends(wording, sort, sums, list(map(self._lasts(kept, measure), numbers)))
        # Running sums, so that the words inside cost one subtraction; those from the word after the first.
        inner = list(accumulate([held.inside for held in sums[2:]], initial=0))
        lengths, relations, counts, rule = sort.lengths, sort.relations, self.counts, ruled.name if ruled else ""
        score, scores, nouns = 0, [], self._tails(measure)
        for name, how, first, last, own, noun in wording.runs:
            if noun:
                score += sort.noun + nouns[name[tail - 2 : tail]]
                scores.append(score)
                continue
            score = lengths[len(name)]
            if rule:
                score += relations[relation_of(name, rule)]
            if last >= 0:
                score += begins[how][first] + ends[how][last]
                if how != "J":
                    score += counts[last - first]
                    if last > first:
                        score += inner[last - low] - inner[first + 1 - low]
            if own:
                score += self.sum(own)
            scores.append(score)
        return scores

    def _tails(self, measure: str) -> Kept[int]:
        """Return what the last two letters of a name say of the noun that a measure's names take, by these letters."""
        if measure not in self._nouns:
            self._nouns[measure] = Kept(lambda tail: self.of(f"noun:{measure}{tail}"))
        return self._nouns[measure]

    def _begins(self, wording: Wording, sort: OfSort, sums: list[OfWord]) -> dict[str, dict[int, int]]:
        """Return by place (``L``, ``R``, ``J``) and word what speaks for names that begin there."""
        left, right, starts, known = wording.left, wording.right, wording.words.starts, wording.known.starts
        back, phrases = 2 - min(left.start, right.start), wording.phrases
        borders = phrases[0].span.start, phrases[1].span.start, wording.place.clause
        quantity = wording.place.quantity
        found: dict[str, dict[int, int]] = {}
        for side, indices, number, beside in (
            ("L", left, quantity.before, 0),
            ("R", right[:STARTS], quantity.span.end, sort.beside["R"]),
        ):
            held, by_distance, more = {}, self.sides[side].begin, self.sides[side].begin_more
            for i in indices:
                k, at = i + back, starts[i]
                first, before = sums[k], sums[k - 1]
                score = beside + before.leads[first.joint] + first.first + before.before
                score += sums[k - 2].second + by_distance[min(abs(number - at), LONG)]
                if at in borders:
                    score += sum([weight for weight, same in zip(more, borders, strict=True) if same == at])
                if at in known:
                    score += self.sum([f"bk{side}:{kind}" for _, kind in known[at]])
                held[i] = score
            found[side] = held
        if right:
            distances, beside, held = self.joint[0], sort.beside["J"], found["L"]
            found["J"] = {i: held[i] + distances[left.stop - i] + beside for i in left[-JOINT:]}
        return found

    def _ends(self, wording: Wording, sort: OfSort, sums: list[OfWord], lasts: list[int]) -> dict[str, dict[int, int]]:
        """Return by place and word what speaks for names that end there."""
        left, right, stops, known = wording.left, wording.right, wording.words.ends, wording.known.ends
        back, phrases = 2 - min(left.start, right.start), wording.phrases
        left_end, right_end = phrases[0].span.end, phrases[1].span.end
        quantity = wording.place.quantity
        found: dict[str, dict[int, int]] = {}
        for side, indices, number, beside in (
            ("L", left[-FURTHEST:], quantity.before, sort.beside["E"]),
            ("R", right, quantity.span.end, 0),
        ):
            held, by_distance, more = {}, self.sides[side].end, self.sides[side].end_more
            for j in indices:
                k, at = j + back, stops[j]
                last, after = sums[k], sums[k + 1]
                score = beside + last.closes[after.joint] + last.last + lasts[k] + after.after + by_distance[min(abs(number - at), FAR)]
                if at == left_end:
                    score += more[0]
                if at == right_end:
                    score += more[1]
                if at in known:
                    score += self.sum([f"ek{side}:{kind}" for kind in known[at]])
                held[j] = score
            found[side] = held
        if left:
            found["L"][left.stop - 1] += sort.beside["L"] - sort.beside["E"]
        if right:
            distances, held = self.joint[1], found["R"]
            found["J"] = {j: held[j] + distances[j - right.start] for j in right[:JOINT]}
        return found

    def _kept(self, vocabulary: Vocabulary) -> _OfVocabulary:
        kept = self._held
        if kept is None or kept.vocabulary is not vocabulary:
            kept = self._held = _OfVocabulary(vocabulary, _ByNumber(self._word, vocabulary), {})
        return kept

    def _lasts(self, kept: _OfVocabulary, measure: str) -> Callable[[int], int]:
        """Return what tells of a word by its number what it adds, with the measure, as the last of a name."""
        found = kept.lasts.get(measure)
        if found is None:
            found = kept.lasts[measure] = _ByNumber(
                lambda word: self.sum((f"L{word.text}{measure}", f"L{word.joint}{measure}")), kept.vocabulary
            )
        return found.__getitem__

    def _word(self, word: Word) -> OfWord:
        roles = [self.sum(word.features(role)) for role in "PFNL"]
        return OfWord(
            word.joint,
            roles[0],
            roles[1],
            self.of(f"O{word.joint}"),
            roles[2],
            roles[3],
            self.sum((f"I{word.joint}", f"Iw{word.text}")),
            self._joint(f"PF{word.joint}>"),
            self._joint(f"LN{word.joint}>"),
        )

    def _joint(self, feature: str) -> Kept[int]:
        """Return what a pair of classes says, by the second one; few differ."""
        if feature not in self._joints:
            self._joints[feature] = Kept(lambda joint: self.of(feature + joint))
        return self._joints[feature]

    def _side(self, side: str) -> OfSide:
        begins, ends = (f"bl{side}:", f"br{side}:", f"bc{side}:"), (f"el{side}:", f"er{side}:")
        begin, end = (self.sum([f"{name}False" for name in names]) for names in (begins, ends))
        more = [self.of(f"{name}True") - self.of(f"{name}False") for name in (*begins, *ends)]
        return OfSide(
            [begin + self.of(f"b{side}:{distance}") for distance in range(LONG + 1)],
            [end + self.of(f"e{side}:{distance}") for distance in range(FAR + 1)],
            (more[0], more[1], more[2]),
            (more[3], more[4]),
        )

    def _sort(self, measure: str, kind: str, how: str) -> OfSort:
        sizes = [min(size, LONG) for size in range(LONGEST + 1)]
        return OfSort(
            {side: self.sum((f"s:{side}{measure}", f"s:{side}{measure}{kind}")) for side in "LERJ"},
            [self.sum((f"len:{size}", f"len:{size // 2}{measure}")) for size in sizes],
            [self.sum((f"r:{name}", f"r:{name}{how}", f"r:{name}{how}{measure}")) for name in RELATIONS],
            self.sum((f"noun:{measure}", f"noun:{measure}{kind}")),
        )
