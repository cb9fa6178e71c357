"""Read names and aliases of the policy field, with users' own tables laid over the shipped ones.

A table has the columns ``name``, ``aliases`` (separated by ``|``), ``category`` (CURIE of a concept) and ``source``; a user's table has
``type`` before them (``Measure``, ``TargetGroup``, ``Program``, ``Agency``, ``PolicyDocument`` or ``Region``) and may leave the last two out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.domain.tables import Row, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import ahocorasick_rs

    from kg.domain.fold import Fold

#: Shipped table by entity type; the other types have registries of their own.
TABLES = {"Measure": "measures.tsv", "TargetGroup": "groups.tsv", "Program": "programs.tsv"}
TYPES = ("Agency", "Program", "TargetGroup", "Measure", "PolicyDocument", "Region")


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one name with its aliases; ``own`` marks a row of a user's table, which wins over everything found otherwise."""

    type: str
    name: str
    aliases: tuple[str, ...]
    category: str
    where: str
    own: bool = False


class Lexicon:
    """Find the entry of a form, and all forms in a text."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}
        self.forms: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        earlier = self.entries.get((entry.type, entry.name))
        if earlier is not None and not entry.own:
            hint = "remove one of the two rows"
            raise DomainError(entry.where, f'"{entry.name}" stands already at {earlier.where}', hint)
        self.entries[entry.type, entry.name] = entry
        for form in (entry.name, *entry.aliases):
            held = self.forms.get((entry.type, form))
            if held is not None and held.name != entry.name and not (entry.own and not held.own and form == entry.name):
                what = f'alias "{form}" already names {held.name} ({held.where})'
                raise DomainError(entry.where, what, "remove one of the two, or give both the same name")
            self.forms[entry.type, form] = entry

    def get(self, type_: str, form: str) -> Entry | None:
        """Return the entry that a form names, or None."""
        return self.forms.get((type_, form))

    @cached_property
    def _automaton(self) -> tuple[ahocorasick_rs.AhoCorasick, list[tuple[str, Entry]]]:
        import ahocorasick_rs

        keys = sorted(self.forms)
        found = [(form, self.forms[type_, form]) for type_, form in keys]
        return ahocorasick_rs.AhoCorasick([form for form, _ in found], matchkind=ahocorasick_rs.MatchKind.Standard), found

    def find(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """Yield every place where a form stands, overlaps included, as (start, end, entry)."""
        automaton, found = self._automaton
        for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            yield start, end, found[index][1]


def load_lexicon(folder: Path, own: Iterable[Path], fold: Fold) -> Lexicon:
    """Read the shipped tables and lay users' tables over them.

    Args:
        folder: Folder of the shipped tables.
        own: Users' tables, later ones win.
        fold: Names and aliases are folded as texts are.

    Raises:
        DomainError: A row has no name, an unknown type, or a form that already names something else of its type.
    """
    entries = [_entry(row, type_, fold) for type_, table in TABLES.items() for row in read_tsv(folder / table)]
    lexicon = Lexicon(entries)
    for path in own:
        for row in read_tsv(path):
            type_ = row["type"]
            if type_ not in TYPES:
                raise DomainError(row.where, f'"{type_}" is no type', "write one of " + ", ".join(TYPES) + " in the column type")
            lexicon._add(_entry(row, type_, fold, own=True))  # noqa: SLF001 - the loader is the lexicon's other half
    return lexicon


def _entry(row: Row, type_: str, fold: Fold, *, own: bool = False) -> Entry:
    name = fold(row["name"].strip())
    if not name:
        raise DomainError(row.where, "has no name", "fill the column name")
    aliases = tuple(dict.fromkeys(form for form in map(fold, row.items("aliases")) if form != name))
    return Entry(type_, name, aliases, row["category"].strip(), row.where, own)
