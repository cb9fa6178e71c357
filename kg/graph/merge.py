"""Merge records: a union of sets, so that the order of the records makes no difference."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kg.graph.aliases import alias_claims, join_aliases
from kg.graph.ordered import EDGE_OF_ATTRIBUTE, LIST_ATTRIBUTES, EdgeTable, NodeTable, normal_number, ordered_graph
from kg.graph.sentences import Sentences
from kg.model import ENTITY_TYPES, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

    from kg.domain import Domain
    from kg.model import Record

#: Keys of a record's node, text or provision that become edges or evidence.
_NO_ATTRIBUTE = frozenset({"id", "mentions", "aliasOf", "confidence", "aliases", "type"})
#: Keys of a provision that list the ids at the other end of an edge of that name.
PROVISION_EDGES = ("targets", "implementedBy", "leadBy", "partner", "hasObservation", "partOf", "appliesTo")
_TYPE_OF_SEGMENT = {segment: type_ for type_, segment in SEGMENTS.items()}
#: Rule of a mention or claim whose record names none.
_UNSTATED = "unstated"


def assemble(records: Iterable[Record], domain: Domain | None = None) -> nx.MultiDiGraph:
    """Return one graph of all records.

    Args:
        records: Extraction records in any order; of two with the same text only one counts.
        domain: Gives the regions around a region; None adds none.
    """
    by_text = _one_a_text(records)
    merge = _Merge(join_aliases(alias_claims(by_text.values())))
    for text_id in sorted(by_text):
        merge.add(text_id, by_text[text_id])
    nodes, edges = merge.tables()
    _add_missing(nodes, edges, domain)
    return ordered_graph(nodes, edges, {text_id: record.get("text", "") for text_id, record in by_text.items()})


def _one_a_text(records: Iterable[Record]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in records:
        text_id = record["doc"]["id"]
        other = found.get(text_id)
        if other is not None and other is not record:
            record = min(other, record, key=lambda each: json.dumps(each, sort_keys=True, ensure_ascii=False))  # noqa: PLW2901 - the smaller
        found[text_id] = record
    return found


def evidence_id(*parts: str | int) -> str:
    """Return the id of the evidence of a text, a span and a node (or a subject, predicate and object)."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"evidence/{digest[:16]}"


