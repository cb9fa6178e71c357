"""Read the table and settings files of ``ontology/`` with errors that name file and line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of a table: its cells by column name, and where it stands.

    Attributes:
        cells: Column name to text; an empty cell is the empty string.
        where: ``path:line`` for messages.
    """

    cells: dict[str, str]
    where: str

    def __getitem__(self, column: str) -> str:
        """Return the cell of a column, empty when the table has no such column."""
        return self.cells.get(column, "")

    def items(self, column: str) -> tuple[str, ...]:
        """Return the parts of a cell that lists several values, separated by ``|``."""
        return tuple(part.strip() for part in self[column].split("|") if part.strip())


def read_text(path: Path) -> str:
    """Return a UTF-8 file's text.

    Raises:
        DomainError: The file is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DomainError(str(path), f"cannot be read ({error.strerror})", "the domain folder is incomplete") from error
    except UnicodeDecodeError as error:
        raise DomainError(str(path), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error


def read_tsv(path: Path) -> Iterator[Row]:
    """Yield the rows of a tab-separated table; the first line that is no comment names the columns.

    Lines that start with ``#`` are comments (source, licence); blank lines are skipped.

    Raises:
        DomainError: A row has more cells than there are columns.
    """
    columns: list[str] | None = None
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if columns is None:
            columns = cells
            continue
        if len(cells) > len(columns):
            what = f"{len(cells)} cells, but the header names {len(columns)} columns"
            raise DomainError(f"{path}:{number}", what, "separate cells by one tab each")
        yield Row(dict(zip(columns, cells, strict=False)), f"{path}:{number}")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a settings file.

    Raises:
        DomainError: The file is missing or not TOML.
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DomainError(str(path), f"is not valid TOML ({error})", "quote regular expressions with '''…'''") from error
