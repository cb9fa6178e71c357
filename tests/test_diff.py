"""``kg diff`` tells what one graph has and the other has not, what changed, and on which sentences it rests."""

from __future__ import annotations

import csv
import io
import json
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.analyse.diff import diff, is_empty
from kg.cli import main

SCENE = runpy.run_path(str(Path(__file__).with_name("analysis_scene.py")))
policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]


@pytest.fixture(scope="module")
def old():
    return SCENE["scene"]("liaoning.txt")


@pytest.fixture(scope="module")
def new():
    return SCENE["scene"]("liaoning.txt", "yingkou.txt")


def kg(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def names(part, kind, key="id"):
    return {one[key] for one in part[kind]}


def test_a_text_more(old, new):
    found = diff(old, new)
    assert {"program/技能营口行动", "measure/见习岗位", "region/营口市"} <= names(found["entities"], "added")
    assert found["entities"]["removed"] == found["facts"]["removed"] == []
    (fact,) = [one for one in found["facts"]["added"] if one["subject"] == "program/技能营口行动"]
    assert (fact["predicate"], fact["object"], fact["objectName"]) == ("implements", "program/技能辽宁行动", "技能辽宁行动")
    assert fact["evidence"][0]["sentence"] == "实施技能营口行动,落实技能辽宁行动。"


def test_turned_round_added_is_removed(old, new):
    one, other = diff(old, new), diff(new, old)
    for part in ("entities", "facts"):
        assert one[part]["added"] == other[part]["removed"]
        assert one[part]["removed"] == other[part]["added"]


def test_changed_attributes_and_sentences(new):
    changed = new.copy()
    changed.nodes["measure/技能培训"]["category"] = "mt:reskilling"
    changed.nodes["measure/技能培训"]["confidence"] = 0.1
    edge = changed.edges["program/技能营口行动", "program/技能辽宁行动", "implements"]
    key = edge["evidence"][0]
    changed.nodes[key]["sentence"] = "另一句。"
    found = diff(new, changed)
    assert found["entities"]["changed"] == [
        {
            "id": "measure/技能培训",
            "type": "Measure",
            "name": "技能培训",
            "attributes": {"category": ["mt:subsidised-training", "mt:reskilling"]},
        }
    ]
    (fact,) = found["facts"]["changed"]
    assert [one["sentence"] for one in fact["gained"]] == ["另一句。"]
    assert [one["sentence"] for one in fact["lost"]] == ["实施技能营口行动,落实技能辽宁行动。"]
    assert found["counts"]["entities"] == {"added": 0, "removed": 0, "changed": 1}


def test_confidence_counts_on_request(new):
    changed = new.copy()
    changed.nodes["measure/技能培训"]["confidence"] = 0.1
    changed.edges["program/技能营口行动", "program/技能辽宁行动", "implements"]["confidence"] = 0.1
    assert is_empty(diff(new, changed))
    found = diff(new, changed, everything=True)
    assert found["entities"]["changed"][0]["attributes"] == {"confidence": [0.9, 0.1]}
    assert found["facts"]["changed"][0]["confidence"] == [0.8, 0.1]


@given(st.integers(1, 5), st.integers(1, 3))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_graph_is_equal_to_itself(texts, seed):
    graph = policy_graph(texts, seed)
    assert is_empty(diff(graph, graph.copy(), everything=True))
    assert not is_empty(diff(graph, policy_graph(texts + 1, seed)))


def test_every_difference_is_found():
    graph = policy_graph(4)
    claims = [(s, o, key) for s, o, key, data in graph.edges(keys=True, data=True) if data["evidence"]]
    for subject, object_, key in claims[:: len(claims) // 20]:
        less = graph.copy()
        less.remove_edge(subject, object_, key)
        found = diff(graph, less)
        assert [(one["subject"], one["predicate"], one["object"]) for one in found["facts"]["removed"]] == [(subject, key, object_)]
        assert found["facts"]["removed"][0]["evidence"]


def test_command(tmp_path):
    old, new = SCENE["write_scene"](tmp_path / "a", "liaoning.txt"), SCENE["write_scene"](tmp_path / "b", "liaoning.txt", "yingkou.txt")
    shown = kg("diff", old, new).stdout
    assert "+ 技能营口行动  [Program]  program/技能营口行动" in shown
    assert "实施技能营口行动,落实技能辽宁行动。" in shown
    assert kg("diff", old, old / "graph.ttl").stdout == ("entities: 0 added, 0 removed, 0 changed\nfacts: 0 added, 0 removed, 0 changed\n")
    found = json.loads(kg("diff", new, old, "--format", "json").stdout)
    assert found["counts"]["entities"]["removed"] == len(found["entities"]["removed"]) > 0
    rows = list(csv.DictReader(io.StringIO(kg("diff", old, new, "--format", "csv").stdout)))
    assert {row["change"] for row in rows} == {"added"} | {row["change"] for row in rows if row["change"] == "changed"}
    assert kg("diff", old, new, "--counts").stdout.count("\n") == 2


def test_command_says_what_is_wrong(tmp_path):
    result = kg("diff", tmp_path / "none", tmp_path)
    assert result.exit_code == 2
    assert "does not exist" in result.stderr
