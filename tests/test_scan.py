"""A scan finds what its pattern finds, wherever the pattern stands and whatever part of a text is searched; only sooner."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.domain import load_domain
from kg.domain.scan import Scan, Scans

DOMAIN = load_domain()
FILES = sorted((*DOMAIN.field.glob("patterns/*.toml"), *DOMAIN.field.glob("relations/*.toml")))
TEXT = "\n".join(path.read_text("utf-8")[:1500] for path in sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))[:6])
#: A part of the text that begins and ends inside a sentence.
PARTS = [(0, len(TEXT)), (333, 4444), (2001, 2060), (70, 71), (9, 9)]


def found(matches) -> list[tuple]:
    return [(match.span(), match.groupdict(), match.groups()) for match in matches]


def one(match: re.Match[str] | None) -> list[tuple]:
    return [] if match is None else found([match])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_shipped_pattern_finds_the_same(path):
    file = (DOMAIN.patterns if path.parent.name == "patterns" else DOMAIN.relations)(path.stem)
    for name, pattern in file.patterns.items():
        for start, end in PARTS:
            assert found(file.scan(name).finditer(TEXT, start, end)) == found(pattern.finditer(TEXT, start, end)), name
            assert one(file.scan(name).search(TEXT, start, end)) == one(pattern.search(TEXT, start, end)), name


@pytest.mark.parametrize("file", ["periods", "document_dates", "segmentation"])
def test_patterns_searched_together_find_the_same_in_their_order(file):
    patterns = DOMAIN.base_patterns(file)
    for start, end in PARTS:
        each = [(name, match.span()) for name, pattern in patterns.patterns.items() for match in pattern.finditer(TEXT, start, end)]
        assert [(name, match.span()) for name, match in patterns.together.matches(TEXT, start, end)] == each


@pytest.mark.parametrize(
    "regex",
    [
        r"(?<![\d.])(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月",
        r"(?m)^[ \t]*(?:第[一二]+条|\d+\.)",
        r"(?:甲|乙丙)?(?:丁(?=戊)|[己-辛])+?",
        r"\s*第(?!一)",
        r"(?:(?:甲)*|乙)丙\b",
        r"(?:(?>甲|甲丁|丙)戊?){0,3}(?>丁|戊丙?)",
    ],
)
def test_look_behinds_options_and_borders(regex):
    pattern = re.compile(regex)
    text = "2024年3月4月\n 第一条 第二条\n12. 甲丁戊乙丙丁庚己\n甲甲丙 丙x\n" * 3
    assert found(Scan(pattern).finditer(text))
    for start in range(len(text)):
        assert found(Scan(pattern).finditer(text, start, start + 17)) == found(pattern.finditer(text, start, start + 17))


@pytest.mark.parametrize("regex", ["甲?", r"(?i)a+", r"(甲)\1", "[^甲]乙", ".甲", "(?:)"])
def test_a_pattern_of_which_nothing_is_known_is_tried_everywhere(regex):
    pattern = re.compile(regex)
    text = "甲甲乙aA丙乙甲"
    assert found(Scan(pattern).finditer(text)) == found(pattern.finditer(text))
    assert one(Scan(pattern).search(text)) == one(pattern.search(text))
    both = Scans([("first", pattern), ("second", re.compile("乙"))]).matches(text)
    assert [match.span() for name, match in both if name == "first"] == [match.span() for match in pattern.finditer(text)]
    assert [match.span() for name, match in both if name == "second"] == [(2, 3), (6, 7)]


@pytest.mark.parametrize(
    "regex",
    [
        "(?:就业|就医|创业)(?:服务|培训)?",
        "(?:(?>就业|就业服务|失业)、){0,3}(?:创业|失业(?!率))",
        "(?P<term>第[一二三]+届)?(?:就业会|创业委员会)",
        "(?:就业|失业){2,3}率?",
        "[一-龥]{2,6}?(?:联盟|协会)(?!会)",
    ],
)
def test_words_that_open_matches_and_words_inside_them(regex):
    pattern = re.compile(regex)
    scan = Scan(pattern)
    text = "就业、就业服务、失业率,创业培训就医第二届就业会第三创业委员会失业就业率失业联盟会就业联盟协会和协会联盟" * 2
    assert found(scan.finditer(text))
    for start in range(len(text)):
        for end in (start + 5, start + 23, len(text)):
            assert found(scan.finditer(text, start, end)) == found(pattern.finditer(text, start, end))
            assert one(scan.search(text, start, end)) == one(pattern.search(text, start, end))
