"""Find the rows of a JSON Lines or CSV file by their bytes, and read one; a bad row costs itself only.

The listing holds a few numbers a row and never a text, so that a table may be larger than the memory.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from kg.domain.columns import column_key
from kg.errors import InputError
from kg.read.encoding import decode
from kg.read.part import Layout, Part, require_unchanged, stamp_of
from kg.read.row import Row, make_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from kg.read.inputs import Input

_BOM = b"\xef\xbb\xbf"
#: Bytes from which the encoding of a table is told.
_SAMPLE = 262_144
_DELIMITERS = ",;\t|"
_BAD_SHARE = 0.01


def list_jsonl(one: Input, columns: Mapping[str, str], largest: int) -> list[Input]:
    """Return the rows of a JSON Lines file; a blank line is none.

    Args:
        one: The file.
        columns: Known columns, by their compared names.
        largest: Bytes of a row; a longer one cannot be read.

    Raises:
        InputError: ``io``, ``empty`` or ``undecodable``.
    """
    layout = Layout(stamp_of(one.path, one.source), columns)
    found = [(number, start, length) for number, start, length, blank in _lines(one, largest) if not blank]
    return _inputs(one, "jsonl", layout, found, largest)


def list_csv(one: Input, columns: Mapping[str, str], largest: int, common: frozenset[str]) -> list[Input]:
    """Return the rows of a CSV file, whose first row names its columns.

    Args:
        one: The file.
        columns: Known columns, by their compared names.
        largest: Bytes of a row; a longer one cannot be read.
        common: The commonest characters, by which encodings are told apart.

    Raises:
        InputError: ``io``, ``empty``, ``undecodable``, or ``no-text-column``.
    """
    stamp = stamp_of(one.path, one.source)
    with _opened(one) as file:
        sample = file.read(_SAMPLE)
    cut = sample.rfind(b"\n") + 1 if len(sample) == _SAMPLE else len(sample)
    encoding = decode(sample[: cut or len(sample)], one.source, common).encoding
    rows = _csv_rows(one, largest, b",")
    head = next(rows, None)
    if head is None:
        _refuse_empty(one)
    line = sample[head[1] : head[1] + head[2]].decode(encoding, errors="replace").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        names = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:  # names no column then
        names = []
    layout = Layout(stamp, _by_index(one, names, columns), len(names), delimiter, encoding)
    found = [row[:3] for row in _csv_rows(one, largest, delimiter.encode()) if row[0] > head[0] and not row[3]]
    return _inputs(one, "csv", layout, found, largest)


def _by_index(one: Input, names: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return what each column holds, by its index; the first of several with one meaning counts.

    Raises:
        InputError: ``no-text-column``.
    """
    found: dict[str, str] = {}
    for index, name in enumerate(names):
        held = columns.get(column_key(name))
        if held and held not in found.values():
            found[str(index)] = held
    if not {"text", "html"} & set(found.values()):
        seen = ", ".join(repr(name[:20]) for name in names[:8])
        raise InputError(one.source, f"has no column of texts among {seen}", "call it 'text'", code="no-text-column")
    return found


def _inputs(one: Input, kind: str, layout: Layout, found: list[tuple[int, int, int]], largest: int) -> list[Input]:
    """Return one input a row; line numbers have as many digits as the last, so that sources sort like rows.

    Raises:
        InputError: ``empty``.
    """
    if not found:
        _refuse_empty(one)
    digits = len(str(found[-1][0]))
    inputs = []
    for number, start, length in found:
        part = Part(kind, f":{number:0{digits}}", start, length, layout)
        made = replace(one, source=one.source + part.name, part=part)
        if length > largest:
            what = f"has {length:,} bytes, more than {largest:,}"
            made = replace(made, problem=InputError(made.source, what, "split it into documents", code="too-large"))
        inputs.append(made)
    return inputs


def _refuse_empty(one: Input) -> NoReturn:
    raise InputError(one.source, "holds no row", "leave it out, or export it again", code="empty")


def _opened(one: Input) -> BinaryIO:
    try:
        return one.path.open("rb")
    except OSError as error:
        raise InputError(one.source, f"cannot be read ({error.strerror})", "check its permissions", code="io") from error


