"""Describe a graph as a data set: VoID for who queries it, DCAT for catalogues. No date of making, no licence: those are the user's to say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kg.rdf import to_triples, turtle_of
from kg.rdf.namespaces import DCTERMS, EPM, ID, RDF, ROOT, XSD
from kg.rdf.nquads import text_graphs
from kg.rdf.terms import iri, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from networkx import MultiDiGraph

    from kg.domain import Domain
    from kg.rdf.terms import Triple

_VOID, _DCAT, _FOAF = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dcat#", "http://xmlns.com/foaf/0.1/"
_PREFIXES = {
    "void": _VOID,
    "dcat": _DCAT,
    "foaf": _FOAF,
    "part": f"{ROOT}dataset/part/",
    "epmroot": ROOT,
    "media": "https://www.iana.org/assignments/media-types/",
}
_TYPE = iri(RDF + "type")
_DATASET = iri(f"{ROOT}dataset")
_FILES = (("graph.ttl", "text/turtle"), ("graph.nq", "application/n-quads"), ("graph.jsonld", "application/ld+json"))
_VOCABULARIES = (EPM, DCTERMS, "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/ns/oa#", "https://schema.org/")


def write_void(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    """Return ``void.ttl``."""
    triples = sorted(set(to_triples(graph, domain)))
    described = [*_dataset(graph, triples), *_partitions(triples), *_texts(graph, triples), *_distributions()]
    return {"void.ttl": turtle_of(described, _PREFIXES).encode()}


def _number(value: int) -> str:
    return literal(str(value), datatype=XSD + "integer")


def _dataset(graph: MultiDiGraph, triples: list[Triple]) -> Iterator[Triple]:
    types = {object_ for _, predicate, object_ in triples if predicate == _TYPE}
    entities = {subject for subject, predicate, _ in triples if predicate == _TYPE and subject.startswith(f"<{ID}")}
    for kind in (_VOID + "Dataset", _DCAT + "Dataset"):
        yield _DATASET, _TYPE, iri(kind)
    yield _DATASET, iri(DCTERMS + "title"), literal("Policy-measure knowledge graph", language="en")
    counts = {
        "triples": len(triples),
        "entities": len(entities),
        "classes": len(types),
        "properties": len({predicate for _, predicate, _ in triples}),
        "distinctSubjects": len({subject for subject, _, _ in triples}),
        "distinctObjects": len({object_ for _, _, object_ in triples}),
        "documents": sum(data.get("type") == "SourceText" for _, data in graph.nodes(data=True)),
    }
    for name, value in counts.items():
        yield _DATASET, iri(_VOID + name), _number(value)
    yield _DATASET, iri(_VOID + "uriSpace"), literal(ID)
    yield _DATASET, iri(DCTERMS + "language"), iri("http://id.loc.gov/vocabulary/iso639-1/zh")
    yield _DATASET, iri(DCTERMS + "conformsTo"), iri(EPM.removesuffix("#"))
    for vocabulary in _VOCABULARIES:
        yield _DATASET, iri(_VOID + "vocabulary"), iri(vocabulary)
    for each in sorted(_regions(graph)):
        yield _DATASET, iri(DCTERMS + "spatial"), iri(ID + each)
    dates = sorted(str(data["date"]) for _, data in graph.nodes(data=True) if data.get("type") == "SourceText" and data.get("date"))
    if dates:
        period = iri(f"{ROOT}dataset/part/period")
        yield _DATASET, iri(DCTERMS + "temporal"), period
        yield period, _TYPE, iri(DCTERMS + "PeriodOfTime")
        yield period, iri(_DCAT + "startDate"), literal(dates[0], datatype=_datatype(dates[0]))
        yield period, iri(_DCAT + "endDate"), literal(dates[-1], datatype=_datatype(dates[-1]))


def _datatype(date: str) -> str:
    return XSD + {0: "gYear", 1: "gYearMonth", 2: "date"}.get(date.count("-"), "string")


def _regions(graph: MultiDiGraph) -> set[str]:
    """Return the regions that texts apply to."""
    return {
        end
        for node, end, key in graph.out_edges(keys=True)
        if key == "appliesTo" and graph.nodes[node].get("type") == "SourceText" and graph.nodes[end].get("type") == "Region"
    }


def _partitions(triples: list[Triple]) -> Iterator[Triple]:
    """Yield how many entities each class has, and how many triples each property."""
    classes = Counter(object_ for _, predicate, object_ in triples if predicate == _TYPE)
    properties = Counter(predicate for _, predicate, _ in triples)
    for kind, key, size, counts in (("class", "class", "entities", classes), ("property", "property", "triples", properties)):
        for term, number in sorted(counts.items()):
            part = iri(f"{ROOT}dataset/part/{kind}-{_slug(term)}")
            yield _DATASET, iri(f"{_VOID}{kind}Partition"), part
            yield part, iri(_VOID + key), term
            yield part, iri(_VOID + size), _number(number)


def _slug(term: str) -> str:
    """Return the last two parts of an IRI as one name: properties of two vocabularies may share the last."""
    address = term[1:-1].rstrip("/#")
    head, _, name = address.replace("#", "/").rpartition("/")
    return f"{head.rpartition('/')[2]}-{name}"


def _texts(graph: MultiDiGraph, triples: list[Triple]) -> Iterator[Triple]:
    """Yield each text's graph as a part of the data set."""
    for text, found in text_graphs(graph, triples).items():
        yield _DATASET, iri(_VOID + "subset"), iri(ID + text)
        yield iri(ID + text), _TYPE, iri(_VOID + "Dataset")
        yield iri(ID + text), iri(_VOID + "triples"), _number(len(found))
        title = graph.nodes[text].get("title")
        if title:
            yield iri(ID + text), iri(DCTERMS + "title"), literal(title)


def _distributions() -> Iterable[Triple]:
    """Yield the files that ``kg build`` writes, by their names."""
    for name, media in _FILES:
        part = iri(f"{ROOT}dataset/part/{name}")
        yield _DATASET, iri(_DCAT + "distribution"), part
        yield part, _TYPE, iri(_DCAT + "Distribution")
        yield part, iri(DCTERMS + "title"), literal(name)
        yield part, iri(_DCAT + "mediaType"), iri(f"https://www.iana.org/assignments/media-types/{media}")
