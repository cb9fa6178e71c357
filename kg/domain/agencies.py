"""Hold what agency names are made of: department kinds by level, bodies known by name, and the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.domain.patterns import alternation
from kg.domain.scan import Scan
from kg.domain.tables import read_toml, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kind:
    """Hold one kind of department.

    Attributes:
        category: Concept of the kind, empty where the scheme has none.
        stem: Official words before the unit.
        class_stem: Words of the body class (``X部门``).
        province: Unit word of the provincial level where a text gives none; ``city`` the one below.
        national: Name of the central body, empty for none.
    """

    id: str
    category: str
    stem: str
    variants: tuple[str, ...]
    class_stem: str
    province: str
    city: str
    national: str


@dataclass(frozen=True, slots=True)
class KnownAgency:
    """Hold an agency known by name; ``local`` are the forms that mean it only in texts of its region."""

    name: str
    aliases: tuple[str, ...]
    local: tuple[str, ...]
    category: str
    level: str
    region: str
    successor: str


class Agencies:
    """Find department kinds and known bodies by their words; patterns are compiled when first asked for."""

    def __init__(
        self, kinds: dict[str, Kind], shorts: dict[str, tuple[Kind, str]], known: dict[str, KnownAgency], words: dict[str, Any]
    ) -> None:
        self.kinds = kinds
        self.shorts = shorts
        self.known = known
        self.words = words
        self.number_prefixes: dict[str, dict[str, str]] = {"national": {}, "local": {}}

    @cached_property
    def by_stem(self) -> dict[str, Kind]:
        """Return the kind of each stem, in all its spellings."""
        return {stem: kind for kind in self.kinds.values() for stem in (kind.stem, *kind.variants)}

    @cached_property
    def by_name(self) -> dict[str, KnownAgency]:
        """Return the known agency of each name that means the same in any text."""
        return {form: agency for agency in self.known.values() for form in (agency.name, *agency.aliases)}

    def local_names(self, region: str) -> dict[str, KnownAgency]:
        """Return the forms that mean a known agency in texts of a region only."""
        return {form: agency for agency in self.known.values() if agency.region == region for form in agency.local}

    @cached_property
    def stem(self) -> str:
        """Return a regular expression (text) of any stem."""
        return alternation(tuple(self.by_stem))

    @cached_property
    def unit(self) -> str:
        """Return a regular expression (text) of any unit word, guarded against longer words."""
        stops = self.words["unit_stop"]
        parts = []
        for unit in sorted(self.words["units"], key=lambda word: (-len(word), word)):
            stop, kept = stops.get(unit, ""), self.words["unit_kept"].get(unit, "")
            guard = rf"(?:(?={kept})|(?![{stop}]))" if kept else f"(?![{stop}])"
            parts.append(re.escape(unit) + (guard if stop else ""))
        return "(?:" + "|".join(parts) + ")"

    def _guarded(self, form: str) -> str:
        """Return a regular expression (text) of a whole short form, guarded against longer words (汇编办法 is no 编办)."""
        stop = self.words["unit_stop"].get(form[-1], "")
        return re.escape(form) + (f"(?![{stop}])" if stop else "")

    @cached_property
    def class_unit(self) -> str:
        """Return a regular expression (text) of the words that make a body class of a stem."""
        return alternation(tuple(self.words["class_units"]["words"]))

    @cached_property
    def department(self) -> Scan:
        """Match a stem (or a list of stems) with its unit, class words or whole short form."""
        link = alternation(tuple(self.words["class_units"]["list_link"]))
        counted = self.words["class_units"]["counted"]
        sign = alternation(tuple(self.words["class_units"]["list_signs"]))
        listed = rf"(?P<list>(?:(?>{self.stem}){sign}(?!$)){{0,20}})"
        many = rf"(?P<many>(?:{sign}[\u4e00-\u9fff]{{2,8}}){{0,3}}(?:{counted}|{link}))"
        short = "|".join(self._guarded(form) for form in sorted(self.shorts, key=lambda one: (-len(one), one)))
        office = re.escape(self.words["office"])
        unit = rf"(?P<unit>{self.unit})(?:{office})?"
        return Scan(re.compile(rf"{listed}(?:(?P<short>{short})|(?P<stem>(?>{self.stem}))(?:{many}|(?P<class>{self.class_unit})|{unit}))"))

    @cached_property
    def known_pattern(self) -> Scan:
        """Match the names of known agencies that mean the same in any text."""
        return Scan(re.compile(alternation(tuple(self.by_name))))

    @cached_property
    def quantifier(self) -> re.Pattern[str]:
        """Match the words for a class of levels at the end of a string."""
        words = self.words["quantifiers"]
        return re.compile(alternation((*words["dropped"], *words["kept"], *words["split"])) + "$")


def load_agencies(base: Path, field: Path) -> Agencies:
    """Read the tables of agencies.

    Args:
        base: The folder ``ontology/base`` (department kinds, words).
        field: The folder of the policy field, for its lexicon of known agencies.

    Raises:
        DomainError: A stem or name stands twice, or a successor is unknown.
    """
    kinds, shorts = _kinds(base)
    made = Agencies(kinds, shorts, _known(field), read_toml(base / "agency_words.toml"))
    for row in read_tsv(base / "agency_numbers.tsv"):
        made.number_prefixes[row["scope"]][row["prefix"]] = row["body"]
    return made


def _kinds(base: Path) -> tuple[dict[str, Kind], dict[str, tuple[Kind, str]]]:
    """Return the department kinds by id, and the whole short forms (教委) with what they stand for."""
    kinds: dict[str, Kind] = {}
    shorts: dict[str, tuple[Kind, str]] = {}
    seen: dict[str, str] = {}
    for row in read_tsv(base / "agency_kinds.tsv"):
        kind = Kind(
            row["kind"], row["category"], row["stem"], row.items("variants"), row["class"], row["province"], row["city"], row["national"]
        )
        kinds[kind.id] = kind
        for stem in (kind.stem, *kind.variants):
            if stem in seen:
                raise DomainError(row.where, f"the stem {stem} stands a second time", f"the first is at {seen[stem]}")
            seen[stem] = row.where
        for short in row.items("shorts"):
            form, _, full = short.partition("=")
            shorts[form] = (kind, full)
    return kinds, shorts


def _known(field: Path) -> dict[str, KnownAgency]:
    """Return the agencies of the lexicon by name."""
    known: dict[str, KnownAgency] = {}
    named: dict[str, str] = {}
    for row in read_tsv(field / "lexicon" / "agencies.tsv"):
        aliases, local = row.items("aliases"), row.items("local")
        agency = KnownAgency(row["name"], aliases, local, row["category"], row["level"], row["region"], row["successor"])
        for form in (agency.name, *agency.aliases):
            if form in named:
                raise DomainError(row.where, f'the name "{form}" already names an agency', f"the first is at {named[form]}; remove one")
            named[form] = row.where
        known[agency.name] = agency
    for agency in known.values():
        if agency.successor and agency.successor not in known:
            raise DomainError(named[agency.name], f"the successor {agency.successor} is not in the table", "add its row")
    return known
