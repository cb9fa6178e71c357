"""Check evidence against the texts, and that every fact has some (S2, S3, S4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from kg.check.result import CheckResult, Reporter

#: Edges that have to carry evidence, whoever their subject is, provisions apart.
CLAIMED = frozenset(
    {
        "issuedBy",
        "basedOn",
        "implementedBy",
        "targets",
        "hasMeasure",
        "partOf",
        "hasObservation",
        "leadBy",
        "partner",
        "implements",
        "cites",
    }
)
_SHOWN = 40


def check_offsets(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield evidence whose offsets do not fit its quotation, or whose quotation is not what the text has there.

    Where texts are not at hand, one warning says of how many.
    """
    texts = graph.graph.get("texts", {})
    missing: set[str] = set()
    for node, data in graph.nodes(data=True):
        if data.get("type") != "Evidence" or not all(isinstance(data.get(key), kind) for key, kind in _NEEDED):
            continue  # what is missing, the shapes report
        exact, start, end = data["exact"], data["start"], data["end"]
        if len(exact) != end - start:
            yield report("S2-length", node, exact=len(exact), span=end - start)
        if data.get("text") not in texts:
            missing.add(str(data.get("text", "")))
        elif texts[data["text"]][start:end] != exact:
            yield report("S3-quote", node, found=texts[data["text"]][start : min(end, start + _SHOWN)])
    if missing:
        yield report("S3-text", min(missing), "warning", count=len(missing))


_NEEDED = (("exact", str), ("start", int), ("end", int))


def check_edges(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield claims without evidence."""
    for subject, object_, predicate, data in graph.edges(keys=True, data=True):
        if predicate in CLAIMED and not data["evidence"] and graph.nodes[subject].get("type") != "Provision":
            yield report("S4-edge", subject, predicate=predicate, object=object_)
