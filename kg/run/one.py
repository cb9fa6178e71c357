"""Read and extract one input; what goes wrong with it is a finding about it and nobody else's affair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import InputError, KgError, UsageError
from kg.model import Finding
from kg.read import read_content, read_input

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.domain import Domain
    from kg.model import Record
    from kg.read import Content, Input, RawText


def read_one(one: Input, common: frozenset[str], metadata: Mapping[str, str], largest: int) -> RawText | Finding:
    """Return the text of an input, or why it is quarantined.

    Args:
        one: The input.
        common: The commonest characters, by which encodings are told apart.
        metadata: What is stated about it.
        largest: Bytes; a larger file is not read.

    Raises:
        MemoryError: The machine or the worker has no more.
    """
    return _guarded(one.source, lambda: read_input(one, common, metadata, largest=largest))


def read_fetched(content: Content, common: frozenset[str]) -> RawText | Finding:
    """Return the text of an input that was fetched elsewhere, or why it is quarantined.

    Raises:
        MemoryError: The machine or the worker has no more.
    """
    return _guarded(content.source, lambda: read_content(content, common))


def _guarded(source: str, read: Callable[[], RawText]) -> RawText | Finding:
    try:
        return read()
    except InputError as error:
        return Finding("error", error.code, source, words_of(error))
    except MemoryError:
        raise
    except (Exception, RecursionError) as error:  # noqa: BLE001 - one input's fault must not cost the others
        return _crash(source, error)


def extract_one(raw: RawText, domain: Domain) -> Record | Finding:
    """Return the record of a text, or why it is quarantined.

    Raises:
        DomainError: The domain's files are faulty.
        UsageError: A library is missing.
        MemoryError: The machine or the worker has no more.
    """
    from kg.extract import extract
    from kg.extract.view import make_document

    try:
        return extract(make_document(raw, domain), domain)
    except InputError as error:
        return Finding("error", error.code, raw.source, words_of(error))
    except (KgError, MemoryError):  # a fault in the domain's files would meet every document
        raise
    except ImportError as error:  # and so would an incomplete installation
        raise UsageError("installation", f"is incomplete ({error})", "install policy-measure-kg again") from error
    except (Exception, RecursionError) as error:  # noqa: BLE001 - one input's fault must not cost the others
        return _crash(raw.source, error)


def words_of(error: InputError) -> str:
    """Return what an error says beside where it is."""
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
