"""``kg series`` orders figures by indicator, region and time, and compares a result only with the target of its own region and year."""

from __future__ import annotations

import csv
import io
import json
import runpy
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.analyse.draw import load_font
from kg.analyse.series import series
from kg.analyse.series_picture import draw_series, ticks
from kg.cli import main
from kg.domain import load_domain
from kg.errors import UsageError

SCENE = runpy.run_path(str(Path(__file__).with_name("analysis_scene.py")))


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def graph():
    return SCENE["scene"]()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return SCENE["write_scene"](tmp_path_factory.mktemp("series") / "built")


def kg(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def figures(*rows):
    """Return a graph of figures: name, region, period, kind, value."""
    graph = nx.MultiDiGraph()
    for number, (name, region, period, kind, value) in enumerate(rows):
        graph.add_node(f"region/{region}", type="Region", name=region)
        data = {"type": "Observation", "name": name, "region": f"region/{region}", "kind": kind, "value": value, "unit": "人", "texts": 1}
        graph.add_node(f"observation/{number}", **data, **({"period": period} if period else {}))
    return graph


def test_target_and_result_of_one_region_and_year(graph, domain):
    (one,) = series(graph, domain)["indicators"]
    assert (one["key"], one["zh"], one["unit"]) == ("ind:urban-new-jobs", "城镇新增就业", "人")
    shares = {(each["regionName"], each["basis"]): each["share"] for each in one["comparisons"]}
    assert shares == {("湖南省", "stated"): 100.5, ("辽宁省", "computed"): 50.0}


@pytest.mark.parametrize(
    "rows",
    [
        [("就业", "甲省", "..2023-12-31", "target", 10), ("就业", "乙省", "..2023-12-31", "result", 5)],
        [("就业", "甲省", "..2023-12-31", "target", 10), ("就业", "甲省", "..2024-12-31", "result", 5)],
        [("就业", "甲省", None, "target", 10), ("就业", "甲省", None, "result", 5)],
        [("就业", "甲省", "..2023-12-31", "target", 10), ("培训", "甲省", "..2023-12-31", "result", 5)],
        [("就业", "甲省", "..2023-12-31", "funding", 10), ("就业", "甲省", "..2023-12-31", "result", 5)],
    ],
)
def test_nothing_else_is_compared(domain, rows):
    assert [each for one in series(figures(*rows), domain)["indicators"] for each in one["comparisons"]] == []


def test_a_target_of_zero_has_no_share(domain):
    graph = figures(("就业", "甲省", "..2023-12-31", "target", 0), ("就业", "甲省", "..2023-12-31", "result", 5))
    assert series(graph, domain)["indicators"][0]["comparisons"][0]["share"] is None


def test_points_are_ordered_and_undated_ones_last(domain):
    graph = figures(
        ("就业", "甲省", None, "result", 1),
        ("就业", "甲省", "2024-01-01..2024-12-31", "result", 2),
        ("就业", "甲省", "..2021-12-31", "result", 3),
    )
    assert [point["value"] for point in series(graph, domain)["indicators"][0]["points"]] == [3, 2, 1]


def test_every_figure_has_its_sentence(graph, domain):
    for point in series(graph, domain)["indicators"][0]["points"]:
        (shown,) = point["evidence"]
        text = SCENE["TEXTS"][shown["source"].partition("/")[2]][2]
        assert "城镇新增就业" in shown["sentence"]
        assert shown["sentence"] in text


@pytest.mark.parametrize("name", ["城镇新增就业", "城鎮新增就業", "ind:urban-new-jobs", "New urban jobs", "urban-new-jobs"])
def test_indicators_by_any_name(graph, domain, name):
    assert series(graph, domain, [name], ["辽宁省"])["count"] == 2


def test_unknown_names_list_what_there_is(graph, domain):
    with pytest.raises(UsageError, match="失业率: is the indicator of no figure — found are: 城镇新增就业"):
        series(graph, domain, ["失业率"])
    with pytest.raises(UsageError, match="is the region of no figure"):
        series(graph, domain, (), ["广东省"])


def test_only_equal_periods_are_joined(domain):
    half = figures(("就业", "甲省", "2023-01-01..2023-12-31", "result", 10), ("就业", "甲省", "2024-01-01..2024-06-30", "result", 6))
    whole = figures(("就业", "甲省", "2023-01-01..2023-12-31", "result", 10), ("就业", "甲省", "2024-01-01..2024-12-31", "result", 12))
    joined = [
        draw_series(series(graph, domain), domain, load_font()).svg().count('stroke-width="2" opacity="0.6"') for graph in (half, whole)
    ]
    assert joined == [0, 1]


def test_picture_names_regions_kinds_and_values(graph, domain):
    svg = draw_series(series(graph, domain), domain, load_font()).svg()
    for words in ("辽宁省", "湖南省", "实绩", "目标", "46万", "70万 (完成目标100.5%)", "2023"):
        assert f'aria-label="{words}"' in svg


@pytest.mark.parametrize("value", [0, -3, 0.5, 10**13])
def test_picture_of_one_figure(domain, value):
    graph = figures(("就业", "甲省", None, "result", value))
    assert "<svg" in draw_series(series(graph, domain), domain, load_font(), least=1).svg()


def test_picture_of_nothing_says_so(domain):
    assert "没有找到指标数据" in draw_series(series(nx.MultiDiGraph(), domain), domain, load_font()).svg()


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ticks_cover_the_range(low, span):
    found = ticks(low, low + span)
    assert 2 <= len(found) <= 9
    assert found[0] <= low + 1e-6 * max(1, abs(low))
    assert found[-1] >= low + span - 1e-6 * max(1.0, abs(low + span), span)
    assert found == sorted(set(found))


def test_command_text_csv_and_json(built):
    assert "50% (计算)" in kg("series", "--graph", built).stdout
    rows = list(csv.DictReader(io.StringIO(kg("series", "--graph", built, "--format", "csv").stdout)))
    assert {(row["region"], row["completion"], row["completion_basis"]) for row in rows} == {
        ("辽宁省", "50.0", "computed"), ("辽宁省", "", ""), ("湖南省", "100.5", "stated"),
    }  # fmt: skip
    assert json.loads(kg("series", "--graph", built, "--curated", "--format", "json").stdout)["indicators"]


def compared(*rows):
    """Return a graph of figures of one text and sentence: (name, value, unit, change against the year before)."""
    graph = nx.MultiDiGraph(texts={"text/1": "t"})
    graph.add_node("text/1", type="SourceText", source="t.txt")
    for number, (name, value, unit, change) in enumerate(rows):
        node, proof = f"observation/{number}", f"evidence/{number}"
        graph.add_node(node, type="Observation", name=name, value=value, unit=unit, period="2024..2024", category="ind:urban-new-jobs")
        if change is not None:
            graph.nodes[node]["yearOnYear"] = change
        graph.add_node(proof, type="Evidence", text="text/1", exact="t", start=0, end=1, sentence="t", rule="test", confidence=0.9)
        graph.add_edge(node, proof, key="hasEvidence", weight=1)
        graph.add_edge(proof, "text/1", key="inText", weight=1)
    return graph


def test_a_change_against_the_year_before_is_called_one(domain):
    graph = compared(
        ("城镇新增就业", 100, "人", -5.5), ("城镇新增就业", 5.5, "%", None), ("城镇新增就业", 58, "%", None), ("同比增加", 7, "人", None)
    )
    found = {(one["unit"], one["change"]): one for one in series(graph, domain)["indicators"]}
    assert set(found) == {("人", False), ("%", True), ("%", False), ("人", True)}
    assert [found["%", True]["zh"], found["%", True]["en"]] == ["城镇新增就业 · 同比变化", "New urban jobs · year-on-year change"]
    assert found["%", False]["zh"] == found["人", False]["zh"] == "城镇新增就业"


def test_the_change_has_a_column_with_a_heading(monkeypatch):
    graph = compared(("城镇新增就业", 100, "人", -5.5), ("城镇新增就业", 5.5, "%", None))
    monkeypatch.setattr("kg.rdf.read_graph", lambda *_: graph)
    for lang, heading in (("zh", "同比"), ("en", "year on year")):
        change, figure = kg("series", "--lang", lang).stdout.split("\n\n")[:2]
        assert heading in figure.splitlines()[1]
        assert "-5.5%" in figure.splitlines()[3]
        assert heading not in change.splitlines()[1]
    rows = csv.DictReader(io.StringIO(kg("series", "--format", "csv").stdout))
    assert [(row["unit"], row["year_on_year"], row["is_change"]) for row in rows] == [("%", "", "yes"), ("人", "-5.5", "")]


@pytest.mark.parametrize("name", ["s.svg", "s.png"])
def test_command_draws_twice_the_same(built, tmp_path, name):
    for folder in ("one", "two"):
        assert kg("series", "--graph", built, "-o", tmp_path / folder / name).exit_code == 0
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
