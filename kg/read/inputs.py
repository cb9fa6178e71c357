"""Hold what the listing of inputs gives, and how paths are shown."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kg.errors import InputError
    from kg.read.part import Part

METADATA_NAME = "metadata.tsv"
#: Tables about the texts; they are no texts.
TABLES_ABOUT = frozenset({METADATA_NAME, "SOURCES.tsv"})
#: What a build writes; read only if the user names it, so that a folder with results in it does not count its texts twice.
BUILT = frozenset({"records.jsonl", "nodes.csv", "edges.csv", "explorer.html"})
#: Undecodable bytes (as surrogates), control characters and bidirectional controls have no place in a path that is shown.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Input:
    """Name one text to read: a file, or a part of one.

    Attributes:
        path: The file; of a part, the file that it is in.
        source: The path as records and reports show it, relative to the parent of the path that the user named.
        extension: Lower case, with its dot; of an archive's member its own, of a row that of its table.
        named: Whether the user named this very file; only then a symbolic link is followed.
        problem: Why the text cannot be read, if that is known from its listing.
        part: Where the text is in its file; None for the whole file.
    """

    path: Path
    source: str
    extension: str
    named: bool = False
    problem: InputError | None = None
    part: Part | None = None

    @property
    def place(self) -> str:
        """Return the path of the file with the name of the part, as tables of metadata may name it."""
        return str(self.path) + (self.part.name if self.part else "")


@dataclass(frozen=True, slots=True)
class Skipped:
    """Name one file or folder that is no input, and why: ``hidden``, ``metadata``, ``output`` or ``extension``."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """Hold the inputs and what was skipped, both sorted by source; and the metadata tables beside the texts."""

    inputs: tuple[Input, ...]
    skipped: tuple[Skipped, ...]
    tables: tuple[Path, ...] = ()


def shown(path: str) -> str:
    r"""Return a path as it is shown: forward slashes, what cannot be shown percent-encoded by its bytes.

    >>> shown("texts/a\nb.txt")
    'texts/a%0Ab.txt'
    """
    slashed = path.replace(os.sep, "/")
    return _UNSHOWABLE.sub(lambda found: "".join(f"%{byte:02X}" for byte in os.fsencode(found.group())), slashed)
