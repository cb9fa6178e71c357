"""Say what an observation is about: measure or program first, then group, agency, region."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.model import Claim, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.scene import Scene
    from kg.model import Mention, Sentence

_CLAUSE_ENDS = ",;:。!?\n"
_SURE, _LIKELY, _WEAK = 0.9, 0.75, 0.6


class _Subject(NamedTuple):
    """Hold one candidate: its weight (the larger the better), its entity, where it stands, and what that place is to the number."""

    weight: float
    entity: str
    sentence: int
    place: str
    type: str
    span: Span


class _Neighbours:
    """Find the candidates around a number; built once a document."""

    def __init__(self, scene: Scene, mentions: Sequence[Mention]) -> None:
        """Sort the mentions that can be subjects by sentence."""
        relations = scene.domain.relations("observations")
        self.scene = scene
        self.weights: dict[str, dict[str, float]] = relations.settings["weights"]
        self.settings: dict[str, Any] = relations.settings["settings"]
        self.standard: dict[str, float] = relations.settings["standard"]
        self.subjects = sorted(
            (m for m in mentions if m.entity.type in self.weights), key=lambda m: (m.span.start, m.span.end, m.entity.id)
        )
        self.starts = [mention.span.start for mention in self.subjects]
        self.regions = {subject.entity.id for subject in self.subjects if subject.entity.type == "Region"}

    def best(self, mention: Mention) -> list[_Subject]:
        """Return the subject of an observation, with those that stand beside it in a list; none when nothing near enough fits."""
        index = self.scene.segmentation.sentence_index(mention.span.start)
        found = [*self._near(mention, index), *self._headings(mention, index), *self._region(mention, index)]
        if not found:
            return []
        best = max(found, key=lambda subject: (subject.weight, subject.entity))
        if best.weight < self.settings["least"]:
            return []
        beside = [] if best.place != "overlap" or best.type not in ("Measure", "Program") else found
        return [best, *(other for other in beside if _coordinated(self.scene.view, best, other))]

    def _near(self, mention: Mention, index: int) -> list[_Subject]:
        """Weigh the candidates of the sentence and of some sentences before it in its paragraph or section."""
        sentences, number, view = self.scene.segmentation.sentences, mention.span, self.scene.view
        here, found, topics = sentences[index], [], 0
        back_step, step = self.settings["sentence_back"], self.settings["distance"]
        for back in range(self.settings["farthest"] + 1):
            other = sentences[index - back] if index >= back else None
            if other is None or (other.paragraph != here.paragraph and other.section != here.section):
                break
            topic = back > 0 and not topics and len(other.span) <= self.settings["topic_sentence"]
            topics += topic
            inside = self._inside(other.span)
            lead = self._lead(other, number) if inside else 0
            for subject in inside:
                span = subject.span
                place = "topic" if topic or span.end <= lead else "previous" if back else _place(view, span, number)
                weight = self._weigh(subject, place, mention) - back * back_step
                weight -= min(max(number.start - span.end, span.start - number.end, 0), 100) * step
                if place == "overlap":
                    weight += 0.01 * len(span)
                found.append(_Subject(weight, subject.entity.id, index - back, place, subject.entity.type, span))
        return found

    def _lead(self, sentence: Sentence, number: Span) -> int:
        """Return where the words end that open a sentence's paragraph before a colon, its topic; -1 without a colon before the number."""
        start = self.scene.segmentation.paragraphs[sentence.paragraph].start
        colon = self.scene.view.find(":", start, start + self.settings["topic_lead"])
        return colon if colon < number.start else -1

    def _headings(self, mention: Mention, index: int) -> list[_Subject]:
        """Weigh the candidates of the headings above a sentence, inner ones more."""
        found = []
        for depth, heading in enumerate(self.scene.segmentation.headings(index)):
            for subject in self._inside(heading):
                place = "heading" if depth else "own_heading"
                weight = self._weigh(subject, place, mention) - depth * self.settings["sentence_back"]
                at = self.scene.segmentation.sentence_index(heading.start)
                found.append(_Subject(weight, subject.entity.id, at, place, subject.entity.type, subject.span))
        return found

    def _region(self, mention: Mention, index: int) -> list[_Subject]:
        """Weigh the text's own region: first for indicators of a whole region, last for all others."""
        region = self.scene.context.region
        if not region or region not in self.regions:
            return []
        macro = mention.entity.attributes.get("category", "") in self.settings["macro"]
        if not macro and mention.entity.attributes.get("kind") == "standard":
            return []
        return [_Subject(self.settings["macro_region" if macro else "region_of_text"], region, index, "text", "Region", mention.span)]

    def _inside(self, span: Span) -> list[Mention]:
        first = bisect_left(self.starts, span.start)
        return self.subjects[first : bisect_left(self.starts, span.end)]

    def _weigh(self, subject: Mention, place: str, mention: Mention) -> float:
        """Return the weight of a type at a place; rules weigh what they grant more."""
        kind = subject.entity.type
        weight = self.weights[kind][place]
        if mention.entity.attributes.get("kind") != "standard":
            return weight
        if kind == "Measure":
            return self.standard.get(place, weight)
        return weight + {"TargetGroup": self.standard["group"], "Region": self.standard["region"]}.get(kind, 0.0)


