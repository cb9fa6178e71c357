"""Hold terms in their N-Triples form, a plain ``str`` each: ``<iri>``, ``"text"``, ``"text"@zh-hans``, ``"1"^^<datatype>``.

One form serves all: it sorts, hashes and compares as text, N-Quads are the terms joined by blanks, and the other
syntaxes shorten it. Blank nodes do not exist here.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kg.errors import UsageError
from kg.rdf.namespaces import XSD

#: Subject, predicate and object, each in its N-Triples form.
Triple = tuple[str, str, str]

#: What RFC 3987 leaves out of an IRI: blanks, brackets, quotes, controls, private use, noncharacters, a stray percent sign, a second fragment.
_REFUSED = re.compile(
    r"%(?![0-9A-Fa-f]{2})|#.*#|[\x00-\x20<>\"{}|^`\\\[\]\x7f-\x9f\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
    "|[" + "".join(chr(plane + low) for plane in range(0x10000, 0xF0000, 0x10000) for low in (0xFFFE, 0xFFFF)) + "]"
)
_SPECIAL = re.compile(r"[\\\"\x00-\x1f\x7f\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_UNESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_DATE_FORMS = (
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "date"),
    (re.compile(r"\d{4}-\d{2}"), "gYearMonth"),
    (re.compile(r"\d{4}"), "gYear"),
)
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Literal(NamedTuple):
    """Hold a literal's parts; ``language`` or ``datatype`` is empty, both are for plain strings."""

    text: str
    language: str
    datatype: str


@lru_cache(maxsize=1 << 16)
def iri(address: str) -> str:
    """Return the term of an IRI.

    Raises:
        UsageError: It holds a character that no IRI may hold.
    """
    if _REFUSED.search(address):
        raise UsageError(
            address, "cannot be an IRI: blank, quote, bracket or control character", "make ids with kg.extract.names.entity_id"
        )
    return f"<{address}>"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if "\ud800" <= character <= "\udfff":  # half of a pair: no encoding can write it
        return "\N{REPLACEMENT CHARACTER}"
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def literal(text: str, *, language: str = "", datatype: str = "") -> str:
    """Return the term of a literal; ``datatype`` is a full IRI, the language tag is written in lower case."""
    quoted = '"' + (_SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text) + '"'
    if language:
        return f"{quoted}@{language.lower()}"
    return f"{quoted}^^<{datatype}>" if datatype and datatype != XSD + "string" else quoted


def number(value: float) -> str:
    """Return the ``xsd:decimal`` of a number in canonical form: no exponent, no zero at the end, no point without digits.

    >>> number(1.5e9), number(58.2)
    ('"1500000000"^^<http://www.w3.org/2001/XMLSchema#decimal>', '"58.2"^^<http://www.w3.org/2001/XMLSchema#decimal>')

    Raises:
        UsageError: The number is infinite or none.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise UsageError(str(value), "is no decimal number", "leave the value out")
    text = format(Decimal(repr(value)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return literal("0" if text == "-0" else text, datatype=XSD + "decimal")


def parse_number(text: str) -> int | float:
    """Return the number of a decimal; a whole one is an ``int``."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(text)


def date(text: str) -> str:
    """Return a date, month or year with its datatype, any other text as a plain string."""
    for form, datatype in _DATE_FORMS:
        if form.fullmatch(text):
            parts = [int(part) for part in text.split("-")]
            month, day = (*parts[1:], 1, 1)[:2]
            if 1 <= month <= 12 and 1 <= day <= _DAYS[month] and parts[0] and _in_month(parts[0], month, day):  # noqa: PLR2004 - months
                return literal(text, datatype=XSD + datatype)
    return literal(text)


def _in_month(year: int, month: int, day: int) -> bool:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return month != 2 or day < 29 or is_leap  # noqa: PLR2004 - 29 February


def is_iri(term: str) -> bool:
    """Tell whether a term is an IRI."""
    return term.startswith("<")


def address_of(term: str) -> str:
    """Return the IRI inside a term that is one."""
    return term[1:-1]


def parse_literal(term: str) -> Literal:
    """Return the parts of a literal."""
    end = term.rindex('"')
    text, tail = term[1:end], term[end + 1 :]
    if "\\" in text:
        text = _ESCAPED.sub(_unescape, text)
    if tail.startswith("@"):
        return Literal(text, tail[1:], "")
    return Literal(text, "", tail[3:-1] if tail else "")


def _unescape(match: re.Match[str]) -> str:
    four, eight, one = match.groups()
    return _UNESCAPES.get(one, one) if one else chr(int(four or eight, 16))
