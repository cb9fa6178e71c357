"""The layout shows communities apart, lets no discs overlap, and is the same on every platform."""

from __future__ import annotations

import ast
import runpy
from math import dist
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg.export.layout
from kg.export.community import Adjacency, communities
from kg.export.layout import layout
from kg.export.rows import tabulate

if TYPE_CHECKING:
    import random

policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]


def adjacency_of(graph: nx.Graph) -> Adjacency:
    """Return a graph of the nodes 0, 1, … in the form that the layout takes."""
    return [{other: 1 for other in sorted(graph[node]) if other != node} for node in range(len(graph))]


def planted(groups: int, size: int, seed: int = 3) -> nx.Graph:
    """Return a graph whose first ``size`` nodes hang together, and so on."""
    return nx.planted_partition_graph(groups, size, 0.2, 0.002, seed=seed)


@pytest.mark.parametrize("seed", range(5))
def test_communities_are_as_good_as_those_of_networkx(seed: int) -> None:
    graph = nx.Graph(tabulate_pairs(policy_graph(20, seed)))
    graph = nx.convert_node_labels_to_integers(graph, ordering="sorted")
    ours = nx.community.modularity(graph, communities(adjacency_of(graph)))
    theirs = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed, weight=None))
    assert ours >= theirs - 0.03


def tabulate_pairs(graph: nx.MultiDiGraph) -> list[tuple[int, int]]:
    """Return the edges of a picture as pairs of numbers."""
    return [(edge.source, edge.target) for edge in tabulate(graph, None, include_evidence=False).edges]


def test_planted_communities_are_found() -> None:
    assert sorted(communities(adjacency_of(planted(6, 40)))) == [list(range(40 * g, 40 * g + 40)) for g in range(6)]


def test_neighbours_on_paper_belong_together() -> None:
    points, community = layout(adjacency_of(planted(8, 60)), [8.0] * 480)
    assert len(set(community)) == 8
    alike = 0
    for node, point in enumerate(points):
        nearest = sorted((other for other in range(480) if other != node), key=lambda other: dist(point, points[other]))[:5]
        alike += sum(community[other] == community[node] for other in nearest)
    assert alike / (5 * 480) > 0.95


@pytest.mark.parametrize("graph", [planted(8, 60), nx.star_graph(300), nx.empty_graph(200), nx.path_graph(150), nx.complete_graph(60)])
def test_discs_do_not_overlap(graph: nx.Graph) -> None:
    sizes = [4.0 + node % 7 for node in range(len(graph))]
    points, _ = layout(adjacency_of(graph), sizes)
    overlapping = sum(
        dist(points[a], points[b]) < sizes[a] + sizes[b] for a in range(len(points)) for b in range(a)
    )  # fmt: skip
    assert overlapping == 0


def test_paper_is_used() -> None:
    graph = planted(8, 60)
    points, _ = layout(adjacency_of(graph), [8.0] * len(graph))
    width, height = (max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    assert 0.5 < width / height < 2
    assert len(points) * 8 * 8 * 3.14 / (width * height) > 0.02


@given(st.integers(0, 30), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_small_graph_has_a_place_for_each_node(count: int, dice: random.Random) -> None:
    graph = nx.gnp_random_graph(count, 0.15, seed=dice.randrange(10**6))
    points, community = layout(adjacency_of(graph), [5.0] * count)
    assert len(points) == len(community) == count
    assert len(set(points)) == count


def test_order_of_neighbours_makes_no_difference() -> None:
    adjacency = adjacency_of(planted(5, 40))
    turned = [dict(reversed(ties.items())) for ties in adjacency]
    assert layout(turned, [6.0] * 200) == layout(adjacency, [6.0] * 200)


def test_only_exact_arithmetic() -> None:
    """Sines, powers and exponentials come from the C library and differ between platforms; ``sum`` of floats between Pythons."""
    folder = Path(kg.export.layout.__file__).parent
    for name in ("layout", "spring", "packing", "community"):
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "math" for alias in node.names
        }
        assert imported <= {"sqrt", "isqrt"}
        assert not any(isinstance(node, ast.Pow) for node in ast.walk(tree))
        modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not modules & {"math", "random", "numpy", "networkx"}
    summed = [
        n for n in ast.walk(ast.parse((folder / "spring.py").read_text(encoding="utf-8"))) if isinstance(n, ast.Name) and n.id == "sum"
    ]
    assert not summed
