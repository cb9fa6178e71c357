"""List the input files under the paths that a user names, in an order that no file system decides."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

METADATA_NAME = "metadata.tsv"
#: Tables about the texts; they are no texts.
_TABLES = frozenset({METADATA_NAME, "SOURCES.tsv"})
#: Undecodable bytes (as surrogates), control characters and bidirectional controls have no place in a path that is shown.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Input:
    """Name one file to read.

    Attributes:
        source: The path as records and reports show it, relative to the parent of the path that the user named.
        extension: Lower case, with its dot.
        named: Whether the user named this very file; only then a symbolic link is followed.
        problem: Why the file cannot be read, if that is known from its listing.
    """

    path: Path
    source: str
    extension: str
    named: bool = False
    problem: InputError | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Name one file or folder that is no input, and why: ``hidden``, ``metadata`` or ``extension``."""

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


def discover(paths: Iterable[Path | str], extensions: Collection[str]) -> Discovery:
    """List the files under the paths; folders are walked, symbolic links inside them are not followed.

    Every file seen is either an input or skipped, so that nothing is lost from the count; a hidden folder counts as one.

    Args:
        paths: Files and folders.
        extensions: Those that a reader exists for (the keys of ``READERS``).

    Raises:
        UsageError: A path does not exist, or no file is an input.
    """
    inputs: dict[str, Input] = {}
    skipped: dict[str, Skipped] = {}
    tables: set[Path] = set()
    named = [Path(path) for path in paths]
    for path in named:
        if not os.path.lexists(path) or (path.is_symlink() and not path.exists()):
            raise UsageError(shown(str(path)), "no such file or folder", "check the path")
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link and change its name
        for file, hidden in _walk(absolute):
            source = shown(os.path.relpath(file, absolute.parent))
            reason = _reason_to_skip(file, extensions, hidden=hidden)
            if file.name == METADATA_NAME and not hidden:
                tables.add(file)
            key = os.path.realpath(file.parent) + os.sep + file.name
            if reason:
                skipped.setdefault(key, Skipped(source, reason))
            elif key not in inputs or source < inputs[key].source:
                inputs[key] = Input(file, source, file.suffix.lower(), file == absolute, _problem(file, source, named=file == absolute))
    if not inputs:
        raise UsageError(*_nothing(named, skipped, extensions))
    return Discovery(
        tuple(sorted(inputs.values(), key=lambda one: (one.source, str(one.path)))),
        tuple(sorted(skipped.values(), key=lambda one: (one.source, one.reason))),
        tuple(sorted(tables)),
    )


def _nothing(named: list[Path], skipped: dict[str, Skipped], extensions: Collection[str]) -> tuple[str, str, str]:
    where = ", ".join(shown(str(path)) for path in named) or "no path"
    known = " ".join(sorted(extensions))
    seen = (
        f"no documents ({len(skipped)} skipped: {', '.join(sorted({one.reason for one in skipped.values()}))})"
        if skipped
        else "no documents"
    )
    return where, seen, f"texts are files that end in {known}"


def _walk(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield each file under the path, and whether it is hidden; a hidden folder is yielded itself and not entered."""
    if not path.is_dir():
        yield path, False
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield folder, False
            continue
        for entry in entries:
            if entry.name.startswith("."):
                yield Path(entry.path), True
            elif entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            else:
                yield Path(entry.path), False


def _reason_to_skip(file: Path, extensions: Collection[str], *, hidden: bool) -> str:
    if hidden:
        return "hidden"
    if file.name in _TABLES:
        return "metadata"
    if file.is_symlink() or file.is_dir():  # a link or an unreadable folder is quarantined, whatever its name
        return ""
    return "" if file.suffix.lower() in extensions else "extension"


def _problem(file: Path, source: str, *, named: bool) -> InputError | None:
    if named:
        mode = file.stat().st_mode
    else:
        try:
            mode = file.lstat().st_mode
        except OSError as error:
            return InputError(source, f"cannot be read ({error.strerror})", "check that it still exists", code="io")
        if stat.S_ISLNK(mode):
            return InputError(source, "is a symbolic link, which is not followed", "name its target as a path of its own", code="link")
    if stat.S_ISDIR(mode):
        return InputError(source, "folder cannot be listed", "check its permissions", code="io")
    if not stat.S_ISREG(mode):
        return InputError(source, "is no regular file", "copy its content into a file", code="not-regular")
    return None
