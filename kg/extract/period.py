"""Read dates and periods, those that depend on the document's date included."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.model import Span

if TYPE_CHECKING:
    import re

    from kg.domain.patterns import PatternFile

_DECEMBER = 12
EXPLICIT, DOCUMENT_DATE = "explicit", "document-date"


@dataclass(frozen=True, slots=True)
class Period:
    """Hold one period: full ISO dates (empty for an open side), and what the dates rest on.

    Attributes:
        span: Where it is written; periods without a date (``近年来``, an impossible date) still say that their digits are no data.
        basis: ``explicit`` (the year is written), ``document-date`` (relative to it) or ``inferred`` (no year known at all); empty without dates.
        until: Written as an end point (``截至6月底``, ``到2025年``).
        faulty: Written like a date, but no such day exists.
    """

    span: Span
    start: str = ""
    end: str = ""
    basis: str = ""
    until: bool = False
    faulty: bool = False

    @property
    def text(self) -> str:
        """Return ``start..end``, empty when neither is known."""
        return f"{self.start}..{self.end}" if self.start or self.end else ""


def find_periods(view: str, span: Span, date: str | None, patterns: PatternFile) -> list[Period]:
    """Return the periods written inside a span of the view, in order, the longest at each place.

    Args:
        view: The text that is searched.
        span: The part that is searched.
        date: The document's date, ``YYYY[-MM[-DD]]`` or None.
        patterns: ``ontology/base/periods.toml``.
    """
    taken: list[Period] = []
    for name, match in patterns.together.matches(view, span.start, span.end):
        place = Span(*match.span())
        if not any(place.overlaps(period.span) for period in taken):
            taken.append(_period(name, match, place, date, patterns.settings))
    return sorted(taken, key=lambda period: period.span)


def find_frequency(text: str, patterns: PatternFile) -> str:
    """Return the ISO duration of the last word of repetition in a text (``每年`` is ``P1Y``), empty if none."""
    frequencies: dict[str, str] = patterns.settings["frequency"]
    place, length, found = -1, 0, ""
    for word, duration in frequencies.items():
        last = text.rfind(word) if word in text else -1
        if last > place or (last == place >= 0 and len(word) > length):
            place, length, found = last, len(word), duration
    return found


def last_day(year: int, month: int) -> int:
    """Return the number of days of a month."""
    return calendar.monthrange(year, month)[1]


@lru_cache(maxsize=1024)
def _iso(year: int, month: int, day: int) -> str:
    """Return the ISO date, empty if there is no such day."""
    if not (1 <= month <= _DECEMBER and MINYEAR <= year <= MAXYEAR and 1 <= day <= last_day(year, month)):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}"


def _period(name: str, match: re.Match[str], place: Span, date: str | None, settings: dict[str, Any]) -> Period:
    """Resolve one match of a pattern of ``periods.toml`` by its named groups."""
    slots = {key: value for key, value in match.groupdict().items() if value}
    if name in ("to-date", "until-now"):
        return _to_date(name, place, date)
    year, basis = _year(slots, date, settings)
    until = name.startswith("until")
    if year is None or name == "past-years":
        return Period(place, until=until)
    if "y2" in slots and "m" not in slots:
        return Period(place, _iso(year, 1, 1), _iso(int(slots["y2"]), 12, 31), basis)
    first, last = _months(slots, settings)
    return _days(place, (year, first, last), slots, basis, until=until)


def _days(place: Span, months: tuple[int, int, int], slots: dict[str, str], basis: str, *, until: bool) -> Period:
    """Return the period from a year's first to its last month; a faulty one where a month or day does not exist."""
    year, first, last = months
    if not 1 <= first <= _DECEMBER or not 1 <= last <= _DECEMBER:
        return Period(place, faulty=True)
    last_year = int(slots.get("y2", year))
    start = _iso(year, first, int(slots.get("d", 1)) if not until else 1)
    end_day = int(slots.get("d2", slots.get("d", last_day(last_year, last))))
    end = _iso(last_year, last, end_day)
    if not start or not end:
        return Period(place, faulty=True)
    return Period(place, "" if until else start, end, basis, until=until)


def _to_date(name: str, place: Span, date: str | None) -> Period:
    """Resolve ``今年以来`` and ``截至目前``: they end with the document's date."""
    until = name == "until-now"
    if not date:
        return Period(place, until=until)
    year, *rest = (int(part) for part in date.split("-"))
    month, *days = rest or [_DECEMBER]
    end = _iso(year, month, days[0] if days else last_day(year, month))
    return Period(place, "" if until else _iso(year, 1, 1), end, DOCUMENT_DATE, until=until)


def _year(slots: dict[str, str], date: str | None, settings: dict[str, Any]) -> tuple[int | None, str]:
    """Return the year a period lies in and what that rests on; None when neither text nor document gives one."""
    if "y" in slots:
        return int(slots["y"]), EXPLICIT
    if "cy" in slots:
        digits = settings["digits"]
        return int("".join(str(digits[char]) for char in slots["cy"])), EXPLICIT
    if "roc" in slots:
        return int(slots["roc"]) + int(settings["minguo"]["offset"]), EXPLICIT
    if not date:
        return None, ""
    back = settings["spans"].get(slots.get("w", ""), [0])[0]
    return int(date[:4]) - back, DOCUMENT_DATE


def _months(slots: dict[str, str], settings: dict[str, Any]) -> tuple[int, int]:
    """Return the first and last month that the groups name; the whole year when they name none."""
    if "m" in slots:
        first = int(slots["m"])
        return first, int(slots.get("m2", first))
    if "q" in slots:
        quarter = settings["quarters"][slots["q"]]
        return 3 * quarter - 2, 3 * quarter
    _, first, last = settings["spans"].get(slots.get("w", ""), [0, 1, 12])
    return first, last
