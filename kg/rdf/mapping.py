"""Map the graph to triples and back; the two are inverse (``docs/model.md``, part 3)."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kg.graph import EDGE_OF_ATTRIBUTE, LIST_ATTRIBUTES, EdgeTable, NodeTable, ordered_graph
from kg.model import ENTITY_TYPES
from kg.rdf.concepts import triples_of
from kg.rdf.fields import FIELDS, attribute_of, field_of, term_of, value_of
from kg.rdf.namespaces import DCTERMS, EPM, ID, RDF
from kg.rdf.terms import Triple, address_of, iri, is_iri, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import networkx as nx

    from kg.domain import Domain
    from kg.domain.concepts import Concepts

_TYPE = iri(RDF + "type")
_STATEMENT = iri(RDF + "Statement")
_PREDICATE = iri(RDF + "predicate")
_IDENTIFIER = iri(DCTERMS + "identifier")
_OURS, _NODES = "<" + EPM, "<" + ID
#: Edges whose property is not ours.
_FOREIGN = {"isPartOf": DCTERMS + "isPartOf", "isFormatOf": DCTERMS + "isFormatOf"}
_NAMES = {address: name for name, address in _FOREIGN.items()}
_PERIOD = ("periodStart", "periodEnd")


def property_iri(predicate: str) -> str:
    """Return the term of an edge's predicate."""
    return iri(_FOREIGN.get(predicate) or EPM + predicate)


def predicate_name(address: str) -> str:
    """Return the predicate of an edge from its property's IRI."""
    return _NAMES.get(address) or address.removeprefix(EPM)


def is_list(type_: str | None, attribute: str) -> bool:
    """Tell whether an attribute is a set of values."""
    return (type_ or "", attribute) in LIST_ATTRIBUTES or ("*", attribute) in LIST_ATTRIBUTES


def to_triples(graph: nx.MultiDiGraph, domain: Domain | None = None) -> Iterator[Triple]:
    """Yield the graph's triples, node after node, then the concepts that they use with everything above them.

    Args:
        graph: As :func:`kg.graph.assemble` makes it.
        domain: Knows the concepts; without it concepts stay text.
    """
    concepts = domain.concepts if domain is not None else None
    used: set[str] = set()
    for node, attributes in graph.nodes(data=True):
        out = [(key, end) for _, end, key in graph.out_edges(node, keys=True)]
        stated = _stated(graph, attributes, out)
        if concepts is not None:
            for attribute in ("category", "level", "unitConcept", "fromFund"):
                value = stated.get(attribute, ())
                used.update([value] if isinstance(value, str) else value)
        yield from _node_triples(node, stated, concepts)
        subject = iri(ID + node)
        for key, end in out:
            yield subject, property_iri(key), iri(ID + end)
    if concepts is not None:
        yield from triples_of(concepts, used)


