"""``--dynamic`` gives nodes and edges the time of the documents that speak of them, and loses nothing of the static file."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.export.dynamic import day_range, intervals
from kg.export.gexf import write_gexf

HERE = Path(__file__).parent
SCENE = runpy.run_path(str(HERE / "analysis_scene.py"))
policy_graph = runpy.run_path(str(HERE / "export_graphs.py"))["policy_graph"]
faults = runpy.run_path(str(HERE / "test_export_gexf.py"))["faults"]
READER = HERE / "gexf_reader"
GEXF = "{http://gexf.net/1.3}"


@pytest.fixture(scope="module")
def graph():
    return policy_graph(8)


@pytest.fixture(scope="module")
def files(graph):
    return write_gexf(graph, dynamic=True)


def spans(content, tag):
    """Return each element's interval by its id."""
    root = ET.fromstring(content)  # noqa: S314 - our own file
    return {e.get("id"): (e.get("start"), e.get("end"), e.get("source"), e.get("target")) for e in root.iter(f"{GEXF}{tag}")}


@pytest.mark.parametrize("name", ["graph.gexf", "graph-simple.gexf"])
def test_rules_hold_and_nothing_but_time_is_added(graph, files, name):
    content = files[name]
    assert faults(content, simple="simple" in name) == []
    assert b'mode="dynamic" timeformat="date" timerepresentation="interval"' in content
    timeless = re.sub(rb' start="[^"]*" end="[^"]*"', b"", content)
    timeless = timeless.replace(b'mode="dynamic" timeformat="date" timerepresentation="interval"', b'mode="static"', 1)
    assert timeless == write_gexf(graph)[name]


@pytest.mark.parametrize("name", ["graph.gexf", "graph-simple.gexf"])
def test_an_edge_is_there_only_while_its_nodes_are(files, name):
    nodes, edges = spans(files[name], "node"), spans(files[name], "edge")
    timed = {key: edge for key, edge in edges.items() if edge[0]}
    assert timed
    for start, end, source, target in timed.values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", start)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", end)
        assert start <= end
        for node in (nodes[source], nodes[target]):
            assert node[0] <= start
            assert end <= node[1]


def test_time_is_that_of_the_dated_texts():
    graph = SCENE["scene"]()
    found = intervals(graph)
    assert found.nodes["measure/技能培训"] == ("2023-05-01", "2024-03-01")
    assert found.nodes["program/技能营口行动"] == ("2024-03-01", "2024-03-01")
    assert found.edges["program/技能营口行动", "implements", "program/技能辽宁行动"] == ("2024-03-01", "2024-03-01")
    assert "region/湖南省" not in found.nodes  # only an undated text speaks of it
    assert found.nodes["measure/求职补贴"] == ("2023-05-01", "2023-05-01")


@pytest.mark.parametrize("text", ["", "soon", "2024-13", "2024-02-30", "0000", "2024-1-1", "2024-01-01T00:00", "２０２４"])
def test_what_is_no_date_gives_no_time(text):
    assert day_range(text) is None


def test_networkx_reads_every_edge(graph, files):
    back, static = (nx.read_gexf(io.BytesIO(content)) for content in (files["graph.gexf"], write_gexf(graph)["graph.gexf"]))
    assert set(back) == set(static)
    assert sorted(data["id"] for *_, data in back.edges(data=True)) == sorted(data["id"] for *_, data in static.edges(data=True))


def test_graphology_reads_every_node_and_edge(files, tmp_path):
    report = pytest.fail if os.environ.get("CI") else pytest.skip
    if shutil.which("node") is None:
        report("node is not installed: scripts/ci-deps.sh says what to install")
    if not (READER / "node_modules" / "graphology-gexf").is_dir():
        report("graphology-gexf is not installed: run `npm ci` in tests/gexf_reader")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        command = ["node", str(READER / "read.js"), str(tmp_path / name)]
        found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
        assert found["nodes"] == content.count(b"<node ")
        assert found["edges"] == content.count(b"<edge ")


def test_command(tmp_path):
    built = SCENE["write_scene"](tmp_path / "built")
    runner = CliRunner()
    result = runner.invoke(main, ["export", "gexf", "--dynamic", "--graph", str(built), "-o", str(tmp_path / "out.gexf")])
    assert result.exit_code == 0
    assert b'start="2023-05-01" end="2024-03-01"' in (tmp_path / "out.gexf").read_bytes()
    refused = runner.invoke(main, ["export", "turtle", "--dynamic", "--graph", str(built), "-o", str(tmp_path / "out.ttl")])
    assert refused.exit_code == 2
    assert "turtle has no timeline" in refused.stderr
