"""Tell from when to when the documents of a graph speak of a node or an edge, for Gephi's timeline."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from kg.export.rows import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from networkx import MultiDiGraph

#: First and last day, both included.
Interval = tuple[str, str]
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$", re.ASCII)


class Intervals(NamedTuple):
    """Hold the intervals of what dated documents speak of: nodes by key, edges by source, predicate and target."""

    nodes: dict[str, Interval]
    edges: dict[tuple[str, str, str], Interval]


def day_range(date: str) -> Interval | None:
    """Return the first and last day of a date, a month or a year, ``None`` for anything else.

    >>> day_range("2024-02"), day_range("2024-05-23"), day_range("soon")
    (('2024-02-01', '2024-02-29'), ('2024-05-23', '2024-05-23'), None)
    """
    match = _DATE.match(date)
    if match is None:
        return None
    year, month, day = match.groups()
    last = month or "12"
    if not 1 <= int(last) <= 12 or int(year) == 0:  # noqa: PLR2004 - months
        return None
    length = monthrange(int(year), int(last))[1]
    if day is not None:
        return (date, date) if 1 <= int(day) <= length else None
    return f"{year}-{month or '01'}-01", f"{year}-{last}-{length:02d}"


def intervals(graph: MultiDiGraph) -> Intervals:
    """Return for each node and edge the time from the first to the last dated document that speaks of it.

    A node lasts at least as long as its edges and, if it is a document, includes its own date. What only undated documents speak of has no interval:
    Gephi then shows it always.
    """
    dates = {node: found for node, data in graph.nodes(data=True) if data.get("date") and (found := day_range(str(data["date"])))}
    nodes: defaultdict[str, list[Interval]] = defaultdict(list)
    for node, found in dates.items():
        nodes[node].append(found)
    edges: dict[tuple[str, str, str], Interval] = {}
    for source, target, key, data in graph.edges(keys=True, data=True):
        texts = {graph.nodes[each].get("text") for each in data.get("evidence") or () if each in graph}
        if key == "hasEvidence":
            texts.add(graph.nodes[target].get("text"))
        whole = _whole(dates[text] for text in texts if text in dates)
        if whole is not None:
            edges[clean(source), clean(key), clean(target)] = whole
            nodes[source].append(whole)
            nodes[target].append(whole)
    return Intervals({clean(node): whole for node, found in nodes.items() if (whole := _whole(found))}, edges)


def _whole(found: Iterable[Interval]) -> Interval | None:
    listed = list(found)
    return (min(start for start, _ in listed), max(end for _, end in listed)) if listed else None
