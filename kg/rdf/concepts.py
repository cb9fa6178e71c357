"""Write the curated concepts that a graph uses, with everything above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.namespaces import RDF, RDFS, SKOS
from kg.rdf.terms import Triple, iri, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.domain.concepts import Concepts

_TYPE, _LABEL, _PREF_LABEL = iri(RDF + "type"), iri(RDFS + "label"), iri(SKOS + "prefLabel")


def triples_of(concepts: Concepts, used: Iterable[str]) -> Iterator[Triple]:
    """Yield the triples of concepts, of all that they lead to, and of their schemes; each has one ``rdfs:label``, in Chinese.

    Args:
        concepts: All concepts.
        used: CURIEs of those that the graph names.
    """

    def term(curie: str) -> str:
        return iri(concepts.expand(curie) or curie)

    schemes = set()
    for curie in concepts.context(used):
        concept, subject = concepts[curie], term(curie)
        schemes.add(concept.scheme)
        yield subject, _TYPE, iri(SKOS + "Concept")
        yield subject, _LABEL, literal(concept.zh or curie, language="zh-hans")
        for language, label in concept.labels.items():
            yield subject, _PREF_LABEL, literal(label, language=language)
        if concept.notation:
            yield subject, iri(SKOS + "notation"), literal(concept.notation)
        yield subject, iri(SKOS + "inScheme"), term(concept.scheme)
        if not concept.broader:
            yield subject, iri(SKOS + "topConceptOf"), term(concept.scheme)
        links = {"broader": concept.broader, **concept.matches}
        for kind, others in links.items():
            for other in others:
                yield subject, iri(SKOS + kind), term(other)
    for scheme in sorted(schemes):
        labels = concepts.schemes.get(scheme, {})
        yield term(scheme), _TYPE, iri(SKOS + "ConceptScheme")
        yield term(scheme), _LABEL, literal(labels.get("zh-hans", scheme), language="zh-hans")
