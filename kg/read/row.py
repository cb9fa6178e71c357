"""Turn one row of a table into its text and what it states about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A date at the start of a cell, however its parts are set apart: ``2024-07-24``, ``2024/7/4``, and with the signs for year and month.
_DATE = re.compile(r"\s*([12]\d{3})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?!\d)")
_MONTHS, _DAYS = 12, 31


@dataclass(frozen=True, slots=True)
class Row:
    """Hold a row's text before it is cleaned, whether it is a web page, and what the row states about it."""

    text: str
    html: bool
    stated: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def make_row(values: Mapping[str, Any], where: str) -> Row:
    """Return the row of some values.

    Args:
        values: By what the column holds (``text``, ``html``, ``title`` …).
        where: The row's name for messages.

    Raises:
        InputError: ``row`` for a text that is no string, ``empty`` without one.
    """
    findings: list[Finding] = []
    content = next((kind for kind in ("text", "html") if values.get(kind) not in (None, "")), "text")
    text = values.get(content)
    if text is None:
        raise InputError(where, "has no text", "fill its text column, or leave the row out", code="empty")
    if not isinstance(text, str):
        raise InputError(where, f"its text is no string but {type(text).__name__}", "write the text as a string", code="row")
    stated = {}
    for name in ("title", "date", "issuer", "region", "url"):
        value = values.get(name)
        words = "" if value is None or isinstance(value, (dict, list)) else " ".join(_printable(str(value)).split())
        if name == "date" and words:
            words = _date(words, where, findings)
        if words:
            stated[name] = words
    return Row(text, content == "html", stated, tuple(findings))


def _printable(words: str) -> str:
    return "".join(character if character.isprintable() else " " for character in words)


def _date(words: str, where: str, findings: list[Finding]) -> str:
    """Return a cell's date in ISO form, or nothing and a finding."""
    match = _DATE.match(words)
    if match:
        year, month, day = (int(part) for part in match.groups())
        if 1 <= month <= _MONTHS and 1 <= day <= _DAYS:
            from datetime import date

            try:
                return date(year, month, day).isoformat()
            except ValueError:
                pass
    findings.append(Finding("warning", "metadata-date", where, f"its date {words[:40]!r} is none; the text's own date is used"))
    return ""
