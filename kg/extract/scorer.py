"""Choose spans: score all of them with the linear model, ask the network about those that are not ruled out, and settle overlaps."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.network import Judge
from kg.extract.rows import WordRows
from kg.extract.spans import CLOSES, LONGEST, MAY_BEGIN, MAY_END, OPENS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.domain.spanmodel import SpanModel
    from kg.extract.spans import Lattice

#: Weights have three decimals; sums of whole thousandths are exact, and so do not depend on the order of the additions.
_THOUSAND = 1000.0
#: Most words and code points of a span that the weights tell apart.
_MOST_WORDS, _MOST_CHARS = 12, 26
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
        self._limits = np.array([_logit(limit) for limit in model.thresholds])
        self._floors = np.minimum(self._limits, _logit(_FLOOR)) if network else self._limits
        self._judge = Judge(network) if network else None
        self._classes = _numbered(feature[2:].split("|") for feature in model.weights if feature[:2] in {"PF", "LN", "FL"})
        self._verbs = _numbered([feature[2:].split("|")[0]] for feature in model.weights if feature.startswith("GL"))
        self._pairs = {name: self._table(name, self._classes) for name in ("PF", "LN", "FL")}
        self._pairs["GL"] = self._table("GL", self._verbs)
        sizes, chars = self._rows(f"K{n}" for n in range(_MOST_WORDS + 1)), self._rows(f"C{n}" for n in range(_MOST_CHARS + 1))
        self._sizes = sizes[:, None] + chars + self._rows(["B"])
        self._bank = WordRows((len(ROLES), self._kinds), lambda word: np.array([self._sum(word.features(role)) for role in ROLES]))
        self._numbers = WordRows((2,), lambda word: np.array([self._classes.get(word.joint, 0), self._verbs.get(word.text, 0)]))
        self._sums: dict[tuple[str, ...], NDArray[float64]] = {}

    def _rows(self, features: Iterable[str]) -> NDArray[float64]:
        """Return the features' weights in thousandths."""
        none = (0.0,) * self._kinds
        rows: NDArray[float64] = self._np.array([self.model.weights.get(feature, none) for feature in features])
        return self._np.rint(rows * _THOUSAND)

    def _sum(self, features: Iterable[str]) -> list[int]:
        """Return the sum of the features' weights in thousandths."""
        rows = [row for row in map(self.model.weights.get, features) if row is not None]
        return [round(sum(column) * _THOUSAND) for column in zip(*rows, strict=True)] if rows else [0] * self._kinds

    def _table(self, name: str, first: Mapping[str, int]) -> NDArray[float64]:
        """Return the weights of the features ``NAMEa|b`` by the numbers of a and b; number 0 stands for what the model does not know."""
        table = self._np.zeros((len(first) + 1, len(self._classes) + 1, self._kinds))
        for feature in self.model.weights:
            if feature.startswith(name) and "|" in feature:
                a, b = feature[len(name) :].split("|")
                if a in first and b in self._classes:
                    table[first[a], self._classes[b]] = self._rows([feature])[0]
        return table

    def probabilities(self, lattice: Lattice) -> Iterator[Scored]:
        """Yield every span whose probability, the mean of both models' logits, reaches its type's threshold."""
        np = self._np
        if not lattice.words:
            return
        first, last, scores = self._candidates(lattice)
        if self._judge is not None and len(first):
            scores = (scores + self._judge.logits(lattice, first, last)) / 2
        for row, kind in zip(*np.nonzero(scores >= self._limits), strict=True):
            logit = min(max(float(scores[row, kind]), -30.0), 30.0)
            yield Scored(int(first[row]), int(last[row]), int(kind), 1.0 / (1.0 + exp(-logit)))

    def _candidates(self, lattice: Lattice) -> tuple[NDArray[int64], NDArray[int64], NDArray[float64]]:
        """Return the first words, last words and logits of the spans that the linear model does not rule out for every type."""
        np = self._np
        i, j = allowed(lattice)
        lefts, rights, classes, verbs = self._borders(lattice)
        starts = np.array(lattice.tokens.starts)
        chars = np.minimum(starts[j + 1] - starts[i], _MOST_CHARS)
        scores = lefts[i] + rights[j]
        scores += self._sizes[np.minimum(j - i, _MOST_WORDS), chars]
        scores += self._pairs["FL"][classes[i], classes[j]]
        scores += self._pairs["GL"][verbs[i], classes[j]]
        keys = i * LONGEST + (j - i)
        for (a, b), feature in lattice.exact.items():
            at = int(np.searchsorted(keys, a * LONGEST + (b - a))) if b - a < LONGEST else len(keys)
            if at < len(keys) and (i[at], j[at]) == (a, b):
                scores[at] += self._known((feature,))
        scores /= _THOUSAND
        kept = (scores >= self._floors).any(axis=1)
        return i[kept], j[kept], scores[kept]

    def _borders(self, lattice: Lattice) -> tuple[NDArray[float64], NDArray[float64], NDArray[int64], NDArray[int64]]:
        """Return left and right scores, whose sum holds the words inside, and the numbers of each word's class and governor."""
        np = self._np
        edged = np.concatenate([[0, 0], lattice.numbers, [0, 0]])
        numbers = self._numbers.of(lattice.vocabulary).astype(np.int64)
        classes = numbers[edged[1:-1], 0]
        verbs = np.where(lattice.verbs < 0, self._verbs.get("-", 0), numbers[edged[lattice.verbs + 2], 1])
        sums = self._bank.of(lattice.vocabulary)[edged]
        role = {name: sums[:, r] for r, name in enumerate(ROLES)}
        lefts = role["O"][:-4] + role["P"][1:-3] + role["F"][2:-2] + self._pairs["PF"][classes[:-2], classes[1:-1]]
        rights = role["L"][2:-2] + role["N"][3:-1] + role["M"][4:] + self._pairs["LN"][classes[1:-1], classes[2:]]
        places, which = lattice.contexts
        lefts += np.array([self._known(lattice.context(n)) for n in places])[which]
        for held, borders in ((lattice.begins, lefts), (lattice.ends, rights)):
            for n, features in held.items():
                borders[n] += self._known(features)
        inside = np.cumsum(role["I"][2:-2], axis=0)
        lefts -= inside - role["I"][2:-2]
        rights += inside
        return lefts, rights, classes[1:-1], verbs

    def _known(self, features: tuple[str, ...]) -> NDArray[float64]:
        held = self._sums.get(features)
        if held is None:
            held = self._sums[features] = self._np.array(self._sum(features), dtype=self._np.float64)
        return held


