"""Hold one input's bytes before they are read as text, so that they can be read on another machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.model import Finding

#: Kinds of content: a file or an archive's member, the text of a table's row, the web page of a row.
FILE, ROW, PAGE = "file", "row", "page"


@dataclass(frozen=True, slots=True)
class Content:
    """Hold what was fetched of one input.

    Attributes:
        extension: As of the input; it chooses the reader of a file.
        data: The bytes; of a row its text as UTF-8, lone surrogates passed through.
        stated: What the row of a table states about its text.
        findings: What was doubtful about the row.
    """

    source: str
    extension: str
    kind: str
    data: bytes
    stated: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
