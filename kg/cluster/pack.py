"""Put any inputs into one Parquet file, as they were fetched: reading their formats is left to the build, which guards it."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.domain import shipped_ontology
from kg.domain.encodings import load_common_characters
from kg.errors import InputError, OutputError, UsageError
from kg.model import Finding
from kg.read import LARGEST, fetch_input, load_metadata
from kg.read.packed import COLUMNS, NOTE, QUARANTINED, SKIPPED, other_row, row_of
from kg.run.harvest import find_inputs
from kg.run.one import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

#: Rows of a row group, and bytes of texts from which on a group is full with fewer: what one task of a cluster begins with.
_ROWS, _BYTES = 1_000, 8_000_000


@dataclass(slots=True)
class Packed:
    """Hold what became of the inputs.

    Attributes:
        texts: Number of those that are packed; ``bytes`` of their content.
        quarantined: What could not be fetched; a build reports it with the reason.
        skipped: Source and reason.
        findings: About the tables of metadata.
    """

    texts: int = 0
    bytes: int = 0
    quarantined: list[Finding] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def summary(self) -> str:
        """Return the numbers in one line."""
        reasons = Counter(reason for _, reason in self.skipped)
        shown = f" ({', '.join(f'{count} {reason}' for reason, count in sorted(reasons.items()))})" if reasons else ""
        total = self.texts + len(self.quarantined) + len(self.skipped)
        return f"{total} inputs: {self.texts} packed, {len(self.quarantined)} quarantined, {len(self.skipped)} skipped{shown}"


def pack(
    paths: Sequence[Path | str],
    target: Path,
    meta: Sequence[Path] = (),
    *,
    largest: int = LARGEST,
    progress: Callable[[int, int, str], None] | None = None,
) -> Packed:
    """Write the inputs under the paths into one Parquet file, which takes its name when it is whole.

    What cannot be fetched, what is no input, and rows of metadata that name nothing are rows of the file too, so that a build of it reports
    them as a build of the paths does.

    Args:
        paths: Files and folders.
        target: The file; ends in ``.parquet``.
        meta: Tables of what is known about the texts; what they say is packed with them.
        largest: Bytes of a text; a larger one is quarantined.
        progress: Called before each input with its number from 0, the number of inputs, and its source.

    Raises:
        UsageError: A path does not exist, a table of metadata is faulty, no input can be fetched, or pyarrow is missing.
        OutputError: The file cannot be written.
    """
    if target.suffix.lower() != ".parquet":
        raise UsageError(str(target), "does not end in .parquet", "name the file FILE.parquet")
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError("kg pack", "pyarrow is missing", "pip install 'policy-measure-kg[parquet]'") from None
    schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in COLUMNS.items()])
    result = Packed()
    rows = _rows(paths, meta, largest, progress, result)
    temporary = target.with_name(f".{target.name}.kg-tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for group in _groups(rows):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
        if not result.texts:
            raise UsageError("input", f"nothing could be packed: {result.summary()}", _first(result))
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        words = error.strerror or str(error)
        raise OutputError(str(target), f"cannot be written ({words})", "free some space, or choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return result


def _first(result: Packed) -> str:
    return "; ".join(f"{one.where}: {one.message}" for one in result.quarantined[:3])


def _rows(
    paths: Sequence[Path | str], meta: Sequence[Path], largest: int, progress: Callable[[int, int, str], None] | None, result: Packed
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the file, and note what became of each input."""
    found = find_inputs(paths, largest)
    metadata = load_metadata([*found.tables, *meta])
    common = load_common_characters(shipped_ontology() / "base")
    number = -1
    for number, one in enumerate(found.inputs):
        if progress:
            progress(number, len(found.inputs), one.source)
        stated = metadata.of(one)
        try:
            content = fetch_input(one, common, largest=largest)
        except InputError as error:
            result.quarantined.append(Finding("error", error.code, one.source, words_of(error)))
            yield other_row(number, QUARANTINED, one.source, error.code, words_of(error))
            continue
        result.texts += 1
        result.bytes += len(content.data)
        yield row_of(content, number, stated)
    for skipped in found.skipped:
        number += 1
        result.skipped.append((skipped.source, skipped.reason))
        yield other_row(number, SKIPPED, skipped.source, skipped.reason)
    for where, path in metadata.unused():
        number += 1
        note = Finding("warning", "metadata-unused", where, f"no input is called {path!r}")
        result.findings.append(note)
        yield other_row(number, NOTE, where, note.code, note.message)


def _groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row["data"])
        if len(group) >= _ROWS or size >= _BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
