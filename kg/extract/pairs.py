"""Lay out which mentions may stand in a relation, and what speaks for it, as features of the pair model.

A pair is one mention of the subject with one mention of the object in a place where a reader would look for it: the same
sentence, the sentence before, the headings above, or the document itself as the one that lays the measure down.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from kg.extract.around import Around, surroundings
from kg.extract.pair_parts import BREAKS
from kg.extract.passages import duties, leads
from kg.extract.seats import Seats
from kg.extract.sieve import SIGNATURES, SOUGHT, Judgement, Pair, named_features

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.extract.scene import Scene
    from kg.extract.seats import Seat
    from kg.extract.spans import Lattice
    from kg.model import Claim, Mention

__all__ = ["SIGNATURES", "SOUGHT", "Judgement", "Layout", "Pair", "make_layout"]


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
    _opens: dict[int, str] = field(default_factory=dict)

    @cached_property
    def duties(self) -> dict[int, int]:
        """Return by sentence the sentence whose list names those responsible for it (:func:`kg.extract.passages.duties`)."""
        return duties(self.scene)

    @cached_property
    def leads(self) -> dict[int, int]:
        """Return by sentence of a list the sentence that leads it in (:func:`kg.extract.passages.leads`)."""
        return leads(self.scene)

    @cached_property
    def first(self) -> dict[str, Seat]:
        """Return each entity's first mention."""
        return {m.id: m for at in sorted(self.mentions, reverse=True) for m in reversed(self.mentions[at])}

    def pairs(self, judgements: Mapping[str, Judgement] | None = None) -> Iterator[Pair]:
        """Yield every pair worth making, in the order of the anchoring mention's place; by default all, with the names of their features."""
        around = [Around(self, predicate, judgement) for predicate, judgement in (judgements or named_features()).items()]
        for index, held in sorted(self.mentions.items()):
            here = surroundings(self, index)
            for each in around:
                anchors = [m for m in held if m.type in each.anchors]
                if anchors:
                    each.gather(here, anchors)
                    yield from each.taken()

    def opens(self, one: Seat) -> str:
        """Tell whether a mention opens its sentence or clause."""
        found = self._opens.get(one.number)
        if found is None:
            start = self.scene.segmentation.sentences[one.sentence].span.start
            found = "sentence" if one.start - start <= 1 else "clause" if self.scene.view[one.start - 1] in BREAKS else "inside"
            self._opens[one.number] = found
        return found

    def may_lead(self, one: Seat) -> bool:
        """Tell whether what the lead names may hold for the whole text: not what the text rests on, and not itself if it is a reply."""
        own = self.scene.context.document
        is_own = own is not None and own.id == one.id
        return one.id not in self.basis and not (is_own and self.own is None)

    def whole_line(self, one: Seat) -> bool:
        """Tell whether a mention stands in a paragraph of one sentence that is not ended like one, as titles are."""
        segmentation = self.scene.segmentation
        sentence = segmentation.sentences[one.sentence]
        alone = len(segmentation.paragraph_sentences(sentence.paragraph)) == 1
        return alone and self.scene.view[sentence.span.end - 1] not in "。;:"


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
    seats = Seats(scene, lattice)
    for number, mention in enumerate(sorted(mentions, key=lambda m: (m.span.start, m.span.end, m.entity.type, m.entity.id))):
        one = seats.seat(mention, number)
        held.setdefault(one.sentence, []).append(one)
    home = min((m for m in mentions if m.entity.id == scene.context.region), key=lambda m: (m.span.start, m.span.end), default=None)
    own_seat = None if own is None else seats.seat(own, -1)
    home_seat = None if home is None else seats.seat(home, -2)
    return Layout(scene, lattice, held, own_seat, Counter(m.entity.id for m in mentions), basis, home_seat, ruled)
