"""Check names, numbers and ids (S10, S11, S12, S15)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from kg.check.result import CheckResult, Reporter
    from kg.domain import Domain

_REFUSED_IN_ID = re.compile(r"%[0-9A-Fa-f]{2}|[\s\"'“”‘’<>]")


def check_numbers(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield documents that share their number with another."""
    owner: dict[str, str] = {}
    for node, data in graph.nodes(data=True):
        if data.get("type") == "PolicyDocument" and data.get("number"):
            first = owner.setdefault(data["number"], node)
            if first != node:
                yield report("S10-shared", node, number=data["number"], other=first)


def check_agency_names(graph: nx.MultiDiGraph, domain: Domain, report: Reporter) -> Iterator[CheckResult]:
    """Yield agencies with a name that only a context explains, and aliases that two agencies bear (a warning)."""
    patterns = domain.base_patterns("check_names").patterns.values()
    owner: dict[str, str] = {}
    for node, data in graph.nodes(data=True):
        if data.get("type") != "Agency":
            continue
        aliases = data.get("aliases", ())
        for name in dict.fromkeys((data.get("name", ""), *aliases)):
            if any(pattern.search(name) for pattern in patterns):
                yield report("S11-name", node, name=name)
        for name in aliases:
            first = owner.setdefault(name, node)
            if first != node:
                yield report("S12-alias", node, "warning", name=name, other=first)


def check_ids(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield nodes whose id cannot be relied on as an IRI, and nodes of several classes."""
    for node, data in graph.nodes(data=True):
        if _REFUSED_IN_ID.search(node):
            yield report("S15-id", node)
        if data.get("otherTypes"):
            yield report("S15-class", node, types=", ".join(sorted([data["type"], *data["otherTypes"]])))
