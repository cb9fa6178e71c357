"""Print how long the layout takes and how good it is: ``python -m bench.layout [NODES...]``, by default 2000 and 10000.

Graphs are planted groups (``bench.gexf.made_up``: fifty nodes a group, every tenth edge leads out). CPU seconds of this process; nothing
is gated. ``purity`` is the share of a node's five nearest nodes on paper that are of its planted group; ``overlaps`` counts pairs of discs
that cover each other; the last line is networkx's spring layout at 2,000 nodes, a force model alone.
"""

from __future__ import annotations

import hashlib
import sys

import networkx as nx

from bench.gexf import made_up, seconds
from kg.export.gexf import Picture, draw
from kg.export.rows import tabulate

_GROUP, _NEAR, _SAMPLE, _CELL = 50, 5, 400, 80.0


def purity(points: list[tuple[float, float]], groups: list[int]) -> float:
    """Return the mean share of the nearest nodes that are of the same group, over a sample spread evenly."""
    step = max(1, len(points) // _SAMPLE)
    alike = tried = 0
    for node in range(0, len(points), step):
        x, y = points[node]
        near = sorted(range(len(points)), key=lambda other: (points[other][0] - x) ** 2 + (points[other][1] - y) ** 2)[1 : _NEAR + 1]
        alike += sum(groups[other] == groups[node] for other in near)
        tried += _NEAR
    return alike / tried


def overlaps(picture: Picture) -> int:
    """Return the number of pairs of discs that cover each other."""
    cells: dict[tuple[int, int], list[int]] = {}
    for node, (x, y) in enumerate(picture.points):
        cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append(node)
    found = 0
    for (column, row), own in cells.items():
        for a in own:
            for other in ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
                for b in cells.get(other, ()):
                    if a < b:
                        (ax, ay), (bx, by) = picture.points[a], picture.points[b]
                        reach = picture.sizes[a] + picture.sizes[b]
                        found += (ax - bx) ** 2 + (ay - by) ** 2 < reach * reach * 0.99
    return found


def main(counts: list[int]) -> None:
    """Measure and print."""
    for count in counts:
        table = tabulate(made_up(count), None, include_evidence=False)
        groups = [int(node.key.rpartition("/")[2]) // _GROUP for node in table.nodes]
        pictures: list[Picture] = []
        spent = seconds(lambda table=table, pictures=pictures: pictures.append(draw(table)))
        picture = pictures[0]
        digest = hashlib.sha256(repr(picture.points).encode()).hexdigest()[:12]
        communities = len(set(picture.community))
        print(
            f"{count:6} nodes {len(table.edges):6} edges  {spent:6.2f} s  purity {purity(picture.points, groups):.2f}  "
            f"{overlaps(picture)} overlaps  {communities} communities  places {digest}"
        )
    graph = nx.Graph(made_up(2000))
    places: dict[str, tuple[float, float]] = {}
    spent = seconds(lambda: places.update(nx.spring_layout(graph, seed=1)))
    names = sorted(graph)
    alone = purity([(float(places[n][0]), float(places[n][1])) for n in names], [int(n.rpartition("/")[2]) // _GROUP for n in names])
    print(f"  2000 nodes, networkx.spring_layout  {spent:6.2f} s  purity {alone:.2f}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [2000, 10_000])
