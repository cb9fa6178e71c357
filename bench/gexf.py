"""Print how long the GEXF of a large graph takes, beside networkx's own writer: ``python -m bench.gexf [NODES]``.

Times are CPU seconds of this process; nothing is gated. ``networkx.write_gexf`` gets a copy that it can write at all
(no lists, no ``None``), which holds less than ours. ``bench.layout`` measures the layout.
"""

from __future__ import annotations

import io
import random
import sys
import time
from typing import TYPE_CHECKING

import networkx as nx

from kg.export.gexf import Picture, gexf_lines, simplified, uncollected
from kg.export.rows import tabulate

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS = ("Agency", "Program", "TargetGroup", "Measure", "PolicyDocument", "Observation")
_PREDICATES = ("implementedBy", "hasMeasure", "targets", "partOf", "hasObservation")


def made_up(count: int) -> nx.MultiDiGraph:
    """Return a graph of so many nodes in groups of fifty, with two edges a node."""
    dice = random.Random(1)  # noqa: S311 - no secret
    graph = nx.MultiDiGraph()
    for number in range(count):
        name = f"\u540d{number}"
        graph.add_node(f"measure/{number}", type=_KINDS[number % 6], name=name, texts=1, confidence=0.9, aliases=[name, f"{name}x"])
    for number in range(count):
        for _ in range(2):
            near = min(count - 1, number - number % 50 + dice.randrange(50))
            other = dice.choice([near] * 9 + [dice.randrange(count)])
            graph.add_edge(f"measure/{number}", f"measure/{other}", _PREDICATES[dice.randrange(5)], weight=1, confidence=0.9, evidence=[])
    return graph


def plain(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return a copy with scalar values only."""
    copy = nx.MultiDiGraph()
    copy.add_nodes_from((n, {k: v for k, v in data.items() if not isinstance(v, list)}) for n, data in graph.nodes(data=True))
    copy.add_edges_from((s, t, {"predicate": p, "weight": data["weight"]}) for s, t, p, data in graph.edges(keys=True, data=True))
    return copy


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that a call takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(count: int) -> None:
    """Measure and print."""
    graph = made_up(count)
    copy = plain(graph)
    table = tabulate(graph, None, include_evidence=False)
    nothing = Picture([4.0] * count, [(0.0, 0.0)] * count, [0] * count)
    with uncollected():
        ours = seconds(lambda: "".join(gexf_lines(tabulate(graph, None, include_evidence=False), nothing)).encode())
        simple = seconds(lambda: "".join(gexf_lines(simplified(table), nothing, simple=True)).encode())
    theirs = seconds(lambda: nx.write_gexf(copy, io.BytesIO()))
    print(f"{count} nodes, {graph.number_of_edges()} edges")
    print(f"graph.gexf without layout  {ours:6.2f} s")
    print(f"networkx.write_gexf        {theirs:6.2f} s   ({theirs / ours:.1f} times ours)")
    print(f"graph-simple.gexf          {simple:6.2f} s   (from the rows)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
