"""Climb from a region of the graph to those around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx


def chain(graph: nx.MultiDiGraph, region: str) -> tuple[str, ...]:
    """Return a region and the regions around it, nearest first; a circle of them ends where it began."""
    found: dict[str, None] = {}
    at: str | None = region
    while at and at not in found:
        found[at] = None
        data = graph.nodes[at] if at in graph else {}
        above = sorted(target for _, target, key in graph.out_edges(at, keys=True) if key == "isPartOf") if at in graph else []
        at = data.get("parent") or next(iter(above), None)
    return tuple(found)


def province(graph: nx.MultiDiGraph, region: str) -> str:
    """Return the province that holds a region; the region itself where the graph knows of none."""
    around = [each for each in chain(graph, region) if each in graph and graph.nodes[each].get("level") == "lvl:provincial"]
    return around[-1] if around else region


def level_rank(level: str | None) -> int:
    """Return 1 for the centre to 4 for a county and what is below it, 5 where the level is not known.

    >>> level_rank("lvl:national"), level_rank("lvl:zone"), level_rank(None)
    (1, 4, 5)
    """
    name = (level or "").partition(":")[2]
    return {"national": 1, "provincial": 2, "prefecture": 3, "county": 4, "zone": 4, "township": 4, "community": 4}.get(name, 5)
