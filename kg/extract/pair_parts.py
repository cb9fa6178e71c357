"""Say what speaks for a pair of mentions, in parts that recur: what one mention says by itself, what its place says, what both share.

Pairs are many and their features more, but what a part says recurs from pair to pair and from text to text. So each part is made once
and kept: as its features' names where the model is trained, as the sum of their weights where pairs are scored. Either adds up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kg.extract.seats import Seat
    from kg.extract.spans import Lattice
    from kg.extract.words import Word

BREAKS = ",;:"
#: What each sign between two mentions counts: semicolons, breaks and list marks count in one number, far apart.
_SEMICOLON, _BREAK, _LISTED = 1 << 48, 1 << 24, 1
SIGNS = {";": _SEMICOLON + _BREAK, ",": _BREAK, ":": _BREAK, "、": _LISTED}
_MASK = _BREAK - 1
_EDGES = (1, 2, 3, 6, 12, 24, 48)
#: By length of the gap between two mentions the first edge beyond it; further away all is one.
_EDGE = [next(edge for edge in _EDGES if distance < edge) for distance in range(_EDGES[-1])]
_AFAR = 2 * _EDGES[-1]
#: Mentions nearer to the anchor than the other, from which they are counted no more.
_CLOSEST = 3
#: Orders of two mentions of one sentence neither of which holds the other.
_BESIDE = frozenset({"o<a", "a<o"})
#: Words after the first mention among which verbs and prepositions count.
_BETWEEN = 24


class Table(dict[Any, Any]):
    """Hold what is made of a key when it is first asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __missing__(self, key: Any) -> Any:
        """Return and keep what is made of a key."""
        value = self[key] = self._make(key)
        return value


