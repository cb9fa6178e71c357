"""Give the page the chains of documents and programs and the series of figures, as ``kg cascade`` and ``kg series`` make them, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.cascade import cascade
from kg.analyse.series import series

if TYPE_CHECKING:
    from collections.abc import Mapping

    from networkx import MultiDiGraph

    from kg.domain import Domain


def cascade_data(graph: MultiDiGraph, domain: Domain, index: Mapping[str, int]) -> dict[str, Any]:
    """Return ``nodes`` (number, level, numbers of the texts that are this document) and ``links``.

    A link: number of the lower and of the upper node, and 1 where it carries on the upper one, 0 where it only cites it or is a part of it.
    """
    core = {(link["lower"], link["upper"]) for link in cascade(graph, domain)["links"]}
    found = cascade(graph, domain, cites=True, parts=True)
    return {
        "nodes": [[index[node["id"]], node["level"], [index[text] for text in node["texts"]]] for node in found["nodes"]],
        "links": [[index[link["lower"]], index[link["upper"]], int((link["lower"], link["upper"]) in core)] for link in found["links"]],
    }


def series_data(graph: MultiDiGraph, domain: Domain, index: Mapping[str, int]) -> list[list[Any]]:
    """Return a row for each indicator and unit: Chinese, English, unit, points, comparisons.

    A point: number of its node, year (0 for none), kind. A comparison: year, region's name, numbers of target and result (-1 for none),
    per cent (or None), ``stated`` or ``computed``.
    """
    rows = []
    for one in series(graph, domain)["indicators"]:
        points = [[index[point["id"]], point["year"] or 0, point["kind"] or ""] for point in one["points"]]
        compared = [
            [
                each["year"] or 0,
                each["regionName"],
                index.get(each["target"], -1),
                index.get(each["result"], -1),
                each["share"],
                each["basis"],
            ]
            for each in one["comparisons"]
        ]
        rows.append([one["zh"], one["en"], one["unit"], points, compared])
    return rows
