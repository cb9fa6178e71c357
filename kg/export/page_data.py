"""Turn the graph into the columns that the page reads; ``docs/explorer.md`` describes them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kg.export.gexf import draw
from kg.export.page_matrix import matrix_data
from kg.export.page_pictures import cascade_data, series_data
from kg.export.page_texts import Place, excerpts, place_of
from kg.export.page_words import concept_rows, field_rows, fold_pairs, predicate_rows, type_rows, words
from kg.export.rows import Table, clean, tabulate
from kg.model import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from networkx import MultiDiGraph

    from kg.domain import Domain

#: Rises when the page must read the data in another way.
FORMAT = 1
#: Edges that the page shows in another form: as evidence.
_AS_EVIDENCE = frozenset(("hasEvidence", "inText"))
#: Fields of nodes that have a column of their own, are an edge besides, or tell how the file was read.
_OWN = frozenset(("type", "name", "confidence", "texts", "region", "regionId", "parent", "isFormatOf", "sha256", "encoding"))
_OF_PROVISIONS = frozenset(("start", "end", "text", "sentence"))

Columns = dict[str, list[Any]]


def page_data(graph: MultiDiGraph, domain: Domain) -> dict[str, Any]:
    """Return everything the page needs as one JSON object: tables by column, rows pointing to rows by their index.

    Nodes come in three parts: those that an edge ties to another one, which are drawn; those without, and texts and provisions.
    """
    table = _tied(tabulate(graph, domain, include_evidence=False))
    keys = [row.key for row in table.nodes]
    drawn = len(keys)
    seen = set(keys)
    keys += sorted(node for node, data in graph.nodes(data=True) if node not in seen and data.get("type") != "Evidence")
    index = {key: number for number, key in enumerate(keys)}
    texts = sorted(node for node, data in graph.nodes(data=True) if data.get("type") == "SourceText")
    evidence = _Evidence(graph, texts)
    edges, predicates = _edges(graph, index, evidence.number)
    nodes = _nodes(graph, keys, table)
    return {
        "format": FORMAT,
        "words": words(domain),
        "fold": fold_pairs(domain),
        "types": type_rows(domain),
        "predicates": predicate_rows(predicates, domain),
        "fields": field_rows((name for extra in nodes["extra"] for name in extra), domain),
        "concepts": concept_rows(_curies(graph, keys, domain), domain),
        "segments": SEGMENTS,
        "drawn": drawn,
        "nodes": nodes,
        "mentions": [evidence.of(graph, key) for key in keys],
        "edges": edges,
        "evidence": evidence.columns,
        "texts": evidence.texts(index),
        "matrix": matrix_data(graph, domain, index),
        "cascade": cascade_data(graph, domain, index),
        "series": series_data(graph, domain, index),
    }


def _tied(table: Table) -> Table:
    """Return the table without the nodes that no edge ties to another one."""
    kept = sorted({end for edge in table.edges if edge.source != edge.target for end in (edge.source, edge.target)})
    place = {number: n for n, number in enumerate(kept)}
    edges = [edge._replace(source=place[edge.source], target=place[edge.target]) for edge in table.edges if edge.source in place]
    return Table([table.nodes[number] for number in kept], edges, table.node_columns, table.edge_columns)


def _nodes(graph: MultiDiGraph, keys: list[str], table: Table) -> Columns:
    """Return the nodes; ``id`` is 0 where it is the type's segment, a slash and the name."""
    picture = draw(table)
    columns: Columns = {name: [] for name in ("id", "type", "name", "confidence", "texts", "extra")}
    for key in keys:
        data = graph.nodes[key]
        type_ = clean(str(data.get("type") or "Thing"))
        name = clean(str(data.get("name") or data.get("title") or key.partition("/")[2] or key))
        columns["id"].append(0 if key == f"{SEGMENTS.get(type_, '')}/{name}" else clean(key))
        columns["type"].append(type_)
        columns["name"].append(name)
        columns["confidence"].append(_percent(data.get("confidence")))
        columns["texts"].append(data.get("texts") or 0)
        left_out = _OWN | _OF_PROVISIONS if type_ == "Provision" else _OWN
        columns["extra"].append(
            {clean(k): _value(data[k]) for k in sorted(data) if k not in left_out and data[k] not in (None, "", [], {})}
        )
    columns["x"] = [round(x) for x, _ in picture.points]
    columns["y"] = [round(y) for _, y in picture.points]
    columns["size"] = [round(size, 1) for size in picture.sizes]
    return columns


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (list, tuple)):
        return [_value(each) for each in value]
    return value if isinstance(value, (bool, int, float)) else clean(str(value))


