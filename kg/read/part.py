"""Name one text inside a file that holds many: a member of an archive, a row of a table."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold what the rows of one table share.

    Attributes:
        stamp: Size and time of the file when its parts were listed; a file that has changed since is not read.
        columns: Column to what it holds (``text``, ``html``, ``title``, ``date``, ``issuer``, ``region``, ``url``); of a CSV its index.
        width: Number of cells of a row.
        member: Number of the archive's member that the table is; -1 for a table that is a file.
    """

    stamp: tuple[int, int]
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    width: int = 0
    delimiter: str = ","
    encoding: str = "utf-8"
    member: int = -1


@dataclass(frozen=True, slots=True)
class Part:
    """Name one text inside a file.

    Attributes:
        kind: ``zip``, ``jsonl``, ``csv``, ``parquet`` or ``packed``.
        name: What follows the file's name in the part's source: ``!/folder/a.txt`` or ``:17``, of a table in an archive both.
        start: Offset of the row's first byte; index of the member or of the Parquet row.
        length: Bytes of the row.
    """

    kind: str
    name: str
    start: int
    length: int
    layout: Layout


def stamp_of(path: Path, source: str) -> tuple[int, int]:
    """Return size and time of a file.

    Raises:
        InputError: ``io``.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(source, f"cannot be read ({error.strerror})", "check that it still exists", code="io") from error
    return status.st_size, status.st_mtime_ns


def require_unchanged(path: Path, source: str, stamp: tuple[int, int]) -> None:
    """Refuse a file that is not the one whose parts were listed.

    Raises:
        InputError: ``io`` or ``changed``.
    """
    if stamp_of(path, source) != stamp:
        raise InputError(source, f"{os.path.basename(path)!r} changed after its parts were listed", "build again", code="changed")  # noqa: PTH119 - shown
