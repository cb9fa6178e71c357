"""Read and extract inputs, here or in workers, and give what became of each, in the order of the inputs."""

from __future__ import annotations

import contextlib
import json
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.graph.aliases import alias_claims
from kg.model import Finding
from kg.run.cache import Cache, key_of, packed, shape_of
from kg.run.limits import can_fork
from kg.run.one import extract_one, read_one
from kg.run.reprints import sketch
from kg.run.workers import Interrupted, Lost, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from kg.domain import Domain
    from kg.model import Record
    from kg.read import Input, MetadataTable
    from kg.run.limits import Effort

_HINTS = {
    "crashed": "please report it with the text",
    "timeout": "raise it with --timeout, or split the text",
    "memory": "raise it with --memory, or split the text",
}


#: Inputs from which on it pays to prepare everything before the workers start.
_MANY = 50


@dataclass(frozen=True, slots=True)
class Brief:
    """Hold a record's id, the pairs of ids that it says are one document's, its findings, and the sketch of its text."""

    id: str
    claims: frozenset[tuple[str, str]]
    findings: tuple[Finding, ...]
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what became of one input: a record's line of JSON, or the finding that it is quarantined with.

    Attributes:
        sha256: Of the input's bytes; empty where they could not be read.
        line: Without line end; empty with a finding.
        brief: What of the record a build must know before it reads it again; None with a finding.
        content: Digest of what is said, equal for the same text in another encoding (:attr:`kg.read.RawText.content`).
    """

    source: str
    sha256: str = ""
    line: bytes = b""
    finding: Finding | None = None
    brief: Brief | None = None
    content: str = ""

    def record(self) -> Record:
        """Return the record."""
        made: Record = json.loads(self.line)
        return made


@dataclass(frozen=True, slots=True)
class Job:
    """Hold what reading and extracting needs beside the inputs.

    Attributes:
        common: The commonest characters, by which encodings are told apart.
        metadata: What users state about the texts.
    """

    domain: Domain
    common: frozenset[str]
    metadata: MetadataTable
    effort: Effort


def line_of(record: Record) -> bytes:
    """Return a record as one line of JSON, without the line end."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", errors="replace")


def outcomes(inputs: Sequence[Input], job: Job, progress: Callable[[int, int, str], None] | None = None) -> Generator[Outcome, None, None]:
    """Yield what became of each input, in their order; close the generator if it is not used up.

    Raises:
        Interrupted: At Ctrl-C, when what was in hand has been kept.
        DomainError: The domain's files are faulty.
    """
    folder = job.effort.cache
    shape = shape_of(job.domain) if folder is not None else ""
    with contextlib.ExitStack() as stack:
        cache = stack.enter_context(Cache(folder, shape, write=True)) if folder is not None else None
        if job.effort.workers and can_fork():
            made = stack.enter_context(contextlib.closing(_in_workers(inputs, job, cache, shape)))
        else:
            made = stack.enter_context(contextlib.closing(_here(inputs, job, cache, shape)))
        try:
            for number, answer in made:
                one = inputs[number]
                if progress:
                    progress(number, len(inputs), one.source)
                outcome, key, value = answer
                if cache is not None and value:
                    cache.put(key, value)
                yield outcome
        except Interrupted as error:
            words = "interrupted; nothing was written"
            raise Interrupted(f"{words}, and the finished documents are kept: start again to go on" if cache else words) from error


#: An outcome, the key of its record, and the record packed for the cache if it is not there yet.
_Answer = tuple[Outcome, bytes, bytes]


def _here(inputs: Sequence[Input], job: Job, cache: Cache | None, shape: str) -> Generator[tuple[int, _Answer], None, None]:
    for number, one in enumerate(inputs):
        yield number, _process(one, job, cache, shape)


def _in_workers(inputs: Sequence[Input], job: Job, cache: Cache | None, shape: str) -> Generator[tuple[int, _Answer], None, None]:
    """Yield the workers' answers; they know the inputs and the domain from before they were forked, a task is a number."""
    opened: list[Cache] = []

    def work(number: int) -> bytes:
        if not opened and job.effort.cache is not None:
            opened.append(Cache(job.effort.cache, shape, write=False).__enter__())
        return pickle.dumps(_process(inputs[number], job, opened[0] if opened else None, shape))

    def answer(number: int, result: bytes | Lost) -> _Answer:
        if isinstance(result, bytes):
            found: _Answer = pickle.loads(result)  # noqa: S301 - our own worker wrote it
            return found
        return Outcome(inputs[number].source, finding=finding_of(inputs[number].source, result)), b"", b""

    if len(inputs) >= _MANY:
        warm_up(job.domain)
    for one in inputs:  # here, because it marks which rows are used
        job.metadata.of(one)
    with Supervisor(work, min(job.effort.workers, len(inputs)), job.effort.limits, cache.rest if cache else _nothing) as supervisor:
        for number, result in supervisor.results(range(len(inputs))):
            yield number, answer(number, result)


def finding_of(source: str, lost: Lost) -> Finding:
    """Return the finding that a text is quarantined with which ended its worker."""
    return Finding("error", lost.code, source, f"{lost.what} — {_HINTS[lost.code]}")


def _nothing() -> None:
    """Put nothing down."""


def warm_up(domain: Domain) -> None:
    """Have the extraction build what it builds at its first text, so that the workers share it."""
    from kg.read import RawText

    made = extract_one(RawText("", "", "1.\n\n2."), domain)
    del made


def brief_of(record: Record) -> Brief:
    """Return what of a record a build must know before it reads it again."""
    findings = tuple(Finding(**finding) for finding in record.get("findings", ()))
    return Brief(record["doc"]["id"], frozenset(alias_claims([record])), findings, sketch(record.get("text", "")))


def _process(one: Input, job: Job, cache: Cache | None, shape: str) -> _Answer:
    """Read one input and give its record, from the cache if it is there."""
    try:
        raw = read_one(one, job.common, job.metadata.of(one), job.effort.limits.size)
        if isinstance(raw, Finding):
            return Outcome(one.source, finding=raw), b"", b""
        key = key_of(shape, raw) if shape else b""
        line = cache.get(key) if cache is not None else None
        if line is not None:
            return Outcome(one.source, raw.sha256, line, None, brief_of(json.loads(line)), raw.content), key, b""
        made = extract_one(raw, job.domain)
        if isinstance(made, Finding):
            return Outcome(one.source, raw.sha256, finding=made, content=raw.content), b"", b""
        line = line_of(made)
        return Outcome(one.source, raw.sha256, line, None, brief_of(made), raw.content), key, packed(key, line) if shape else b""
    except MemoryError:
        if job.effort.workers and can_fork():  # the supervisor says so, and how much it was
            raise
        return (
            Outcome(one.source, finding=Finding("error", "memory", one.source, "needs more memory than there is — split the text")),
            b"",
            b"",
        )
