"""Relate mentions: score each pair with the pair model, keep what reaches its threshold, with the sentences that grant it."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from kg.extract.pairs import Pair, make_layout
from kg.model import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain.spanmodel import SpanModel
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Mention, Span


def relate_pairs(scene: Scene, lattice: Lattice, mentions: Sequence[Mention], own: Mention | None, known: Sequence[Claim]) -> list[Claim]:
    """Return targets, implementedBy, hasMeasure and hasObservation, one claim a subject, predicate and object.

    Args:
        scene: The document.
        lattice: Its words.
        mentions: All mentions found, of every type.
        own: The mention by which the text names itself as a document, if it does.
        known: The claims about documents, which tell what the text rests on, and what the rules say of its numbers.
    """
    model = scene.domain.pair_model
    columns = {predicate: column for column, predicate in enumerate(model.types)}
    best: dict[tuple[str, str, str], tuple[float, Pair]] = {}
    for pair in make_layout(scene, lattice, mentions, own, known).pairs():
        column = columns[pair.predicate]
        probability = score(model, pair, column)
        if probability < model.thresholds[column]:
            continue
        key = (pair.subject.entity.id, pair.predicate, pair.object.entity.id)
        if key not in best or _rank(probability, pair) > _rank(*best[key]):
            best[key] = (probability, pair)
    _settle_numbers(best, {(c.subject, c.predicate, c.object) for c in known})
    claims = [_claim(scene, _confidence(model, probability, columns[key[1]]), pair) for key, (probability, pair) in sorted(best.items())]
    agencies = [m for m in mentions if m.entity.type == "Agency"]
    return claims + _roles(scene, claims, best, agencies)


def _rank(probability: float, pair: Pair) -> tuple[float, int, int]:
    return round(probability, 6), -len(pair.sentences), -pair.sentences[0]


def _settle_numbers(best: dict[tuple[str, str, str], tuple[float, Pair]], ruled: set[tuple[str, str, str]]) -> None:
    """Leave each number its likeliest subject, and those beside it that the rules grant too (it sums them up)."""
    chosen: dict[str, tuple[tuple[float, int, int], str]] = {}
    for (subject, predicate, object_), found in best.items():
        if predicate == "hasObservation":
            chosen[object_] = max(chosen.get(object_, ((-1.0, 0, 0), "")), (_rank(*found), subject))
    for key in [key for key in best if key[1] == "hasObservation" and chosen[key[2]][1] != key[0]]:
        if key not in ruled or (chosen[key[2]][1], *key[1:]) not in ruled:
            del best[key]


def score(model: SpanModel, pair: Pair, column: int) -> float:
    """Return the probability that a pair holds."""
    rows = map(model.weights.get, pair.features)
    total = model.weights[f"B:{pair.predicate}"][column] + sum(row[column] for row in rows if row is not None)
    return 1.0 / (1.0 + exp(-min(max(total, -30.0), 30.0)))


def _confidence(model: SpanModel, probability: float, column: int) -> float:
    """Return how often a claim of a probability proved right on texts that the model had not seen (Platt 1999)."""
    slope, shift = (model.weights[name][column] for name in ("slope", "shift"))
    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return 1.0 / (1.0 + exp(-(slope * log(probability / (1 - probability)) + shift)))


def _claim(scene: Scene, probability: float, pair: Pair) -> Claim:
    evidence = tuple(scene.segmentation.sentences[i].span for i in pair.sentences)
    place = next(f for f in pair.features if "@" in f).partition("@")[2]
    return Claim(
        pair.subject.entity.id,
        pair.predicate,
        pair.object.entity.id,
        evidence,
        round(probability, 2),
        f"pair-{pair.predicate}-{_PLACE_NAMES.get(place[:3], 'sentence')}",
    )


#: Code points around an agency's name in which a word can tell its role.
_ROLE_REACH = 60
_PLACE_NAMES = {
    "hea": "heading",
    "bef": "before",
    "own": "document",
    "lea": "lead",
    "in": "inside",
    "out": "inside",
    "reg": "region",
    "rul": "rules",
}


def _roles(
    scene: Scene, claims: Sequence[Claim], best: Mapping[tuple[str, str, str], tuple[float, Pair]], agencies: Sequence[Mention]
) -> list[Claim]:
    """Return who leads and who is partner, where the words around the agency say so.

    Whoever stands before the 会同 that names a partner leads, and implements with it: co-leaders count.
    """
    found = []
    for claim in claims:
        if claim.predicate != "implementedBy":
            continue
        span = best[claim.subject, claim.predicate, claim.object][1].object.span
        role, cue = _role(scene, span)
        if role:
            found.append(Claim(claim.subject, role, claim.object, claim.evidence, claim.confidence, f"role-{role}"))
        if cue is None:
            continue
        sentence = scene.segmentation.sentence_at(span.start).span
        before = [m for m in agencies if sentence.start <= m.span.start and m.span.end <= cue and m.entity.id != claim.object]
        if before:
            lead = max(before, key=lambda m: m.span).entity.id
            found += [Claim(claim.subject, p, lead, claim.evidence, claim.confidence, "role-joined") for p in ("implementedBy", "leadBy")]
    return found


def _role(scene: Scene, span: Span) -> tuple[str | None, int | None]:
    """Return an agency's role and, for a partner, where the word begins that joins it to the one before."""
    patterns = scene.domain.relations("roles").patterns
    sentence = scene.segmentation.sentence_at(span.start).span
    start = max(sentence.start, span.start - _ROLE_REACH)
    after = scene.view[span.end : min(sentence.end, span.end + _ROLE_REACH)]
    joined = patterns["partner_before"].search(scene.view[start : span.start])
    if joined:
        return "partner", start + joined.start()
    if patterns["partner_after"].search(after):
        return "partner", None
    if patterns["lead_before"].search(scene.view[start : span.start]) or patterns["lead_after"].search(after):
        return "leadBy", None
    return None, None
