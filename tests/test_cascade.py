"""``kg cascade`` follows documents from the centre down, each link with its sentence, and never loses a link in a circle."""

from __future__ import annotations

import csv
import io
import runpy
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.analyse.cascade import cascade
from kg.analyse.cascade_picture import draw_cascade
from kg.analyse.draw import load_font
from kg.cli import main
from kg.domain import load_domain

SCENE = runpy.run_path(str(Path(__file__).with_name("analysis_scene.py")))


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def graph():
    return SCENE["scene"]()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return SCENE["write_scene"](tmp_path_factory.mktemp("cascade") / "built")


def kg(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def named(found, id_):
    (node,) = [node for node in found["nodes"] if node["id"] == id_]
    return node


def test_chain_from_law_to_city(graph, domain):
    found = cascade(graph, domain)
    city = next(node["id"] for node in found["nodes"] if node["name"] == "yingkou")
    assert ["doc/就业促进法", "doc/辽宁省稳就业方案", city] in found["chains"]
    assert [named(found, each)["level"] for each in ("doc/就业促进法", "doc/辽宁省稳就业方案", city)] == [
        "national",
        "provincial",
        "prefecture",
    ]
    assert [named(found, each)["levelBasis"] for each in ("doc/就业促进法", "doc/辽宁省稳就业方案")] == ["kind", "region"]


def test_a_text_and_the_document_it_is_are_one(graph, domain):
    found = cascade(graph, domain)
    plan = named(found, "doc/辽宁省稳就业方案")
    assert len(plan["texts"]) == 1
    assert plan["date"] == "2023-05-01"
    assert all(link["lower"] != link["upper"] for link in found["links"])
    assert plan["texts"][0] not in {node["id"] for node in found["nodes"]}


def test_each_link_has_its_sentence(graph, domain):
    for link in cascade(graph, domain)["links"]:
        (shown,) = link["evidence"]
        text = SCENE["TEXTS"][shown["source"].partition("/")[2]][2]
        assert text[shown["start"] : shown["end"]] == shown["sentence"]
        assert link["texts"] == 1


def test_local_program_stands_below_the_one_it_carries_out(graph, domain):
    found = cascade(graph, domain, about=["program/技能辽宁行动"])
    assert [(link["lower"], link["upper"]) for link in found["links"]] == [("program/技能营口行动", "program/技能辽宁行动")]
    assert named(found, "program/技能辽宁行动")["level"] == "provincial"
    assert named(found, "program/技能营口行动")["level"] == "prefecture"
    assert named(found, "program/技能营口行动")["levelBasis"] == "title"


def made_up(*edges):
    """Return a graph of documents with links that one text states."""
    graph = nx.MultiDiGraph()
    graph.add_node("text/a", type="SourceText", name="a", source="a.txt")
    for subject, predicate, object_ in edges:
        for end in (subject, object_):
            if not end.startswith("text/"):
                kind = "Program" if end.startswith("program/") else "PolicyDocument"
                graph.add_node(end, type=kind, name=end.partition("/")[2])
        key = f"evidence/{len(graph)}"
        where = {"text": "text/a", "start": 0, "end": 2, "exact": "ab", "sentence": "ab", "rule": "r", "confidence": 0.5}
        graph.add_node(key, type="Evidence", **where)
        graph.add_edge(subject, object_, predicate, evidence=[key], weight=1, confidence=0.5)
    return graph


def test_a_circle_ends(domain):
    graph = made_up(("doc/a", "implements", "doc/b"), ("doc/b", "basedOn", "doc/a"), ("doc/a", "implements", "doc/a"))
    found = cascade(graph, domain, about=["doc/a"])
    assert [(link["lower"], link["upper"]) for link in found["links"]] == [("doc/a", "doc/b"), ("doc/b", "doc/a")]
    assert "doc" in draw_cascade(found, domain, load_font()).svg()


def test_mentions_and_parts_on_request(domain):
    graph = made_up(("doc/a", "cites", "doc/b"), ("program/c", "partOf", "program/d"))
    assert cascade(graph, domain)["links"] == []
    assert [link["predicates"] for link in cascade(graph, domain, cites=True)["links"]] == [["cites"]]
    assert [link["predicates"] for link in cascade(graph, domain, parts=True)["links"]] == [["partOf"]]


def test_several_predicates_of_a_pair_are_one_link(domain):
    graph = made_up(("doc/a", "basedOn", "doc/b"), ("doc/a", "implements", "doc/b"), ("doc/a", "cites", "doc/b"))
    (link,) = cascade(graph, domain, cites=True)["links"]
    assert link["predicates"] == ["implements", "basedOn", "cites"]


def test_picture_holds_every_box_and_number(graph, domain):
    found = cascade(graph, domain)
    svg = draw_cascade(found, domain, load_font()).svg()
    for words in ("中央", "省级", "地市级", "《就业促进法》", "依据原文"):
        assert f'aria-label="{words}"' in svg
    assert svg == draw_cascade(found, domain, load_font()).svg()


def test_picture_of_nothing_says_so(domain):
    found = cascade(nx.MultiDiGraph(), domain)
    assert "在这些文本中未找到" in draw_cascade(found, domain, load_font()).svg()


def test_command_tree_and_table(built):
    shown = kg("cascade", "--graph", built).stdout
    assert shown.index("就业促进法") < shown.index("辽宁省稳就业方案") < shown.index("yingkou")
    assert "5 documents and programs, 3 links, 2 chains" in shown
    rows = list(csv.DictReader(io.StringIO(kg("cascade", "--graph", built, "--format", "csv").stdout)))
    assert {row["upper_level"] for row in rows} == {"national", "provincial"}
    assert all(row["sentence"] for row in rows)


def test_command_tree_shows_what_lies_in_a_circle(tmp_path, domain):
    from kg.rdf import write_turtle

    (tmp_path / "graph.ttl").write_bytes(write_turtle(made_up(("doc/a", "implements", "doc/b"), ("doc/b", "implements", "doc/a")), domain))
    shown = kg("cascade", "--graph", tmp_path)
    assert shown.exit_code == 0
    assert "2 documents and programs, 2 links" in shown.stdout
    assert "(…)" in shown.stdout


@pytest.mark.parametrize("name", ["c.svg", "c.png", "c.json"])
def test_command_writes_twice_the_same(built, tmp_path, name):
    for folder in ("one", "two"):
        assert kg("cascade", "技能辽宁行动", "--graph", built, "-o", tmp_path / folder / name).exit_code == 0
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
