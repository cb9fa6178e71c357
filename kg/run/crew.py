"""Spread work over batches that are no single text: merging, forming files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import OutputError
from kg.run.limits import Limits, can_fork
from kg.run.output import unwritable
from kg.run.workers import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: A month, and much memory: a merge may take as long as its disk does.
_GENEROUS = Limits(timeout=2_600_000.0, memory=6_000_000_000)


@dataclass(frozen=True, slots=True)
class Crew:
    """Hold the processes that share work.

    Attributes:
        workers: Their number; 0 does all in this process.
        scratch: Folder for what is needed on the way, inside that of the output.
    """

    workers: int
    scratch: Path

    @property
    def spread(self) -> int:
        """Return in how many parts work is to be cut at least."""
        return max(1, self.workers) if can_fork() else 1

    def map(self, work: Callable[[Any], bytes], tasks: list[Any]) -> Iterator[bytes]:
        """Yield what a function makes of each task, in the order of the tasks; it may write files.

        Raises:
            OutputError: The disk is full or the like, or a worker died.
        """

        def guarded(task: Any) -> bytes:
            try:
                return work(task)
            except OSError as error:  # in a worker it would end the worker and say nothing
                raise unwritable(self.scratch.parent, error) from error

        if not self.workers or not can_fork() or len(tasks) < 2:  # noqa: PLR2004 - nothing to share
            yield from map(guarded, tasks)
            return
        with Supervisor(guarded, min(self.workers, len(tasks)), _GENEROUS) as supervisor:
            for _, made in supervisor.results(tasks):
                if not isinstance(made, bytes):
                    raise OutputError("merge", f"a worker {made.what}", "see whether memory or disk is short, then start again")
                yield made
