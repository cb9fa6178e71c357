"""Give every node a place in the plane: communities first, packed as islands, a spring model inside each.

A force model alone turns a large graph into a grey ball; here groups are found first (recursively, until they are
small), each is drawn by itself, and the drawn islands are packed next to those they have most ties with.
Only ``+ - * /`` and square roots are used, which IEEE 754 rounds alike everywhere, sums run in a fixed order,
and coordinates are rounded after each step: the same graph gives the same picture on every platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.export.community import communities
from kg.export.packing import CELL, outline, pack
from kg.export.spring import relax, separate, sunflower

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.export.community import Adjacency

Point = tuple[float, float]

#: Groups up to this size are drawn by the spring model; larger ones are divided further.
SMALL = 48
#: Free space around a node, in the unit of its size.
MARGIN = 6.0
#: Space between communities and between their parts, in hundredths of their extent.
_WIDE, _NARROW = 35, 10


def layout(adjacency: Adjacency, sizes: Sequence[float]) -> tuple[list[Point], list[int]]:
    """Return a place for each node, and the number of its community (0 for the largest).

    Args:
        adjacency: For each node its neighbours with the weight of the tie; symmetric, without loops.
        sizes: The radius each node is drawn with; discs hardly ever overlap.

    >>> layout([{1: 1}, {0: 1}], [4, 4])
    ([(7.37, -6.75), (-7.37, 6.75)], [0, 0])
    """
    if not adjacency:
        return [], []
    groups = communities(adjacency)
    community = {node: number for number, group in enumerate(groups) for node in group}
    drawing = _Drawing(adjacency, [size + MARGIN for size in sizes])
    placed = drawing.islands(groups, _WIDE) if len(adjacency) > SMALL else drawing.group(list(range(len(adjacency))))
    nodes = range(len(adjacency))
    # Adding 0.0 turns -0.0 into 0.0.
    return [(round(placed[node][0], 2) + 0.0, round(placed[node][1], 2) + 0.0) for node in nodes], [community[node] for node in nodes]


class _Drawing:
    """Hold the graph that is being drawn, so that the recursion passes only groups of nodes."""

    def __init__(self, adjacency: Adjacency, radii: list[float]) -> None:
        self.adjacency, self.radii = adjacency, radii

    def place(self, nodes: list[int]) -> dict[int, Point]:
        """Return the places of a community's nodes around the origin; a large one is divided further."""
        if len(nodes) > SMALL:
            local = {node: index for index, node in enumerate(nodes)}
            inside = [{local[o]: w for o, w in self.adjacency[node].items() if o in local} for node in nodes]
            groups = communities(inside)
            if len(groups) > 1:
                return self.islands([[nodes[index] for index in group] for group in groups], _NARROW)
        return self.group(nodes)

    def islands(self, groups: list[list[int]], gap: int) -> dict[int, Point]:
        """Draw each group by itself and pack the drawings, ``gap`` hundredths of their extent apart."""
        drawn = [self.place(group) for group in groups]
        group_of = {node: index for index, group in enumerate(groups) for node in group}
        ties: Adjacency = [{} for _ in groups]
        for node, group in sorted(group_of.items()):
            for other, weight in self.adjacency[node].items():
                target = group_of.get(other, group)
                if target != group:
                    ties[group][target] = ties[group].get(target, 0) + weight
        moves = pack([outline([(x, y, self.radii[node]) for node, (x, y) in points.items()]) for points in drawn], ties, gap)
        placed = {
            node: (round(x + dx * CELL, 3), round(y + dy * CELL, 3))
            for points, (dx, dy) in zip(drawn, moves, strict=True)
            for node, (x, y) in points.items()
        }
        return _centred(placed)

    def group(self, nodes: list[int]) -> dict[int, Point]:
        """Draw one small group: the nodes that tie it together by springs, those with one tie around their neighbour."""
        inside = set(nodes)
        ties = {node: {o: w for o, w in self.adjacency[node].items() if o in inside} for node in nodes}
        leaf_of = {node: next(iter(own)) for node, own in ties.items() if len(own) == 1}
        leaf_of = {node: hub for node, hub in leaf_of.items() if hub not in leaf_of or hub < node}
        leaves: dict[int, list[int]] = {}
        for node in nodes:
            if node in leaf_of:
                leaves.setdefault(leaf_of[node], []).append(node)
        core = sorted((node for node in nodes if node not in leaf_of), key=lambda node: (-len(ties[node]), node))
        petals = {hub: sunflower([self.radii[hub], *(self.radii[leaf] for leaf in own)]) for hub, own in leaves.items()}
        radii = [petals[node][1] if node in petals else self.radii[node] for node in core]
        index = {node: number for number, node in enumerate(core)}
        edges = [(index[a], index[b]) for a in core for b in sorted(ties[a]) if b in index and index[a] < index[b]]
        points = separate(relax(sunflower(radii)[0], edges, radii), radii)
        placed = {node: points[number] for node, number in index.items()}
        for hub, own in leaves.items():
            x, y = placed[hub]
            for leaf, (dx, dy) in zip(own, petals[hub][0][1:], strict=True):
                placed[leaf] = (round(x + dx, 3), round(y + dy, 3))
        return _centred(placed)


def _centred(placed: dict[int, Point]) -> dict[int, Point]:
    """Move the middle of the drawing to the origin."""
    middle_x = (min(x for x, _ in placed.values()) + max(x for x, _ in placed.values())) / 2
    middle_y = (min(y for _, y in placed.values()) + max(y for _, y in placed.values())) / 2
    return {node: (round(x - middle_x, 3), round(y - middle_y, 3)) for node, (x, y) in placed.items()}
