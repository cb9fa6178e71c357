"""The network's word on a span depends on the text alone, is exact to its step, and a faulty file is refused with a hint."""

import numpy as np
import pytest

from kg.domain import load_domain
from kg.domain.network import SCALE, load_network
from kg.errors import DomainError
from kg.extract.network import Judge
from kg.extract.scorer import Scorer
from kg.extract.spans import Vocabulary, make_lattice
from kg.extract.tokens import tokenise

TEXT = "各地要对离校未就业高校毕业生发放一次性求职补贴,实施技能辽宁行动,开展线上招聘会、职业指导和创业培训。"


@pytest.fixture(scope="module")
def lattice():
    from kg.extract.phrases import _vocabulary

    return make_lattice(tokenise(TEXT), _vocabulary(load_domain()), [])


def test_a_logit_does_not_depend_on_the_other_spans_asked(lattice):
    judge = Judge(load_domain().network)
    spans = np.array(list(lattice.spans()))
    together = judge.logits(lattice, spans[:, 0], spans[:, 1])
    for at in (0, len(spans) // 2, len(spans) - 1):
        alone = judge.logits(lattice, spans[at : at + 1, 0], spans[at : at + 1, 1])
        assert (alone[0] == together[at]).all()


def test_logits_are_whole_steps_so_that_no_processor_rounds_them_otherwise(lattice):
    spans = np.array(list(lattice.spans()))
    logits = Judge(load_domain().network).logits(lattice, spans[:, 0], spans[:, 1])
    assert (logits * SCALE == np.rint(logits * SCALE)).all()
    assert np.abs(logits).max() > 1


def test_the_network_changes_what_the_linear_model_says(lattice):
    domain = load_domain()
    alone = {s[:3]: s.probability for s in Scorer(domain.span_model).probabilities(lattice)}
    both = {s[:3]: s.probability for s in Scorer(domain.span_model, domain.network).probabilities(lattice)}
    assert alone
    assert both
    assert alone != both


def test_a_text_without_words_has_no_spans():
    domain = load_domain()
    from kg.extract.view import text_document

    document = text_document("", domain)
    lattice = make_lattice(tokenise(document.view), Vocabulary({}), [])
    assert list(Scorer(domain.span_model, domain.network).probabilities(lattice)) == []


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = tmp_path / "network.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(DomainError, match="holds no network"):
        load_network(path)
    np.savez(path, features=np.zeros(1, dtype=np.uint8))
    with pytest.raises(DomainError, match="lacks"):
        load_network(path)
