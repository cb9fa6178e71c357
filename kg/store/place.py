"""Make a store folder, refuse one that is something else, and say why one cannot be written."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

from kg.errors import OutputError, UsageError
from kg.rdf.folder import FORMAT, MARKER, SNAPSHOTS, VERSION, check_marker, is_store

if TYPE_CHECKING:
    from pathlib import Path


def prepare(folder: Path) -> None:
    """Make an empty store folder where there is none; refuse a folder that holds something else, before any work.

    Raises:
        UsageError: The folder holds other files, or a store of another version.
        OutputError: It cannot be made.
    """
    if is_store(folder):
        check_marker(folder)
        return
    try:
        if folder.is_dir() and any(path.name != f"{MARKER}.kg-tmp" for path in folder.iterdir()):
            raise UsageError(str(folder), "is no store and is not empty", "name a new folder, or one that kg load made")
        folder.mkdir(parents=True, exist_ok=True)
        write_small(folder / MARKER, json.dumps({"format": FORMAT, "version": VERSION}) + "\n")
        (folder / SNAPSHOTS).mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> OutputError:
    """Return the error of a store that cannot be written."""
    text = error.strerror or str(error)
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or any(sign in text for sign in ("No space", "File too large", "quota"))
    hint = "free some space; whole texts only were taken in, load again" if full else "check the folder and its permissions"
    return OutputError(str(folder), f"cannot be written ({text})", hint)


def write_small(path: Path, text: str) -> None:
    """Write a small file so that it is there whole or as it was."""
    temporary = path.with_name(f"{path.name}.kg-tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
