"""Run every check over a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.check.facts import check_edges, check_offsets
from kg.check.names import check_agency_names, check_ids, check_numbers, check_vocabulary
from kg.check.order import check_cascade, check_circles, check_concept_use, check_concepts
from kg.check.result import CheckResult, Reporter
from kg.check.shapes import check_fast, check_reference
from kg.rdf import write_turtle

if TYPE_CHECKING:
    import networkx as nx

    from kg.domain import Domain


def check_graph(graph: nx.MultiDiGraph, domain: Domain, *, full: bool = False) -> list[CheckResult]:
    """Return what is wrong or doubtful with a graph, the gravest first; empty for a clean one.

    Args:
        graph: As :func:`kg.graph.assemble` or :func:`kg.rdf.read_graph` makes it; quotations are compared where it has its texts.
        domain: Gives the shapes, the concepts and the words of the messages.
        full: Run the shapes with pySHACL, the reference, instead of the fast engine.
    """
    report = Reporter(domain.base)
    concepts = domain.concepts
    found = [
        *check_offsets(graph, report),
        *check_edges(graph, report),
        *check_numbers(graph, report),
        *check_agency_names(graph, domain, report),
        *check_ids(graph, report),
        *check_vocabulary(graph, domain, report),
        *check_circles(graph, report),
        *check_cascade(graph, concepts, report),
        *check_concepts(graph, concepts, report),
    ]
    shapes = domain.field / "shapes.ttl"
    if shapes.is_file():
        turtle = write_turtle(graph, domain).decode()
        found += check_reference(turtle, shapes) if full else check_fast(turtle, shapes)
    return sorted(found, key=lambda result: result.order)


def check_part(graph: nx.MultiDiGraph, domain: Domain, report: Reporter) -> list[CheckResult]:
    """Return what is wrong with a part of a graph, as far as the part tells: quotations, evidence of claims, ids, terms and concepts.

    The shapes and what compares nodes with each other (numbers, aliases, circles, dates) need the whole.

    Args:
        graph: Some nodes with all their attributes, others with their type alone; edges; quotations are compared where it has its texts.
        domain: Gives the concepts and the vocabulary.
        report: Makes the findings.
    """
    return [
        *check_offsets(graph, report),
        *check_edges(graph, report),
        *check_ids(graph, report),
        *check_vocabulary(graph, domain, report),
        *check_concept_use(graph, domain.concepts, report),
    ]
