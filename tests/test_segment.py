"""Segmentation: sentences cover the words once, headings hold for what stands under them."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.extract.segment import segment
from kg.extract.view import text_document

DOMAIN = load_domain()
TEXT = """某市稳就业实施意见
一、构建就业格局
(一)聚焦残疾人就业。落实按比例就业制度。市残联提供职业培训。
(二)聚焦妇女创业。提供创业担保贷款;
二、强化组织领导
一是强化政策供给。出台若干文件。二是做好监测。按月监测企业。
"""


def test_headings_nest_and_hold_for_their_sentences() -> None:
    """A numbered opening is a heading; what follows in its paragraph stands under it and under the chapter."""
    document = text_document(TEXT, DOMAIN)
    cut = segment(document, DOMAIN)
    shown = {
        document.view[s.span.start : s.span.end]: [document.view[h.start : h.end] for h in cut.headings(i)]
        for i, s in enumerate(cut.sentences)
    }
    assert shown["市残联提供职业培训。"][:2] == ["聚焦残疾人就业", "构建就业格局"]
    assert shown["(二)聚焦妇女创业。"][0] == "聚焦妇女创业"
    assert shown["按月监测企业。"][:2] == ["做好监测", "强化组织领导"]


@given(st.text(st.sampled_from("就业培训。;,、\n(一)一、第条1.2“”《》 abc"), max_size=200))
@settings(max_examples=150, deadline=None)
def test_sentences_are_sorted_disjoint_and_lose_no_word(text: str) -> None:
    """Every letter or digit of the view stands in exactly one sentence."""
    document = text_document(text, DOMAIN)
    cut = segment(document, DOMAIN)
    spans = [s.span for s in cut.sentences]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    assert all(offset in covered for offset, sign in enumerate(document.view) if sign.isalnum())


def test_a_text_without_a_break_is_cut() -> None:
    """One long line without punctuation gives pieces of bounded length, in linear time."""
    cut = segment(text_document("就业" * 20000, DOMAIN), DOMAIN)
    assert max(len(s.span) for s in cut.sentences) <= DOMAIN.base_patterns("segmentation").settings["sentence"]["longest"]
