"""Observations: an indicator with its number is found once, named by its own words, and tied to the most specific subject."""

from __future__ import annotations

import pytest

from kg.domain import load_domain
from kg.extract.context import Context
from kg.extract.observations import find_observations, observation_findings, relate_observations
from kg.extract.scene import Scene
from kg.extract.segment import segment
from kg.extract.view import text_document
from kg.model import Entity, Mention, Span

DOMAIN = load_domain()


def scene_of(text: str, date: str | None = "2024-07-24", region: str | None = None) -> Scene:
    """Return the scene of a text whose date and region are given."""
    document = text_document(text, DOMAIN)
    return Scene(document, segment(document, DOMAIN), Context(date=date, region=region), DOMAIN)


def facts(text: str, taken: list[Mention] | None = None) -> list[tuple[str, object, str]]:
    """Return (name, value, unit) of every observation of a text."""
    found = find_observations(scene_of(text), taken or [])
    return [(m.entity.name, m.entity.attributes["value"], m.entity.attributes["unit"]) for m in found]


def mention(scene: Scene, words: str, type_: str, identity: str) -> Mention:
    """Return a mention of the first place where words stand."""
    start = scene.view.index(words)
    return Mention(Span(start, start + len(words)), Entity(identity, type_, words), "given")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上半年,全市城镇新增就业3.6万人。", [("城镇新增就业", 36000, "人")]),
        ("全区共开展招聘活动61场次。", [("招聘活动", 61, "场次")]),
        ("全市已建成32个零工市场。", [("零工市场", 32, "个")]),
        ("帮助2.3万就业困难人员实现就业。", [("就业困难人员", 23000, "人")]),
        ("岗位求人倍率达到1.50。", [("岗位求人倍率", 1.5, "倍")]),
        ("去年发放稳岗返还资金2.1亿元,惠及企业1.2万户。", [("稳岗返还资金", 210000000, "元"), ("惠及企业", 12000, "户")]),
        ("毕业去向落实率为91.2%。", [("毕业去向落实率", 91.2, "%")]),
        ("吸纳就业人员和稳定岗位共8.5万个。", [("吸纳就业人员和稳定岗位", 85000, "个")]),
        ("给予每人1500元的一次性创业补贴。", [("一次性创业补贴", 1500, "元")]),
        ("补贴期限最长不超过3年。", [("补贴期限", 3, "年")]),
        ("应当自受理之日起20个工作日内完成审核认定。", [("审核认定期限", 20, "个工作日")]),  # as gold names deadlines
        ("人均补助标准从380元提高至1000元。", [("人均补助标准", 1000, "元")]),
        pytest.param(
            "生均补助标准从380元提高至1000元。",
            [("生均补助标准", 1000, "元")],
            marks=pytest.mark.xfail(strict=True, reason="the dictionary does not know 生均, and the model of names takes what follows it"),
        ),
        ("按2000元/人的标准给予一次性吸纳就业补贴。", [("一次性吸纳就业补贴标准", 2000, "元")]),
    ],
)
def test_indicators_are_named_by_their_own_words(text, expected):
    """Verbs, adverbs, regions and dates around the indicator are left out of its name."""
    assert facts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024年5月23日印发。",
        "第六届职业技能大赛举行。",
        "省教育厅等8个部门印发通知。",
        "对离校2年内未就业高校毕业生给予扶持。",
        "打造“15分钟就业服务圈”。",
        "坚持四个并重,聚焦三大任务。",
        "一是强化政策供给。(二)完善服务。",
        "健全省、市、县五级服务体系。",
        "年满16周岁的青年均可报名。",
        "电话:0800-06-1689。",
    ],
)
def test_other_numbers_are_no_observations(text):
    """Dates, ordinals, levels, ministries, slogans, and qualifiers of a group stay out."""
    assert facts(text) == []


def test_numbers_inside_names_found_before_are_left_alone():
    """A program's name keeps its number."""
    text = "实施百千万就业行动3.0版,支持500个基地。"
    scene = scene_of(text)
    program = mention(scene, "百千万就业行动3.0版,支持500个基地", "Program", "program/x")
    assert facts(text, [program]) == []


def test_comparisons_take_up_the_indicator_and_stay_with_it():
    """同比增长 and 完成年度目标 are observations of their own and attributes of the one they speak of."""
    scene = scene_of("上半年,城镇新增就业26.8万人,同比增长5.5%,完成年度目标的58.2%。")
    base, growth, share = find_observations(scene, [])
    assert growth.entity.name == "城镇新增就业同比增长"
    assert share.entity.name == "完成年度目标"
    assert base.entity.attributes["yearOnYear"] == 5.5
    assert base.entity.attributes["targetCompletion"] == 58.2
    assert base.entity.attributes["period"] == "2024-01-01..2024-06-30"
    assert base.entity.attributes["category"] == "ind:urban-new-jobs"


