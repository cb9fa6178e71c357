"""Title, number and short name of a document lead to one entity; who issued it and what it rests on is stated, not guessed."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from kg.domain import load_domain
from kg.extract.agencies import find_agencies
from kg.extract.document_names import document_entity, inner_title, number_place, squared
from kg.extract.documents import find_documents, relate_documents, title_spans

_SCENE = runpy.run_path(str(Path(__file__).with_name("text_scene.py")))
named = _SCENE["named"]
scene_of = _SCENE["scene_of"]


def documents(text: str, **metadata: str) -> list[tuple[str, str]]:
    scene = scene_of(text, **metadata)
    return list(named(scene, find_documents(scene)))


def claims(text: str, **metadata: str) -> set[tuple[str, str, str]]:
    scene = scene_of(text, **metadata)
    mentions = find_documents(scene)
    mentions += find_agencies(scene, mentions)
    made = relate_documents(scene, mentions)
    assert all(claim.evidence and claim.rule and 0 < claim.confidence < 1 for claim in made)
    return {(claim.subject.replace(scene.document.id, "text"), claim.predicate, claim.object) for claim in made}


@pytest.mark.parametrize("number", ["辽政发〔2023〕1号", "辽政发[2023]1号", "辽政发﹝2023﹞1号", "辽政发【2023】1号", "辽政发(2023)01号"])
def test_numbers_have_one_form(number: str) -> None:
    assert squared(number) == "辽政发〔2023〕1号"


def test_title_and_number_are_one_document() -> None:
    text = "《辽宁省人民政府关于印发<辽宁省若干政策举措>的通知》(辽政发〔2023〕1号),按辽政发〔2023〕1号执行《辽宁省若干政策举措》。"
    scene = scene_of(text, region="辽宁省")
    found = find_documents(scene)
    assert {mention.entity.id for mention in found} == {"doc/辽政发〔2023〕1号"}
    assert [scene.text(mention.span) for mention in found][1::2] == ["辽政发〔2023〕1号", "《辽宁省若干政策举措》"]
    entity = found[0].entity
    assert entity.attributes["number"] == "辽政发〔2023〕1号"
    assert {"辽宁省若干政策举措", "辽政发〔2023〕1号"} <= set(entity.aliases)


def test_nested_titles() -> None:
    outer = "《关于印发<甲省贯彻落实《乙部关于就业的意见》分工方案>的通知》"
    text = f"见{outer}(甲〔2024〕2号)"
    assert [text[span.start : span.end] for span in title_spans(text)] == [outer]
    text = "根据《关于印发<辽宁省贯彻落实《中共中央 国务院关于就业的意见》分工方案>的通知》(辽就劳办〔2024〕2号)。"
    assert ("text", "cites", "doc/辽就劳办〔2024〕2号") in claims(text)
    assert ("doc/辽就劳办〔2024〕2号", "basedOn", "doc/中共中央国务院关于就业的意见") in claims(text)


@pytest.mark.parametrize("words", ["《就业创业证》", "《申请表》", "《人民日报》", "《联系函》", "《劳动合同》"])
def test_forms_and_newspapers_are_none(words: str) -> None:
    assert documents(f"提交{words}。") == []


def test_short_names_stand_for_the_full_one() -> None:
    text = "印发《返乡农民工就业实施方案》(以下简称《方案》)。《方案》要求落实。《意见》另发。"
    assert documents(text) == [("《返乡农民工就业实施方案》", "返乡农民工就业实施方案")] + [("《方案》", "返乡农民工就业实施方案")] * 2


def test_own_document_by_title_and_own_words() -> None:
    text = "# 北京市就业援助规定\n\n第一条 根据《中华人民共和国就业促进法》,结合本市实际,制定本规定。\n第二条 本规定适用于本市。\n"
    assert documents(text).count(("本规定", "北京市就业援助规定")) == 2
    assert ("doc/北京市就业援助规定", "basedOn", "doc/中华人民共和国就业促进法") in claims(text)


def test_a_text_without_title_is_the_subject_itself() -> None:
    text = "根据《中共中央关于就业的意见》精神,结合我市实际,提出如下意见。落实《辽宁省就业资金管理办法》。"
    found = claims(text, region="营口市")
    assert ("text", "basedOn", "doc/中共中央关于就业的意见") in found
    assert ("text", "implements", "doc/辽宁省就业资金管理办法") in found
    assert ("text", "basedOn", "doc/辽宁省就业资金管理办法") not in found


def test_issuers_by_title_number_and_sentence() -> None:
    found = claims("省财政厅会同省税务局等有关部门印发《关于税收政策的通知》(辽财税〔2023〕195号)。", region="辽宁省")
    issuers = {object_ for _, predicate, object_ in found if predicate == "issuedBy"}
    assert issuers == {"agency/辽宁省财政厅", "agency/国家税务总局辽宁省税务局"}
    found = claims("《中共中央 国务院关于就业的意见》要求。")
    issuers = {object_ for _, predicate, object_ in found if predicate == "issuedBy"}
    assert issuers == {"agency/中共中央", "agency/国务院"}


def test_in_a_list_each_document_keeps_to_its_own_issuer() -> None:
    text = "省人社厅出台《关于实现开门红的实施意见》(辽委办发〔2023〕3号)《关于优化政策的通知》(辽政办发〔2023〕8号)等。"
    found = {(subject, object_) for subject, predicate, object_ in claims(text, region="辽宁省") if predicate == "issuedBy"}
    assert found == {("doc/辽委办发〔2023〕3号", "agency/中共辽宁省委"), ("doc/辽政办发〔2023〕8号", "agency/辽宁省人民政府")}


def test_a_source_of_news_is_no_issuer() -> None:
    text = "据云南省人社厅介绍,2008年云南省出台《云南省养老保障试行办法》。"
    assert not [claim for claim in claims(text) if claim[1] == "issuedBy"]


def test_number_prefixes_name_the_place() -> None:
    domain = load_domain()
    place = {number: number_place(number, None, domain)[0] for number in ("辽人社提〔2024〕5号", "穗府规〔2018〕19号", "财社〔2017〕164号")}
    assert [division.key if division else None for division in place.values()] == ["辽宁省", "广州市", None]


def test_inner_title_without_signs() -> None:
    domain = load_domain()
    assert inner_title("关于印发大连市就业补助资金管理办法的通知", domain) == "大连市就业补助资金管理办法"
    assert document_entity("关于印发<甲办法>的通知", None, domain).id == "doc/甲办法"


@pytest.mark.parametrize(
    ("text", "document", "issuer"),
    [
        ("《失业保险条例》(国务院令第258号)规定待遇。", "失业保险条例", "国务院"),
        ("《实习条例》(广东省第十一届人民代表大会常务委员会公告第30号)。", "实习条例", "广东省人民代表大会常务委员会"),
        (
            "山东省第十二届人民代表大会常务委员会第二十次会议《关于修改条例的决定》修正。",
            "关于修改条例的决定",
            "山东省人民代表大会常务委员会",
        ),
        ("根据辽宁省财政厅关于印发《就业资金管理办法》的规定执行。", "就业资金管理办法", "辽宁省财政厅"),
    ],
)
def test_issuers_by_order_session_and_unsigned_title(text: str, document: str, issuer: str) -> None:
    assert {claim for claim in claims(text) if claim[1] == "issuedBy"} == {(f"doc/{document}", "issuedBy", f"agency/{issuer}")}


def test_who_only_approves_is_no_issuer() -> None:
    text = (
        "# 郑州市劳动用工条例\n\n2012年4月27日郑州市第十三届人民代表大会常务委员会第二十八次会议通过\n"
        "2012年7月27日河南省第十一届人民代表大会常务委员会第二十八次会议批准\n\n第一条 为规范用工,制定本条例。"
    )
    assert {claim[2] for claim in claims(text) if claim[1] == "issuedBy"} == {"agency/郑州市人民代表大会常务委员会"}


def test_a_regulation_of_taiwan_rests_on_a_law_without_signs() -> None:
    text = (
        "# 青年跨域就業促進補助實施辦法\n\n第一條 本辦法依就業服務法第二十四條第四項規定訂定之。\n第二條 行政院、勞委會辦理本辦法之補助。"
    )
    assert ("doc/青年跨域就业促进补助实施办法", "basedOn", "doc/就业服务法") in claims(text)


def test_a_program_rests_on_the_plan_that_names_it() -> None:
    text = "大学生多。农民工多。就业稳定。按照《辽宁省重点群体创业推进行动工作方案》执行。"
    assert ("program/重点群体创业推进行动", "basedOn", "doc/辽宁省重点群体创业推进行动工作方案") in claims(text)
    assert not any("program" in claim[0] for claim in claims("一。二。三。四。按照《就业补助资金管理办法》《2025年就业支持计划》执行。"))