class _Merge:
    """Gather what the records say, one call of :meth:`add` a text."""

    def __init__(self, stands: Mapping[str, str]) -> None:
        self._stands = stands
        self._votes: dict[tuple[str, str], Counter[Any]] = {}
        self._types: dict[str, str] = {}
        self._lists: dict[tuple[str, str], set[str]] = {}
        self._texts: dict[str, set[str]] = {}
        self._confidence: dict[str, float] = {}
        self._evidence: NodeTable = {}
        self._edges: dict[tuple[str, str, str], set[str]] = {}

    def id(self, node: str) -> str:
        """Return the id that stands for an id after the joining of aliases."""
        return self._stands.get(node, node)

    def add(self, text_id: str, record: Record) -> None:
        """Take in one record."""
        sentences = Sentences(record)
        said: set[tuple[str, str, Any]] = set()
        self._add_text(text_id, record["doc"], said)
        for node in record.get("nodes", ()):
            self._add_node(text_id, node, sentences, said)
        for claim in record.get("edges", ()):
            self._add_claim(text_id, claim, sentences)
        for claim in record.get("textClaims", ()):
            self._add_claim(text_id, {**claim, "subject": text_id}, sentences)
        names = {node["id"]: node["name"] for node in record.get("nodes", ()) if "name" in node}
        for provision in record.get("provisions", ()):
            self._add_provision(text_id, provision, sentences, {**provision, "names": names})
        for node, attribute, value in said:
            self._votes.setdefault((node, attribute), Counter())[value] += 1

    def _add_text(self, text_id: str, doc: Mapping[str, Any], said: set[tuple[str, str, Any]]) -> None:
        attributes = dict(doc)
        attributes["name"] = doc.get("title") or PurePosixPath(doc.get("source") or text_id).name
        region = attributes.pop("regionId", None) or doc.get("region")
        if region:
            attributes["region"] = region if region.startswith("region/") else f"region/{region}"
        self._types[text_id] = "SourceText"
        self._add_attributes(text_id, "SourceText", attributes, said)

    def _add_node(self, text_id: str, node: Mapping[str, Any], sentences: Sentences, said: set[tuple[str, str, Any]]) -> None:
        node_id = self.id(node["id"])
        self._types.setdefault(node_id, node["type"])
        rule = node.get("rule") or _UNSTATED
        attributes = {**node, "rule": rule}
        if node_id != node["id"]:  # a title that a number stands for is a further name of the number's node
            self._lists.setdefault((node_id, "aliases"), set()).add(node.get("name") or node["id"].partition("/")[2])
            attributes.pop("name", None)
        self._add_attributes(node_id, node["type"], attributes, said)
        confidence = float(node.get("confidence", 1.0))
        self._confidence[node_id] = max(confidence, self._confidence.get(node_id, 0.0))
        self._texts.setdefault(node_id, set())
        for start, end in node.get("mentions", ()):
            self._texts[node_id].add(text_id)
            made = self._add_evidence((text_id, start, end, node_id), sentences, rule, confidence)
            self._edges.setdefault((node_id, "hasEvidence", made), set())

    def _add_attributes(self, node_id: str, type_: str, attributes: Mapping[str, Any], said: set[tuple[str, str, Any]]) -> None:
        self._lists.setdefault((node_id, "aliases"), set()).update(attributes.get("aliases") or ())
        for attribute, value in attributes.items():
            if attribute in _NO_ATTRIBUTE or value is None or value == []:
                continue
            if (type_, attribute) in LIST_ATTRIBUTES:
                self._lists.setdefault((node_id, attribute), set()).update([value] if isinstance(value, str) else value)
            elif isinstance(value, (list, dict)):
                said.add((node_id, attribute, _Json(json.dumps(value, sort_keys=True, ensure_ascii=False))))
            else:
                linked = attribute in EDGE_OF_ATTRIBUTE or attribute == "issuer"
                said.add((node_id, attribute, self.id(value) if linked else normal_number(value)))

    def _add_evidence(self, key: Sequence[str | int], sentences: Sentences, rule: str, confidence: float) -> str:
        made = evidence_id(*key)
        text_id, start, end = str(key[0]), int(key[1]), int(key[2])
        before = self._evidence.get(made)
        if before is not None:
            before["confidence"], before["rule"] = max(before["confidence"], confidence), min(before["rule"], rule)
            return made
        attributes: dict[str, Any] = {"type": "Evidence", "text": text_id, "start": start, "end": end}
        attributes |= {"exact": sentences.text[start:end], "sentence": sentences.around(start, end), "rule": rule, "confidence": confidence}
        if len(key) == 6:  # noqa: PLR2004 - text, start, end, subject, predicate, object
            attributes |= {"subject": key[3], "predicate": key[4], "object": key[5]}
        self._evidence[made] = attributes
        self._edges.setdefault((made, "inText", text_id), set())
        return made

    def _add_claim(self, text_id: str, claim: Mapping[str, Any], sentences: Sentences) -> None:
        subject, predicate, object_ = self.id(claim["subject"]), claim["predicate"], self.id(claim["object"])
        if subject == object_:  # a title and its number, joined
            return
        found = self._edges.setdefault((subject, predicate, object_), set())
        rule, confidence = claim.get("rule") or _UNSTATED, float(claim.get("confidence", 1.0))
        for start, end in claim.get("evidence", ()):
            found.add(self._add_evidence((text_id, start, end, subject, predicate, object_), sentences, rule, confidence))

    def _add_provision(self, text_id: str, provision: Mapping[str, Any], sentences: Sentences, scene: Mapping[str, Any]) -> None:
        node_id, measure = provision["id"], provision["measure"]
        start, end = provision["sentence"]
        rule, confidence = provision.get("rule") or _UNSTATED, float(provision.get("confidence", 1.0))
        attributes = {key: value for key, value in provision.items() if key not in (*PROVISION_EDGES, "measure", "evidence", "sentence")}
        attributes |= {"name": provision.get("name") or scene["names"].get(measure) or measure.partition("/")[2], "rule": rule}
        attributes |= {"text": text_id, "start": start, "end": end, "sentence": sentences.text[start:end]}
        said: set[tuple[str, str, Any]] = set()
        self._types[node_id] = "Provision"
        self._add_attributes(node_id, "Provision", attributes, said)
        for node, attribute, value in said:
            self._votes.setdefault((node, attribute), Counter())[value] += 1
        self._confidence[node_id] = max(confidence, self._confidence.get(node_id, 0.0))
        self._edges.setdefault((node_id, "ofMeasure", measure), set())
        self._edges.setdefault((node_id, "inText", text_id), set())
        for predicate in PROVISION_EDGES:
            for object_ in provision.get(predicate) or ():
                self._edges.setdefault((node_id, predicate, self.id(object_)), set())
        for span in provision.get("evidence") or [[start, end]]:
            made = self._add_evidence((text_id, *span, node_id), sentences, rule, confidence)
            self._edges.setdefault((node_id, "hasEvidence", made), set())

    def tables(self) -> tuple[NodeTable, EdgeTable]:
        """Return what was gathered, the votes counted."""
        nodes: NodeTable = {node: {"type": type_} for node, type_ in self._types.items()}
        for (node, attribute), votes in self._votes.items():
            winner = min(votes, key=lambda value, votes=votes: (-votes[value], str(value)))  # type: ignore[misc]
            nodes[node][attribute] = json.loads(winner) if isinstance(winner, _Json) else winner
        for node, attributes in nodes.items():
            attributes.setdefault("name", node.partition("/")[2])
        for (node, attribute), values in self._lists.items():
            listed = values - {nodes[node].get("name", "")} if attribute == "aliases" else values
            if listed:
                nodes[node][attribute] = sorted(listed)
        for node, confidence in self._confidence.items():
            nodes[node]["confidence"] = confidence
        for node, texts in self._texts.items():
            nodes[node]["texts"] = len(texts)
        nodes.update(self._evidence)
        return nodes, {edge: sorted(evidence) for edge, evidence in self._edges.items()}


