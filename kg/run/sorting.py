"""Sort more lines than memory holds: sorted runs on disk, merged."""

from __future__ import annotations

import heapq
from contextlib import ExitStack
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: Files that are open at once; macOS allows a process 256.
_FAN_IN = 100
_BUFFER = 1 << 18


def write_run(path: Path, lines: Iterable[bytes]) -> Path:
    """Write lines, sorted and each once; every line ends with its line end."""
    with path.open("wb", buffering=_BUFFER) as file:
        file.writelines(sorted(set(lines)))
    return path


def merged(runs: Sequence[Path]) -> Iterator[bytes]:
    """Yield the lines of sorted runs in the order of their bytes (which for UTF-8 is that of code points), each once.

    Args:
        runs: Files, as :func:`reduced` gives them.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(run.open("rb", buffering=_BUFFER)) for run in runs]
        for line, _ in groupby(heapq.merge(*files)):
            yield line


def reduced(runs: Sequence[Path], scratch: Path) -> list[Path]:
    """Return few enough runs to be open at once; those that were merged into larger ones are removed.

    Args:
        runs: Sorted runs.
        scratch: Folder for the larger ones.
    """
    left = list(runs)
    number = 0
    while len(left) > _FAN_IN:
        group, left = left[:_FAN_IN], left[_FAN_IN:]
        larger = scratch / f"{runs[0].name}-merged-{number}"
        number += 1
        with larger.open("wb", buffering=_BUFFER) as file:
            file.writelines(merged(group))
        for run in group:
            run.unlink()
        left.append(larger)
    return left


def by_key(lines: Iterable[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each key with what stands after it in sorted lines of the form ``key TAB rest``."""
    for key, group in groupby(lines, key=lambda line: line.partition(b"\t")[0]):
        yield key.decode(), [line.partition(b"\t")[2] for line in group]
