"""Periods: dates become full ISO dates, say what they rest on, and never name a day that does not exist."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.extract.period import find_frequency, find_periods
from kg.model import Span

PATTERNS = load_domain().base_patterns("periods")


@pytest.mark.parametrize(
    ("text", "period", "basis"),
    [
        ("2023年筹集安排", "2023-01-01..2023-12-31", "explicit"),
        ("上半年,全省", "2024-01-01..2024-06-30", "document-date"),
        ("2023年上半年", "2023-01-01..2023-06-30", "explicit"),
        ("截至6月底", "..2024-06-30", "document-date"),
        ("截至2021年12月末", "..2021-12-31", "explicit"),
        ("到2024年底将覆盖", "..2024-12-31", "explicit"),
        ("今年以来", "2024-01-01..2024-07-24", "document-date"),
        ("截至目前", "..2024-07-24", "document-date"),
        ("2012年第三季新增", "2012-07-01..2012-09-30", "explicit"),
        ("去年一季度", "2023-01-01..2023-03-31", "document-date"),
        ("2023年1-11月", "2023-01-01..2023-11-30", "explicit"),
        ("2021-2025年", "2021-01-01..2025-12-31", "explicit"),
        ("截至98年12月底", "..2009-12-31", "explicit"),
        ("2024年2月29日", "2024-02-29..2024-02-29", "explicit"),
    ],
)
def test_periods_become_dates(text, period, basis):
    """The document's date (2024-07-24) settles what the words leave open, and the basis says so."""
    [found] = find_periods(text, Span(0, len(text)), "2024-07-24", PATTERNS)
    assert (found.text, found.basis) == (period, basis)


def test_without_a_document_date_nothing_is_guessed():
    """上半年 of an undated text is a period without dates; its digits are still no data."""
    [found] = find_periods("截至6月底", Span(0, 5), None, PATTERNS)
    assert (found.text, found.basis, found.until) == ("", "", True)


@pytest.mark.parametrize("text", ["2024-13-45", "2024年13月1日", "2023年2月29日"])
def test_impossible_dates_are_faulty(text):
    """They stay dates, so that their digits count as no data, and carry no value."""
    [found] = find_periods(text, Span(0, len(text)), None, PATTERNS)
    assert found.faulty
    assert found.text == ""


def test_comparisons_with_another_year_are_no_period():
    """比上年增长 speaks of the year compared with, not of the number's own."""
    assert find_periods("比上年增长5%", Span(0, 7), "2024", PATTERNS) == []


def test_frequencies():
    """The nearest word of repetition gives an ISO duration."""
    assert find_frequency("每年开发岗位", PATTERNS) == "P1Y"
    assert find_frequency("按月归集", PATTERNS) == "P1M"
    assert find_frequency("全年", PATTERNS) == ""


@given(st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2099, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_every_day_written_out_comes_back(day):
    """A date in Chinese form and in digits means the same day."""
    for text in (f"{day.year}年{day.month}月{day.day}日", day.isoformat()):
        [found] = find_periods(text, Span(0, len(text)), None, PATTERNS)
        assert found.start == found.end == day.isoformat()


def test_a_ceiling_of_years_is_no_period():
    """过三年来 is a time past, 超过三年 a ceiling."""
    assert find_periods("期限不超过三年。", Span(0, 8), "2024-07-24", PATTERNS) == []
    assert find_periods("过三年来新增", Span(0, 6), "2024-07-24", PATTERNS) != []
