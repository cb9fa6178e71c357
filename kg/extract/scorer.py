"""Choose spans: score all of them with the linear model, ask the network about those that are not ruled out, and settle overlaps."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.network import Judge, word_features
from kg.extract.rows import Rows, sum_rows
from kg.extract.spans import LONGEST
from kg.extract.words import CLOSES, MAY_BEGIN, MAY_END, OPENS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.domain.spanmodel import SpanModel
    from kg.extract.spans import Lattice
    from kg.extract.words import Group, Word

#: Weights have three decimals; sums of whole thousandths are exact, and so do not depend on the order of the additions.
_THOUSAND = 1000.0
#: First letters of the features of a word by itself.
WORD_FEATURES = frozenset("wtslcaz")
#: First letters of the features of a word's place: governor, preposition, heading, known names.
PLACE_FEATURES = frozenset("GRHX")
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
        self._pairs = {name: self._joint(name, self._classes) for name in ("PF", "LN", "FL")}
        self._pairs["GL"] = self._joint("GL", self._verbs)
        sizes, chars = self._rows(f"K{n}" for n in range(_MOST_WORDS + 1)), self._rows(f"C{n}" for n in range(_MOST_CHARS + 1))
        self._sizes = (sizes[:, None] + chars + self._rows(["B"])).reshape(-1, self._kinds)
        self._features, self._table = self._by_role()
        self._bank: Rows[Word] = Rows(
            len(ROLES) * self._kinds, lambda words: sum_rows(self._table, self._features, map(word_features, words))
        )
        self._numbers: Rows[Word] = Rows(2, self._number)
        placed = [feature for feature in self.model.weights if feature[0] in PLACE_FEATURES and "|" not in feature]
        places = {feature: i for i, feature in enumerate(placed)}
        rows = self._rows([*placed, ""])
        self._groups: Rows[Group] = Rows(self._kinds, lambda groups: sum_rows(rows, places, [group.features for group in groups]))

    def _by_role(self) -> tuple[dict[str, int], NDArray[float64]]:
        """Return the features of a word without their role, and for each its weights in all roles; a last row is empty."""
        held = [feature for feature in self.model.weights if feature[0] in ROLES and feature[1:2] in WORD_FEATURES]
        index = {name: i for i, name in enumerate(dict.fromkeys(feature[1:] for feature in held))}
        table = self._np.zeros((len(index) + 1, len(ROLES), self._kinds))
        table[[index[f[1:]] for f in held], [ROLES.index(f[0]) for f in held]] = self._rows(held)
        return index, table.reshape(len(table), -1)

    def _number(self, words: Sequence[Word]) -> NDArray[int64]:
        return self._np.array([(self._classes.get(word.joint, 0), self._verbs.get(word.text, 0)) for word in words])

    def _rows(self, features: Iterable[str]) -> NDArray[float64]:
        """Return the features' weights in thousandths."""
        none = (0.0,) * self._kinds
        rows: NDArray[float64] = self._np.array([self.model.weights.get(feature, none) for feature in features])
        return self._np.rint(rows * _THOUSAND)

    def _joint(self, name: str, first: Mapping[str, int]) -> NDArray[float64]:
        """Return the weights of the features ``NAMEa|b`` by the numbers of a and b; number 0 stands for what the model does not know."""
        table = self._np.zeros((len(first) + 1, len(self._classes) + 1, self._kinds))
        held = [feature for feature in self.model.weights if "|" in feature and feature.startswith(name)]
        pairs = [feature[len(name) :].split("|") for feature in held]
        known = [
            (feature, first[a], self._classes[b]) for feature, (a, b) in zip(held, pairs, strict=True) if a in first and b in self._classes
        ]
        if known:
            named, rows, columns = zip(*known, strict=True)
            table[list(rows), list(columns)] = self._rows(named)
        return table.reshape(-1, self._kinds)

    def probabilities(self, lattice: Lattice) -> Iterator[Scored]:
        """Yield every span whose probability, the mean of both models' logits, reaches its type's threshold."""
        np = self._np
        if not lattice.words:
            return
        first, last, scores = self._candidates(lattice)
        if self._judge is not None and len(first):
            scores = (scores + self._judge.logits(lattice, first, last)) / 2
        rows, kinds = np.nonzero(scores >= self._limits)
        logits = np.minimum(np.maximum(scores[rows, kinds], -30.0), 30.0)
        for i, j, kind, logit in zip(first.take(rows).tolist(), last.take(rows).tolist(), kinds.tolist(), logits.tolist(), strict=True):
            yield Scored(i, j, kind, 1.0 / (1.0 + exp(-logit)))

    def _candidates(self, lattice: Lattice) -> tuple[NDArray[int64], NDArray[int64], NDArray[float64]]:
        """Return the first words, last words and logits of the spans that the linear model does not rule out for every type."""
        np = self._np
        i, j = allowed(lattice)
        lefts, rights, classes, verbs = self._borders(lattice)
        starts, last_class, width = lattice.tokens.offsets, classes.take(j), len(self._classes) + 1
        scores = lefts.take(i, axis=0)
        scores += rights.take(j, axis=0)
        chars = np.minimum(starts.take(j + 1) - starts.take(i), _MOST_CHARS)
        scores += self._sizes.take(np.minimum(j - i, _MOST_WORDS) * (_MOST_CHARS + 1) + chars, axis=0)
        scores += self._pairs["FL"].take((classes * width).take(i) + last_class, axis=0)
        scores += self._pairs["GL"].take((verbs * width).take(i) + last_class, axis=0)
        features = lattice.named[1]
        if features:
            at = lattice.names_at(i, j)
            known = np.flatnonzero(at < len(features))
            numbers = np.array([lattice.vocabulary.group("", (feature,)) for feature in features]).take(at.take(known))
            scores[known] += self._groups.of(lattice.vocabulary.groups).take(numbers, axis=0)
        scores /= _THOUSAND
        kept = np.flatnonzero((scores >= self._floors).any(axis=1))
        return i.take(kept), j.take(kept), scores.take(kept, axis=0)

    def _borders(self, lattice: Lattice) -> tuple[NDArray[float64], NDArray[float64], NDArray[int64], NDArray[int64]]:
        """Return left and right scores, whose sum holds the words inside, and the numbers of each word's class and governor."""
        np = self._np
        edged = np.concatenate([[0, 0], lattice.numbers, [0, 0]])
        numbers = self._numbers.of(lattice.vocabulary.words).take(edged[1:-1], axis=0).astype(np.int64)
        classes = numbers[:, 0]
        before, after = classes[:-1] * (len(self._classes) + 1) + classes[1:], classes[1:-1]
        verbs = np.where(lattice.verbs < 0, self._verbs.get("-", 0), numbers[:, 1].take(lattice.verbs + 1))
        sums = self._bank.of(lattice.vocabulary.words).take(edged, axis=0)
        role = {name: sums[:, n * self._kinds : (n + 1) * self._kinds] for n, name in enumerate(ROLES)}
        lefts = role["O"][:-4] + role["P"][1:-3]
        lefts += role["F"][2:-2]
        lefts += self._pairs["PF"].take(before[:-1], axis=0)
        rights = role["L"][2:-2] + role["N"][3:-1]
        rights += role["M"][4:]
        rights += self._pairs["LN"].take(before[1:], axis=0)
        contexts, edges = lattice.contexts, lattice.edges
        groups = self._groups.of(lattice.vocabulary.groups)
        lefts += groups.take(contexts, axis=0)
        for (places, known), borders in zip(edges, (lefts, rights), strict=True):
            borders[places] += groups.take(known, axis=0)
        inside = np.cumsum(role["I"][2:-2], axis=0)
        rights += inside
        lefts -= inside
        lefts += role["I"][2:-2]
        return lefts, rights, after, verbs


