"""Lay out which mentions may stand in a relation, and what speaks for it, as features of the pair model.

A pair is one mention of the subject with one mention of the object in a place where a reader would look for it: the same
sentence, the sentence before, the headings above, or the document itself as the one that lays the measure down.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Claim, Mention, Sentence

#: Relation to the types of its subject and object.
SIGNATURES = {
    "targets": (("Measure", "Program"), ("TargetGroup",)),
    "implementedBy": (("Measure", "Program"), ("Agency",)),
    "hasMeasure": (("Program", "PolicyDocument"), ("Measure",)),
    "hasObservation": (("Measure", "Program", "TargetGroup", "Agency", "Region"), ("Observation",)),
}
#: Relations whose object looks for its subject; in the others the subject looks for its object.
SOUGHT = frozenset({"hasMeasure", "hasObservation"})
#: Where the other end of a relation may stand besides the same sentence; ``own`` is the text's own document.
_PLACES = {
    ("targets", "TargetGroup"): ("heading", "before", "lead"),
    ("implementedBy", "Agency"): ("heading", "before", "lead"),
    ("hasMeasure", "Program"): ("heading", "before", "lead"),
    ("hasMeasure", "PolicyDocument"): ("before", "heading", "lead"),
    ("hasObservation", "Measure"): ("heading", "before"),
}
_BREAKS = ",;:"
_EDGES = (1, 2, 3, 6, 12, 24, 48)
#: A text's first sentences, title included, where press articles and notices name what the rest is about.
_LEAD = 3


class Pair(NamedTuple):
    """Hold a possible relation: predicate, subject's and object's mention, sentences that would grant it, features."""

    predicate: str
    subject: Mention
    object: Mention
    sentences: tuple[int, ...]
    features: list[str]


@dataclass(frozen=True)
class Layout:
    """Hold a text's mentions by sentence.

    Attributes:
        mentions: By index of the sentence, sorted by place.
        own: The mention by which the text names itself.
        counts: Number of mentions by entity.
        basis: Documents that the text is based on or carries out: they stand above its measures and do not announce them.
        home: The first mention of the text's own region.
        ruled: What the rules of :mod:`kg.extract.observed` say a number is about, by subject and number.
    """

    scene: Scene
    lattice: Lattice
    mentions: dict[int, list[Mention]]
    own: Mention | None
    counts: Counter[str]
    basis: frozenset[str]
    home: Mention | None
    ruled: Mapping[tuple[str, str], Claim]

    @cached_property
    def first(self) -> dict[str, Mention]:
        """Return each entity's first mention."""
        return {m.entity.id: m for at in sorted(self.mentions, reverse=True) for m in reversed(self.mentions[at])}

    def pairs(self) -> Iterator[Pair]:
        """Yield every pair, in the order of the anchoring mention's place."""
        for index, held in sorted(self.mentions.items()):
            sentence = self.scene.segmentation.sentences[index]
            for predicate, (subjects, objects) in SIGNATURES.items():
                anchors, others = (objects, subjects) if predicate in SOUGHT else (subjects, objects)
                for anchor in held:
                    if anchor.entity.type in anchors:
                        yield from self._around(predicate, anchor, others, index, sentence)

    def _around(self, predicate: str, anchor: Mention, others: tuple[str, ...], index: int, sentence: Sentence) -> Iterator[Pair]:
        same = [m for m in self.mentions[index] if m.entity.type in others and m.entity.id != anchor.entity.id]
        for other in same:
            yield self._pair(predicate, anchor, other, (index,), self._near(anchor, other, same, sentence))
        have = f"have{min(len(same), 2)}"
        if any(place == "before" for other in others for place in _PLACES.get((predicate, other), ())):
            yield from self._earlier(predicate, anchor, others, index, have)
        seen = {index, *range(max(index - 3, 0), index)}
        for depth, heading in enumerate(self.scene.segmentation.headings(index)):
            at = self.scene.segmentation.sentence_index(heading.start)
            if at == index:
                continue
            seen.add(at)
            above = [m for m in self.mentions.get(at, ()) if m.entity.type in others and m.entity.id != anchor.entity.id]
            for other in above:
                features = [
                    f"@heading{min(depth, 2)}",
                    f"@heading{have}",
                    f"@headingn{min(len(above), 3)}",
                    *self._ends(anchor, other, "h"),
                ]
                yield self._pair(predicate, anchor, other, (at, index), features)
        if any(place == "lead" for other in others for place in _PLACES.get((predicate, other), ())):
            yield from self._lead(predicate, anchor, others, index, frozenset(seen))
        if self.own is not None and predicate == "hasMeasure" and self.own.entity.id != anchor.entity.id:
            yield self._pair(predicate, anchor, self.own, (index,), self._as_own(anchor, index, have))
        if predicate == "hasObservation":
            yield from self._counting(anchor, index, {m.entity.id for m in same}, have)

    def _counting(self, number: Mention, index: int, near: set[str], have: str) -> Iterator[Pair]:
        """Yield the text's own region as what a number is about, and what the rules found further away."""
        if self.home is not None and self.home.entity.id not in near:
            yield self._pair("hasObservation", number, self.home, (index,), [f"@region{have}", *self._ends(number, self.home, "r")])
        for (subject, object_), claim in self.ruled.items():
            if object_ != number.entity.id or subject in near or (self.home is not None and subject == self.home.entity.id):
                continue
            at = tuple(self.scene.segmentation.sentence_index(span.start) for span in claim.evidence)
            if index in at and subject in self.first:
                yield self._pair(
                    "hasObservation", number, self.first[subject], at, [f"@ruled{have}", *self._ends(number, self.first[subject], "r")]
                )

    def _lead(self, predicate: str, anchor: Mention, others: tuple[str, ...], index: int, seen: frozenset[int]) -> Iterator[Pair]:
        held = [m for at in range(min(_LEAD, index)) if at not in seen for m in self.mentions.get(at, ()) if self._may_lead(m, others)]
        names = {m.entity.id for m in held}
        for n, other in enumerate(held):
            if other.entity.id == anchor.entity.id:
                continue
            at = self.scene.segmentation.sentence_index(other.span.start)
            features = [
                f"@lead{at}",
                f"@leadn{min(n, 2)}/{min(len(names), 4)}",
                f"@leadg{self.scene.context.genre}{at}",
                *self._ends(anchor, other, "t"),
            ]
            features += [f"@leadp{w}" for w in self._context(other.span.start, -1)] + [
                f"@leadq{w}" for w in self._context(other.span.end, 1)
            ]
            features += [f"@leadw{w}" for w in self._verbs_before(other)]
            recurs, kind = min(self.counts[other.entity.id], 4), other.entity.type[0]
            features += [
                f"@leadr{recurs}",
                f"@leadr{kind}{recurs}{self.scene.context.genre}",
                f"@lead{kind}{at}title{self._whole_line(other)}",
            ]
            yield self._pair(predicate, anchor, other, (at, index), features)

    def _earlier(self, predicate: str, anchor: Mention, others: tuple[str, ...], index: int, have: str) -> Iterator[Pair]:
        sentences = self.scene.segmentation.sentences
        for back in (1, 2, 3):
            at = index - back
            if at < 0 or sentences[at].paragraph != sentences[index].paragraph or sentences[at].is_heading:
                return
            before = [m for m in self.mentions.get(at, ()) if m.entity.type in others and m.entity.id != anchor.entity.id]
            for n, other in enumerate(before):
                features = [
                    f"@before{back}",
                    f"@before{have}",
                    f"@before{back}n{min(n, 2)}/{min(len(before), 3)}",
                    *self._ends(anchor, other, "b"),
                ]
                yield self._pair(predicate, anchor, other, (at, index), features)

    def _pair(self, predicate: str, anchor: Mention, other: Mention, sentences: tuple[int, ...], features: list[str]) -> Pair:
        subject, object_ = (other, anchor) if predicate in SOUGHT else (anchor, other)
        types = f"{predicate}:{subject.entity.type[0]}"
        features += [f"sure{_tenth(anchor)}", f"sure{_tenth(other)}o"]
        if predicate == "hasObservation":
            features += _counted(anchor, other, features[0])
            rule = self.ruled.get((other.entity.id, anchor.entity.id))
            features += [f"rule{rule.rule if rule else '-'}", f"{other.entity.type[0]}rule{rule is not None}"]
        return Pair(
            predicate,
            subject,
            object_,
            sentences,
            [types, *(f"{predicate}:{f}" for f in features), *(f"{types}:{f}" for f in features[:3])],
        )

    def _near(self, anchor: Mention, other: Mention, rivals: Sequence[Mention], sentence: Sentence) -> list[str]:
        """Return the features of two mentions in one sentence."""
        a, o = anchor.span, other.span
        if a.covers(o) or o.covers(a):
            inner = "in" if a.covers(o) else "out"
            edge = "start" if a.start == o.start else "end" if a.end == o.end else "mid"
            return [f"@{inner}", f"@{inner}{edge}", *self._ends(anchor, other, "i")]
        first, second = (o, a) if o.start < a.start else (a, o)
        order = "o<a" if o.start < a.start else "a<o"
        view = self.scene.view
        between = view[first.end : second.start]
        commas = sum(between.count(sign) for sign in _BREAKS)
        listed = between.count("、")
        nearer = sum(
            1
            for r in rivals
            if r is not other
            and min(abs(r.span.start - a.start), abs(r.span.end - a.start)) < min(abs(o.start - a.start), abs(o.end - a.start))
        )
        features = [f"@{order}", f"@{order}c{min(commas, 4)}", f"@{order}near{min(nearer, 3)}"]
        features += [
            f"@{order}d{_bucket(second.start - first.end)}",
            f"@{order}c{min(commas, 4)}n{min(nearer, 2)}",
            f"list{min(listed, 3)}{order}c{min(commas, 2)}",
        ]
        features += [f"semicolon{order}" if ";" in between else f"level{order}"]
        features += self._words(order, first.end, second.start)
        features += [f"{order}p{w}" for w in self._context(o.start, -1)] + [f"{order}n{w}" for w in self._context(o.end, 1)]
        features += [f"{order}ap{w}" for w in self._context(a.start, -1)]
        features += [f"{order}subject{self._opens(o.start, sentence)}c{min(commas, 3)}"]
        return features + self._ends(anchor, other, order)

    def _opens(self, start: int, sentence: Sentence) -> str:
        before = self.scene.view[sentence.span.start : start]
        return "sentence" if len(before) <= 1 else "clause" if before[-1] in _BREAKS else "inside"

    def _words(self, order: str, start: int, end: int) -> list[str]:
        """Return the verbs and prepositions between two places, and the words next to each."""
        tokens = self.lattice.tokens
        first, last = bisect_left(tokens.starts, start), bisect_left(tokens.starts, end)
        words = self.lattice.words[first:last]
        found = {f"{order}w{w.text}" for w in words[:24] if "act" in w.classes or "preposition" in w.classes}
        if words:
            found |= {f"{order}first{words[0].text}", f"{order}last{words[-1].text}"}
        else:
            found.add(f"{order}touch")
        return sorted(found)

    def _may_lead(self, mention: Mention, types: tuple[str, ...]) -> bool:
        """Tell whether what the lead names may hold for the whole text: not what the text rests on, and not itself if it is a reply."""
        own = self.scene.context.document
        is_own = own is not None and own.id == mention.entity.id
        return mention.entity.type in types and mention.entity.id not in self.basis and not (is_own and self.own is None)

    def _whole_line(self, mention: Mention) -> bool:
        """Tell whether a mention stands in a paragraph of one sentence that is not ended like one, as titles are."""
        sentence = self.scene.segmentation.sentence_at(mention.span.start)
        alone = len(self.scene.segmentation.paragraph_sentences(sentence.paragraph)) == 1
        return alone and self.scene.view[sentence.span.end - 1] not in "。;:"

    def _verbs_before(self, mention: Mention) -> list[str]:
        """Return the verbs and prepositions that stand before a mention in its clause, at most six words back."""
        i = bisect_left(self.lattice.tokens.starts, mention.span.start)
        found = []
        for word in reversed(self.lattice.words[max(i - 6, 0) : i]):
            if "break" in word.classes:
                break
            if "act" in word.classes or "preposition" in word.classes:
                found.append(word.text)
        return sorted(set(found))

    def _context(self, offset: int, direction: int) -> list[str]:
        tokens = self.lattice.tokens
        i = bisect_left(tokens.starts, offset) - (1 if direction < 0 else 0)
        word = self.lattice.at(i)
        if word.text in "“”":
            word = self.lattice.at(i + direction)
        return [word.text, *(f"/{name}" for name in word.classes)]

    def _ends(self, anchor: Mention, other: Mention, order: str) -> list[str]:
        a, o = anchor.entity.name, other.entity.name
        return [
            f"{order}a2{a[-2:]}",
            f"{order}o2{o[-2:]}",
            f"a-{order}-{a[-1:]}",
            f"ac{anchor.entity.attributes.get('category', '-')}",
            f"oc{other.entity.attributes.get('category', '-')}",
        ]

    def _as_own(self, anchor: Mention, index: int, have: str) -> list[str]:
        assert self.own is not None
        attributes = self.own.entity.attributes
        features = [
            "@own",
            f"@own{have}",
            f"@own{attributes.get('category', '-')}",
            f"@own{self.own.entity.name[-2:]}",
            f"@owng{self.scene.context.genre}",
        ]
        return [*features, *self._ends(anchor, self.own, "d"), f"@ownhead{self.scene.segmentation.sentences[index].is_heading}"]


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
    ruled = {(claim.subject, claim.object): claim for claim in claims if claim.predicate == "hasObservation"}
    basis = frozenset(claim.object for claim in claims if claim.predicate in {"basedOn", "implements"})
    own = None if scene.context.genre == "reply" else own
    held: dict[int, list[Mention]] = {}
    for mention in sorted(mentions, key=lambda m: (m.span, m.entity.type, m.entity.id)):
        held.setdefault(scene.segmentation.sentence_index(mention.span.start), []).append(mention)
    home = min((m for m in mentions if m.entity.id == scene.context.region), key=lambda m: m.span, default=None)
    return Layout(scene, lattice, held, own, Counter(m.entity.id for m in mentions), basis, home, ruled)


def _tenth(mention: Mention) -> int:
    """Return how sure a mention is, in tenths."""
    return int(mention.confidence * 10)


def _counted(number: Mention, subject: Mention, place: str) -> list[str]:
    """Return the features of a number and what it may be about: kind, unit, indicator, and what the names share."""
    attributes, kind = number.entity.attributes, subject.entity.type[0]
    indicator, name = number.entity.name, subject.entity.name
    shared = max((n for n in range(1, 5) if any(name[i : i + n] in indicator for i in range(len(name) - n + 1))), default=0)
    whole = "same" if name == indicator else "holds" if name in indicator else "held" if indicator in name else "other"
    about = [f"kind{attributes.get('kind', '-')}", f"unit{attributes.get('unit', '-')}", f"ind{attributes.get('category', '-')}"]
    about += [f"shared{shared}", f"whole{whole}"]
    return [*(f"{kind}{each}" for each in about), *(f"{kind}{place}{each}" for each in about[:1] + about[3:])]


def _bucket(distance: int) -> int:
    """Return the upper edge of the range that a distance in code points falls in."""
    return next((edge for edge in _EDGES if distance < edge), 2 * _EDGES[-1])
