"""Say what the graph knows of one IRI: as triples, or as the values that its page is made of."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.rdf.namespaces import DCTERMS, EPM, OA, RDF, RDFS, SKOS
from kg.serve.answers import Body, content_type, offered, triples_bytes
from kg.serve.limits import Refusal
from kg.serve.negotiate import HTML, TRIPLES
from kg.store.results import curie

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Literal, NamedNode, Quad, Store

    from kg.serve.answers import Reader

#: Facts a predicate and sentences a fact on a page; the RDF holds all.
_FACTS, _SENTENCES = 200, 5
_NAMES = (RDFS + "label", SKOS + "prefLabel", DCTERMS + "title", DCTERMS + "identifier")
_OWL = "http://www.w3.org/2002/07/owl#"
_TERMS = {"classes": (_OWL + "Class",), "properties": (_OWL + "ObjectProperty", _OWL + "DatatypeProperty", _OWL + "AnnotationProperty")}
_STRUCTURE = frozenset((RDFS + "domain", RDFS + "range", RDFS + "subClassOf", RDFS + "subPropertyOf", _OWL + "inverseOf"))
#: Links from a node to its evidence and back; the page shows the sentences instead.
_TO_EVIDENCE = frozenset((EPM + "hasEvidence", RDF + "subject", RDF + "object", RDF + "predicate"))


def answer_node(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Return a node as triples (those it is subject or object of), or as JSON for its page where the client takes HTML.

    Args:
        reader: The store.
        job: ``iri``, ``accept`` and ``format``.

    Raises:
        Refusal: The graph says nothing of it.
    """
    from pyoxigraph import DefaultGraph, NamedNode

    offer = offered(job, (HTML, *TRIPLES))
    try:
        node = NamedNode(job["iri"])
    except ValueError:
        raise _unknown(job["iri"]) from None
    store, default = reader.store, DefaultGraph()
    told = store.quads_for_pattern(node, None, None, default)
    asked = store.quads_for_pattern(None, None, node, default)
    quads = list(islice((quad for quads in (told, asked) for quad in quads), reader.limits.rows))
    if not quads:
        raise _unknown(job["iri"])
    headers = {"Content-Type": content_type(offer.media), "Vary": "Accept"}
    if offer is HTML:
        return Body(json.dumps(_Page(reader, node).values(quads), ensure_ascii=False).encode(), headers)
    return Body(triples_bytes((quad.triple for quad in quads), offer, reader.prefixes), headers)


def _unknown(iri: str) -> Refusal:
    return Refusal(HTTPStatus.NOT_FOUND, f"the graph says nothing of <{iri}>", "ask for its name with a query")


class _Page:
    """Gather what a node's page shows; labels are looked up once.

    Args:
        reader: The store.
        node: The node.
    """

    def __init__(self, reader: Reader, node: NamedNode) -> None:
        self._store: Store = reader.store
        self._prefixes = reader.prefixes
        self._node = node
        self._labels: dict[str, dict[str, str]] = {}

    def values(self, quads: list[Quad]) -> dict[str, Any]:
        """Return the page's values, given the quads about the node."""
        evidence = self._evidence()
        groups: dict[tuple[bool, str], list[Quad]] = {}
        for quad in quads:
            incoming = quad.object == self._node and quad.subject != self._node
            if quad.predicate.value not in _TO_EVIDENCE:
                groups.setdefault((incoming, quad.predicate.value), []).append(quad)
        return {
            "iri": self._node.value,
            **self._label(self._node.value),
            "mentions": self._sentences(evidence.get(("", ""), [])),
            "mentionCount": len(evidence.get(("", ""), [])),
            "groups": [self._group(incoming, predicate, found, evidence) for (incoming, predicate), found in sorted(groups.items())],
        }

    def _group(self, incoming: bool, predicate: str, quads: list[Quad], evidence: Mapping[tuple[str, str], list[str]]) -> dict[str, Any]:
        from pyoxigraph import Literal

        ends = sorted({quad.subject if incoming else quad.object for quad in quads}, key=str)
        facts = []
        for end in ends[:_FACTS]:
            iri = str(end)[1:-1]
            shown = {"value": end.value, "language": end.language or ""} if isinstance(end, Literal) else {"iri": iri, **self._label(iri)}
            grants = () if incoming else evidence.get((predicate, str(end)), ())
            facts.append({**shown, "sentences": self._sentences(list(grants)), "sentenceCount": len(grants)})
        return {"incoming": incoming, "iri": predicate, **self._label(predicate), "count": len(ends), "facts": facts}

    def _evidence(self) -> dict[tuple[str, str], list[str]]:
        """Return the node's evidence by the fact it grants, as predicate and object; its mentions under two empty strings."""
        from pyoxigraph import NamedNode

        found: dict[tuple[str, str], list[str]] = {}
        for quad in self._store.quads_for_pattern(None, NamedNode(RDF + "subject"), self._node):
            evidence = quad.subject
            predicate, end = self._one(evidence, RDF + "predicate"), self._one(evidence, RDF + "object")
            if predicate is not None and end is not None:
                found.setdefault((predicate.value, str(end)), []).append(str(evidence)[1:-1])
        for quad in self._store.quads_for_pattern(self._node, NamedNode(EPM + "hasEvidence"), None):
            if self._one(quad.object, RDF + "predicate") is None:
                found.setdefault(("", ""), []).append(str(quad.object)[1:-1])
        return {fact: sorted(set(members)) for fact, members in found.items()}

    def _sentences(self, evidence: list[str]) -> list[dict[str, Any]]:
        """Return up to a few sentences, each once, with the words quoted and the text they stand in."""
        from pyoxigraph import NamedNode

        shown: dict[tuple[str, str], dict[str, Any]] = {}
        for iri in evidence:
            node = NamedNode(iri)
            exact, text = self._one(node, OA + "exact"), self._one(node, EPM + "inText")
            sentence = self._one(node, EPM + "sentence") or exact
            if sentence is None or exact is None or (len(shown) == _SENTENCES and (sentence.value, str(text)) not in shown):
                continue
            source = {"iri": text.value, **self._label(text.value)} if text is not None else None
            entry = shown.setdefault((sentence.value, str(text)), {"sentence": sentence.value, "exact": [], "text": source})
            entry["exact"].append(exact.value)
        return list(shown.values())

    def _one(self, node: Any, predicate: str) -> Any:
        from pyoxigraph import NamedNode

        return next((quad.object for quad in self._store.quads_for_pattern(node, NamedNode(predicate), None)), None)

    def _label(self, iri: str) -> dict[str, str]:
        if iri not in self._labels:
            self._labels[iri] = _label(self._store, iri, self._prefixes)
        return self._labels[iri]


