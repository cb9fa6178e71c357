"""Turn input files into records, one at a time; a bad input costs itself only and is named with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, KgError, UsageError
from kg.model import Finding
from kg.read import READERS, discover, load_metadata, read_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kg.domain import Domain
    from kg.model import Record
    from kg.read import Discovery, Input, MetadataTable, RawText


@dataclass(frozen=True, slots=True)
class Options:
    """Hold what a user can ask of a build beside its inputs.

    Attributes:
        domain: Folder of another policy field; None for the shipped one.
        lexicons: Tables of names laid over the shipped lexicon, in this order.
        meta: Tables of what is known about the texts; they lie over every ``metadata.tsv`` beside the texts.
        min_confidence: Claims below it are left out of the graph, and nodes that lose everything by that; records keep them.
    """

    domain: Path | None = None
    lexicons: tuple[Path, ...] = ()
    meta: tuple[Path, ...] = ()
    min_confidence: float = 0.0


@dataclass(slots=True)
class Harvest:
    """Hold the records, sorted by source, and what became of every other input.

    ``total`` is always the sum of built, duplicates, quarantined and skipped.

    Attributes:
        duplicates: Source of the input, source of the one with the same bytes that was built.
        quarantined: What could not be used, as findings of severity ``error``.
        skipped: Source and reason.
        findings: About inputs that were used.
    """

    records: list[Record] = field(default_factory=list)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    quarantined: list[Finding] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of inputs by what became of them."""
        parts = {
            "built": len(self.records),
            "duplicates": len(self.duplicates),
            "quarantined": len(self.quarantined),
            "skipped": len(self.skipped),
        }
        return {"total": sum(parts.values()), **parts}


def find_inputs(paths: Sequence[Path | str]) -> Discovery:
    """List the inputs under the paths.

    Raises:
        UsageError: A path does not exist, or there is nothing to read.
    """
    return discover(paths, READERS)


def harvest(found: Discovery, domain: Domain, options: Options, progress: Callable[[int, int, str], None] | None = None) -> Harvest:
    """Read and extract every input.

    Args:
        found: What :func:`find_inputs` returned.
        domain: Words and patterns.
        options: Metadata.
        progress: Called before each input with its number from 0, the number of inputs, and its source.

    Raises:
        UsageError: A metadata table is faulty.
        DomainError: The domain's files are faulty.
    """
    from kg.domain.encodings import load_common_characters

    metadata = load_metadata([*found.tables, *options.meta])
    common = load_common_characters(domain.base)
    result = Harvest(skipped=[(one.source, one.reason) for one in found.skipped])
    first: dict[str, Record] = {}
    for number, one in enumerate(found.inputs):
        if progress:
            progress(number, len(found.inputs), one.source)
        raw = _read(one, common, metadata, result)
        if raw is None:
            continue
        if raw.sha256 in first:
            _add_duplicate(first[raw.sha256], raw, result)
            continue
        record = _extract(raw, domain, result)
        if record is not None:
            first[raw.sha256] = record
    result.records = sorted(first.values(), key=lambda one: (one["doc"]["source"], one["doc"]["id"]))
    for where, path in metadata.unused():
        result.findings.append(Finding("warning", "metadata-unused", where, f"no input is called {path!r}"))
    for record in result.records:
        result.findings.extend(Finding(**finding) for finding in record.get("findings", ()))
    return result


def _read(one: Input, common: frozenset[str], metadata: MetadataTable, result: Harvest) -> RawText | None:
    try:
        return read_input(one, common, metadata.of(one))
    except InputError as error:
        result.quarantined.append(Finding("error", error.code, one.source, _words(error)))
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - one input's fault must not cost the others
        result.quarantined.append(_crash(one.source, error))
    return None


def _extract(raw: RawText, domain: Domain, result: Harvest) -> Record | None:
    from kg.extract import extract
    from kg.extract.view import make_document

    try:
        return extract(make_document(raw, domain), domain)
    except InputError as error:
        result.quarantined.append(Finding("error", error.code, raw.source, _words(error)))
    except KgError:  # a fault in the domain's files would meet every document
        raise
    except ImportError as error:  # and so would an incomplete installation
        raise UsageError("installation", f"is incomplete ({error})", "install policy-measure-kg again") from error
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - one input's fault must not cost the others
        result.quarantined.append(_crash(raw.source, error))
    return None


def _words(error: InputError) -> str:
    return f"{error.what} — {error.hint}" if error.hint else error.what


def _crash(source: str, error: BaseException) -> Finding:
    """Describe an unexpected exception by its type, words and the place in kg where it came up."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("kg."):
            place = f" in {module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    words = str(error).split("\n")[0][:200]
    return Finding(
        "error", "crashed", source, f"{type(error).__name__}{': ' + words if words else ''}{place} — please report it with the text"
    )


def _add_duplicate(record: dict[str, Any], raw: RawText, result: Harvest) -> None:
    doc = record["doc"]
    result.duplicates.append((raw.source, doc["source"]))
    result.findings.append(Finding("warning", "duplicate", raw.source, f"has the same bytes as {doc['source']}"))
    if raw.source != doc["source"]:
        doc["alsoAt"] = sorted({*doc.get("alsoAt", ()), raw.source})
