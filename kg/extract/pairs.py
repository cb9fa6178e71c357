"""Lay out which mentions may stand in a relation, and what speaks for it, as features of the pair model.

A pair is one mention of the subject with one mention of the object in a place where a reader would look for it: the same
sentence, the sentence before, the headings above, or the document itself as the one that lays the measure down.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.pair_parts import BREAKS, Parts
from kg.extract.seats import Part, Seat, Whole, seat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Claim, Mention

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
#: Parts kept from text to text; beyond them the keeping starts anew.
_MOST_PARTS = 50_000


class Pair(NamedTuple):
    """Hold a possible relation: predicate, subject's and object's mention, sentences that would grant it, what speaks for it."""

    predicate: str
    subject: Mention
    object: Mention
    sentences: tuple[int, ...]
    parts: tuple[Part | Whole, ...]

    @property
    def features(self) -> list[str]:
        """Return the features, as they stand in the model; the first with an ``@`` tells the place."""
        return [f"{self.predicate}:{feature}" for part in self.parts for feature in part.features]

    @property
    def place(self) -> str:
        """Return the first letters of the place's name, the order of the two where they stand side by side."""
        return next(f for f in self.parts[0].features if "@" in f).partition("@")[2][:3]


@dataclass(frozen=True)
class Layout:
    """Hold a text's mentions by sentence.

    Attributes:
        mentions: By index of the sentence, sorted by place.
        own: The mention by which the text names itself.
        counts: Number of mentions by entity.
        basis: Documents that the text is based on or carries out: they stand above its measures and do not announce them.
        home: The first mention of the text's own region.
        ruled: What the rules of :mod:`kg.extract.observed` say a number is about, by number.
    """

    scene: Scene
    lattice: Lattice
    mentions: dict[int, list[Seat]]
    own: Seat | None
    counts: Counter[str]
    basis: frozenset[str]
    home: Seat | None
    ruled: Mapping[str, Mapping[str, Claim]]
    _held: dict[tuple[str, int], list[Seat]] = field(default_factory=dict)
    _leads: dict[tuple[str, str, tuple[int, ...]], list[tuple[Seat, Parts, tuple[Part | Whole, ...]]]] = field(default_factory=dict)

    @cached_property
    def _parts(self) -> dict[str, dict[str, Parts]]:
        """Return what makes the parts of pairs, by predicate and first letter of the subject's type."""
        made = _made(self.scene.domain)
        if sum(map(len, made.values())) > _MOST_PARTS:
            made.clear()
        return {
            predicate: {
                type_[0]: Parts(self.scene, self.lattice, type_[0], made.setdefault((predicate, type_[0]), {})) for type_ in subjects
            }
            for predicate, (subjects, _) in SIGNATURES.items()
        }

    @cached_property
    def first(self) -> dict[str, Seat]:
        """Return each entity's first mention."""
        return {m.id: m for at in sorted(self.mentions, reverse=True) for m in reversed(self.mentions[at])}

    def pairs(self) -> Iterator[Pair]:
        """Yield every pair, in the order of the anchoring mention's place."""
        for index, held in sorted(self.mentions.items()):
            above = self._above(index)
            for predicate, (subjects, objects) in SIGNATURES.items():
                anchors = objects if predicate in SOUGHT else subjects
                for anchor in held:
                    if anchor.type in anchors:
                        yield from self._around(predicate, anchor, index, above)

    def _others(self, predicate: str, index: int, anchor: Seat) -> list[Seat]:
        """Return the mentions of a sentence that may be the other end, those of the anchor's entity left out."""
        held = self._held.get((predicate, index))
        if held is None:
            types = SIGNATURES[predicate][0 if predicate in SOUGHT else 1]
            held = self._held[predicate, index] = [m for m in self.mentions.get(index, ()) if m.type in types]
        return [m for m in held if m.id != anchor.id] if held else held

    def _above(self, index: int) -> list[tuple[int, int]]:
        """Return the depth and sentence of the headings that hold for a sentence, itself left out."""
        segmentation = self.scene.segmentation
        found = [(depth, segmentation.sentence_index(heading.start)) for depth, heading in enumerate(segmentation.headings(index))]
        return [(depth, at) for depth, at in found if at != index]

    def _around(self, predicate: str, anchor: Seat, index: int, above: Sequence[tuple[int, int]]) -> Iterator[Pair]:
        same = self._others(predicate, index, anchor)
        if same:
            yield from self._beside(predicate, anchor, same, index)
        have = f"have{min(len(same), 2)}"
        yield from self._earlier(predicate, anchor, index, have)
        for depth, at in above:
            others = self._others(predicate, at, anchor)
            for other in others:
                place = self._of(predicate, anchor, other).heading(depth, have, len(others))
                yield self._pair(predicate, anchor, other, (at, index), "h", place)
        if predicate in _LED:
            yield from self._lead(predicate, anchor, index, {at for _, at in above})
        if self.own is not None and predicate == "hasMeasure" and self.own.id != anchor.id:
            yield self._as_own(anchor, self.own, index, have)
        if predicate == "hasObservation":
            yield from self._counting(anchor, index, {m.id for m in same}, have)

    def _counting(self, number: Seat, index: int, near: set[str], have: str) -> Iterator[Pair]:
        """Yield the text's own region as what a number is about, and what the rules found further away."""
        predicate, home = "hasObservation", self.home
        if home is not None and home.id not in near:
            place = self._of(predicate, number, home).place(f"@region{have}")
            yield self._pair(predicate, number, home, (index,), "r", place)
        for id_, claim in self.ruled.get(number.id, {}).items():
            if id_ in near or (home is not None and id_ == home.id):
                continue
            at = tuple(self.scene.segmentation.sentence_index(span.start) for span in claim.evidence)
            if index in at and id_ in self.first:
                subject = self.first[id_]
                place = self._of(predicate, number, subject).place(f"@ruled{have}")
                yield self._pair(predicate, number, subject, at, "r", place)

    def _lead(self, predicate: str, anchor: Seat, index: int, above: set[int]) -> Iterator[Pair]:
        before = tuple([at for at in range(min(_LEAD, index - 3)) if at not in above])
        if not before:
            return
        for other, parts, told in self._leading(predicate, anchor.kind, before):
            if other.id != anchor.id:
                yield _directed(predicate, anchor, other, (other.sentence, index), (*told, parts.anchor("t", anchor)))

    def _leading(self, predicate: str, kind: str, before: tuple[int, ...]) -> list[tuple[Seat, Parts, tuple[Part | Whole, ...]]]:
        """Return the mentions of some of the first sentences with what they say by themselves, for an anchor of a kind."""
        key = predicate, kind, before
        found = self._leads.get(key)
        if found is None:
            types = SIGNATURES[predicate][0 if predicate in SOUGHT else 1]
            held = [m for at in before for m in self.mentions.get(at, ()) if self._may_lead(m, types)]
            names = len({m.id for m in held})
            found = self._leads[key] = []
            for n, other in enumerate(held):
                parts = self._parts[predicate][other.kind if predicate in SOUGHT else kind]
                found.append((other, parts, (parts.lead(other, self.counts[other.id]), parts.rank(n, names))))
        return found

    def _earlier(self, predicate: str, anchor: Seat, index: int, have: str) -> Iterator[Pair]:
        sentences = self.scene.segmentation.sentences
        for back in (1, 2, 3):
            at = index - back
            if at < 0 or sentences[at].paragraph != sentences[index].paragraph or sentences[at].is_heading:
                return
            before = self._others(predicate, at, anchor)
            for n, other in enumerate(before):
                place = self._of(predicate, anchor, other).before(back, have, n, len(before))
                yield self._pair(predicate, anchor, other, (at, index), "b", place)

    def _of(self, predicate: str, anchor: Seat, other: Seat) -> Parts:
        """Return what makes the parts of a pair."""
        return self._parts[predicate][(other if predicate in SOUGHT else anchor).kind]

    def _pair(self, predicate: str, anchor: Seat, other: Seat, sentences: tuple[int, ...], order: str, *place: Part) -> Pair:
        parts = self._of(predicate, anchor, other)
        told: tuple[Part | Whole, ...] = (*place, parts.anchor(order, anchor), parts.other(order, other))
        if predicate == "hasObservation":
            rule = self.ruled.get(anchor.id, {}).get(other.id)
            at = place[0].features[1]
            told += (parts.counted(anchor, at), parts.shared(anchor, other, at), parts.rule(rule.rule if rule else None))
        return _directed(predicate, anchor, other, sentences, told)

    def _beside(self, predicate: str, anchor: Seat, same: Sequence[Seat], index: int) -> Iterator[Pair]:
        """Yield the pairs of a mention with others of its sentence."""
        far = [min(abs(m.start - anchor.start), abs(m.end - anchor.start)) for m in same]
        ranked = sorted(far)
        for other, distance in zip(same, far, strict=True):
            parts = self._of(predicate, anchor, other)
            if anchor.start <= other.start and other.end <= anchor.end:
                yield self._pair(predicate, anchor, other, (index,), "i", parts.inside("in", anchor, other))
            elif other.start <= anchor.start and anchor.end <= other.end:
                yield self._pair(predicate, anchor, other, (index,), "i", parts.inside("out", anchor, other))
            else:
                order, first, second = ("o<a", other, anchor) if other.start < anchor.start else ("a<o", anchor, other)
                view, gap = self.scene.view, (first.end, second.start)
                semicolons = view.count(";", *gap)
                commas = semicolons + view.count(",", *gap) + view.count(":", *gap)
                near = parts.near(order, commas, bisect_left(ranked, distance))
                apart = parts.gap(order, gap[1] - gap[0], commas, view.count("、", *gap))
                opening = parts.opening(order, self._opens(other), commas, semicolons)
                between = parts.between(order, first.after, second.word)
                yield self._pair(predicate, anchor, other, (index,), order, near, apart, opening, *between)

    def _opens(self, one: Seat) -> str:
        start = self.scene.segmentation.sentences[one.sentence].span.start
        return "sentence" if one.start - start <= 1 else "clause" if self.scene.view[one.start - 1] in BREAKS else "inside"

    def _may_lead(self, one: Seat, types: tuple[str, ...]) -> bool:
        """Tell whether what the lead names may hold for the whole text: not what the text rests on, and not itself if it is a reply."""
        own = self.scene.context.document
        is_own = own is not None and own.id == one.id
        return one.type in types and one.id not in self.basis and not (is_own and self.own is None)

    def _as_own(self, anchor: Seat, own: Seat, index: int, have: str) -> Pair:
        parts, genre = self._of("hasMeasure", anchor, own), self.scene.context.genre
        place = parts.place("@own", f"@own{have}", f"@own{own.category}")
        rest = parts.told(f"@own{own.name[-2:]}", f"@owng{genre}", f"@ownhead{self.scene.segmentation.sentences[index].is_heading}")
        return self._pair("hasMeasure", anchor, own, (index,), "d", place, rest)


