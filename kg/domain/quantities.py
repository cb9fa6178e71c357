"""Load how numbers, units and indicators are written: ``numerals.toml``, ``units.tsv`` and ``lexicon/indicators.tsv``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from kg.domain.patterns import alternation
from kg.domain.scan import Scan
from kg.domain.tables import read_toml, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: What a unit may measure; ``never`` marks units with which a number is no data of its own (levels, kinds, versions).
MEASURES = frozenset(
    [
        "person",
        "persontime",
        "firm",
        "firmtime",
        "event",
        "count",
        "money",
        "share",
        "points",
        "score",
        "ratio",
        "time",
        "age",
        "physical",
        "never",
    ]
)
_ARABIC = r"(?:\d{1,3}(?:[, ]\d{3})+(?![\d,])|\d+)(?:\.\d+)?"
_PART = re.compile(_ARABIC + r"|.")
#: As many numbers as written are kept with their values; a text repeats most of its own.
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Unit:
    """Hold one way of writing a unit, the unit it counts in, what it measures, and its concept (``u:…`` or empty)."""

    form: str
    unit: str
    measures: str
    concept: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """Hold one head phrase of indicators with its concept (``ind:…``)."""

    head: str
    concept: str


@dataclass(frozen=True)
class Quantities:
    """Give the compiled grammar of numbers with units, and the indicators' and funds' names.

    Attributes:
        number: Matches one number with its multipliers; :meth:`value` reads it.
        quantity: Matches comparator, number (or range), unit and what follows it, in named groups.
        suspicious: Matches what looks like a number and cannot be read as one.
        indicators: By falling length of their head.
        funds: Names of funds with their concept (``fd:…``), by falling length.
    """

    numerals: dict[str, Any]
    units: dict[str, Unit]
    number: re.Pattern[str]
    quantity: re.Pattern[str]
    suspicious: re.Pattern[str]
    before: dict[str, str]
    after: dict[str, str]
    indicators: tuple[Indicator, ...]
    funds: tuple[tuple[str, str], ...]

    @cached_property
    def scan_number(self) -> Scan:
        """Return :attr:`number` for searching texts with."""
        return Scan(self.number)

    @cached_property
    def scan_quantity(self) -> Scan:
        """Return :attr:`quantity` for searching texts with."""
        return Scan(self.quantity)

    @cached_property
    def scan_suspicious(self) -> Scan:
        """Return :attr:`suspicious` for searching texts with."""
        return Scan(self.suspicious)

    @cached_property
    def readings(self) -> dict[tuple[str | None, ...], Any]:
        """Return what was read of matches of :attr:`quantity` so far, by their groups; their reader fills it."""
        return {}

    @cached_property
    def _values(self) -> Callable[[str], Decimal | None]:
        return lru_cache(maxsize=_KEPT)(self._value)

    def value(self, text: str) -> Decimal | None:
        """Return the value of a number as written (``26.8万``, ``3万7,856``, ``百分之五`` as 5); None if it cannot be read.

        >>> from kg.domain import load_domain
        >>> load_domain().quantities.value("26.8万")
        Decimal('268000')
        """
        return self._values(text)

    def _value(self, text: str) -> Decimal | None:
        signs = self.numerals["signs"]
        for words in (signs["percent_words"], signs["permille_words"]):
            for word in words:
                if text.startswith(word):
                    return self.value(text[len(word) :])
        for sign in (signs["of"], "/"):
            if sign in text:
                first, second = (self.value(part) for part in text.split(sign, 1))
                lower, upper = (first, second) if sign == signs["of"] else (second, first)
                return round(upper * 100 / lower, 2) if lower and upper is not None else None
        if signs["tenth"] in text:
            tenths, rest = (self.value(part) if part else Decimal(0) for part in text.split(signs["tenth"], 1))
            return None if tenths is None or rest is None else tenths * 10 + rest
        return self._sum(text)

    def _sum(self, text: str) -> Decimal | None:
        """Add up digits, tens and large multipliers from left to right."""
        total, section, current = Decimal(0), Decimal(0), None
        scale = None
        for part in _PART.findall(text.replace(",", "").replace(" ", "")):
            if part in self.numerals["fill"]["words"]:
                continue
            if part[0].isascii():
                current = Decimal(part)
            elif part == self.numerals["signs"]["point"]:
                scale = Decimal("0.1")
            elif part in self.numerals["digits"]:
                digit = Decimal(self.numerals["digits"][part])
                if scale is not None:
                    current, scale = (current or Decimal(0)) + digit * scale, scale / 10
                else:
                    current = digit if not current else current * 10 + digit
            elif part in self.numerals["tens"]:
                section, current = section + (Decimal(1) if current is None else current) * self.numerals["tens"][part], None
            elif part in self.numerals["large"]:
                whole = section + (current or Decimal(0))
                factor = self.numerals["large"][part]
                total = (total + whole) * factor if total and factor > total else total + (whole or Decimal(1)) * factor
                section, current = Decimal(0), None
            else:
                return None
        return (total + section + (current or Decimal(0))).normalize() + 0 if text else None

    def indicator(self, name: str) -> str:
        """Return the concept of the longest indicator head that ``name`` ends with, else holds; empty if none."""
        sizes = [(size, heads) for size, heads in self._heads if size <= len(name)]
        for size, heads in sizes:
            if name[-size:] in heads:
                return heads[name[-size:]]
        for size, heads in sizes:
            inside = [name[start : start + size] for start in range(len(name) - size) if name[start : start + size] in heads]
            if inside:
                return heads[min(inside)]
        return ""

    @cached_property
    def _heads(self) -> list[tuple[int, dict[str, str]]]:
        """Return the concepts of the indicators by head, those of one length together, by falling length."""
        found: dict[int, dict[str, str]] = {}
        for indicator in self.indicators:
            found.setdefault(len(indicator.head), {}).setdefault(indicator.head, indicator.concept)
        return list(found.items())

    def fund(self, text: str) -> str:
        """Return the concept of the longest fund's name that stands in ``text``; empty if none."""
        return next((concept for name, concept in self.funds if name in text), "")


