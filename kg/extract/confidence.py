"""Say how sure a mention is in the words of the gold standard: how often entities of its type and score proved right on unseen texts."""

from __future__ import annotations

from functools import lru_cache
from math import exp, log
from typing import TYPE_CHECKING

from kg.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.domain import Domain

#: Confidences lie between these, so that their logits are finite.
_LOW, _HIGH = 0.01, 0.99


def calibrate(mentions: Iterable[Mention], domain: Domain) -> list[Mention]:
    """Return the mentions with calibrated confidence (``models/confidence.tsv``); a user's own names stay as sure as they were."""
    return [
        m if m.rule == "own-lexicon" else Mention(m.span, m.entity, m.rule, _calibrated(domain, m.entity.type, m.confidence))
        for m in mentions
    ]


@lru_cache(maxsize=4096)
def _calibrated(domain: Domain, type_: str, confidence: float) -> float:
    slope, shift = domain.calibration.get(type_, (1.0, 0.0))
    return round(sigmoid(slope * logit(confidence) + shift), 2)


def logit(probability: float) -> float:
    """Return the logit of a probability, held between 0.01 and 0.99."""
    probability = min(max(probability, _LOW), _HIGH)
    return log(probability / (1 - probability))


def sigmoid(logit: float) -> float:
    """Return the probability of a logit, at most 0.99."""
    return min(1.0 / (1.0 + exp(-logit)), _HIGH)
