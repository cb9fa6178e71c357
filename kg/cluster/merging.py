"""Turn records into statements on the executors: first what each text says alone, then what all texts say of a node.

Rows have a ``kind``, a ``key`` and a ``value``, and may come in any order; Spark brings the rows of one key together.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from kg.cluster.tables import Rows
from kg.model import SEGMENTS, Finding
from kg.rdf.namespaces import ID
from kg.run.harvest import Firsts, by_id
from kg.run.outcome import Brief, Outcome, line_of
from kg.run.pool import LOCAL, Pool, Said, Share, labels, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

    from kg.cluster.scene import Scene

#: Columns of the rows, with their types in Spark.
ROWS = {"kind": "string", "key": "string", "value": "binary"}
VERDICTS = {"id": "bigint", "status": "string", "of": "string", "first": "bigint", "same": "string"}
#: A statement about a node that belongs to one text: no other text says it.
_OWN = re.compile(rb"<%b(?:%b)/" % (re.escape(ID.encode()), b"|".join(sorted(SEGMENTS[kind].encode() for kind in LOCAL))))
#: Nodes whose statements are made at once; texts after which shared rows go out; rows and bytes of a batch.
_NODES, _TEXTS, _ROWS, _BYTES = 2_000, 200, 20_000, 4_000_000
#: Lines of a row of own ones.
_LINES = 200

_Row = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Tell, of each group of inputs that may say the same, which is built and which are duplicates."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield verdicts about the inputs of each group, which are in one row."""
        import pyarrow as pa

        types = [pa.int64(), pa.string(), pa.string(), pa.int64(), pa.string()]
        for batch in batches:
            rows = [row for group in batch.to_pylist() for row in judge(group["members"])]
            arrays = [pa.array([row[name] for row in rows], type_) for name, type_ in zip(VERDICTS, types, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, names=list(VERDICTS))


def judge(members: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the verdict about each input of a group, by the rule of a build on one machine.

    Args:
        members: Outcomes without their records.
    """
    order = sorted(members, key=lambda one: (one["source"], one["id"]))
    numbers: dict[int, int] = {}
    outcomes = []
    for one in order:
        brief = None if one["doc"] is None else Brief(one["doc"], frozenset(), ())
        finding = Finding("error", "", one["source"], "") if brief is None else None
        outcomes.append(Outcome(one["source"], one["sha256"], b"", finding, brief, one["content"] or ""))
        numbers[id(outcomes[-1])] = one["id"]
    firsts, built = Firsts(), list[int]()
    for outcome in by_id(outcomes):
        row: dict[str, Any] = dict.fromkeys(VERDICTS)
        row["id"] = numbers[id(outcome)]
        if earlier := firsts.earlier(outcome):
            row |= {"status": "duplicate", "of": earlier[1].of, "same": earlier[1].same, "first": built[earlier[0]]}
        elif outcome.finding is not None:
            row["status"] = "quarantined"
        else:
            row["status"] = "built"
            built.append(row["id"])
        yield row


def finished(line: bytes, also: list[str] | None) -> bytes:
    """Return a record's line with all the sources of its text."""
    if not also:
        return line
    record = json.loads(line)
    record["doc"]["alsoAt"] = sorted({*record["doc"].get("alsoAt", ()), *also})
    return line_of(record)


@dataclass(frozen=True, slots=True)
class Finish:
    """Give records as they stand in the output."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield lines of JSON."""
        import pyarrow as pa

        for batch in batches:
            lines = [finished(row["line"], row["also"]) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_arrays([pa.array(lines, pa.binary()).cast(pa.string())], names=["value"])


@dataclass(frozen=True, slots=True)
class Say:
    """Turn records into what each text says alone, and its shares in the nodes of all texts.

    Rows: ``own`` lines of N-Quads that no other text gives, ``shared`` ones that others may give, ``part`` (node, text), ``share`` (node),
    ``count`` and rows of the tables.

    Attributes:
        stands: The id that stands for an id, of all texts.
    """

    scene: Scene
    stands: Any

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of some records."""
        return batched(self._rows(batches))

    def _rows(self, batches: Iterable[pa.RecordBatch]) -> Iterator[_Row]:
        domain, stands = self.scene.domain(), self.stands.value
        rows = Rows(domain)
        said, shared, texts = Said(listen=rows.of_text), set[bytes](), 0
        for batch in batches:
            for row in batch.to_pylist():
                said.take(json.loads(finished(row["line"], row["also"])), stands, domain)
                own = [line for line in said.lines if _OWN.match(line)]
                yield from (("own", "", b"".join(own[start : start + _LINES])[:-1]) for start in range(0, len(own), _LINES))
                yield from counted_edges(b"".join(own))
                shared.update(line for line in said.lines if not _OWN.match(line))
                said.lines = set()
                yield from ((kind, "", value) for kind, value in rows.take())
                texts += 1
                if texts >= _TEXTS:
                    yield from _shared(said, shared)
                    said, shared, texts = Said(listen=rows.of_text), set(), 0
        yield from _shared(said, shared)


def _shared(said: Said, shared: set[bytes]) -> Iterator[_Row]:
    yield from (("shared", "", line[:-1]) for line in shared)
    yield from (("part", node, text.encode()) for node, text in said.parts)
    yield from (("share", node, share.packed()) for node, share in said.shares.items())
    yield from (("count", f"nodes/{type_}", str(count).encode()) for type_, count in said.counts.items())


def counted_edges(lines: bytes) -> Iterator[_Row]:
    """Yield the numbers of edges by predicate among lines of N-Quads."""
    from kg.run.quads import EDGE

    yield from (("count", f"edges/{name.decode()}", str(count).encode()) for name, count in Counter(EDGE.findall(lines)).items())


@dataclass(frozen=True, slots=True)
class CountEdges:
    """Count the edges among rows of shared lines."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield ``count`` rows."""
        return batched(row for batch in batches for row in counted_edges(b"".join(value + b"\n" for value in batch["value"].to_pylist())))


@dataclass(frozen=True, slots=True)
class PoolNodes:
    """Turn shares, sorted by node, into the statements about nodes of all texts.

    Rows: ``shared`` lines, ``label`` (node: what text graphs repeat of it), ``wanted`` and ``region`` (node), ``count`` and rows of the tables.
    """

    scene: Scene

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the nodes of one partition."""
        return batched(self._rows(batches))

    def _rows(self, batches: Iterable[pa.RecordBatch]) -> Iterator[_Row]:
        domain = self.scene.domain()
        rows = Rows(domain)
        pool = Pool(domain, listen=rows.of_pool)
        for node, group in groupby((row for batch in batches for row in batch.to_pylist()), key=lambda row: str(row["key"])):
            whole = Share()
            for row in group:
                whole.add(unpacked(row["value"]))
            pool.add(node, whole)
            if len(pool) >= _NODES:
                yield from emitted(pool.triples(), rows)
        yield from emitted(pool.triples(), rows)
        yield from (("wanted", node, b"") for node in sorted(pool.wanted))
        yield from (("region", node, b"") for node in sorted(pool.regions))
        yield from (("count", f"nodes/{type_}", str(count).encode()) for type_, count in sorted(pool.counts.items()))


def emitted(triples: Iterable[Any], rows: Rows) -> Iterator[_Row]:
    """Yield the rows of what a pool has made."""
    made = list(triples)
    yield from (("shared", "", f"{s} {p} {o} .".encode()) for s, p, o in made)
    for line in labels(made):
        node, _, said = line.partition(b"\t")
        yield "label", node.decode(), said.rstrip(b"\n")
    yield from ((kind, "", value) for kind, value in rows.take())


def batched(rows: Iterable[_Row]) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches that fit into memory beside each other."""
    held: list[_Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row[2])
        if len(held) >= _ROWS or size >= _BYTES:
            yield _batch(held)
            held, size = [], 0
    if held:
        yield _batch(held)


def _batch(rows: list[_Row]) -> pa.RecordBatch:
    import pyarrow as pa

    kinds, keys, values = zip(*rows, strict=True)
    return pa.RecordBatch.from_arrays(
        [pa.array(kinds, pa.string()), pa.array(keys, pa.string()), pa.array(values, pa.binary())], names=list(ROWS)
    )
