"""Read what a user states about a text in a cell: a date, a web address."""

from __future__ import annotations

import re
from datetime import date

#: A date at the start of a cell, however its parts are set apart: ``2024-07-24``, ``2024/7/4``, ``20240724``, with the signs for year and month,
#: a time behind it. Or a month, or a year, with nothing behind it.
_DATE = re.compile(r"\s*([12]\d{3})(?:\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})|(\d{2})(\d{2}))(?!\d)")
_MONTH = re.compile(r"\s*([12]\d{3})(?:\D{1,2}(\d{1,2}))?\D?\s*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_SCHEMES = frozenset({"http", "https", "ftp"})


def stated_date(words: str) -> str | None:
    """Return a date, month or year in ISO form, None for what is none.

    >>> stated_date("2024/7/4 08:00"), stated_date("2024-07"), stated_date("2024"), stated_date("2024-13-45")
    ('2024-07-04', '2024-07', '2024', None)
    """
    match = _DATE.match(words) or _MONTH.fullmatch(words)
    if match is None:
        return None
    numbers = [int(number) for number in match.groups() if number]
    try:
        found = date(*[*numbers, 1, 1][:3]).isoformat()
    except ValueError:
        return None
    return found[: (4, 7, 10)[len(numbers) - 1]]


def is_web_address(words: str) -> bool:
    """Tell whether a cell may be taken for a web address: of a scheme that fetches pages, or without any.

    >>> is_web_address("https://www.gov.cn/a"), is_web_address("www.gov.cn:80/a"), is_web_address("javascript:alert(1)")
    (True, True, False)
    """
    scheme = _SCHEME.match(words)
    return " " not in words and (scheme is None or scheme.group(1).lower() in _SCHEMES)
