"""The span model: the fast sums equal the sum over a span's features, and the choice does not depend on order."""

from __future__ import annotations

import random
from math import isclose, log

from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract.phrases import lattice_of
from kg.extract.scene import Scene
from kg.extract.scorer import Scored, Scorer, best
from kg.extract.segment import segment
from kg.extract.view import text_document

DOMAIN = load_domain()
TEXT = "一、聚焦高校毕业生就业\n对离校2年内未就业高校毕业生,按规定给予“一次性求职补贴”和社会保险补贴(最长24个月),实施技能辽宁行动。"


def _lattice():
    document = text_document(TEXT, DOMAIN)
    return lattice_of(Scene(document, segment(document, DOMAIN), None, DOMAIN))  # type: ignore[arg-type]


def test_fast_scores_equal_the_sum_of_features() -> None:
    """For every span and type, the scorer's probability is the logistic of the summed weights of the features used in training."""
    lattice = _lattice()
    trained = DOMAIN.span_model
    model = SpanModel(trained.types, trained.weights, (1e-12,) * len(trained.types))
    scored = {(s.first, s.last, s.type): s.probability for s in Scorer(model).probabilities(lattice)}
    assert scored
    for i, j in lattice.spans():
        features = ["B", *lattice.left(i), *lattice.right(j), *lattice.joint(i, j)]
        for k in range(i, j + 1):
            features += lattice.inside(k)
        for column in range(len(model.types)):
            total = sum(model.weights[f][column] for f in features if f in model.weights)
            probability = scored.get((i, j, column), 1e-12)
            assert isclose(log(probability / (1 - probability)), max(total, -27.7), abs_tol=1e-6) or (total < -27 and probability <= 1e-11)


def test_spans_are_balanced_and_bounded() -> None:
    """No span opens a quotation mark or bracket without closing it, and none begins or ends with a particle."""
    lattice = _lattice()
    for i, j in lattice.spans():
        words = "".join(lattice.tokens.words[i : j + 1])
        assert words.count("“") == words.count("”")
        assert words.count("(") == words.count(")")
        assert words[0] not in "的和与及”)"


def test_the_best_spans_do_not_overlap_within_a_type() -> None:
    """Selection is greedy by probability and does not depend on the order of candidates."""
    spans = [
        Scored(a, b, t, p)
        for a, b, t, p in [(0, 3, 0, 0.5), (2, 5, 0, 0.9), (2, 5, 1, 0.4), (6, 7, 0, 0.5), (7, 8, 0, 0.5), (4, 4, 1, 0.3)]
    ]
    expected = best(spans)
    assert [(s.first, s.last, s.type) for s in expected] == [(2, 5, 0), (2, 5, 1), (6, 7, 0)]
    for seed in range(5):
        random.Random(seed).shuffle(spans)  # noqa: S311 - order, not secrets
        assert best(spans) == expected


def test_the_spans_scored_are_those_trained_on() -> None:
    """The arrays allow the spans that the plain loop yields, in its order, in odd nestings of marks too."""
    from kg.extract.scorer import allowed

    texts = [TEXT, "“甲乙(丙丁”戊己)庚辛“壬", "))补贴((“就业”)", "对《就业“补贴(办法》和”高校毕业生,给予《补贴》", "。"]
    for text in texts:
        document = text_document(text, DOMAIN)
        lattice = lattice_of(Scene(document, segment(document, DOMAIN), None, DOMAIN))  # type: ignore[arg-type]
        first, last = allowed(lattice)
        assert list(zip(first.tolist(), last.tolist(), strict=True)) == list(lattice.spans())
