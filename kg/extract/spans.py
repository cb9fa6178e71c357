"""Score spans of words as measures, target groups and programs with a linear model whose features add up.

A span's score is the sum of what its left border, its right border and the words inside say, so that all spans of a clause are
scored with a few additions each (the idea of the semi-Markov model, Sarawagi and Cohen 2004, without its normalisation over
segmentations: each span has a logistic probability of its own, which then serves as confidence).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray

    from kg.domain.spanmodel import SpanModel
    from kg.extract.tokens import Tokens

LONGEST = 18
_REACH = 16
_QUOTES = {"“": "open", "”": "close", "(": "paren", ")": "paren", "《": "title", "》": "title"}
_OPENING, _CLOSING = frozenset("“(《"), frozenset("”)》")
#: Roles of a word for a span: two before, before, first, last, after, two after, inside.
_ROLES = "OPFLNMI"
#: Classes whose words never begin or end a span.
_NEVER_FIRST = frozenset({"break", "particle", "conjunction", "close"})
_NEVER_LAST = frozenset({"break", "particle", "conjunction", "open", "preposition"})


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
_EDGE = Word("^", "x", ("break",), "break")


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
        return self.words[i] if 0 <= i < len(self.words) else _EDGE

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
                depth.append(depth[-1] + (1 if self.words[i].text in _OPENING else -1 if self.words[i].text in _CLOSING else 0))
            for i in range(start, end):
                if not _NEVER_FIRST.isdisjoint(self.words[i].classes):
                    continue
                low = depth[i - start]
                for j in range(i, min(end, i + LONGEST)):
                    if depth[j + 1 - start] < low:
                        break
                    if depth[j + 1 - start] == low and _NEVER_LAST.isdisjoint(self.words[j].classes):
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


class Scored(NamedTuple):
    """Hold a span that the model takes: words ``first`` to ``last``, its type's index and probability."""

    first: int
    last: int
    type: int
    probability: float


class Scorer:
    """Score all spans of a text at once; what depends on one word alone is summed once a word and kept, since words recur."""

    def __init__(self, model: SpanModel) -> None:
        import numpy as np

        self.model = model
        self._np = np
        self._kinds = len(model.types)
        self._bank = np.zeros((4096, len(_ROLES), self._kinds))
        self._ids: dict[Word, int] = {}
        self._limits = np.array([_logit(limit) for limit in model.thresholds])
        self._classes = _numbered(feature[2:].split("|") for feature in model.weights if feature[:2] in {"PF", "LN", "FL"})
        self._verbs = _numbered([feature[2:].split("|")[0]] for feature in model.weights if feature.startswith("GL"))
        self._pairs = {name: self._table(name, self._classes) for name in ("PF", "LN", "FL")}
        self._pairs["GL"] = self._table("GL", self._verbs)
        self._sizes = self._row(f"K{n}" for n in range(13)), self._row(f"C{n}" for n in range(27))
        self._bias = self._row(["B"])[0]
        self._contexts: dict[tuple[str, ...], NDArray[float64]] = {}

    def _row(self, features: Iterable[str]) -> NDArray[float64]:
        none = (0.0,) * self._kinds
        return self._np.array([self.model.weights.get(feature, none) for feature in features])

    def _table(self, name: str, first: Mapping[str, int]) -> NDArray[float64]:
        """Return the weights of the features ``NAMEa|b`` by the numbers of a and b; number 0 stands for what the model does not know."""
        table = self._np.zeros((len(first) + 1, len(self._classes) + 1, self._kinds))
        for feature, weights in self.model.weights.items():
            if feature.startswith(name) and "|" in feature:
                a, b = feature[len(name) :].split("|")
                if a in first and b in self._classes:
                    table[first[a], self._classes[b]] = weights
        return table

    def _number(self, word: Word) -> int:
        """Return a word's row in the bank of sums, made when the word is first met."""
        number = self._ids.get(word)
        if number is None:
            number = self._ids[word] = len(self._ids)
            if number == len(self._bank):
                self._bank = self._np.concatenate([self._bank, self._np.zeros_like(self._bank)])
            for r, role in enumerate(_ROLES):
                rows = [row for row in map(self.model.weights.get, word.features(role)) if row]
                if rows:
                    self._bank[number, r] = [sum(column) for column in zip(*rows, strict=True)]
        return number

    def probabilities(self, lattice: Lattice) -> Iterator[Scored]:
        """Yield every span whose probability reaches its type's threshold."""
        np = self._np
        count = len(lattice.words)
        if not count:
            return
        lefts, rights, sums, classes, verbs = self._borders(lattice)
        first, last, reach, depth = _borders_allowed(lattice)
        starts = np.array(lattice.tokens.starts)
        first, last, reach, depth = np.array(first), np.array(last), np.array(reach), np.array(depth)
        known: dict[int, list[tuple[int, str]]] = {}
        for (a, b), feature in lattice.exact.items():
            if first[a] and last[b] and reach[a] >= b - a and depth[a] == depth[b + 1]:
                known.setdefault(b - a, []).append((a, feature))
        for size in range(min(LONGEST, count)):
            i = np.nonzero(
                first[: count - size] & last[size:] & (reach[: count - size] >= size) & (depth[: count - size] == depth[size + 1 :])
            )[0]
            if not len(i):
                continue
            j = i + size
            length = np.minimum(starts[j + 1] - starts[i], 26)
            scores = lefts[i] + rights[j] + (sums[j + 1] - sums[i]) + self._sizes[0][min(size, 12)] + self._sizes[1][length] + self._bias
            scores += self._pairs["FL"][classes[i], classes[j]] + self._pairs["GL"][verbs[i], classes[j]]
            for a, feature in known.get(size, ()):
                scores[np.searchsorted(i, a)] += self._context((feature,))
            for row, kind in zip(*np.nonzero(scores >= self._limits), strict=True):
                score = float(scores[row, kind])
                yield Scored(int(i[row]), int(j[row]), int(kind), 1.0 / (1.0 + exp(-min(max(score, -30.0), 30.0))))

    def _borders(self, lattice: Lattice) -> tuple[NDArray[float64], NDArray[float64], NDArray[float64], NDArray[int64], NDArray[int64]]:
        """Return left scores, right scores, running sums of the inside, and the numbers of each word's class and governor."""
        np = self._np
        edge = self._number(_EDGE)
        numbers = np.array([edge, edge, *map(self._number, lattice.words), edge, edge])
        known = self._classes
        classes = np.array([known.get(word.joint, 0) for word in (_EDGE, *lattice.words, _EDGE)])
        verbs = np.array([self._verbs.get(g[0] if g else "-", 0) for g in lattice.governors])
        sums = self._bank[numbers]
        role = {name: sums[:, r] for r, name in enumerate(_ROLES)}
        lefts = role["O"][:-4] + role["P"][1:-3] + role["F"][2:-2] + self._pairs["PF"][classes[:-2], classes[1:-1]]
        rights = role["L"][2:-2] + role["N"][3:-1] + role["M"][4:] + self._pairs["LN"][classes[1:-1], classes[2:]]
        for n in range(len(lattice.words)):
            lefts[n] += self._context(lattice.context(n))
            if lattice.begins[n]:
                lefts[n] += self._context(lattice.begins[n])
            if lattice.ends[n]:
                rights[n] += self._context(lattice.ends[n])
        inside = np.concatenate([np.zeros((1, self._kinds)), np.cumsum(role["I"][2:-2], axis=0)])
        return lefts, rights, inside, classes[1:-1], verbs

    def _context(self, features: tuple[str, ...]) -> NDArray[float64]:
        held = self._contexts.get(features)
        if held is None:
            held = self._contexts[features] = self._row(features).sum(axis=0)
        return held


