"""Quantities: a number with its unit is read at its value, however it is written; what is no number never becomes one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.extract.quantity import find_quantities, find_unreadable, number, quoted
from kg.model import Span

QUANTITIES = load_domain().quantities


def read(text: str) -> list[tuple[int | float, str, str]]:
    """Return (value, unit, comparator) of every quantity of a text."""
    return [(number(q.value), q.unit, q.comparator) for q in find_quantities(text, Span(0, len(text)), QUANTITIES) if q.unit]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26.8万人", (268000, "人", "eq")),
        ("19.9亿元", (1990000000, "元", "eq")),
        ("3万7,856人", (37856, "人", "eq")),
        ("111亿3,804万9,934元", (11138049934, "元", "eq")),
        ("2万0,059人", (20059, "人", "eq")),
        ("1,234件", (1234, "件", "eq")),
        ("58.2%", (58.2, "%", "eq")),
        ("百分之五", (5, "%", "eq")),
        ("超六成", (60, "%", "gt")),
        ("三分之二", (66.67, "%", "eq")),
        ("2/3", (66.67, "%", "eq")),
        ("百万人次", (1000000, "人次", "eq")),
        ("近万人", (10000, "人", "lt")),
        ("500多场", (500, "场", "gt")),
        ("5000余人", (5000, "人", "gt")),
        ("6万名以上", (60000, "名", "ge")),
        ("约2.5万亿元", (2500000000000, "元", "approx")),
        ("不低于97%", (97, "%", "ge")),
        ("最长不超过24个月", (24, "个月", "le")),
        ("0.17个百分点", (0.17, "个百分点", "eq")),
        ("五百元", (500, "元", "eq")),
        ("15个工作日", (15, "个工作日", "eq")),
        ("学费减半", (50, "%", "eq")),
    ],
)
def test_numbers_are_read_at_their_value(text, expected):
    """Multipliers, fractions and tenths are worked out, and the words around the number become the comparator."""
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "value", "lower"),
    [
        ("1—2家", 2, 1),
        ("3万~10万元", 100000, 30000),
        ("3-5万元", 50000, 30000),
        ("30%-50%", 50, 30),
        ("50%至100%", 100, 50),
        ("1万元以上5万元以下", 50000, 10000),
        ("1万至五万元", 50000, 10000),
        ("2倍以上5倍以下", 5, 2),
    ],
)
def test_a_range_is_its_upper_end_with_the_lower_beside_it(text, value, lower):
    """One quantity, comparator le; a multiplier written once holds for both ends."""
    [found] = find_quantities(text, Span(0, len(text)), QUANTITIES)
    assert (found.value, found.lower, found.comparator) == (value, lower, "le")


def test_a_unit_for_each_is_kept_as_written_beside_the_unit_counted_in():
    """1500元/月 counts 元."""
    [found] = find_quantities("1500元/月", Span(0, 7), QUANTITIES)
    assert (found.unit, found.unit_text) == ("元", "1500元/月"[4:])


def test_ordinals_and_levels_do_not_count():
    """第六届 is no quantity, 8个部门 measures nothing, 每3年 says how often."""
    assert read("第6届") == []
    [levels] = find_quantities("8个部门", Span(0, 4), QUANTITIES)
    assert levels.measures == "never"
    [often] = find_quantities("每3年", Span(0, 3), QUANTITIES)
    assert often.frequency


def test_what_cannot_be_read_is_reported_and_not_guessed():
    """1e400 and a broken grouping of digits come out as places, not as values."""
    text = "共1e400人,共1,23万人"
    places = find_unreadable(text, Span(0, len(text)), QUANTITIES)
    assert [text[p.start : p.end] for p in places] == ["1e400", "1,23"]


def test_short_quotations_are_names():
    """Numbers inside “15分钟就业服务圈” belong to the name; a long quotation is speech."""
    assert len(quoted("打造“15分钟就业服务圈”", Span(0, 13))) == 1
    speech = "“" + "今年新增岗位5000个" * 3 + "”"
    assert quoted(speech, Span(0, len(speech))) == []


@given(st.integers(min_value=1, max_value=10**12))
@settings(max_examples=60, deadline=None)
def test_grouped_and_plain_digits_mean_the_same(value):
    """1234567 and 1,234,567 are one value."""
    assert QUANTITIES.value(f"{value:,}") == QUANTITIES.value(str(value)) == Decimal(value)


@given(st.text(alphabet="0123456789一二三十百千万亿分之成点,./-~至 多余人元%个", max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_of_numerals_breaks_the_reader(text):
    """Whatever stands there, values are finite and not negative, and spans lie inside the text."""
    for found in find_quantities(text, Span(0, len(text)), QUANTITIES):
        assert found.value >= 0
        assert 0 <= found.before <= found.span.start < found.span.end <= len(text)