def _lines(one: Input, largest: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield number, offset and length of each line and whether it is blank; a line that is too long is not held in memory.

    Raises:
        InputError: ``io`` or ``undecodable``.
    """
    number = start = 0
    with _opened(one) as file:
        while line := file.readline(largest + 2):
            number += 1
            length = len(line)
            if number == 1:
                _refuse_wide(one, line)
                if line.startswith(_BOM):
                    start, length, line = len(_BOM), length - len(_BOM), line[len(_BOM) :]
            while not line.endswith(b"\n") and (rest := file.readline(largest + 2)):
                length += len(rest)
                line = rest
            yield number, start, length, length <= largest and not line.strip()
            start += length


def _refuse_wide(one: Input, line: bytes) -> None:
    """Refuse UTF-16 and UTF-32, in which a byte of a line end is a part of other characters too.

    Raises:
        InputError: ``undecodable``.
    """
    if line.startswith((b"\xff\xfe", b"\xfe\xff")) or line[:200].count(b"\x00") > len(line[:200]) // 4:
        raise InputError(one.source, "is UTF-16 or UTF-32, whose rows cannot be told apart", "save it as UTF-8", code="undecodable")


def _csv_rows(one: Input, largest: int, delimiter: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Yield the rows like :func:`_lines`; a quoted cell may hold line ends. A quotation mark that is never closed spoils its own line only.

    Quotation marks, commas, semicolons and line ends are no part of other characters in UTF-8, GB18030 and Big5.
    """
    held: list[tuple[int, int, int, bool]] = []
    with _opened(one) as file:
        for line in _lines(one, largest):
            file.seek(line[1])
            content = file.read(min(line[2], largest + 1))
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


def read_row(one: Input, common: frozenset[str]) -> Row:
    """Read one row of a JSON Lines or CSV file.

    Raises:
        InputError: ``row`` for one that cannot be taken, ``changed``, ``io``, ``undecodable``, ``empty``.
    """
    part = one.part
    assert part is not None
    require_unchanged(one.path, one.source, part.layout.stamp)
    with _opened(one) as file:
        file.seek(part.start)
        data = file.read(part.length)
    return _json_row(data, one, common) if part.kind == "jsonl" else _csv_row(data, one, part.layout)


def _bad(one: Input, what: str) -> InputError:
    return InputError(one.source, what, "correct the row; the others are read", code="row")


def _json_row(data: bytes, one: Input, common: frozenset[str]) -> Row:
    assert one.part is not None
    try:
        line = data.decode("utf-8")
    except UnicodeDecodeError:
        line = decode(data, one.source, common).text
    try:
        value = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise _bad(one, "is nested too deeply") from None
    except ValueError as error:
        raise _bad(one, f"is no JSON ({str(error)[:80]})") from None
    if not isinstance(value, dict):
        raise _bad(one, "is no JSON object")
    columns = one.part.layout.columns
    named: dict[str, Any] = {}
    for name, held in value.items():
        known = columns.get(column_key(name))
        if known:
            named.setdefault(known, held)
    if not {"text", "html"} & set(named):
        seen = ", ".join(repr(name[:20]) for name in list(value)[:8])
        raise _bad(one, f"has no text among {seen or 'its keys'}")
    return make_row(named, one.source)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON number"
    raise ValueError(message)


def _csv_row(data: bytes, one: Input, layout: Layout) -> Row:
    text = data.decode(layout.encoding, errors="replace")
    bad = text.count("\ufffd")
    if bad > max(1, _BAD_SHARE * len(text)):
        raise InputError(one.source, f"{bad:,} places that are no {layout.encoding}", "save the table as UTF-8", code="undecodable")
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True))
    except csv.Error as error:
        raise _bad(one, f"is no row ({error})") from None
    if len(rows) != 1:
        raise _bad(one, "a quotation mark inside it is not closed")
    cells = rows[0]
    while len(cells) > layout.width and not cells[-1].strip():
        cells.pop()
    if len(cells) != layout.width:
        raise _bad(one, f"has {len(cells)} cells, but the table {layout.width} columns")
    return make_row({held: cells[int(index)] for index, held in layout.columns.items()}, one.source)
