"""Hold what the readers hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.model import Finding


@dataclass(frozen=True, slots=True)
class RawText:
    r"""Hold one text as read, before anything is made of it.

    Attributes:
        source: POSIX path relative to the parent of the path that the user named.
        sha256: Of the file's bytes, in hex.
        text: Line ends are ``\n``; no byte-order mark, no NUL, no lone surrogate.
        encoding: Python's name of the encoding the bytes were read with.
        metadata: What the user states about the text (region, date, issuer, title, url).
        findings: What was doubtful.
        html: Whether the text was taken out of markup; offsets then count into the extracted text.
        content: Digest by which the same document is known: of a plain text that of its characters, whatever encoding, byte-order
            mark and line ends it was saved with; of other forms that of the bytes.
    """

    source: str
    sha256: str
    text: str
    encoding: str = "utf-8"
    metadata: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    html: bool = False
    content: str = ""
