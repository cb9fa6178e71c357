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
from kg.read.table_lines import csv_rows, encoding_of, lines, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.read.inputs import Input

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
    layout = Layout(stamp_of(one.path, one.source), columns, encoding=encoding_of(one) or "utf-8", member=_member(one))
    found = [(number, start, length) for number, start, length, blank in lines(one, largest) if not blank]
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
    encoding = encoding_of(one)
    with opened(one) as file:
        sample = file.read(_SAMPLE)
    if not encoding:
        cut = sample.rfind(b"\n") + 1 if len(sample) == _SAMPLE else len(sample)
        encoding = decode(sample[: cut or len(sample)], one.source, common).encoding
    rows = csv_rows(one, largest, b",")
    head = next(rows, None)
    if head is None:
        _refuse_empty(one)
    line = sample[head[1] : head[1] + head[2]].decode(encoding, errors="replace").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        names = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:  # names no column then
        names = []
    layout = Layout(stamp, _by_index(one, names, columns), len(names), delimiter, encoding, _member(one))
    found = [row[:3] for row in csv_rows(one, largest, delimiter.encode()) if row[0] > head[0] and not row[3]]
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


def _member(one: Input) -> int:
    """Return the number of the archive's member that a table is, -1 for a file."""
    return one.part.start if one.part is not None else -1


def _inputs(one: Input, kind: str, layout: Layout, found: list[tuple[int, int, int]], largest: int) -> list[Input]:
    """Return one input a row; line numbers have as many digits as the last, so that sources sort like rows.

    Raises:
        InputError: ``empty``.
    """
    if not found:
        _refuse_empty(one)
    digits = len(str(found[-1][0]))
    inputs = []
    inside = one.part.name if one.part is not None else ""
    for number, start, length in found:
        line = f":{number:0{digits}}"
        made = replace(one, source=one.source + line, part=Part(kind, inside + line, start, length, layout))
        if length > largest:
            what = f"has {length:,} bytes, more than {largest:,}"
            made = replace(made, problem=InputError(made.source, what, "split it into documents", code="too-large"))
        inputs.append(made)
    return inputs


def _refuse_empty(one: Input) -> NoReturn:
    raise InputError(one.source, "holds no row", "leave it out, or export it again", code="empty")


def read_row(one: Input, common: frozenset[str]) -> Row:
    """Read one row of a JSON Lines or CSV file.

    Raises:
        InputError: ``row`` for one that cannot be taken, ``changed``, ``io``, ``undecodable``, ``empty``.
    """
    part = one.part
    assert part is not None
    require_unchanged(one.path, one.source, part.layout.stamp)
    with opened(one) as file:
        file.seek(part.start)
        data = file.read(part.length)
    return _json_row(data, one, common) if part.kind == "jsonl" else _csv_row(data, one, part.layout)


def _bad(one: Input, what: str) -> InputError:
    return InputError(one.source, what, "correct the row; the others are read", code="row")


def _json_row(data: bytes, one: Input, common: frozenset[str]) -> Row:
    assert one.part is not None
    encoding = one.part.layout.encoding
    try:
        line = data.decode(encoding)
    except UnicodeDecodeError:
        line = decode(data, one.source, common, encoding).text
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
