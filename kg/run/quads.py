"""Make N-Quads and tables of records that lie on disk: each batch gives sorted runs of lines, and the runs are merged."""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.graph.aliases import join_aliases
from kg.rdf.namespaces import DCTERMS, EPM, ID
from kg.rdf.terms import iri
from kg.run.checks import Checks
from kg.run.pool import Pool, Said, Share, labels, unpacked
from kg.run.ranges import ranges, write_sorted
from kg.run.sorting import blocks, by_key, reduced, split, write_run
from kg.run.tables import Rows, write_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import networkx as nx

    from kg.domain import Domain
    from kg.model import Finding
    from kg.run.crew import Crew
    from kg.run.output import Output
    from kg.run.sorting import Part
    from kg.run.spool import Spool

#: Nodes whose statements are made at once, and lines of a run.
_NODES, _LINES = 2_000, 100_000
_KINDS = ("quads", "parts", "shares", "nodes", "edges")


@dataclass(slots=True)
class Counts:
    """Hold the numbers of nodes by type and of edges by predicate."""

    nodes: dict[str, int] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)

    def add(self, nodes: Mapping[str, int], edges: Mapping[str, int]) -> None:
        """Add further numbers."""
        for mine, others in ((self.nodes, nodes), (self.edges, edges)):
            for name, count in others.items():
                mine[name] = mine.get(name, 0) + count


@dataclass(frozen=True, slots=True)
class Graph:
    """Hold what is known of a graph that was written.

    Attributes:
        files: What the report says of each file.
        problems: What the checks found (:mod:`kg.run.checks`).
    """

    counts: Counts
    files: dict[str, dict[str, Any]]
    problems: list[Finding]


@dataclass(slots=True)
class _Heard:
    """Hold the rows and findings of some texts or nodes."""

    rows: Rows
    checks: Checks

    @classmethod
    def of(cls, domain: Domain) -> _Heard:
        return cls(Rows(domain), Checks(domain))

    def text(self, graph: nx.MultiDiGraph) -> None:
        self.rows.of_text(graph)
        self.checks.of_text(graph)

    def pool(self, graph: nx.MultiDiGraph, derived: Mapping[str, Mapping[str, Any]], mentions: Mapping[str, int]) -> None:
        self.rows.of_pool(graph, derived, mentions)
        self.checks.of_pool(graph, derived, mentions)

    def told(self) -> tuple[dict[str, set[str]], set[Finding]]:
        """Return what :meth:`hear` takes."""
        return self.rows.seen, self.checks.found

    def hear(self, told: tuple[dict[str, set[str]], set[Finding]]) -> None:
        self.rows.absorb(told[0])
        self.checks.absorb(sorted(told[1], key=lambda one: one.where))


def write_graph(spool: Spool, domain: Domain, crew: Crew, output: Output) -> Graph:
    """Write ``graph.nq``, ``nodes.csv`` and ``edges.csv`` in their places.

    Raises:
        OutputError: The disk is full or the like.
    """
    counts, heard = Counts(), _Heard.of(domain)
    runs = _of_batches(spool, domain, crew, counts, heard)
    pooled = _pooled(runs["shares"], crew, domain)
    counts.add(pooled.counts, {})
    heard.hear(pooled.told)
    labelled = _labelled(runs["parts"], pooled.runs["labels"], crew)
    quads = [*runs["quads"], *pooled.runs["quads"], *labelled]
    made, found = write_sorted(quads, output.place("graph.nq"), crew, _Quads)
    for edges in found:
        counts.add({}, edges)
    tables = {kind: [*runs[kind], *pooled.runs[kind]] for kind in ("nodes", "edges")}
    made |= write_tables(tables, heard.rows.columns(), crew, output)
    return Graph(counts, made, heard.checks.listed())


def _of_batches(spool: Spool, domain: Domain, crew: Crew, counts: Counts, heard: _Heard) -> dict[str, list[Path]]:
    """Write the runs of each batch of records; return them by kind."""
    stands = join_aliases(spool.claims)

    def work(batch: tuple[int, int, int]) -> bytes:
        number, first, last = batch
        mine = _Heard.of(domain)
        said = Said(listen=mine.text)
        for line in spool.lines(first, last):
            said.take(json.loads(line), stands, domain)
        lines: dict[str, Iterable[bytes]] = {
            "quads": said.lines,
            "parts": (f"{node}\t{text}\n".encode() for node, text in said.parts),
            # Two batches may say the very same of a node, and both count: hence the number.
            "shares": (f"{node}\t{number}\t".encode() + share.packed() + b"\n" for node, share in said.shares.items()),
            "nodes": mine.rows.nodes,
            "edges": mine.rows.edges,
        }
        for kind in _KINDS:
            write_run(crew.scratch / f"{kind}-{number:06}", lines[kind])
        return pickle.dumps((said.counts, mine.told()))

    tasks = [(number, *batch) for number, batch in enumerate(spool.batches(crew.spread))]
    for made in crew.map(work, tasks):
        nodes, told = pickle.loads(made)  # noqa: S301 - our own worker wrote it
        counts.add(nodes, {})
        heard.hear(told)
    return {kind: [crew.scratch / f"{kind}-{number:06}" for number, *_ in tasks] for kind in _KINDS}


