"""Hold the registry of administrative divisions: names, short forms, levels and what lies in what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.domain.tables import read_toml, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

_FILES = ("zones.tsv", "divisions.tsv")
_PREFIX = "region/"


@dataclass(frozen=True, slots=True)
class Division:
    """Hold one region.

    Attributes:
        code: GB/T 2260 code of six digits, empty for zones and countries.
        name: Official name.
        key: Name that no other region has: the official name, the parent's before it where two share it.
        short: Forms without the generic suffix, and other names of the same region.
        level: ``provincial``, ``prefecture``, ``county``, ``zone``, ``national`` or ``country``.
        parent: Key of the region that contains it, empty at the top.
    """

    code: str
    name: str
    key: str
    short: tuple[str, ...]
    level: str
    parent: str

    @property
    def id(self) -> str:
        """Return the node id."""
        return _PREFIX + self.key


class Divisions:
    """Find regions by name; indexes are made when first asked for.

    Args:
        rows: All regions by key.
        words: Content of ``division_words.toml``.
    """

    def __init__(self, rows: dict[str, Division], words: dict[str, Any]) -> None:
        self._rows = rows
        self.words = words
        self.state: str = words["root"]["state"]
        self.municipalities = frozenset(words["root"]["municipalities"])
        self.outside = frozenset(words["root"]["outside"])

    @cached_property
    def _by_name(self) -> dict[str, tuple[Division, ...]]:
        index: dict[str, list[Division]] = {}
        for division in self._rows.values():
            for name in {division.name, division.key, *self._plain_names(division)}:
                index.setdefault(name, []).append(division)
        return {name: tuple(found) for name, found in index.items()}

    def _plain_names(self, division: Division) -> tuple[str, ...]:
        """Return an autonomous region's names without its peoples (凉山州, 紫云县)."""
        for ending, plain in self.words["root"]["plain_kinds"].items():
            if division.name.endswith(ending):
                return tuple(short + plain for short in division.short)
        return ()

    @cached_property
    def _by_short(self) -> dict[str, tuple[Division, ...]]:
        index: dict[str, list[Division]] = {}
        for division in self._rows.values():
            for name in division.short:
                index.setdefault(name, []).append(division)
        return {name: tuple(found) for name, found in index.items()}

    @cached_property
    def _children(self) -> dict[str, tuple[Division, ...]]:
        index: dict[str, list[Division]] = {}
        for division in self._rows.values():
            index.setdefault(division.parent, []).append(division)
        return {key: tuple(found) for key, found in index.items()}

    @cached_property
    def full_names(self) -> frozenset[str]:
        """Return all official names and keys."""
        return frozenset(self._by_name)

    @cached_property
    def short_names(self) -> frozenset[str]:
        """Return all short forms."""
        return frozenset(self._by_short)

    @cached_property
    def provinces(self) -> tuple[Division, ...]:
        """Return the regions of the provincial level, in the table's order."""
        return tuple(division for division in self._rows.values() if division.level == "provincial")

    def get(self, key: str) -> Division | None:
        """Return the region of a key or a node id."""
        return self._rows.get(key.removeprefix(_PREFIX))

    def candidates(self, name: str) -> tuple[Division, ...]:
        """Return every region that bears a name, official or short, higher levels first."""
        found = {division.key: division for division in self._by_name.get(name, ()) + self._by_short.get(name, ())}
        order = ("national", "provincial", "prefecture", "zone", "county", "country")
        return tuple(sorted(found.values(), key=lambda division: order.index(division.level)))

    def lookup(self, name: str, within: str = "") -> Division | None:
        """Return the region that a name means, None when it is unknown or could be several.

        Of several, the one inside ``within`` wins, then the only one of the highest level, if that is a province or prefecture.

        Args:
            name: Official name, key or short form.
            within: Key of a region, say the text's, that settles which one of several is meant.
        """
        found = self.candidates(name)
        if len(found) > 1 and within:
            inside = [division for division in found if within in self.chain(division.key)] or list(found)
            found = tuple(inside)
        if len(found) > 1:
            highest = [division for division in found if division.level == found[0].level]
            if len(highest) == 1 and highest[0].level in ("national", "provincial", "prefecture"):
                return highest[0]
            return None
        return found[0] if found else None

    def chain(self, key: str) -> tuple[str, ...]:
        """Return a region's key and those of the regions around it, innermost first."""
        keys = []
        division = self.get(key)
        while division is not None and division.key not in keys:
            keys.append(division.key)
            division = self._rows.get(division.parent)
        return tuple(keys)

    def province_of(self, key: str) -> Division | None:
        """Return the province (or what stands at its level) around a region, itself if it is one."""
        return next((self._rows[one] for one in reversed(self.chain(key)) if self._rows[one].level == "provincial"), None)

    def at_level(self, key: str, levels: tuple[str, ...]) -> Division | None:
        """Return the innermost region of a chain that stands at one of the levels."""
        return next((self._rows[one] for one in self.chain(key) if self._rows[one].level in levels), None)

    def children(self, key: str) -> tuple[Division, ...]:
        """Return the regions directly inside one, in the table's order."""
        return self._children.get(key, ())

    def node(self, division: Division) -> dict[str, Any]:
        """Return a region as the node of a record, without mentions."""
        made: dict[str, Any] = {"id": division.id, "type": "Region", "name": division.key}
        aliases = sorted({division.name, *division.short} - {division.key} - self.shared_names)
        if aliases:
            made["aliases"] = aliases
        level = self.words["levels"].get(division.level)
        if level:
            made["level"] = level
        if division.code:
            made["code"] = division.code
        if division.parent:
            made["parent"] = _PREFIX + division.parent
        return made

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """Return the names and short forms that several regions bear; they are nobody's alias."""
        names = set(self._by_name) | set(self._by_short)
        return frozenset(name for name in names if len(self.candidates(name)) > 1)

    def ancestors(self, region_id: str) -> list[dict[str, Any]]:
        """Return the regions around one as nodes, innermost first, without itself.

        >>> from kg.domain import load_domain
        >>> [node["name"] for node in load_domain().divisions.ancestors("region/盖州市")]
        ['营口市', '辽宁省', '中国']
        """
        return [self.node(self._rows[key]) for key in self.chain(region_id)[1:]]


def load_divisions(base: Path) -> Divisions:
    """Read the tables of regions.

    Args:
        base: The folder ``ontology/base``.

    Raises:
        DomainError: A key stands twice, or a parent is in no table.
    """
    rows: dict[str, Division] = {}
    places: dict[str, str] = {}
    for file in _FILES:
        for row in read_tsv(base / file):
            key = row["key"]
            if key in rows:
                raise DomainError(row.where, f"the region {key} stands a second time", f"the first is at {places[key]}")
            rows[key] = Division(row["code"], row["name"], key, row.items("short"), row["level"], row["parent"])
            places[key] = row.where
    for key, division in rows.items():
        if division.parent and division.parent not in rows:
            raise DomainError(places[key], f"the parent {division.parent} is in no table", "give the parent's key")
    return Divisions(rows, read_toml(base / "division_words.toml"))
