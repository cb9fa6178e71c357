"""Read what a user states about the texts: ``metadata.tsv`` beside them, or the file of ``--meta``."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.read.discover import shown
from kg.read.stated import is_web_address, stated_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.read.discover import Input

#: Marks a source without its first folder; no path holds it.
_INNER = "\0"
#: Where the name of a part begins behind that of its file.
_PART = re.compile(r"!/|:\d+$")
#: ``path`` names the text; the others win over what the text lets infer.
COLUMNS = ("path", "region", "date", "issuer", "title", "url")


@dataclass(slots=True)
class MetadataTable:
    """Hold the rows of all tables.

    Attributes:
        rows: By the path as written and the folder of its table; a later table lies over an earlier one.
        used: Keys of the rows that named an input so far.
    """

    rows: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    _by_path: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _order: dict[tuple[str, str], int] = field(default_factory=dict)

    def of(self, one: Input) -> dict[str, str]:
        """Return what is stated about an input, empty cells left out.

        A row names an input by its path from the table's folder or the current one, or by its source as records show it, with or without
        the folder that was given to kg; a row that names an archive or a table of texts holds for everything in it, unless another names
        the part.
        """
        stated: dict[str, str] = {}
        by_path, order = self._index()
        own = {one.source, one.place, _inner(one.source)}
        file = one.source.removesuffix(one.part.name) if one.part else ""
        whole = {file, str(one.path), _inner(file)} - own if one.part else set()
        for places in (whole, own):
            keys = {key for place in places for key in by_path.get(place, ())}
            for key in sorted(keys, key=order.__getitem__):
                self.used.add(key)
                stated.update(self.rows[key])
        return stated

    def _index(self) -> tuple[dict[str, list[tuple[str, str]]], dict[tuple[str, str], int]]:
        """Return the keys of the rows by each path that they may mean, and their order; made anew when a row has come in."""
        if len(self._order) != len(self.rows):
            self._order = {key: number for number, key in enumerate(self.rows)}
            self._by_path = {}
            for folder, path in self.rows:
                for place in _forms(folder, path):
                    self._by_path.setdefault(place, []).append((folder, path))
        return self._by_path, self._order

    def unused(self) -> list[tuple[str, str]]:
        """Return where each row stands that named no input, and the path it gives."""
        return [(self.places[key], key[1]) for key in self.rows if key not in self.used]


def _inner(source: str) -> str:
    """Return a source without the folder that was given to kg, marked."""
    return _INNER + source.partition("/")[2]


def load_metadata(tables: Sequence[Path]) -> MetadataTable:
    """Read metadata tables; where two speak of one text, the later one wins cell by cell.

    Args:
        tables: Tab-separated UTF-8 files whose first line names columns of :data:`COLUMNS`, ``path`` among them.

    Raises:
        UsageError: A table cannot be read, has an unknown column, or a date that is none; with file and line.
    """
    result = MetadataTable()
    for table in tables:
        folder = os.path.abspath(table.parent)  # noqa: PTH100 - as discover() does, links keep their names
        columns: list[str] = []
        for number, line in enumerate(_lines(table), 1):
            where = f"{shown(str(table))}:{number}"
            if not line.strip() or line.startswith("#"):
                continue
            cells = [cell.strip() for cell in line.split("\t")]
            if not columns:
                columns = _checked_columns(cells, where)
                continue
            if len(cells) > len(columns):
                raise UsageError(where, f"{len(cells)} cells, but {len(columns)} columns", "separate cells by one tab each")
            row = dict(zip(columns, cells, strict=False))
            path = row.pop("path", "")
            if not path:
                raise UsageError(where, "the row names no path", "give the text's path from this table's folder")
            _check(row, where)
            key = (folder, Path(path.replace("\\", "/")).as_posix())
            result.rows[key] = {**result.rows.get(key, {}), **{column: cell for column, cell in row.items() if cell}}
            result.places[key] = where
    return result


def _lines(table: Path) -> list[str]:
    try:
        return [line.rstrip("\r") for line in table.read_text(encoding="utf-8-sig").split("\n")]
    except OSError as error:
        raise UsageError(shown(str(table)), f"cannot be read ({error.strerror})", "check the path") from error
    except UnicodeDecodeError as error:
        raise UsageError(shown(str(table)), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error


def _checked_columns(cells: list[str], where: str) -> list[str]:
    for cell in cells:
        if cell not in COLUMNS:
            near = difflib.get_close_matches(cell, COLUMNS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(COLUMNS)}"
            raise UsageError(where, f"unknown column {cell!r}", hint)
    if "path" not in cells:
        raise UsageError(where, "no column 'path'", "the first line names the columns")
    return cells


def _check(row: dict[str, str], where: str) -> None:
    """Bring a row's date into ISO form.

    Raises:
        UsageError: Its date or its address is none.
    """
    if row.get("date"):
        found = stated_date(row["date"])
        if found is None:
            raise UsageError(where, f"{row['date']!r} is no date", "write it as 2024-07-24, or 2024-07 or 2024 if no more is known")
        row["date"] = found
    if not is_web_address(row.get("url", "")):
        raise UsageError(where, f"{row['url']!r} is no address of the web", "write it as https://www.gov.cn/...")


def _forms(folder: str, path: str) -> set[str]:
    """Return the sources and paths that a row may mean by what it writes.

    A path from the table's folder, if there is such a file, and else from the current one; a source as records show it, with the name of the
    folder that was given to kg or without (marked).
    """
    inside = os.path.normpath(os.path.join(folder, path))  # noqa: PTH118 - compares texts
    if os.path.lexists(_PART.split(inside)[0]):
        return {path, inside}
    return {path, inside, os.path.abspath(path), _INNER + path}  # noqa: PTH100 - as above
