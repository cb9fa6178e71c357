"""Build N-Quads, records and a report from more texts than a graph in memory holds.

Records go to disk as they are finished. Then workers turn them, some hundred at a time, into sorted runs of lines, and a merge of the runs
gives the files. Memory holds one batch a worker, a few bytes a text, and what the metadata and the aliases of documents need.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import OutputError, UsageError
from kg.graph.aliases import alias_claims, join_aliases
from kg.model import Finding
from kg.rdf.namespaces import DCTERMS, EPM, ID
from kg.rdf.terms import iri
from kg.run.harvest import Harvest, Options, find_inputs, job_of
from kg.run.limits import Limits, can_fork
from kg.run.outcome import outcomes
from kg.run.output import Output
from kg.run.pool import Pool, Said, Share, labels, unpacked
from kg.run.report import as_json, as_markdown
from kg.run.sorting import by_key, merged, reduced, write_run
from kg.run.spool import Spool
from kg.run.workers import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.domain import Domain

#: Nodes whose statements are made at once, and lines of a run.
_NODES, _LINES = 2_000, 100_000
#: Findings that the report lists; it counts all.
_LISTED = 1_000
#: A batch is no single text: it may take long and need much before something must be wrong.
_GENEROUS = Limits(timeout=3_600.0, memory=6_000_000_000)


@dataclass(frozen=True, slots=True)
class Streamed:
    """Hold what a streaming build made: the report, what became of the inputs (without records), and the names of the files."""

    report: dict[str, Any]
    harvest: Harvest
    files: tuple[str, ...]


def stream_folder(
    paths: Sequence[Path | str], folder: Path, options: Options, progress: Callable[[int, int, str], None] | None = None
) -> Streamed:
    """Build ``graph.nq``, ``records.jsonl`` and the report of any number of texts; the first two are those of :func:`kg.run.build_folder`.

    Args:
        paths: Files and folders.
        folder: Made if missing; its disk needs about three times the room of ``graph.nq`` on the way.
        options: See :class:`Options`; a smallest confidence cannot be asked for.
        progress: As with :func:`kg.run.build_folder`.

    Raises:
        UsageError: A path does not exist, no input could be used, another build writes into the folder, or ``min_confidence`` is set.
        OutputError: The folder cannot be written.
    """
    from kg.run.build import load, require_records

    if options.min_confidence > 0:
        raise UsageError("--min-confidence", "needs the whole graph in memory", "leave it out, or leave --stream out")
    found = find_inputs(paths, options.effort.limits.size)
    with Output(folder) as output:
        domain = load(options)
        scratch = output.scratch()
        try:
            spool, result, tallies = _gather(found, domain, options, scratch, progress)
            if not spool:
                require_records(result)
            counts = _Counts()
            made = _graph(spool, domain, options, scratch, counts, output.place("graph.nq"))
            made |= _write(output.place("records.jsonl"), (line + b"\n" for line in spool.lines(0, len(spool))), "records.jsonl")
        except OSError as error:
            raise OutputError(
                str(folder), f"cannot be written ({error.strerror or error})", "free some space; what stood there is untouched"
            ) from error
        report = _report(result, tallies, counts, made)
        output.write({"report.json": as_json(report), "report.md": as_markdown(report, domain)}, tuple(made))
        _remove_others(folder, made)
    return Streamed(report, result, (*made, "report.json", "report.md"))


@dataclass(slots=True)
class _Counts:
    nodes: dict[str, int] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)

    def add(self, nodes: Mapping[str, int]) -> None:
        for name, count in nodes.items():
            self.nodes[name] = self.nodes.get(name, 0) + count


def _gather(
    found: Any, domain: Domain, options: Options, scratch: Path, progress: Callable[[int, int, str], None] | None
) -> tuple[Spool, Harvest, dict[tuple[str, str], int]]:
    """Write every record to disk, and note what became of the other inputs."""
    job = job_of(found, domain, options)
    result = Harvest(skipped=[(one.source, one.reason) for one in found.skipped])
    spool = Spool(scratch / "spool")
    first: dict[bytes, tuple[int, str]] = {}
    tallies: dict[tuple[str, str], int] = {}

    def note(finding: Finding) -> None:
        key = (finding.severity, finding.code)
        tallies[key] = tallies.get(key, 0) + 1
        if len(result.findings) < _LISTED:
            result.findings.append(finding)

    with contextlib.closing(outcomes(found.inputs, job, progress)) as made, spool.path.open("wb", buffering=1 << 20) as file:
        for outcome in made:
            digest = bytes.fromhex(outcome.sha256)
            if digest in first:
                number, source = first[digest]
                result.duplicates.append((outcome.source, source))
                note(Finding("warning", "duplicate", outcome.source, f"has the same bytes as {source}"))
                if outcome.source != source:
                    spool.also.setdefault(number, []).append(outcome.source)
            elif outcome.finding is not None:
                result.quarantined.append(outcome.finding)
            else:
                record = outcome.record()
                first[digest] = len(spool), outcome.source
                spool.claims |= alias_claims([record])
                for finding in record.get("findings", ()):
                    note(Finding(**finding))
                file.write(outcome.line + b"\n")
                spool.starts.append(file.tell())
                result.written += 1
    for where, path in job.metadata.unused():
        note(Finding("warning", "metadata-unused", where, f"no input is called {path!r}"))
    return spool, result, tallies


def _graph(spool: Spool, domain: Domain, options: Options, scratch: Path, counts: _Counts, target: Path) -> dict[str, dict[str, Any]]:  # noqa: PLR0913, PLR0917 - the parts of one pipeline
    """Write ``graph.nq``."""
    stands = join_aliases(spool.claims)

    def work(batch: tuple[int, int, int]) -> bytes:
        number, first, last = batch
        said = Said()
        for line in spool.lines(first, last):
            said.take(json.loads(line), stands, domain)
        try:
            write_run(scratch / f"quads-{number:06}", said.lines)
            write_run(scratch / f"parts-{number:06}", (f"{node}\t{text}\n".encode() for node, text in said.parts))
            write_run(
                scratch / f"shares-{number:06}", (f"{node}\t".encode() + share.packed() + b"\n" for node, share in said.shares.items())
            )
        except OSError as error:
            raise OutputError(str(scratch.parent), f"cannot be written ({error.strerror})", "free some space") from error
        return pickle.dumps(said.counts)

    tasks = [(number, *batch) for number, batch in enumerate(spool.batches())]
    for made in _mapped(work, tasks, options):
        counts.add(made)
    runs = [[scratch / f"{kind}-{number:06}" for number, *_ in tasks] for kind in ("quads", "parts", "shares")]
    pooled = _pooled(runs[2], scratch, domain, counts)
    labelled = _labelled(runs[1], pooled[1], scratch)
    return _write(target, _counted(merged(reduced([*runs[0], *pooled[0], *labelled], scratch)), counts), "graph.nq")


def _mapped(work: Callable[[Any], bytes], tasks: list[Any], options: Options) -> Iterator[dict[str, int]]:
    if not options.effort.workers or not can_fork():
        for task in tasks:
            yield pickle.loads(work(task))  # noqa: S301 - written above
        return
    with Supervisor(work, min(options.effort.workers, len(tasks)), _GENEROUS) as supervisor:
        for _, made in supervisor.results(tasks):
            if not isinstance(made, bytes):
                raise OutputError("merge", f"a worker {made.what}", "see whether memory or disk is short, then start again")
            yield pickle.loads(made)  # noqa: S301 - our own worker wrote it


class _Runs:
    """Write lines into runs of some thousand."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._scratch, self._name = scratch, name
        self._lines: list[bytes] = []
        self.paths: list[Path] = []

    def add(self, lines: Iterable[bytes]) -> None:
        self._lines.extend(lines)
        if len(self._lines) >= _LINES:
            self.flush()

    def flush(self) -> None:
        self.paths.append(write_run(self._scratch / f"{self._name}-{len(self.paths):06}", self._lines))
        self._lines = []


