"""Make what the workers read: a state that nobody changes, of a graph file a copy, of a store folder what it published."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg.errors import KgError, OutputError, UsageError
from kg.rdf.folder import CURRENT, current_snapshot, is_store
from kg.serve.pool import child_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kg.serve.pool import Pool

_log = logging.getLogger(__name__)

_PREFIX, _LOCK = "kg-serve-", "lock"
#: Seconds between two looks whether the source has changed.
_LOOK = 2.0


@dataclass(eq=False)
class Snapshot:
    """Hold one state of a graph; it stays while somebody holds it.

    Attributes:
        store: Folder of the database, opened for reading only.
        spool: Folder for answers that are too large for memory.
        prefixes: Namespace by prefix.
        drop: Called after the last reader.
    """

    store: Path
    spool: Path
    prefixes: Mapping[str, str]
    drop: Callable[[], None]
    _users: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self) -> None:
        """Keep it while somebody reads it."""
        with self._lock:
            self._users += 1

    def release(self) -> None:
        """Let it go after the last reader."""
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self.drop()


class Home:
    """Be the temporary folder of one server; it goes when the server ends, or when the next one starts if it was killed.

    Args:
        parent: Where to make it; the system's folder for temporary files by default.

    Raises:
        OutputError: It cannot be made.
    """

    def __init__(self, parent: Path | None = None) -> None:
        where = parent or Path(tempfile.gettempdir())
        _remove_leftovers(where)
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where))
            self._lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(str(where), f"cannot be written ({error.strerror})", "set TMPDIR to a folder with space") from error
        self._count = 0

    def room(self) -> Path:
        """Make a new folder in it."""
        self._count += 1
        folder = self.folder / str(self._count)
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


@dataclass(frozen=True)
class Source:
    """Name what is served.

    Attributes:
        path: What ``kg.store.query.open_graph`` takes: a build folder, a store folder or an RDF file.
        domain: Folder of another policy field.
    """

    path: Path
    domain: Path | None = None

    def signature(self) -> tuple[object, ...]:
        """Return values that change with the source; empty while there is none."""
        from kg.store.query import stored_file

        try:
            if is_store(self.path):
                return ((self.path / CURRENT).read_text("ascii"),)
            status = stored_file(self.path).stat()
        except (OSError, KgError):
            return ()
        return (status.st_mtime_ns, status.st_size, status.st_ino)

    def take(self, home: Home) -> Snapshot:
        """Return its present state.

        Raises:
            KgError: It cannot be read, or there is no space for a copy.
        """
        return self._published(home) if is_store(self.path) else self._copy(home)

    def _published(self, home: Home) -> Snapshot:
        from kg.domain import load_domain
        from kg.store.query import known_prefixes

        held = current_snapshot(self.path)
        return Snapshot(held.path, home.folder, known_prefixes(load_domain(self.domain)), held.lock.release)

    def _copy(self, home: Home) -> Snapshot:
        """Copy the graph in a process of its own, so that this one stays small."""
        folder = home.room()
        order = {"source": str(self.path), "domain": str(self.domain) if self.domain else None, "folder": str(folder)}
        try:
            told = _load(order)
        except KgError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Snapshot(folder / "store", home.folder, told["prefixes"], lambda: shutil.rmtree(folder, ignore_errors=True))


class Watch:
    """Let a pool read the newest state of its source; use it as a context manager.

    Args:
        source: Looked at every other second.
        home: Where copies go.
        pool: Gets the new states.
        seconds: Between two looks.
    """

    def __init__(self, source: Source, home: Home, pool: Pool, seconds: float = _LOOK) -> None:
        self._source, self._home, self._pool, self._seconds = source, home, pool, seconds
        self._seen = source.signature()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Look no more."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(self._seconds):
            self.look()

    def look(self) -> bool:
        """Look once, and tell whether there was something new; what cannot be read leaves the pool with what it has."""
        signature = self._source.signature()
        if signature == self._seen or not signature:
            return False
        self._seen = signature
        try:
            self._pool.replace(self._source.take(self._home))
        except KgError as error:
            _log.warning("%s; the former state is served on", error)
            return False
        return True


def _load(order: Mapping[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "kg.serve.loader"]
    done = subprocess.run(  # noqa: S603 - our own module
        command, input=json.dumps(order).encode(), capture_output=True, env=child_environment(), check=False
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise UsageError(str(order["source"]), f"cannot be loaded ({last[0]})", "is there enough memory and space?") from None
    if "error" in told:
        kind = OutputError if told["exit"] == OutputError.exit_code else UsageError
        raise kind(*told["error"])
    return told


def _remove_leftovers(where: Path) -> None:
    """Remove the folders of servers that were killed: nobody holds their lock any more."""
    with contextlib.suppress(OSError):
        for folder in where.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                lock = os.open(folder / _LOCK, os.O_RDWR)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(lock)