def _derived(type_: str | None, evidence: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a node's evidence gives: ``confidence`` (the largest), ``rule`` (of most texts), ``texts``."""
    made: dict[str, Any] = {}
    if evidence:
        rules = Counter(rule for _, rule in {(each["text"], each["rule"]) for each in evidence})
        made["confidence"] = max(each["confidence"] for each in evidence)
        made["rule"] = min(rules, key=lambda rule: (-rules[rule], rule))
    if type_ in ENTITY_TYPES:
        made["texts"] = len({each["text"] for each in evidence})
    return made


def _stated(graph: nx.MultiDiGraph, attributes: Mapping[str, Any], out: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the attributes that have to be written because nothing else in the graph gives them."""
    left = dict(attributes)
    type_ = left.get("type")
    for attribute, value in _derived(type_, [graph.nodes[end] for key, end in out if key == "hasEvidence"]).items():
        if left.get(attribute) == value:
            del left[attribute]
    if type_ in ("Evidence", "Provision") and ("inText", left.get("text")) in out:
        del left["text"]
    if type_ == "Evidence" and left.get("sentence") == left.get("exact"):
        left.pop("sentence", None)
    if type_ != "Provision":
        for attribute, predicate in EDGE_OF_ATTRIBUTE.items():
            if attribute in left and left[attribute] == min((end for key, end in out if key == predicate), default=None):
                del left[attribute]
    return left


def _node_triples(node: str, stated: dict[str, Any], concepts: Concepts | None) -> Iterator[Triple]:
    subject, type_ = iri(ID + node), stated.pop("type", None)
    if type_ is not None:
        yield subject, _TYPE, iri(EPM + type_)
    for other in stated.pop("otherTypes", ()):
        yield subject, _TYPE, iri(EPM + other)
    if type_ == "Evidence" and "predicate" in stated:
        yield subject, _TYPE, _STATEMENT
        yield subject, _PREDICATE, property_iri(stated.pop("predicate"))
    if type_ == "SourceText" and "source" in stated:
        yield subject, _IDENTIFIER, literal(PurePosixPath(stated["source"]).name)
    if type_ == "Observation":
        _split_period(stated)
    for attribute, value in stated.items():
        field = field_of(type_, attribute)
        predicate = iri(field.property)
        for each in value if is_list(type_, attribute) else (value,):
            yield subject, predicate, term_of(field, each, concepts)


def _split_period(stated: dict[str, Any]) -> None:
    """Replace ``period`` by its two ends where each is a date or empty and the node names none of its own."""
    start, dots, end = str(stated.get("period", "")).partition("..")
    parts = {name: part for name, part in zip(_PERIOD, (start, end), strict=True) if part}
    fine = all(term_of(FIELDS[name], part).endswith("#date>") for name, part in parts.items())
    if dots and parts and fine and not any(name in stated for name in _PERIOD):
        del stated["period"]
        stated.update(parts)


def from_triples(triples: Iterable[Triple], domain: Domain | None = None, texts: Mapping[str, str] | None = None) -> nx.MultiDiGraph:
    """Return the graph of triples that :func:`to_triples` made; what lies outside our nodes' namespace is left out.

    Args:
        triples: In any order.
        domain: Names the concepts.
        texts: Full text by text id, for ``graph["texts"]``.
    """
    by_node: dict[str, list[tuple[str, str]]] = {}
    for subject, predicate, object_ in triples:
        if subject.startswith(_NODES):
            by_node.setdefault(subject[len(_NODES) : -1], []).append((predicate, object_))
    nodes: NodeTable = {}
    edges: EdgeTable = {}
    concepts = domain.concepts if domain is not None else None
    for node, statements in by_node.items():
        types = sorted({address_of(o).removeprefix(EPM) for p, o in statements if p == _TYPE and o.startswith(_OURS)})
        nodes[node] = {"type": types[0]} if types else {}
        if types[1:]:  # a fault, kept so that a check can find it
            nodes[node]["otherTypes"] = types[1:]
        for predicate, term in sorted(set(statements)):
            if predicate != _TYPE:
                _take(node, (address_of(predicate), term), (nodes, edges), concepts)
    for _, _, end in edges:
        nodes.setdefault(end, {})
    _complete(nodes, edges)
    return ordered_graph(nodes, edges, texts or {})


def _take(node: str, statement: tuple[str, str], tables: tuple[NodeTable, EdgeTable], concepts: Concepts | None) -> None:
    """Enter one statement as an attribute or as an edge."""
    (address, term), (nodes, edges) = statement, tables
    type_ = nodes[node].get("type")
    if type_ == "SourceText" and address == DCTERMS + "identifier":  # the file's name, part of `source`
        return
    attribute = attribute_of(type_, address)
    field = field_of(type_, attribute) if attribute else None
    if field is not None and field.kind == "predicate":
        nodes[node]["predicate"] = predicate_name(address_of(term))
    elif term.startswith(_NODES) and (field is None or field.kind != "node"):
        edges[node, predicate_name(address), address_of(term)[len(ID) :]] = []
    elif attribute and field and (not is_iri(term) or field.kind in ("node", "concept")):
        value = value_of(field, term, concepts)
        if is_list(type_, attribute):
            nodes[node][attribute] = sorted([*nodes[node].get(attribute, ()), value])
        else:
            nodes[node][attribute] = value


def _complete(nodes: NodeTable, edges: EdgeTable) -> None:
    """Add what :func:`_stated` left out."""
    evidence_of: dict[str, list[dict[str, Any]]] = {}
    for subject, predicate, object_ in edges:
        if predicate == "inText":
            nodes[subject].setdefault("text", object_)
        elif predicate == "hasEvidence":
            evidence_of.setdefault(subject, []).append(nodes[object_])
    for node, attributes in nodes.items():
        _complete_node(node, attributes, edges)
    for node, attributes in nodes.items():
        for attribute, value in _derived(attributes.get("type"), evidence_of.get(node, [])).items():
            attributes.setdefault(attribute, value)


def _complete_node(node: str, attributes: dict[str, Any], edges: EdgeTable) -> None:
    type_ = attributes.get("type")
    if type_ == "Evidence" and "exact" in attributes:
        attributes.setdefault("sentence", attributes["exact"])
    if type_ == "Evidence" and "predicate" in attributes:
        edges.setdefault((attributes["subject"], attributes["predicate"], attributes["object"]), []).append(node)
    if type_ == "Observation":
        _join_period(attributes)


def _join_period(attributes: dict[str, Any]) -> None:
    """Undo :func:`_split_period`."""
    if "period" not in attributes and any(name in attributes for name in _PERIOD):
        start, end = (attributes.pop(name, "") for name in _PERIOD)
        attributes["period"] = f"{start}..{end}"
