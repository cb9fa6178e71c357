"""Make a file of sorted runs: workers merge a range of lines each, and the ranges are put together in their order."""

from __future__ import annotations

import hashlib
import os
import pickle
from typing import TYPE_CHECKING, Any, Protocol

from kg.run.sorting import blocks, cut, reduced, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.run.crew import Crew
    from kg.run.sorting import Part

#: Bytes of a range, so that no task takes long and few unfinished parts lie about.
_RANGE = 256_000_000
_BUFFER = 1 << 20


class Form(Protocol):
    """Turn blocks of sorted lines into bytes of the file; :attr:`result` is what was noted on the way."""

    result: Any

    def __call__(self, lines: Iterator[list[bytes]]) -> Iterator[bytes]:
        """Yield the bytes."""


class Written:
    """Write a file, and count and digest what goes into it."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self._digest, self._size = hashlib.sha256(), 0

    def write(self, chunks: Iterable[bytes]) -> dict[str, dict[str, Any]]:
        """Write chunks to the disk; return what the report says of the file, by its name."""
        with self._path.open("wb", buffering=_BUFFER) as file:
            for chunk in chunks:
                file.write(chunk)
                self._digest.update(chunk)
                self._size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        return {self._name: {"name": self._name, "bytes": self._size, "sha256": self._digest.hexdigest()}}


def ranges(runs: Sequence[Path], crew: Crew, key: Callable[[bytes], bytes] = bytes) -> list[bytes]:
    """Return where to cut runs so that every worker has its share and no share is large."""
    size = sum(run.stat().st_size for run in runs)
    return cut(runs, max(crew.spread, -(-size // _RANGE)), key)


def write_sorted(  # noqa: PLR0913, PLR0917 - what is merged, how, and to where
    runs: list[Path], target: Path, crew: Crew, form: Callable[[], Form], key: Callable[[bytes], bytes] = bytes, head: bytes = b""
) -> tuple[dict[str, dict[str, Any]], list[Any]]:
    """Merge runs into one file; the runs are removed.

    Args:
        runs: Sorted runs.
        target: The file, under its temporary name.
        crew: Who does it.
        form: Makes a new :class:`Form`, one for each range.
        key: The beginning of a line that it shares with those that must not be parted from it.
        head: Stands before all lines.

    Returns:
        What the report says of the file, by its name; and the result of each form.
    """
    scratch, name = crew.scratch, target.name.removeprefix(".").removesuffix(".kg-tmp")
    left = reduced(runs, scratch, crew.map)
    parts = split(left, ranges(left, crew, key))
    results: list[Any] = []

    def work(task: tuple[int, list[Part]]) -> bytes:
        number, listed = task
        made = form()
        with (scratch / f"{name}-{number:06}").open("wb", buffering=_BUFFER) as file:
            file.writelines(made(blocks(listed)))
        return pickle.dumps(made.result)

    def chunks() -> Iterator[bytes]:
        yield head
        for number, result in enumerate(crew.map(work, list(enumerate(parts)))):
            results.append(pickle.loads(result))  # noqa: S301 - our own worker wrote it
            part = scratch / f"{name}-{number:06}"
            with part.open("rb") as file:
                while chunk := file.read(_BUFFER):
                    yield chunk
            part.unlink()

    written = Written(target, name).write(chunks())
    for run in left:
        run.unlink()
    return written, results
