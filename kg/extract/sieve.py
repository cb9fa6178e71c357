"""Keep of the pairs of a predicate those that are worth making: what speaks for them reaches the least sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.extract.pair_parts import Parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extract.seats import Seat
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


class Place(NamedTuple):
    """Name where two mentions stand to each other: their order, the first letters of the place's name and its first feature."""

    order: str
    short: str
    feature: str


class Batch(NamedTuple):
    """Hold mentions of one place that may be the other end of all anchors of a sentence, or of those of one kind.

    Attributes:
        sentences: What would grant the pairs.
        held: Each with the bias and what it and its place say.
        tops: The largest of these by kind of subject, where pairs may be passed over.
    """

    place: Place
    sentences: tuple[int, ...]
    held: list[tuple[Seat, Any]]
    tops: dict[str, Any]


class Sieve:
    """Take the pairs of one predicate that are worth making; whole batches are passed over by what their best could tell at most.

    Args:
        predicate: The predicate.
        judgement: What makes the parts of its pairs.
        ruled: What the rules say a number is about, by number.
    """

    def __init__(self, predicate: str, judgement: Judgement, ruled: Mapping[str, Mapping[str, Claim]]) -> None:
        self.predicate, self.sought, self.counts = predicate, predicate in SOUGHT, predicate == "hasObservation"
        self.parts, self.bias, self.least = judgement.parts, judgement.bias, judgement.least
        self._ruled = ruled
        self._found: list[Pair] = []

    def taken(self) -> list[Pair]:
        """Return the pairs taken since this was last asked for."""
        found, self._found = self._found, []
        return found

    def of(self, anchor: Seat, other: Seat) -> Parts:
        """Return what makes the parts of a pair."""
        return self.parts[other.kind if self.sought else anchor.kind]

    def take(self, anchor: Seat, other: Seat, sentences: tuple[int, ...], place: str, told: Any) -> None:
        """Take a pair of which everything is told, if it is worth making."""
        if self.least is None or told >= self.least:
            subject, object_ = (other, anchor) if self.sought else (anchor, other)
            self._found.append(Pair(self.predicate, subject.mention, object_.mention, sentences, place, told))

    def add(self, anchor: Seat, other: Seat, sentences: tuple[int, ...], place: Place, told: Any) -> None:
        """Take a pair, if it is worth making.

        Args:
            anchor: One mention.
            other: The other.
            sentences: What would grant it.
            place: Where they stand to each other.
            told: What the place says.
        """
        parts = self.of(anchor, other)
        told = self.bias + told + parts.anchor(place.order, anchor) + parts.other(place.order, other)
        if self.counts:
            told += self.number(parts, anchor, other, place.feature)
        self.take(anchor, other, sentences, place.short, told)

    def number(self, parts: Parts, number: Seat, subject: Seat, feature: str) -> Any:
        """Return what a number and the rules say of a subject in a place."""
        rules = self._ruled.get(number.id)
        rule = rules.get(subject.id) if rules else None
        return parts.number(number, subject, feature) + parts.rule[rule.rule if rule else None]

    def batch(self, place: Place, sentences: tuple[int, ...], told: list[tuple[Seat, Parts, Any]]) -> Batch:
        """Return a batch, given each mention with its parts and what its place says."""
        order, bias = place.order, self.bias
        held = [(other, bias + said + parts.other(order, other)) for other, parts, said in told]
        tops: dict[str, Any] = {}
        for (_, parts, _), (_, value) in zip(told, held, strict=True):
            kind = parts.kind
            if kind not in tops or value > tops[kind]:
                tops[kind] = value
        return Batch(place, sentences, held, tops)

    def add_all(self, anchor: Seat, batches: list[Batch]) -> None:
        """Take the pairs of a mention with those of some batches that are worth making."""
        least, said = self.least, dict[tuple[str, str], Any]()
        for place, sentences, held, tops in batches:
            likely: dict[str, Any] = {}
            for kind, top in tops.items():
                key = kind, place.order
                told = said.get(key)
                if told is None:
                    told = said[key] = self.parts[kind].anchor(place.order, anchor)
                if least is None or top + told + (self._most(kind, anchor, place.feature) if self.counts else 0) >= least:
                    likely[kind] = told
            if not likely:
                continue
            for other, value in held:
                told = likely.get(other.kind if self.sought else anchor.kind)
                if told is not None:
                    told = value + told
                    if self.counts:
                        told += self.number(self.of(anchor, other), anchor, other, place.feature)
                    self.take(anchor, other, sentences, place.short, told)

    def _most(self, kind: str, number: Seat, feature: str) -> Any:
        """Return the largest that :meth:`number` gives for any subject of a kind."""
        parts, rules = self.parts[kind], self._ruled.get(number.id)
        rule = parts.rule[None]
        if rules:
            rule = max(rule, *(parts.rule[claim.rule] for claim in rules.values()))
        return parts.most(number, feature) + rule
