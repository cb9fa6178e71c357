"""A program's short form is the program, the kinds of programs alone are none, and a topic in quotation marks is no program."""

import pytest

from kg.domain import load_domain
from kg.extract.scene import Scene
from kg.extract.segment import segment
from kg.extract.short_programs import settle_programs
from kg.extract.view import text_document
from kg.model import Entity, Mention, Span

DOMAIN = load_domain()


def settled(text, *names, rule="test"):
    """Return the names of the programs of a text, which are all places of some names."""
    document = text_document(text, DOMAIN)
    found = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            if not any(m.span.covers(Span(start, start + len(name))) for m in found):
                found.append(Mention(Span(start, start + len(name)), Entity(f"program/{name}", "Program", name), rule))
            start = text.find(name, start + 1)
    scene = Scene(document, segment(document, DOMAIN), None, DOMAIN)
    return [m.entity.name for m in settle_programs(sorted(found, key=lambda m: m.span), scene)]


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("邻里支援幼儿照顾计划(“照顾计划”)名额已满。", ["邻里支援幼儿照顾计划", "照顾计划"], ["邻里支援幼儿照顾计划"] * 2),
        ("春风行动服务月活动启动,春风活动继续。", ["春风行动服务月活动", "春风活动"], ["春风行动服务月活动", "春风活动"]),
        ("甲照顾计划和乙照顾计划都称照顾计划。", ["甲照顾计划", "乙照顾计划", "照顾计划"], ["甲照顾计划", "乙照顾计划", "照顾计划"]),
        ("援企稳岗专项行动开始,专项行动结束。", ["援企稳岗专项行动", "专项行动"], ["援企稳岗专项行动", "专项行动"]),
        ("照顾计划之外有邻里支援幼儿照顾计划。", ["邻里支援幼儿照顾计划", "照顾计划"], ["照顾计划", "邻里支援幼儿照顾计划"]),
        ("生态城在中新天津生态城。", ["中新天津生态城", "生态城"], ["生态城", "中新天津生态城"]),
    ],
)
def test_a_short_form_is_joined_to_the_one_longer_name_before_it(text, names, found):
    assert settled(text, *names) == found


def test_a_quoted_topic_is_no_program():
    assert settled("一、关于“提升服务促进就业”的建议。", "提升服务促进就业") == []
    assert settled("一、关于“技能兴省行动”的建议。", "技能兴省行动") == ["技能兴省行动"]
    assert settled("我省打造“舒心就业”品牌。", "舒心就业") == ["舒心就业"]


def test_known_names_stay_what_they_are():
    text = "邻里支援幼儿照顾计划(“照顾计划”)名额已满,关于“提升服务”。"
    assert settled(text, "邻里支援幼儿照顾计划", "照顾计划", "提升服务", rule="own-lexicon") == [
        "邻里支援幼儿照顾计划", "照顾计划", "提升服务",
    ]  # fmt: skip
