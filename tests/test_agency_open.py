"""Bodies of no listed kind are found behind their level or place and in lists of who answers; the span model's get one name."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from kg.extract.agencies import find_agencies
from kg.extract.agency_spans import find_further_agencies
from kg.extract.documents import find_documents
from kg.model import Span

_SCENE = runpy.run_path(str(Path(__file__).with_name("text_scene.py")))
named = _SCENE["named"]
scene_of = _SCENE["scene_of"]


def names_in(text: str, **metadata: str) -> list[str]:
    scene = scene_of(text, **metadata)
    return list(dict(named(scene, find_agencies(scene, find_documents(scene)))).values())


def modelled(text: str, words: str, probability: float = 0.95, **metadata: str) -> list[str]:
    """Return the names of what the model would add, had it taken some words of a text for an agency."""
    scene = scene_of(text, **metadata)
    taken = find_agencies(scene, find_documents(scene))
    start = text.index(words)
    return [mention.entity.name for mention in find_further_agencies(scene, [(Span(start, start + len(words)), probability)], taken)]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("县文化馆", "阳谷县文化馆"),
        ("县创业贷款担保中心", "阳谷县创业贷款担保中心"),
        ("县职业技能鉴定所", "阳谷县职业技能鉴定所"),
        ("县劳动人事争议仲裁院", "阳谷县劳动人事争议仲裁院"),
        ("县消防救援大队", "阳谷县消防救援大队"),
        ("县总工会", "阳谷县总工会"),
        ("县政府", "阳谷县人民政府"),
        ("团县委", "共青团阳谷县委员会"),
        ("县编办", "阳谷县机构编制委员会办公室"),
        ("县财政", "阳谷县财政局"),
        ("县国资委", "阳谷县人民政府国有资产监督管理委员会"),
        ("县行政审批服务局", "阳谷县行政审批服务局"),
        ("县教育和体育局", "阳谷县教育和体育局"),
        ("县能源局", "阳谷县能源局"),
        ("省药监局", "山东省药品监督管理局"),
        ("省港澳办", "山东省港澳事务办公室"),
        ("街道便民服务中心", "阳谷县街道便民服务中心"),
        ("当地政府", "阳谷县当地人民政府"),
    ],
)
def test_bodies_behind_a_level(words: str, name: str | None) -> None:
    found = names_in(f"据悉,{words}会同有关方面开展服务。", region="阳谷县")
    assert found == ([name] if name else [])


@pytest.mark.parametrize(
    "text",
    [
        "市场馆开放。",
        "全县城乡发展格局。",
        "市里通过公开遴选确定合作银行。",
        "省就业信息网厅上线。",
        "汇编办法已经印发。",
        "县域内部协作。",
    ],
)
def test_words_that_only_look_like_a_body_are_none(text: str) -> None:
    assert names_in(text, region="聊城市") == []


def test_an_institution_keeps_its_proper_name() -> None:
    assert names_in("聊城职业技术学院单列计划。", region="山东省") == ["聊城职业技术学院"]
    assert names_in("市委统战部会同省教育厅办理。", region="聊城市") == ["中共聊城市委统一战线工作部", "山东省教育厅"]


def test_every_element_of_a_list_of_responsible_bodies_is_one() -> None:
    text = "聊城市人力资源和社会保障局\n一、稳岗(责任科室:就业促进科、市总工会;配合单位:海关、聊城监狱)"
    assert set(names_in(text)) >= {
        "聊城市人力资源和社会保障局就业促进科",
        "聊城市总工会",
        "海关",
    }


def test_a_mass_organisation_shares_the_levels_of_its_list() -> None:
    assert names_in("各市人力资源社会保障局、总工会:", region="山东省") == ["山东省各市人力资源和社会保障局", "山东省各市总工会"]


def test_a_units_other_name_in_brackets_does_not_end_a_list() -> None:
    assert names_in("各省、自治区、直辖市教育厅(教委)、人力资源社会保障厅:") == []


def test_the_office_of_a_central_body_is_its_own_agency() -> None:
    assert names_in("教育部办公厅印发通知。") == ["教育部办公厅"]
    assert names_in("退役军人事务部规划司负责。") == ["退役军人事务部规划司"]


def test_a_zones_body_is_not_the_citys() -> None:
    assert names_in("滨湖新区人社局办理。", region="衡水市") == ["滨湖新区人力资源和社会保障局"]


def test_a_county_named_before_in_the_paragraph_is_whose_body_it_is() -> None:
    assert names_in("在婺源县,茶农忙。县农业农村局给予补贴。", region="江西省") == ["婺源县农业农村局"]
    assert names_in("在婺源县,茶农忙。\n县农业农村局给予补贴。", region="江西省") == ["县农业农村局"]


@pytest.mark.parametrize(("words", "name"), [("区委", "区委"), ("县妇联", "县妇联"), ("区政府", "区人民政府"), ("县财政局", "县财政局")])
def test_a_body_of_an_unknown_region_keeps_the_word_of_its_level(words: str, name: str) -> None:
    assert names_in(f"会议由{words}召开。") == [name]


def test_the_model_names_bodies_by_their_region_and_known_ones_by_their_own_name() -> None:
    assert modelled("依托养老服务人才实训站开展培训。", "养老服务人才实训站", region="吉林省") == ["吉林省养老服务人才实训站"]
    assert modelled("联合华东师范大学举办。", "华东师范大学", region="上海市") == ["华东师范大学"]


def test_the_short_form_of_a_named_body_is_that_body() -> None:
    later = "县人才发展集团受理。其后人才发展集团审核。"
    scene = scene_of(later, region="开化县")
    taken = find_agencies(scene, find_documents(scene))
    start = later.rindex("人才发展集团")
    found = find_further_agencies(scene, [(Span(start, start + 6), 0.9)], taken)
    assert [mention.entity.name for mention in found] == ["开化县人才发展集团"]


@pytest.mark.parametrize("words", ["我局", "该部", "双方", "各级各部门", "党和政府", "公共就业服务新格局", "政府机关"])
def test_what_the_model_takes_without_a_body_in_it_is_none(words: str) -> None:
    assert modelled(f"据悉,{words}都要努力。", words, region="吉林省") == []


def test_a_class_of_the_market_needs_more_certainty_and_graduates_are_no_school() -> None:
    assert modelled("组织高校参加。", "高校", 0.6) == []
    assert modelled("组织高校参加。", "高校", 0.95) == ["高校"]
    assert modelled("招募高校毕业生。", "高校", 0.95) == []
