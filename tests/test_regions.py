"""Regions are named divisions and words that mean the text's own; parts of other names and look-alikes are none."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from kg.extract.agencies import find_agencies
from kg.extract.documents import find_documents
from kg.extract.regions import find_regions

_SCENE = runpy.run_path(str(Path(__file__).with_name("text_scene.py")))
named = _SCENE["named"]
scene_of = _SCENE["scene_of"]


def regions(text: str, **metadata: str) -> list[tuple[str, str]]:
    scene = scene_of(text, **metadata)
    taken = find_documents(scene)
    taken += find_agencies(scene, taken)
    return list(named(scene, find_regions(scene, taken)))


def test_deictic_words_mean_the_text_s_own_region() -> None:
    assert regions("我省推进改革,全市就业稳定,我国经济向好。", region="营口市") == [
        ("我省", "辽宁省"),
        ("全市", "营口市"),
        ("我国", "中国"),
    ]
    assert regions("我省推进改革。") == []
    assert regions("全区就业稳定。", region="西藏自治区") == [("全区", "西藏自治区")]


def test_named_regions() -> None:
    text = "湖南已牵头与上海、江苏等省市组建联盟,覆盖沈抚示范区和沈阳铁西生产性服务业。"
    assert [name for _, name in regions(text)] == ["湖南省", "上海市", "江苏省", "沈抚改革创新示范区", "沈阳市铁西区"]


def test_short_county_names_only_inside_the_text_s_own_city() -> None:
    assert [name for _, name in regions("沙洋:85、钟祥:69、京山:72。", region="荆门市")] == ["沙洋县", "钟祥市", "京山市"]
    assert regions("沙洋:85、钟祥:69、京山:72。", region="湖南省") == []


@pytest.mark.parametrize(
    "text",
    [
        "沈阳航空动力产业园顺利推进,沈阳中关村信息谷科技服务有限责任公司获认定。",
        "贵州大学、湖南日报报道。",
        "尚良仲毅(沈阳)高新科技有限公司成立。",
        "新华社北京5月1日电",
        "实现市级公益性设施和县级公益性设施全覆盖。",
        "中国航天取得进展,支撑中国制造。",
        "各位来宾请入座,白银价格上涨,日照充足,三明治好吃。",
        "就业规模为全国第一,举办全国创业大赛。",
    ],
)
def test_names_of_other_things_and_look_alikes_are_none(text: str) -> None:
    assert regions(text) == []


def test_inside_agencies_and_titles_they_are_none() -> None:
    assert regions("辽宁省财政厅印发《辽宁省就业资金管理办法》。") == []


def test_one_character_forms_behind_a_verb_of_motion() -> None:
    assert regions("外省来闽务工人员,在闽自主创业。", region="福建省") == [("闽", "福建省"), ("闽", "福建省")]
    assert regions("外省来闽务工人员。", region="辽宁省") == []


def test_nodes_carry_code_level_and_parent() -> None:
    scene = scene_of("阜新市市民。")
    entity = find_regions(scene, [])[0].entity
    assert (entity.id, entity.attributes) == ("region/阜新市", {"code": "210900", "level": "lvl:prefecture", "parent": "region/辽宁省"})


def test_unreadable_names_are_regions_of_their_text() -> None:
    assert regions("B9市居民来信,我市已答复。") == [("B9市", "B9市"), ("我市", "B9市")]
    assert regions("A3区、B9区居民来信,我区已答复。") == [("A3区", "A3区"), ("B9区", "B9区")]


def test_words_that_mean_one_region_and_parts_of_names() -> None:
    assert regions("勞工處透過全港就業中心服務。", region="香港特别行政区") == [("全港", "香港特别行政区")]
    assert regions("在中华人民共和国境内适用。中华人民共和国劳动者。") == [("中华人民共和国", "中国")]
    assert regions("对口帮扶地区(贵州省六盘水市)劳动力,办好全区运动会。", region="西藏自治区") == [("贵州省六盘水市", "六盘水市")]
    assert regions("北方重工集团(沈阳)成立。") == []


def test_short_county_names_in_a_list_of_a_province_and_names_of_two_characters() -> None:
    assert [name for _, name in regions("万州、綦江、南川三区开展培训。", region="重庆市")] == ["万州区", "綦江区", "南川区"]
    assert regions("生态护草员、矿区绿化工上岗。", region="内蒙古自治区") == []
    assert regions("医保定点协议管理。", region="云南省") == []


def test_an_autonomous_region_goes_by_its_plain_name_too() -> None:
    assert [name for _, name in regions("凉山州与紫云县协作,全州就业稳定。")][:2] == ["凉山彝族自治州", "紫云苗族布依族自治县"]
