"""Give spans a second opinion with a small convolutional network over the words around them.

Where the linear model adds up what each word says, the network looks at the words together: features of a word are embedded and
summed, two convolutions mix each word with its neighbours, and a span is judged by its first word, its last, the mean of those inside,
its length and what the lexicon calls it. Only spans that the linear model does not rule out are judged, which costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.domain.network import SCALE
from kg.extract.rows import Rows, sum_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.extract.spans import Lattice
    from kg.extract.words import Group, Word

#: Largest numbers of words and of code points that a length of its own stands for.
MOST_WORDS, MOST_CHARS = 19, 26
#: Rows that a layer reckons at a time: so few that they stay in the processor's nearest memory, and that OpenBLAS starts no threads
#: (below twice 2**18 products), which cost more than they give here.
_BLOCK = 40


def word_features(word: Word) -> list[str]:
    """Return the features of a word by itself."""
    return [*word.features(""), f"a{word.text[0]}", f"z{word.text[-2:]}"]


def place_features(lattice: Lattice, i: int) -> Iterator[tuple[str, ...]]:
    """Yield, in groups that recur, the features of a word's place: what governs it, and the known names that begin or end there."""
    yield lattice.context(i)
    for side, held in (("B", lattice.begins), ("E", lattice.ends)):
        if i in held:
            yield tuple(f"{side}{feature}" for feature in held[i])


def group_features(group: Group) -> list[str]:
    """Return the features of a group of those that :func:`place_features` yields."""
    return [f"{group.side}{feature}" for feature in group.features]


