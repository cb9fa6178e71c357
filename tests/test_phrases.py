"""Phrases, categories, provisions and the record: names are canonical, longer names swallow shorter ones, all is sorted and grounded."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.extract import extract
from kg.extract.categories import categorise
from kg.extract.names import canonical, entity_id
from kg.extract.view import text_document

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = load_domain()
TEXT = """沈阳市人力资源和社会保障局关于做好就业工作的通知
沈人社发〔2024〕15号
一、聚焦高校毕业生
实施“盛京英才”计划。对离校未就业高校毕业生给予一次性求职补贴和社会保险补贴,由市财政局会同市人社局落实。
二、聚焦残疾人
市残联为残疾人提供职业技能培训。2023年全市城镇新增就业12.5万人,同比增长3.2%。
"""


@pytest.fixture(scope="module")
def record() -> dict[str, object]:
    """Return the record of a made-up notice."""
    return extract(text_document(TEXT, DOMAIN, "a.txt"), DOMAIN)


def test_every_mention_and_every_evidence_stands_in_the_text(record: dict[str, object]) -> None:
    """Offsets are sorted, inside the text, and an edge's ends are nodes of the record."""
    text, ids = record["text"], {node["id"] for node in record["nodes"]}
    for node in record["nodes"]:
        assert node["mentions"] == sorted(node["mentions"])
        assert all(0 <= s < e <= len(text) for s, e in node["mentions"])
    for edge in record["edges"]:
        assert {edge["subject"], edge["object"]} <= ids
        assert edge["evidence"]
        assert all(0 <= s < e <= len(text) for s, e in edge["evidence"])
        assert 0 < edge["confidence"] <= 1


def test_lists_of_the_record_are_sorted(record: dict[str, object]) -> None:
    """Nodes, edges and provisions come in the order that the model page states, without repetition."""
    edges = [(e["subject"], e["predicate"], e["object"]) for e in record["edges"]]
    assert edges == sorted(set(edges))
    assert all(a["id"] < b["id"] for a, b in pairwise(record["provisions"]))
    assert len({n["id"] for n in record["nodes"]}) == len(record["nodes"])


def test_who_gets_what_from_whom(record: dict[str, object]) -> None:
    """The plain statements of the notice are found: group, measure, agency, number."""
    edges = {(e["subject"], e["predicate"], e["object"]) for e in record["edges"]}
    assert ("measure/一次性求职补贴", "targets", "group/离校未就业高校毕业生") in edges
    assert ("measure/职业技能培训", "implementedBy", "agency/沈阳市残疾人联合会") in edges
    values = {(n["name"], n["value"]) for n in record["nodes"] if n["type"] == "Observation"}
    assert ("城镇新增就业", 125000) in values


def test_a_provision_keeps_one_sentence_together(record: dict[str, object]) -> None:
    """The provision of the allowance names its group and the region, and its sentence is the one that says so."""
    (provision,) = [p for p in record["provisions"] if p["measure"] == "measure/一次性求职补贴"]
    assert "group/离校未就业高校毕业生" in provision["targets"]
    assert provision["appliesTo"] == ["region/沈阳市"]
    start, end = provision["sentence"]
    assert record["text"][start:end].startswith("对离校未就业高校毕业生")


def test_a_phrase_inside_an_agency_or_document_is_none_of_its_own(record: dict[str, object]) -> None:
    """残疾人 in 残疾人联合会 or 人力资源 in a department's name give no mention."""
    agencies = [tuple(m) for n in record["nodes"] if n["type"] == "Agency" for m in n["mentions"]]
    for node in record["nodes"]:
        if node["type"] in {"TargetGroup", "Measure"}:
            assert not any(s <= a and b <= e and (s, e) != (a, b) for a, b in node["mentions"] for s, e in agencies)


def test_a_users_name_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """A row of the user's table is found, under its name and category, even where the model sees nothing."""
    table = tmp_path / "own.tsv"
    table.write_text("type\tname\taliases\tcategory\tsource\nMeasure\t星火贴\t火贴\tmt:startup-loan\t本所\n", encoding="utf-8")
    domain = load_domain(lexicons=[table])
    found = [n for n in extract(text_document("据悉火贴已经到账。", domain), domain)["nodes"] if n["name"] == "星火贴"]
    assert [(n["id"], n["category"], n["rule"], n["mentions"]) for n in found] == [
        ("measure/星火贴", "mt:startup-loan", "own-lexicon", [[2, 4]])
    ]


@pytest.mark.parametrize(
    ("type_", "name", "concept"),
    [
        ("Measure", "高校毕业生就业见习补贴", "mt:internship-subsidy"),
        ("TargetGroup", "有就业意愿的残疾人", "tg:disabled"),
        ("Measure", "天气", ""),
    ],
)
def test_a_name_falls_under_the_concept_of_its_head(type_: str, name: str, concept: str) -> None:
    """The longest known form counts, that at the end before others; nothing known gives no concept."""
    assert categorise(DOMAIN, type_, name) == concept


def test_names_and_ids() -> None:
    """Outer marks and blanks go, width is folded, and a name that an IRI refuses becomes a hash."""
    assert canonical("“技能 辽宁行动”") == "技能辽宁行动"
    assert canonical("《关于“开门红”的意见》") == "关于“开门红”的意见"
    assert canonical("“甲”和“乙”") == "“甲”和“乙”"
    assert entity_id("Measure", "补贴(一次性)") == "measure/补贴(一次性)"
    assert entity_id("Measure", 'a"b').startswith("measure/x-")
    assert len(entity_id("Measure", 'a"b')) == len("measure/x-") + 12


@pytest.mark.parametrize(("head", "stated"), [("第一条 ", set()), ("", {"planned"})])
def test_a_law_says_of_no_measure_how_far_it_is(head: str, stated: set[str]) -> None:
    """What a rule in articles lays down is neither planned nor going on nor done."""
    words = head + "下一步将对离校未就业高校毕业生发放一次性求职补贴。"
    provisions = extract(text_document(words, DOMAIN), DOMAIN)["provisions"]
    assert provisions
    assert {each["realisation"] for each in provisions if "realisation" in each} == stated


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("对高校毕业生开展职业培训。", ["职业培训"]),
        ("任何单位不得开展职业培训。", []),
        ("政府鼓励就业,而非开展职业培训。", []),
        ("严禁擅自开展职业培训。", []),
        ("补贴不得低于最低工资标准,并开展职业培训。", ["职业培训"]),
    ],
)
def test_what_a_text_forbids_or_turns_down_is_no_measure(text: str, granted: list[str]) -> None:
    """The same words are a measure where they are granted and none where they are forbidden."""
    found = extract(text_document(text, DOMAIN), DOMAIN)
    assert [node["name"] for node in found["nodes"] if node["type"] == "Measure" and "培训" in node["name"]] == granted
