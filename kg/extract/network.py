"""Give spans a second opinion with a small convolutional network over the words around them.

Where the linear model adds up what each word says, the network looks at the words together: features of a word are embedded and
summed, two convolutions mix each word with its neighbours, and a span is judged by its first word, its last, the mean of those inside,
its length and what the lexicon calls it. Only spans that the linear model does not rule out are judged, which costs little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.domain.network import SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray

    from kg.domain.network import Network
    from kg.extract.spans import Lattice, Word

#: Largest numbers of words and of code points that a length of its own stands for.
MOST_WORDS, MOST_CHARS = 19, 26


def word_features(word: Word) -> list[str]:
    """Return the features of a word by itself."""
    return [*word.features(""), f"a{word.text[0]}", f"z{word.text[-2:]}"]


def place_features(lattice: Lattice, i: int) -> Iterator[tuple[str, ...]]:
    """Yield, in groups that recur, the features of a word's place: what governs it, and the known names that begin or end there."""
    yield lattice.context(i)
    if lattice.begins[i]:
        yield tuple(f"B{feature}" for feature in lattice.begins[i])
    if lattice.ends[i]:
        yield tuple(f"E{feature}" for feature in lattice.ends[i])


class Judge:
    """Judge spans with a network; sums of embeddings are kept by word and by group of features, since both recur."""

    def __init__(self, network: Network) -> None:
        import numpy as np

        self._np = np
        self._network = network
        self._words: dict[Word, NDArray[float64]] = {}
        self._groups: dict[tuple[str, ...], NDArray[float64]] = {}

    def logits(self, lattice: Lattice, first: NDArray[int64], last: NDArray[int64]) -> NDArray[float64]:
        """Return the logit of each span (from word ``first`` to word ``last``) for each type (spans, types)."""
        np, layers = self._np, self._network.layers
        words = self._read(lattice)
        start, end, inside = (_layer(np, words, layers[name]) for name in ("start", "end", "inside"))
        sums = np.concatenate([np.zeros((1, inside.shape[1])), np.cumsum(inside, axis=0)])
        mean = _steps(np, (sums[last + 1] - sums[first]) / (last - first + 1)[:, None])
        starts = np.array(lattice.tokens.starts)
        chars = np.minimum(starts[last + 1] - starts[first], MOST_CHARS)
        known = self._network.known
        exact = np.array(
            [known.get(lattice.exact.get(place, ""), 0) for place in zip(first.tolist(), last.tolist(), strict=True)], dtype=np.int64
        )
        hidden = start[first] + end[last] + mean
        hidden += layers["words"][np.minimum(last - first, MOST_WORDS)] + layers["chars"][chars] + layers["exact"][exact]
        hidden = _layer(np, np.maximum(hidden, 0), layers["hidden"])
        both = _steps(np, start[first] * end[last])
        out: NDArray[float64] = _layer(np, np.maximum(hidden, 0), layers["out"]) + _layer(np, both, layers["both"])
        return out

    def _read(self, lattice: Lattice) -> NDArray[float64]:
        """Return what the network makes of each word: by itself, and with its neighbours (words, twice the width)."""
        np, layers = self._np, self._network.layers
        embedded = np.array([self._word(lattice, i) for i in range(len(lattice.words))])
        alone = near = np.maximum(_layer(np, embedded, layers["input"]), 0)
        for n, gap in enumerate(self._network.dilations):
            padded = np.pad(near, ((gap, gap), (0, 0)))
            joined = np.concatenate([padded[: -2 * gap], near, padded[2 * gap :]], axis=1)
            near = near + np.maximum(_layer(np, joined, layers[f"convolution{n}"]), 0)
        both: NDArray[float64] = np.concatenate([alone, near], axis=1)
        return both

    def _word(self, lattice: Lattice, i: int) -> NDArray[float64]:
        word = lattice.words[i]
        held = self._words.get(word)
        if held is None:
            held = self._words[word] = self._sum(word_features(word))
        total = held
        for group in place_features(lattice, i):
            extra = self._groups.get(group)
            if extra is None:
                extra = self._groups[group] = self._sum(group)
            total = total + extra
        return total

    def _sum(self, features: Iterable[str]) -> NDArray[float64]:
        rows: Sequence[int] = [row for row in map(self._network.features.get, features) if row is not None]
        total: NDArray[float64] = self._network.embedding[rows].sum(axis=0, dtype=self._np.float64) / SCALE
        return total


def _layer(np, inputs: NDArray[float64], weights: NDArray[float64]) -> NDArray[float64]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - numpy itself, imported late
    """Return a layer's outputs, rounded to steps; the last row of ``weights`` is the bias."""
    return _steps(np, inputs @ weights[:-1] + weights[-1])


def _steps(np, numbers: NDArray[float64]) -> NDArray[float64]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - numpy itself, imported late
    rounded: NDArray[float64] = np.rint(numbers * SCALE) / SCALE
    return rounded
