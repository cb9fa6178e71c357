"""Split the merge of records into what one text says alone and what all texts say of a node together.

The same statements as :func:`kg.graph.assemble` and :func:`kg.rdf.write_nquads` make of the whole graph, but a text's own are made from its
record alone (evidence, provisions, the text, who says what), and what depends on all texts (the votes on a node's attributes, its names,
the largest confidence) is gathered as a few numbers a node, which add up in any order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.graph.merge import _add_region, _Json, _Merge
from kg.graph.ordered import EDGE_OF_ATTRIBUTE, EdgeTable, NodeTable, ordered_graph
from kg.model import ENTITY_TYPES, SEGMENTS
from kg.rdf.mapping import to_triples
from kg.rdf.namespaces import ID, RDF, RDFS
from kg.rdf.nquads import text_graphs
from kg.rdf.terms import iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import networkx as nx

    from kg.domain import Domain
    from kg.model import Record
    from kg.rdf.terms import Triple

#: Types of the nodes that belong to one text.
LOCAL = frozenset({"SourceText", "Provision", "Evidence"})
_LINKS = frozenset(EDGE_OF_ATTRIBUTE.values())
_SHOWN = frozenset({iri(RDF + "type"), iri(RDFS + "label")})
_TYPE_OF_SEGMENT = {segment: type_ for type_, segment in SEGMENTS.items()}


@dataclass(slots=True)
class Share:
    """Hold what some texts say of one node; two shares add up.

    Attributes:
        type: Empty for a node that is only referred to.
        votes: Number of texts by attribute and value; a value is its JSON form, lists and objects marked.
        lists: Values of attributes that are sets.
        links: Predicate and object of the edges that an attribute may stand for.
        texts, mentions: Numbers of distinct texts and places; ``rules`` those of texts by rule.
        best: Largest confidence of its evidence, ``confidence`` of itself; -1 for none.
    """

    type: str = ""
    votes: dict[str, dict[str, int]] = field(default_factory=dict)
    lists: dict[str, set[str]] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)
    rules: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    mentions: int = 0
    best: float = -1.0
    confidence: float = -1.0

    def add(self, other: Share) -> None:
        """Take in another share."""
        self.type = self.type or other.type
        for attribute, values in other.votes.items():
            mine = self.votes.setdefault(attribute, {})
            for value, count in values.items():
                mine[value] = mine.get(value, 0) + count
        for attribute, listed in other.lists.items():
            self.lists.setdefault(attribute, set()).update(listed)
        self.links |= other.links
        for rule, count in other.rules.items():
            self.rules[rule] = self.rules.get(rule, 0) + count
        self.texts += other.texts
        self.mentions += other.mentions
        self.best, self.confidence = max(self.best, other.best), max(self.confidence, other.confidence)

    def packed(self) -> bytes:
        """Return the share as one line of JSON."""
        lists = {name: sorted(values) for name, values in sorted(self.lists.items())}
        values = [self.type, self.votes, lists, sorted(self.links), self.rules, self.texts, self.mentions, self.best, self.confidence]
        return json.dumps(values, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def unpacked(line: bytes) -> Share:
    """Return the share of a line."""
    type_, votes, lists, links, *numbers = json.loads(line.decode("utf-8", "surrogatepass"))
    return Share(type_, votes, {name: set(values) for name, values in lists.items()}, {(p, o) for p, o in links}, *numbers)


@dataclass(slots=True)
class Said:
    """Hold what one or several texts say.

    Attributes:
        lines: Of N-Quads.
        parts: Node and text, for each node whose type and label belong into the text's graph.
        shares: By node.
        counts: Nodes by type, of the types that belong to one text.
        listen: Called with the graph of each text, with the text, in which nodes of all texts have a type only.
    """

    lines: set[bytes] = field(default_factory=set)
    parts: set[tuple[str, str]] = field(default_factory=set)
    shares: dict[str, Share] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    listen: Callable[[nx.MultiDiGraph], None] | None = None

    def take(self, record: Record, stands: Mapping[str, str], domain: Domain) -> None:
        """Add what a record says.

        Args:
            record: A record.
            stands: The id that stands for an id, of all texts (:func:`kg.graph.aliases.join_aliases`).
            domain: Knows the concepts.
        """
        text_id = record["doc"]["id"]
        merge = _OneText(stands)
        merge.add(text_id, record)
        for node, share in merge.shares().items():
            self.shares.setdefault(node, Share()).add(share)
        nodes, edges = merge.local_tables(text_id)
        for node, attributes in nodes.items():
            if not attributes:
                self.shares.setdefault(node, Share())
            if (type_ := attributes.get("type")) in LOCAL:
                self.counts[type_] = self.counts.get(type_, 0) + 1
        self.parts.update((node, text_id) for node in _parts(nodes, edges))
        graph = ordered_graph(nodes, edges, {text_id: record.get("text", "")})
        if self.listen is not None:
            self.listen(graph)
        triples = list(to_triples(graph, domain))
        self.lines.update(_line(triple) for triple in triples)
        name = iri(ID + text_id)
        self.lines.update(_line(triple, name) for triple in text_graphs(graph, triples)[text_id])


def _line(triple: Triple, graph: str = "") -> bytes:
    subject, predicate, object_ = triple
    return f"{subject} {predicate} {object_} {graph} .\n".encode() if graph else f"{subject} {predicate} {object_} .\n".encode()


class _OneText(_Merge):
    """Merge one text alone."""

    def shares(self) -> dict[str, Share]:
        """Return what the text says of each node that other texts may speak of too, and of each that it refers to."""
        found = {node: Share(type_) for node, type_ in self._types.items() if type_ not in LOCAL}
        for (node, attribute), votes in self._votes.items():
            if node in found:
                mine = found[node].votes.setdefault(attribute, {})
                mine.update((json.dumps([isinstance(value, _Json), value], ensure_ascii=False), count) for value, count in votes.items())
        for (node, attribute), values in self._lists.items():
            if node in found and values:
                found[node].lists[attribute] = set(values)
        for node, share in found.items():
            share.texts = len(self._texts.get(node, ()))
            share.confidence = self._confidence.get(node, -1.0)
        rules: dict[str, set[str]] = {}
        for subject, predicate, object_ in self._edges:
            if subject in found and predicate == "hasEvidence":
                evidence, share = self._evidence[object_], found[subject]
                rules.setdefault(subject, set()).add(evidence["rule"])
                share.mentions += 1
                share.best = max(share.best, evidence["confidence"])
            elif subject in found and predicate in _LINKS:
                found[subject].links.add((predicate, object_))
        for node, names in rules.items():
            found[node].rules = dict.fromkeys(sorted(names), 1)
        return found

    def local_tables(self, text_id: str) -> tuple[NodeTable, EdgeTable]:
        """Return the tables of the text's graph, in which nodes of all texts have a type only, and those that are only referred to nothing."""
        nodes, edges = self.tables()
        for node, attributes in nodes.items():
            if attributes["type"] not in LOCAL:
                nodes[node] = {"type": attributes["type"]}
            elif attributes["type"] != "Evidence":
                for attribute, predicate in EDGE_OF_ATTRIBUTE.items():
                    if attribute in attributes:
                        edges.setdefault((node, predicate, attributes[attribute]), [])
        for _, _, object_ in list(edges):
            nodes.setdefault(object_, {})
        if "issuer" in nodes[text_id]:
            nodes.setdefault(nodes[text_id]["issuer"], {})
        return nodes, edges


