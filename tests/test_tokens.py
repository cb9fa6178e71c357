"""Words: the fast cutter cuts as jieba does, and no character is lost."""

from __future__ import annotations

import warnings
from pathlib import Path

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


def test_clauses_end_at_breaks_but_not_inside_quotes() -> None:
    """A quoted list stays in one clause."""
    tokens = tokenise("开展“进校园、进社区”活动,举办招聘会")
    assert ["".join(tokens.words[a:b]) for a, b in tokens.clauses] == ["开展“进校园、进社区”活动", "举办招聘会"]
