"""Read names and aliases of the policy field, with users' own tables laid over the shipped ones.

A table has the columns ``name``, ``aliases`` (separated by ``|``), ``category`` (CURIE of a concept) and ``source``; a user's table has
``type`` before them (``Measure``, ``TargetGroup``, ``Program``, ``Agency``, ``PolicyDocument`` or ``Region``) and may leave the last two out.

Within a type a form names one thing. A user's name that the shipped tables hold as an alias becomes a name of its own; a user's alias
that is a form of something else, shipped or not, is a clash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from kg.domain.tables import Row, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import ahocorasick_rs

    from kg.domain.concepts import Concepts
    from kg.domain.fold import Fold

#: Shipped table by entity type; the other types have registries of their own.
TABLES = {"Measure": "measures.tsv", "TargetGroup": "groups.tsv", "Program": "programs.tsv"}
TYPES = ("Agency", "Program", "TargetGroup", "Measure", "PolicyDocument", "Region")
_COLUMNS = ("type", "name", "aliases", "category", "source")
#: Prefix of the concepts that are categories of a type; a region has none.
_PREFIXES = {"Measure": "mt:", "TargetGroup": "tg:", "Program": "pk:", "Agency": "ak:", "PolicyDocument": "dt:"}


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
        #: What users' rows took from shipped ones, a line each.
        self.notes: list[str] = []
        #: The text that was gone through last and what was found: every text is asked for several times.
        self._found: tuple[str, list[tuple[int, int, Entry]]] = ("", [])
        for entry in entries:
            for fault in self.add(entry):
                raise fault

    def add(self, entry: Entry) -> list[DomainError]:
        """Take in an entry; return what clashes, for which the earlier entry stays.

        A user's row wins over the shipped ones: it takes its forms from them, and where it has a shipped name, as its own name or as an
        alias, all their other forms as well, and their category if it states none. What it takes is told in ``notes``.
        """
        earlier = self.entries.get((entry.type, entry.name))
        if earlier is not None and (not entry.own or _file(earlier.where) == _file(entry.where)):
            return [DomainError(entry.where, f'"{entry.name}" stands already at {earlier.where}', "remove one of the two rows")]
        if entry.own:
            entry = self._over_shipped(entry)
        self.entries[entry.type, entry.name] = entry
        faults = []
        for form in (entry.name, *entry.aliases):
            held = self.forms.get((entry.type, form))
            if held is not None and held.name != entry.name and (held.own or not entry.own):
                what = f'{"name" if form == entry.name else "alias"} "{form}" already names {held.name} ({held.where})'
                faults.append(DomainError(entry.where, what, "remove one of the two, or give both the same name"))
            else:
                self.forms[entry.type, form] = entry
        return faults

    def _over_shipped(self, entry: Entry) -> Entry:
        """Return a user's entry with what it takes over from shipped ones, which are gone then."""
        for form in (entry.name, *entry.aliases):
            held = self.forms.get((entry.type, form))
            if held is None or held.own:
                continue
            if form != held.name:
                if held.name not in (entry.name, *entry.aliases):
                    self.notes.append(f'{entry.where}: "{form}" names {entry.name} now, and no longer {held.name} ({held.where})')
                    self._without(held, form)
                continue
            kept = [alias for alias in held.aliases if self.forms.get((entry.type, alias)) == held and alias != entry.name]
            aliases = tuple(dict.fromkeys((*entry.aliases, *kept)))
            if form != entry.name:
                self.notes.append(f"{entry.where}: the shipped {form} ({held.where}) is called {entry.name} now")
            if entry.category and entry.category != held.category:
                self.notes.append(
                    f"{entry.where}: {form} is {entry.category} now, and no longer {held.category or 'without category'} ({held.where})"
                )
            entry = replace(entry, aliases=aliases, category=entry.category or held.category)
            self.entries.pop((entry.type, held.name), None)
        return entry

    def _without(self, held: Entry, form: str) -> None:
        """Take an alias from a shipped entry."""
        left = replace(held, aliases=tuple(alias for alias in held.aliases if alias != form))
        for key in [(held.type, one) for one in (held.name, *left.aliases) if self.forms.get((held.type, one)) == held]:
            self.forms[key] = left
        if self.entries.get((held.type, held.name)) == held:
            self.entries[held.type, held.name] = left

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
        last, places = self._found
        if last != text:
            automaton, found = self._automaton
            places = [(start, end, found[index][1]) for index, start, end in automaton.find_matches_as_indexes(text, overlapping=True)]
            self._found = text, places
        return iter(places)


