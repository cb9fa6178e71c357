"""Say in RDF 1.2 which fact an evidence is of: ``evidence rdf:reifies <<( subject predicate object )>>`` instead of three triples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.namespaces import RDF
from kg.rdf.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.rdf.terms import Triple

REIFIES = iri(RDF + "reifies")
_TYPE, _STATEMENT = iri(RDF + "type"), iri(RDF + "Statement")
_PARTS = (iri(RDF + "subject"), iri(RDF + "predicate"), iri(RDF + "object"))


def triple_term(triple: Triple) -> str:
    """Return a triple as a term."""
    return f"<<( {' '.join(triple)} )>>"


def parts_of(term: str) -> list[str]:
    """Return subject, predicate and object of a triple term made of IRIs."""
    return term.removeprefix("<<(").removesuffix(")>>").split()


def with_reifiers(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the triples with every whole ``rdf:Statement`` written by ``rdf:reifies``; what is not whole stays as it is."""
    held: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        subject, predicate, object_ = triple
        if predicate in _PARTS or (predicate == _TYPE and object_ == _STATEMENT):
            held.setdefault(subject, {}).setdefault(predicate, []).append(object_)
        else:
            yield triple
    for subject, found in held.items():
        ends = [found.get(part, []) for part in _PARTS]
        if _TYPE in found and all(len(end) == 1 and end[0].startswith("<") for end in ends):
            yield subject, REIFIES, triple_term((ends[0][0], ends[1][0], ends[2][0]))
        else:
            yield from ((subject, predicate, object_) for predicate, objects in found.items() for object_ in objects)


def without_reifiers(triple: Triple) -> Iterator[Triple]:
    """Yield what a triple of :func:`with_reifiers` stands for."""
    subject, predicate, object_ = triple
    if predicate == REIFIES and object_.startswith("<<("):
        yield subject, _TYPE, _STATEMENT
        for part, end in zip(_PARTS, parts_of(object_), strict=True):
            yield subject, part, end
    else:
        yield triple
