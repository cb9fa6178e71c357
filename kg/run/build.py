"""Build a graph from input files, in memory or into a folder."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.model import Finding
from kg.run.harvest import Harvest, Options, find_inputs, harvest
from kg.run.output import Output, unwritable
from kg.run.ranges import Written
from kg.run.report import as_json, as_markdown, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import networkx as nx

    from kg.domain import Domain
    from kg.model import Record


@dataclass(frozen=True, slots=True)
class Built:
    """Hold what a build made.

    Attributes:
        report: The content of ``report.json``.
        problems: What the check of the graph found.
        files: Names of the files in the folder, the report last.
    """

    graph: nx.MultiDiGraph
    harvest: Harvest
    report: dict[str, Any]
    problems: tuple[Finding, ...]
    files: tuple[str, ...]


def build(
    paths: Sequence[Path | str] | Path | str,
    *,
    domain: Path | str | None = None,
    lexicons: Sequence[Path | str] = (),
    meta: Sequence[Path | str] = (),
    min_confidence: float = 0.0,
) -> nx.MultiDiGraph:
    """Read texts and return their graph; nothing is written.

    What became of each input is in ``graph.graph["inputs"]`` (numbers) and ``graph.graph["findings"]`` (a list of findings,
    quarantined inputs among them), the full texts in ``graph.graph["texts"]``.

    Args:
        paths: Files and folders.
        domain: Folder of another policy field.
        lexicons: Tables of names laid over the shipped lexicon.
        meta: Tables of what is known about the texts.
        min_confidence: From 0 to 1; claims below are left out.

    Raises:
        UsageError: A path does not exist, or no input could be used.
        DomainError: The domain's files or a lexicon are faulty.
    """
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    options = Options(
        Path(domain) if domain is not None else None,
        tuple(Path(one) for one in lexicons),
        tuple(Path(one) for one in meta),
        min_confidence,
    )
    found = find_inputs(listed)
    loaded = load(options)
    result = harvest(found, loaded, options)
    require_records(result)
    graph = _graph(result, loaded, options)
    graph.graph["inputs"] = result.counts
    graph.graph["findings"] = [*result.quarantined, *result.findings]
    return graph


def build_folder(
    paths: Sequence[Path | str], folder: Path, options: Options, progress: Callable[[int, int, str], None] | None = None
) -> Built:
    """Build the graph of some texts and write every format of it, the records and the report into a folder.

    The same inputs give the same bytes, in whatever order they are named.

    Args:
        paths: Files and folders.
        folder: Made if missing; files of the same names are replaced, all at once, others stay.
        options: See :class:`Options`.
        progress: Called before each input with its number from 0, the number of inputs, and its source.

    Raises:
        UsageError: A path does not exist, no input could be used, or another build writes into the folder.
        OutputError: The folder cannot be written; found out before any work.
        DomainError: The domain's files or a lexicon are faulty.
    """
    from kg.rdf import unchanged

    found = find_inputs(paths, options.effort.limits.size)
    with Output(folder) as output:
        domain = load(options)
        result = harvest(found, domain, options, progress)
        require_records(result)
        graph = _graph(result, domain, options)
        with unchanged(graph):
            problems = checked(graph, domain)
            made = _write(output, graph, domain, result.records)
        report = summarise(result, graph, problems, made)
        report["minConfidence"] = options.min_confidence
        output.write({"report.json": as_json(report), "report.md": as_markdown(report, domain)}, tuple(made))
    return Built(graph, result, report, problems, (*made, "report.json", "report.md"))


def extract_records(paths: Sequence[Path | str], options: Options, progress: Callable[[int, int, str], None] | None = None) -> Harvest:
    """Read and extract texts without making a graph of them.

    Raises:
        UsageError: A path does not exist, or no input could be used.
        DomainError: The domain's files or a lexicon are faulty.
    """
    result = harvest(find_inputs(paths, options.effort.limits.size), load(options), options, progress)
    require_records(result)
    return result


def check_file(path: Path, domain: Path | None = None, *, full: bool = False) -> tuple[Finding, ...]:
    """Check a built graph.

    Args:
        path: A build folder, or a ``.ttl`` or ``.nq`` file.
        domain: Folder of another policy field.
        full: Also run pySHACL over every shape.

    Raises:
        UsageError: There is no graph that can be read, or nothing in it.
    """
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    graph = read_graph(path, loaded)
    if not graph:
        raise UsageError(str(path), "holds an empty graph: no node of https://w3id.org/epm/id/", "make one with `kg build PATH... -o DIR`")
    return checked(graph, loaded, full=full)


def load(options: Options) -> Domain:
    """Return the domain that the options ask for, read whole: a faulty file must be known before any work, and is no text's fault.

    Raises:
        DomainError: Its files, or a lexicon laid over it, are faulty.
    """
    from kg.domain import load_domain

    domain = load_domain(options.domain, lexicons=options.lexicons)
    domain.read_all()
    return domain


def record_lines(records: Iterable[Record]) -> bytes:
    """Return records as they stand in ``records.jsonl``: one JSON object a line, UTF-8."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode("utf-8", errors="replace")


def checked(graph: nx.MultiDiGraph, domain: Domain, *, full: bool = False) -> tuple[Finding, ...]:
    """Return what the shapes and the offset checks find in a graph, as findings."""
    from kg.check import check_graph

    return tuple(as_finding(one) for one in (check_graph(graph, domain, full=True) if full else check_graph(graph, domain)))


def as_finding(one: Any) -> Finding:
    """Return a finding of the check in the form of all findings; what it has beside stays in its message."""
    if isinstance(one, Finding):
        return one
    values = dataclasses.asdict(one)
    return Finding(values["severity"], values["code"], values["where"], values["message"])


def require_records(result: Harvest) -> None:
    """Refuse to go on without a single text.

    Raises:
        UsageError: No input could be used; the message gives the first few with their reason.
    """
    if result.records:
        return
    shown = [f"\n  {one.where}: {one.code}: {one.message}" for one in result.quarantined[:10]]
    more = len(result.quarantined) - len(shown)
    rest = f"\n  and {more} more" if more > 0 else ""
    raise UsageError("input", f"no usable text: {len(result.quarantined)} quarantined, {len(result.skipped)} skipped{''.join(shown)}{rest}")


def _graph(result: Harvest, domain: Domain, options: Options) -> nx.MultiDiGraph:
    from kg.graph import assemble, filter_confidence

    graph = assemble(result.records, domain)
    return filter_confidence(graph, options.min_confidence) if options.min_confidence > 0 else graph


def _write(output: Output, graph: nx.MultiDiGraph, domain: Domain, records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Write each file in its place as soon as it is made, so that one is in memory at a time; return what the report says of them."""
    from kg.export import BUILD_FORMATS, FORMATS

    def contents() -> Iterator[tuple[str, Iterable[bytes]]]:
        for form in (FORMATS[name] for name in BUILD_FORMATS):
            if form.pieces is not None:
                yield form.filenames[0], form.pieces(graph, domain)
            else:
                yield from ((name, [content]) for name, content in form.write(graph, domain).items())
        yield "records.jsonl", [record_lines(records)]

    made: dict[str, dict[str, Any]] = {}
    for name, pieces in contents():
        path = output.place(name)
        try:
            made |= Written(path, name).write(pieces)
        except OSError as error:
            raise unwritable(output.folder / name, error) from error
    return made