@lru_cache(maxsize=4)
def _made(_: Domain) -> dict[tuple[str, str], dict[tuple[object, ...], Part]]:
    """Return the parts that recur from text to text, by predicate and type of the subject: a table to be filled."""
    return {}


def forget_parts() -> None:
    """Drop what is kept from text to text, since parts know their weight by one model."""
    _made.cache_clear()


def _directed(predicate: str, anchor: Seat, other: Seat, sentences: tuple[int, ...], parts: tuple[Part | Whole, ...]) -> Pair:
    subject, object_ = (other, anchor) if predicate in SOUGHT else (anchor, other)
    return Pair(predicate, subject.mention, object_.mention, sentences, parts)


def make_layout(scene: Scene, lattice: Lattice, mentions: Sequence[Mention], own: Mention | None, claims: Iterable[Claim] = ()) -> Layout:
    """Return the mentions by sentence.

    Args:
        scene: The document.
        lattice: Its words.
        mentions: All its mentions.
        own: The mention by which the text names itself as a document; a reply to a proposal lays nothing down and has none.
        claims: What is already known of its documents, and what the rules say of its numbers.
    """
    claims = list(claims)
    ruled: dict[str, dict[str, Claim]] = {}
    for claim in claims:
        if claim.predicate == "hasObservation":
            ruled.setdefault(claim.object, {})[claim.subject] = claim
    basis = frozenset(claim.object for claim in claims if claim.predicate in {"basedOn", "implements"})
    own = None if scene.context.genre == "reply" else own
    held: dict[int, list[Seat]] = {}
    for number, mention in enumerate(sorted(mentions, key=lambda m: (m.span, m.entity.type, m.entity.id))):
        one = seat(mention, number, scene, lattice)
        held.setdefault(one.sentence, []).append(one)
    home = min((m for m in mentions if m.entity.id == scene.context.region), key=lambda m: m.span, default=None)
    own_seat = None if own is None else seat(own, -1, scene, lattice)
    home_seat = None if home is None else seat(home, -2, scene, lattice)
    return Layout(scene, lattice, held, own_seat, Counter(m.entity.id for m in mentions), basis, home_seat, ruled)