class _Runs:
    """Write lines into runs of some thousand."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._scratch, self._name = scratch, name
        self._lines: list[bytes] = []
        self.paths: list[Path] = []

    def add(self, lines: Iterable[bytes]) -> None:
        self._lines.extend(lines)
        if len(self._lines) >= _LINES:
            self.flush()

    def flush(self) -> list[Path]:
        """Write what is left; return all the runs."""
        if self._lines:
            self.paths.append(write_run(self._scratch / f"{self._name}-{len(self.paths):06}", self._lines))
        self._lines = []
        return self.paths


class _Emitted:
    """Write what a pool makes of nodes into runs."""

    def __init__(self, scratch: Path, name: str, domain: Domain) -> None:
        self.heard = _Heard.of(domain)
        self.pool = Pool(domain, listen=self.heard.pool)
        self._runs = {kind: _Runs(scratch, f"pooled-{name}-{kind}") for kind in ("quads", "labels", "nodes", "edges")}

    def emit(self, triples: Iterable[Any]) -> None:
        """Write triples, and the rows that were made with them."""
        made = list(triples)
        self._runs["quads"].add(f"{s} {p} {o} .\n".encode() for s, p, o in made)
        self._runs["labels"].add(labels(made))
        rows = self.heard.rows
        self._runs["nodes"].add(rows.nodes)
        self._runs["edges"].add(rows.edges)
        rows.nodes, rows.edges = [], []

    def flush(self) -> dict[str, list[Path]]:
        """Return all the runs, by kind."""
        return {kind: runs.flush() for kind, runs in self._runs.items()}


@dataclass(frozen=True, slots=True)
class _Pooled:
    runs: dict[str, list[Path]]
    counts: dict[str, int]
    told: tuple[dict[str, set[str]], set[Finding]]


def _key(line: bytes) -> bytes:
    """Return the beginning of a line up to its first tab, that included."""
    return line[: line.index(b"\t") + 1]


def _pooled(shares: list[Path], crew: Crew, domain: Domain) -> _Pooled:
    """Write the statements about nodes of all texts, and what text graphs repeat of each node."""
    left = reduced(shares, crew.scratch, crew.map)
    parts = split(left, ranges(left, crew, _key))

    def work(task: tuple[int, list[Part]]) -> bytes:
        number, listed = task
        emitted = _Emitted(crew.scratch, str(number), domain)
        pool = emitted.pool
        for node, lines in by_key(line for block in blocks(listed) for line in block):
            share = Share()
            for line in lines:
                share.add(unpacked(line.partition(b"\t")[2]))
            pool.add(node, share)
            if len(pool) >= _NODES:
                emitted.emit(pool.triples())
        emitted.emit(pool.triples())
        return pickle.dumps((emitted.flush(), pool.wanted, pool.regions, pool.counts, emitted.heard.told()))

    last = _Emitted(crew.scratch, "last", domain)
    runs: dict[str, list[Path]] = {}
    for made in crew.map(work, list(enumerate(parts))):
        found, wanted, regions, counts, told = pickle.loads(made)  # noqa: S301 - our own worker wrote it
        for kind, paths in found.items():
            runs.setdefault(kind, []).extend(paths)
        last.pool.absorb(wanted, regions, counts)
        last.heard.hear(told)
    named = reduced(runs.get("labels", []), crew.scratch, crew.map)
    missing = last.pool.wanted
    if missing:
        missing.difference_update(key for key, _ in by_key(line for block in blocks(split(named, [])[0]) for line in block))
    last.emit(last.pool.close(missing))
    closing = last.flush()
    runs["labels"] = named
    return _Pooled({kind: runs.get(kind, []) + paths for kind, paths in closing.items()}, last.pool.counts, last.heard.told())


def _labelled(parts: list[Path], names: list[Path], crew: Crew) -> list[Path]:
    """Write type and label of each node into the graphs of the texts that it takes part in."""
    left, known = reduced(parts, crew.scratch, crew.map), reduced(names, crew.scratch, crew.map)
    cuts = ranges(left, crew, _key)

    def work(task: tuple[int, list[Part], list[Part]]) -> bytes:
        number, listed, labelled = task
        runs = _Runs(crew.scratch, f"labelled-{number}")
        said = by_key(line for block in blocks(labelled) for line in block)
        key, lines = "", list[bytes]()
        for node, texts in by_key(line for block in blocks(listed) for line in block):
            while key < node:
                key, lines = next(said, ("\U0010ffff", []))
            if key == node:
                runs.add(_in_graphs(node, texts, lines))
        return pickle.dumps(runs.flush())

    tasks = [(number, *pair) for number, pair in enumerate(zip(split(left, cuts), split(known, cuts), strict=True))]
    return [run for made in crew.map(work, tasks) for run in pickle.loads(made)]  # noqa: S301 - our own worker wrote it


def _in_graphs(node: str, texts: Iterable[bytes], lines: list[bytes]) -> Iterator[bytes]:
    """Yield what is said of a node everywhere, in the graph of each text."""
    subject = iri(ID + node).encode()
    graphs = [iri(ID + text.strip().decode()).encode() for text in texts]
    return (b"%b %b %b .\n" % (subject, line.rstrip(b"\n"), graph) for line in lines for graph in graphs)


#: An edge of the default graph: its property stands between two of our nodes. A link that is an attribute has no property of ours.
EDGE = re.compile(
    rb"^<%b[^>]*> <(?:%b|%b(?=isPartOf>|isFormatOf>))([^>]*)> <%b[^>]*> \.$"
    % tuple(re.escape(each.encode()) for each in (ID, EPM, DCTERMS, ID)),
    re.MULTILINE,
)


class _Quads:
    """Give the lines as they are, and count the edges of the default graph by their predicate."""

    def __init__(self) -> None:
        self.result: dict[str, int] = {}

    def __call__(self, lines: Iterator[list[bytes]]) -> Iterator[bytes]:
        """Yield the lines."""
        for block in lines:
            joined = b"".join(block)
            for predicate in EDGE.findall(joined):
                name = predicate.decode()
                self.result[name] = self.result.get(name, 0) + 1
            yield joined
