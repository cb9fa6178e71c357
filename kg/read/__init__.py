"""Find input files and read them: bytes in, text out, with everything that was doubtful on the way.

A reader is chosen by the file's extension alone (:data:`READERS`). To add a format, write ``kg/read/NAME.py`` with one function
``(bytes, where, common) -> Decoded`` and name it in the table. Files that hold many texts (archives and tables) are listed as their parts
(``kg.read.discover``), and each part is read by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.read.archive import read_member
from kg.read.content import FILE, PAGE, ROW, Content
from kg.read.conversions import advice
from kg.read.discover import METADATA_NAME, Discovery, Input, Skipped, discover
from kg.read.docx import read_docx
from kg.read.encoding import Decoded, clean
from kg.read.file import LARGEST, read_bytes, refuse_binary
from kg.read.html import read_html
from kg.read.metadata import MetadataTable, load_metadata
from kg.read.mhtml import read_mhtml
from kg.read.packed import fetch_packed
from kg.read.parquet import read_parquet_row
from kg.read.pdf import read_pdf
from kg.read.raw import RawText
from kg.read.rows import read_row
from kg.read.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "LARGEST",
    "METADATA_NAME",
    "READERS",
    "Content",
    "Decoded",
    "Discovery",
    "Input",
    "MetadataTable",
    "RawText",
    "Skipped",
    "advice",
    "discover",
    "fetch_input",
    "load_metadata",
    "read_content",
    "read_input",
]

#: Extension to reader. A ``.txt`` is never parsed as HTML: its markup stays in the text and is only masked for matching.
READERS: Mapping[str, Callable[[bytes, str, frozenset[str]], Decoded]] = MappingProxyType(
    {
        ".txt": read_text,
        ".html": read_html,
        ".htm": read_html,
        ".xhtml": read_html,
        ".shtml": read_html,
        ".mhtml": read_mhtml,
        ".mht": read_mhtml,
        ".docx": read_docx,
        ".pdf": read_pdf,
    },
)
#: Formats that are told by their own first bytes; of all others these are refused as binary.
_PACKED = frozenset({".docx", ".pdf"})


def read_input(one: Input, common: frozenset[str], metadata: Mapping[str, str] | None = None, *, largest: int = LARGEST) -> RawText:
    """Read one input.

    Args:
        one: What :func:`discover` found.
        common: The commonest characters (``kg.domain.encodings``), by which encodings are told apart.
        metadata: What the user states about this text; it lies over what the row of a table states.
        largest: Bytes; a larger text is not read.

    Raises:
        InputError: The text cannot be used; its code says why.
    """
    return read_content(fetch_input(one, common, largest=largest), common, metadata)


def fetch_input(one: Input, common: frozenset[str], *, largest: int = LARGEST) -> Content:
    """Return an input's bytes, or the text of a table's row, without reading a format.

    Raises:
        InputError: There is none; its code says why.
    """
    if one.problem is not None:
        raise one.problem
    if one.part is None:
        return Content(one.source, one.extension, FILE, read_bytes(one.path, one.source, follow=one.named, largest=largest))
    if one.part.kind == "zip":
        return Content(one.source, one.extension, FILE, read_member(one, largest))
    if one.part.kind == "packed":
        return fetch_packed(one)
    row = read_parquet_row(one) if one.part.kind == "parquet" else read_row(one, common)
    # The text counts as a file of UTF-8, so that the same text is the same document in any form.
    data = row.text.encode("utf-8", "surrogatepass")
    return Content(one.source, one.extension, PAGE if row.html else ROW, data, row.stated, row.findings)


def read_content(content: Content, common: frozenset[str], metadata: Mapping[str, str] | None = None) -> RawText:
    """Read the text of what was fetched.

    Args:
        content: What :func:`fetch_input` returned, here or on another machine.
        common: As for :func:`read_input`.
        metadata: As for :func:`read_input`.

    Raises:
        InputError: The text cannot be used; its code says why.
    """
    decoded = _file(content, common) if content.kind == FILE else _row(content, common)
    digest = hashlib.sha256(content.data).hexdigest()
    is_plain = not decoded.html and content.extension not in _PACKED
    return RawText(
        source=content.source,
        sha256=digest,
        text=decoded.text,
        encoding=decoded.encoding,
        metadata={**content.stated, **(metadata or {})},
        findings=decoded.findings,
        html=decoded.html,
        content=hashlib.sha256(decoded.text.encode()).hexdigest() if is_plain else digest,
    )


def _file(content: Content, common: frozenset[str]) -> Decoded:
    reader = READERS.get(content.extension)
    if reader is None:
        known = " ".join(sorted(READERS))
        raise InputError(content.source, f"no reader for {content.extension!r}", f"convert it to one of {known}", code="extension")
    if content.extension not in _PACKED:
        refuse_binary(content.data, content.source)
    return reader(content.data, content.source, common)


def _row(content: Content, common: frozenset[str]) -> Decoded:
    text, findings = content.data.decode("utf-8", "surrogatepass"), list(content.findings)
    if content.kind == PAGE:
        page = read_html(text.encode("utf-8", "replace"), content.source, common, "utf-8")
        return replace(page, findings=(*findings, *page.findings))
    return Decoded(clean(text.removeprefix("\ufeff"), content.source, findings), "utf-8", tuple(findings))
