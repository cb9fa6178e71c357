"""Turn input files into records, one at a time; a bad input costs itself only and is named with its reason."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.model import Finding
from kg.read import LARGEST, READERS, Skipped, advice, discover, load_metadata
from kg.run.limits import Effort
from kg.run.outcome import Job, Outcome, outcomes
from kg.run.reprints import Reprints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.domain import Domain
    from kg.model import Record
    from kg.read import Discovery


@dataclass(frozen=True, slots=True)
class Options:
    """Hold what a user can ask of a build beside its inputs.

    Attributes:
        domain: Folder of another policy field; None for the shipped one.
        lexicons: Tables of names laid over the shipped lexicon, in this order.
        meta: Tables of what is known about the texts; they lie over every ``metadata.tsv`` beside the texts.
        min_confidence: Claims below it are left out of the graph, and nodes that lose everything by that; records keep them.
        effort: Workers, limits and cache; changes nothing of what comes out.
    """

    domain: Path | None = None
    lexicons: tuple[Path, ...] = ()
    meta: tuple[Path, ...] = ()
    min_confidence: float = 0.0
    effort: Effort = field(default_factory=Effort)


class Duplicate(NamedTuple):
    """Name an input that says the same as an earlier one.

    Attributes:
        of: Source of the one that was built.
        same: What they share: ``bytes``, or the ``text`` in another encoding or with other line ends.
    """

    source: str
    of: str
    same: str

    @property
    def finding(self) -> Finding:
        """Return the finding about it."""
        what = "has the same bytes as" if self.same == "bytes" else "has the same text, in other bytes, as"
        return Finding("warning", "duplicate", self.source, f"{what} {self.of}")


class Firsts:
    """Know the first input of each content."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[int, str]] = {}
        self._count = 0

    def earlier(self, outcome: Outcome) -> tuple[int, Duplicate] | None:
        """Return the number of the record that says the same, and the duplicate; None for the first one, which is then known."""
        for digest, same in ((outcome.sha256, "bytes"), (outcome.content, "text")):
            if digest and (found := self._seen.get(bytes.fromhex(digest))):
                return found[0], Duplicate(outcome.source, found[1], same)
        if outcome.finding is None:
            for digest in {outcome.sha256, outcome.content}:
                self._seen[bytes.fromhex(digest)] = self._count, outcome.source
            self._count += 1
        return None


def by_id(made: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield outcomes in their order, but those of one source (of two folders of one name) by the ids of their records."""
    for _, group in groupby(made, key=lambda one: one.source):
        yield from sorted(group, key=lambda one: one.brief.id if one.brief else "")


@dataclass(slots=True)
class Harvest:
    """Hold the records, sorted by source, and what became of every other input.

    ``total`` is always the sum of built, duplicates, quarantined and skipped.

    Attributes:
        duplicates: Inputs that say the same as one that was built.
        quarantined: What could not be used, as findings of severity ``error``.
        skipped: Source and reason.
        findings: About inputs that were used.
        written: Number of records that are on disk and not here.
    """

    records: list[Record] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    quarantined: list[Finding] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    written: int = 0

    @property
    def advice(self) -> list[str]:
        """Return how files that were skipped become such that are read, a line a kind."""
        return advice(Skipped(*one) for one in self.skipped)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of inputs by what became of them."""
        parts = {
            "built": len(self.records) + self.written,
            "duplicates": len(self.duplicates),
            "quarantined": len(self.quarantined),
            "skipped": len(self.skipped),
        }
        return {"total": sum(parts.values()), **parts}


def find_inputs(paths: Sequence[Path | str], largest: int = LARGEST) -> Discovery:
    """List the inputs under the paths.

    Args:
        paths: Files and folders.
        largest: Bytes of a text; a larger one is not read.

    Raises:
        UsageError: A path does not exist, or there is nothing to read.
    """
    return discover(paths, READERS, largest)


def harvest(found: Discovery, domain: Domain, options: Options, progress: Callable[[int, int, str], None] | None = None) -> Harvest:
    """Read and extract every input.

    Args:
        found: What :func:`find_inputs` returned.
        domain: Words and patterns.
        options: Metadata, and how it is to be done.
        progress: Called at each input with its number from 0, the number of inputs, and its source.

    Raises:
        UsageError: A metadata table is faulty.
        DomainError: The domain's files are faulty.
        Interrupted: Ctrl-C came.
    """
    job = job_of(found, domain, options)
    result = Harvest(skipped=[(one.source, one.reason) for one in found.skipped])
    firsts, reprints = Firsts(), Reprints()
    with contextlib.closing(outcomes(found.inputs, job, progress)) as made:
        for outcome in by_id(made):
            if earlier := firsts.earlier(outcome):
                _add_duplicate(result.records[earlier[0]], earlier[1], result)
            elif outcome.finding is not None:
                result.quarantined.append(outcome.finding)
            else:
                result.records.append(outcome.record())
                if outcome.brief and (reprint := reprints.finding(outcome.source, outcome.brief.sketch)):
                    result.findings.append(reprint)
    for where, path in job.metadata.unused():
        result.findings.append(Finding("warning", "metadata-unused", where, f"no input is called {path!r}"))
    for record in result.records:
        result.findings.extend(Finding(**finding) for finding in record.get("findings", ()))
    return result


def job_of(found: Discovery, domain: Domain, options: Options) -> Job:
    """Return what reading and extracting needs beside the inputs.

    Raises:
        UsageError: A metadata table is faulty.
    """
    from kg.domain.encodings import load_common_characters

    metadata = load_metadata([*found.tables, *options.meta])
    return Job(domain, load_common_characters(domain.base), metadata, options.effort)


def _add_duplicate(record: dict[str, Any], duplicate: Duplicate, result: Harvest) -> None:
    result.duplicates.append(duplicate)
    result.findings.append(duplicate.finding)
    doc = record["doc"]
    if duplicate.source != doc["source"]:
        doc["alsoAt"] = sorted({*doc.get("alsoAt", ()), duplicate.source})
