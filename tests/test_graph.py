"""Merging records is a union of sets: any order gives the same graph, and every fact keeps its evidence."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.check import check_graph
from kg.domain import load_domain
from kg.graph import assemble, filter_confidence
from kg.graph.aliases import join_aliases
from kg.graph.sentences import Sentences

RECORDS = json.loads((Path(__file__).parent / "graph_records" / "records.json").read_text(encoding="utf-8"))
NUMBER = "doc/辽人社发〔2024〕2号"
TITLE = "doc/关于做好技能人才工作的通知"
PROGRAM = "program/技能辽宁行动"
MEASURE = "measure/职业技能培训"


@pytest.fixture(scope="module")
def graph():
    return assemble(RECORDS, load_domain())


def content(graph):
    """Return all that a graph holds, its order included."""
    return list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True)), graph.graph


def test_a_region_brings_the_regions_around_it(graph):
    assert graph.nodes["region/中国"]["texts"] == 0
    assert "isPartOf" in graph["region/营口市"]["region/辽宁省"]
    assert "isPartOf" in graph["region/辽宁省"]["region/中国"]


def test_no_domain_adds_no_regions():
    assert graph_keys(assemble(RECORDS)) >= {"region/营口市", "region/辽宁省"}
    assert "aliases" not in assemble(RECORDS).nodes["region/辽宁省"]


def graph_keys(graph):
    return set(graph)


def test_title_and_number_of_a_document_join(graph):
    assert TITLE not in graph
    data = graph.nodes[NUMBER]
    assert data["texts"] == 2
    assert data["number"] == "辽人社发〔2024〕2号"
    assert "aliasOf" not in data
    second = RECORDS[1]["doc"]["id"]
    assert "basedOn" in graph[second][NUMBER]


def test_a_joined_title_is_an_alias_when_the_number_has_another_name():
    records = copy.deepcopy(RECORDS)
    next(node for node in records[0]["nodes"] if node["id"] == NUMBER)["name"] = "辽人社发〔2024〕2号"
    data = assemble(records).nodes[NUMBER]
    assert data["name"] == "辽人社发〔2024〕2号"
    assert data["aliases"] == ["关于做好技能人才工作的通知"]


def test_two_numbers_never_join_whatever_title_they_share():
    first, second, title = "doc/甲发〔2023〕1号", "doc/甲发〔2024〕1号", "doc/年度通知"
    assert join_aliases([(second, title), (title, first)]) == {title: first}
    assert join_aliases([("doc/b", "doc/a"), ("doc/c", "doc/b")]) == {"doc/b": "doc/a", "doc/c": "doc/a"}
    assert join_aliases([("doc/b", "doc/a"), ("doc/b", second)]) == {"doc/a": second, "doc/b": second}


def test_weight_counts_texts_and_confidence_is_the_largest(graph):
    edge = graph[PROGRAM][MEASURE]["hasMeasure"]
    assert (edge["weight"], edge["confidence"], len(edge["evidence"])) == (2, 0.9, 2)
    assert graph.nodes[PROGRAM]["confidence"] == 0.9
    assert graph.nodes[PROGRAM]["texts"] == 2
    assert graph[PROGRAM]["doc/关于实施就业优先战略的意见"]["basedOn"]["weight"] == 1


def test_of_differing_values_the_smallest_of_the_most_frequent_wins(graph):
    assert graph.nodes[MEASURE]["category"] == "mt:subsidised-training"  # one text each: the smaller
    third = copy.deepcopy(RECORDS[1])
    third["doc"]["id"] = "text/0000000000000000"
    assert assemble([*RECORDS, third]).nodes[MEASURE]["category"] == "mt:training-subsidy"


def test_evidence_quotes_the_text(graph):
    for _, data in graph.nodes(data=True):
        if data["type"] == "Evidence":
            text = graph.graph["texts"][data["text"]]
            assert text[data["start"] : data["end"]] == data["exact"]
            assert data["exact"] in data["sentence"]
            assert data["sentence"] in text


def test_claims_have_evidence_and_structure_has_none(graph):
    for subject, _, predicate, data in graph.edges(keys=True, data=True):
        if predicate in ("hasEvidence", "inText", "isPartOf"):
            assert (data["evidence"], data["weight"]) == ([], 1)
        elif predicate == "hasMeasure":
            assert data["evidence"], subject


def test_whole_floats_become_integers_and_others_stay_exact(graph):
    values = {node: data["value"] for node, data in graph.nodes(data=True) if "value" in data}
    assert sorted(values.values()) == [5.5, 268000, 150000000]
    assert all(isinstance(value, int) for value in values.values() if value > 10)


def test_a_provision_keeps_one_text_together(graph):
    provisions = [node for node, data in graph.nodes(data=True) if data["type"] == "Provision"]
    assert len(provisions) == 2
    for node in provisions:
        keys = {key for _, _, key in graph.out_edges(node, keys=True)}
        assert {"ofMeasure", "inText", "hasEvidence", "targets", "partOf", "appliesTo"} <= keys
        assert graph.nodes[node]["name"] == "职业技能培训"


def test_what_an_edge_names_is_a_node():
    record = copy.deepcopy(RECORDS[1])
    record["doc"]["issuer"] = "agency/营口市人民政府"
    graph = assemble([record])
    assert graph.nodes["agency/营口市人民政府"]["type"] == "Agency"
    assert graph.nodes["agency/营口市人民政府"]["name"] == "营口市人民政府"


def test_a_texts_region_is_an_id():
    record = copy.deepcopy(RECORDS[1])
    assert assemble([record]).nodes[record["doc"]["id"]]["region"] == "region/营口市"
    record["doc"]["regionId"] = "region/辽宁省营口市"
    data = assemble([record]).nodes[record["doc"]["id"]]
    assert data["region"] == "region/辽宁省营口市"
    assert "regionId" not in data


def test_an_edge_between_a_title_and_its_number_vanishes():
    record = copy.deepcopy(RECORDS[0])
    record["edges"].append(
        {"subject": NUMBER, "predicate": "basedOn", "object": TITLE, "evidence": [[0, 3]], "confidence": 0.9, "rule": "x"}
    )
    assert not assemble([record]).has_edge(NUMBER, NUMBER)


# A few ids, values and spans that meet again and again, so that records disagree about the same nodes.
node_ids = st.sampled_from(["agency/甲", "agency/乙", "doc/题", "doc/另题", "doc/甲发〔2023〕1号", "doc/甲发〔2024〕1号", "region/营口市"])
spans = st.tuples(st.integers(0, 6), st.integers(1, 4)).map(lambda pair: [pair[0], pair[0] + pair[1]])
TYPES = {"agency": "Agency", "doc": "PolicyDocument", "region": "Region"}


@st.composite
def nodes(draw):
    node_id = draw(node_ids)
    node = {
        "id": node_id,
        "type": TYPES[node_id.partition("/")[0]],
        "name": node_id.partition("/")[2],
        "mentions": draw(st.lists(spans, max_size=2)),
    }
    node |= {"confidence": draw(st.sampled_from([0.5, 0.9])), "rule": draw(st.sampled_from(["a", "b"]))}
    node |= draw(
        st.fixed_dictionaries(
            {}, optional={"category": st.sampled_from(["ak:hrss", "ak:tax"]), "aliases": st.lists(st.sampled_from("丙丁"), max_size=2)}
        )
    )
    if node["type"] == "PolicyDocument":
        node |= draw(st.fixed_dictionaries({}, optional={"aliasOf": node_ids.filter(lambda one: one.startswith("doc/"))}))
    return node


@st.composite
def record_lists(draw):
    records = []
    for number in range(draw(st.integers(1, 4))):
        edge = st.fixed_dictionaries(
            {
                "subject": node_ids,
                "predicate": st.sampled_from(["basedOn", "issuedBy", "appliesTo"]),
                "object": node_ids,
                "evidence": st.lists(spans, min_size=1, max_size=2),
                "confidence": st.sampled_from([0.4, 0.8]),
                "rule": st.sampled_from(["a", "b"]),
            }
        )
        doc = {"id": f"text/{number:016x}", "source": f"s/{number}.txt", "region": draw(st.sampled_from([None, "营口市"]))}
        records.append(
            {
                "doc": doc,
                "text": "甲发文。乙执行!丙",
                "nodes": draw(st.lists(nodes(), max_size=4)),
                "edges": draw(st.lists(edge, max_size=4)),
            }
        )
    return records


@given(record_lists(), st.randoms(use_true_random=False))
def test_any_order_of_records_gives_the_same_graph(records, random):
    before = content(assemble(records, load_domain()))
    shuffled = copy.deepcopy(records)
    random.shuffle(shuffled)
    for record in shuffled:
        random.shuffle(record["nodes"])
        random.shuffle(record["edges"])
    assert content(assemble(shuffled, load_domain())) == before


def test_the_same_record_twice_counts_once():
    assert content(assemble([*RECORDS, *copy.deepcopy(RECORDS)])) == content(assemble(RECORDS))


def test_assembling_does_not_change_the_records():
    records = copy.deepcopy(RECORDS)
    assemble(records, load_domain())
    assert records == RECORDS


def test_filter_drops_doubtful_claims_then_lonely_nodes(graph):
    left = filter_confidence(graph, 0.7)
    assert "implementedBy" not in left[PROGRAM].get("agency/辽宁省财政厅", {})  # said with 0.55
    assert "agency/辽宁省财政厅" in left  # still mentioned
    assert "observation/登记失业率-00ff00ff00ff" not in left  # 0.65, and its claim 0.6
    rescued = {NUMBER, "agency/辽宁省人力资源和社会保障厅"}
    assert all(
        left.nodes[end]["confidence"] >= 0.7 for node, end, key in left.edges(keys=True) if key == "hasEvidence" and node not in rescued
    )
    edge = left[PROGRAM][MEASURE]["hasMeasure"]
    assert edge["weight"] == 2
    assert all(end in left for _, _, data in left.edges(data=True) for end in data["evidence"])
    assert left.nodes[PROGRAM]["texts"] == 1  # the second text's mention had 0.6
    assert "region/中国" in left


@pytest.mark.parametrize("minimum", [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
def test_what_the_filter_leaves_is_clean(graph, minimum):
    domain = load_domain()
    left = filter_confidence(graph, minimum)
    grave = [one for one in check_graph(left, domain) if one.code.startswith(("S6", "S7-subject")) or one.severity == "violation"]
    before = {(one.code, one.where) for one in check_graph(graph, domain)}
    assert [one for one in grave if (one.code, one.where) not in before] == []


def test_what_only_a_claim_keeps_keeps_its_surest_mention():
    record = {
        "doc": {"id": "text/0000000000000000", "source": "a.txt"},
        "text": "稳岗补贴稳岗补贴发给企业。",
        "nodes": [
            {"id": "measure/稳岗补贴", "type": "Measure", "name": "稳岗补贴", "mentions": [[0, 4], [4, 8]], "confidence": 0.5, "rule": "t"},
            {"id": "group/企业", "type": "TargetGroup", "name": "企业", "mentions": [[10, 12]], "confidence": 0.9, "rule": "t"},
        ],
        "edges": [
            {
                "subject": "measure/稳岗补贴",
                "predicate": "targets",
                "object": "group/企业",
                "evidence": [[0, 13]],
                "confidence": 0.9,
                "rule": "t",
            }
        ],
    }
    left = filter_confidence(assemble([record]), 0.8)
    kept = [end for _, end, key in left.out_edges("measure/稳岗补贴", keys=True) if key == "hasEvidence"]
    assert len(kept) == 1
    assert (left.nodes["measure/稳岗补贴"]["confidence"], left.nodes["measure/稳岗补贴"]["texts"]) == (0.5, 1)
    assert "inText" in left[kept[0]]["text/0000000000000000"]


def test_an_observation_that_nothing_has_any_more_goes():
    number = {
        "id": "observation/x-1",
        "type": "Observation",
        "name": "补贴标准",
        "value": 1,
        "mentions": [[4, 6]],
        "confidence": 0.95,
        "rule": "t",
    }
    measure = {"id": "measure/稳岗补贴", "type": "Measure", "name": "稳岗补贴", "mentions": [[0, 4]], "confidence": 0.95, "rule": "t"}
    claim = {"subject": measure["id"], "predicate": "hasObservation", "object": number["id"], "evidence": [[0, 6]], "rule": "t"}
    doc = {"id": "text/0000000000000000", "source": "a.txt"}
    for confidence, stays in ((0.6, False), (0.9, True)):
        record = {"doc": doc, "text": "稳岗补贴1元", "nodes": [measure, number], "edges": [claim | {"confidence": confidence}]}
        assert (number["id"] in filter_confidence(assemble([record]), 0.8)) == stays


def test_filter_at_zero_changes_nothing_and_at_one_leaves_only_the_certain(graph):
    assert content(filter_confidence(graph, 0.0)) == content(graph)
    certain = {
        node for node, data in filter_confidence(graph, 1.0).nodes(data=True) if data["type"] not in ("Evidence", "SourceText", "Region")
    }
    assert certain == {"group/高校毕业生", "agency/辽宁省人力资源和社会保障厅"}  # the agency as the first text's issuer


@pytest.mark.parametrize(
    ("span", "found"),
    [([0, 2], "甲发文。"), ([4, 5], "乙“执行!”"), ([2, 6], "甲发文。乙“执行!”"), ([11, 12], "丙"), ([10, 10], "")],
)
def test_sentences_end_at_full_stops_and_line_breaks(span, found):
    text = "甲发文。乙“执行!”\n丙"
    assert Sentences({"text": text}).around(*span) in (found, text[span[0] : span[1]])


def test_a_record_may_say_where_its_sentences_are():
    record = {"text": "甲发\n文。乙", "sentences": [[0, 5], [5, 6]]}
    assert Sentences(record).around(0, 1) == "甲发\n文。"
