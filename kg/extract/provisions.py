"""Keep together what one sentence says of one measure: who, for whom, where, with what numbers, done or planned."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from kg.extract.categories import head_concepts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.scene import Scene
    from kg.model import Claim, Mention, Span

#: Predicates with the measure as subject, to the provision's key of the same name.
_OF_MEASURE = ("targets", "implementedBy", "leadBy", "partner", "hasObservation")
_FREQUENCIES = ("P1Y", "P3M", "P1M")
#: Code points before a measure in which a word of repetition is about it.
_NEAR = 20


def make_provisions(scene: Scene, mentions: Sequence[Mention], claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return the provisions of a document in view offsets, sorted by id.

    One stands for each measure and sentence that names it; claims about the measure belong to it when that sentence is their evidence.
    """
    about = _about(claims)
    places: dict[tuple[str, int], Mention] = {}
    for mention in mentions:
        if mention.entity.type == "Measure":
            index = scene.segmentation.sentence_index(mention.span.start)
            places.setdefault((mention.entity.id, index), mention)
    sentences = scene.segmentation.sentences
    said = {index: _circumstances(scene, scene.text(sentences[index].span)) for index in {index for _, index in places}}
    made = []
    for (measure, index), mention in places.items():
        sentence = sentences[index].span
        provision = _provision(scene, mention, sentence, about.get((measure, sentence.start, sentence.end), {}))
        frequency = _frequency(scene, sentence, mention.span.start)
        made.append(provision | said[index][0] | frequency | said[index][1])
    return sorted(made, key=lambda p: str(p["id"]))


def _about(claims: Iterable[Claim]) -> dict[tuple[str, int, int], dict[str, set[str]]]:
    """Return, for each measure and sentence that is evidence, by predicate what stands at the other end; programs under ``partOf``."""
    found: dict[tuple[str, int, int], dict[str, set[str]]] = {}
    for claim in claims:
        if claim.predicate in _OF_MEASURE:
            measure, key, other = claim.subject, claim.predicate, claim.object
        elif claim.predicate == "hasMeasure" and claim.subject.startswith("program/"):
            measure, key, other = claim.object, "partOf", claim.subject
        else:
            continue
        for span in claim.evidence:
            found.setdefault((measure, span.start, span.end), {}).setdefault(key, set()).add(other)
    return found


def _provision(scene: Scene, mention: Mention, sentence: Span, about: dict[str, set[str]]) -> dict[str, Any]:
    measure = mention.entity.id
    key = f"{scene.document.id}|{measure}|{sentence.start}"
    return {
        "id": "provision/" + hashlib.sha256(key.encode()).hexdigest()[:16],
        "measure": measure,
        "sentence": sentence,
        **{predicate: sorted(about.get(predicate, ())) for predicate in (*_OF_MEASURE, "partOf")},
        "appliesTo": [scene.context.region] if scene.context.region else [],
        "evidence": [sentence],
        "confidence": mention.confidence,
        "rule": "provision",
    }


def _circumstances(scene: Scene, words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return realisation and eligibility, and apart from them the funds, as a sentence words them; a key without a value is left out.

    A law or rule in articles lays down what holds: it says of no measure that it is planned, going on or done.
    """
    rules = scene.domain.relations("provisions")
    found: dict[str, Any] = {}
    if scene.context.genre != "regulation":
        found["realisation"] = (
            "planned" if rules.scan("planned").search(words) else "done" if rules.scan("done").search(words) else "ongoing"
        )
    eligibility = sorted({match.group("name") for match in rules.scan("eligibility").finditer(words)})
    if eligibility:
        found["eligibility"] = eligibility
    named = {rules.settings["funds"][match.group()] for match in rules.scan("fund").finditer(words)}
    funds = sorted(named.intersection(head_concepts(scene.domain, "fd"))) if named else []
    return found, {"fromFund": funds} if funds else {}


def _frequency(scene: Scene, sentence: Span, start: int) -> dict[str, str]:
    """Return how often a measure comes round, as the words right before it say."""
    patterns = scene.domain.relations("provisions").patterns
    end = min(start, sentence.end)
    before = scene.view[max(sentence.start, end - _NEAR) : end]
    found = next((name for name in _FREQUENCIES if patterns[name].search(before)), None)
    return {"frequency": found} if found else {}
