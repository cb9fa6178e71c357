"""Read the members of zip archives in memory; nothing is ever extracted to disk.

What an archive may unpack to is checked by its own table of contents before anything is unpacked, and again while it is. Python's ``zipfile``
reads no more of a member than the table says, so that one that lies about its size is cut and fails its checksum.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from kg.errors import InputError
from kg.read.inputs import BUILT, TABLES_ABOUT, Input, Skipped, shown
from kg.read.part import Layout, Part, require_unchanged, stamp_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

#: Archives of a hundred thousand texts are ordinary; one of ten times as many is cut up before it is used.
MOST_ENTRIES = 1_000_000
_LONGEST_TABLE = 256_000_000
#: A member, or an office document, that unpacks to more than this many times its size and more than this many bytes is a bomb.
_BOMB_RATIO = 100
_BOMB_BYTES = 50_000_000
#: Tables that are read inside archives, and how many bytes of one are held in memory at most.
MEMBER_TABLES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_LARGEST_TABLE = 200_000_000
_TAIL = 65_557
_CHUNK = 1_048_576
_NESTED = {
    **dict.fromkeys((".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".zst"), "is an archive inside an archive"),
    ".parquet": "is a Parquet file inside an archive",
}
_ENCRYPTED = 0x1
_FIRST_CHINESE = "\u2e80"
_UTF8 = 0x800
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, struct.error, RuntimeError)


def list_zip(one: Input, extensions: Collection[str], largest: int) -> tuple[list[Input], list[Skipped]]:
    """Return the members of an archive, sorted by name, and those that are no inputs.

    Args:
        one: The archive.
        extensions: Those of single texts.
        largest: Bytes of a member; a larger one is not unpacked.

    Raises:
        InputError: ``io``, ``empty``, ``corrupt`` or ``bomb``.
    """
    layout = Layout(stamp_of(one.path, one.source))
    try:
        with one.path.open("rb") as file:
            entries = _contents(file, one.source)
    except OSError as error:
        raise InputError(one.source, f"cannot be read ({error.strerror})", "check its permissions", code="io") from error
    _refuse_bomb(one.source, layout.stamp[0], entries)
    inputs: list[Input] = []
    skipped: list[Skipped] = []
    named = sorted((member_name(info), index, info) for index, info in enumerate(entries) if not info.filename.endswith("/"))
    for name, index, info in named:
        part = Part("zip", f"!/{shown(name)}", index, info.file_size, layout)
        source = one.source + part.name
        suffix = PurePosixPath(name).suffix.lower()
        problem = _problem(info, name, source, largest)
        if problem is None and (reason := _reason_to_skip(name, suffix, {*extensions, *MEMBER_TABLES})):
            skipped.append(Skipped(source, reason))
        else:
            inputs.append(replace(one, source=source, extension=suffix, problem=problem, part=part))
    if not inputs and not skipped:
        raise InputError(one.source, "holds no file", "leave it out, or download it again", code="empty")
    return inputs, skipped


def read_member(one: Input, largest: int) -> bytes:
    """Return the bytes of one member.

    Raises:
        InputError: ``changed``, ``corrupt``, ``encrypted``, ``empty``, ``bomb`` or ``too-large``.
    """
    part = one.part
    assert part is not None
    require_unchanged(one.path, one.source, part.layout.stamp)
    data = unpack(*_archive(one.path, part.layout.stamp, os.getpid()), part.start, one.source, largest)
    if not data:
        raise InputError(one.source, "is empty", "leave it out, or download it again", code="empty")
    return data


def open_member(one: Input) -> BinaryIO:
    """Open the table that a member of an archive is, unpacked in memory; the last one is kept, for its rows are read one after the other.

    Args:
        one: The member, or a row of it.

    Raises:
        InputError: As :func:`read_member`.
    """
    part = one.part
    assert part is not None
    require_unchanged(one.path, one.source, part.layout.stamp)
    index = part.layout.member if part.layout.member >= 0 else part.start
    return io.BytesIO(_table(one.path, part.layout.stamp, index))


@lru_cache(maxsize=1)
def _table(path: Path, stamp: tuple[int, int], index: int) -> bytes:
    """Return the bytes of a member; no file stays open, so that they may be used after a fork."""
    del stamp
    try:
        with zipfile.ZipFile(path) as archive:
            return unpack(archive, archive.infolist(), index, path.name, _LARGEST_TABLE)
    except _ERRORS as error:
        raise _corrupt(path.name, error) from error


def open_office(data: bytes, where: str) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Open an office document in memory.

    Raises:
        InputError: ``corrupt``, ``bomb`` or ``encrypted``.
    """
    entries = _contents(io.BytesIO(data), where)
    _refuse_bomb(where, len(data), entries)
    return zipfile.ZipFile(io.BytesIO(data)), entries


def unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], index: int, where: str, largest: int) -> bytes:
    """Return the bytes of one entry, unpacked in steps so that it is stopped at the limit.

    Raises:
        InputError: ``corrupt``, ``encrypted``, ``bomb`` or ``too-large``.
    """
    info = entries[index]
    chunks: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > _BOMB_BYTES and size > _BOMB_RATIO * info.compress_size:
                    raise _bomb(where, f"unpacks from {info.compress_size:,} to more than {size:,} bytes")
                if size > largest:
                    raise InputError(where, f"has more than {largest:,} bytes", "split it into documents", code="too-large")
                chunks.append(chunk)
    except _ERRORS as error:
        if info.flag_bits & _ENCRYPTED:
            raise _encrypted(where) from error
        raise _corrupt(where, error) from error
    return b"".join(chunks)


def _refuse_bomb(where: str, packed: int, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose members together, perhaps lying over each other, unpack to too much.

    Raises:
        InputError: ``bomb``.
    """
    size = sum(info.file_size for info in entries)
    if size > _BOMB_BYTES and size > _BOMB_RATIO * packed:
        raise _bomb(where, f"unpacks from {packed:,} to {size:,} bytes")


def member_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; one that is not marked as UTF-8 is read as such, else as GB18030, which Chinese Windows writes.

    >>> member_name(zipfile.ZipInfo("通知.txt".encode("gbk").decode("cp437")))
    '通知.txt'
    """
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    names = []
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            names.append(raw.decode(encoding))
    # Some names in GB18030 are also UTF-8, of letters that no Chinese file is called by; UTF-8 that is Chinese is no accident.
    names.sort(key=lambda name: not any(character >= _FIRST_CHINESE for character in name))
    return names[0] if names else info.filename


def _contents(file: BinaryIO, where: str) -> list[zipfile.ZipInfo]:
    """Return the entries, after the end of the file has told that their table can be held.

    Raises:
        InputError: ``corrupt`` or ``bomb``.
    """
    count, size = _announced(file, where)
    if count > MOST_ENTRIES or size > _LONGEST_TABLE:
        raise _bomb(where, f"announces {count:,} entries in a table of {size:,} bytes")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except _ERRORS as error:
        raise _corrupt(where, error) from error


def _announced(file: BinaryIO, where: str) -> tuple[int, int]:
    """Return number of entries and size of their table as the end of an archive states them.

    Source: PKWARE, .ZIP File Format Specification 6.3.10, sections 4.3.14 to 4.3.16.

    Raises:
        InputError: ``corrupt``.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _TAIL - 76))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InputError(where, "is no whole zip archive", "download it again", code="corrupt")
    count, size = struct.unpack_from("<H", tail, at + 10)[0], struct.unpack_from("<L", tail, at + 12)[0]
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and len(tail) >= wide + 48:
        count, size = struct.unpack_from("<QQ", tail, wide + 32)
    return count, size


@lru_cache(maxsize=1)
def _archive(path: Path, stamp: tuple[int, int], process: int) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Return an open archive and its entries; the last one is kept. An open file shares its position over a fork, so the process is in the key.

    Raises:
        InputError: ``corrupt``.
    """
    del stamp, process
    try:
        archive = zipfile.ZipFile(path)
    except _ERRORS as error:
        raise _corrupt(path.name, error) from error
    return archive, archive.infolist()


def _problem(info: zipfile.ZipInfo, name: str, source: str, largest: int) -> InputError | None:
    """Return why an entry is not read, as far as the table of contents tells."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    linked = stat.S_ISLNK(info.external_attr >> 16)
    if linked or ".." in parts or name.startswith(("/", "\\")) or (parts and parts[0].endswith(":")):
        what = "is a link" if linked else "has a name that leads out of its archive"
        return InputError(source, what, "unpack the archive, and look at it", code="path")
    if info.file_size > _BOMB_BYTES and info.file_size > _BOMB_RATIO * info.compress_size:
        return _bomb(source, f"unpacks from {info.compress_size:,} to {info.file_size:,} bytes")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _NESTED:
        return InputError(source, _NESTED[suffix], "unpack it", code="nested")
    if info.flag_bits & _ENCRYPTED:
        return _encrypted(source)
    most = max(largest, _LARGEST_TABLE) if suffix in MEMBER_TABLES else largest
    if info.file_size > most:
        return InputError(source, f"has {info.file_size:,} bytes, more than {most:,}", "split it into documents", code="too-large")
    return None


def _reason_to_skip(name: str, suffix: str, extensions: Collection[str]) -> str:
    parts = PurePosixPath(name).parts
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return "hidden"
    if parts and parts[-1] in TABLES_ABOUT:
        return "metadata"
    if parts and parts[-1] in BUILT:
        return "output"
    if suffix in extensions:
        return ""
    return "extension"


def _bomb(where: str, what: str) -> InputError:
    return InputError(where, what, "it is made to fill the memory; look at it with care", code="bomb")


def _encrypted(where: str) -> InputError:
    return InputError(where, "is encrypted", "save it without a password", code="encrypted")


def _corrupt(where: str, error: Exception) -> InputError:
    words = " ".join(str(error).split())[:100]
    return InputError(where, f"cannot be unpacked ({words})", "download it again", code="corrupt")
