"""Read and extract texts on an executor: a text that crashes, hangs or eats memory costs itself only.

The work is done in a child of Spark's Python worker, by the supervisor that ``kg build`` uses on one machine; without it, Spark would lose
the whole task, try it four times, and give the build up.
"""

from __future__ import annotations

import contextlib
import json
import pickle
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.model import Finding
from kg.read.packed import content_of
from kg.run.one import extract_one, read_fetched
from kg.run.outcome import brief_of, finding_of, line_of
from kg.run.workers import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from kg.cluster.scene import Scene
    from kg.domain import Domain
    from kg.run.limits import Limits

#: What became of a text: columns with their types in Spark. ``doc`` is the id of the record, ``line`` the record; else ``code`` and ``message`` say why there is none.
OUTCOME = {
    "id": "bigint",
    "source": "string",
    "sha256": "string",
    "content": "string",
    "doc": "string",
    "line": "binary",
    "code": "string",
    "message": "string",
    "claims": "string",
    "findings": "string",
    "sketch": "string",
}
#: Rows and bytes of one batch that goes back.
_ROWS, _BYTES = 64, 4_000_000


@dataclass(frozen=True, slots=True)
class Extraction:
    """Turn batches of packed rows into batches of outcomes; a value for ``DataFrame.mapInArrow``."""

    scene: Scene
    limits: Limits

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the outcomes of the rows, in their order."""
        return _batched(self._outcomes(batches))

    def _outcomes(self, batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
        from kg.domain.encodings import load_common_characters

        domain = self.scene.domain()
        common = load_common_characters(domain.base)
        waiting: deque[tuple[int, str]] = deque()

        def tasks() -> Iterator[dict[str, Any]]:
            for batch in batches:
                for row in batch.to_pylist():
                    waiting.append((row["id"], row["source"]))
                    yield row

        with (
            Supervisor(lambda row: _extracted(row, domain, common), 1, self.limits) as supervisor,
            contextlib.closing(supervisor.results(tasks())) as results,  # type: ignore[type-var] # a generator
        ):
            for _, result in results:
                number, source = waiting.popleft()
                made = pickle.loads(result) if isinstance(result, bytes) else _refused(finding_of(source, result))  # noqa: S301 - our own child wrote it
                yield {**dict.fromkeys(OUTCOME), "id": number, "source": source, **made}


def _extracted(row: dict[str, Any], domain: Domain, common: frozenset[str]) -> bytes:
    """Return what became of one row, pickled; runs in the child."""
    raw = read_fetched(content_of(row), common)
    if isinstance(raw, Finding):
        return pickle.dumps(_refused(raw))
    known = {"sha256": raw.sha256, "content": raw.content}
    record = extract_one(raw, domain)
    if isinstance(record, Finding):
        return pickle.dumps({**known, **_refused(record)})
    brief = brief_of(record)
    listed = {"claims": sorted(brief.claims), "findings": [one.as_dict() for one in brief.findings], "sketch": brief.sketch}
    shown = {name: json.dumps(value) if value else None for name, value in listed.items()}
    return pickle.dumps({**known, "doc": brief.id, "line": line_of(record), **shown})


def _refused(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "message": finding.message.encode("utf-8", "replace").decode()}


def _batched(rows: Iterator[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    types = {"bigint": pa.int64(), "string": pa.string(), "binary": pa.binary()}
    schema = pa.schema([(name, types[kind]) for name, kind in OUTCOME.items()])
    held: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row["line"] or b"")
        if len(held) >= _ROWS or size >= _BYTES:
            yield pa.RecordBatch.from_pylist(held, schema=schema)
            held, size = [], 0
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=schema)
