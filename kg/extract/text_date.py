"""Find the date a text was signed, adopted or published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re

    from kg.domain import Domain
    from kg.domain.patterns import PatternFile
    from kg.model import Document

_TAIL = 700
_HEAD = 1200


def text_date(document: Document, genre: str, domain: Domain) -> str | None:
    """Return the text's date as ``YYYY-MM-DD``, None when it gives none.

    The patterns are tried in their order: the last amendment, the signing date on a line of its own, adoption, what a page's code says, an address; last,
    in a press text, a day without a year with the latest year that the text names.
    """
    dates = domain.base_patterns("document_dates")
    for name in sorted(dates.patterns, key=lambda one: dates.notes[one]["order"]):
        note = dates.notes[name]
        if name == "year" or (name == "press-day" and genre != "news"):
            continue
        text = document.text if note.get("raw") or name in ("stamp", "feed", "published") else document.view
        part = text[: note["head"]] if "head" in note else text
        found = [
            made
            for match in dates.scan(name).finditer(part)
            if _placed(name, match, len(part)) and (made := _date(match, dates, document.view))
        ]
        if found and name == "amended":
            return max(found)
        if found:
            return found[0] if note.get("head") or name in ("published", "feed", "press-day") else found[-1]
    return None


def _placed(name: str, match: re.Match[str], length: int) -> bool:
    """Tell whether the date stands where such a date means the text's own."""
    if name in ("alone", "alone-han"):
        return match.start() < _HEAD or match.end() > length - _TAIL
    if name == "bracketed":
        return match.end() > length - 20
    return name != "press-day" or match.start() < _HEAD


def _date(match: re.Match[str], dates: PatternFile, view: str) -> str | None:
    parts = match.groupdict()
    try:
        if parts.get("roc"):
            year = int(parts["roc"]) + dates.settings["calendar"]["roc_offset"]
        elif parts.get("y"):
            year = _number(parts["y"], dates.settings)
        else:
            year = max((int(found.group("y")) for found in dates.patterns["year"].finditer(view)), default=0)
        month = dates.settings["months"].get(parts.get("month") or "") or _number(parts["m"] or "", dates.settings)
        return date(year, month, _number(parts["d"] or "", dates.settings)).isoformat()
    except (ValueError, KeyError):
        return None


def _number(words: str, settings: dict[str, Any]) -> int:
    """Return a number of a date, in digits or in Chinese: 二〇二四, 十二, 二十三."""
    if words.isascii():
        return int(words)
    ten = settings["ten"]
    value = 0
    if ten in words:
        tens, _, ones = words.partition(ten)
        return (_digit(tens, settings) if tens else 1) * 10 + (_digit(ones, settings) if ones else 0)
    for char in words:
        value = value * 10 + _digit(char, settings)
    return value


def _digit(char: str, settings: dict[str, Any]) -> int:
    found = settings["digits"].find(char)
    return found if found >= 0 else int(settings["other_digits"][char])
