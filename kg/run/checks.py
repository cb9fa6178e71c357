"""Check a graph while it is streamed: each text by itself, and the nodes of all texts some thousand at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.check import Reporter, check_part
from kg.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import networkx as nx

    from kg.domain import Domain

#: Findings that are held at most; a domain at fault would find something in every text.
_MOST = 10_000


class Checks:
    """Gather what is found wrong, each once.

    Attributes:
        found: The findings.
    """

    def __init__(self, domain: Domain) -> None:
        self._domain, self._report = domain, Reporter(domain.base)
        self.found: set[Finding] = set()

    def of_text(self, graph: nx.MultiDiGraph) -> None:
        """Check what one text says."""
        self.absorb(Finding(one.severity, one.code, one.where, one.message) for one in check_part(graph, self._domain, self._report))

    def of_pool(self, graph: nx.MultiDiGraph, derived: Mapping[str, Mapping[str, Any]], mentions: Mapping[str, int]) -> None:
        """Check nodes of all texts; the arguments are those of :meth:`kg.run.tables.Rows.of_pool`.

        Their edges stand for attributes: what texts claim of them is checked with the texts.
        """
        del derived, mentions
        nodes = type(graph)()
        nodes.add_nodes_from(graph.nodes(data=True))
        self.of_text(nodes)

    def absorb(self, found: Iterable[Finding]) -> None:
        """Add findings, as long as there are not too many."""
        for one in found:
            if len(self.found) < _MOST:
                self.found.add(one)

    def listed(self) -> list[Finding]:
        """Return the findings, the gravest first."""
        order = {"violation": 0, "warning": 1, "info": 2}
        return sorted(self.found, key=lambda one: (order[one.severity], one.code, one.where, one.message))