def test_a_fall_is_a_negative_change():
    """同比下降 turns the sign of yearOnYear, not the value of the observation."""
    base, fall = find_observations(scene_of("全年城镇登记失业人员3.1万人,同比下降4%。"), [])
    assert base.entity.attributes["yearOnYear"] == -4
    assert fall.entity.attributes["value"] == 4


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("截至6月底,全省已建成零工市场144个。", "result"),
        ("力争到2025年,城镇新增就业达到120万人以上。", "target"),
        ("去年拨付贴息资金3.2亿元。", "funding"),
        ("社会保险补贴期限最长不超过3年。", "standard"),
        ("按每人每月500元给予见习补贴。", "standard"),
        ("去年全省地区生产总值达到3万亿元。", "result"),
    ],
)
def test_kinds(text, kind):
    """Done, intended, spent, or laid down."""
    [found] = find_observations(scene_of(text), [])
    assert found.entity.attributes["kind"] == kind


def test_the_same_number_in_two_texts_is_one_node_only_where_period_and_region_are_known():
    """With both known the id rests on the fact alone; otherwise the text's key keeps unrelated numbers apart."""

    def ids(date: str | None, region: str | None) -> set[str]:
        texts = ("上半年,城镇新增就业3万人。", "据悉,上半年,城镇新增就业3万人。")
        return {m.entity.id for text in texts for m in find_observations(scene_of(text, date, region), [])}

    assert len(ids("2024-07", "region/辽宁省")) == 1
    assert len(ids(None, "region/辽宁省")) == 2
    assert len(ids("2024-07", None)) == 2


def test_conditions_of_several_benefits_stay_apart():
    """One text grants two benefits under the same condition: two observations, each named with its benefit."""
    text = "企业吸纳脱贫人口,签订1年以上劳动合同的,给予社会保险补贴。\n吸纳退役军人,签订1年以上劳动合同的,给予一次性就业补贴。"
    names = {name for name, value, unit in facts(text) if (value, unit) == (1, "年")}
    assert names == {"社会保险补贴劳动合同期限", "一次性就业补贴劳动合同期限"}


def test_what_cannot_be_read_is_a_finding():
    """Impossible dates and numbers are reported with their place in the source."""
    findings = observation_findings(scene_of("于2024-13-45完成1e400人。"))
    assert {finding.message for finding in findings} == {"2024-13-45", "1e400"}
    assert facts("于2024-13-45发布。") == []


def test_the_most_specific_subject_gets_the_number():
    """The measure inside the indicator wins over the group and the region of the sentence."""
    scene = scene_of("全省高校毕业生就业形势稳定,开展补贴性职业技能培训13.2万人次。", region="region/辽宁省")
    given = [
        mention(scene, "全省", "Region", "region/辽宁省"),
        mention(scene, "高校毕业生", "TargetGroup", "group/高校毕业生"),
        mention(scene, "补贴性职业技能培训", "Measure", "measure/补贴性职业技能培训"),
    ]
    [claim] = relate_observations(scene, sorted([*given, *find_observations(scene, [])], key=lambda m: m.span))
    assert claim.subject == "measure/补贴性职业技能培训"
    assert claim.evidence == (scene.segmentation.sentences[0].span,)


def test_an_indicator_of_a_whole_region_goes_to_the_region():
    """城镇新增就业 is the region's, whatever measure stands near."""
    scene = scene_of("全省实施就业见习,上半年城镇新增就业26.8万人。", region="region/辽宁省")
    given = [mention(scene, "全省", "Region", "region/辽宁省"), mention(scene, "就业见习", "Measure", "measure/就业见习")]
    [claim] = relate_observations(scene, sorted([*given, *find_observations(scene, [])], key=lambda m: m.span))
    assert claim.subject == "region/辽宁省"


def test_a_sum_belongs_to_all_that_was_counted_before():
    """共服务企业 sums up the fairs and the broadcasts of the sentence."""
    scene = scene_of("全省开展线上招聘会132场,直播带岗249场,共服务企业1.3万家次。")
    given = [mention(scene, "线上招聘会", "Measure", "measure/线上招聘会"), mention(scene, "直播带岗", "Measure", "measure/直播带岗")]
    found = find_observations(scene, [])
    claims = relate_observations(scene, sorted([*given, *found], key=lambda m: m.span))
    total = next(m.entity.id for m in found if m.entity.attributes["value"] == 13000)
    assert {claim.subject for claim in claims if claim.object == total} == {"measure/线上招聘会", "measure/直播带岗"}
