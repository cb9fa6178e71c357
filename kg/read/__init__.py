"""Find input files and read them: bytes in, text out, with everything that was doubtful on the way.

A reader is chosen by the file's extension alone (:data:`READERS`). To add a format, write ``kg/read/NAME.py`` with one function
``(bytes, where, common) -> Decoded`` and name it in the table.
"""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.read.discover import METADATA_NAME, Discovery, Input, Skipped, discover
from kg.read.encoding import Decoded
from kg.read.file import LARGEST, read_bytes
from kg.read.html import read_html
from kg.read.metadata import MetadataTable, load_metadata
from kg.read.raw import RawText
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
    {".txt": read_text, ".html": read_html, ".htm": read_html},
)


def read_input(one: Input, common: frozenset[str], metadata: Mapping[str, str] | None = None) -> RawText:
    """Read one input file.

    Args:
        one: What :func:`discover` found.
        common: The commonest characters (``kg.domain.encodings``), by which encodings are told apart.
        metadata: What the user states about this text.

    Raises:
        InputError: The file cannot be used; its code says why.
    """
    if one.problem is not None:
        raise one.problem
    data = read_bytes(one.path, one.source, follow=one.named)
    reader = READERS.get(one.extension)
    if reader is None:
        raise InputError(one.source, f"no reader for {one.extension!r}", "convert it to .txt or .html", code="extension")
    decoded = reader(data, one.source, common)
    return RawText(
        source=one.source,
        sha256=hashlib.sha256(data).hexdigest(),
        text=decoded.text,
        encoding=decoded.encoding,
        metadata=dict(metadata or {}),
        findings=decoded.findings,
        html=decoded.html,
    )
