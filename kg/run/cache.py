"""Keep finished records, so that a build that was stopped, or one document that changed, does not cost the others again.

An SQLite file in WAL mode: each record is committed when it is finished, so ``kill -9`` loses none; each value carries a checksum, and what does
not fit it is as good as not there. A file that is damaged is set aside and a new one begun. The cache never decides what a build
gives, only how long it takes: the key covers everything that a record is made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import OutputError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from kg.domain import Domain
    from kg.read import RawText

_NAME = "records.sqlite"
#: Raise it when the form of keys or values changes; older files are begun anew.
_FORM = 1
_WAIT = 10.0
#: Packages of kg that read and extract, and libraries whose version a record depends on.
_CODE = ("domain", "extract", "read", "model.py", "errors.py")
_LIBRARIES = (
    "ahocorasick-rs",
    "lxml",
    "lxml_html_clean",
    "numpy",
    "pyarrow",
    "pypdfium2",
    "rapidocr",
    "rjieba",
    "selectolax",
    "trafilatura",
)
_CHECK = 8
#: What SQLite raises; a name in a damaged file may also be no UTF-8.
_TROUBLE = (sqlite3.Error, sqlite3.Warning, OSError, UnicodeError, OverflowError)
#: Codes of SQLite for a file that may be sound but cannot be used now: no permission, busy, locked, read-only, input/output, full, cannot be opened.
_NOT_NOW = frozenset({3, 5, 6, 8, 10, 13, 14, 22, 23})


def default_folder() -> Path:
    """Return where the cache stands if the user says nothing: ``KG_CACHE``, or the system's place for caches."""
    stated = os.environ.get("KG_CACHE")
    if stated:
        return Path(stated)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "policy-measure-kg"
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home and Path(home).is_absolute() else Path.home() / ".cache") / "policy-measure-kg"


def file_in(folder: Path) -> Path:
    """Return the file of the cache in a folder."""
    return folder / _NAME


def shape_of(domain: Domain) -> str:
    """Return a digest of everything but the text that shapes a record: the domain's files, the users' tables, and the code."""
    digest = hashlib.sha256()
    for folder in (domain.base, domain.field):
        _add_files(digest, folder, sorted(file for file in folder.rglob("*") if file.is_file() and not _is_hidden(file, folder)))
    for number, table in enumerate(domain.lexicons):
        digest.update(f"lexicon {number}\n".encode() + table.read_bytes())
    digest.update(_code().encode())
    return digest.hexdigest()


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _add_files(digest: hashlib._Hash, folder: Path, files: list[Path]) -> None:
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\n".encode("utf-8", "surrogateescape"))
        digest.update(content)


@lru_cache(maxsize=1)
def _code() -> str:
    digest = hashlib.sha256(f"{_FORM} {sys.version_info[:2]}\n".encode())
    package = Path(__file__).resolve().parent.parent
    for name in _CODE:
        part = package / name
        _add_files(digest, package, sorted(part.rglob("*.py")) if part.is_dir() else [part])
    for name in _LIBRARIES:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = "none"
        digest.update(f"{name} {version}\n".encode())
    return digest.hexdigest()


def key_of(shape: str, raw: RawText) -> bytes:
    """Return the key of one text: its bytes, what was read from them, what is stated about it, and the shape."""
    parts = [shape, raw.sha256, raw.source, raw.encoding, sorted(raw.metadata.items()), raw.html, [one.as_dict() for one in raw.findings]]
    digest = hashlib.sha256(json.dumps(parts).encode())
    digest.update(raw.text.encode("utf-8", "surrogatepass"))
    return digest.digest()


@dataclass(frozen=True, slots=True)
class Usage:
    """Hold what a cache holds: its file, records, bytes on disk, and how many of the records the code and domain of today can use."""

    path: Path
    records: int
    bytes: int
    usable: int


