"""Score spans of words as measures, target groups and programs with a linear model whose features add up.

A span's score is the sum of what its left border, its right border and the words inside say, so that all spans of a clause are
scored with a few additions each (the idea of the semi-Markov model, Sarawagi and Cohen 2004, without its normalisation over
segmentations: each span has a logistic probability of its own, which then serves as confidence).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy import bool_, int64
    from numpy.typing import NDArray

    from kg.extract.tokens import Tokens

LONGEST = 18
#: Words to its right that a verb or preposition governs, and the distance from which it is told no more exactly.
_REACH, _FURTHEST = 16, 6
_QUOTES = {"“": "open", "”": "close", "(": "paren", ")": "paren", "《": "title", "》": "title"}
OPENING, CLOSING = frozenset("“(《"), frozenset("”)》")
#: Roles of a word for a span: two before, before, first, last, after, two after, inside.
ROLES = "OPFLNMI"
#: Classes whose words never begin or end a span.
NEVER_FIRST = frozenset({"break", "particle", "conjunction", "close"})
NEVER_LAST = frozenset({"break", "particle", "conjunction", "open", "preposition"})
#: Bits that tell of a word what the arrays of a text need.
ACT, PREPOSITION, MAY_BEGIN, MAY_END, OPENS, CLOSES = (1 << n for n in range(6))


class Word(NamedTuple):
    """Hold what the features need of one word."""

    text: str
    tag: str
    classes: tuple[str, ...]
    joint: str

    def features(self, role: str) -> list[str]:
        """Return the word's features in a role (``F`` first, ``L`` last, ``I`` inside, ``P`` before, ``N`` after …)."""
        found = [f"{role}w{self.text}", f"{role}t{self.tag}", f"{role}s{self.text[-1]}", f"{role}l{min(len(self.text), 5)}"]
        found += [f"{role}c{name}" for name in self.classes]
        if role == "F":
            found.append(f"{role}a{self.text[0]}")
        if role == "L" and len(self.text) > 1:
            found.append(f"{role}z{self.text[-2:]}")
        return found


class Vocabulary:
    """Tell the classes of words: listed, or by the longest listed ending, or by kind of sign."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._listed: dict[str, list[str]] = {}
        for name in sorted(classes):
            for word in classes[name]:
                self._listed.setdefault(word, []).append(name)
        self.words = [EDGE]
        self.flags = [_flags(EDGE)]
        self._numbers: dict[tuple[str, str], int] = {}

    def read(self, texts: Sequence[str], tags: Sequence[str]) -> list[int]:
        """Return the words' numbers: places in ``words`` and ``flags``, given when a word is first met; 0 is the edge of a text."""
        keys = list(zip(texts, tags, strict=True))
        for key in dict.fromkeys(keys):
            if key not in self._numbers:
                self._numbers[key] = len(self.words)
                self.words.append(self._make(*key))
                self.flags.append(_flags(self.words[-1]))
        return list(map(self._numbers.__getitem__, keys))

    def _make(self, text: str, tag: str) -> Word:
        if text in _QUOTES:
            names: tuple[str, ...] = (_QUOTES[text],)
        elif not text[0].isalnum():
            names = ("break",)
        elif text[0].isdigit():
            names = ("number",)
        else:
            names = tuple(dict.fromkeys(self._listed.get(text, ())))
            if not names:
                ending = next((text[i:] for i in range(1, len(text)) if text[i:] in self._listed), "")
                names = tuple(
                    f"~{name}"
                    for name in dict.fromkeys(self._listed.get(ending, ()))
                    if name not in {"particle", "filler", "conjunction", "preposition", "act"}
                )
        joint = "+".join(names) or tag[:1]
        return Word(_BLANK if text.isspace() else text, tag, names, joint)


#: Stands in features for line breaks and blanks, which a table cannot hold.
_BLANK = "¶"
EDGE = Word("^", "x", ("break",), "break")


def _flags(word: Word) -> int:
    told = {
        ACT: "act" in word.classes,
        PREPOSITION: "preposition" in word.classes,
        MAY_BEGIN: NEVER_FIRST.isdisjoint(word.classes),
        MAY_END: NEVER_LAST.isdisjoint(word.classes),
        OPENS: word.text in OPENING,
        CLOSES: word.text in CLOSING,
    }
    return sum(bit for bit, holds in told.items() if holds)


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
    flags: NDArray[int64]
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
    def contexts(self) -> tuple[list[int], NDArray[int64]]:
        """Return words of which each has a context of its own, and for each word of the text which of them has the same context."""
        import numpy as np

        edged = np.append(self.numbers, 0)
        verb, frame = edged[self.verbs], edged[self.prepositions]
        distance = np.where(self.verbs < 0, 0, np.minimum(np.arange(len(self.words)) - self.verbs, _FURTHEST))
        keys = ((verb * (_FURTHEST + 1) + distance) * len(self.vocabulary.words) + frame) * 2 + self.headings
        _, places, which = np.unique(keys, return_index=True, return_inverse=True)
        return places.tolist(), which

    @cached_property
    def cues(self) -> list[int]:
        """Return the places of verbs of action and prepositions."""
        import numpy as np

        places: list[int] = np.flatnonzero(self.flags & (ACT | PREPOSITION)).tolist()
        return places

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
    flags = np.array([vocabulary.flags[n] for n in found], dtype=np.int64)
    starts = np.full(count, count)
    for start, end in tokens.frames:
        starts[start:end] = start
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
    begins: dict[int, tuple[str, ...]] = {}
    ends: dict[int, tuple[str, ...]] = {}
    types: dict[tuple[int, int], set[str]] = {}
    longest: dict[tuple[str, int, str], int] = {}
    for start, end, type_ in known:
        first, after = tokens.index.get(start), tokens.index.get(end)
        if after is not None:
            longest["end", after - 1, type_] = max(longest.get(("end", after - 1, type_), 0), end - start)
        if first is not None:
            longest["begin", first, type_] = max(longest.get(("begin", first, type_), 0), end - start)
        if first is not None and after is not None:
            types.setdefault((first, after - 1), set()).add(type_)
    for (side, i, type_), size in sorted(longest.items()):
        features = (f"X{side}{type_}", f"X{side}{type_}{min(size, 8)}")
        held = ends if side == "end" else begins
        held[i] = held.get(i, ()) + features
    return begins, ends, {place: "X=" + "+".join(sorted(found)) for place, found in types.items()}