class _Json(str):
    """Mark the JSON form of a value that cannot be counted as it is."""

    __slots__ = ()


def _add_missing(nodes: NodeTable, edges: EdgeTable, domain: Domain | None) -> None:
    """Add the edges that attributes stand for, the nodes that edges name but no record holds, and the regions around regions."""
    divisions = domain.divisions if domain is not None else None
    for node, attributes in list(nodes.items()):
        for attribute, predicate in EDGE_OF_ATTRIBUTE.items():
            if attribute in attributes:
                edges.setdefault((node, predicate, attributes[attribute]), [])
    named = {end for subject, _, object_ in edges for end in (subject, object_)}
    named |= {attributes["issuer"] for attributes in nodes.values() if "issuer" in attributes}
    for node in sorted(named - set(nodes)):
        segment, _, name = node.partition("/")
        nodes[node] = {"type": _TYPE_OF_SEGMENT.get(segment, "Entity"), "name": name}
    if divisions is not None:
        for node in [each for each, attributes in nodes.items() if attributes["type"] == "Region"]:
            own = divisions.get(node)
            for region in ([divisions.node(own)] if own else []) + (divisions.ancestors(node) or []):
                _add_region(nodes, edges, region)
    for attributes in nodes.values():
        if attributes["type"] in ENTITY_TYPES:
            attributes.setdefault("texts", 0)


def _add_region(nodes: NodeTable, edges: EdgeTable, region: Mapping[str, Any]) -> None:
    """Lay a region of the registry under what the records say of it."""
    attributes = nodes.setdefault(region["id"], {"type": "Region"})
    aliases = set(attributes.get("aliases", ())) | set(region.get("aliases", ()))
    for attribute, value in region.items():
        if attribute not in ("id", "aliases"):
            attributes.setdefault(attribute, value)
    aliases.discard(attributes.get("name", ""))
    if aliases:
        attributes["aliases"] = sorted(aliases)
    if "parent" in attributes:
        edges.setdefault((region["id"], "isPartOf", attributes["parent"]), [])