def _pooled(shares: list[Path], scratch: Path, domain: Domain, counts: _Counts) -> tuple[list[Path], list[Path]]:
    """Write the statements about nodes of all texts, and what text graphs repeat of each node; return the runs of both."""
    pool, quads, named = Pool(domain), _Runs(scratch, "pooled"), _Runs(scratch, "labels")

    def emit(triples: Any) -> None:
        quads.add(f"{s} {p} {o} .\n".encode() for s, p, o in triples)
        named.add(labels(triples))

    for node, lines in by_key(merged(reduced(shares, scratch))):
        whole = Share()
        for line in lines:
            whole.add(unpacked(line))
        pool.wanted.discard(node)
        pool.add(node, whole)
        if len(pool) >= _NODES:
            emit(pool.triples())
    emit(pool.triples())
    named.flush()
    if pool.wanted:
        named.paths = reduced(named.paths, scratch)
        pool.wanted.difference_update(key for key, _ in by_key(merged(named.paths)))
    emit(pool.close(pool.wanted))
    quads.flush()
    named.flush()
    counts.add(pool.counts)
    return quads.paths, named.paths


def _labelled(parts: list[Path], names: list[Path], scratch: Path) -> list[Path]:
    """Write type and label of each node into the graphs of the texts that it takes part in."""
    runs = _Runs(scratch, "labelled")
    known = by_key(merged(reduced(names, scratch)))
    key, said = "", list[bytes]()
    for node, texts in by_key(merged(reduced(parts, scratch))):
        while key < node:
            key, said = next(known, ("\U0010ffff", []))
        if key == node:
            subject = iri(ID + node).encode()
            graphs = [iri(ID + text.strip().decode()).encode() for text in texts]
            runs.add(b"%b %b %b .\n" % (subject, line.rstrip(b"\n"), graph) for line in said for graph in graphs)
    runs.flush()
    return runs.paths


