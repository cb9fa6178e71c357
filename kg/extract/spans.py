"""Score spans of words as measures, target groups, programs and agencies with a linear model whose features add up.

A span's score is the sum of what its left border, its right border and the words inside say, so that all spans of a clause are
scored with a few additions each (the idea of the semi-Markov model, Sarawagi and Cohen 2004, without its normalisation over
segmentations: each span has a logistic probability of its own, which then serves as confidence).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kg.extract.words import (
    ACT,
    CLOSING,
    EDGE,
    NEVER_FIRST,
    NEVER_LAST,
    OPENING,
    PREPOSITION,
    Vocabulary,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy import bool_, int64, uint8
    from numpy.typing import NDArray

    from kg.extract.tokens import Tokens

__all__ = ["LONGEST", "Lattice", "Vocabulary", "Word", "make_lattice"]

LONGEST = 18
#: Bits that hold the number of a word.
_BITS = 26
#: Words to its right that a verb or preposition governs, and the distance from which it is told no more exactly.
_REACH, _FURTHEST = 16, 6


@dataclass(frozen=True)
class Lattice:
    """Hold one text's words with what every span's features are made of.

    Attributes:
        vocabulary: Where the words' numbers come from.
        numbers: The words' numbers in the vocabulary.
        flags: The bits ``ACT`` and so on of each word.
        verbs: For each word the place of the nearest verb of action to its left in the clause, or -1.
        prepositions: For each word the place of the nearest preposition to its left in the clause, or -1.
        headings: For each word whether it stands in a heading.
        begins: For words with which known names begin, the features of those names.
        ends: For words with which known names end, the features of those names.
        exact: The feature of a span (first and last word) that is a known name.
    """

    tokens: Tokens
    vocabulary: Vocabulary
    words: list[Word]
    numbers: NDArray[int64]
    flags: NDArray[uint8]
    verbs: NDArray[int64]
    prepositions: NDArray[int64]
    headings: NDArray[bool_]
    begins: dict[int, tuple[str, ...]]
    ends: dict[int, tuple[str, ...]]
    exact: dict[tuple[int, int], str]

    def governor(self, i: int) -> tuple[str, int] | None:
        """Return the verb that governs a word, with its distance."""
        verb = int(self.verbs[i])
        return (self.words[verb].text, min(i - verb, _FURTHEST)) if verb >= 0 else None

    @cached_property
    def contexts(self) -> NDArray[int64]:
        """Return for each word the number of its context's features (:meth:`Vocabulary.group`)."""
        import numpy as np

        edged = np.append(self.numbers, 0)
        verb, frame = edged.take(self.verbs), edged.take(self.prepositions)
        distance = np.where(self.verbs < 0, 0, np.minimum(np.arange(len(self.words)) - self.verbs, _FURTHEST))
        keys: list[int] = ((((verb << _BITS) + frame) * (_FURTHEST + 1) + distance) * 2 + self.headings).tolist()
        held, vocabulary = self.vocabulary.contexts, self.vocabulary
        found: list[int | None] = list(map(held.get, keys))
        if None in found:
            for i, number in enumerate(found):
                if number is None:
                    found[i] = held[keys[i]] = vocabulary.group("", self.context(i))
        return np.array(found, dtype=np.int64)

    @cached_property
    def edges(self) -> tuple[tuple[NDArray[int64], NDArray[int64]], tuple[NDArray[int64], NDArray[int64]]]:
        """Return the words with which known names begin and the numbers of their features, and the same of those that end names."""
        import numpy as np

        found = []
        for side, held in (("B", self.begins), ("E", self.ends)):
            numbers = [self.vocabulary.group(side, features) for features in held.values()]
            found.append((np.array(list(held), dtype=np.int64), np.array(numbers, dtype=np.int64)))
        return found[0], found[1]

    @cached_property
    def named(self) -> tuple[NDArray[int64], list[str]]:
        """Return keys of the spans that are known names, sorted, and their features."""
        import numpy as np

        found = sorted((first * len(self.words) + last, feature) for (first, last), feature in self.exact.items())
        return np.array([key for key, _ in found], dtype=np.int64), [feature for _, feature in found]

    def names_at(self, first: NDArray[int64], last: NDArray[int64]) -> NDArray[int64]:
        """Return for each span which of the features of :attr:`named` it has, and their number where it has none."""
        import numpy as np

        keys, wanted = self.named[0], first * len(self.words) + last
        at = np.searchsorted(keys, wanted)
        return np.where(np.append(keys, -1).take(at) == wanted, at, len(keys))

    @cached_property
    def cues(self) -> tuple[list[int], list[str]]:
        """Return how many verbs of action and prepositions stand before each word and in all, and their words in their order."""
        import numpy as np

        marked = self.flags & (ACT | PREPOSITION) > 0
        before: list[int] = np.cumsum(marked).tolist()
        return [0, *before], [self.words[place].text for place in np.flatnonzero(marked).tolist()]

    def at(self, i: int) -> Word:
        """Return a word, an edge sign outside the text."""
        return self.words[i] if 0 <= i < len(self.words) else EDGE

    def left(self, i: int) -> list[str]:
        """Return the features of a span that begins at a word."""
        first, before = self.words[i], self.at(i - 1)
        found = [*before.features("P"), *self.at(i - 2).features("O"), *first.features("F"), f"PF{before.joint}|{first.joint}"]
        return [*found, *self.context(i), *self.begins.get(i, ())]

    def context(self, i: int) -> tuple[str, ...]:
        """Return the features of what governs a span that begins at a word: verb, preposition, heading."""
        place = int(self.prepositions[i])
        governor, frame = self.governor(i), f"R{self.words[place].text if place >= 0 else None}"
        found = (f"G{governor[0]}", f"Gd{governor[1]}", frame) if governor else ("G-", frame)
        return (*found, "H") if self.headings[i] else found

    def right(self, j: int) -> list[str]:
        """Return the features of a span whose last word is ``j``."""
        last, after = self.words[j], self.at(j + 1)
        found = [*last.features("L"), *after.features("N"), *self.at(j + 2).features("M"), f"LN{last.joint}|{after.joint}"]
        return [*found, *self.ends.get(j, ())]

    def inside(self, i: int) -> list[str]:
        """Return the features of a word inside a span."""
        return self.words[i].features("I")

    def joint(self, i: int, j: int) -> list[str]:
        """Return the features that need both borders of a span."""
        governor = self.governor(i)
        size = self.tokens.starts[j + 1] - self.tokens.starts[i]
        last = self.words[j].joint
        found = [
            f"FL{self.words[i].joint}|{last}",
            f"GL{governor[0] if governor else '-'}|{last}",
            f"K{min(j - i, 12)}",
            f"C{min(size, 26)}",
        ]
        return [*found, self.exact[i, j]] if (i, j) in self.exact else found

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield every span (first and last word) that is not cut by a break, begins and ends well and is balanced."""
        for start, end in self.tokens.clauses:
            depth = [0]
            for i in range(start, end):
                depth.append(depth[-1] + (1 if self.words[i].text in OPENING else -1 if self.words[i].text in CLOSING else 0))
            for i in range(start, end):
                if not NEVER_FIRST.isdisjoint(self.words[i].classes):
                    continue
                low = depth[i - start]
                for j in range(i, min(end, i + LONGEST)):
                    if depth[j + 1 - start] < low:
                        break
                    if depth[j + 1 - start] == low and NEVER_LAST.isdisjoint(self.words[j].classes):
                        yield i, j


def make_lattice(
    tokens: Tokens, vocabulary: Vocabulary, headings: Sequence[tuple[int, int]], known: Sequence[tuple[int, int, str]] = ()
) -> Lattice:
    """Return the lattice of a text.

    Args:
        tokens: The text's words.
        vocabulary: Their classes.
        headings: Ranges of the view that are headings, sorted.
        known: Places of names that the lexicon knows, with their type.
    """
    import numpy as np

    found = vocabulary.read(tokens.words, tokens.tags)
    words, count = [vocabulary.words[n] for n in found], len(found)
    numbers = np.array(found, dtype=np.int64)
    flags = np.frombuffer(bytes(vocabulary.flags), dtype=np.uint8).take(numbers)
    starts, ends = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    framed = np.array(tokens.frames, dtype=np.int64).reshape(-1, 2)
    starts[framed[:, 0]], ends[framed[:, 0]] = framed[:, 0], framed[:, 1]
    inside = np.arange(count) < np.maximum.accumulate(ends)
    starts = np.where(inside, np.maximum.accumulate(starts), count)
    marks = np.zeros(count, dtype=np.bool_)
    for first, last in headings:
        marks[tokens.index.get(first, count) : bisect_left(tokens.starts, last)] = True
    verbs, prepositions = _nearest(flags & ACT > 0, starts), _nearest(flags & PREPOSITION > 0, starts)
    return Lattice(tokens, vocabulary, words, numbers, flags, verbs, prepositions, marks, *_known(tokens, known))


def _nearest(marked: NDArray[bool_], starts: NDArray[int64]) -> NDArray[int64]:
    """Return for each word the nearest marked word to its left that is near enough and not before its run's start, else -1."""
    import numpy as np

    places = np.arange(len(marked))
    before = np.maximum.accumulate(np.where(marked, places, -1))
    before = np.concatenate([np.full(min(len(marked), 1), -1), before[:-1]])
    return np.where((before >= starts) & (places - before <= _REACH), before, -1)


