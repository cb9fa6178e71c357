"""Read a file's bytes whole, or say why not."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kg.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes; a policy text of this size would be a book of ten thousand pages.
LARGEST = 20_000_000
#: How files begin that are no text, whatever their name says.
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP archive or an office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document",
    b"\x7fELF": "a program", b"\x1f\x8b": "a gzip archive", b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!\x1a\x07": "a RAR archive",
    b"SQLite format 3\x00": "a database", b"BZh": "a bzip2 archive", b"\xfd7zXZ\x00": "an xz archive", b"\x28\xb5\x2f\xfd": "a zstd archive",
}  # fmt: skip


def read_bytes(path: Path, source: str, *, follow: bool = False, largest: int = LARGEST) -> bytes:
    """Return the bytes of a regular file that did not change while it was read.

    Args:
        path: The file.
        source: Its name for messages.
        follow: Whether a symbolic link is followed.
        largest: Bytes; a larger file is refused before it is read.

    Raises:
        InputError: ``io``, ``link``, ``not-regular``, ``too-large``, ``changed`` or ``empty``.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    try:
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise InputError(source, "is no regular file", "copy its content into a file", code="not-regular")
            if before.st_size > largest:
                what = f"has {before.st_size:,} bytes, more than {largest:,}"
                raise InputError(source, what, "split it into documents", code="too-large")
            data = file.read(largest + 1)
            after = os.fstat(descriptor)
    except OSError as error:
        raise InputError(
            source, f"cannot be read ({error.strerror})", "check its permissions and that it still exists", code="io"
        ) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != before.st_size:
        raise InputError(source, "changed while it was read", "build again when it is written", code="changed")
    if not data:
        raise InputError(source, "is empty", "leave it out, or download it again", code="empty")
    return data


def refuse_binary(data: bytes, source: str) -> None:
    """Refuse what by its first bytes is no text.

    Raises:
        InputError: ``binary``.
    """
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(source, f"is {kind}, not text", "convert it to text, or give it the right extension", code="binary")
