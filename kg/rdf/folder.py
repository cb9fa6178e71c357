"""Know the layout of a store folder, and open what was published in it for reading (``kg.store.embedded`` writes it).

::

    kg-store.json        marker: format and version
    live/                the database that the one writer works on
    snapshots/000001/    what readers open: complete, never changed; hard links to ``live`` where they can be
    snapshots/000001.lock  held in common by its readers, so that it is not removed under them
    current              name of the snapshot to read
    unpublished          there while ``live`` may hold more than ``current``
    writer.lock          held by the writer; the kernel's, so that it ends with the process
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from pyoxigraph import Store

MARKER, CURRENT, LIVE, SNAPSHOTS = "kg-store.json", "current", "live", "snapshots"
UNPUBLISHED, WRITER_LOCK = "unpublished", "writer.lock"
FORMAT, VERSION = "kg-store", 1
_LOAD = "load a graph with `kg load GRAPH --store DIR`"
#: How often a reader looks again when the snapshot is replaced just then.
_TRIES = 10


def is_store(path: Path) -> bool:
    """Tell whether a path is a store folder, of whatever version."""
    return (path / MARKER).is_file()


def check_marker(folder: Path) -> None:
    """Refuse a folder that is no store of this version.

    Raises:
        UsageError: It is none, another version, or its marker is damaged.
    """
    where = str(folder / MARKER)
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        name, version = marker["format"], marker["version"]
    except FileNotFoundError as error:
        raise UsageError(str(folder), "is no store", _LOAD) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(where, "is damaged", "load the graph into a new folder; this one is left as it is") from error
    if name != FORMAT or version != VERSION:
        hint = "load the graph into a new folder, or use the kg that made this one"
        raise UsageError(where, f"is a store of version {version}, this kg reads version {VERSION}", hint)


@dataclass
class Lock:
    """Hold a lock of the kernel on a file; released by :meth:`release`, at the latest with the process. Windows has none."""

    descriptor: int = -1

    @classmethod
    def take(cls, path: Path, *, shared: bool = False) -> Self | None:
        """Take a lock at once, or return None because another process holds it.

        Raises:
            OSError: The file cannot be opened.
        """
        try:
            import fcntl
        except ImportError:  # Windows
            return cls()
        flags = os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        """Give the lock back."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def __del__(self) -> None:
        """Give the lock back with the object."""
        self.release()


@dataclass
class Snapshot:
    """Hold one published state of a store; the folder stays as long as this does.

    Attributes:
        path: Folder of the database; open it with ``pyoxigraph.Store.read_only``, in as many processes as you like.
        name: Its name; a later state has a greater one.
    """

    path: Path
    name: str
    lock: Lock

    def __enter__(self) -> Self:
        """Return the snapshot."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let the folder go."""
        self.lock.release()


def open_database(folder: Path, path: Path) -> Store:
    """Open the database of a snapshot for reading.

    Args:
        folder: The store, for messages.
        path: The snapshot's folder.

    Raises:
        UsageError: It is damaged or cannot be read.
    """
    from pyoxigraph import Store

    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError) as error:  # the latter is how the engine tells of damage
        hint = "check its permissions; if it is damaged, load the graph into a new folder"
        raise UsageError(str(folder), f"cannot be read ({error})", hint) from error


def current_snapshot(folder: Path) -> Snapshot:
    """Hold the state of a store that was published last.

    Raises:
        UsageError: The folder is no store of this version, nothing was published yet, or it cannot be read.
    """
    check_marker(folder)
    for _ in range(_TRIES):
        try:
            name = (folder / CURRENT).read_text("ascii").strip()
            path = folder / SNAPSHOTS / name
            lock = Lock.take(path.with_name(f"{name}.lock"), shared=True)
        except FileNotFoundError:
            if not (folder / CURRENT).exists():
                break
            continue  # replaced between the two lines
        except OSError as error:
            raise UsageError(str(folder), f"cannot be read ({error.strerror})", "check its permissions") from error
        if lock is not None and path.is_dir():
            return Snapshot(path, name, lock)
    raise UsageError(str(folder), "holds no graph yet", "it is being loaded, or a load was broken off: wait, or run kg load again")