def _known(
    tokens: Tokens, known: Sequence[tuple[int, int, str]]
) -> tuple[dict[int, tuple[str, ...]], dict[int, tuple[str, ...]], dict[tuple[int, int], str]]:
    """Return the features of known names by their first word, by their last word, and by both (the lexicon's say in the model)."""
    begins: dict[int, dict[str, int]] = {}
    ends: dict[int, dict[str, int]] = {}
    types: dict[tuple[int, int], set[str]] = {}
    at = tokens.index.get
    for start, end, type_ in known:
        first, after, size = at(start), at(end), end - start
        for place, held in ((first, begins), (None if after is None else after - 1, ends)):
            if place is not None:
                longest = held.setdefault(place, {})
                longest[type_] = max(longest.get(type_, 0), size)
        if first is not None and after is not None:
            types.setdefault((first, after - 1), set()).add(type_)
    return (
        {place: _edge_features("begin", *longest.items()) for place, longest in begins.items()},
        {place: _edge_features("end", *longest.items()) for place, longest in ends.items()},
        {place: "X=" + "+".join(sorted(found)) for place, found in types.items()},
    )


@lru_cache(maxsize=1 << 12)
def _edge_features(side: str, *longest: tuple[str, int]) -> tuple[str, ...]:
    """Return the features of the names that begin or end at a word, given the length of the longest by type."""
    return tuple(f"X{side}{type_}{size}" for type_, longest_size in sorted(longest) for size in ("", min(longest_size, 8)))
