"""Say what speaks for a pair of mentions, in parts that recur: what one mention says by itself, what its place says, what both share.

Pairs are many and their features more, but a mention stands in dozens of pairs: each part is made once a text, and its weight summed once.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract.seats import Part, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.extract.scene import Scene
    from kg.extract.seats import Seat
    from kg.extract.spans import Lattice

BREAKS = ",;:"
_EDGES = (1, 2, 3, 6, 12, 24, 48)
_AFAR = 2 * _EDGES[-1]
#: Orders of two mentions of one sentence neither of which holds the other.
_BESIDE = frozenset({"o<a", "a<o"})
#: Words after the first mention among which verbs and prepositions count.
_BETWEEN = 24


class Parts:
    """Make the parts of one predicate's pairs whose subject is of one type.

    Pairs of another kind of subject have parts of their own, since the first three features of a pair count by it too.

    Args:
        scene: The document.
        lattice: Its words.
        kind: First letter of the subject's type.
        made: Parts already made, of this and other texts; what a single mention says is kept for this text only.
    """

    def __init__(self, scene: Scene, lattice: Lattice, kind: str, made: dict[tuple[object, ...], Part]) -> None:
        self._scene, self._lattice, self._kind, self._made = scene, lattice, kind, made
        self._wholes: dict[tuple[object, ...], Whole] = {}

    def _keep(self, key: tuple[object, ...], features: list[str]) -> Part:
        part = self._made[key] = Part(features)
        return part

    def _join(self, key: tuple[object, ...], parts: Iterable[Part]) -> Whole:
        whole = self._wholes[key] = Whole(list(parts))
        return whole

    def place(self, *names: str) -> Part:
        """Return what the place says, as features that count by the subject's type too."""
        return self._made.get(names) or self._keep(names, self._placed(*names))

    def before(self, back: int, have: str, n: int, count: int) -> Part:
        """Return what it says to be the n-th of so many mentions, so many sentences before."""
        key = ("before", back, have, min(n, 2), min(count, 3))
        return self._made.get(key) or self._keep(key, self._placed(f"@before{back}", f"@before{have}", f"@before{back}n{key[3]}/{key[4]}"))

    def heading(self, depth: int, have: str, count: int) -> Part:
        """Return what it says to be one of so many mentions of a heading."""
        key = ("heading", depth, have, count)
        return self._made.get(key) or self._keep(
            key, self._placed(f"@heading{min(depth, 2)}", f"@heading{have}", f"@headingn{min(count, 3)}")
        )

    def _placed(self, *names: str) -> list[str]:
        return [self._kind, *names, *(f"{self._kind}:{name}" for name in names)]

    def told(self, *features: str) -> Part:
        """Return features as they are."""
        key = ("told", features)
        return self._made.get(key) or self._keep(key, list(features))

    def anchor(self, order: str, one: Seat) -> Whole:
        """Return what the anchoring mention says by itself, standing in some order to the other."""
        key = ("anchor", order, one.number)
        return self._wholes.get(key) or self._join(key, self._anchor(order, one))

    def _anchor(self, order: str, one: Seat) -> Iterator[Part]:
        key: tuple[object, ...] = ("a", order, one.tail)
        yield self._made.get(key) or self._keep(
            key, [*self._named(f"{order}a2{one.tail}", doubled=order in {"i", "r"}), f"a-{order}-{one.tail[-1:]}"]
        )
        key = ("ac", one.category, one.sure)
        yield self._made.get(key) or self._keep(key, [f"ac{one.category}", f"sure{one.sure}"])
        if order in _BESIDE:
            yield self._context(order, "ap", one.word, -1)

    def other(self, order: str, one: Seat) -> Whole:
        """Return what the other mention says by itself."""
        key = ("other", order, one.number)
        return self._wholes.get(key) or self._join(key, self._other(order, one))

    def _other(self, order: str, one: Seat) -> Iterator[Part]:
        key: tuple[object, ...] = ("o", order, one.tail)
        yield self._made.get(key) or self._keep(key, self._named(f"{order}o2{one.tail}", doubled=order == "r"))
        key = ("oc", one.category, one.sure)
        yield self._made.get(key) or self._keep(key, [f"oc{one.category}", f"sure{one.sure}o"])
        if order in _BESIDE:
            yield self._context(order, "p", one.word, -1)
            yield self._context(order, "n", one.after, 1)

    def _named(self, name: str, *, doubled: bool) -> list[str]:
        """Return a feature, and where it is among the first three of a pair, what counts by the subject's type too."""
        return [name, f"{self._kind}:{name}"] if doubled else [name]

    def inside(self, inner: str, one: Seat, other: Seat) -> Part:
        """Return what it says that one mention holds the other."""
        edge = "start" if one.start == other.start else "end" if one.end == other.end else "mid"
        return self.place(f"@{inner}", f"@{inner}{edge}")

    def near(self, order: str, commas: int, nearer: int) -> Part:
        """Return what breaks and rivals between two mentions of one sentence say."""
        commas, nearer = min(commas, 4), min(nearer, 3)
        key = ("near", order, commas, nearer)
        return self._made.get(key) or self._keep(key, self._near(order, commas, nearer))

    def _near(self, order: str, commas: int, nearer: int) -> list[str]:
        return [*self._placed(f"@{order}", f"@{order}c{commas}", f"@{order}near{nearer}"), f"@{order}c{commas}n{min(nearer, 2)}"]

    def gap(self, order: str, distance: int, commas: int, listed: int) -> Part:
        """Return what the length of the gap between two mentions says, and its commas and list marks."""
        distance = next((edge for edge in _EDGES if distance < edge), _AFAR)
        commas, listed = min(commas, 2), min(listed, 3)
        key = ("gap", order, distance, commas, listed)
        return self._made.get(key) or self._keep(key, [f"@{order}d{distance}", f"list{listed}{order}c{commas}"])

    def opening(self, order: str, opens: str, commas: int, semicolons: int) -> Part:
        """Return what it says that the other mention opens its sentence or clause, and that a semicolon parts the two."""
        commas, parted = min(commas, 3), semicolons > 0
        key = ("opening", order, opens, commas, parted)
        return self._made.get(key) or self._keep(
            key, [f"{order}subject{opens}c{commas}", f"semicolon{order}" if parted else f"level{order}"]
        )

    def between(self, order: str, first: int, last: int) -> Iterator[Part]:
        """Yield what the words from ``first`` to before ``last`` say: verbs, prepositions, and those next to the mentions."""
        if first >= last:
            yield self.told(f"{order}touch")
            return
        words, cues = self._lattice.words, self._lattice.cues
        yield self._word(order, "first", words[first].text)
        yield self._word(order, "last", words[last - 1].text)
        held = cues[bisect_left(cues, first) : bisect_left(cues, min(last, first + _BETWEEN))]
        if held:
            for text in dict.fromkeys([words[i].text for i in held]):
                yield self._word(order, "w", text)

    def _word(self, order: str, name: str, text: str) -> Part:
        key = (order, name, text)
        return self._made.get(key) or self._keep(key, [f"{order}{name}{text}"])

    def lead(self, one: Seat, recurs: int) -> Whole:
        """Return what a mention in the text's lead says: where it stands, in which words, how often it recurs."""
        key = ("lead", one.number)
        return self._wholes.get(key) or self._join(key, self._lead(one, min(recurs, 4)))

    def _lead(self, one: Seat, recurs: int) -> Iterator[Part]:
        at, genre = one.sentence, self._scene.context.genre
        yield self.place(f"@lead{at}", f"@leadg{genre}{at}")
        yield self._context("@lead", "p", one.word, -1)
        yield self._context("@lead", "q", one.after, 1)
        for text in self._verbs_before(one):
            yield self._word("@lead", "w", text)
        title = self._whole_line(one)
        yield self.told(f"@leadr{recurs}", f"@leadr{one.kind}{recurs}{genre}", f"@lead{one.kind}{at}title{title}")
        yield from self._other("t", one)

    def _whole_line(self, one: Seat) -> bool:
        """Tell whether a mention stands in a paragraph of one sentence that is not ended like one, as titles are."""
        segmentation = self._scene.segmentation
        sentence = segmentation.sentences[one.sentence]
        alone = len(segmentation.paragraph_sentences(sentence.paragraph)) == 1
        return alone and self._scene.view[sentence.span.end - 1] not in "。;:"

    def rank(self, n: int, count: int) -> Part:
        """Return what it says to be the n-th mention of so many entities in the lead."""
        key = ("rank", n, count)
        name = f"@leadn{min(n, 2)}/{min(count, 4)}"
        return self._made.get(key) or self._keep(key, [name, f"{self._kind}:{name}"])

    def counted(self, number: Seat, place: str) -> Whole:
        """Return what a number says: its kind, unit and indicator."""
        key = ("counted", number.number, place)
        return self._wholes.get(key) or self._join(key, self._counted(number, place))

    def _counted(self, number: Seat, place: str) -> Iterator[Part]:
        attributes = number.mention.entity.attributes
        for name, each in (("kind", attributes.get("kind", "-")), ("unit", attributes.get("unit", "-")), ("ind", number.category)):
            key = ("counted", name, each)
            yield self._made.get(key) or self._keep(key, [f"{self._kind}{name}{each}"])
            if name == "kind":
                key = ("counted", place, each)
                yield self._made.get(key) or self._keep(key, [f"{self._kind}{place}kind{each}"])

    def shared(self, number: Seat, subject: Seat, place: str) -> Part:
        """Return what the names of a number's indicator and of what it may be about share."""
        held = _shared(number.name, subject.name)
        key = ("shared", place, held)
        return self._made.get(key) or self._keep(key, [f"{self._kind}{start}{each}" for start in ("", place) for each in held])

    def rule(self, rule: str | None) -> Part:
        """Return what the rules say of a number."""
        key = ("rule", rule)
        return self._made.get(key) or self._keep(key, [f"rule{rule or '-'}", f"{self._kind}rule{rule is not None}"])

    def _context(self, order: str, name: str, i: int, direction: int) -> Part:
        """Return the word before or at a place and its classes; a quotation mark is stepped over."""
        i = i - 1 if direction < 0 else i
        word = self._lattice.at(i)
        if word.text in "“”":
            word = self._lattice.at(i + direction)
        key = ("context", order, name, word.text)
        return self._made.get(key) or self._keep(key, [f"{order}{name}{each}" for each in (word.text, *(f"/{c}" for c in word.classes))])

    def _verbs_before(self, one: Seat) -> list[str]:
        """Return the verbs and prepositions that stand before a mention in its clause, at most six words back."""
        found = []
        for word in reversed(self._lattice.words[max(one.word - 6, 0) : one.word]):
            if "break" in word.classes:
                break
            if "act" in word.classes or "preposition" in word.classes:
                found.append(word.text)
        return sorted(set(found))


@lru_cache(maxsize=4096)
def _shared(indicator: str, name: str) -> tuple[str, str]:
    shared = max((n for n in range(1, 5) if any(name[i : i + n] in indicator for i in range(len(name) - n + 1))), default=0)
    whole = "same" if name == indicator else "holds" if name in indicator else "held" if indicator in name else "other"
    return f"shared{shared}", f"whole{whole}"