def _numbered(names: Iterable[Iterable[str]]) -> dict[str, int]:
    return {name: i for i, name in enumerate(sorted({name for listed in names for name in listed}), 1)}


def allowed(lattice: Lattice) -> tuple[NDArray[int64], NDArray[int64]]:
    """Return the first and last words of the spans of :meth:`Lattice.spans`, in its order."""
    import numpy as np

    flags, count = lattice.flags, len(lattice.words)
    opened = (flags & OPENS > 0).astype(np.int64)
    depth = np.concatenate([[0], np.cumsum(opened - (flags & CLOSES > 0))])
    ends = np.zeros(count, dtype=np.int64)
    for start, end in lattice.tokens.clauses:
        ends[start:end] = end
        if depth[start] != depth[end] or opened[start:end].any():
            ends[start:end] = _falls(depth[start : end + 1].tolist(), start)
    sizes = np.where(flags & MAY_BEGIN > 0, np.clip(ends - np.arange(count), 0, LONGEST), 0)
    first = np.repeat(np.arange(count), sizes)
    last = first + np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = (flags[last] & MAY_END > 0) & (depth[first] == depth[last + 1])
    return first[kept], last[kept]


def _falls(depth: Sequence[int], start: int) -> list[int]:
    """Return for each word of a clause the word behind which a bracket ends that stands open before it, or the clause's end."""
    count = len(depth) - 1
    nearest: dict[int, int] = {depth[count]: count}
    found = [0] * count
    for i in range(count - 1, -1, -1):
        # Depth changes by one a word, so that it falls below the depth here where it is first one less.
        found[i] = start + nearest.get(depth[i] - 1, count + 1) - 1
        nearest[depth[i]] = i
    return found


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
