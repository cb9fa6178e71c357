"""Relate mentions: score each pair with the pair model, keep what reaches its threshold, with the sentences that grant it."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import repeat
from math import exp, log
from typing import TYPE_CHECKING

from kg.extract.pair_parts import Parts
from kg.extract.pairs import SIGNATURES, Judgement, Pair, make_layout
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
#: Parts kept from text to text; beyond them the keeping starts anew.
_MOST_PARTS = 50_000


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
    for pair in make_layout(scene, lattice, mentions, own, known).pairs(judgements(scene.domain)):
        probability = logistic(pair.told / _THOUSAND)
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


def judgements(domain: Domain) -> dict[str, Judgement]:
    """Return by predicate what makes its pairs with the sums of their features' weights, and a sum below which none reaches the threshold.

    Weights are in thousandths: they have three decimals, so that sums of whole thousandths are exact in any order.
    """
    model, found = _judgements(domain)
    if model is not domain.pair_model or sum(parts.size() for each in found.values() for parts in each.parts.values()) > _MOST_PARTS:
        _judgements.cache_clear()
        found = _judgements(domain)[1]
    return found


@lru_cache(maxsize=4)
def _judgements(domain: Domain) -> tuple[SpanModel, dict[str, Judgement]]:
    """Return the model too: benches put another one in a domain's place."""
    model = domain.pair_model
    found = {}
    for column, predicate in enumerate(model.types):
        held = {f: round(row[column] * _THOUSAND) for f, row in model.weights.items() if f.startswith(f"{predicate}:")}
        weights = {feature.partition(":")[2]: weight for feature, weight in held.items() if weight}
        limit = min(max(model.thresholds[column], _LEAST), 1 - _LEAST)
        parts = {type_[0]: Parts(type_[0], partial(_weigh, weights)) for type_ in SIGNATURES[predicate][0]}
        bias = round(model.weights[f"B:{predicate}"][column] * _THOUSAND)
        found[predicate] = Judgement(parts, bias, _THOUSAND * log(limit / (1 - limit)) - 1)
    return model, found


def _weigh(weights: Mapping[str, int], features: Sequence[str]) -> int:
    return sum(map(weights.get, features, repeat(0)))


#: Before this cap the pairs above .9 were right 78 % of the time on texts not seen (29 of 37): none may call itself that sure.
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
    "dut": "duties",
    "lis": "list",
    "lat": "after",
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
