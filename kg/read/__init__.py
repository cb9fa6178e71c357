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
from kg.read.discover import METADATA_NAME, Discovery, Input, Skipped, discover
from kg.read.docx import read_docx
from kg.read.encoding import Decoded, clean
from kg.read.file import LARGEST, read_bytes, refuse_binary
from kg.read.html import read_html
from kg.read.metadata import MetadataTable, load_metadata
from kg.read.mhtml import read_mhtml
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
    "Decoded",
    "Discovery",
    "Input",
    "MetadataTable",
    "RawText",
    "Skipped",
    "discover",
    "load_metadata",
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
    if one.problem is not None:
        raise one.problem
    if one.part is not None and one.part.kind != "zip":
        return _from_row(one, common, metadata or {})
    data = read_member(one, largest) if one.part is not None else read_bytes(one.path, one.source, follow=one.named, largest=largest)
    reader = READERS.get(one.extension)
    if reader is None:
        known = " ".join(sorted(READERS))
        raise InputError(one.source, f"no reader for {one.extension!r}", f"convert it to one of {known}", code="extension")
    if one.extension not in _PACKED:
        refuse_binary(data, one.source)
    return _raw(one, data, reader(data, one.source, common), metadata or {})


def _from_row(one: Input, common: frozenset[str], metadata: Mapping[str, str]) -> RawText:
    """Read a row of a table; its text counts as a file of UTF-8, so that the same text is the same document in any form."""
    assert one.part is not None
    row = read_parquet_row(one) if one.part.kind == "parquet" else read_row(one, common)
    data = row.text.encode("utf-8", "surrogatepass")
    findings = list(row.findings)
    if row.html:
        page = read_html(row.text.encode("utf-8", "replace"), one.source, common, "utf-8")
        decoded = replace(page, findings=(*findings, *page.findings))
    else:
        decoded = Decoded(clean(row.text.removeprefix("\ufeff"), one.source, findings), "utf-8", tuple(findings))
    return _raw(one, data, decoded, {**row.stated, **metadata})


def _raw(one: Input, data: bytes, decoded: Decoded, metadata: Mapping[str, str]) -> RawText:
    return RawText(
        source=one.source,
        sha256=hashlib.sha256(data).hexdigest(),
        text=decoded.text,
        encoding=decoded.encoding,
        metadata=dict(metadata),
        findings=decoded.findings,
        html=decoded.html,
    )
