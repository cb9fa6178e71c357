"""Pack drawings side by side on a grid of cells, each near those it has ties with; whole numbers only.

Source: Freivalds, Dogrusoz, Kikusts (2002), "Disconnected graph layout and the polyomino packing approach".
"""

from __future__ import annotations

from functools import cache
from heapq import heapify, heappop, heappush
from itertools import count
from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.export.community import Adjacency

Cell = tuple[int, int]
#: First and last column that a shape covers, by row; gaps inside a row count as covered.
Shape = dict[int, Cell]

#: Side of a cell, in the unit of the drawing.
CELL = 16


def outline(discs: Iterable[tuple[float, float, float]]) -> Shape:
    """Return the cells that discs ``(x, y, radius)`` touch."""
    rows: Shape = {}
    for x, y, radius in discs:
        first, last = int((x - radius) // CELL), int((x + radius) // CELL)
        for row in range(int((y - radius) // CELL), int((y + radius) // CELL) + 1):
            low, high = rows.get(row, (first, last))
            rows[row] = (min(low, first), max(high, last))
    return rows


def pack(shapes: list[Shape], ties: Adjacency, gap: int) -> list[Cell]:
    """Return how far to move each shape, in cells, so that none touch and those with many ties are close.

    Shapes without any tie stand in rows below the others. ``gap`` is the free space around a shape in hundredths of the
    square root of its number of cells; it is at least one cell.
    """
    sizes = [sum(last - first + 1 for first, last in shape.values()) for shape in shapes]
    floor = _Floor()
    moves: dict[int, Cell] = {}
    pull = [0] * len(shapes)
    waiting = [(0, -sizes[shape], shape) for shape, own in enumerate(ties) if own]
    heapify(waiting)
    while waiting:
        shape = heappop(waiting)[2]
        if shape in moves:
            continue
        space = 1 + isqrt(sizes[shape]) * gap // 100
        moves[shape] = floor.free_place(_grown(shapes[shape], space), _target(ties[shape], moves), 1 + isqrt(sizes[shape]) // 3)
        floor.take(shapes[shape], moves[shape])
        for other, weight in ties[shape].items():
            pull[other] += weight
            heappush(waiting, (-pull[other], -sizes[other], other))
    moves.update(_rows(shapes, moves, gap))
    return [moves[shape] for shape in range(len(shapes))]


def _rows(shapes: list[Shape], moves: dict[int, Cell], gap: int) -> dict[int, Cell]:
    """Return moves that set the shapes not placed yet in rows, the highest first, below those in ``moves``."""
    boxes = {number: _box(shape) for number, shape in enumerate(shapes) if number not in moves}
    placed = [(x + box[0], y + box[1], x + box[2]) for (x, y), box in ((move, _box(shapes[number])) for number, move in moves.items())]
    left, right, top = (
        min((p[0] for p in placed), default=0),
        max((p[2] for p in placed), default=0),
        min((p[1] for p in placed), default=0),
    )
    area = sum((box[2] - box[0] + 2) * (box[3] - box[1] + 2) for box in boxes.values())
    width = max(right - left, isqrt(area * 3 // 2))
    found: dict[int, Cell] = {}
    top -= 2 + (right - left) * gap // 400
    column, height = left, 0
    for number in sorted(boxes, key=lambda n: (boxes[n][1] - boxes[n][3], boxes[n][0] - boxes[n][2], n)):
        first, bottom, last, upper = boxes[number]
        space = 1 + (last - first + 1) * gap // 100
        if column > left and column + last - first > left + width:
            top -= height
            column, height = left, 0
        found[number] = (column - first, top - upper)
        column += last - first + 1 + space
        height = max(height, upper - bottom + 1 + space)
    return found


def _box(shape: Shape) -> tuple[int, int, int, int]:
    """Return the first column, first row, last column and last row of a shape."""
    return min(first for first, _ in shape.values()), min(shape), max(last for _, last in shape.values()), max(shape)


def _target(ties: dict[int, int], moves: dict[int, Cell]) -> Cell:
    """Return the weighted middle of the placed shapes that this one is tied to."""
    anchors = [(moves[other], weight) for other, weight in ties.items() if other in moves]
    whole = sum(weight for _, weight in anchors)
    if not whole:
        return (0, 0)
    return sum(x * weight for (x, _), weight in anchors) // whole, sum(y * weight for (_, y), weight in anchors) // whole


def _grown(shape: Shape, by: int) -> Shape:
    """Return the shape with every cell that is at most ``by`` columns and rows away."""
    grown: Shape = {}
    for row, (first, last) in shape.items():
        for near in range(row - by, row + by + 1):
            low, high = grown.get(near, (first - by, last + by))
            grown[near] = (min(low, first - by), max(high, last + by))
    return grown


class _Floor:
    """Hold which cells are taken: a row is one whole number, its bits the columns from ``-_left`` on."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._left = 64

    def take(self, shape: Shape, move: Cell) -> None:
        """Mark a moved shape's cells as taken."""
        dx, dy = move
        self._widen(min(first for first, _ in shape.values()) + dx)
        for row, (first, last) in shape.items():
            bits = ((1 << (last - first + 1)) - 1) << (first + dx + self._left)
            self._rows[row + dy] = self._rows.get(row + dy, 0) | bits

    def _widen(self, column: int) -> None:
        """Make room for columns down to ``column``."""
        while column < -self._left:
            self._rows = {row: bits << self._left for row, bits in self._rows.items()}
            self._left *= 2

    def free_place(self, shape: Shape, target: Cell, step: int) -> Cell:
        """Return the move closest to ``target`` that sets the shape on free cells.

        Args:
            shape: Cells around the origin, with the gap that is to stay free.
            target: Where the shape's origin should be.
            step: Moves are tried in steps of so many cells, ring by ring.
        """
        middle = sum(shape) // len(shape)
        rows = sorted(shape, key=lambda row: (abs(row - middle), row))
        probes = [(row, shape[row][0], (1 << (shape[row][1] - shape[row][0] + 1)) - 1) for row in rows]
        left = min(first for first, _ in shape.values())
        for ring in count():
            for dx, dy in _ring(ring):
                x, y = target[0] + dx * step, target[1] + dy * step
                self._widen(left + x)
                shift, taken = x + self._left, self._rows
                for row, first, bits in probes:
                    if row + y in taken and taken[row + y] >> (first + shift) & bits:
                        break
                else:
                    return x, y
        raise AssertionError


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