def _parts(nodes: NodeTable, edges: Iterable[tuple[str, str, str]]) -> set[str]:
    """Return the nodes of all texts that take part in what this one says."""
    parts: set[str] = set()
    for subject, predicate, object_ in edges:
        kind = nodes[subject].get("type")
        if kind == "Provision":
            parts.add(object_)
        elif predicate == "hasEvidence":
            parts.add(subject)
        elif kind == "Evidence" and "predicate" in nodes[subject]:
            parts |= {nodes[subject]["subject"], nodes[subject]["object"]}
    return {node for node in parts if nodes.get(node, {}).get("type") not in LOCAL}


class Pool:
    """Make the statements about the nodes of all texts from their whole shares, some thousand nodes at a time."""

    def __init__(
        self,
        domain: Domain,
        listen: Callable[[nx.MultiDiGraph, Mapping[str, Mapping[str, Any]], Mapping[str, int]], None] | None = None,
    ) -> None:
        self._domain, self._listen = domain, listen
        self._nodes: NodeTable = {}
        self._edges: EdgeTable = {}
        self._derived: dict[str, dict[str, Any]] = {}
        self._mentions: dict[str, int] = {}
        self.regions: set[str] = set()
        self.wanted: set[str] = set()
        self.counts: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of nodes that wait for :meth:`triples`."""
        return len(self._nodes)

    def add(self, node: str, share: Share) -> None:
        """Take in a node, with all that all texts say of it."""
        attributes = _attributes(node, share)
        for predicate, object_ in share.links:
            self._edges[node, predicate, object_] = []
        for attribute, predicate in EDGE_OF_ATTRIBUTE.items():
            if attribute in attributes:
                self._edges[node, predicate, attributes[attribute]] = []
                self.wanted.add(attributes[attribute])
        if "issuer" in attributes:
            self.wanted.add(attributes["issuer"])
        self._enter(node, attributes)
        if share.mentions:
            derived = {
                "confidence": share.best,
                "rule": min(share.rules, key=lambda rule: (-share.rules[rule], rule)),
                "texts": share.texts,
            }
            for attribute, value in derived.items():
                if attributes.get(attribute) == value:
                    self._derived.setdefault(node, {})[attribute] = attributes.pop(attribute)
            self._mentions[node] = share.mentions

    def _enter(self, node: str, attributes: dict[str, Any]) -> None:
        self._nodes[node] = attributes
        type_ = attributes["type"]
        self.counts[type_] = self.counts.get(type_, 0) + 1
        if type_ == "Region":
            divisions = self._domain.divisions
            self.regions.add(node)
            own = divisions.get(node)
            if own:
                _add_region(self._nodes, self._edges, divisions.node(own))
        if type_ in ENTITY_TYPES:
            attributes.setdefault("texts", 0)

    def triples(self) -> list[Triple]:
        """Return the statements about the nodes that wait, and forget them."""
        for _, _, object_ in list(self._edges):
            self._nodes.setdefault(object_, {})
        graph = ordered_graph(self._nodes, self._edges, {})
        if self._listen is not None:
            self._listen(graph, self._derived, self._mentions)
        found = list(to_triples(graph, self._domain))
        self._nodes, self._edges, self._derived, self._mentions = {}, {}, {}, {}
        return found

    def absorb(self, wanted: Iterable[str], regions: Iterable[str], counts: Mapping[str, int]) -> None:
        """Take in what another pool has seen of other nodes, for :meth:`close`."""
        self.wanted.update(wanted)
        self.regions.update(regions)
        for type_, count in counts.items():
            self.counts[type_] = self.counts.get(type_, 0) + count

    def close(self, missing: Iterable[str]) -> list[Triple]:
        """Return the statements about what is only referred to by an attribute, and about the regions around regions."""
        for node in sorted(missing):
            self._enter(node, _attributes(node, Share()))
        around = {region["id"]: region for node in sorted(self.regions) for region in self._domain.divisions.ancestors(node) or ()}
        for node in sorted(set(around) - self.regions):
            self._enter(node, {"type": "Region"})
            _add_region(self._nodes, self._edges, around[node])
        return self.triples()


def _attributes(node: str, share: Share) -> dict[str, Any]:
    """Return a node's attributes as the merge of all records gives them."""
    if not share.type:
        segment, _, name = node.partition("/")
        return {"type": _TYPE_OF_SEGMENT.get(segment, "Entity"), "name": name}
    attributes: dict[str, Any] = {"type": share.type}
    for attribute, votes in share.votes.items():
        values = {key: json.loads(key) for key in votes}
        winner = min(votes, key=lambda key: (-votes[key], str(values[key][1])))
        is_json, value = values[winner]
        attributes[attribute] = json.loads(value) if is_json else value
    attributes.setdefault("name", node.partition("/")[2])
    for attribute, listed in share.lists.items():
        kept = listed - {attributes["name"]} if attribute == "aliases" else listed
        if kept:
            attributes[attribute] = sorted(kept)
    if share.confidence >= 0:
        attributes["confidence"] = share.confidence
        attributes["texts"] = share.texts
    return attributes


def labels(triples: Iterable[Triple]) -> list[bytes]:
    """Return what text graphs repeat of each node, as sorted lines ``node TAB predicate object``."""
    start = len("<" + ID)
    return [
        f"{subject[start:-1]}\t{predicate} {object_}\n".encode()
        for subject, predicate, object_ in triples
        if predicate in _SHOWN and subject.startswith("<" + ID)
    ]
