"""Words: the fast cutter cuts as jieba does, and no character is lost."""

from __future__ import annotations

import warnings
from pathlib import Path

import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.extract.tokens import tokenise

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def test_rjieba_cuts_as_jieba_does() -> None:
    """On the seeds the words are those of jieba's dictionary without its hidden Markov model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(60)
    cutter = jieba.Tokenizer()
    fold = load_domain().fold
    for path in SEEDS:
        text = fold(path.read_text(encoding="utf-8").replace("\n", "。"))[:1900]
        assert tokenise(text).words == list(cutter.cut(text, HMM=False))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_words_join_to_the_text(text: str) -> None:
    """Whatever the text, its words in order are the text and the starts are theirs."""
    tokens = tokenise(text)
    assert "".join(tokens.words) == text
    assert all(text.startswith(word, start) for word, start in zip(tokens.words, tokens.starts, strict=False))


NO_HMM = False
#: What texts are made of, signs and blanks of every kind among it.
_LETTERS = st.text(st.sampled_from("就业培训补贴工人社厅亿元123.5%aB+#-_,。;、(“》 \n\r\u3000\u2028㐀𠀀"), max_size=60)


@given(_LETTERS)
@settings(max_examples=300, deadline=None)
def test_tags_are_those_of_the_cutter(text: str) -> None:
    """Words are cut and tagged as the cutter does it line by line."""
    tokens = tokenise(text)
    pieces = [piece for line in text.splitlines(keepends=True) for piece in rjieba.tag(line, NO_HMM)]
    if "\r" not in text and "\u2028" not in text:
        assert list(zip(tokens.words, tokens.tags, strict=True)) == pieces


@given(_LETTERS, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_a_part_between_signs_has_the_words_that_it_has_by_itself(text: str, start: int, end: int) -> None:
    """What is taken from a text's words is what the cutter makes of the part alone."""
    tokens = tokenise(text)
    at = tokens.between(text, start, end) if start < end <= len(text) else None
    if at is not None:
        assert list(zip(tokens.words[at], tokens.tags[at], strict=True)) == rjieba.tag(text[start:end], NO_HMM)


def test_most_sentences_lie_between_signs() -> None:
    """A sentence is taken from the words of its text."""
    view = "开展培训100人。发放补贴3万元。\n第二章"
    tokens = tokenise(view)
    assert tokens.between(view, 9, 17) == slice(tokens.words.index("发放"), tokens.words.index("\n"))
    assert tokens.between(view, 1, 8) is None


def test_clauses_end_at_breaks_but_not_inside_quotes() -> None:
    """A quoted list stays in one clause."""
    tokens = tokenise("开展“进校园、进社区”活动,举办招聘会")
    assert ["".join(tokens.words[a:b]) for a, b in tokens.clauses] == ["开展“进校园、进社区”活动", "举办招聘会"]