def _percent(confidence: Any) -> int:
    """Return a confidence in percent, 100 where there is none: what nobody doubted."""
    return round(confidence * 100) if isinstance(confidence, (int, float)) else 100


def _curies(graph: MultiDiGraph, keys: Iterable[str], domain: Domain) -> set[str]:
    """Return every concept that a field of a node names."""
    found: set[str] = set()
    for key in keys:
        for value in graph.nodes[key].values():
            found.update(each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and ":" in each)
    return {curie for curie in found if curie in domain.concepts}


def _edges(graph: MultiDiGraph, index: Mapping[str, int], number: Mapping[str, int]) -> tuple[Columns, list[str]]:
    """Return the edges sorted by source, predicate and target, with the predicates that their numbers mean."""
    chosen = sorted(
        (index[s], p, index[t], s, t) for s, t, p in graph.edges(keys=True) if p not in _AS_EVIDENCE and s in index and t in index
    )
    predicates = sorted({p for _, p, *_ in chosen})
    place = {p: n for n, p in enumerate(predicates)}
    columns: Columns = {name: [] for name in ("source", "target", "predicate", "confidence", "evidence")}
    for source, predicate, target, s, t in chosen:
        data = graph.edges[s, t, predicate]
        columns["source"].append(source)
        columns["target"].append(target)
        columns["predicate"].append(place[predicate])
        columns["confidence"].append(_percent(data.get("confidence")))
        columns["evidence"].append(sorted(number[e] for e in data.get("evidence") or () if e in number))
    return columns, predicates


class _Evidence:
    """Hold the evidence sorted by text and place, one row for each quotation of a text by one rule.

    Attributes:
        number: Row by the evidence's node in the graph; equal quotations share one.
        columns: ``text``, ``start``, ``length``, ``before`` and ``after`` (how far the sentence reaches), ``rule``, ``confidence``.
    """

    def __init__(self, graph: MultiDiGraph, texts: list[str]) -> None:
        self.graph, self.keys = graph, texts
        self.whole: dict[str, str] = graph.graph.get("texts") or {}
        text_number = {key: n for n, key in enumerate(texts)}
        found: defaultdict[tuple[Any, ...], list[str]] = defaultdict(list)
        self.quotations: defaultdict[str, list[tuple[Place, str, str]]] = defaultdict(list)
        for node, data in graph.nodes(data=True):
            if data.get("text") not in text_number or data.get("type") not in {"Evidence", "Provision"}:
                continue
            sentence = str(data.get("sentence") or "")
            exact = str(data.get("exact") or sentence)
            place = place_of(data["start"], data["end"], exact, sentence, self.whole.get(data["text"]))
            row = (text_number[data["text"]], *place, str(data.get("rule") or ""), _percent(data.get("confidence")))
            if row not in found:
                self.quotations[data["text"]].append((place, exact, sentence))
            found[row].append(node)
        rows = sorted(found)
        self.number = {node: n for n, row in enumerate(rows) for node in found[row]}
        rules = sorted({row[5] for row in rows})
        rule_number = {rule: n for n, rule in enumerate(rules)}
        self.columns: Columns = {
            "text": [row[0] for row in rows],
            "start": [row[1] for row in rows],
            "length": [row[2] - row[1] for row in rows],
            "before": [row[1] - row[3] for row in rows],
            "after": [row[4] - row[2] for row in rows],
            "rule": [rule_number[row[5]] for row in rows],
            "confidence": [row[6] for row in rows],
            "rules": rules,
        }

    def of(self, graph: MultiDiGraph, node: str) -> list[int]:
        """Return the rows that name a node: a provision's own sentence, anything else's mentions."""
        if node in self.number:
            return [self.number[node]]
        return sorted({self.number[e] for _, e, p in graph.out_edges(node, keys=True) if p == "hasEvidence" and e in self.number})

    def texts(self, index: Mapping[str, int]) -> list[dict[str, Any]]:
        """Return the texts in the order that evidence counts them: node, length and pieces."""
        known = {key: self.whole[key] for key in self.keys if key in self.whole}
        shown = excerpts(known, {key: self.quotations[key] for key in self.keys})
        return [{"node": index[key], "length": shown[key].length, "pieces": shown[key].pieces} for key in self.keys]
