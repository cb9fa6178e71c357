"""Give spans a second opinion with a small convolutional network over the words around them.

Where the linear model adds up what each word says, the network looks at the words together: features of a word are embedded and
summed, two convolutions mix each word with its neighbours, and a span is judged by its first word, its last, the mean of those inside,
its length and what the lexicon calls it. Only spans that the linear model does not rule out are judged, which costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.domain.network import SCALE
from kg.extract.rows import WordRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.extract.spans import Lattice, Word

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
    if i in lattice.begins:
        yield begin_features(lattice, i)
    if i in lattice.ends:
        yield end_features(lattice, i)


def begin_features(lattice: Lattice, i: int) -> tuple[str, ...]:
    """Return the features of the known names that begin with a word."""
    return tuple(f"B{feature}" for feature in lattice.begins[i])


def end_features(lattice: Lattice, i: int) -> tuple[str, ...]:
    """Return the features of the known names that end with a word."""
    return tuple(f"E{feature}" for feature in lattice.ends[i])


class Judge:
    """Judge spans with a network; what its first layer makes of a word or a group of features is kept, since both recur.

    The first layer is linear up to its rounding, so that what it makes of a sum of embeddings is the sum of what it makes of each.
    """

    def __init__(self, network: Network) -> None:
        import numpy as np

        self._np = np
        self._network = network
        #: In steps, so that the product with numbers of one is in steps as well.
        self._layers = {name: array * SCALE for name, array in network.layers.items()}
        self._width = network.layers["input"].shape[1]
        self._words = WordRows((self._width,), lambda word: self._sum(word_features(word)))
        self._groups: dict[tuple[str, ...], NDArray[float64]] = {}

    def logits(self, lattice: Lattice, first: NDArray[int64], last: NDArray[int64]) -> NDArray[float64]:
        """Return the logit of each span (from word ``first`` to word ``last``) for each type (spans, types)."""
        np, layers = self._np, self._network.layers
        count = len(lattice.words)
        covered = np.cumsum(np.bincount(first, minlength=count + 1) - np.bincount(last + 1, minlength=count + 1))[:-1] > 0
        words = self._read(lattice, covered)
        place = np.cumsum(covered) - 1
        first_row, last_row = place[first], place[last]
        start, end = self._used("start", words, first_row), self._used("end", words, last_row)
        sums = np.concatenate([np.zeros((1, self._width)), np.cumsum(self._layer("inside", words), axis=0)])
        hidden = _steps(np, (sums[last_row + 1] - sums[first_row]) / (last - first + 1)[:, None])
        starts = np.array(lattice.tokens.starts)
        chars = np.minimum(starts[last + 1] - starts[first], MOST_CHARS)
        known = self._network.known
        exact = np.array(
            [known.get(lattice.exact.get(place, ""), 0) for place in zip(first.tolist(), last.tolist(), strict=True)], dtype=np.int64
        )
        hidden += start
        hidden += end
        hidden += layers["words"][np.minimum(last - first, MOST_WORDS)] + layers["chars"][chars] + layers["exact"][exact]
        hidden = _positive(np, self._layer("hidden", _positive(np, hidden)))
        out: NDArray[float64] = self._layer("out", hidden) + self._layer("both", _steps(np, start * end))
        return out

    def _used(self, name: str, words: NDArray[float64], rows: NDArray[int64]) -> NDArray[float64]:
        """Return a layer's outputs for the rows given, which recur, each reckoned once."""
        used, which = self._np.unique(rows, return_inverse=True)
        return self._layer(name, words[used])[which]

    def _read(self, lattice: Lattice, covered: NDArray[bool_]) -> NDArray[float64]:
        """Return what the network makes of each covered word: by itself, and with its neighbours (words, twice the width)."""
        np = self._np
        alone = near = self._alone(lattice)
        gaps = self._network.dilations
        for n, gap in enumerate(gaps):
            at = np.flatnonzero(_widened(np, covered, sum(gaps[n + 1 :])))
            padded = np.pad(near, ((gap, gap), (0, 0)))
            mixed = self._layer(f"convolution{n}", np.concatenate([padded[at], near[at], padded[at + 2 * gap]], axis=1))
            near = near.copy()
            near[at] += _positive(np, mixed)
        at = np.flatnonzero(covered)
        both: NDArray[float64] = np.concatenate([alone[at], near[at]], axis=1)
        return both

    def _alone(self, lattice: Lattice) -> NDArray[float64]:
        """Return what the network makes of each word by itself and of what is known of its place."""
        np = self._np
        places, which = lattice.contexts
        total = self._words.of(lattice.vocabulary)[lattice.numbers]
        total += np.array([self._group(lattice.context(i)) for i in places])[which]
        for i in lattice.begins:
            total[i] += self._group(begin_features(lattice, i))
        for i in lattice.ends:
            total[i] += self._group(end_features(lattice, i))
        total += self._layers["input"][-1]
        return _positive(np, _whole(np, total))

    def _group(self, features: tuple[str, ...]) -> NDArray[float64]:
        held = self._groups.get(features)
        if held is None:
            held = self._groups[features] = self._sum(features)
        return held

    def _sum(self, features: Iterable[str]) -> NDArray[float64]:
        """Return what the first layer makes of the features, in steps and without its bias."""
        rows: Sequence[int] = [row for row in map(self._network.features.get, features) if row is not None]
        total: NDArray[float64] = self._network.embedding[rows].sum(axis=0, dtype=self._np.float64) / SCALE
        return total @ self._layers["input"][:-1]

    def _layer(self, name: str, inputs: NDArray[float64]) -> NDArray[float64]:
        """Return a layer's outputs, rounded to steps; the last row of its weights is the bias."""
        np, weights = self._np, self._layers[name]
        outputs: NDArray[float64] = np.empty((len(inputs), weights.shape[1]))
        for start in range(0, len(inputs), _BLOCK):
            block = outputs[start : start + _BLOCK]
            np.matmul(inputs[start : start + _BLOCK], weights[:-1], out=block)
            block += weights[-1]
            _whole(np, block)
        return outputs


# numpy itself is handed to these, as it is imported late.


def _widened(np, marked: NDArray[bool_], reach: int) -> NDArray[bool_]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return where something marked stands at most so many words away."""
    wide = marked.copy()
    for gap in range(1, reach + 1):
        wide[gap:] |= marked[:-gap]
        wide[:-gap] |= marked[gap:]
    return np.asarray(wide)  # type: ignore[no-any-return]


def _steps(np, numbers: NDArray[float64]) -> NDArray[float64]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return numbers rounded to steps, in place."""
    numbers *= SCALE
    return _whole(np, numbers)


def _whole(np, numbers: NDArray[float64]) -> NDArray[float64]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return a number of steps, rounded to a whole one, as the number it stands for, in place."""
    np.rint(numbers, out=numbers)
    numbers *= 1 / SCALE
    return numbers


def _positive(np, numbers: NDArray[float64]) -> NDArray[float64]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Return the numbers, zero in place of those below zero, in place."""
    return np.maximum(numbers, 0, out=numbers)  # type: ignore[no-any-return]
