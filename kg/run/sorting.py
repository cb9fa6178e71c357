"""Sort more lines than memory holds: sorted runs on disk, merged, by several processes if there are some."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

#: Files that are open at once; macOS allows a process 256.
_FAN_IN = 100
_BUFFER = 1 << 18
#: Bytes of each run that are in memory while runs are merged.
_BLOCK = 1 << 17


@dataclass(frozen=True, slots=True)
class Part:
    """Name a part of a sorted run, by the offsets of its first byte and of the byte after it."""

    path: Path
    start: int
    end: int


def whole(run: Path) -> Part:
    """Return a run as the one part that it is."""
    return Part(run, 0, run.stat().st_size)


def write_run(path: Path, lines: Iterable[bytes]) -> Path:
    """Write lines, sorted and each once; every line ends with its line end."""
    with path.open("wb", buffering=_BUFFER) as file:
        file.writelines(sorted(set(lines)))
    return path


def blocks(parts: Sequence[Part]) -> Iterator[list[bytes]]:
    """Yield the lines of parts of sorted runs in the order of their bytes (which for UTF-8 is that of code points), each once, many at a time.

    Of each run a piece is in memory. What is not above the smallest of their last lines is complete: sorting it is a merge, for the
    sort of the language finds what is sorted already.

    Args:
        parts: Of no more files than may be open at once.
    """
    with ExitStack() as stack:
        open_parts = [_Reader(stack.enter_context(part.path.open("rb", buffering=_BUFFER)), part) for part in parts]
        while open_parts := [part for part in open_parts if part.fill()]:
            bound = min(part.lines[-1] for part in open_parts)
            complete: list[bytes] = []
            for part in open_parts:
                complete += part.take(bound)
            complete.sort()
            yield list(dict.fromkeys(complete))


class _Reader:
    """Hold a piece of one part in memory."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        file.seek(part.start)
        self._file, self._left = file, part.end - part.start
        self.lines: list[bytes] = []

    def fill(self) -> bool:
        """Read on if nothing is in memory; tell whether something is now."""
        if not self.lines and self._left > 0:
            self.lines = self._file.readlines(min(_BLOCK, self._left))
            self._left -= sum(map(len, self.lines))
            while self._left < 0:  # it reads until it has more than it was asked for
                self._left += len(self.lines.pop())
        return bool(self.lines)

    def take(self, bound: bytes) -> list[bytes]:
        """Return the lines in memory up to the bound, and hold them no more."""
        cut = bisect_right(self.lines, bound)
        taken, self.lines = self.lines[:cut], self.lines[cut:]
        return taken


def merged(runs: Sequence[Path]) -> Iterator[bytes]:
    """Yield the lines of sorted runs in the order of their bytes, each once; the runs are few enough (:func:`reduced`)."""
    for block in blocks([whole(run) for run in runs]):
        yield from block


def _merge_run(task: tuple[list[Path], Path]) -> bytes:
    runs, larger = task
    with larger.open("wb", buffering=_BUFFER) as file:
        for block in blocks([whole(run) for run in runs]):
            file.writelines(block)
    for run in runs:
        run.unlink()
    return b""


def reduced(runs: Sequence[Path], scratch: Path, mapper: Callable[..., Iterable[bytes]] = map) -> list[Path]:
    """Return few enough runs to be open at once; those that were merged into larger ones are removed.

    No more of them are merged than must be, and each group by itself.

    Args:
        runs: Sorted runs.
        scratch: Folder for the larger ones.
        mapper: Like ``map``; may spread the work.
    """
    left = list(runs)
    turn = 0
    while len(left) > _FAN_IN:
        groups = -(-(len(left) - _FAN_IN) // (_FAN_IN - 1))
        size = min(_FAN_IN, -(-(len(left) - _FAN_IN) // groups) + 1)
        tasks = [
            (left[number * size : (number + 1) * size], scratch / f"{runs[0].name}-merged-{turn}-{number}")
            for number in range(min(groups, len(left) // size))
        ]
        for _ in mapper(_merge_run, tasks):
            pass
        left = [*left[len(tasks) * size :], *(larger for _, larger in tasks)]
        turn += 1
    return left


def cut(runs: Sequence[Path], count: int, key: Callable[[bytes], bytes] = bytes) -> list[bytes]:
    """Return up to ``count - 1`` lines, or keys of lines, that cut runs into parts of about equal size.

    Args:
        runs: Sorted runs.
        count: Number of parts.
        key: What of a line may be a cut, a beginning of it: lines that share it stay together.
    """
    if not runs:
        return []
    largest = max(runs, key=lambda run: run.stat().st_size)
    size = largest.stat().st_size
    found = set()
    with largest.open("rb") as file:
        for number in range(1, count):
            file.seek(size * number // count)
            file.readline()
            if line := file.readline():
                found.add(key(line))
    return sorted(found)


def split(runs: Sequence[Path], cuts: Sequence[bytes]) -> list[list[Part]]:
    """Return the parts of the runs between the cuts, one list for each range of lines, empty parts left out."""
    ranges: list[list[Part]] = [[] for _ in range(len(cuts) + 1)]
    for run in runs:
        with run.open("rb") as file:
            size = run.stat().st_size
            offsets = [0, *(_offset(file, size, line) for line in cuts), size]
        for number, (start, end) in enumerate(pairwise(offsets)):
            if start < end:
                ranges[number].append(Part(run, start, end))
    return ranges


def _offset(file: BinaryIO, size: int, bound: bytes) -> int:
    """Return the offset of the first line that is not below a bound, in a file of sorted lines."""
    low, high = 0, size  # a line that begins before ``low`` is below the bound, the first that begins from ``high`` on is not
    while low < high:
        middle = start = (low + high) // 2
        if middle:
            file.seek(middle - 1)
            file.readline()
            start = file.tell()
        else:
            file.seek(0)
        line = file.readline()
        if line and line < bound:
            low = start + len(line)
        else:
            high = middle
    return low


def by_key(lines: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each key with what stands after it in sorted lines of the form ``key TAB rest``."""
    for key, group in groupby(lines, key=lambda line: line.partition(b"\t")[0]):
        yield key.decode(), [line.partition(b"\t")[2] for line in group]