def load_quantities(base: Path, field: Path) -> Quantities:
    """Read numerals and units of ``base`` and the indicators of ``field``.

    Raises:
        DomainError: A file is missing or faulty, or a unit measures something unknown.
    """
    numerals = read_toml(base / "numerals.toml")
    units: dict[str, Unit] = {}
    for row in read_tsv(base / "units.tsv"):
        if row["measures"] not in MEASURES:
            raise DomainError(row.where, f"measures {row['measures']!r}, which is none of {', '.join(sorted(MEASURES))}", "mend the table")
        units[row["form"]] = Unit(row["form"], row["unit"], row["measures"], row["concept"])
    indicators, funds = [], []
    for row in read_tsv(field / "lexicon" / "indicators.tsv"):
        if row["concept"].startswith("fd:"):
            funds.append((row["head"], row["concept"]))
        else:
            indicators.append(Indicator(row["head"], row["concept"]))
    before = {word: name for name, words in numerals["before"].items() for word in words}
    after = {word: name for name, words in numerals["after"].items() for word in words}
    number = _number(numerals)
    return Quantities(
        numerals,
        units,
        re.compile(number),
        re.compile(_quantity(numerals, tuple(units), number)),
        re.compile(rf"(?<!\d)(?:\d+(?:\.\d+)?[eE][+-]?\d+|\d{{19,}}|\d+,\d{{1,2}}(?:,\d+){{0,20}}(?=[{''.join(numerals['large'])}]))"),
        before,
        after,
        tuple(sorted(indicators, key=lambda i: (-len(i.head), i.head))),
        tuple(sorted(funds, key=lambda fund: (-len(fund[0]), fund[0]))),
    )


def _number(numerals: dict[str, Any]) -> str:
    """Return the regular expression of one number."""
    signs = numerals["signs"]
    fill = "[" + "".join(numerals["fill"]["words"]) + "]"
    large, tens = "".join(numerals["large"]), "".join(numerals["tens"])
    times = rf"(?:[{tens}]?[{large}]{{1,2}}|[{tens}])"
    digits = "".join(numerals["digits"])
    chinese = f"[{digits}{tens}{large}]{{1,40}}(?:{signs['point']}[{digits}]{{1,20}})?"
    # Each further part but the last has its own large numeral: digits could else be parted in 2^n ways.
    arabic = rf"{_ARABIC}(?:{fill}?{times}(?:{_ARABIC}{times})*(?:{_ARABIC})?)?"
    share_words = alternation(tuple(signs["percent_words"] + signs["permille_words"]))
    share = rf"{share_words}(?:{_ARABIC}|{chinese})|(?:{chinese}|\d+){signs['of']}(?:{chinese}|\d+)|\d{{1,2}}/\d{{1,2}}(?![\d/])"
    tenths = f"(?:[{digits}]|[1-9]){signs['tenth']}[{digits}]?{signs['tenth_after']}"
    return f"(?:{share}|{tenths}|{arabic}|[{tens}]{{1,2}}[{large}]{{1,2}}|{chinese})"


def _quantity(numerals: dict[str, Any], forms: tuple[str, ...], number: str) -> str:
    """Return the regular expression of comparator, number or range, unit, and what follows the unit."""
    before = alternation(tuple(word for words in numerals["before"].values() for word in words))
    after = alternation(tuple(word for words in numerals["after"].values() for word in words))
    joiner = alternation(tuple(numerals["range"]["joiners"]))
    fill = "[" + "".join(numerals["fill"]["words"]) + "]?"
    unit = alternation(forms)
    each = alternation(tuple(numerals["signs"]["per"]))
    per = f"(?:/{each}(?:[·./]?{each})?)?"
    first = rf"(?P<first>{number})(?P<first_unit>{unit})?(?:{after}?{joiner}|{alternation(tuple(numerals['after']['ge']))}{joiner}?)"
    return (
        rf"(?P<before>(?:{before}){{1,4}})?(?<![\d.A-Za-z])(?<!\d,)(?:{first})?(?P<number>{number})"
        rf"(?P<fill>{fill})(?P<unit>{unit}{per})?(?P<after>(?:{after}){{1,4}})?"
    )