class Judge:
    """Judge spans with a network; what its first layer makes of a word or a group of features is kept, since both recur.

    The first layer is linear up to its rounding, so that what it makes of a sum of embeddings is the sum of what it makes of each.
    Everything is reckoned in steps (``SCALE`` of them are one), so that to round is to take the nearest whole number.
    """

    def __init__(self, network: Network) -> None:
        import numpy as np

        self._np = np
        self._network = network
        #: Weights as they are, what is added to steps (biases, tables) in steps.
        self._weights = {name: np.ascontiguousarray(array[:-1]) for name, array in network.layers.items()}
        self._biases = {name: array[-1] * SCALE for name, array in network.layers.items()}
        self._tables = {name: network.layers[name] * SCALE for name in ("words", "chars", "exact")}
        self._width = network.layers["input"].shape[1]
        self._embedding = np.concatenate([network.embedding, np.zeros_like(network.embedding[:1])])
        self._below = np.tri(_BLOCK)
        self._words: Rows[Word] = Rows(self._width, lambda words: self._first(map(word_features, words)))
        self._groups: Rows[Group] = Rows(self._width, lambda groups: self._first(map(group_features, groups)))

    def _first(self, listed: Iterable[Sequence[str]]) -> NDArray[float64]:
        """Return what the first layer makes of each list of features, in steps, neither rounded nor with its bias."""
        sums = sum_rows(self._embedding, self._network.features, listed)
        outputs: NDArray[float64] = self._np.empty((len(sums), self._width))
        for start in range(0, len(sums), _BLOCK):
            self._np.matmul(sums[start : start + _BLOCK], self._weights["input"], out=outputs[start : start + _BLOCK])
        return outputs

    def logits(self, lattice: Lattice, first: NDArray[int64], last: NDArray[int64]) -> NDArray[float64]:
        """Return the logit of each span (from word ``first`` to word ``last``) for each type (spans, types)."""
        np, tables = self._np, self._tables
        count = len(lattice.words)
        covered = np.cumsum(np.bincount(first, minlength=count + 1) - np.bincount(last + 1, minlength=count + 1))[:-1] > 0
        words = self._read(lattice, covered)
        place = np.cumsum(covered) - 1
        first_row, last_row = place.take(first), place.take(last)
        start, end = self._used("start", words, first_row), self._used("end", words, last_row)
        sums = self._summed(self._layer("inside", words))
        hidden = sums.take(last_row + 1, axis=0)
        hidden -= sums.take(first_row, axis=0)
        hidden /= (last - first + 1)[:, None]
        np.rint(hidden, out=hidden)
        starts = lattice.tokens.offsets
        hidden += start
        hidden += end
        hidden += tables["words"].take(np.minimum(last - first, MOST_WORDS), axis=0)
        hidden += tables["chars"].take(np.minimum(starts.take(last + 1) - starts.take(first), MOST_CHARS), axis=0)
        features = lattice.named[1]
        if features:
            rows = np.array([self._network.known.get(feature, 0) for feature in features])
            hidden += tables["exact"].take(np.append(rows, 0).take(lattice.names_at(first, last)), axis=0)
        else:
            hidden += tables["exact"][0]
        hidden = np.maximum(self._layer("hidden", np.maximum(hidden, 0, out=hidden)), 0)
        start *= end
        start *= 1 / SCALE
        out = self._layer("out", hidden)
        out += self._layer("both", np.rint(start, out=start))
        out *= 1 / SCALE
        return out

    def _used(self, name: str, words: NDArray[float64], rows: NDArray[int64]) -> NDArray[float64]:
        """Return a layer's outputs for the rows given, which recur, each reckoned once."""
        used = self._np.zeros(len(words), dtype=self._np.int64)
        used[rows] = 1
        outputs = self._layer(name, words.take(self._np.flatnonzero(used), axis=0))
        return outputs.take((self._np.cumsum(used) - 1).take(rows), axis=0)

    def _read(self, lattice: Lattice, covered: NDArray[bool_]) -> NDArray[float64]:
        """Return what the network makes of each covered word: by itself, and with its neighbours (words, twice the width)."""
        np, gaps, width = self._np, self._network.dilations, self._width
        edge = max(gaps, default=0)
        near = np.zeros((len(covered) + 2 * edge, width))
        self._alone(lattice, near[edge : edge + len(covered)])
        at = np.flatnonzero(covered) + edge
        both: NDArray[float64] = np.empty((len(at), 2 * width))
        near.take(at, axis=0, out=both[:, :width], mode="clip")
        for n, gap in enumerate(gaps):
            wide = np.flatnonzero(_widened(np, covered, sum(gaps[n + 1 :]))) + edge
            near[wide] = self._convolved(f"convolution{n}", near, wide, gap)
        near.take(at, axis=0, out=both[:, width:], mode="clip")
        return both

    def _alone(self, lattice: Lattice, total: NDArray[float64]) -> None:
        """Fill in what the network makes of each word by itself and of what is known of its place."""
        np = self._np
        # Mode "clip" lets numpy write right where it is told to; no number is out of bounds.
        self._words.of(lattice.vocabulary.words).take(lattice.numbers, axis=0, out=total, mode="clip")
        contexts, edges = lattice.contexts, lattice.edges
        groups = self._groups.of(lattice.vocabulary.groups)
        total += groups.take(contexts, axis=0)
        for places, numbers in edges:
            total[places] += groups.take(numbers, axis=0)
        total += self._biases["input"]
        np.rint(total, out=total)
        np.maximum(total, 0, out=total)

    def _convolved(self, name: str, words: NDArray[float64], at: NDArray[int64], gap: int) -> NDArray[float64]:
        """Return some words with what a convolution makes of them and their neighbours at a distance, where that is above zero."""
        np, weights, bias = self._np, self._weights[name], self._biases[name]
        outputs: NDArray[float64] = np.empty((len(at), self._width))
        held = (at[:, None] + np.array([-gap, 0, gap])).ravel()
        window = np.empty((3 * _BLOCK, self._width))
        for start in range(0, len(at), _BLOCK):
            block = outputs[start : start + _BLOCK]
            rows = window[: 3 * len(block)]
            words.take(held[3 * start : 3 * (start + _BLOCK)], axis=0, out=rows, mode="clip")
            np.matmul(rows.reshape(len(block), -1), weights, out=block)
            block += bias
            np.rint(block, out=block)
            np.maximum(block, 0, out=block)
            block += rows.reshape(len(block), 3, -1)[:, 1]
        return outputs

    def _summed(self, rows: NDArray[float64]) -> NDArray[float64]:
        """Return the sums of no row, the first, the first two and so on: by products with ones, as numpy's own sums go down each column."""
        sums: NDArray[float64] = self._np.empty((len(rows) + 1, self._width))
        sums[0] = 0
        for start in range(0, len(rows), _BLOCK):
            held = rows[start : start + _BLOCK]
            block = sums[start + 1 : start + 1 + _BLOCK]
            self._np.matmul(self._below[: len(held), : len(held)], held, out=block)
            block += sums[start]
        return sums

    def _layer(self, name: str, inputs: NDArray[float64]) -> NDArray[float64]:
        """Return a layer's outputs, in whole steps."""
        np, weights, bias = self._np, self._weights[name], self._biases[name]
        outputs: NDArray[float64] = np.empty((len(inputs), weights.shape[1]))
        for start in range(0, len(inputs), _BLOCK):
            block = outputs[start : start + _BLOCK]
            np.matmul(inputs[start : start + _BLOCK], weights, out=block)
            block += bias
            np.rint(block, out=block)
        return outputs


# numpy itself is handed to this, as it is imported late.


def _widened(np, marked: NDArray[bool_], reach: int) -> NDArray[bool_]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return where something marked stands at most so many words away."""
    wide = marked.copy()
    for gap in range(1, reach + 1):
        wide[gap:] |= marked[:-gap]
        wide[:-gap] |= marked[gap:]
    return np.asarray(wide)  # type: ignore[no-any-return]
