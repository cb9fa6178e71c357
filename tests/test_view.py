"""The view: what is masked or left out of matching never moves an offset of the text."""

from __future__ import annotations

import itertools

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.extract.view import make_view, text_document
from kg.model import Span

DOMAIN = load_domain()
CHARACTERS = st.text(
    st.sampled_from("技能遼寧行動，。《》「」〔〕()（）<p>&nbsp;\\n \n\u200b\u3000２０２４年0123456789abc著力顯著\"'、；："), max_size=120
)


@given(CHARACTERS)
@settings(max_examples=200, deadline=None)
def test_every_offset_of_the_view_leads_to_its_own_character(text: str) -> None:
    """Origins rise strictly, stay inside the text, and each character of the view is its origin's fold or a mask."""
    view, origin = make_view(text, DOMAIN)
    assert len(view) == len(origin)
    assert all(a < b for a, b in itertools.pairwise(origin))
    folded = DOMAIN.fold(text)
    for sign, offset in zip(view, origin, strict=True):
        assert sign == folded[offset] or sign in '\n “”‘’"—·…&<>'


@given(CHARACTERS)
@settings(max_examples=100, deadline=None)
def test_a_span_of_the_view_maps_to_text_that_folds_to_it(text: str) -> None:
    """Any span of the view covers, in the text, at least the characters it shows."""
    document = text_document(text, DOMAIN)
    for end in range(1, len(document.view) + 1):
        span = document.to_text(Span(end - 1, end))
        assert 0 <= span.start < span.end <= len(text)


def test_the_fold_keeps_length_and_agrees_with_opencc_on_running_text() -> None:
    """Folding is one to one; on traditional prose it differs from OpenCC t2s only in 著, which t2s leaves."""
    text = "行政院勞工委員會為協助企業穩定雇用，積極推動「立即上工計畫」，補助職業訓練機構與社會團體，成效顯著。"
    assert len(DOMAIN.fold(text)) == len(text)
    signs = str.maketrans("，「」", ",“”")
    assert DOMAIN.fold(text) == opencc.OpenCC("t2s").convert(text).translate(signs)
    assert DOMAIN.fold("著力、接著、顯著、著作") == "着力、接着、显著、著作"


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("<p>稳岗返还</p><p>就业见习</p>", "\n稳岗返还\n\n就业见习\n"),
        ("稳岗<b>返还</b>", "稳岗返还"),
        ("稳岗&nbsp;返还", "稳岗 返还"),
        ("稳岗\\n返还", "稳岗\n返还"),
        ("技能\u200b辽宁", "技能辽宁"),
        ("到 2024 年", "到2024年"),
        ("《关于 做好 就业的通知》", "《关于做好就业的通知》"),
        ('开展"技能辽宁行动"', "开展“技能辽宁行动”"),
        ("１０％", "10%"),
        ("\\u5c31业", "就业"),
    ],
)
def test_markup_and_loose_signs_are_masked(text: str, view: str) -> None:
    """Tags become breaks or nothing, references and escapes their sign, blanks inside names and around numbers vanish."""
    assert make_view(text, DOMAIN)[0] == view


def test_hard_line_breaks_are_undone_and_paragraphs_kept() -> None:
    """In a text wrapped at one width, sentences run on over line breaks; a line that ends a sentence ends its paragraph."""
    line = "殘疾人士就業事宜的情況說明如下並且繼續推行各項就業"
    text = "\n".join([line] * 14 + ["服務。", "另一段文字在這裏開始。"])
    view = make_view(text, DOMAIN)[0]
    assert view.count("\n") == 1
    short = "\n".join(["第一项工作。", "第二项工作。"] * 10)
    assert make_view(short, DOMAIN)[0] == short