def _numbered(names: Iterable[Iterable[str]]) -> dict[str, int]:
    return {name: i for i, name in enumerate(sorted({name for listed in names for name in listed}), 1)}


def _borders_allowed(lattice: Lattice) -> tuple[list[bool], list[bool], list[int], list[int]]:
    """Return where spans may begin and end, how many words further each may reach, and the bracket depth before each word."""
    count = len(lattice.words)
    first, last, reach, depth = [False] * count, [False] * count, [-1] * count, [0] * (count + 1)
    for i, word in enumerate(lattice.words):
        depth[i + 1] = depth[i] + (1 if word.text in _OPENING else -1 if word.text in _CLOSING else 0)
    for start, end in lattice.tokens.clauses:
        for i in range(start, end):
            classes = lattice.words[i].classes
            first[i], last[i] = _NEVER_FIRST.isdisjoint(classes), _NEVER_LAST.isdisjoint(classes)
            reach[i] = min(end - i, LONGEST) - 1
        if depth[start] != depth[end] or any(lattice.words[i].text in _OPENING for i in range(start, end)):
            for i in range(start, end):
                fall = next((j for j in range(i, end) if depth[j + 1] < depth[i]), end)
                reach[i] = min(reach[i], fall - i - 1)
    return first, last, reach, depth


def _logit(probability: float) -> float:
    from math import log

    probability = min(max(probability, 1e-9), 1 - 1e-9)
    return log(probability / (1 - probability))


def best(scored: Sequence[Scored]) -> list[Scored]:
    """Return the likeliest spans that do not overlap within their type, sorted by place.

    Ties go to the longer span, then to the one further left, so that the outcome does not depend on the order given.
    """
    taken: dict[int, list[Scored]] = {}
    for span in sorted(scored, key=lambda s: (-round(s.probability, 9), s.first - s.last, s.first)):
        held = taken.setdefault(span.type, [])
        if all(span.last < other.first or other.last < span.first for other in held):
            held.append(span)
    return sorted(span for held in taken.values() for span in held)
