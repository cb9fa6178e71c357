"""Choose spans: score all of them with the linear model, ask the network about those that are not ruled out, and settle overlaps."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.network import Judge
from kg.extract.spans import CLOSING, EDGE, LONGEST, NEVER_FIRST, NEVER_LAST, OPENING, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.domain.spanmodel import SpanModel
    from kg.extract.spans import Lattice, Word

#: Probability below which the linear model alone rules a span out.
_FLOOR = 0.02


class Scored(NamedTuple):
    """Hold a span that the model takes: words ``first`` to ``last``, its type's index and probability."""

    first: int
    last: int
    type: int
    probability: float


class Scorer:
    """Score all spans of a text at once; what depends on one word alone is summed once a word and kept, since words recur."""

    def __init__(self, model: SpanModel, network: Network | None = None) -> None:
        import numpy as np

        self.model = model
        self._np = np
        self._kinds = len(model.types)
        self._bank = np.zeros((4096, len(ROLES), self._kinds))
        self._ids: dict[Word, int] = {}
        self._limits = np.array([_logit(limit) for limit in model.thresholds])
        self._floors = np.minimum(self._limits, _logit(_FLOOR)) if network else self._limits
        self._judge = Judge(network) if network else None
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
            for r, role in enumerate(ROLES):
                rows = [row for row in map(self.model.weights.get, word.features(role)) if row]
                if rows:
                    self._bank[number, r] = [sum(column) for column in zip(*rows, strict=True)]
        return number

    def probabilities(self, lattice: Lattice) -> Iterator[Scored]:
        """Yield every span whose probability, the mean of both models' logits, reaches its type's threshold."""
        np = self._np
        held = list(self._candidates(lattice))
        if not held:
            return
        first, last, scores = (np.concatenate(column) for column in zip(*held, strict=True))
        if self._judge is not None:
            scores = (scores + self._judge.logits(lattice, first, last)) / 2
        for row, kind in zip(*np.nonzero(scores >= self._limits), strict=True):
            logit = min(max(float(scores[row, kind]), -30.0), 30.0)
            yield Scored(int(first[row]), int(last[row]), int(kind), 1.0 / (1.0 + exp(-logit)))

    def _candidates(self, lattice: Lattice) -> Iterator[tuple[NDArray[int64], NDArray[int64], NDArray[float64]]]:
        """Yield by length the first words, last words and logits of the spans that the linear model does not rule out for every type."""
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
            kept = (scores >= self._floors).any(axis=1)
            yield i[kept], j[kept], scores[kept]

    def _borders(self, lattice: Lattice) -> tuple[NDArray[float64], NDArray[float64], NDArray[float64], NDArray[int64], NDArray[int64]]:
        """Return left scores, right scores, running sums of the inside, and the numbers of each word's class and governor."""
        np = self._np
        edge = self._number(EDGE)
        numbers = np.array([edge, edge, *map(self._number, lattice.words), edge, edge])
        known = self._classes
        classes = np.array([known.get(word.joint, 0) for word in (EDGE, *lattice.words, EDGE)])
        verbs = np.array([self._verbs.get(g[0] if g else "-", 0) for g in lattice.governors])
        sums = self._bank[numbers]
        role = {name: sums[:, r] for r, name in enumerate(ROLES)}
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
        depth[i + 1] = depth[i] + (1 if word.text in OPENING else -1 if word.text in CLOSING else 0)
    for start, end in lattice.tokens.clauses:
        for i in range(start, end):
            classes = lattice.words[i].classes
            first[i], last[i] = NEVER_FIRST.isdisjoint(classes), NEVER_LAST.isdisjoint(classes)
            reach[i] = min(end - i, LONGEST) - 1
        if depth[start] != depth[end] or any(lattice.words[i].text in OPENING for i in range(start, end)):
            for i in range(start, end):
                stop = min(end, i + LONGEST)  # further no span reaches, and a bracket may never be closed
                fall = next((j for j in range(i, stop) if depth[j + 1] < depth[i]), stop)
                reach[i] = min(reach[i], fall - i - 1)
    return first, last, reach, depth


def _logit(probability: float) -> float:
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