class Cache:
    """Hold a cache open; use it as a context manager.

    One process writes it (the parent of a build), any number read it. What goes wrong with it is never an error of the build: it is
    then as if there were none.

    Args:
        folder: Made if missing.
        shape: See :func:`shape_of`.
        write: Whether this process writes it; else the file is only read.
    """

    def __init__(self, folder: Path, shape: str, *, write: bool) -> None:
        self.path = file_in(folder)
        self.shape = shape
        self.problem = ""
        self._write = write
        self._base: sqlite3.Connection | None = None
        self._is_resting = False

    def __enter__(self) -> Self:
        """Open the file; a damaged one is set aside by the process that writes, and a new one begun."""
        try:
            self._base = self._open()
        except _TROUBLE as error:
            self._cope(error)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            self._base = None

    def rest(self) -> None:
        """Close the file until it is next written to: SQLite must not be open across a fork."""
        if self._base is not None:
            with contextlib.suppress(sqlite3.Error):
                self._base.close()
            self._base, self._is_resting = None, True

    def get(self, key: bytes) -> bytes | None:
        """Return a record's line, or None where it is not there or not whole."""
        if self._base is None:
            return None
        try:
            row = self._base.execute("SELECT value FROM records WHERE key = ?", (key,)).fetchone()
        except _TROUBLE:
            return None
        return _unpacked(key, row[0]) if row else None

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a packed record (:func:`packed`)."""
        if self._is_resting:
            self._is_resting = False
            self.__enter__()
        if self._base is None:
            return
        try:
            self._base.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (key, self.shape, value))
        except _TROUBLE as error:  # a full disk, say: the build goes on without
            self.__exit__(None, None, None)
            self._cope(error)

    def usage(self) -> Usage:
        """Return what the cache holds."""
        size = sum(file.stat().st_size for file in self.path.parent.glob(_NAME + "*")) if self.path.parent.is_dir() else 0
        if self._base is None:
            return Usage(self.path, 0, size, 0)
        try:
            records, usable = self._base.execute("SELECT count(*), total(shape = ?) FROM records", (self.shape,)).fetchone()
        except _TROUBLE as error:
            self.problem = f"is damaged ({error})"
            return Usage(self.path, 0, size, 0)
        return Usage(self.path, records, size, int(usable))

    def clear(self, *, stale: bool = False) -> int:
        """Remove all records, or only those that the code and domain of today cannot use; return their number.

        Removing all also removes a damaged file that was set aside.

        Raises:
            OutputError: The file cannot be used or written now.
        """
        if self._base is None:
            raise OutputError(str(self.path), self.problem, "check its permissions and whether a build is using it, then try again")
        chosen, values = (" WHERE shape <> ?", (self.shape,)) if stale else ("", ())
        try:
            removed = self._base.execute(f"DELETE FROM records{chosen}", values).rowcount  # noqa: S608 - one of two texts
            self._base.execute("VACUUM")
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if not stale:
                self._aside.unlink(missing_ok=True)
        except _TROUBLE as error:
            raise OutputError(
                str(self.path), f"cannot be written ({error})", "free some space or wait for a build, then try again"
            ) from error
        return removed

    @property
    def _aside(self) -> Path:
        """Return the name of a damaged file that is set aside."""
        return self.path.with_name(_NAME + ".damaged")

    def _open(self) -> sqlite3.Connection:
        if self._write:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        mode = "rwc" if self._write else "ro"
        base = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT, isolation_level=None)
        try:
            if self._write:
                base.execute("PRAGMA journal_mode = WAL")
                base.execute("PRAGMA synchronous = NORMAL")  # what is committed outlives kill -9; the last ones may not outlive a power cut
                _make_table(base)
            base.execute("SELECT key FROM records LIMIT 1").fetchone()
        except BaseException:
            base.close()
            raise
        return base

    def _cope(self, error: Exception) -> None:
        """Do without a file that cannot be used now; set a damaged one aside and begin anew."""
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(error, OSError) or (code is not None and code & 0xFF in _NOT_NOW):
            self.problem = f"cannot be used ({error})"
            return
        self.problem = f"is damaged ({error})"
        if self._write:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Set the damaged file aside under another name, for whoever wants to look at it, and open a new one."""
        with contextlib.suppress(*_TROUBLE):
            self.path.replace(self._aside)
            for rest in ("-wal", "-shm"):
                self.path.with_name(_NAME + rest).unlink(missing_ok=True)
            self.problem += f"; it is set aside as {self._aside.name}"
            self._base = self._open()


def _make_table(base: sqlite3.Connection) -> None:
    """Make the table, unless another process just did."""
    base.execute("BEGIN IMMEDIATE")
    (form,) = base.execute("PRAGMA user_version").fetchone()
    if form != _FORM:
        base.execute("DROP TABLE IF EXISTS records")
        base.execute("CREATE TABLE records (key BLOB PRIMARY KEY, shape TEXT NOT NULL, value BLOB NOT NULL)")
        base.execute(f"PRAGMA user_version = {_FORM}")
    base.execute("COMMIT")


def packed(key: bytes, line: bytes) -> bytes:
    """Return a record's line as the cache holds it: a checksum, then the line compressed."""
    small = zlib.compress(line, 1)
    return hashlib.sha256(key + small).digest()[:_CHECK] + small


def _unpacked(key: bytes, value: object) -> bytes | None:
    if not isinstance(value, bytes) or hashlib.sha256(key + value[_CHECK:]).digest()[:_CHECK] != value[:_CHECK]:
        return None
    with contextlib.suppress(zlib.error):
        return zlib.decompress(value[_CHECK:])
    return None
