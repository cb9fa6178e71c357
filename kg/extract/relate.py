"""Relate mentions: score each pair with the pair model, keep what reaches its threshold, with the sentences that grant it."""

from __future__ import annotations

from math import exp
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
    """Return targets, implementedBy and hasMeasure, one claim a subject, predicate and object.

    Args:
        scene: The document.
        lattice: Its words.
        mentions: All mentions found, of every type.
        own: The mention by which the text names itself as a document, if it does.
        known: The claims about documents, which tell what the text rests on.
    """
    model = scene.domain.pair_model
    best: dict[tuple[str, str, str], tuple[float, Pair]] = {}
    columns = {predicate: column for column, predicate in enumerate(model.types)}
    for pair in make_layout(scene, lattice, mentions, own, known).pairs():
        if pair.predicate not in columns:
            continue
        column = columns[pair.predicate]
        probability = score(model, pair, column)
        if probability < model.thresholds[column]:
            continue
        key = (pair.subject.entity.id, pair.predicate, pair.object.entity.id)
        rank = (round(probability, 6), -len(pair.sentences), -pair.sentences[0])
        if key not in best or rank > (round(best[key][0], 6), -len(best[key][1].sentences), -best[key][1].sentences[0]):
            best[key] = (probability, pair)
    claims = [_claim(scene, probability, pair) for _, (probability, pair) in sorted(best.items())]
    agencies = [m for m in mentions if m.entity.type == "Agency"]
    return claims + _roles(scene, claims, best, agencies)


def score(model: SpanModel, pair: Pair, column: int) -> float:
    """Return the probability that a pair holds."""
    rows = map(model.weights.get, pair.features)
    total = model.weights[f"B:{pair.predicate}"][column] + sum(row[column] for row in rows if row is not None)
    return 1.0 / (1.0 + exp(-min(max(total, -30.0), 30.0)))


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
_PLACE_NAMES = {"hea": "heading", "bef": "before", "own": "document", "lea": "lead", "in": "inside", "out": "inside"}


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
