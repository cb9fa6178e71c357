"""Check names, numbers, ids and the terms used (S10, S11, S12, S15)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.rdf.fields import field_of
from kg.rdf.mapping import property_iri
from kg.rdf.namespaces import EPM
from kg.rdf.terms import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from kg.check.result import CheckResult, Reporter
    from kg.domain import Domain

#: Attributes that RDF says by the class or by an edge.
_OURS_ALONE = frozenset({"type", "otherTypes", "text", "parent", "isFormatOf"})
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


def check_vocabulary(graph: nx.MultiDiGraph, domain: Domain, report: Reporter) -> Iterator[CheckResult]:
    """Yield nodes of an unknown class, edges of an unknown predicate, and (as warnings) attributes that the ontology does not define."""
    known = domain.vocabulary
    for node, data in graph.nodes(data=True):
        for type_ in (data.get("type", ""), *data.get("otherTypes", ())):
            if type_ and EPM + type_ not in known.classes:
                yield report("S15-unknown-class", node, name=type_)
        for attribute in sorted(data):
            address = "" if attribute in _OURS_ALONE else field_of(data.get("type"), attribute).property
            if address.startswith(EPM) and address not in known.properties:
                yield report("S15-unknown-attribute", node, "warning", name=attribute)
    for subject, _, predicate in graph.edges(keys=True):
        address = address_of(property_iri(predicate))
        if address.startswith(EPM) and address not in known.properties:
            yield report("S15-unknown-edge", subject, name=predicate)


def check_ids(graph: nx.MultiDiGraph, report: Reporter) -> Iterator[CheckResult]:
    """Yield nodes whose id cannot be relied on as an IRI, and nodes of several classes."""
    for node, data in graph.nodes(data=True):
        if _REFUSED_IN_ID.search(node):
            yield report("S15-id", node)
        if data.get("otherTypes"):
            yield report("S15-class", node, types=", ".join(sorted([data["type"], *data["otherTypes"]])))
