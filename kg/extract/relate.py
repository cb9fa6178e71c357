"""Relate mentions: score each pair with the pair model, keep what reaches its threshold, with the sentences that grant it."""

from __future__ import annotations

from functools import lru_cache
from math import exp, log
from typing import TYPE_CHECKING

from kg.extract.pairs import Pair, forget_parts, make_layout
from kg.model import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain import Domain
    from kg.domain.spanmodel import SpanModel
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Mention, Span

_THOUSAND = 1000.0
#: Thresholds lie between this and one less this, so that their logits are finite.
_LEAST = 1e-9


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
    sums = pair_sums(scene.domain)
    best: dict[tuple[str, str, str], tuple[float, Pair]] = {}
    for pair in make_layout(scene, lattice, mentions, own, known).pairs():
        weights, bias, least = sums[pair.predicate]
        total = bias
        for part in pair.parts:
            total += part.weight(weights) if part.known is None else part.known
        if total < least:
            continue
        probability = logistic(total / _THOUSAND)
        if probability < model.thresholds[columns[pair.predicate]]:
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
    return logistic(model.weights[f"B:{pair.predicate}"][column] + sum(row[column] for row in rows if row is not None))


def logistic(total: float) -> float:
    """Return the probability of a logit."""
    return 1.0 / (1.0 + exp(-min(max(total, -30.0), 30.0)))


def pair_sums(domain: Domain) -> dict[str, tuple[dict[str, int], int, float]]:
    """Return by predicate the features' weights in thousandths, the bias, and a sum below which no pair reaches the threshold.

    Weights have three decimals, so that sums of whole thousandths are exact in any order.
    """
    model, sums = _model_sums(domain)
    if model is not domain.pair_model:
        _model_sums.cache_clear()
        sums = _model_sums(domain)[1]
    return sums


@lru_cache(maxsize=4)
def _model_sums(domain: Domain) -> tuple[SpanModel, dict[str, tuple[dict[str, int], int, float]]]:
    forget_parts()  # they may know their weight by another model, which benches put in a domain's place
    model = domain.pair_model
    found = {}
    for column, predicate in enumerate(model.types):
        held = {f: round(row[column] * _THOUSAND) for f, row in model.weights.items() if f.startswith(f"{predicate}:")}
        weights = {feature.partition(":")[2]: weight for feature, weight in held.items() if weight}
        limit = min(max(model.thresholds[column], _LEAST), 1 - _LEAST)
        found[predicate] = weights, round(model.weights[f"B:{predicate}"][column] * _THOUSAND), _THOUSAND * log(limit / (1 - limit)) - 1
    return model, found


#: On texts not seen the pairs above .9 were right 78 % of the time only (bench/quality.md): none may call itself that sure.
_SUREST = 0.89


def _confidence(model: SpanModel, probability: float, column: int) -> float:
    """Return how often a claim of a probability proved right on texts that the model had not seen (Platt 1999)."""
    slope, shift = (model.weights[name][column] for name in ("slope", "shift"))
    probability = min(max(probability, 1e-6), 1 - 1e-6)
    return min(1.0 / (1.0 + exp(-(slope * log(probability / (1 - probability)) + shift))), _SUREST)


def _claim(scene: Scene, probability: float, pair: Pair) -> Claim:
    evidence = tuple(scene.segmentation.sentences[i].span for i in pair.sentences)
    return Claim(
        pair.subject.entity.id,
        pair.predicate,
        pair.object.entity.id,
        evidence,
        round(probability, 2),
        f"pair-{pair.predicate}-{_PLACE_NAMES.get(pair.place, 'sentence')}",
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