def relate_observations(scene: Scene, mentions: Sequence[Mention]) -> list[Claim]:
    """Return the claims hasObservation, one observation to its most specific subject, or to all that it sums up.

    Args:
        scene: The document with its sentences and context.
        mentions: Every mention of the document, sorted by span.
    """
    neighbours = _Neighbours(scene, mentions)
    claims: dict[tuple[str, str], Claim] = {}
    claimed: set[str] = set()
    sentence, together = -1, False
    own: list[_Subject] = []
    for mention in mentions:
        if mention.entity.type != "Observation":
            continue
        subjects = neighbours.best(mention)
        index = scene.segmentation.sentence_index(mention.span.start)
        if index != sentence:
            sentence, own, together = index, [], False
        together = together or (len(own) > 1 and _sums_up(scene, mention, neighbours.settings["together"]))
        if subjects and subjects[0].place == "overlap":
            own += [subject for subject in subjects if subject.type == "Measure"]
        elif together:
            subjects = own
        for subject in subjects:
            claim = _claim(scene, subject, mention, index)
            if claim.object not in claimed or len(subjects) > 1:
                claims.setdefault((claim.subject, claim.object), claim)
                claimed.add(claim.object)
    return sorted(claims.values(), key=lambda claim: (claim.subject, claim.object))


def _claim(scene: Scene, subject: _Subject, mention: Mention, index: int) -> Claim:
    """Make a claim; its evidence is the number's sentence, and the subject's where that is another one."""
    sentences = scene.segmentation.sentences
    evidence = tuple(sentences[i].span for i in sorted({subject.sentence, index}))
    sure = {"overlap": _SURE, "clause": _LIKELY, "clause_after": _LIKELY, "sentence": _LIKELY}.get(subject.place, _WEAK)
    return Claim(subject.entity, "hasObservation", mention.entity.id, evidence, min(sure, mention.confidence), f"observed-{subject.place}")


def _sums_up(scene: Scene, mention: Mention, words: Sequence[str]) -> bool:
    """Tell whether a number stands for all that the sentence counted before."""
    return scene.view.endswith(tuple(words), 0, mention.span.start)


def _coordinated(view: str, best: _Subject, other: _Subject) -> bool:
    """Tell whether two measures inside one indicator stand side by side in a list."""
    if other.place != "overlap" or other.type != best.type or other.entity == best.entity or other.span.overlaps(best.span):
        return False
    first, second = sorted((best.span, other.span))
    return view[first.end : second.start] == "、"


def _place(view: str, subject: Span, number: Span) -> str:
    """Return where a subject stands relative to a number of its sentence."""
    if subject.overlaps(number):
        return "overlap"
    before = subject.end <= number.start
    between = view[subject.end : number.start] if before else view[number.end : subject.start]
    same = not any(sign in between for sign in _CLAUSE_ENDS)
    return ("clause" if before else "clause_after") if same else ("sentence" if before else "sentence_after")
