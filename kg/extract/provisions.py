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


def make_provisions(scene: Scene, mentions: Sequence[Mention], claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return the provisions of a document in view offsets, sorted by id.

    One stands for each measure and sentence that names it; claims about the measure belong to it when that sentence is their evidence.
    """
    by_subject: dict[str, list[Claim]] = {}
    by_object: dict[str, list[Claim]] = {}
    for claim in claims:
        by_subject.setdefault(claim.subject, []).append(claim)
        by_object.setdefault(claim.object, []).append(claim)
    places: dict[tuple[str, int], Mention] = {}
    for mention in mentions:
        if mention.entity.type == "Measure":
            index = scene.segmentation.sentence_index(mention.span.start)
            places.setdefault((mention.entity.id, index), mention)
    made = [
        _provision(scene, mention, scene.segmentation.sentences[index].span, (by_subject.get(measure, []), by_object.get(measure, [])))
        for (measure, index), mention in sorted(places.items())
    ]
    return sorted(made, key=lambda p: str(p["id"]))


def _provision(scene: Scene, mention: Mention, sentence: Span, claims: tuple[list[Claim], list[Claim]]) -> dict[str, Any]:
    measure = mention.entity.id
    about = [c for c in claims[0] if sentence in c.evidence]
    part = [c for c in claims[1] if sentence in c.evidence and c.predicate == "hasMeasure" and c.subject.startswith("program/")]
    key = f"{scene.document.id}|{measure}|{sentence.start}"
    provision: dict[str, Any] = {
        "id": "provision/" + hashlib.sha256(key.encode()).hexdigest()[:16],
        "measure": measure,
        "sentence": sentence,
        **{predicate: sorted({c.object for c in about if c.predicate == predicate}) for predicate in _OF_MEASURE},
        "partOf": sorted({c.subject for c in part}),
        "appliesTo": [scene.context.region] if scene.context.region else [],
        "evidence": [sentence],
        "confidence": mention.confidence,
        "rule": "provision",
    }
    return provision | _circumstances(scene, sentence, mention)


def _circumstances(scene: Scene, sentence: Span, mention: Mention) -> dict[str, Any]:
    """Return realisation, eligibility, frequency and fund as the sentence words them; a key without a value is left out."""
    rules = scene.domain.relations("provisions")
    words = scene.text(sentence)
    found: dict[str, Any] = {}
    done, planned = rules.patterns["done"].search(words), rules.patterns["planned"].search(words)
    found["realisation"] = "planned" if planned else "done" if done else "ongoing"
    eligibility = sorted({m.group("name") for m in rules.patterns["eligibility"].finditer(words)})
    if eligibility:
        found["eligibility"] = eligibility
    before = words[: mention.span.start - sentence.start]
    frequency = next((name for name in ("P1Y", "P3M", "P1M") if rules.patterns[name].search(before[-20:])), None)
    if frequency:
        found["frequency"] = frequency
    funds = sorted(
        {rules.settings["funds"][m.group()] for m in rules.patterns["fund"].finditer(words)} & set(head_concepts(scene.domain, "fd"))
    )
    if funds:
        found["fromFund"] = funds
    return found
