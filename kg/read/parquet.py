"""Read the rows of a Parquet file, a row group at a time; needs the extra ``[parquet]``."""

from __future__ import annotations

import os
from bisect import bisect_right
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from kg.domain.columns import column_key
from kg.errors import InputError
from kg.read.part import Layout, Part, require_unchanged, stamp_of
from kg.read.row import Row, make_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.read.inputs import Input

#: Bytes of the wanted columns of one row group, unpacked; a larger one would not fit a worker.
_LARGEST_GROUP = 500_000_000


def list_parquet(one: Input, columns: Mapping[str, str]) -> list[Input]:
    """Return one input a row, from the file's own description; nothing of the rows is read.

    Args:
        one: The file.
        columns: Known columns, by their compared names.

    Raises:
        InputError: ``io``, ``corrupt``, ``empty``, ``bomb``, ``no-text-column``, or ``needs-extra`` without pyarrow.
    """
    stamp = stamp_of(one.path, one.source)
    file = open_parquet(one.path, one.source)
    names = file.schema_arrow.names
    held: dict[str, str] = {}
    for name in names:
        kind = columns.get(column_key(name))
        if kind and kind not in held.values():
            held[name] = kind
    if not {"text", "html"} & set(held.values()):
        seen = ", ".join(repr(name[:20]) for name in names[:8])
        raise InputError(one.source, f"has no column of texts among {seen}", "call it 'text'", code="no-text-column")
    if not file.metadata.num_rows:
        raise InputError(one.source, "holds no row", "leave it out, or export it again", code="empty")
    layout = Layout(stamp, held)
    digits = len(str(file.metadata.num_rows))
    inputs = []
    for index in range(file.metadata.num_rows):
        part = Part("parquet", f":{index + 1:0{digits}}", index, 0, layout)
        inputs.append(replace(one, source=one.source + part.name, part=part))
    return inputs


def read_parquet_row(one: Input) -> Row:
    """Read one row.

    Raises:
        InputError: As :func:`list_parquet`, ``changed``, or ``row``.
    """
    part = one.part
    assert part is not None
    require_unchanged(one.path, one.source, part.layout.stamp)
    values = row_values(one, tuple(part.layout.columns))
    row: dict[str, Any] = {}
    for name, held in part.layout.columns.items():
        value = values[name]
        row[held] = value.isoformat() if isinstance(value, date) else value
    return make_row(row, one.source)


def row_values(one: Input, names: tuple[str, ...]) -> dict[str, Any]:
    """Return some columns of one row.

    Raises:
        InputError: As :func:`list_parquet`, or ``row``.
    """
    part = one.part
    assert part is not None
    starts = _starts(one.path, part.layout.stamp, os.getpid())
    group = bisect_right(starts, part.start) - 1
    if part.start >= starts[-1]:
        raise InputError(one.source, "has fewer rows than it says", "export it again", code="corrupt")
    values = _rows(one.path, part.layout.stamp, group, names, os.getpid())
    try:
        return {name: values[name][part.start - starts[group]].as_py() for name in names}
    except (IndexError, KeyError):
        raise InputError(one.source, "has fewer rows or columns than it says", "export it again", code="corrupt") from None
    except (ValueError, OverflowError, RuntimeError) as error:  # bytes that are no UTF-8, a date that no calendar has
        raise InputError(
            one.source, f"holds a value that is not what its column says ({error})", "write its texts as UTF-8", code="row"
        ) from error


def open_parquet(path: Path, source: str) -> Any:
    """Open a Parquet file.

    Raises:
        InputError: ``io``, ``corrupt``, or ``needs-extra`` without pyarrow.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        hint = "pip install 'policy-measure-kg[parquet]'"
        raise InputError(source, "is Parquet, for which pyarrow is missing", hint, code="needs-extra") from None
    try:
        return pq.ParquetFile(path)
    except OSError as error:
        if isinstance(error, (PermissionError, FileNotFoundError)):
            raise InputError(source, f"cannot be read ({error.strerror})", "check its permissions", code="io") from error
        raise _corrupt(source, error) from error
    except (pa.ArrowException, ValueError, RuntimeError) as error:
        raise _corrupt(source, error) from error


def _corrupt(source: str, error: Exception) -> InputError:
    words = " ".join(str(error).split())[:100]
    return InputError(source, f"is no whole Parquet file ({words})", "export it again", code="corrupt")


@lru_cache(maxsize=1)
def _starts(path: Path, stamp: tuple[int, int], process: int) -> list[int]:
    """Return the first row of each row group, and the number of rows; the last file's are kept, so that it is not opened for every row."""
    del stamp, process
    metadata = open_parquet(path, path.name).metadata
    return list(accumulate((metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)), initial=0))


@lru_cache(maxsize=1)
def _rows(path: Path, stamp: tuple[int, int], group: int, names: tuple[str, ...], process: int) -> Any:
    """Return the wanted columns of a row group; the last one is kept, because rows are read in their order.

    The process is a part of the key: what was read before a fork is not shared.
    """
    del stamp, process
    import pyarrow as pa

    source = path.name
    file = open_parquet(path, source)
    try:
        described = file.metadata.row_group(group)
        wanted = [described.column(i) for i in range(described.num_columns)]
        size = sum(column.total_uncompressed_size for column in wanted if column.path_in_schema.split(".")[0] in names)
    except (ValueError, RuntimeError) as error:  # a damaged column's name or statistics
        raise _corrupt(source, error) from error
    if size > _LARGEST_GROUP:
        what = f"a row group has {size:,} bytes, more than {_LARGEST_GROUP:,}"
        raise InputError(source, what, "write it with smaller row groups", code="too-large")
    try:
        return file.read_row_group(group, columns=list(names)).combine_chunks()
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        raise _corrupt(source, error) from error
