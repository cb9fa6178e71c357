"""Write a folder of files so that a reader sees the old ones or the new ones, and never half a file."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kg.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_SUFFIX = ".kg-tmp"
#: How often a locked folder is tried, and the seconds between: the workers of a build that was killed hold its lock until they hear of it,
#: which takes a moment on a busy machine.
_TRIES, _PAUSE = 60, 0.1


class Output:
    """Hold an output folder locked for one build; use it as a context manager.

    Entering makes the folder, locks it, and tries to write, so that a folder that cannot be written is known before any work. Leaving
    unlocks it, and removes it again when it was made here and stayed empty. The lock is the kernel's on the folder itself: it leaves no
    file and ends with the process. Windows has no such lock; there two builds at once are the user's to avoid.

    Args:
        folder: Where the files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: list[Path] = []
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Make, lock and try the folder.

        Raises:
            OutputError: It cannot be made or written.
            UsageError: Another build is writing there.
        """
        _refuse_file(self.folder)
        probe = self.folder / f".probe{_SUFFIX}"
        try:
            self._make()
            self._lock()
            _remove_leftovers(self.folder)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            with contextlib.suppress(OSError):
                probe.unlink()
            self._undo()
            raise unwritable(self.folder, error) from error
        except UsageError:
            self._undo()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Unlock the folder, and remove it if nothing came of it."""
        with contextlib.suppress(OSError):
            _remove_leftovers(self.folder)
        self._undo()

    def write(self, files: Mapping[str, bytes], ready: Sequence[str] = ()) -> None:
        """Write all the files: each under a temporary name first, and only when all are on disk do they take their names.

        Args:
            files: Content by name.
            ready: Names of further files that stand already, whole and on disk, where :meth:`place` says.

        Raises:
            OutputError: Disk full or the like; the folder still holds what it held.
        """
        _write_all(self.folder, files, ready)

    def place(self, name: str) -> Path:
        """Return where a file is to be written that is too large to be held in memory."""
        return self.folder / f".{name}{_SUFFIX}"

    def scratch(self) -> Path:
        """Make an empty folder for what is needed on the way; it goes with the lock, or when the next build begins."""
        folder = self.place("scratch")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _make(self) -> None:
        missing = [self.folder, *self.folder.parents]
        missing = [folder for folder in missing if not folder.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._made = missing

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows
            return
        self._descriptor = os.open(self.folder, os.O_RDONLY)
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not left:
                    raise UsageError(str(self.folder), "another build is writing here", "wait for it, or choose another folder") from error
                time.sleep(_PAUSE)
            else:
                return

    def _undo(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        for folder in self._made:
            with contextlib.suppress(OSError):  # not empty: a build's files, which is what it is for
                folder.rmdir()
        self._made = []


def write_atomically(path: Path, data: bytes) -> None:
    """Write one file under a temporary name in its folder, and rename it when it is on disk.

    Raises:
        OutputError: The folder cannot be written, or the disk is full; what stood there is untouched.
    """
    if path.is_dir():
        raise OutputError(str(path), "is a folder", "name a file")
    _refuse_file(path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error
    _write_all(path.parent, {path.name: data})


def _refuse_file(folder: Path) -> None:
    """Refuse a folder whose path leads over a file."""
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise OutputError(str(part), "is a file, not a folder", "name a folder")


def _write_all(folder: Path, files: Mapping[str, bytes], ready: Sequence[str] = ()) -> None:
    written = [(folder / f".{name}{_SUFFIX}", folder / name) for name in ready]
    try:
        for name in sorted(files):
            temporary = folder / f".{name}{_SUFFIX}"
            written.append((temporary, folder / name))
            with temporary.open("wb") as file:
                file.write(files[name])
                file.flush()
                os.fsync(file.fileno())
        for _, path in written:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        for temporary, path in written:
            temporary.replace(path)
        _sync(folder)
    except OSError as error:
        for temporary, _ in written:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise unwritable(_shown(error.filename) if error.filename else folder, error) from error


def _shown(filename: str) -> Path:
    """Return the file that a temporary one stands for."""
    path = Path(filename)
    return path.with_name(path.name.removesuffix(_SUFFIX).removeprefix(".")) if path.name.endswith(_SUFFIX) else path


def _sync(folder: Path) -> None:
    """Bring the new names to disk, where the system can open a folder."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_leftovers(folder: Path) -> None:
    """Remove what a build left that was stopped by force; the lock is held, so nobody writes them now."""
    for leftover in folder.glob(f".*{_SUFFIX}"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return the error of a place that cannot be written, with what its kind of trouble calls for."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    hint = "free some space; what stood there is untouched" if full else "choose a folder that you may write to"
    return OutputError(str(path), f"cannot be written ({error.strerror})", hint)
