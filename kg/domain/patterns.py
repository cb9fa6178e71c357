"""Compile the pattern files of ``ontology/``; a pattern whose own example fails does not load.

A file holds word lists and patterns::

    [words]
    verbs = ["开展", "实施"]

    [[pattern]]
    name = "action"
    regex = '{verbs}(?P<name>[^,。]{2,20}行动)'     # {verbs} becomes an alternation, longest word first
    example = "实施技能辽宁行动"
    expect = ["技能辽宁行动"]                      # what the group `name` (or, without it, the whole match) finds; [] for none

Patterns are matched on a document's *view*: simplified script, ASCII forms of full-width signs (``,`` ``;`` ``:`` ``(`` ``)`` ``!`` ``?`` ``%``), ``“”``
for every kind of double quotation mark; ``、`` ``。`` ``《`` ``》`` ``〔`` ``〕`` stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.domain.scan import Scan, Scans
from kg.domain.tables import read_toml
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class PatternFile:
    """Hold one compiled pattern file.

    Attributes:
        words: The word lists by name, as written.
        patterns: Compiled regular expressions by name, in the file's order.
        settings: Every other table of the file, as written.
        notes: For each pattern its further keys (``confidence``, ``category`` …).
    """

    path: str
    words: dict[str, tuple[str, ...]]
    patterns: dict[str, re.Pattern[str]]
    settings: dict[str, Any]
    notes: dict[str, dict[str, Any]]
    _scans: dict[str, Scan] = field(default_factory=dict, repr=False, compare=False)
    _together: list[Scans] = field(default_factory=list, repr=False, compare=False)

    def scan(self, name: str) -> Scan:
        """Return a pattern for searching long texts with; made when first asked for."""
        found = self._scans.get(name)
        if found is None:
            found = self._scans[name] = Scan(self.patterns[name])
        return found

    @property
    def together(self) -> Scans:
        """Return all patterns, in the file's order, for searching texts with in one go; made when first asked for."""
        if not self._together:
            self._together.append(Scans(self.patterns.items()))
        return self._together[0]


def alternation(words: tuple[str, ...]) -> str:
    """Return a group that matches any of the words, longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) + ")"


def found(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return what a pattern finds: its group ``name`` where it has one, else the whole match."""
    group = "name" if "name" in pattern.groupindex else 0
    return [match.group(group) for match in pattern.finditer(text)]


def load_patterns(path: Path) -> PatternFile:
    """Read and compile a pattern file and try each pattern on its own example.

    Raises:
        DomainError: The file is not TOML, a regular expression does not compile, names an unknown word list, or misses its example.
    """
    content = read_toml(path)
    words = {name: tuple(listed) for name, listed in content.pop("words", {}).items()}
    patterns: dict[str, re.Pattern[str]] = {}
    notes: dict[str, dict[str, Any]] = {}
    for entry in content.pop("pattern", []):
        name = entry.get("name", "?")
        where = f"{path}: pattern {name}"
        patterns[name] = _compile(entry.get("regex", ""), words, where)
        notes[name] = {key: value for key, value in entry.items() if key not in {"name", "regex", "example", "expect"}}
        if "example" not in entry or "expect" not in entry:
            raise DomainError(where, "has no example with what is expected", "add the keys example and expect")
        got = found(patterns[name], entry["example"])
        if got != entry["expect"]:
            raise DomainError(where, f"finds {got} in its own example, expected {entry['expect']}", "mend the regex or the example")
    return PatternFile(str(path), words, patterns, content, notes)


def _compile(regex: str, words: dict[str, tuple[str, ...]], where: str) -> re.Pattern[str]:
    def fill(match: re.Match[str]) -> str:
        if match.group(1) not in words:
            raise DomainError(where, f"names the word list {match.group(1)}, which the file does not have", "add it under [words]")
        return alternation(words[match.group(1)])

    try:
        return re.compile(_PLACEHOLDER.sub(fill, regex))
    except re.error as error:
        raise DomainError(where, f"is no valid regular expression ({error})", "see Python's re") from error