def _numbered(names: Iterable[Iterable[str]]) -> dict[str, int]:
    return {name: i for i, name in enumerate(sorted({name for listed in names for name in listed}), 1)}


def allowed(lattice: Lattice) -> tuple[NDArray[int64], NDArray[int64]]:
    """Return the first and last words of the spans of :meth:`Lattice.spans`, in its order."""
    import numpy as np

    flags, count = lattice.flags, len(lattice.words)
    opened, places = np.zeros(count + 1, dtype=np.int64), np.arange(count)
    np.cumsum(flags & OPENS > 0, out=opened[1:])
    depth = opened.copy()
    depth[1:] -= np.cumsum(flags & CLOSES > 0)
    clauses = np.array(lattice.tokens.clauses, dtype=np.int64).reshape(-1, 2)
    starts, after = clauses[:, 0], clauses[:, 1]
    ends = np.zeros(count, dtype=np.int64)
    ends[starts] = after
    ends = np.maximum.accumulate(ends)  # what stands between clauses begins no span
    uneven = (depth.take(starts) != depth.take(after)) | (opened.take(starts) != opened.take(after))
    for start, end in clauses[uneven].tolist():
        ends[start:end] = _falls(depth[start : end + 1].tolist(), start)
    sizes = np.where(flags & MAY_BEGIN > 0, np.minimum(np.maximum(ends - places, 0), LONGEST), 0)
    first = np.repeat(places, sizes)
    last = np.arange(len(first)) + np.repeat(places - (np.cumsum(sizes) - sizes), sizes)
    kept = np.flatnonzero((flags.take(last) & MAY_END > 0) & (depth.take(first) == depth.take(last + 1)))
    return first.take(kept), last.take(kept)


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
    probability = min(max(probability, 1e-12), 1 - 1e-12)
    return log(probability / (1 - probability))


def best(scored: Sequence[Scored]) -> list[Scored]:
    """Return the likeliest spans that do not overlap within their type, sorted by place.

    Ties go to the longer span, then to the one further left, so that the outcome does not depend on the order given.
    """
    room = max((span.last for span in scored), default=0) + 1
    taken: dict[int, bytearray] = {}
    chosen = []
    for span in sorted(scored, key=lambda s: (-round(s.probability, 9), s.first - s.last, s.first)):
        held = taken.get(span.type)
        if held is None:
            held = taken[span.type] = bytearray(room)
        if held.find(1, span.first, span.last + 1) < 0:
            held[span.first : span.last + 1] = b"\x01" * (span.last + 1 - span.first)
            chosen.append(span)
    return sorted(chosen)
