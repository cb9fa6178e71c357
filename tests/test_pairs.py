"""The pair model: the sums of parts that recur equal the sum over the features used in training, on every pair of a text."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, log
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.extract import find_mentions, own_mention
from kg.extract.documents import relate_documents
from kg.extract.observations import relate_observations
from kg.extract.pairs import SIGNATURES, Judgement, Pair, make_layout
from kg.extract.relate import judgements, score
from kg.extract.view import text_document

if TYPE_CHECKING:
    from collections.abc import Mapping

DOMAIN = load_domain()
TEXTS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def _key(pair: Pair) -> tuple[object, ...]:
    return pair.predicate, pair.subject.span, pair.subject.entity.id, pair.object.span, pair.object.entity.id, pair.sentences, pair.place


def _pairs(path: Path, asked: Mapping[str, Judgement] | None = None) -> list[Pair]:
    scene, lattice, mentions = find_mentions(text_document(path.read_text("utf-8"), DOMAIN), DOMAIN)
    claims = [*relate_documents(scene, mentions), *relate_observations(scene, mentions)]
    return list(make_layout(scene, lattice, mentions, own_mention(scene, mentions), claims).pairs(asked))


@pytest.mark.parametrize("path", TEXTS[:3], ids=lambda path: path.stem)
def test_sums_of_parts_equal_the_sum_of_features(path: Path) -> None:
    """Scoring by parts, kept from pair to pair and text to text, gives what the features give that the model is trained on."""
    model = DOMAIN.pair_model
    summed = {predicate: replace(judgement, least=None) for predicate, judgement in judgements(DOMAIN).items()}
    named, weighed = _pairs(path), _pairs(path, summed)
    assert len(named) > 50
    for pair, other in zip(sorted(named, key=_key), sorted(weighed, key=_key), strict=True):
        assert _key(pair) == _key(other)
        probability = score(model, pair, model.types.index(pair.predicate))
        assert isclose(log(probability / (1 - probability)), other.told / 1000, abs_tol=1e-6)


@pytest.mark.parametrize("path", TEXTS[:3], ids=lambda path: path.stem)
def test_only_pairs_below_the_least_sum_are_passed_over(path: Path) -> None:
    """The pairs that scoring asks for are those of all pairs whose sum is not too small for the threshold."""
    asked = judgements(DOMAIN)
    every = _pairs(path, {predicate: replace(judgement, least=None) for predicate, judgement in asked.items()})
    likely = _pairs(path, asked)
    assert 0 < len(likely) < len(every)
    assert [pair for pair in every if pair.told >= (asked[pair.predicate].least or 0)] == likely


def test_a_pair_tells_its_place_first() -> None:
    """The first feature with an ``@`` is the place, under the predicate's name, and every place occurs."""
    places = set()
    for path in TEXTS:
        for pair in _pairs(path):
            assert all(feature.startswith(f"{pair.predicate}:") for feature in pair.features)
            first = next(feature for feature in pair.features if "@" in feature)
            assert first.startswith(f"{pair.predicate}:@{pair.place}")
            places.add(pair.place)
    assert places >= {"a<o", "o<a", "in", "bef", "hea", "lea", "reg"}


def test_a_pair_below_the_least_sum_is_below_the_threshold() -> None:
    """What is passed over before its probability is known could not have reached the threshold."""
    from kg.extract.relate import logistic

    for column, predicate in enumerate(SIGNATURES):
        least = judgements(DOMAIN)[predicate].least
        assert least is not None
        assert logistic(least / 1000) < DOMAIN.pair_model.thresholds[column] < logistic((least + 2) / 1000)


def test_another_model_in_a_domain_counts() -> None:
    """Weights kept for one model are not used for another one that is put in its place."""
    from kg.domain import Domain
    from kg.domain.spanmodel import SpanModel
    from kg.extract import extract

    domain = Domain(DOMAIN.base, DOMAIN.field)
    document = text_document(TEXTS[0].read_text("utf-8"), domain)
    before = [e for e in extract(document, domain)["edges"] if e["predicate"] == "targets"]
    weights = dict.fromkeys(domain.pair_model.weights, (0.0,) * 4) | {"B:targets": (-9.0, 0.0, 0.0, 0.0)}
    weights |= {"slope": (1.0,) * 4, "shift": (0.0,) * 4}
    domain.__dict__["pair_model"] = SpanModel(domain.pair_model.types, weights, domain.pair_model.thresholds)
    after = [e for e in extract(document, domain)["edges"] if e["predicate"] == "targets"]
    assert before
    assert not after
