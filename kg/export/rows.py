"""Turn the graph into sorted rows and typed columns, the form that GEXF, GraphML and CSV share."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from networkx import MultiDiGraph

    from kg.domain import Domain

#: Columns of nodes in the order of the files, with their types; further keys of the graph follow by name.
NODE_COLUMNS: dict[str, str] = {
    "name": "string",
    "title": "string",
    "number": "string",
    "concept": "string",
    "concept_label": "string",
    "level": "string",
    "region": "string",
    "value": "double",
    "lowerValue": "double",
    "comparator": "string",
    "unit": "string",
    "unitConcept": "string",
    "obs_kind": "string",
    "period": "string",
    "date": "string",
    "year": "integer",
    "texts": "integer",
    "mentions": "integer",
    "confidence": "double",
    "aliases": "liststring",
}

EDGE_COLUMNS: dict[str, str] = {
    "confidence": "double",
    "evidence_count": "integer",
    "sentence": "string",
    "evidence": "liststring",
}

#: Field of the graph -> column: names that Gephi takes for something else, and ``category`` in its narrower sense.
_COLUMN_OF = {"kind": "obs_kind", "category": "concept", "start": "start_offset", "end": "end_offset"}
#: Words that Gephi, networkx or Neo4j read as something of their own.
_RESERVED = frozenset(("type", "id", "label", "kind", "x", "y", "z", "size", "color", "weight", "category", "start", "end", "pid"))

#: Nodes that show where facts come from; pictures leave them out.
_PROVENANCE = frozenset(("Evidence", "Provision"))
_PROVENANCE_EDGES = frozenset(("hasEvidence", "inText"))

#: Fields that have a place of their own in the rows.
_STRUCTURE = frozenset(("type", "weight"))
#: Fields that pictures leave out too: how the file was read, and what is an edge already.
_HOUSEKEEPING = frozenset(("sha256", "encoding", "script", "alsoAt", "unitText", "parent", "isFormatOf", "regionId", "evidence"))

_SENTENCE_LENGTH = 160
_WHITE = re.compile(r"[\t\n\r\x85\u2028\u2029]+")
# What XML 1.0 forbids or discourages; a lone surrogate stands for something undecodable, hence the replacement character.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEEDS_CLEANING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class NodeRow(NamedTuple):
    """Hold one node: key of the graph, class, label and the values of its columns (never ``None``)."""

    key: str
    category: str
    label: str
    values: dict[str, Any]


class EdgeRow(NamedTuple):
    """Hold one edge: indices of its nodes in the table, predicate, number of texts and the values of its columns."""

    source: int
    target: int
    predicate: str
    weight: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Hold nodes sorted by key, edges by (source, target, predicate), and each used column with its type.

    Types are ``string``, ``integer``, ``long``, ``double``, ``boolean`` and ``liststring``.
    """

    nodes: list[NodeRow]
    edges: list[EdgeRow]
    node_columns: dict[str, str] = field(default_factory=dict)
    edge_columns: dict[str, str] = field(default_factory=dict)


def clean(text: str) -> str:
    r"""Return the text in one line, without control characters, and encodable as UTF-8.

    >>> clean("a\n\tb\x00c")
    'a bc'
    """
    if _NEEDS_CLEANING.search(text) is None:
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _WHITE.sub(" ", text)))


def shorten(text: str, length: int = _SENTENCE_LENGTH) -> str:
    """Return the text cut to ``length`` characters, the last of them an ellipsis if something is missing."""
    return text if len(text) <= length else text[: length - 1] + "\u2026"


