"""Of phrases that overlap one is kept: names swallow what stands inside them, one place has one type, the likelier stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.extract.settle import OWN_RULE, settle
from kg.model import SEGMENTS, Entity, Mention, Span

SWALLOWED_BY = {
    "Measure": {"PolicyDocument", "Agency", "Program"},
    "TargetGroup": {"PolicyDocument", "Agency"},
    "Program": {"PolicyDocument"},
}


def mention(type_: str, start: int, size: int, confidence: float = 0.9, rule: str = "span-model") -> Mention:
    return Mention(Span(start, start + size), Entity(f"{SEGMENTS[type_]}/{start}", type_, str(start)), rule, confidence)


def mentions(*types: str) -> st.SearchStrategy[list[Mention]]:
    rules = st.sampled_from(["span-model", "span-model", "span-model", OWN_RULE])
    one = st.builds(mention, st.sampled_from(types), st.integers(0, 30), st.integers(1, 12), st.sampled_from([0.5, 0.7, 0.9]), rules)
    return st.lists(one, max_size=14)


def plainly(found: list[Mention], taken: list[Mention]) -> list[Mention]:
    """Do the same by comparing each with each."""
    kept: list[Mention] = []
    for m in sorted(found, key=lambda m: (m.rule != OWN_RULE, -len(m.span), -m.confidence, m.span.start, m.entity.id)):
        swallowed = any(o.entity.type in SWALLOWED_BY.get(m.entity.type, ()) and o.span.covers(m.span) for o in [*taken, *kept])
        if m.rule != OWN_RULE and (swallowed or any(o.span == m.span for o in kept)):
            continue
        if not any(o.entity.type == m.entity.type and o.span.overlaps(m.span) for o in kept):
            kept.append(m)
    return sorted(kept, key=lambda m: (m.span, m.entity.type, m.entity.id))


def test_a_name_swallows_what_stands_inside_it():
    program, inside, beside = mention("Program", 0, 8), mention("Measure", 2, 4), mention("Measure", 6, 4)
    assert settle([inside, program, beside], []) == [program, beside]
    assert settle([mention("TargetGroup", 2, 4)], [mention("Agency", 0, 8)]) == []


def test_of_two_types_at_one_place_the_likelier_stays():
    measure, group = mention("Measure", 0, 4, 0.6), mention("TargetGroup", 0, 4, 0.7)
    assert settle([measure, group], []) == [group]


def test_a_name_of_the_users_own_stays_inside_a_longer_one():
    own = mention("Measure", 2, 4, rule=OWN_RULE)
    assert settle([own], [mention("PolicyDocument", 0, 9)]) == [own]


@given(mentions("Measure", "TargetGroup", "Program", "Agency"), mentions("PolicyDocument", "Agency", "Program"))
def test_the_same_is_kept_as_by_comparing_each_with_each(found, taken):
    assert settle(found, taken) == plainly(found, taken)
