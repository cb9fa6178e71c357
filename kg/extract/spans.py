"""Score spans of words as measures, target groups and programs with a linear model whose features add up.

A span's score is the sum of what its left border, its right border and the words inside say, so that all spans of a clause are
scored with a few additions each (the idea of the semi-Markov model, Sarawagi and Cohen 2004, without its normalisation over
segmentations: each span has a logistic probability of its own, which then serves as confidence).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.extract.tokens import Tokens

LONGEST = 18
_REACH = 16
_QUOTES = {"“": "open", "”": "close", "(": "paren", ")": "paren", "《": "title", "》": "title"}
OPENING, CLOSING = frozenset("“(《"), frozenset("”)》")
#: Roles of a word for a span: two before, before, first, last, after, two after, inside.
ROLES = "OPFLNMI"
#: Classes whose words never begin or end a span.
NEVER_FIRST = frozenset({"break", "particle", "conjunction", "close"})
NEVER_LAST = frozenset({"break", "particle", "conjunction", "open", "preposition"})


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
        self._known: dict[tuple[str, str], Word] = {}

    def word(self, text: str, tag: str) -> Word:
        """Return the word with its classes."""
        key = (text, tag)
        if key not in self._known:
            self._known[key] = self._make(text, tag)
        return self._known[key]

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


@dataclass(frozen=True)
class Lattice:
    """Hold one text's words with what every span's features are made of.

    Attributes:
        governors: For each word the nearest verb of action to its left in the clause, with its distance, or None.
        frames: For each word the nearest preposition to its left in the clause, or None.
        headings: For each word whether it stands in a heading.
        begins: For each word the features of the known names that begin with it.
        ends: For each word the features of the known names that end with it.
        exact: The feature of a span (first and last word) that is a known name.
    """

    tokens: Tokens
    words: list[Word]
    governors: list[tuple[str, int] | None]
    frames: list[str | None]
    headings: list[bool]
    begins: list[tuple[str, ...]]
    ends: list[tuple[str, ...]]
    exact: dict[tuple[int, int], str]

    def at(self, i: int) -> Word:
        """Return a word, an edge sign outside the text."""
        return self.words[i] if 0 <= i < len(self.words) else EDGE

    def left(self, i: int) -> list[str]:
        """Return the features of a span that begins at a word."""
        first, before = self.words[i], self.at(i - 1)
        found = [*before.features("P"), *self.at(i - 2).features("O"), *first.features("F"), f"PF{before.joint}|{first.joint}"]
        return [*found, *self.context(i), *self.begins[i]]

    def context(self, i: int) -> tuple[str, ...]:
        """Return the features of what governs a span that begins at a word: verb, preposition, heading."""
        governor, frame = self.governors[i], f"R{self.frames[i]}"
        found = (f"G{governor[0]}", f"Gd{governor[1]}", frame) if governor else ("G-", frame)
        return (*found, "H") if self.headings[i] else found

    def right(self, j: int) -> list[str]:
        """Return the features of a span whose last word is ``j``."""
        last, after = self.words[j], self.at(j + 1)
        return [*last.features("L"), *after.features("N"), *self.at(j + 2).features("M"), f"LN{last.joint}|{after.joint}", *self.ends[j]]

    def inside(self, i: int) -> list[str]:
        """Return the features of a word inside a span."""
        return self.words[i].features("I")

    def joint(self, i: int, j: int) -> list[str]:
        """Return the features that need both borders of a span."""
        governor = self.governors[i]
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
    words = [vocabulary.word(text, tag) for text, tag in zip(tokens.words, tokens.tags, strict=True)]
    governors: list[tuple[str, int] | None] = [None] * len(words)
    frames: list[str | None] = [None] * len(words)
    for start, end in tokens.frames:
        verb: tuple[str, int] | None = None
        frame: tuple[str, int] | None = None
        for i in range(start, end):
            governors[i] = (verb[0], min(i - verb[1], 6)) if verb and i - verb[1] <= _REACH else None
            frames[i] = frame[0] if frame and i - frame[1] <= _REACH else None
            if "act" in words[i].classes:
                verb = (words[i].text, i)
            if "preposition" in words[i].classes:
                frame = (words[i].text, i)
    marks = [False] * len(words)
    for first, last in headings:
        for i in range(tokens.index.get(first, len(words)), len(words)):
            if tokens.starts[i] >= last:
                break
            marks[i] = True
    return Lattice(tokens, words, governors, frames, marks, *_known(tokens, known))


def _known(
    tokens: Tokens, known: Sequence[tuple[int, int, str]]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], dict[tuple[int, int], str]]:
    """Return the features of known names by their first word, by their last word, and by both (the lexicon's say in the model)."""
    begins: list[tuple[str, ...]] = [()] * len(tokens.words)
    ends: list[tuple[str, ...]] = [()] * len(tokens.words)
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
        if side == "end":
            ends[i] += features
        else:
            begins[i] += features
    return begins, ends, {place: "X=" + "+".join(sorted(found)) for place, found in types.items()}