#: An edge of the default graph: its property stands between two of our nodes. A link that is an attribute has no property of ours.
_EDGE = re.compile(
    rb"<%b[^>]*> <(?:%b|%b(?=isPartOf>|isFormatOf>))([^>]*)> <%b[^>]*> \.\n" % tuple(re.escape(x.encode()) for x in (ID, EPM, DCTERMS, ID))
)


def _counted(lines: Iterator[bytes], counts: _Counts) -> Iterator[bytes]:
    """Count the edges of the default graph by their predicate, as the lines go by."""
    found: dict[bytes, int] = {}
    for line in lines:
        if edge := _EDGE.fullmatch(line):
            found[edge[1]] = found.get(edge[1], 0) + 1
        yield line
    counts.edges.update((predicate.decode(), count) for predicate, count in found.items())


def _write(path: Path, lines: Iterator[bytes], name: str) -> dict[str, dict[str, Any]]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb", buffering=1 << 20) as file:
        for line in lines:
            file.write(line)
            digest.update(line)
            size += len(line)
        file.flush()
        os.fsync(file.fileno())
    return {name: {"name": name, "bytes": size, "sha256": digest.hexdigest()}}


def _remove_others(folder: Path, made: Iterable[str]) -> None:
    """Remove the other formats of an earlier build: they would show another graph."""
    from kg.export import BUILD_FORMATS, FORMATS

    for name in BUILD_FORMATS:
        for file in FORMATS[name].filenames:
            if file not in made:
                with contextlib.suppress(OSError):
                    (folder / file).unlink()


def _report(result: Harvest, tallies: Mapping[tuple[str, str], int], counts: _Counts, made: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the report of a streaming build: like any other, but documents are not listed, and of the findings only the first ones."""
    return {
        "inputs": result.counts,
        "documents": [],
        "duplicates": [{"source": source, "of": of} for source, of in result.duplicates],
        "quarantined": [one.as_dict() for one in result.quarantined],
        "skipped": [{"source": source, "reason": reason} for source, reason in result.skipped],
        "nodes": dict(sorted(counts.nodes.items())),
        "edges": dict(sorted(counts.edges.items())),
        "findings": [one.as_dict() for one in result.findings],
        "findingCounts": [{"severity": s, "code": c, "count": n} for (s, c), n in sorted(tallies.items())],
        "checks": [],
        "files": list(made.values()),
        "minConfidence": 0.0,
    }
