"""``explain`` gives each fact of a node with file, offsets, rule and sentence, marks the right words, and finds nodes as people name them."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.analyse.explain import explain, find_node, property_labels
from kg.analyse.naming import name_key, near_names
from kg.cli import main
from kg.cli.explain import _marked
from kg.domain import load_domain
from kg.errors import UsageError
from kg.graph import assemble
from kg.rdf import read_graph

DATA = Path(__file__).resolve().parent / "data" / "questions.ttl"
TEXT = "就業補貼通知。補貼對象為農民工,\x1b[31m補貼\u202e標準另定。省人社廳發放補貼。"


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def seeds(domain):
    return read_graph(DATA, domain)


def node(segment, type_, name, surface, **attributes):
    places = [start for start in range(len(TEXT)) if TEXT.startswith(surface, start)]
    spans = [[start, start + len(surface)] for start in places]
    return {"id": f"{segment}/{name}", "type": type_, "name": name, "mentions": spans, "confidence": 0.9, "rule": "lexicon", **attributes}


@pytest.fixture(scope="module")
def small():
    """A graph of one text in traditional script, with its text at hand."""
    sentence = [TEXT.index("補貼對象"), TEXT.index("省人社")]
    record = {
        "doc": {"id": "text/00000000000000aa", "source": "texts/a.txt", "sha256": "aa", "title": "就业补贴通知", "script": "Hant"},
        "text": TEXT,
        "nodes": [
            node(
                "agency",
                "Agency",
                "湖南省人力资源和社会保障厅",
                "省人社廳",
                aliases=["湖南省人社厅"],
                category="ak:hrss",
                level="lvl:provincial",
            ),
            node("group", "TargetGroup", "农民工", "農民工", category="tg:migrant-workers"),
            node("measure", "Measure", "补贴", "補貼"),
            node("program", "Program", "补贴", "就業補貼"),
        ],
        "edges": [
            {
                "subject": "measure/补贴",
                "predicate": "targets",
                "object": "group/农民工",
                "evidence": [sentence],
                "confidence": 0.8,
                "rule": "for",
            }
        ],
    }
    return assemble([record])


def group_of(explanation, direction, predicate):
    (found,) = [g for g in explanation["facts"] if (g["direction"], g["predicate"]) == (direction, predicate)]
    return found


# Finding


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("技能辽宁行动", "program/技能辽宁行动"),
        ("“技能辽宁行动”", "program/技能辽宁行动"),
        ("技能遼寧行動", "program/技能辽宁行动"),
        ("辽宁省人社厅", "agency/辽宁省人力资源和社会保障厅"),
        ("省人社厅", "agency/辽宁省人力资源和社会保障厅"),
        ("我省", "region/辽宁省"),
        ("辽就劳办〔2024〕2号", "doc/辽就劳办〔2024〕2号"),
        ("group/高校毕业生", "group/高校毕业生"),
        ("TargetGroup/高校畢業生", "group/高校毕业生"),
        ("003_aad12ad97355221c.txt", "text/3775669cce9f1a28"),
        ("seeds/003_aad12ad97355221c.txt", "text/3775669cce9f1a28"),
        ("text/3775669cce9f1a28", "text/3775669cce9f1a28"),
    ],
)
def test_finds_what_people_write(name, found, seeds, domain):
    assert find_node(seeds, name, domain) == found


def test_lists_candidates_where_a_name_is_ambiguous(small, domain):
    with pytest.raises(UsageError, match="means 2 nodes: measure/补贴, program/补贴"):
        find_node(small, "補貼", domain)
    assert find_node(small, "Measure/補貼", domain) == "measure/补贴"


def test_gives_near_names(seeds, domain):
    with pytest.raises(UsageError, match=r"near it: .*program/技能辽宁行动"):
        find_node(seeds, "技能辽宁", domain)
    with pytest.raises(UsageError, match="no node of the graph has this name"):
        find_node(seeds, "xyzzy", domain)


def test_near_names_prefer_what_holds_the_name(domain):
    assert near_names("補貼", ["就业见习补贴", "职业培训", "社会保险补贴", "补贴制"], domain.fold)[0] == "补贴制"
    assert set(near_names("補貼", ["就业见习补贴", "职业培训", "社会保险补贴"], domain.fold)) == {"就业见习补贴", "社会保险补贴"}
    assert near_names("技能辽宁行动计划", ["技能营口行动", "春风行动"], domain.fold)[0] == "技能营口行动"
    assert name_key(" 《意見》 ", domain.fold) == "意见"


# Explaining


def test_tells_what_the_node_is(small, domain):
    found = explain(small, "agency/湖南省人力资源和社会保障厅", domain)
    assert found["type"] == "Agency"
    assert found["aliases"] == ["湖南省人社厅"]
    assert found["category"] == {"concept": "ak:hrss", "zh": "人力资源社会保障", "en": "Human resources and social security"}
    assert found["level"]["zh"] == "省级"
    (mention,) = found["mentions"]
    assert mention["source"] == "texts/a.txt"
    assert [TEXT[start:end] for start, end in mention["offsets"]] == ["省人社廳"]


def test_every_fact_has_its_sentence_with_both_ends_marked(small, domain):
    found = explain(small, "group/农民工", domain)
    targets = group_of(found, "in", "targets")
    assert (targets["zh"], targets["en"], targets["count"]) == ("面向群体", "targets", 1)
    (fact,) = targets["facts"]
    assert (fact["id"], fact["name"], fact["weight"], fact["confidence"]) == ("measure/补贴", "补贴", 1, 0.8)
    (evidence,) = fact["evidence"]
    assert evidence["rules"] == ["for"]
    (start, end) = evidence["offsets"][0]
    assert TEXT[start:end].startswith("補貼對象")
    marked = [evidence["sentence"][start:end] for start, end in evidence["marks"]]
    assert marked == ["補貼", "農民工", "補貼"]


def test_marks_the_place_that_is_meant_not_the_first_like_it(small, domain):
    found = explain(small, "measure/补贴", domain)
    for mention in found["mentions"]:
        begin = TEXT.index(mention["sentence"])
        assert [(start - begin, end - begin) for start, end in mention["offsets"]] == mention["marks"]
    assert sum(len(mention["offsets"]) for mention in found["mentions"]) == TEXT.count("補貼")


def test_offsets_hold_in_the_text(seeds, domain):
    for name in ("program/技能辽宁行动", "region/辽宁省", "text/3775669cce9f1a28"):
        found = explain(seeds, name, domain)
        entries = [*found["mentions"], *(e for g in found["facts"] for f in g["facts"] for e in f["evidence"])]
        assert entries
        for entry in entries:
            text = (DATA.parents[2] / entry["source"]).read_text(encoding="utf-8")
            assert entry["sentence"] in text
            assert all(text[start:end] in entry["sentence"] for start, end in entry["offsets"])


def test_links_of_provisions_show_the_provisions_sentence(seeds, domain):
    found = group_of(explain(seeds, "group/就业困难人员", domain), "in", "targets")
    (fact,) = found["facts"]
    assert fact["type"] == "Provision"
    assert fact["name"] == "专场招聘活动"
    assert "专场招聘活动" in fact["evidence"][0]["sentence"]


def test_several_texts_are_counted(seeds, domain):
    found = group_of(explain(seeds, "program/技能辽宁行动", domain), "out", "hasMeasure")
    first = found["facts"][0]
    assert (first["name"], first["weight"], first["evidenceCount"]) == ("急需紧缺技能人才目录", 2, 2)
    assert [e["source"] for e in first["evidence"]] == ["seeds/000_11eebace99fd4470.txt", "seeds/002_d8ad325bbd3a7241.txt"]


def test_limit_cuts_and_says_how_much(seeds, domain):
    found = explain(seeds, "program/技能辽宁行动", domain, limit=1)
    measures = group_of(found, "out", "hasMeasure")
    assert (measures["count"], len(measures["facts"])) == (2, 1)
    assert (measures["facts"][0]["evidenceCount"], len(measures["facts"][0]["evidence"])) == (2, 1)
    assert (found["mentionCount"], len(found["mentions"])) == (2, 1)


def test_predicates_have_names_in_both_languages(domain):
    assert property_labels(domain)["hasMeasure"] == ("包含措施", "has measure")


# The command


def run(*arguments):
    return CliRunner().invoke(main, ["explain", *arguments, "--graph", str(DATA)])


def test_command_prints_facts_with_marked_sentences():
    result = run("技能遼寧行動")
    assert result.exit_code == 0
    assert result.output.startswith("技能辽宁行动  [Program]  program/技能辽宁行动\n")
    assert "category: pk:campaign  专项行动 / Campaign" in result.output
    assert "-> hasMeasure  包含措施 / has measure  (2)" in result.output
    assert "seeds/000_11eebace99fd4470.txt:1318-1324" in result.output
    assert "深入实施“【技能辽宁行动】”,紧贴产业需求" in result.output
    assert "1 more: --limit 0" in run("技能辽宁行动", "--limit", "1").output
    assert "more" not in run("技能辽宁行动", "--limit", "0").output


def test_command_writes_json_of_the_same(seeds, domain):
    result = run("舒心就业", "--format", "json")
    assert json.loads(result.output) == json.loads(json.dumps(explain(seeds, "program/舒心就业", domain)))


@pytest.mark.parametrize(("name", "says"), [("技能", "near it"), ("xyzzy", "no node of the graph has this name")])
def test_command_fails_in_one_line(name, says):
    result = run(name)
    assert result.exit_code == 2
    assert says in result.output
    assert len(result.output.strip().split("\n")) == 1


def test_no_control_character_reaches_the_terminal(small, domain):
    (fact,) = group_of(explain(small, "measure/补贴", domain), "out", "targets")["facts"]
    (evidence,) = fact["evidence"]
    assert "\x1b" in evidence["sentence"]
    assert _marked(evidence["sentence"], evidence["marks"], ("【", "】")) == "【補貼】對象為【農民工】,\\x1b[31m【補貼】\\u202e標準另定。"


def test_files_of_one_name_are_told_apart_by_their_paths(domain):
    graph = nx.MultiDiGraph(texts={})
    for number, folder in ((1, "a"), (2, "b")):
        graph.add_node(f"text/{number}", type="SourceText", source=f"in/{folder}/x.txt", name="x.txt")
    assert find_node(graph, "b/x.txt", domain) == "text/2"
    with pytest.raises(UsageError, match=r"means 2 nodes: text/1 \(in/a/x\.txt\), text/2 \(in/b/x\.txt\)"):
        find_node(graph, "x.txt", domain)