class Parts:
    """Hold the parts of one predicate's pairs whose subject is of one type.

    Pairs of another kind of subject have parts of their own, since the first three features of a pair count by it too.

    Args:
        kind: First letter of the subject's type.
        value: Turns features into what is kept of them, which adds up: their names, or their weight.

    Attributes:
        place: What a place says, by the names of its features.
        before: What it says to be the n-th of so many mentions, so many sentences before (back, mentions here, n, count).
        heading: What it says to be one of so many mentions of a heading (depth, mentions here, count).
        told: Features as they are.
        rank: What it says to be the n-th mention of so many entities in the lead.
        rule: What the rules say of a number.
    """

    def __init__(self, kind: str, value: Callable[[list[str]], Any]) -> None:
        self.kind, self._value = kind, value
        self.place = self._table(lambda names: self._placed(*names))
        self.before = self._table(self._before)
        self.heading = self._table(self._heading)
        self._clipped = self._table(self._gap)
        #: By what :meth:`beside` is told, as it is: most gaps have few signs, and to look them up is quicker than to clip their numbers.
        self._gaps = Table(self._clip)
        self.told = self._table(list)
        self.rank = self._table(self._rank)
        self.rule = self._table(lambda rule: [f"rule{rule or '-'}", f"{kind}rule{rule is not None}"])
        self._anchors, self._others = Table(self._tails("a")), Table(self._tails("o"))
        self._anchored = self._table(lambda told: [f"ac{told[0]}", f"sure{told[1]}"])
        self._otherwise = self._table(lambda told: [f"oc{told[0]}", f"sure{told[1]}o"])
        self._words = Table(lambda start: self._table(lambda text: [f"{start}{text}"]))
        self._between = Table(lambda order: tuple(self._words[f"{order}{name}"] for name in ("first", "last", "w")))
        self._contexts: dict[tuple[str, str], dict[str, Any]] = {}
        self._counted, self._shared = self._table(self._count), self._table(self._share)
        self._most_shared = Table(lambda place: max(self._shared[place, *held] for held in _SHARED))

    def size(self) -> int:
        """Return how many parts are kept, roughly."""
        return len(self._gaps) + len(self.told) + sum(map(len, (*self._words.values(), *self._contexts.values(), *self._anchors.values())))

    def _table(self, features: Callable[[Any], list[str]]) -> Table:
        return Table(lambda key: self._value(features(key)))

    def _placed(self, *names: str) -> list[str]:
        """Return what the place says, as features that count by the subject's type too."""
        return [self.kind, *names, *(f"{self.kind}:{name}" for name in names)]

    def _before(self, key: tuple[int, str, int, int]) -> list[str]:
        back, have, n, count = key
        return self._placed(f"@before{back}", f"@before{have}", f"@before{back}n{n}/{count}")

    def _heading(self, key: tuple[int, str, int]) -> list[str]:
        depth, have, count = key
        return self._placed(f"@heading{depth}", f"@heading{have}", f"@headingn{count}")

    def beside(self, order: str, signs: int, nearer: int, distance: int, opens: str) -> Any:
        """Return what the gap between two mentions of one sentence says.

        Args:
            order: Which comes first.
            signs: The signs between them, each as :data:`SIGNS` counts it.
            nearer: Mentions that are nearer to the anchor.
            distance: Code points of the gap.
            opens: What the other mention opens.
        """
        edge = _AFAR if distance >= _EDGES[-1] else _EDGE[distance] if distance > 0 else _EDGE[0]
        return self._gaps[order, signs, min(_CLOSEST, nearer), edge, opens]

    def _clip(self, key: tuple[str, int, int, int, str]) -> Any:
        order, signs, nearer, edge, opens = key
        breaks, listed = signs // _BREAK & _MASK, signs & _MASK
        return self._clipped[order, min(4, breaks), nearer, edge, min(3, listed), opens, signs >= _SEMICOLON]

    def _gap(self, key: tuple[str, int, int, int, int, str, bool]) -> list[str]:
        order, breaks, nearer, distance, listed, opens, parted = key
        near = self._placed(f"@{order}", f"@{order}c{breaks}", f"@{order}near{nearer}")
        gap = [f"{order}d{distance}", f"list{listed}{order}c{min(breaks, 2)}"]
        opening = [f"{order}subject{opens}c{min(breaks, 3)}", f"semicolon{order}" if parted else f"level{order}"]
        return [*near, f"@{order}c{breaks}n{min(nearer, 2)}", f"@{gap[0]}", gap[1], *opening]

    def _rank(self, key: tuple[int, int]) -> list[str]:
        name = f"@leadn{key[0]}/{key[1]}"
        return [name, f"{self.kind}:{name}"]

    def _tails(self, role: str) -> Callable[[str], Table]:
        """Return what makes for an order of two mentions a table of what the end of a name says, of the anchor or of the other."""

        def features(order: str, tail: str) -> list[str]:
            name = f"{order}{role}2{tail}"
            # Where it is among the first three features of a pair it counts by the subject's type too.
            doubled = order == "r" or (order == "i" and role == "a")
            found = [name, f"{self.kind}:{name}"] if doubled else [name]
            return [*found, f"a-{order}-{tail[-1:]}"] if role == "a" else found

        return lambda order: self._table(lambda tail: features(order, tail))

    def anchor(self, order: str, one: Seat) -> Any:
        """Return what the anchoring mention says by itself, standing in some order to the other."""
        told = self._anchors[order][one.tail] + self._anchored[one.told]
        return told + self.context(order, "ap", one.left) if order in _BESIDE else told

    def other(self, order: str, one: Seat) -> Any:
        """Return what the other mention says by itself."""
        told = self._others[order][one.tail] + self._otherwise[one.told]
        return told + self.context(order, "p", one.left) + self.context(order, "n", one.right) if order in _BESIDE else told

    def context(self, order: str, name: str, word: Word) -> Any:
        """Return what a word next to a mention says, and its classes."""
        held = self._contexts.get((order, name))
        if held is None:
            held = self._contexts[order, name] = {}
        value = held.get(word.text)
        if value is None:
            value = self._value([f"{order}{name}{each}" for each in (word.text, *(f"/{c}" for c in word.classes))])
            held[word.text] = value
        return value

    def inside(self, inner: str, one: Seat, other: Seat) -> Any:
        """Return what it says that one mention holds the other."""
        edge = "start" if one.start == other.start else "end" if one.end == other.end else "mid"
        return self.place[f"@{inner}", f"@{inner}{edge}"]

    def between(self, order: str, lattice: Lattice, first: int, last: int) -> Any:
        """Return what the words from ``first`` to before ``last`` say: verbs, prepositions, and those next to the mentions."""
        if first >= last:
            return self.told[f"{order}touch",]
        words, (before, cues) = lattice.words, lattice.cues
        firsts, lasts, table = self._between[order]
        told = firsts[words[first].text] + lasts[words[last - 1].text]
        held = cues[before[first] : before[min(last, first + _BETWEEN)]]
        for text in dict.fromkeys(held) if len(held) > 1 else held:
            told += table[text]
        return told

    def lead(self, one: Seat, recurs: int, genre: str, title: bool, verbs: Sequence[str]) -> Any:
        """Return what a mention in the text's lead says.

        Args:
            one: The mention.
            recurs: How often its entity is named in the text.
            genre: The text's.
            title: Whether it stands in a line that reads as a title.
            verbs: The verbs and prepositions before it.
        """
        at, recurs = one.sentence, min(recurs, 4)
        told = self.place[f"@lead{at}", f"@leadg{genre}{at}"]
        told += self.context("@lead", "p", one.left) + self.context("@lead", "q", one.right)
        for text in verbs:
            told += self._words["@leadw"][text]
        told += self.told[f"@leadr{recurs}", f"@leadr{one.kind}{recurs}{genre}", f"@lead{one.kind}{at}title{title}"]
        return told + self.other("t", one)

    def nearby(self, place: str, one: Seat, have: str, rank: tuple[int, int]) -> Any:
        """Return what a mention in a sentence that stands in some place says.

        Args:
            place: The place.
            one: The mention.
            have: How many may be the other end in the anchor's own sentence.
            rank: The mention's number among those of its sentence, and how many these are.
        """
        n, count = min(rank[0], 2), min(rank[1], 3)
        told = self.place[place, f"{place}{have}", f"{place}n{n}/{count}"]
        return told + self.context(place, "p", one.left) + self.context(place, "q", one.right)

    def number(self, number: Seat, subject: Seat, place: str) -> Any:
        """Return what a number says, its kind, unit and indicator, and what its indicator's name and its subject's share."""
        return self._counted[place, *number.counted] + self._shared[place, *_shared(number.name, subject.name)]

    def most(self, number: Seat, place: str) -> Any:
        """Return the largest that :meth:`number` gives for any subject."""
        return self._counted[place, *number.counted] + self._most_shared[place]

    def _count(self, key: tuple[str, str, str, str]) -> list[str]:
        place, kind, unit, indicator = key
        return [f"{self.kind}{name}" for name in (f"kind{kind}", f"{place}kind{kind}", f"unit{unit}", f"ind{indicator}")]

    def _share(self, key: tuple[str, str, str]) -> list[str]:
        place, *held = key
        return [f"{self.kind}{start}{each}" for start in ("", place) for each in held]


def verbs_before(lattice: Lattice, one: Seat) -> list[str]:
    """Return the verbs and prepositions that stand before a mention in its clause, at most six words back."""
    return sorted(set(_verbs(lattice.words[max(one.word - 6, 0) : one.word])))


def _verbs(words: Sequence[Word]) -> Iterator[str]:
    for word in reversed(words):
        if "break" in word.classes:
            return
        if "act" in word.classes or "preposition" in word.classes:
            yield word.text


_MOST_SHARED = 4
#: All that :func:`_shared` gives.
_SHARED = [(f"shared{shared}", f"whole{whole}") for shared in range(_MOST_SHARED + 1) for whole in ("same", "holds", "held", "other")]


@lru_cache(maxsize=1 << 14)
def _shared(indicator: str, name: str) -> tuple[str, str]:
    shared = 0
    while shared < _MOST_SHARED and any(name[i : i + shared + 1] in indicator for i in range(len(name) - shared)):
        shared += 1  # what shares no shorter run shares no longer one
    whole = "same" if name == indicator else "holds" if name in indicator else "held" if indicator in name else "other"
    return f"shared{shared}", f"whole{whole}"