def tabulate(graph: MultiDiGraph, domain: Domain | None, *, include_evidence: bool) -> Table:
    """Return the graph's rows.

    Args:
        graph: As ``docs/model.md`` part 2 describes it.
        domain: Gives the labels of curated concepts.
        include_evidence: Keep everything. Otherwise Evidence and Provision nodes, the edges to them and texts that
            then have no edge are left out; every edge between two entities stays.
    """
    keys, triples = _selection(graph, include_evidence=include_evidence)
    index = {key: number for number, key in enumerate(keys)}
    mentions = _mentions(graph)
    left_out = _STRUCTURE if include_evidence else _STRUCTURE | _HOUSEKEEPING
    nodes = [_node_row(key, graph.nodes[key], _cells(graph.nodes[key], left_out), domain) for key in keys]
    for node, key in zip(nodes, keys, strict=True):
        if key in mentions:
            node.values["mentions"] = mentions[key]
    edges = [
        EdgeRow(index[s], index[t], clean(p), max(1, int(data.get("weight") or 1)), _edge_values(graph, data, _cells(data, left_out)))
        for s, t, p, data in triples
    ]
    node_columns = column_types((row.values for row in nodes), NODE_COLUMNS)
    edge_columns = column_types((row.values for row in edges), EDGE_COLUMNS)
    return Table(nodes, edges, node_columns, edge_columns)


def _selection(graph: MultiDiGraph, *, include_evidence: bool) -> tuple[list[str], list[tuple[str, str, str, dict[str, Any]]]]:
    """Return the keys of the nodes and the edges that the file holds, both sorted."""
    types = {key: str(data.get("type") or "") for key, data in graph.nodes(data=True)}
    triples = sorted(graph.edges(keys=True, data=True))  # the first three are never equal, so attributes are not compared
    if include_evidence:
        return sorted(types), triples
    dropped = {key for key, kind in types.items() if kind in _PROVENANCE}
    triples = [t for t in triples if t[2] not in _PROVENANCE_EDGES and t[0] not in dropped and t[1] not in dropped]
    tied = {key for triple in triples for key in triple[:2]}
    return sorted(key for key, kind in types.items() if key not in dropped and (kind != "SourceText" or key in tied)), triples


def _mentions(graph: MultiDiGraph) -> Counter[str]:
    """Return for each node the number of places that name it: its evidence that grants no edge."""
    nodes = graph.nodes
    return Counter(s for s, t, p in graph.edges(keys=True) if p == "hasEvidence" and "predicate" not in nodes[t])


