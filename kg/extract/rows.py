"""Keep for each word of a vocabulary a row of sums, so that what depends on one word alone is summed once, since words recur."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy import float64, generic
    from numpy.typing import NDArray

    from kg.extract.spans import Vocabulary, Word


class WordRows:
    """Hold an array by the words' numbers that grows with the vocabulary, and starts anew with another one."""

    def __init__(self, shape: tuple[int, ...], make: Callable[[Word], NDArray[generic]]) -> None:
        self._shape, self._make = shape, make
        self._vocabulary: Vocabulary | None = None
        self._rows: NDArray[float64] | None = None
        self._made = 0

    def of(self, vocabulary: Vocabulary) -> NDArray[float64]:
        """Return the rows of all words that the vocabulary has met."""
        import numpy as np

        if self._rows is None or vocabulary is not self._vocabulary:
            self._vocabulary, self._made = vocabulary, 0
            self._rows = np.zeros((4096, *self._shape))
        while len(self._rows) < len(vocabulary.words):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        for number in range(self._made, len(vocabulary.words)):
            self._rows[number] = self._make(vocabulary.words[number])
        self._made = len(vocabulary.words)
        return self._rows
