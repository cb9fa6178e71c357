"""Gather the pairs of a predicate around a mention, with what speaks for each (:mod:`kg.extract.pair_parts`)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.extract.pair_parts import Parts, verbs_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.extract.pairs import Layout
    from kg.extract.seats import Seat
    from kg.model import Mention

#: Relation to the types of its subject and object.
SIGNATURES = {
    "targets": (("Measure", "Program"), ("TargetGroup",)),
    "implementedBy": (("Measure", "Program"), ("Agency",)),
    "hasMeasure": (("Program", "PolicyDocument"), ("Measure",)),
    "hasObservation": (("Measure", "Program", "TargetGroup", "Agency", "Region"), ("Observation",)),
}
#: Relations whose object looks for its subject; in the others the subject looks for its object.
SOUGHT = frozenset({"hasMeasure", "hasObservation"})
#: Relations whose other end may stand in the text's first sentences; all may stand in a heading or shortly before.
_LED = frozenset({"targets", "implementedBy", "hasMeasure"})
#: A text's first sentences, title included, where press articles and notices name what the rest is about.
_LEAD = 3
#: Order of two mentions, first letters of the place's name and its first feature.
_BEFORE = {back: ("b", "bef", f"@before{back}") for back in (1, 2, 3)}
_INSIDE, _OUTSIDE, _AFTER, _AHEAD = ("i", "in", "@in"), ("i", "out", "@out"), ("o<a", "o<a", "@o<a"), ("a<o", "a<o", "@a<o")


class Pair(NamedTuple):
    """Hold a possible relation.

    Attributes:
        sentences: The sentences that would grant it.
        place: First letters of the place's name, the order of the two where they stand side by side.
        told: What speaks for it: features without the predicate's name, or the sum of their weights.
    """

    predicate: str
    subject: Mention
    object: Mention
    sentences: tuple[int, ...]
    place: str
    told: Any

    @property
    def features(self) -> list[str]:
        """Return the features, as they stand in the model; the first with an ``@`` tells the place."""
        return [f"{self.predicate}:{feature}" for feature in self.told]


@dataclass(frozen=True)
class Judgement:
    """Hold what makes the parts of a predicate's pairs, and which pairs are worth making.

    Attributes:
        parts: By first letter of the subject's type.
        bias: What every pair begins with.
        least: Sum below which a pair is passed over; None where nothing is.
    """

    parts: Mapping[str, Parts]
    bias: Any
    least: float | None


def named_features() -> dict[str, Judgement]:
    """Return what makes all pairs with the names of their features, by predicate."""
    return {
        predicate: Judgement({type_[0]: Parts(type_[0], tuple) for type_ in subjects}, (), None)
        for predicate, (subjects, _) in SIGNATURES.items()
    }


class Around:
    """Gather the pairs of one predicate in a text."""

    def __init__(self, layout: Layout, predicate: str, judgement: Judgement) -> None:
        subjects, objects = SIGNATURES[predicate]
        self.anchors = objects if predicate in SOUGHT else subjects
        self._ends = subjects if predicate in SOUGHT else objects
        self._layout, self._predicate, self._sought = layout, predicate, predicate in SOUGHT
        self._parts, self._bias, self._least = judgement.parts, judgement.bias, judgement.least
        self._found: list[Pair] = []
        self._held: dict[int, list[Seat]] = {}
        self._leads: dict[tuple[str, tuple[int, ...]], list[tuple[Seat, Any]]] = {}
        #: What mentions say by themselves, by their number, first letter of the subject's type, and order.
        self._anchored: dict[tuple[int, str, str], Any] = {}
        self._otherwise: dict[tuple[int, str, str], Any] = {}

    def taken(self) -> list[Pair]:
        """Return the pairs gathered since this was last asked for."""
        found, self._found = self._found, []
        return found

    def gather(self, index: int, anchors: Sequence[Seat], above: Sequence[tuple[int, int]]) -> None:
        """Gather the pairs of the anchoring mentions of the sentence ``index``, which stands under the headings ``above``."""
        layout, predicate = self._layout, self._predicate
        same = self._others(index)
        have = "have0" if not same else "have1" if len(same) == 1 else "have2"
        earlier = self._earlier(index, have)
        headed = [(at, others, (min(depth, 2), have, min(len(others), 3))) for depth, at in above if (others := self._others(at))]
        before = self._lead_sentences(index, above)
        near = {m.id for m in same}
        closing = layout.duties.get(index, 0) if predicate == "implementedBy" else 0
        for anchor in anchors:
            self._beside(anchor, same, index)
            for at, place, listed in earlier:
                for other, which in listed:
                    self._add(anchor, other, (at, index), place, self._of(anchor, other).before[which])
            for at, others, key in headed:
                place = ("h", "hea", f"@heading{key[0]}")
                for other in others:
                    self._add(anchor, other, (at, index), place, self._of(anchor, other).heading[key])
            if closing:
                self._closing(anchor, index, closing, have)
            self._lead(anchor, index, before)
            if layout.own is not None and predicate == "hasMeasure":
                self._as_own(anchor, layout.own, index, have)
            if predicate == "hasObservation":
                self._counting(anchor, index, near, have)

    def _lead_sentences(self, index: int, above: Sequence[tuple[int, int]]) -> tuple[int, ...]:
        """Return the text's first sentences that may hold the other end, those near the sentence ``index`` and headings left out."""
        if self._predicate not in _LED:
            return ()
        held = {at for _, at in above}
        return tuple([at for at in range(min(_LEAD, index - 3)) if at not in held])

    def _others(self, index: int) -> list[Seat]:
        """Return the mentions of a sentence that may be the other end; they are of other types than the anchors."""
        held = self._held.get(index)
        if held is None:
            held = self._held[index] = [m for m in self._layout.mentions.get(index, ()) if m.type in self._ends]
        return held

    def _earlier(self, index: int, have: str) -> list[tuple[int, tuple[str, str, str], list[tuple[Seat, tuple[int, str, int, int]]]]]:
        """Return what may be the other end in the sentences shortly before, with what says where."""
        sentences, found = self._layout.scene.segmentation.sentences, []
        for back in (1, 2, 3):
            at = index - back
            if at < 0 or sentences[at].paragraph != sentences[index].paragraph or sentences[at].is_heading:
                break
            others = self._others(at)
            if others:
                count = min(len(others), 3)
                found.append((at, _BEFORE[back], [(other, (back, have, min(n, 2), count)) for n, other in enumerate(others)]))
        return found

    def _of(self, anchor: Seat, other: Seat) -> Parts:
        """Return what makes the parts of a pair."""
        return self._parts[(other if self._sought else anchor).kind]

    def _add(self, anchor: Seat, other: Seat, sentences: tuple[int, ...], place: tuple[str, str, str], told: Any) -> None:
        """Add a pair, if it is worth making.

        Args:
            anchor: One mention.
            other: The other.
            sentences: What would grant it.
            place: The order of the two, the first letters of the place's name and its first feature.
            told: What the place says.
        """
        subject, object_ = (other, anchor) if self._sought else (anchor, other)
        kind, order = subject.kind, place[0]
        key = anchor.number, kind, order
        said = self._anchored.get(key)
        if said is None:
            said = self._anchored[key] = self._parts[kind].anchor(order, anchor)
        key = other.number, kind, order
        more = self._otherwise.get(key)
        if more is None:
            more = self._otherwise[key] = self._parts[kind].other(order, other)
        told = self._bias + told + said + more
        if self._predicate == "hasObservation":
            parts, rules = self._parts[kind], self._layout.ruled.get(anchor.id)
            rule = rules.get(other.id) if rules else None
            told += parts.number(anchor, other, place[2]) + parts.rule[rule.rule if rule else None]
        if self._least is None or told >= self._least:
            self._found.append(Pair(self._predicate, subject.mention, object_.mention, sentences, place[1], told))

    def _counting(self, number: Seat, index: int, near: set[str], have: str) -> None:
        """Add the text's own region as what a number is about, and what the rules found further away."""
        layout, home = self._layout, self._layout.home
        if home is not None and home.id not in near:
            name = f"@region{have}"
            self._add(number, home, (index,), ("r", "reg", name), self._of(number, home).place[name,])
        for id_, claim in layout.ruled.get(number.id, {}).items():
            if id_ in near or (home is not None and id_ == home.id):
                continue
            at = tuple(layout.scene.segmentation.sentence_index(span.start) for span in claim.evidence)
            if index in at and id_ in layout.first:
                subject, name = layout.first[id_], f"@ruled{have}"
                self._add(number, subject, at, ("r", "rul", name), self._of(number, subject).place[name,])

    def _closing(self, anchor: Seat, index: int, closing: int, have: str) -> None:
        """Add those whom the list that closes the passage names as responsible, the first ones told apart."""
        steps = min(closing - index, 3)
        for n, other in enumerate(self._others(closing)):
            told = self._of(anchor, other).place["@duty", f"@duty{have}", f"@dutyn{min(n, 2)}", f"@dutys{steps}"]
            self._add(anchor, other, (index, closing), ("y", "dut", "@duty"), told)

    def _lead(self, anchor: Seat, index: int, before: tuple[int, ...]) -> None:
        leading = self._leading(anchor.kind, before) if before else ()
        if not leading:
            return
        # Before an object looks for its subject here, that is a program or document: all parts are those of one kind.
        said = self._of(anchor, leading[0][0]).anchor("t", anchor)
        for other, told in leading:
            total = told + said
            if self._least is None or total >= self._least:
                subject, object_ = (other, anchor) if self._sought else (anchor, other)
                self._found.append(Pair(self._predicate, subject.mention, object_.mention, (other.sentence, index), "lea", total))

    def _leading(self, kind: str, before: tuple[int, ...]) -> list[tuple[Seat, Any]]:
        """Return the mentions of some of the first sentences with what they say by themselves, for an anchor of a kind."""
        found = self._leads.get((kind, before))
        if found is None:
            layout = self._layout
            genre = layout.scene.context.genre
            held = [m for at in before for m in layout.mentions.get(at, ()) if m.type in self._ends and layout.may_lead(m)]
            names = len({m.id for m in held})
            found = self._leads[kind, before] = []
            for n, other in enumerate(held):
                parts = self._parts[other.kind if self._sought else kind]
                told = parts.lead(other, layout.counts[other.id], genre, layout.whole_line(other), verbs_before(layout.lattice, other))
                found.append((other, self._bias + told + parts.rank[min(n, 2), min(names, 4)]))
        return found

    def _beside(self, anchor: Seat, same: Sequence[Seat], index: int) -> None:
        """Add the pairs of a mention with others of its sentence."""
        layout, start, end = self._layout, anchor.start, anchor.end
        count, opens = layout.scene.view.count, layout.opens
        far = [
            m.start - start if m.start >= start else start - m.end if m.end <= start else min(start - m.start, m.end - start) for m in same
        ]
        ranked = sorted(far) if len(far) > 1 else far
        for other, distance in zip(same, far, strict=True):
            parts = self._of(anchor, other)
            if (
                other.end <= start
                or end <= other.start
                or not ((start <= other.start and other.end <= end) or (other.start <= start and end <= other.end))
            ):
                place, first, second = (_AFTER, other, anchor) if other.start < start else (_AHEAD, anchor, other)
                left, right = first.end, second.start
                semicolons = count(";", left, right)
                breaks = semicolons + count(",", left, right) + count(":", left, right)
                nearer, listed = bisect_left(ranked, distance), count("、", left, right)
                told = parts.beside(place[0], (breaks, nearer, right - left, listed), opens(other), parted=semicolons > 0)
                told += parts.between(place[0], layout.lattice, first.after, second.word)
                self._add(anchor, other, (index,), place, told)
            elif start <= other.start and other.end <= end:
                self._add(anchor, other, (index,), _INSIDE, parts.inside("in", anchor, other))
            else:
                self._add(anchor, other, (index,), _OUTSIDE, parts.inside("out", anchor, other))

    def _as_own(self, anchor: Seat, own: Seat, index: int, have: str) -> None:
        parts, layout = self._of(anchor, own), self._layout
        heading = layout.scene.segmentation.sentences[index].is_heading
        told = parts.place["@own", f"@own{have}", f"@own{own.told[0]}"]
        told += parts.told[f"@own{own.name[-2:]}", f"@owng{layout.scene.context.genre}", f"@ownhead{heading}"]
        self._add(anchor, own, (index,), ("d", "own", "@own"), told)
