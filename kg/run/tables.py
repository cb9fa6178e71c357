"""Write ``nodes.csv`` and ``edges.csv`` without the graph in memory: rows go to disk as they are found, and lie sorted before they are formed.

What a column holds is known only when all rows are there; so the rows wait as JSON, and the files are formed from them at the end.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.export.neo4j import edge_header, edge_line, node_header, node_line
from kg.export.rows import EDGE_COLUMNS, NODE_COLUMNS, EdgeRow, NodeRow, clean, edge_sentence, joined_types, node_row, note_types
from kg.run.pool import LOCAL
from kg.run.ranges import write_sorted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import networkx as nx

    from kg.domain import Domain
    from kg.run.crew import Crew
    from kg.run.output import Output

#: Parts of an edge's line that name it: source, target, predicate.
_NAMES = 3


class Rows:
    """Gather rows of nodes and edges as lines, and the types of the nodes' values by column.

    Attributes:
        nodes: Lines ``id TAB [label, values]``.
        edges: Lines ``source TAB target TAB predicate TAB [text, confidence, evidence, sentence]``, empty brackets without evidence.
    """

    def __init__(self, domain: Domain) -> None:
        self._domain = domain
        self.nodes: list[bytes] = []
        self.edges: list[bytes] = []
        self.seen: dict[str, set[str]] = {}

    def absorb(self, seen: Mapping[str, set[str]]) -> None:
        """Add types that others have seen."""
        for name, types in seen.items():
            self.seen.setdefault(name, set()).update(types)

    def columns(self) -> dict[str, str]:
        """Return the columns of nodes, with their types."""
        return {**NODE_COLUMNS, **joined_types(self.seen, NODE_COLUMNS)}

    def of_text(self, graph: nx.MultiDiGraph) -> None:
        """Take in what one text says: its own nodes, and all edges with their evidence."""
        mentions: dict[str, int] = {}
        for source, target, predicate, data in graph.edges(keys=True, data=True):
            if predicate == "hasEvidence":
                mentions[source] = mentions.get(source, 0) + 1
            said: list[Any] = []
            if data["evidence"]:
                evidence = [graph.nodes[key] for key in data["evidence"]]
                said = [evidence[0]["text"], data["confidence"], data["evidence"], edge_sentence(evidence)]
            self._add_edge(source, target, predicate, said)
        for node, attributes in graph.nodes(data=True):
            if attributes.get("type") in LOCAL:
                self._add_node(node, attributes, mentions.get(node, 0))

    def of_pool(self, graph: nx.MultiDiGraph, derived: Mapping[str, Mapping[str, Any]], mentions: Mapping[str, int]) -> None:
        """Take in nodes of all texts.

        Args:
            graph: The nodes, and the edges that their attributes stand for; nodes without a type are others'.
            derived: Attributes that the graph leaves out because RDF does.
            mentions: Numbers of places that name them.
        """
        for node, attributes in graph.nodes(data=True):
            if "type" in attributes:
                self._add_node(node, {**attributes, **derived.get(node, {})}, mentions.get(node, 0))
        for source, target, predicate in graph.edges(keys=True):
            self._add_edge(source, target, predicate, [])

    def _add_node(self, node: str, attributes: Mapping[str, Any], mentions: int) -> None:
        row = node_row(node, attributes, self._domain, mentions)
        seen: defaultdict[str, set[str]] = defaultdict(set)
        note_types(row.values, seen)
        self.absorb(seen)
        self.nodes.append(f"{node}\t".encode() + json.dumps([row.category, row.values]).encode() + b"\n")

    def _add_edge(self, source: str, target: str, predicate: str, said: list[Any]) -> None:
        line = json.dumps(said).encode() + b"\n" if said else _NOTHING
        self.edges.append(f"{source}\t{target}\t{predicate}\t".encode() + line)


def write_tables(runs: Mapping[str, list[Path]], columns: dict[str, str], crew: Crew, output: Output) -> dict[str, dict[str, Any]]:
    """Form ``nodes.csv`` and ``edges.csv`` of sorted rows; return what the report says of them.

    Raises:
        OutputError: The disk is full or the like.
    """
    made, _ = write_sorted(runs["nodes"], output.place("nodes.csv"), crew, partial(_Nodes, columns), head=node_header(columns).encode())
    head = edge_header(EDGE_COLUMNS).encode()
    further, _ = write_sorted(runs["edges"], output.place("edges.csv"), crew, _Edges, edge_key, head)
    return made | further


def edge_key(line: bytes) -> bytes:
    """Return the beginning of an edge's line that names it, the tab behind it included."""
    end = -1
    for _ in range(_NAMES):
        end = line.index(b"\t", end + 1)
    return line[: end + 1]


class _Nodes:
    """Form the lines of nodes."""

    def __init__(self, columns: dict[str, str]) -> None:
        self._columns = columns
        self.result = None

    def __call__(self, lines: Iterator[list[bytes]]) -> Iterator[bytes]:
        """Yield the lines of the file."""
        for block in lines:
            for line in block:
                key, _, rest = line.partition(b"\t")
                category, values = json.loads(rest)
                yield node_line(NodeRow(clean(key.decode()), category, "", values), self._columns).encode()


class _Edges:
    """Form the lines of edges, each of what all texts say of it."""

    def __init__(self) -> None:
        self.result = None

    def __call__(self, lines: Iterator[list[bytes]]) -> Iterator[bytes]:
        """Yield the lines of the file."""
        for key, group in groupby((line for block in lines for line in block), edge_key):
            source, target, predicate = (clean(part) for part in key.decode().split("\t")[:_NAMES])
            said = [json.loads(rest) for line in group if (rest := line[len(key) :]) != _NOTHING]
            row = EdgeRow(0, 0, predicate, len({one[0] for one in said}) or 1, _edge_values(said) if said else _STRUCTURE)
            yield edge_line(source, target, row, EDGE_COLUMNS).encode()


#: What a line holds for an edge that is structure and no claim, and its values then.
_NOTHING = b"[]\n"
_STRUCTURE: dict[str, Any] = {"confidence": 1.0, "evidence_count": 0}


def _edge_values(said: list[list[Any]]) -> dict[str, Any]:
    """Return the values of an edge from what each text says of it."""
    evidence = sorted(each for one in said for each in one[2])
    values: dict[str, Any] = {"confidence": max(one[1] for one in said), "evidence_count": len(evidence), "evidence": evidence}
    if sentence := min(said, key=lambda one: str(one[0]))[3]:
        values["sentence"] = sentence
    return values
