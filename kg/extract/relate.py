"""Relate mentions: score each pair with the pair model, keep what reaches its threshold, with the sentences that grant it."""

from __future__ import annotations

from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING

from kg.extract.pairs import SIGNATURES, Pair, make_layout
from kg.model import Claim, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.domain import Domain
    from kg.domain.spanmodel import SpanModel
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Mention


def relate_pairs(scene: Scene, lattice: Lattice, mentions: Sequence[Mention], own: Mention | None) -> list[Claim]:
    """Return targets, implementedBy, hasMeasure and partOf, one claim a subject, predicate and object.

    Args:
        scene: The document.
        lattice: Its words.
        mentions: All mentions found, of every type.
        own: The mention by which the text names itself as a document, if it does.
    """
    model = scene.domain.pair_model
    best: dict[tuple[str, str, str], tuple[float, Pair]] = {}
    for pair in make_layout(scene, lattice, mentions, own).pairs():
        column = model.types.index(pair.predicate)
        probability = score(model, pair, column)
        if probability < model.thresholds[column]:
            continue
        key = (pair.subject.entity.id, pair.predicate, pair.object.entity.id)
        rank = (round(probability, 6), -len(pair.sentences), -pair.sentences[0])
        if key not in best or rank > (round(best[key][0], 6), -len(best[key][1].sentences), -best[key][1].sentences[0]):
            best[key] = (probability, pair)
    claims = [_claim(scene, probability, pair) for _, (probability, pair) in sorted(best.items())]
    return _acyclic(claims) + _roles(scene, claims, best)


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


_PLACE_NAMES = {"hea": "heading", "bef": "before", "own": "document", "lea": "lead", "in": "inside", "out": "inside"}


def _acyclic(claims: Iterable[Claim]) -> list[Claim]:
    """Drop ``partOf`` claims that would close a circle, the least likely first."""
    kept: list[Claim] = []
    above: dict[str, set[str]] = {}

    def reaches(start: str, goal: str) -> bool:
        waiting, seen = [start], set()
        while waiting:
            node = waiting.pop()
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                waiting.extend(above.get(node, ()))
        return False

    for claim in sorted(claims, key=lambda c: (-c.confidence, c.subject, c.predicate, c.object)):
        if claim.predicate == "partOf":
            if reaches(claim.object, claim.subject):
                continue
            above.setdefault(claim.subject, set()).add(claim.object)
        kept.append(claim)
    return kept


def _roles(scene: Scene, claims: Sequence[Claim], best: dict[tuple[str, str, str], tuple[float, Pair]]) -> list[Claim]:
    """Return who leads and who is partner, where the words around the agency say so."""
    patterns = scene.domain.relations("roles").patterns
    found = []
    for claim in claims:
        if claim.predicate != "implementedBy":
            continue
        pair = best[claim.subject, claim.predicate, claim.object][1]
        span = pair.object.span
        sentence = scene.segmentation.sentence_at(span.start).span
        before = scene.view[max(sentence.start, span.start - 60) : span.start]
        after = scene.view[span.end : min(sentence.end, span.end + 60)]
        role = "partner" if patterns["partner_before"].search(before) or patterns["partner_after"].search(after) else None
        if role is None and (patterns["lead_before"].search(before) or patterns["lead_after"].search(after)):
            role = "leadBy"
        if role:
            found.append(Claim(claim.subject, role, claim.object, claim.evidence, claim.confidence, f"role-{role}"))
    return found


@lru_cache(maxsize=4)
def predicates(domain: Domain) -> tuple[str, ...]:
    """Return the relations that the pair model knows; each must be one that pairs are laid out for."""
    return tuple(p for p in domain.pair_model.types if p in SIGNATURES)


def merge_evidence(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans sorted and without repetition."""
    return tuple(sorted(set(spans)))
