"""Find the lines and rows of a table by their bytes, in any encoding, so that a table may be larger than the memory."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.read.archive import open_member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from kg.read.inputs import Input

#: Marks at the beginning of a file, and the encodings whose lines are not told by the byte of a line end alone.
_MARKS = ((codecs.BOM_UTF8, ""), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
#: Bytes that tell UTF-16 without a mark, by the NULs of its commas, digits and line ends; and a piece of a file, whole in units of two bytes.
_LOOK, _CHUNK = 4_096, 1 << 20
_ZEROS = 0.02


def opened(one: Input) -> BinaryIO:
    """Open a table: a file, or the member of an archive, which is then in memory.

    Raises:
        InputError: ``io``, or as :func:`kg.read.archive.open_member`.
    """
    if one.part is not None and (one.part.kind == "zip" or one.part.layout.member >= 0):
        return open_member(one)
    try:
        return one.path.open("rb")
    except OSError as error:
        raise InputError(one.source, f"cannot be read ({error.strerror})", "check its permissions", code="io") from error


def wide_encoding(head: bytes, where: str) -> tuple[str, int]:
    """Return ``utf-16-le`` or ``utf-16-be`` if a table is that, else nothing; and the length of its byte-order mark.

    Raises:
        InputError: ``undecodable`` for UTF-32.
    """
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if head.startswith(_UTF32) or odd + even > len(head) // 2 > 0:
        raise InputError(where, "is UTF-32, whose rows cannot be told apart", "save it as UTF-8", code="undecodable")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    if max(odd, even) > _ZEROS * len(head) and min(odd, even) == 0:
        return ("utf-16-le" if odd else "utf-16-be"), 0
    return "", 0


def encoding_of(one: Input) -> str:
    """Return the wide encoding of a table, empty for one whose lines end with a byte.

    Raises:
        InputError: As :func:`opened` and :func:`wide_encoding`.
    """
    with opened(one) as file:
        return wide_encoding(file.read(_LOOK), one.source)[0]


def lines(one: Input, largest: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield number, offset and length of each line and whether it is blank; a line that is too long is not held in memory.

    Raises:
        InputError: ``io`` or ``undecodable``.
    """
    with opened(one) as file:
        encoding, start = wide_encoding(file.read(_LOOK), one.source)
        file.seek(start)
        found = _wide_lines(file, largest, "\n".encode(encoding)) if encoding else _narrow_lines(file, largest)
        for number, (length, line) in enumerate(found, 1):
            text = line.decode(encoding, "replace") if encoding else line
            yield number, start, length, length <= largest and not text.strip()
            start += length


def _narrow_lines(file: BinaryIO, largest: int) -> Iterator[tuple[int, bytes]]:
    """Yield the length of each line, and the line, or a piece of one that is too long."""
    while line := file.readline(largest + 2):
        length = len(line)
        while not line.endswith(b"\n") and (rest := file.readline(largest + 2)):
            length += len(rest)
            line = rest
        yield length, line


def _wide_lines(file: BinaryIO, largest: int, end: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield as :func:`_narrow_lines`; a line ends with two bytes at an even offset."""
    length, held = 0, bytearray()
    while chunk := file.read(_CHUNK):
        begin = 0
        while begin < len(chunk):
            at = chunk.find(end, begin)
            while at >= 0 and at % 2:
                at = chunk.find(end, at + 1)
            stop = at + len(end) if at >= 0 else len(chunk)
            length += stop - begin
            if length <= largest:
                held += chunk[begin:stop]
            if at >= 0:
                yield length, bytes(held)
                length, held = 0, bytearray()
            begin = stop
    if length:
        yield length, bytes(held)


def csv_rows(one: Input, largest: int, delimiter: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Yield the rows like :func:`lines`; a quoted cell may hold line ends. A quotation mark that is never closed spoils its own line only.

    Quotation marks, commas, semicolons and line ends are no part of other characters in UTF-8, GB18030 and Big5.
    """
    held: list[tuple[int, int, int, bool]] = []
    encoding = encoding_of(one)
    with opened(one) as file:
        for line in lines(one, largest):
            file.seek(line[1])
            content = file.read(min(line[2], largest + 1))
            if encoding:
                content = content.decode(encoding, "replace").encode()
            held.append(line)
            size = line[1] + line[2] - held[0][1]
            if _ends_quoted(content, delimiter, quoted=len(held) > 1):
                if size <= largest:
                    continue
                yield from held  # never closed: each line stands for itself
            else:
                yield held[0][0], held[0][1], size, len(held) == 1 and line[3]
            held = []
    yield from held


def _ends_quoted(line: bytes, delimiter: bytes, *, quoted: bool) -> bool:
    """Tell whether a line ends inside a quoted cell; a quotation mark opens one only at the cell's start."""
    position = 0
    while True:
        if quoted or line[position : position + 1] == b'"':
            position = _closing(line, position if quoted else position + 1)
            if position < 0:
                return True
            quoted = False
        following = line.find(delimiter, position)
        if following < 0:
            return False
        position = following + 1


def _closing(line: bytes, position: int) -> int:
    """Return the offset after the quotation mark that closes a cell, -1 without one; a doubled one stands for itself."""
    while (found := line.find(b'"', position)) >= 0:
        if line[found + 1 : found + 2] != b'"':
            return found + 1
        position = found + 2
    return -1
