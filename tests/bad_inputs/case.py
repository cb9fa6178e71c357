"""Hold the table of bad inputs: what is made, and what must become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Make = Callable[[Path], None]
    Look = Callable[[Mapping[str, dict[str, Any]]], None]

#: A text in which something is found, so that a record is more than empty.
SENTENCE = "上半年，全省城镇新增就业26.8万人，同比增长5.5%，完成年度目标的58.2%。省人力资源和社会保障厅落实社会保险补贴。\n"
TRADITIONAL = "今年以來，黨中央、國務院不斷完善穩就業政策，省人力資源和社會保障廳開展職業技能培訓，穩定就業崗位。\n"


@dataclass(frozen=True)
class Outcome:
    """Say what becomes of one input, as the table writes it."""

    kind: str
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as the table shows it."""
        return f"{self.kind} {', '.join(f'`{code}`' for code in self.codes)}".strip()


A = Outcome("accepted")
DUPLICATE = Outcome("duplicate", ("duplicate",))


def W(*codes: str) -> Outcome:  # noqa: N802 - the letters of the table
    """Return the outcome of an input that is taken with warnings."""
    return Outcome("accepted with", codes)


def Q(code: str) -> Outcome:  # noqa: N802 - the letters of the table
    """Return the outcome of an input that is quarantined."""
    return Outcome("quarantined", (code,))


def S(reason: str) -> Outcome:  # noqa: N802 - the letters of the table
    """Return the outcome of a file that is no input."""
    return Outcome("skipped", (reason,))


def R(exit_code: int = 2) -> Outcome:  # noqa: N802 - the letters of the table
    """Return the outcome of a command that refuses."""
    return Outcome(f"refused, exit {exit_code}")


@dataclass(frozen=True)
class Variant:
    """Make one bad input in a folder.

    Attributes:
        number: Row of the table.
        make: Writes into the folder.
        expected: Source from the folder on, to what becomes of it; every input must be named.
        look: Looks closer at the records, by the same sources.
    """

    number: int
    name: str
    make: Make
    expected: Mapping[str, Outcome]
    look: Look | None = None


@dataclass(frozen=True)
class Act:
    """Do something that no file alone is: a command, or an event while it runs.

    Attributes:
        outcome: As the table shows it; the test function is the proof.
        test: Name of the test function that does it, in whichever file.
    """

    number: int
    name: str
    outcome: Outcome
    test: str


@dataclass
class Table:
    """Collect the rows."""

    titles: dict[int, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    variants: list[Variant] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def title(self, number: int, title: str, note: str = "") -> None:
        """Begin a row; the note says why an outcome is not the one first planned."""
        self.titles[number] = title
        if note:
            self.notes[number] = note

    def variant(self, number: int, name: str, expected: Mapping[str, Outcome], look: Look | None = None) -> Callable[[Make], Make]:
        """Register a generator."""

        def register(make: Make) -> Make:
            self.variants.append(Variant(number, name, make, expected, look))
            return make

        return register

    def act(self, number: int, name: str, outcome: Outcome, test: str) -> None:
        """Register a test function that is a row's proof."""
        self.acts.append(Act(number, name, outcome, test))


TABLE = Table()


def markdown(table: Table) -> str:
    """Return the table as ``docs/reliability.md`` shows it."""
    lines = ["| # | case | what becomes of it |", "| --- | --- | --- |"]
    for number, title in sorted(table.titles.items()):
        parts = []
        for one in table.variants:
            if one.number == number:
                outcomes = list(dict.fromkeys(str(outcome) for outcome in one.expected.values()))
                parts.append(f"{one.name}: {'; '.join(outcomes)}")
        parts += [f"{one.name}: {one.outcome}" for one in table.acts if one.number == number]
        note = f" *{table.notes[number]}*" if number in table.notes else ""
        lines.append(f"| {number} | {title} | {'<br>'.join(parts)}{note} |")
    return "\n".join(lines) + "\n"
