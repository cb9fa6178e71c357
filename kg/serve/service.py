"""Describe the service and its graphs (SPARQL 1.1 Service Description, VoID)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kg.rdf.namespaces import RDF, XSD
from kg.serve.answers import Body, content_type, offered, triples_bytes
from kg.serve.negotiate import ROWS, TRIPLES
from kg.store.units import is_note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Store, Triple

    from kg.serve.answers import Reader

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_PREFIXES = {"sd": _SD, "void": _VOID, "formats": _FORMATS, "xsd": XSD}
#: What the W3C calls the forms we write; the two aliases for XML and JSON have no name of their own.
_RESULTS = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/ld+json": "JSON-LD",
    "application/rdf+xml": "RDF_XML",
}


def answer_service(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Return the service description.

    Args:
        reader: The store.
        job: ``endpoint`` (its address as the client wrote it), ``accept`` and ``format``.

    Raises:
        Refusal: No form that the client takes.
    """
    offer = offered(job, TRIPLES)
    triples = list(_description(reader.store, job["endpoint"]))
    return Body(triples_bytes(triples, offer, _PREFIXES), {"Content-Type": content_type(offer.media), "Vary": "Accept"})


def answer_graphs(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Return the named graphs with their sizes as JSON, sorted; the default graph under the empty name."""
    del job
    found = [{"graph": name, "triples": count} for name, count in graph_sizes(reader.store).items()]
    return Body(json.dumps(found, ensure_ascii=False).encode(), {"Content-Type": "application/json"})


def graph_sizes(store: Store) -> dict[str, int]:
    """Return the number of triples of each graph by its IRI, of the default graph under the empty string."""
    sizes = {"": _count(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")}
    counted = store.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    found = {row["g"].value: int(row["n"].value) for row in counted if not is_note(str(row["g"]))}  # type: ignore[union-attr]
    return {**sizes, **dict(sorted(found.items()))}


def _count(store: Store, query: str) -> int:
    return int(next(iter(store.query(query)))["n"].value)  # type: ignore[arg-type]


def _description(store: Store, endpoint: str) -> Iterator[Triple]:
    from pyoxigraph import Literal, NamedNode, Triple

    def link(subject: str, predicate: str, end: str) -> Triple:
        return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(end))

    def count(subject: str, number: int) -> Triple:
        return Triple(NamedNode(subject), NamedNode(_VOID + "triples"), Literal(str(number), datatype=NamedNode(XSD + "integer")))

    service, dataset, default = f"{endpoint}#service", f"{endpoint}#dataset", f"{endpoint}#default"
    yield link(service, RDF + "type", _SD + "Service")
    yield link(service, _SD + "endpoint", endpoint)
    yield link(service, _SD + "supportedLanguage", _SD + "SPARQL11Query")
    for offer in (*ROWS, *TRIPLES):
        if offer.media in _RESULTS:
            yield link(service, _SD + "resultFormat", _FORMATS + _RESULTS[offer.media])
    yield link(service, _SD + "defaultDataset", dataset)
    yield link(dataset, RDF + "type", _SD + "Dataset")
    yield link(dataset, _SD + "defaultGraph", default)
    for number, (name, triples) in enumerate(graph_sizes(store).items()):
        graph = f"{endpoint}#graph-{number}" if name else default
        yield link(graph, RDF + "type", _SD + "Graph")
        yield count(graph, triples)
        if name:
            named = f"{endpoint}#named-{number}"
            yield link(dataset, _SD + "namedGraph", named)
            yield link(named, RDF + "type", _SD + "NamedGraph")
            yield link(named, _SD + "name", name)
            yield link(named, _SD + "graph", graph)
