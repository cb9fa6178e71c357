"""Read the rows of a file that ``kg pack`` made: inputs as they were fetched, for another machine to read them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Finding
from kg.read.content import FILE, PAGE, ROW, Content
from kg.read.inputs import Input, Skipped
from kg.read.part import Layout, Part, require_unchanged, stamp_of

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Columns of a packed file with their Arrow types; ``number`` is the place in the order of the inputs.
COLUMNS = {
    "number": "int64",
    "source": "string",
    "kind": "string",
    "extension": "string",
    "data": "binary",
    "stated": "string",
    "findings": "string",
    "code": "string",
    "message": "string",
}
#: Kinds of rows beside those of :mod:`kg.read.content`: an input that could not be fetched, a file that is none, a doubt about the metadata.
QUARANTINED, SKIPPED, NOTE = "quarantined", "skipped", "note"
TEXTS = (FILE, ROW, PAGE)
_LISTED = ("source", "kind", "extension", "code", "message")


def is_packed(names: list[str]) -> bool:
    """Tell whether a Parquet file with these columns is one of ``kg pack``."""
    return names == list(COLUMNS)


def list_packed(one: Input) -> tuple[list[Input], list[Skipped]]:
    """Return the inputs of a packed file, under the sources that they had when they were packed, and what was skipped then.

    Raises:
        InputError: ``io``, ``corrupt`` or ``empty``.
    """
    from kg.read.parquet import open_parquet

    layout = Layout(stamp_of(one.path, one.source), dict.fromkeys(COLUMNS, ""))
    file = open_parquet(one.path, one.source)
    inputs: list[Input] = []
    skipped: list[Skipped] = []
    index = 0
    for batch in file.iter_batches(columns=list(_LISTED)):
        for row in batch.to_pylist():
            if row["kind"] == SKIPPED:
                skipped.append(Skipped(row["source"], row["code"]))
            elif row["kind"] != NOTE:
                made = replace(one, source=row["source"], extension=row["extension"], part=Part("packed", "", index, 0, layout))
                if row["kind"] == QUARANTINED:
                    made = replace(made, problem=InputError(row["source"], row["message"], code=row["code"]))
                inputs.append(made)
            index += 1
    if not inputs:
        raise InputError(one.source, "holds no text", "pack it again", code="empty")
    return inputs, skipped


def fetch_packed(one: Input) -> Content:
    """Return what was packed of one input.

    Raises:
        InputError: ``io``, ``changed`` or ``corrupt``.
    """
    from kg.read.parquet import row_values

    assert one.part is not None
    require_unchanged(one.path, one.source, one.part.layout.stamp)
    return content_of(row_values(one, tuple(COLUMNS)))


def content_of(row: Mapping[str, Any]) -> Content:
    """Return the content of a row of a packed file."""
    findings = tuple(Finding(**each) for each in json.loads(row["findings"] or "[]"))
    return Content(row["source"], row["extension"], row["kind"], row["data"], json.loads(row["stated"] or "{}"), findings)


def row_of(content: Content, number: int, stated: Mapping[str, str]) -> dict[str, Any]:
    """Return a content as a row of a packed file.

    Args:
        content: What was fetched.
        number: Its place in the order of the inputs.
        stated: What the user states about it, which lies over what its row states.
    """
    return {
        "number": number,
        "source": content.source,
        "kind": content.kind,
        "extension": content.extension,
        "data": content.data,
        "stated": _json({**content.stated, **stated}),
        "findings": _json([each.as_dict() for each in content.findings]),
        "code": "",
        "message": "",
    }


def other_row(number: int, kind: str, source: str, code: str, message: str = "") -> dict[str, Any]:
    """Return the row of what is no text: quarantined, skipped or a note."""
    row = row_of(Content(source, "", kind, b""), number, {})
    return {**row, "code": code, "message": message.encode("utf-8", "replace").decode()}


def _json(value: object) -> str:
    """Return JSON in ASCII, so that a lone surrogate is no trouble to a column of texts."""
    return json.dumps(value, sort_keys=True)
