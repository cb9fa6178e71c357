"""Turn one row of a table into its text and what it states about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Finding
from kg.read.stated import is_web_address, stated_date

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        if words and (kept := _checked(name, words, where, findings)):
            stated[name] = kept
    return Row(text, content == "html", stated, tuple(findings))


def _printable(words: str) -> str:
    return "".join(character if character.isprintable() else " " for character in words)


def _checked(name: str, words: str, where: str, findings: list[Finding]) -> str:
    """Return a cell as it is kept: a date in ISO form, a web address if it is one; or nothing and a finding."""
    if name == "date":
        found = stated_date(words)
        if found is None:
            findings.append(Finding("warning", "metadata-date", where, f"its date {words[:40]!r} is none; the text's own date is used"))
        return found or ""
    if name == "url" and not is_web_address(words):
        findings.append(Finding("warning", "metadata-url", where, f"its address {words[:40]!r} is none of the web; it is left out"))
        return ""
    return words