def _file(where: str) -> str:
    return where.rpartition(":")[0]


def load_lexicon(folder: Path, own: Sequence[Path], fold: Fold, concepts: Callable[[], Concepts] | None = None) -> Lexicon:
    """Read the shipped tables and lay users' tables over them.

    Args:
        folder: Folder of the shipped tables.
        own: Users' tables, later ones win.
        fold: Names and aliases are folded as texts are.
        concepts: Gives the concepts that users' categories have to be among; asked only where there is a user's table.

    Raises:
        DomainError: A row has no name, an unknown type or category, or a form that already names something else of its type.
    """
    entries = [_entry(row, type_, fold) for type_, table in TABLES.items() for row in read_tsv(folder / table)]
    lexicon = Lexicon(entries)
    faults = [fault for path in own for fault in lay_over(lexicon, path, fold, concepts() if concepts else None)]
    if len(faults) > 1:
        raise DomainError(faults[0].where, faults[0].what, f"{faults[0].hint}; {len(faults) - 1} more: kg lexicon check")
    for fault in faults:
        raise fault
    return lexicon


def lay_over(lexicon: Lexicon, path: Path, fold: Fold, concepts: Concepts | None) -> list[DomainError]:
    """Lay a user's table over a lexicon; return every fault of it, with its line.

    Raises:
        DomainError: The table cannot be read at all.
    """
    if not path.is_file():
        raise DomainError(str(path), "is a folder" if path.is_dir() else "no such file", "name a table of names, tab-separated")
    faults = []
    for row in read_tsv(path):
        try:
            entry = _own_entry(row, fold, concepts)
        except DomainError as fault:
            faults.append(fault)
        else:
            faults += lexicon.add(entry)
    return faults


def warnings(lexicon: Lexicon) -> list[str]:
    """Return what is doubtful about users' rows, a line each: names of one character, forms that name things of two types."""
    own = [entry for entry in lexicon.entries.values() if entry.own]
    lines = [
        f'{entry.where}: "{form}" has one character and will be found inside other words'
        for entry in own
        for form in (entry.name, *entry.aliases)
        if len(form) == 1
    ]
    by_form: dict[str, list[Entry]] = {}
    for entry in own:
        for form in (entry.name, *entry.aliases):
            by_form.setdefault(form, []).append(entry)
    for form, entries in by_form.items():
        first, *others = entries
        lines += [f'{each.where}: "{form}" is also a {first.type} ({first.where})' for each in others if each.type != first.type]
    return lines


def _own_entry(row: Row, fold: Fold, concepts: Concepts | None) -> Entry:
    """Return the entry of a row of a user's table.

    Raises:
        DomainError: A column, the type or the category is unknown, or there is no name.
    """
    unknown = [column for column in row.cells if column not in _COLUMNS]
    if unknown:
        raise DomainError(row.where, f'unknown column "{unknown[0]}"', "the columns are " + ", ".join(_COLUMNS))
    type_, category = row["type"].strip(), row["category"].strip()
    if type_ not in TYPES:
        raise DomainError(row.where, f'"{type_}" is no type', "write one of " + ", ".join(TYPES) + " in the column type")
    if category and concepts is not None:
        prefix = _PREFIXES.get(type_, "")
        if not prefix:
            raise DomainError(row.where, f"a {type_} has no category", "leave the column empty")
        if category not in concepts or not category.startswith(prefix):
            what = f'"{category}" is no category of a {type_}'
            raise DomainError(row.where, what, f"near it: {', '.join(_near_concepts(category, prefix, concepts))}")
    return _entry(row, type_, fold, own=True)


def _near_concepts(category: str, prefix: str, concepts: Concepts) -> list[str]:
    """Return the CURIEs of a prefix that are most like a word, which may be a label."""
    names = {name: c.curie for c in concepts for name in (c.en, c.zh, *c.alt_labels, c.curie) if c.curie.startswith(prefix)}
    local = category.rpartition(":")[2]
    near = get_close_matches(prefix + local, list(names), 3, 0.5) + get_close_matches(local, list(names), 3, 0.5)
    return list(dict.fromkeys(names[name] for name in near))[:3] or sorted(set(names.values()))[:3]


def _entry(row: Row, type_: str, fold: Fold, *, own: bool = False) -> Entry:
    name = fold(row["name"].strip())
    if not name:
        raise DomainError(row.where, "has no name", "fill the column name")
    aliases = tuple(dict.fromkeys(form for form in map(fold, row.items("aliases")) if form != name))
    return Entry(type_, name, aliases, row["category"].strip(), row.where, own)
