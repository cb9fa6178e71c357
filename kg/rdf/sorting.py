"""Sort more lines than fit in memory: sorted runs in temporary files, merged at the end. The result does not depend on how they were cut."""

from __future__ import annotations

import heapq
import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from kg.rdf.terms import Triple

#: Bytes of lines, roughly, that are held at once.
RUN = 48_000_000
#: What Python adds to the bytes of a line.
_OVERHEAD = 60


def sorted_lines(lines: Iterable[str], folder: Path | None = None, run: int = RUN) -> Iterator[str]:
    """Yield distinct lines in the order of their code points.

    Args:
        lines: Each with its line end, in any order.
        folder: Where temporary files go; the system's by default.
        run: Bytes to hold at once.

    Raises:
        OSError: The temporary files cannot be written.
    """
    with ExitStack() as open_files:
        runs: list[IO[str]] = []
        held: set[str] = set()
        size = 0
        for line in lines:
            if line not in held:
                held.add(line)
                size += len(line) + _OVERHEAD
            if size > run:
                runs.append(open_files.enter_context(_run(held, folder)))
                held, size = set(), 0
        merged: Iterable[str] = heapq.merge(*runs, sorted(held))
        last = None
        for line in merged:
            if line != last:
                yield line
            last = line


def _run(lines: set[str], folder: Path | None) -> IO[str]:
    file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder)  # noqa: SIM115 - the caller closes it
    file.writelines(sorted(lines))
    file.seek(0)
    return file


def nquads_lines(
    triples: Iterable[Triple], graphs: Iterable[tuple[str, Triple]] = (), folder: Path | None = None, run: int = RUN
) -> Iterator[str]:
    """Yield the sorted lines of an N-Quads document, in bounded memory.

    Args:
        triples: The default graph.
        graphs: Name (``<IRI>``) and triple of each quad of a named graph.
        folder: Where temporary files go.
        run: Bytes to hold at once.

    Raises:
        OSError: The temporary files cannot be written.
    """

    def unsorted() -> Iterator[str]:
        for subject, predicate, object_ in triples:
            yield f"{subject} {predicate} {object_} .\n"
        for name, (subject, predicate, object_) in graphs:
            yield f"{subject} {predicate} {object_} {name} .\n"

    return sorted_lines(unsorted(), folder, run)
