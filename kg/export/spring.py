"""Draw a small group of discs: a spring model, then pushing apart what overlaps.

Only ``+ - * /`` and square roots, sums in a fixed order, coordinates rounded after each step (see ``layout``).
Source: Fruchterman, Reingold (1991), "Graph drawing by force-directed placement", with the grid variant for repulsion.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Point = tuple[float, float]

#: Cosine and sine of the golden angle, 137.508 degrees.
_GOLDEN = (-0.7373688780783197, 0.6754902942615238)
#: Up to this many discs every pair repels; above, only pairs in neighbouring cells of a grid.
_ALL_PAIRS = 120
_STEPS = 45
#: Square of the distance, in lengths of an edge at rest, beyond which discs do not repel each other.
_FAR = 9.0
#: Length of an edge at rest, in sums of the two radii.
_LOOSE = 1.2
#: Share of its distance that a disc moves towards the middle in each step, which keeps the drawing compact.
_GRAVITY = 0.08


def sunflower(radii: list[float]) -> tuple[list[Point], float]:
    """Return places like the seeds of a sunflower, the first in the middle, and the radius of the whole.

    Discs overlap hardly when they are about equal; ``separate`` does the rest.
    """
    points: list[Point] = [(0.0, 0.0)]
    turn = (1.0, 0.0)
    inner = radii[0]
    area = inner * inner
    outside = inner
    for radius in radii[1:]:
        area += 1.5 * radius * radius
        distance = max(sqrt(area), inner + radius)
        turn = (round(turn[0] * _GOLDEN[0] - turn[1] * _GOLDEN[1], 9), round(turn[0] * _GOLDEN[1] + turn[1] * _GOLDEN[0], 9))
        points.append((round(distance * turn[0], 3), round(distance * turn[1], 3)))
        outside = max(outside, distance + radius)
    return points, outside


def relax(points: list[Point], edges: list[tuple[int, int]], radii: list[float]) -> list[Point]:
    """Return the places after edges have pulled and discs have pushed, ever less, for a fixed number of steps."""
    count = len(points)
    if not edges:
        return points
    x, y = [p[0] for p in points], [p[1] for p in points]
    steps = max(15, min(_STEPS, 400_000 // (count * min(count, 40))))
    heat = max(max(x) - min(x), max(y) - min(y)) / 8
    for step in range(steps):
        dx, dy = [0.0] * count, [0.0] * count
        _push(x, y, radii, (dx, dy))
        for a, b in edges:
            gx, gy = x[a] - x[b], y[a] - y[b]
            pull = sqrt(gx * gx + gy * gy) / (_LOOSE * (radii[a] + radii[b]))
            gx, gy = gx * pull, gy * pull
            dx[a] -= gx
            dy[a] -= gy
            dx[b] += gx
            dy[b] += gy
        limit = heat * (steps - step) / steps
        middle_x, middle_y = _mean(x), _mean(y)
        for i in range(count):
            dx[i] += (middle_x - x[i]) * _GRAVITY
            dy[i] += (middle_y - y[i]) * _GRAVITY
            length = sqrt(dx[i] * dx[i] + dy[i] * dy[i])
            scale = limit / length if length > limit else 1.0
            x[i] = round(x[i] + dx[i] * scale, 3)
            y[i] = round(y[i] + dy[i] * scale, 3)
    return list(zip(x, y, strict=True))


def _mean(values: list[float]) -> float:
    whole = 0.0
    for value in values:  # not sum(), which rounds differently since Python 3.12
        whole += value
    return whole / len(values)


def _push(x: list[float], y: list[float], radii: list[float], moved: tuple[list[float], list[float]]) -> None:
    """Add to ``moved`` how discs repel each other, if they are near."""
    dx, dy = moved
    if len(x) > _ALL_PAIRS:
        beside: list[list[int]] = [[] for _ in x]
        for a, b in _pairs(x, y, 4 * max(radii)):
            beside[b].append(a)
    for b in range(len(x)):
        bx, by, radius = x[b], y[b], radii[b]
        sum_x = sum_y = 0.0
        for a in range(b) if len(x) <= _ALL_PAIRS else beside[b]:
            gx, gy = x[a] - bx, y[a] - by
            near = _LOOSE * (radii[a] + radius)
            near *= near
            square = gx * gx + gy * gy
            if square > _FAR * near:
                continue
            if square == 0.0:
                gx, square = 0.01 * (b - a), 0.0001 * (b - a) * (b - a)
            push = near / square
            gx *= push
            gy *= push
            dx[a] += gx
            dy[a] += gy
            sum_x += gx
            sum_y += gy
        dx[b] -= sum_x
        dy[b] -= sum_y


def _pairs(x: list[float], y: list[float], cell: float) -> Iterator[tuple[int, int]]:
    """Yield each pair ``a < b`` once: all of a small group, else those at most a cell apart."""
    if len(x) <= _ALL_PAIRS:
        yield from ((a, b) for b in range(1, len(x)) for a in range(b))
        return
    cells: dict[tuple[int, int], list[int]] = {}
    for i in range(len(x)):
        cells.setdefault((int(x[i] // cell), int(y[i] // cell)), []).append(i)
    for (column, row), own in cells.items():
        yield from ((a, b) for number, b in enumerate(own) for a in own[:number])
        for beside in ((column + 1, row - 1), (column + 1, row), (column + 1, row + 1), (column, row + 1)):
            others = cells.get(beside, ())
            yield from ((min(one, other), max(one, other)) for other in others for one in own)


def separate(points: list[Point], radii: list[float]) -> list[Point]:
    """Return the places after overlapping discs have been pushed apart (a bounded number of sweeps)."""
    x, y = [p[0] for p in points], [p[1] for p in points]
    reach = 2 * max(radii)
    for _ in range(60):
        still = True
        for a, b in list(_pairs(x, y, reach)):
            gx, gy = x[a] - x[b], y[a] - y[b]
            need = radii[a] + radii[b]
            square = gx * gx + gy * gy
            if square >= need * need * 0.998:
                continue
            still = False
            if square == 0.0:
                gx, gy, square = 1.0, 0.5 * (b - a), 1.0 + 0.25 * (b - a) * (b - a)
            apart = sqrt(square)
            half = (need - apart) / apart * 0.52
            x[a], y[a] = round(x[a] + gx * half, 3), round(y[a] + gy * half, 3)
            x[b], y[b] = round(x[b] - gx * half, 3), round(y[b] - gy * half, 3)
        if still:
            break
    return list(zip(x, y, strict=True))