def _cells(data: Mapping[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    """Return what a node's or an edge's fields hold, by column."""
    cells: dict[str, Any] = {}
    for name, value in data.items():
        if name not in left_out and (kept := _value(value)) is not None:
            cells[_column(name)] = kept
    return cells


def node_row(key: str, data: Mapping[str, Any], domain: Domain | None, mentions: int = 0) -> NodeRow:
    """Return the row of one node with everything that it holds.

    Args:
        key: Id of the node.
        data: Its attributes.
        domain: Gives the labels of curated concepts.
        mentions: Number of places that name it.
    """
    row = _node_row(key, data, _cells(data, _STRUCTURE), domain)
    if mentions:
        row.values["mentions"] = mentions
    return row


def _node_row(key: str, data: Mapping[str, Any], values: dict[str, Any], domain: Domain | None) -> NodeRow:
    """Return the row of a node, its cells joined by what follows from them."""
    if isinstance(region := data.get("region"), str):
        values["region"] = clean(region.removeprefix("region/"))
    if (label := concept_label(domain, data.get("category"))) is not None:
        values["concept_label"] = label
    if (year := _year(data)) is not None:
        values["year"] = year
    category = clean(str(data.get("type") or "Thing"))
    return NodeRow(clean(key), category, _label(key, category, data), values)


@cache
def _column(field_name: str) -> str:
    """Return the ASCII name of a field's column, none of those that readers take for something else."""
    name = _COLUMN_OF.get(field_name, field_name)
    name = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return f"{name}_" if name.lower() in _RESERVED or not name.strip("_") else name


def _value(value: Any) -> Any:
    """Return a value as a cell holds it: cleaned text, number, truth value or list of texts; ``None`` for nothing."""
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, (bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [text for item in (sorted(value) if isinstance(value, (set, frozenset)) else value) if (text := clean(str(item)))]
        return items or None
    if isinstance(value, dict):
        return clean(json.dumps(value, sort_keys=True, ensure_ascii=False)) if value else None
    return clean(str(value)) or None


def _year(data: Mapping[str, Any]) -> int | None:
    """Return the year of a document's date, or the last one of an observation's period."""
    for text in (data.get("date"), *reversed(str(data.get("period") or "").split("..")), data.get("periodStart")):
        if text and (match := re.match(r"(\d{4})(?:-|$)", str(text))):
            return int(match[1])
    return None


def _label(key: str, category: str, data: Mapping[str, Any]) -> str:
    """Return what stands beside the node in a picture; an observation shows its value."""
    name = data.get("name") or data.get("title") or data.get("exact") or key.partition("/")[2] or key
    if category == "Observation" and isinstance(data.get("value"), (int, float)):
        name = f"{name} {number(data['value'])}{data.get('unit') or ''}"
    return shorten(clean(str(name)), 60) or clean(key)


def number(value: float) -> str:
    """Return the shortest decimal form, without an exponent or a fraction of zero.

    >>> number(268000.0), number(58.2), number(1e22)
    ('268000', '58.2', '10000000000000000000000')
    """
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _edge_values(graph: MultiDiGraph, data: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return an edge's cells joined by what its evidence tells."""
    listed = data.get("evidence") or ()
    values["evidence_count"] = len(listed)
    evidence = [graph.nodes[key] for key in listed if key in graph]
    if evidence and (sentence := edge_sentence(evidence)):
        values["sentence"] = sentence
    return values


def edge_sentence(evidence: Sequence[Mapping[str, Any]]) -> str:
    """Return the sentence of the first evidence, by text and place, as it stands in an edge's row."""
    first = min(evidence, key=lambda node: (str(node.get("text")), _offset(node.get("start")), _offset(node.get("end"))))
    return shorten(clean(str(first.get("sentence") or first.get("exact") or "")))


def _offset(value: Any) -> int:
    return value if isinstance(value, int) else -1


def concept_label(domain: Domain | None, curie: Any) -> str | None:
    """Return the Chinese label of a curated concept, ``None`` where the domain has no such concept."""
    concept = domain.concepts.get(curie) if domain is not None and isinstance(curie, str) else None
    return clean(concept.zh) or None if concept is not None else None


def column_types(rows: Iterable[Mapping[str, Any]], known: Mapping[str, str]) -> dict[str, str]:
    """Return each column that holds something with one type for all its values, known columns first, others by name.

    A known type gives way to ``string`` where a value does not fit it.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        note_types(row, seen)
    return joined_types(seen, known)


def note_types(row: Mapping[str, Any], seen: defaultdict[str, set[str]]) -> None:
    """Add the types of a row's values to those seen by column."""
    for name, value in row.items():
        seen[name].add(_TYPES.get(value.__class__) or _int_type(value))


def joined_types(seen: Mapping[str, set[str]], known: Mapping[str, str]) -> dict[str, str]:
    """Return one type for each column from the types of its values, in the order of :func:`column_types`."""
    order = [name for name in known if name in seen] + sorted(name for name in seen if name not in known)
    return {name: _joined(seen[name], known.get(name)) for name in order}


_TYPES = {str: "string", bool: "boolean", float: "double", list: "liststring"}


def _int_type(value: int) -> str:
    return "integer" if -(2**31) <= value < 2**31 else "long" if -(2**63) <= value < 2**63 else "string"


def _joined(types: set[str], known: str | None) -> str:
    if types <= {"integer", "long", "double"}:
        if known == "double" or "double" in types:
            return "double"
        return "long" if "long" in types else "integer"
    if known == "liststring" and types <= {"string", "liststring"}:
        return known
    return next(iter(types)) if len(types) == 1 else "string"


def cell(value: Any, kind: str) -> str:
    """Return a value as text in a column of the given type; a list joined by `` | `` unless the column is of lists."""
    if kind == "double":
        return repr(float(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " | ".join(value)
    return value if isinstance(value, str) else number(value) if isinstance(value, (int, float)) else str(value)
