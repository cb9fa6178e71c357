"""Pack drawings side by side on a grid of cells, each near those it has ties with; whole numbers only.

Source: Freivalds, Dogrusoz, Kikusts (2002), "Disconnected graph layout and the polyomino packing approach".
"""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.export.community import Adjacency

Cell = tuple[int, int]

#: Side of a cell, in the unit of the drawing.
CELL = 16


def outline(discs: Iterable[tuple[float, float, float]]) -> set[Cell]:
    """Return the cells that discs ``(x, y, radius)`` touch, with the gaps in each row filled."""
    rows: dict[int, tuple[int, int]] = {}
    for x, y, radius in discs:
        first, last = int((x - radius) // CELL), int((x + radius) // CELL)
        for row in range(int((y - radius) // CELL), int((y + radius) // CELL) + 1):
            low, high = rows.get(row, (first, last))
            rows[row] = (min(low, first), max(high, last))
    return {(column, row) for row, (low, high) in rows.items() for column in range(low, high + 1)}


def pack(shapes: list[set[Cell]], ties: Adjacency, gap: int) -> list[Cell]:
    """Return how far to move each shape, in cells, so that none touch and those with many ties are close.

    Shapes without any tie come last, around the others. ``gap`` is the free space around a shape in hundredths of the
    square root of its number of cells; it is at least one cell.
    """
    taken: set[Cell] = set()
    moves: dict[int, Cell] = {}
    pull: dict[int, int] = {}
    waiting = set(range(len(shapes)))
    reached: dict[int, int] = {}
    while waiting:
        shape = min(waiting, key=lambda s: (not ties[s], -pull.get(s, 0), -len(shapes[s]), s))
        waiting.remove(shape)
        halo = _grown(shapes[shape], 1 + isqrt(len(shapes[shape])) * gap // 100)
        moves[shape] = _free_place(shapes[shape], halo, taken, _target(ties[shape], moves), reached if not ties[shape] else {})
        dx, dy = moves[shape]
        taken.update((column + dx, row + dy) for column, row in shapes[shape])
        for other, weight in ties[shape].items():
            pull[other] = pull.get(other, 0) + weight
    return [moves[shape] for shape in range(len(shapes))]


def _target(ties: dict[int, int], moves: dict[int, Cell]) -> Cell:
    """Return the weighted middle of the placed shapes that this one is tied to."""
    anchors = [(moves[other], weight) for other, weight in ties.items() if other in moves]
    whole = sum(weight for _, weight in anchors)
    if not whole:
        return (0, 0)
    return sum(x * weight for (x, _), weight in anchors) // whole, sum(y * weight for (_, y), weight in anchors) // whole


def _free_place(shape: set[Cell], halo: set[Cell], taken: set[Cell], target: Cell, reached: dict[int, int]) -> Cell:
    """Return the move closest to ``target`` that sets the shape with the gap around it on free cells.

    Args:
        shape: Cells around the origin.
        halo: The same with the gap around.
        taken: Cells of the shapes placed already.
        target: Where the shape's origin should be.
        reached: For shapes with the same target by number of cells: how far out all was found full (kept up to date).
    """
    step = 1 + isqrt(len(shape)) // 6
    # The rim finds most collisions early; a shape inside another one is found by the rest.
    probes = sorted(halo - shape)[:: max(1, len(halo - shape) // 24)] + sorted(halo)
    size = isqrt(len(shape))
    ring = reached.get(size, 0)
    while True:
        for dx, dy in _ring(ring):
            x, y = target[0] + dx * step, target[1] + dy * step
            if not any((column + x, row + y) in taken for column, row in probes):
                reached[size] = ring
                return x, y
        ring += 1


def _grown(shape: set[Cell], by: int) -> set[Cell]:
    """Return the shape with every cell that is at most ``by`` steps away."""
    grown, edge = set(shape), shape
    for _ in range(by):
        edge = {
            cell for column, row in edge for cell in ((column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1))
        } - grown
        grown |= edge
    return grown


@cache
def _ring(number: int) -> tuple[Cell, ...]:
    """Return the grid points whose distance from the origin is ``number``, rounded down, in a fixed order."""
    return tuple(_circle(number))


def _circle(number: int) -> Iterator[Cell]:
    low, high = number * number, (number + 1) * (number + 1)
    for x in range(-number, number + 1):
        inner, outer = isqrt(max(0, low - 1 - x * x)) + 1 if low > x * x else 0, isqrt(high - 1 - x * x)
        for y in range(inner, outer + 1):
            yield x, y
            if y:
                yield x, -y
