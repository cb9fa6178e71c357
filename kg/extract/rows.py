"""Keep a row of sums for each word, or group of features, so that what depends on it alone is summed once, since both recur."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy import generic
    from numpy.typing import NDArray

T = TypeVar("T")


class Rows(Generic[T]):
    """Hold an array with a row for each item of a list that grows, and start anew with another list.

    Args:
        width: Cells of a row.
        make: Returns the rows of some items, which are asked for together since few calls of numpy cost less than many.
    """

    def __init__(self, width: int, make: Callable[[Sequence[T]], NDArray[Any]]) -> None:
        self._width, self._make = width, make
        self._listed: list[T] | None = None
        self._rows: NDArray[Any] | None = None
        self._made = 0

    def of(self, listed: list[T]) -> NDArray[Any]:
        """Return the rows of all items of a list, and perhaps some empty rows after them."""
        import numpy as np

        if self._rows is None or listed is not self._listed:
            self._listed, self._made, self._rows = listed, 0, np.zeros((4096, self._width))
        count = len(listed)
        if count > self._made:
            while len(self._rows) < count:
                self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            self._rows[self._made : count] = self._make(listed[self._made :])
            self._made = count
        return self._rows


def sum_rows(table: NDArray[generic], index: Mapping[str, int], listed: Iterable[Sequence[str]]) -> NDArray[Any]:
    """Return, for each of some lists of features, the sum of their rows.

    Args:
        table: The rows; the last one is empty and stands for every feature that the index lacks.
        index: The features' rows.
        listed: Features.
    """
    import numpy as np

    none = len(table) - 1
    held = [(*features, "") for features in listed]  # so that none is without a feature, which reduceat would take amiss
    sizes = np.fromiter(map(len, held), dtype=np.int64, count=len(held))
    rows = np.fromiter(map(index.get, chain.from_iterable(held), repeat(none)), dtype=np.int64, count=int(sizes.sum()))
    return np.asarray(np.add.reduceat(table.take(rows, axis=0), np.cumsum(sizes) - sizes, axis=0, dtype=np.float64))
