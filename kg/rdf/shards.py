"""Read the result of a build on a cluster: N-Quads and records in compressed shards, whole only with its mark."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO, TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What a shard that is cut or damaged raises when it is read.
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)
_QUADS, _RECORDS, _MARK = "quads", "records", "_SUCCESS"


def is_sharded(folder: Path) -> bool:
    """Tell whether a path is the folder of a build on a cluster, whole or not."""
    return (folder / _QUADS).is_dir() or (folder / "_work").is_dir()


def quads(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield the path and the content of each shard of N-Quads.

    Raises:
        UsageError: The build did not end.
    """
    return _opened(folder, _QUADS, ".nq.gz")


def records(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield the path and the content of each shard of records.

    Raises:
        UsageError: The build did not end.
    """
    return _opened(folder, _RECORDS, ".jsonl.gz")


def _opened(folder: Path, name: str, suffix: str) -> Iterator[tuple[Path, IO[bytes]]]:
    if not (folder / _MARK).is_file():
        raise UsageError(str(folder), "is not whole: it has no _SUCCESS", "build it again, or wait until the build has ended")
    for path in sorted((folder / name).glob(f"part-*{suffix}")):
        with gzip.open(path) as packed:
            yield path, io.BufferedReader(packed)
