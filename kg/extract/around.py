"""Gather the pairs of a predicate around a mention, with what speaks for each (:mod:`kg.extract.pair_parts`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kg.extract.beside import Beside
from kg.extract.pair_parts import verbs_before
from kg.extract.sieve import SIGNATURES, Place, Sieve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.pairs import Layout
    from kg.extract.seats import Seat
    from kg.extract.sieve import Batch, Judgement

#: Relations whose other end may stand in the text's first sentences; all may stand in a heading or shortly before.
_LED = frozenset({"targets", "implementedBy", "hasMeasure"})
#: A text's first sentences, title included, where press articles and notices name what the rest is about.
_LEAD = 3
#: Sentences before, in the paragraph, in which the other end may stand.
_BACK = 3
_BEFORE = {back: Place("b", "bef", f"@before{back}") for back in range(1, _BACK + 1)}
#: The sentence that leads a list in, and the one that follows.
_LISTED, _LATER = Place("l", "lis", "@list"), Place("f", "lat", "@later")
_DUTY, _OWN = Place("y", "dut", "@duty"), Place("d", "own", "@own")
#: Relations whose other end may stand in the sentence that follows.
_FOLLOWED = frozenset({"implementedBy"})


class Surroundings(NamedTuple):
    """Hold which sentences have a say for one.

    Attributes:
        at: The sentence.
        above: Depth and sentence of the headings that hold for it, itself left out.
        before: Distance and sentence of those shortly before in its paragraph.
        first: The text's first sentences, those near and headings left out.
    """

    at: int
    above: list[tuple[int, int]]
    before: list[tuple[int, int]]
    first: tuple[int, ...]


def surroundings(layout: Layout, index: int) -> Surroundings:
    """Return which sentences have a say for the sentence ``index``."""
    segmentation = layout.scene.segmentation
    sentences = segmentation.sentences
    above = [(depth, segmentation.sentence_index(heading.start)) for depth, heading in enumerate(segmentation.headings(index))]
    above = [(depth, at) for depth, at in above if at != index]
    before: list[tuple[int, int]] = []
    paragraph = sentences[index].paragraph
    for back in range(1, min(_BACK, index) + 1):
        at = index - back
        if sentences[at].paragraph != paragraph or sentences[at].is_heading:
            break
        before.append((back, at))
    held = {at for _, at in above}
    return Surroundings(index, above, before, tuple([at for at in range(min(_LEAD, index - 3)) if at not in held]))


class Around:
    """Gather the pairs of one predicate in a text."""

    def __init__(self, layout: Layout, predicate: str, judgement: Judgement) -> None:
        subjects, objects = SIGNATURES[predicate]
        self._sieve = Sieve(predicate, judgement, layout.ruled)
        self.anchors = objects if self._sieve.sought else subjects
        self._ends = subjects if self._sieve.sought else objects
        self._beside = Beside(layout, self._sieve)
        self._layout, self._predicate = layout, predicate
        self._held: dict[int, list[Seat]] = {}
        self._leads: dict[tuple[str, tuple[int, ...]], tuple[list[tuple[Seat, Any]], Any]] = {}
        self.taken = self._sieve.taken

    def gather(self, around: Surroundings, anchors: Sequence[Seat]) -> None:
        """Gather the pairs of the anchoring mentions of a sentence."""
        layout, predicate, index = self._layout, self._predicate, around.at
        same = self._others(index)
        have = "have0" if not same else "have1" if len(same) == 1 else "have2"
        leads = bool(around.first) and predicate in _LED
        far: dict[str, list[Batch]] = {}
        for anchor in anchors:
            if same:
                self._beside.gather(anchor, same, index)
            kind = self._kind(anchor)
            if kind not in far:
                far[kind] = self._far(around, kind, have)
            if far[kind]:
                self._sieve.add_all(anchor, far[kind])
            if leads:
                self._lead(anchor, index, around.first)
            if layout.own is not None and predicate == "hasMeasure":
                self._as_own(anchor, layout.own, index, have)
            if predicate == "hasObservation":
                self._counting(anchor, index, {m.id for m in same}, have)
        self._told_elsewhere(around, anchors, have)

    def _kind(self, anchor: Seat) -> str:
        """Return the kind by which all parts of an anchor's pairs count, nothing where each other end tells its own."""
        return "" if self._sieve.sought else anchor.kind

    def _others(self, index: int) -> list[Seat]:
        """Return the mentions of a sentence that may be the other end; they are of other types than the anchors."""
        held = self._held.get(index)
        if held is None:
            held = self._held[index] = [m for m in self._layout.mentions.get(index, ()) if m.type in self._ends]
        return held

    def _far(self, around: Surroundings, kind: str, have: str) -> list[Batch]:
        """Return what may be the other end in the sentences shortly before and in headings, for anchors of a kind."""
        index, parts, found = around.at, self._sieve.parts, []
        for back, at in around.before:
            others = self._others(at)
            count = min(len(others), 3)
            held = [(kind or other.kind, other, (back, have, min(n, 2), count)) for n, other in enumerate(others)]
            if held:
                told = [(other, parts[of], parts[of].before[key]) for of, other, key in held]
                found.append(self._sieve.batch(_BEFORE[back], (at, index), told))
        for depth, at in around.above:
            others = self._others(at)
            if others:
                key = min(depth, 2), have, min(len(others), 3)
                told = [(other, parts[kind or other.kind], parts[kind or other.kind].heading[key]) for other in others]
                found.append(self._sieve.batch(Place("h", "hea", f"@heading{key[0]}"), (at, index), told))
        return found

    def _followed(self, index: int) -> list[Seat]:
        """Return what may be the other end in the next sentence of the paragraph, if that is not the list of who is responsible."""
        sentences = self._layout.scene.segmentation.sentences
        if index + 1 >= len(sentences) or sentences[index + 1].paragraph != sentences[index].paragraph:
            return []
        if self._predicate == "implementedBy" and self._layout.duties.get(index) == index + 1:
            return []
        return self._others(index + 1)

    def _told_elsewhere(self, around: Surroundings, anchors: Sequence[Seat], have: str) -> None:
        """Add what the lead of a list, the next sentence and the list of those responsible say for a sentence.

        Args:
            around: The sentence; of its headings a lead among them has had its say.
            anchors: Its anchoring mentions.
            have: How many may be the other end in the sentence itself.
        """
        index = around.at
        layout, lead = self._layout, self._layout.leads.get(index)
        found = []
        if lead is not None and all(at != lead for _, at in around.above):
            found.append(((lead, index), _LISTED, self._others(lead)))
        if self._predicate in _FOLLOWED:
            found.append(((index, index + 1), _LATER, self._followed(index)))
        found = [each for each in found if each[2]]
        closing = layout.duties.get(index, 0) if self._predicate == "implementedBy" else 0
        if not found and not closing:
            return
        made: dict[str, list[Batch]] = {}
        for anchor in anchors:
            kind = self._kind(anchor)
            if kind not in made:
                made[kind] = [self._nearby(place, sentences, others, kind, have) for sentences, place, others in found]
            self._sieve.add_all(anchor, made[kind])
            if closing:
                self._closing(anchor, index, closing, have)

    def _nearby(self, place: Place, sentences: tuple[int, ...], others: Sequence[Seat], kind: str, have: str) -> Batch:
        told = []
        for n, other in enumerate(others):
            parts = self._sieve.parts[kind or other.kind]
            told.append((other, parts, parts.nearby(place.feature, other, have, (n, len(others)))))
        return self._sieve.batch(place, sentences, told)

    def _counting(self, number: Seat, index: int, near: set[str], have: str) -> None:
        """Add the text's own region as what a number is about, and what the rules found further away."""
        layout, home, sieve = self._layout, self._layout.home, self._sieve
        if home is not None and home.id not in near:
            name = f"@region{have}"
            sieve.add(number, home, (index,), Place("r", "reg", name), sieve.of(number, home).place[name,])
        for id_, claim in layout.ruled.get(number.id, {}).items():
            if id_ in near or (home is not None and id_ == home.id):
                continue
            at = tuple(layout.scene.segmentation.sentence_index(span.start) for span in claim.evidence)
            if index in at and id_ in layout.first:
                subject, name = layout.first[id_], f"@ruled{have}"
                sieve.add(number, subject, at, Place("r", "rul", name), sieve.of(number, subject).place[name,])

    def _closing(self, anchor: Seat, index: int, closing: int, have: str) -> None:
        """Add those whom the list that closes the passage names as responsible, the first ones told apart."""
        steps = min(closing - index, 3)
        for n, other in enumerate(self._others(closing)):
            told = self._sieve.of(anchor, other).place["@duty", f"@duty{have}", f"@dutyn{min(n, 2)}", f"@dutys{steps}"]
            self._sieve.add(anchor, other, (index, closing), _DUTY, told)

    def _lead(self, anchor: Seat, index: int, first: tuple[int, ...]) -> None:
        sieve = self._sieve
        leading, top = self._leading(anchor.kind, first)
        if not leading:
            return
        # Before an object looks for its subject here, that is a program or document: all parts are those of one kind.
        said = sieve.of(anchor, leading[0][0]).anchor("t", anchor)
        if sieve.least is None or top + said >= sieve.least:
            for other, told in leading:
                sieve.take(anchor, other, (other.sentence, index), "lea", told + said)

    def _leading(self, kind: str, first: tuple[int, ...]) -> tuple[list[tuple[Seat, Any]], Any]:
        """Return the mentions of some of the first sentences with what they say by themselves, for an anchor of a kind, and the most of it."""
        found = self._leads.get((kind, first))
        if found is None:
            layout, sieve = self._layout, self._sieve
            made: list[tuple[Seat, Any]] = []
            genre = layout.scene.context.genre
            held = [m for at in first for m in layout.mentions.get(at, ()) if m.type in self._ends and layout.may_lead(m)]
            names = len({m.id for m in held})
            for n, other in enumerate(held):
                parts = sieve.parts[other.kind if sieve.sought else kind]
                told = parts.lead(other, layout.counts[other.id], genre, layout.whole_line(other), verbs_before(layout.lattice, other))
                made.append((other, sieve.bias + told + parts.rank[min(n, 2), min(names, 4)]))
            found = self._leads[kind, first] = made, max((told for _, told in made), default=None)
        return found

    def _as_own(self, anchor: Seat, own: Seat, index: int, have: str) -> None:
        parts, layout = self._sieve.of(anchor, own), self._layout
        heading = layout.scene.segmentation.sentences[index].is_heading
        told = parts.place["@own", f"@own{have}", f"@own{own.told[0]}"]
        told += parts.told[f"@own{own.name[-2:]}", f"@owng{layout.scene.context.genre}", f"@ownhead{heading}"]
        self._sieve.add(anchor, own, (index,), _OWN, told)
