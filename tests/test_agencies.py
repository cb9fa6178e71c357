"""Agencies get their full official name with their own region; what is no agency is none, and no two are merged."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from kg.domain import load_domain
from kg.domain.tables import read_tsv
from kg.extract import extract_text
from kg.extract.agencies import find_agencies
from kg.extract.documents import find_documents, relate_documents

_SCENE = runpy.run_path(str(Path(__file__).with_name("text_scene.py")))
named = _SCENE["named"]
scene_of = _SCENE["scene_of"]


def agencies(text: str, **metadata: str) -> list[tuple[str, str]]:
    scene = scene_of(text, **metadata)
    return list(named(scene, find_agencies(scene, find_documents(scene))))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("省人社厅", "辽宁省人力资源和社会保障厅"),
        ("省人力资源社会保障厅", "辽宁省人力资源和社会保障厅"),
        ("省发改委", "辽宁省发展和改革委员会"),
        ("省工业和信息化厅", "辽宁省工业和信息化厅"),
        ("省民政厅", "辽宁省民政厅"),
        ("省财政厅", "辽宁省财政厅"),
        ("省税务局", "国家税务总局辽宁省税务局"),
        ("省委组织部", "中共辽宁省委组织部"),
        ("省政府新闻办", "辽宁省人民政府新闻办公室"),
        ("省残联", "辽宁省残疾人联合会"),
        ("省就业和人才服务中心", "辽宁省就业和人才服务中心"),
        ("营口市教育局", "营口市教育局"),
        ("沈阳市铁西区人社局", "沈阳市铁西区人力资源和社会保障局"),
        ("人社部", "人力资源和社会保障部"),
        ("党中央", "中共中央"),
        ("国务院", "国务院"),
        ("各级人社部门", "辽宁省人社部门"),
        ("县级以上人民政府", "辽宁省县级以上人民政府"),
        ("辽宁省技工教育联盟", "辽宁省技工教育联盟"),
    ],
)
def test_canonical_names_in_a_text_of_liaoning(words: str, name: str) -> None:
    assert agencies(f"近日,{words}召开会议。", region="辽宁省") == [(words, name)]


def test_same_words_in_two_provinces_are_two_agencies() -> None:
    assert agencies("省人社厅召开会议。", region="湖南省") == [("省人社厅", "湖南省人力资源和社会保障厅")]


def test_party_and_government_are_split() -> None:
    assert agencies("省委、省政府高度重视。", region="辽宁省") == [("省委", "中共辽宁省委"), ("省政府", "辽宁省人民政府")]
    assert agencies("市委市政府高度重视。", region="营口市") == [("市委", "中共营口市委"), ("市政府", "营口市人民政府")]


def test_lists_give_each_body() -> None:
    found = agencies("近日,教育部、财政部、解放军总参谋部和公安部出台措施。")
    assert [name for _, name in found] == ["教育部", "财政部", "中国人民解放军总参谋部", "公安部"]
    found = agencies("市财政局、人社局负责落实。", region="营口市")
    assert [name for _, name in found] == ["营口市财政局", "营口市人力资源和社会保障局"]
    found = agencies("市、县(市)区残联提供培训。", region="营口市")
    assert {name for _, name in found} == {"营口市残疾人联合会", "营口市县(市)区残联"}
    found = agencies("报送省人力资源社会保障、财政部门备案。", region="荆门市")
    assert {name for _, name in found} == {"湖北省人力资源和社会保障厅", "湖北省财政厅"}


def test_counted_departments_keep_no_region() -> None:
    assert [name for _, name in agencies("与公安、民政、司法、银行等37个部门共享数据。", region="湖南省")] == [
        "公安部门",
        "民政部门",
        "司法部门",
        "银行",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "有关部门要抓好落实,各部门、各地要加强协调。",
        "各部门分工负责,财政部署已定。",
        "面向高校推送岗位,组织职业院校学生参加。",
        "用工行为要规范,省委托管理。",
        "2024年辽宁全省就业稳定。",
    ],
)
def test_what_is_no_agency(text: str) -> None:
    assert agencies(text, region="辽宁省") == []


def test_deliverers_count_where_they_act() -> None:
    assert [name for _, name in agencies("由经办银行发放贷款。")] == ["经办银行"]
    assert [name for _, name in agencies("引导担保机构降低费率,培训机构“接单”。")] == ["担保机构", "培训机构"]
    assert agencies("给予培训机构补贴。") == []


def test_titles_hold_no_agencies_but_their_issuers() -> None:
    text = "按照《财政部 人力资源社会保障部关于做好工会工作、省财政厅配合的通知》(财社〔2017〕164号)执行。"
    assert [name for _, name in agencies(text, region="福建省")] == ["财政部", "人力资源和社会保障部"]


def test_issuer_speaks_of_itself() -> None:
    text = "辽人社提〔2024〕5号\n某委员:\n现答复如下:我厅开展监测。\n辽宁省人力资源和社会保障厅\n2024年5月23日"
    assert ("我厅", "辽宁省人力资源和社会保障厅") in agencies(text)
    assert agencies("我厅开展监测。") == []


def test_collective_and_short_names() -> None:
    found = agencies("3月30日,农业农村部、人力资源和社会保障部印发方案。两部门支持企业。")
    assert found.count(("两部门", "农业农村部")) == found.count(("两部门", "人力资源和社会保障部")) == 1
    text = "立法會議員提問。社會福利署(“社署”)計算援助金,社署會檢討。勞工處、政府、香港。"
    assert agencies(text).count(("社署", "香港社会福利署")) == 2


def test_without_a_region_the_name_keeps_the_word_of_its_level() -> None:
    assert agencies("省人社厅召开会议。") == [("省人社厅", "省人力资源和社会保障厅")]


def test_attributes_and_aliases() -> None:
    scene = scene_of("省人社厅召开会议。", region="辽宁省")
    entity = find_agencies(scene, [])[0].entity
    assert entity.attributes == {"category": "ak:hrss", "level": "lvl:provincial", "region": "region/辽宁省"}
    assert "辽宁省人社厅" in entity.aliases
    assert not {"省人社厅", "人社厅"} & set(entity.aliases)


def test_every_confidence_is_a_share() -> None:
    scene = scene_of("省人社厅会同工会、银行等部门由培训机构开展培训,我们落实。", region="辽宁省", issuer="辽宁省人社厅")
    assert all(0.0 < mention.confidence < 1.0 and mention.rule for mention in find_agencies(scene, []))


def agency_names(text: str, **metadata: str) -> list[str]:
    return [name for _, name in agencies(text, **metadata)]


def test_a_class_has_one_name_in_the_words_of_the_text() -> None:
    text = "审计机关依法监督。人力资源和社会保障行政部门受理申请。"
    assert agency_names(text, region="山东省") == ["山东省审计机关", "山东省人力资源和社会保障行政部门"]
    text = "人力资源社会保障部门受理申请,各级人社部门负责审核。"
    assert agency_names(text, region="福建省") == ["福建省人社部门", "福建省人社部门"]


def test_bare_class_words_mean_the_class_that_a_law_names_with_its_levels() -> None:
    text = "县级以上人民政府财政部门负责管理。财政部门应当公开。"
    assert agency_names(text, region="河南省") == ["河南省县级以上人民政府财政部门"] * 2
    text = "县级以上人民政府财政部门负责管理。设区的市人民政府财政部门备案。"
    assert agency_names(text, region="河南省") == ["河南省县级以上人民政府财政部门", "河南省设区的市人民政府财政部门"]


def test_second_body_of_a_list_of_levels_has_its_own_place() -> None:
    found = agencies("市和区、县人力资源和社会保障行政部门负责援助。", region="北京市")
    assert ("区、县人力资源和社会保障行政部门", "北京市区、县人力资源和社会保障行政部门") in found
    assert ("市和区、县人力资源和社会保障行政部门", "北京市人力资源和社会保障局") in found


def test_two_departments_are_those_named_before() -> None:
    assert agencies("两部门支持企业。农业农村部、人力资源和社会保障部印发方案。")[0] == ("农业农村部", "农业农村部")


def test_district_bodies_carry_their_city_and_outside_bodies_the_short_name() -> None:
    assert agency_names("天河区财政局负责。", region="天河区") == ["广州市天河区财政局"]
    assert agency_names("中共广州市天河区委负责。", region="天河区") == ["中共广州市天河区委"]
    assert agency_names("沈阳市铁西区人社局负责。", region="辽宁省") == ["沈阳市铁西区人力资源和社会保障局"]
    assert agency_names("向中央主管機關申請,高雄市政府辦理。", region="台湾") == ["台湾中央主管机关", "高雄市政府"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("由工商银行广州分行发放贷款。", "中国工商银行广州分行"),
        ("由广州农商银行发放贷款。", "广州农村商业银行"),
        ("联系市人社局就业促进与失业保险科。", "广州市人力资源和社会保障局就业促进与失业保险科"),
        ("市人社局办公室印发通知。", "广州市人力资源和社会保障局办公室"),
    ],
)
def test_parts_that_act_are_agencies_of_their_own(text: str, name: str) -> None:
    assert agency_names(text, region="广州市") == [name]


def test_the_issuer_of_an_offices_text_is_its_department() -> None:
    text = "闽人社办〔2020〕6号\n我厅开展监测。\n福建省人力资源和社会保障厅办公室\n2020年5月23日"
    assert ("我厅", "福建省人力资源和社会保障厅") in agencies(text)


def test_persons_are_no_agencies() -> None:
    assert agencies("中央军委主席、中共中央政治局委员出席会议。") == []


def test_unreadable_regions_are_read_where_a_text_has_one_of_their_level() -> None:
    text = "L3县居民来信。县人社局答复:根据西地省财政厅、西地省人民政府文件办理。"
    assert agency_names(text) == ["L3县人力资源和社会保障局", "西地省财政厅", "西地省人民政府"]
    assert agency_names("A3区、B9区居民来信,区人社局答复。") == ["区人力资源和社会保障局"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("省环境保护厅", "省生态环境厅"),
        ("省国土资源厅", "省自然资源厅"),
        ("省农业厅", "省农业农村厅"),
        ("省卫生计生委", "省卫生健康委"),
        ("省劳动和社会保障厅", "省人力资源和社会保障厅"),
        ("省扶贫办", "省乡村振兴局"),
        ("省乡村振兴局", "省农业农村厅"),
        ("省工商局", "省市场监管局"),
        ("省地税局", "省税务局"),
    ],
)
def test_what_took_a_bodys_place_is_another_body(old: str, new: str) -> None:
    scene = scene_of(f"{old}出台办法。{new}接着执行。", region="辽宁省")
    mentions = find_agencies(scene, [])
    before, after = (mention.entity for mention in mentions)
    assert before.id != after.id
    assert not {before.name, *before.aliases} & {after.name, *after.aliases}
    claims = [claim for claim in relate_documents(scene, mentions) if claim.predicate == "succeededBy"]
    assert [(claim.subject, claim.object) for claim in claims] == [(before.id, after.id)]


def test_every_succession_names_kinds_and_ends() -> None:
    domain = load_domain()
    pairs = {row["kind"]: row["successor"] for row in read_tsv(domain.base / "agency_successions.tsv")}
    assert {*pairs, *pairs.values()} <= set(domain.agencies.kinds)
    for start in pairs:
        seen = [start]
        while seen[-1] in pairs:
            assert pairs[seen[-1]] not in seen
            seen.append(pairs[seen[-1]])


def test_classes_of_two_levels_and_of_party_departments() -> None:
    found = agencies("设区的市、县(市、区)人民政府应当健全机制。", region="山东省")
    assert ("县(市、区)人民政府", "山东省县(市、区)人民政府") in found
    assert ("设区的市、县(市、区)人民政府", "山东省设区的市人民政府") in found
    assert agency_names("各县(市、区)党委组织部:", region="漳州市") == ["漳州市各县(市、区)党委组织部"]
    assert set(agency_names("各级党委、政府高度重视。", region="漳州市")) == {"漳州市各级党委", "漳州市各级人民政府"}


def test_an_institution_without_a_region_is_the_texts_own_where_it_acts() -> None:
    assert agency_names("向就业训练中心提出申请。", region="山东省") == ["山东省就业训练中心"]
    assert agency_names("就业训练中心的数量增加。", region="山东省") == []


@pytest.mark.parametrize(
    ("words", "name"),
    [("国务院人力资源社会保障行政部门", "人力资源和社会保障部"), ("国务院财政部门", "财政部"), ("国务院教育行政部门", "教育部")],
)
def test_a_department_of_the_state_council_is_the_ministry(words: str, name: str) -> None:
    found = extract_text(f"{words}负责全国的就业工作。")
    assert [node["name"] for node in found["nodes"] if node["type"] == "Agency"] == [name]
