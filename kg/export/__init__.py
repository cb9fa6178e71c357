"""Write the graph in the formats that others read; one row of ``FORMATS`` and one module a format.

Every writer is a pure function of graph and domain: the same graph gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from kg.domain import Domain

__all__ = ["BUILD_FORMATS", "FORMATS", "Format"]

#: Graph and domain to the content of each file by its name.
Writer = Callable[["MultiDiGraph", "Domain"], dict[str, bytes]]
#: Graph and domain to the content of the one file, piece by piece.
Pieces = Callable[["MultiDiGraph", "Domain"], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """Describe one export.

    Attributes:
        name: As given to ``kg export``.
        filenames: The files it writes, in the order of importance.
        description: One line in English for ``kg export --help``.
        write: Returns the content of each file.
        pieces: Yields the same in bounded memory, where the format allows it.
    """

    name: str
    filenames: tuple[str, ...]
    description: str
    write: Writer
    pieces: Pieces | None = None


# Writers import what they need when they run, so that the command line starts without networkx or an RDF library.


def _turtle(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.rdf import write_turtle

    return {"graph.ttl": write_turtle(graph, domain)}


def _nquads(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.rdf import write_nquads

    return {"graph.nq": write_nquads(graph, domain)}


def _nquads_pieces(graph: MultiDiGraph, domain: Domain) -> Iterator[bytes]:
    from kg.rdf import nquads_pieces

    return nquads_pieces(graph, domain)


def _jsonld(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.rdf import write_jsonld

    return {"graph.jsonld": write_jsonld(graph, domain)}


def _gexf(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.gexf import write_gexf

    return write_gexf(graph, domain)


def _graphml(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.graphml import write_graphml

    return write_graphml(graph, domain)


def _csv(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.neo4j import write_csv

    return write_csv(graph, domain)


def _html(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.html import write_html

    return write_html(graph, domain)


def _void(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.void import write_void

    return write_void(graph, domain)


def _terms(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    from kg.export.terms_page import write_terms_page

    return write_terms_page(graph, domain)


_ALL = (
    Format("turtle", ("graph.ttl",), "RDF in readable Turtle: facts, provisions, evidence and the concepts used", _turtle),
    Format("nquads", ("graph.nq",), "RDF with one named graph for each text", _nquads, _nquads_pieces),
    Format("jsonld", ("graph.jsonld",), "RDF as JSON-LD with one named graph for each text", _jsonld),
    Format("gexf", ("graph.gexf", "graph-simple.gexf"), "for Gephi: coloured, sized and placed; -simple has one edge for each pair", _gexf),
    Format("graphml", ("graph.graphml",), "for networkx, igraph, Cytoscape and yEd", _graphml),
    Format("csv", ("nodes.csv", "edges.csv"), "tables of everything, with the headers of neo4j-admin import", _csv),
    Format("html", ("explorer.html",), "one page to explore the graph in a browser, every fact with its sentence; needs no network", _html),
)

#: What describes a graph or the ontology; written on request only.
_ABOUT = (
    Format("void", ("void.ttl",), "VoID and DCAT: what data set this is, how large, with which classes, properties and texts", _void),
    Format(
        "ontology-html", ("ontology.html",), "the ontology as one page: every term, its examples from the graph and its questions", _terms
    ),
)

#: Every export by its name.
FORMATS: Mapping[str, Format] = MappingProxyType({row.name: row for row in (*_ALL, *_ABOUT)})

#: Names of the exports that ``kg build`` writes, in this order.
BUILD_FORMATS: tuple[str, ...] = tuple(row.name for row in _ALL)
