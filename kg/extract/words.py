"""Tell of words what the span models ask of each by itself, and number them and the groups of features that recur around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_QUOTES = {"“": "open", "”": "close", "(": "paren", ")": "paren", "《": "title", "》": "title"}
OPENING, CLOSING = frozenset("“(《"), frozenset("”)》")
#: Roles of a word for a span: two before, before, first, last, after, two after, inside.
ROLES = "OPFLNMI"
#: Classes whose words never begin or end a span.
NEVER_FIRST = frozenset({"break", "particle", "conjunction", "close"})
NEVER_LAST = frozenset({"break", "particle", "conjunction", "open", "preposition"})
#: Bits that tell of a word what the arrays of a text need.
ACT, PREPOSITION, MAY_BEGIN, MAY_END, OPENS, CLOSES = (1 << n for n in range(6))


class Word(NamedTuple):
    """Hold what the features need of one word."""

    text: str
    tag: str
    classes: tuple[str, ...]
    joint: str

    def features(self, role: str) -> list[str]:
        """Return the word's features in a role (``F`` first, ``L`` last, ``I`` inside, ``P`` before, ``N`` after …)."""
        found = [f"{role}w{self.text}", f"{role}t{self.tag}", f"{role}s{self.text[-1]}", f"{role}l{min(len(self.text), 5)}"]
        found += [f"{role}c{name}" for name in self.classes]
        if role == "F":
            found.append(f"{role}a{self.text[0]}")
        if role == "L" and len(self.text) > 1:
            found.append(f"{role}z{self.text[-2:]}")
        return found


class Group(NamedTuple):
    """Hold features that recur together: of a context (``side`` empty), of names that begin at a word (``B``) or end there (``E``)."""

    side: str
    features: tuple[str, ...]


class Vocabulary:
    """Tell the classes of words: listed, or by the longest listed ending, or by kind of sign."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._listed: dict[str, list[str]] = {}
        for name in sorted(classes):
            for word in classes[name]:
                self._listed.setdefault(word, []).append(name)
        self.words = [EDGE]
        self.flags = bytearray([_flags(EDGE)])
        self._numbers: dict[tuple[str, str], int] = {}
        #: By a word's text the number of the first word with it, and by number the tag: a cutter gives a text one tag.
        self._firsts: dict[str, int] = {}
        self._tags = [EDGE.tag]
        self.groups: list[Group] = []
        self._group_numbers: dict[tuple[str, tuple[str, ...]], int] = {}
        #: What :attr:`Lattice.contexts` tells contexts apart by, to the numbers of their groups.
        self.contexts: dict[int, int] = {}

    def read(self, texts: Sequence[str], tags: Sequence[str]) -> list[int]:
        """Return the words' numbers: places in ``words`` and ``flags``, given when a word is first met; 0 is the edge of a text."""
        held = self._firsts
        found: list[int | None] = list(map(held.get, texts))
        if None in found:
            for i, number in enumerate(found):
                if number is None:
                    found[i] = self._number(texts[i], tags[i])
        numbers: list[int] = found  # type: ignore[assignment]  # none is None any more
        if list(map(self._tags.__getitem__, numbers)) != list(tags):
            numbers = [self._number(text, tag) for text, tag in zip(texts, tags, strict=True)]
        return numbers

    def _number(self, text: str, tag: str) -> int:
        number = self._numbers.get((text, tag))
        if number is None:
            number = self._numbers[text, tag] = len(self.words)
            self._firsts.setdefault(text, number)
            self._tags.append(tag)
            self.words.append(self._make(text, tag))
            self.flags.append(_flags(self.words[-1]))
        return number

    def group(self, side: str, features: tuple[str, ...]) -> int:
        """Return the number of a group of features that speak for a word's place: its context, or names that begin or end there."""
        number = self._group_numbers.get((side, features))
        if number is None:
            number = self._group_numbers[side, features] = len(self.groups)
            self.groups.append(Group(side, features))
        return number

    def _make(self, text: str, tag: str) -> Word:
        if text in _QUOTES:
            names: tuple[str, ...] = (_QUOTES[text],)
        elif not text[0].isalnum():
            names = ("break",)
        elif text[0].isdigit():
            names = ("number",)
        else:
            names = tuple(dict.fromkeys(self._listed.get(text, ())))
            if not names:
                ending = next((text[i:] for i in range(1, len(text)) if text[i:] in self._listed), "")
                names = tuple(
                    f"~{name}"
                    for name in dict.fromkeys(self._listed.get(ending, ()))
                    if name not in {"particle", "filler", "conjunction", "preposition", "act"}
                )
        joint = "+".join(names) or tag[:1]
        return Word(_BLANK if text.isspace() else text, tag, names, joint)


#: Stands in features for line breaks and blanks, which a table cannot hold.
_BLANK = "¶"
EDGE = Word("^", "x", ("break",), "break")


def _flags(word: Word) -> int:
    classes, text = word.classes, word.text
    flags = (MAY_BEGIN if NEVER_FIRST.isdisjoint(classes) else 0) | (MAY_END if NEVER_LAST.isdisjoint(classes) else 0)
    flags |= (ACT if "act" in classes else 0) | (PREPOSITION if "preposition" in classes else 0)
    return flags | (OPENS if text in OPENING else 0) | (CLOSES if text in CLOSING else 0)