def _label(store: Store, iri: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return ``short`` (the CURIE), ``zh`` (name in Chinese, or in no language) and ``en``; a provision is named like its measure."""
    from pyoxigraph import NamedNode

    labels = {"short": curie(iri, prefixes), "zh": "", "en": ""}
    try:
        node = NamedNode(iri)
    except ValueError:  # a blank node of another's file
        return labels
    for literal in _names(store, node):
        language = "en" if (literal.language or "").startswith("en") else "zh"
        labels[language] = labels[language] or literal.value
    if not labels["zh"] and not labels["en"]:
        measure = next(store.quads_for_pattern(node, NamedNode(EPM + "ofMeasure"), None), None)
        if measure is not None:
            labels["zh"] = next((literal.value for literal in _names(store, measure.object)), "")
    return labels


def _names(store: Store, node: Any) -> Iterator[Literal]:
    from pyoxigraph import Literal, NamedNode

    for predicate in _NAMES:
        found = {quad.object for quad in store.quads_for_pattern(node, NamedNode(predicate), None)}
        yield from sorted((each for each in found if isinstance(each, Literal)), key=str)


def answer_terms(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Return classes and properties: the graph that holds them as triples, or as JSON for the page of the namespace.

    Args:
        reader: The store.
        job: ``accept`` and ``format``.

    Raises:
        Refusal: The store holds no ontology.
    """
    from pyoxigraph import NamedNode

    offer = offered(job, (HTML, *TRIPLES))
    ontology = NamedNode(EPM.removesuffix("#"))
    store = reader.store
    headers = {"Content-Type": content_type(offer.media), "Vary": "Accept"}
    if offer is not HTML:
        quads = [quad for quad in store.quads_for_pattern(None, None, None, ontology) if _is_term(quad.subject)]
        return Body(triples_bytes((quad.triple for quad in quads), offer, reader.prefixes), headers)
    values = {kind: [_term(reader, iri) for iri in _members(store, classes)] for kind, classes in _TERMS.items()}
    if not any(values.values()):
        raise _unknown(ontology.value)
    return Body(json.dumps(values, ensure_ascii=False).encode(), headers)


def _is_term(subject: Any) -> bool:
    return getattr(subject, "value", "").startswith(EPM.removesuffix("#"))


def _members(store: Store, kinds: tuple[str, ...]) -> list[str]:
    from pyoxigraph import NamedNode

    quads = (quad for kind in kinds for quad in store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(kind)))
    return sorted({str(quad.subject)[1:-1] for quad in quads if _is_term(quad.subject)})


def _term(reader: Reader, iri: str) -> dict[str, Any]:
    from pyoxigraph import Literal, NamedNode

    store, node = reader.store, NamedNode(iri)
    comments: dict[str, str] = {}
    links: list[dict[str, str]] = []
    quads = {(quad.predicate.value, quad.object) for quad in store.quads_for_pattern(node, None, None)}
    for predicate, value in sorted(quads, key=str):
        if isinstance(value, Literal):
            if predicate in {RDFS + "comment", SKOS + "definition"}:
                comments.setdefault("en" if (value.language or "").startswith("en") else "zh", value.value)
        elif predicate in _STRUCTURE and isinstance(value, NamedNode):
            links.append(
                {"predicate": curie(predicate, reader.prefixes), "iri": value.value, **_label(store, value.value, reader.prefixes)}
            )
    return {"iri": iri, **_label(store, iri, reader.prefixes), "comments": comments, "links": links}
