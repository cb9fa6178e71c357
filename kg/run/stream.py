"""Build N-Quads, tables, records and a report from more texts than a graph in memory holds.

Records go to disk as they are finished. Then workers turn them, some at a time, into sorted runs of lines, and a merge of the runs gives the
files. Memory holds one batch a worker, a few bytes a text, and what the metadata and the aliases of documents need.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.model import Finding
from kg.run.crew import Crew
from kg.run.harvest import Firsts, Harvest, Options, by_id, find_inputs, job_of
from kg.run.outcome import outcomes
from kg.run.output import Output, unwritable
from kg.run.report import as_json, as_markdown
from kg.run.reprints import Reprints
from kg.run.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from kg.domain import Domain
    from kg.read import Discovery
    from kg.run.quads import Graph

#: Findings that the report lists; it counts all.
_LISTED = 1_000
#: Checks that need the whole graph: the shapes, and the constraints that compare nodes with each other.
_UNCHECKED = ("shapes", "S10", "S11", "S12", "S13")


@dataclass(frozen=True, slots=True)
class Streamed:
    """Hold what a streaming build made: the report, what became of the inputs (without records), and the names of the files."""

    report: dict[str, Any]
    harvest: Harvest
    files: tuple[str, ...]


def stream_folder(
    paths: Sequence[Path | str], folder: Path, options: Options, progress: Callable[[int, int, str], None] | None = None
) -> Streamed:
    """Build ``graph.nq``, ``nodes.csv``, ``edges.csv``, ``records.jsonl`` and the report of any number of texts.

    But for the report they are those of :func:`kg.run.build_folder`.

    Args:
        paths: Files and folders.
        folder: Made if missing; on the way its disk needs about twice the room of what comes out.
        options: See :class:`Options`; a smallest confidence cannot be asked for.
        progress: As with :func:`kg.run.build_folder`.

    Raises:
        UsageError: A path does not exist, no input could be used, another build writes into the folder, or ``min_confidence`` is set.
        OutputError: The folder cannot be written.
    """
    from kg.run.build import load, require_records
    from kg.run.quads import write_graph
    from kg.run.ranges import Written

    if options.min_confidence > 0:
        raise UsageError("--min-confidence", "needs the whole graph in memory", "leave it out, or leave --stream out")
    found = find_inputs(paths, options.effort.limits.size)
    with Output(folder) as output:
        domain = load(options)
        try:
            crew = Crew(options.effort.workers, output.scratch())
            spool, result, tallies = _gather(found, domain, options, crew.scratch, progress)
            if not spool:
                require_records(result)
            graph = write_graph(spool, domain, crew, output)
            made = graph.files | Written(output.place("records.jsonl"), "records.jsonl").write(
                line + b"\n" for line in spool.lines(0, len(spool))
            )
        except OSError as error:
            raise unwritable(folder, error) from error
        report = _report(result, tallies, graph, made)
        output.write({"report.json": as_json(report), "report.md": as_markdown(report, domain)}, tuple(made))
        _remove_others(folder, made)
    return Streamed(report, result, (*made, "report.json", "report.md"))


def _gather(
    found: Discovery, domain: Domain, options: Options, scratch: Path, progress: Callable[[int, int, str], None] | None
) -> tuple[Spool, Harvest, dict[tuple[str, str], int]]:
    """Write every record to disk, and note what became of the other inputs."""
    job = job_of(found, domain, options)
    result = Harvest(skipped=[(one.source, one.reason) for one in found.skipped])
    spool, firsts, reprints = Spool(scratch / "spool"), Firsts(), Reprints()
    tallies: dict[tuple[str, str], int] = {}

    def note(finding: Finding) -> None:
        key = (finding.severity, finding.code)
        tallies[key] = tallies.get(key, 0) + 1
        if len(result.findings) < _LISTED:
            result.findings.append(finding)

    with contextlib.closing(outcomes(found.inputs, job, progress)) as made, spool.path.open("wb", buffering=1 << 20) as file:
        for outcome in by_id(made):
            if earlier := firsts.earlier(outcome):
                number, duplicate = earlier
                result.duplicates.append(duplicate)
                note(duplicate.finding)
                if duplicate.source != duplicate.of:
                    spool.also.setdefault(number, []).append(duplicate.source)
            elif outcome.finding is not None:
                result.quarantined.append(outcome.finding)
            else:
                assert outcome.brief is not None
                spool.claims |= outcome.brief.claims
                for finding in outcome.brief.findings:
                    note(finding)
                if reprint := reprints.finding(outcome.source, outcome.brief.sketch):
                    note(reprint)
                file.write(outcome.line + b"\n")
                spool.starts.append(file.tell())
                result.written += 1
    for where, path in job.metadata.unused():
        note(Finding("warning", "metadata-unused", where, f"no input is called {path!r}"))
    return spool, result, tallies


def _remove_others(folder: Path, made: Iterable[str]) -> None:
    """Remove the other formats of an earlier build: they would show another graph.

    Raises:
        OutputError: One cannot be removed.
    """
    from kg.export import BUILD_FORMATS, FORMATS

    for name in BUILD_FORMATS:
        for file in FORMATS[name].filenames:
            if file not in made:
                try:
                    (folder / file).unlink(missing_ok=True)
                except OSError as error:
                    raise unwritable(folder / file, error) from error


def _report(result: Harvest, tallies: Mapping[tuple[str, str], int], graph: Graph, made: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the report of a streaming build: like any other, but documents are not listed, of the findings only the first ones, and not all checks were made."""
    return {
        "inputs": result.counts,
        "documents": [],
        "duplicates": [one._asdict() for one in result.duplicates],
        "quarantined": [one.as_dict() for one in result.quarantined],
        "skipped": [{"source": source, "reason": reason} for source, reason in result.skipped],
        "nodes": dict(sorted(graph.counts.nodes.items())),
        "edges": dict(sorted(graph.counts.edges.items())),
        "findings": [one.as_dict() for one in result.findings],
        "findingCounts": [{"severity": s, "code": c, "count": n} for (s, c), n in sorted(tallies.items())],
        "checks": [one.as_dict() for one in graph.problems],
        "unchecked": list(_UNCHECKED),
        "files": list(made.values()),
        "minConfidence": 0.0,
    }
