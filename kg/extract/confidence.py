"""Say how sure a mention is in the words of the gold standard: how often entities of its type and score proved right on unseen texts."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.domain import Domain
    from kg.model import Mention

#: Confidences lie between these, so that their logits are finite.
_LOW, _HIGH = 0.01, 0.99


def calibrate(mentions: Iterable[Mention], domain: Domain) -> list[Mention]:
    """Return the mentions with calibrated confidence (``models/confidence.tsv``); a user's own names stay as sure as they were."""
    return [m if m.rule == "own-lexicon" else replace(m, confidence=_calibrated(m, domain)) for m in mentions]


def _calibrated(mention: Mention, domain: Domain) -> float:
    slope, shift = domain.calibration.get(mention.entity.type, (1.0, 0.0))
    return round(sigmoid(slope * logit(mention.confidence) + shift), 2)


def logit(probability: float) -> float:
    """Return the logit of a probability, held between 0.01 and 0.99."""
    probability = min(max(probability, _LOW), _HIGH)
    return log(probability / (1 - probability))


def sigmoid(logit: float) -> float:
    """Return the probability of a logit, at most 0.99."""
    return min(1.0 / (1.0 + exp(-logit)), _HIGH)
