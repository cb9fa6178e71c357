"""The spaCy component: registered by its entry point, spans align with the text, displaCy renders them."""

from __future__ import annotations

import pytest

spacy = pytest.importorskip("spacy", reason="spaCy is an extra: pip install 'policy-measure-kg[spacy]'")
TEXT = "沈阳市人力资源和社会保障局对高校毕业生给予一次性求职补贴。"


@pytest.fixture(scope="module")
def nlp():
    """Return a blank Chinese pipeline with the component."""
    import kg.extract.spacy_component  # noqa: F401 - registers the factory where the package is not installed

    language = spacy.blank("zh")
    language.add_pipe("policy_graph")
    return language


def test_spans_and_claims_are_set(nlp) -> None:
    """Spans carry the entity's type and id and their words are those of the record; claims are its edges."""
    doc = nlp(TEXT)
    shown = {(span.text, span.label_, span.kb_id_) for span in doc.spans["policy"]}
    assert ("高校毕业生", "TargetGroup", "group/高校毕业生") in shown
    assert ("一次性求职补贴", "Measure", "measure/一次性求职补贴") in shown
    assert {("measure/一次性求职补贴", "targets", "group/高校毕业生")} <= {
        (c["subject"], c["predicate"], c["object"]) for c in doc._.claims
    }
    assert doc._.policy_record["text"] == TEXT


def test_displacy_renders_the_spans(nlp) -> None:
    """The ``span`` style shows every span by its label."""
    html = spacy.displacy.render(nlp(TEXT), style="span", options={"spans_key": "policy"}, page=False, jupyter=False)
    assert "TargetGroup" in html
    assert "Measure" in html


def test_the_factory_is_named_by_an_entry_point() -> None:
    """Whoever installs the package gets the factory without importing anything."""
    from importlib.metadata import entry_points

    found = [point for point in entry_points(group="spacy_factories") if point.name == "policy_graph"]
    assert [point.value for point in found] == ["kg.extract.spacy_component:make_policy_graph"]
