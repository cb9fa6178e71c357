"""Hold records on disk instead of in memory."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from kg.run.outcome import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Bytes of the records that one batch holds.
_BATCH = 4_000_000
#: Batches that each worker gets of few records, so that none is idle while another has a large one.
_PER_WORKER = 6


@dataclass(slots=True)
class Spool:
    """Hold where records stand on disk, in the order of their sources.

    Attributes:
        starts: Offset of each record's line, and of the end.
        also: Further sources of a record, by its number.
        claims: Pairs of ids that texts say are one document's.
    """

    path: Path
    starts: array[int] = field(default_factory=lambda: array("Q", [0]))
    also: dict[int, list[str]] = field(default_factory=dict)
    claims: set[tuple[str, str]] = field(default_factory=set)

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.starts) - 1

    def lines(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the lines of some records, without line ends, with all their sources."""
        with self.path.open("rb") as file:
            file.seek(self.starts[first])
            for number in range(first, last):
                line = file.read(self.starts[number + 1] - self.starts[number])[:-1]
                if number in self.also:
                    record = json.loads(line)
                    record["doc"]["alsoAt"] = sorted({*record["doc"].get("alsoAt", ()), *self.also[number]})
                    line = line_of(record)
                yield line

    def batches(self, count: int = 1) -> list[tuple[int, int]]:
        """Return the records in runs of some megabytes; of few records there are some runs for each of ``count`` workers."""
        size = min(_BATCH, self.starts[-1] // (_PER_WORKER * count) + 1)
        cuts, start = [0], 0
        for number, end in enumerate(self.starts[1:], 1):
            if end - start >= size or number == len(self):
                cuts.append(number)
                start = end
        return list(pairwise(cuts))
