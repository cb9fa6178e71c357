"""Find communities by the Louvain method in whole numbers only.

Every comparison is one of integers, so the result depends neither on the platform's floats nor on the hash seed
nor on a version of networkx. Source: Blondel, Guillaume, Lambiotte, Lefebvre (2008), "Fast unfolding of
communities in large networks", J. Stat. Mech. P10008; nodes are visited in a queue as in Traag, Waltman, van Eck (2019).
"""

from __future__ import annotations

from collections import deque

#: Neighbours of each node with the weight of the tie; symmetric, without loops.
Adjacency = list[dict[int, int]]


def communities(adjacency: Adjacency) -> list[list[int]]:
    """Return the groups of nodes that hang together, the largest first, each sorted.

    >>> communities([{1: 1, 2: 1}, {0: 1, 2: 1}, {0: 1, 1: 1, 3: 1}, {2: 1, 4: 1, 5: 1}, {3: 1, 5: 1}, {3: 1, 4: 1}])
    [[0, 1, 2], [3, 4, 5]]
    """
    members = [[node] for node in range(len(adjacency))]
    current, loops = adjacency, [0] * len(adjacency)
    while True:
        home = _move_nodes(current, loops)
        renamed = {old: new for new, old in enumerate(sorted(set(home)))}
        if len(renamed) == len(current):
            break
        home = [renamed[group] for group in home]
        merged: list[list[int]] = [[] for _ in renamed]
        for node, group in enumerate(home):
            merged[group] += members[node]
        current, loops = _aggregate(current, loops, home, len(renamed))
        members = merged
    return sorted((sorted(group) for group in members), key=lambda group: (-len(group), group))


def _move_nodes(adjacency: Adjacency, loops: list[int]) -> list[int]:
    """Return each node's group after moving nodes, one at a time, to where modularity grows most."""
    degree = [sum(ties.values()) + 2 * loop for ties, loop in zip(adjacency, loops, strict=True)]
    total = sum(degree)
    home = list(range(len(adjacency)))
    weight_of = degree[:]
    queue, queued = deque(home), bytearray(b"\x01" * len(home))
    while queue:
        node = queue.popleft()
        queued[node] = 0
        here, own = home[node], degree[node]
        weight_of[here] -= own
        ties = {here: 0}
        for other, weight in adjacency[node].items():
            group = home[other]
            ties[group] = ties.get(group, 0) + weight
        # Twice the change of modularity times total squared; a tie leaves the node where it is, else the lowest number wins.
        best, best_gain = here, total * ties[here] - own * weight_of[here]
        for group, weight in ties.items():
            gain = total * weight - own * weight_of[group]
            if gain > best_gain or (gain == best_gain and group < best and best != here):
                best, best_gain = group, gain
        weight_of[best] += own
        if best == here:
            continue
        home[node] = best
        for other in adjacency[node]:
            if home[other] != best and not queued[other]:
                queued[other] = 1
                queue.append(other)
    return home


def _aggregate(adjacency: Adjacency, loops: list[int], home: list[int], groups: int) -> tuple[Adjacency, list[int]]:
    """Return the graph of the groups: ties between them, and the weight inside each."""
    joined: Adjacency = [{} for _ in range(groups)]
    inside = [0] * groups
    for node, ties in enumerate(adjacency):
        group = home[node]
        inside[group] += loops[node]
        for other, weight in ties.items():
            target = home[other]
            if target != group:
                joined[group][target] = joined[group].get(target, 0) + weight
            elif node < other:
                inside[group] += weight
    return joined, inside
