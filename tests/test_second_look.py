"""The second look weighs what the rest of a text says of a span: the same words elsewhere, its enumeration, its sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract.phrases import joints
from kg.extract.second_look import FEATURES, Taken, look_again, weigh
from kg.model import Span

VIEW = "提供职业指导、技能培训和社保补贴。各地开展技能培训,组织招聘会、座谈。"
SENTENCES = [0, 17]
JOINTS = frozenset("、和")


def taken(*phrases: tuple[str, float], view: str = VIEW) -> list[Taken]:
    found, at = [], 0
    for words, probability in phrases:
        at = view.index(words, at)
        found.append(Taken(Span(at, at + len(words)), probability))
        at += len(words)
    return found


MEASURES = taken(("职业指导", 0.5), ("技能培训", 0.9), ("社保补贴", 0.5), ("技能培训", 0.5), ("招聘会", 0.5))


def values(found: dict[str, list[Taken]], type_: str = "Measure") -> list[dict[str, float]]:
    return [dict(zip(FEATURES, row, strict=True)) for row in weigh(found, type_, VIEW, SENTENCES, JOINTS)]


def model(least: float = 0.5, **weights: float) -> SpanModel:
    return SpanModel(("Measure",), {name: (weights.get(name.replace("-", "_"), 0.0),) for name in (*FEATURES, "B")}, (least,))


def test_members_of_an_enumeration_are_told_of_each_other():
    first, second, third, again, fair = values({"Measure": MEASURES})
    assert [row["members"] for row in (first, second, third, again, fair)] == [2, 2, 2, 0, 0]
    assert first["members-best"] == third["members-best"] == pytest.approx(2.197, abs=0.001)
    assert first["members-mean"] == pytest.approx(1.099, abs=0.001)
    assert second["members-mean"] == pytest.approx(-2.197, abs=0.001)


def test_an_enumeration_whose_next_member_was_not_taken_is_open():
    rows = values({"Measure": MEASURES})
    assert [row["open-after"] for row in rows] == [0, 0, 0, 0, 1]
    rows = values({"Measure": taken(("技能培训", 0.9), ("社保补贴", 0.5))})
    assert [(row["open-before"], row["open-after"]) for row in rows] == [(1, 0), (0, 0)]


def test_the_same_words_elsewhere_and_names_of_one_ending_count():
    rows = values({"Measure": MEASURES})
    assert [row["same"] > 0 for row in rows] == [False, True, False, True, False]
    assert rows[3]["same-best"] == pytest.approx(2.197, abs=0.001)
    assert rows[1]["same-best"] == pytest.approx(-2.197, abs=0.001)
    assert [row["tail"] > 0 for row in rows] == [False, True, False, True, False]


def test_another_type_at_the_place_and_the_sentence_count():
    rows = values({"Measure": MEASURES, "Program": taken(("职业指导、技能", 0.2))})
    assert [row["other"] for row in rows] == pytest.approx([-1.386, -1.386, -6, -6, -6], abs=0.001)
    assert [row["sentence"] for row in rows] == [2, 2, 2, 1, 1]


def test_what_falls_short_goes_and_the_rest_takes_the_new_probability():
    found = {"Measure": MEASURES, "Agency": taken(("各地", 0.6))}
    looked = look_again(found, VIEW, SENTENCES, JOINTS, model(own=1.0, members_best=1.0, B=-1.0))
    assert [VIEW[each.span.start : each.span.end] for each in looked["Measure"]] == ["职业指导", "技能培训", "社保补贴"]
    assert looked["Measure"][0].probability == pytest.approx(0.768, abs=0.001)
    assert looked["Agency"] == found["Agency"]  # no column, no second look


def test_nothing_taken_is_nothing_looked_at():
    assert look_again({"Measure": []}, "", [], JOINTS, model()) == {"Measure": []}
    assert look_again({}, "", [0], JOINTS, model()) == {"Measure": []}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6), st.floats(0, 1)), max_size=12), st.text("、和甲乙", min_size=60, max_size=60)
)
def test_what_it_keeps_was_taken_and_is_a_probability(drawn: list[tuple[int, int, float]], view: str):
    found, end = [], 0
    for start, size, probability in sorted(drawn):
        if start >= end:
            found.append(Taken(Span(start, start + size), probability))
            end = start + size
    looked = look_again({"Measure": found}, view, [0, 20], JOINTS, model(0.2, own=0.5, same=1.0, tail_mean=-2.0))["Measure"]
    assert [each.span for each in looked] == [each.span for each in found if each.span in {kept.span for kept in looked}]
    assert all(0.2 <= each.probability <= 1 for each in looked)


def test_the_shipped_model_trusts_a_span_more_among_likely_ones():
    domain = load_domain()
    assert domain.second_model is not None
    sure, unsure = (
        look_again(
            {"Measure": taken(("职业指导", 0.4), ("技能培训", other), ("社保补贴", other))},
            VIEW,
            SENTENCES,
            joints(domain),
            domain.second_model,
        )
        for other in (0.95, 0.15)
    )
    before = {each.span: each.probability for each in unsure["Measure"]}
    assert sure["Measure"][0].probability > before.get(sure["Measure"][0].span, 0.0)
