"""``nodes.csv`` and ``edges.csv`` hold the whole graph, have neo4j-admin's headers, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import runpy
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export.neo4j import write_csv

policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]


def read(content: bytes) -> list[dict[str, str]]:
    """Return a file's rows by column."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def test_everything_comes_back() -> None:
    graph = policy_graph(6)
    files = write_csv(graph)
    nodes, edges = read(files["nodes.csv"]), read(files["edges.csv"])
    assert {row[":ID"]: row[":LABEL"] for row in nodes} == dict(graph.nodes(data="type"))
    assert len(nodes) == graph.number_of_nodes()
    assert [(r[":START_ID"], r[":END_ID"], r[":TYPE"]) for r in edges] == sorted(graph.edges(keys=True))
    for row in edges:
        data = graph.edges[row[":START_ID"], row[":END_ID"], row[":TYPE"]]
        assert int(row["weight:int"]) == data["weight"]
        assert row["evidence:string[]"] == ";".join(data["evidence"])
    for row in nodes:
        data = graph.nodes[row[":ID"]]
        assert row["name"] == data.get("name", "")
        assert (float(row["value:double"]) if row["value:double"] else None) == data.get("value")
        assert row["aliases:string[]"] == ";".join(data.get("aliases", ()))


def test_headers_are_those_of_neo4j_admin() -> None:
    files = write_csv(policy_graph(3))
    header = files["nodes.csv"].split(b"\r\n")[0].decode().split(",")
    assert header[0] == ":ID"
    assert header[-1] == ":LABEL"
    assert {"value:double", "confidence:double", "texts:int", "year:int", "aliases:string[]", "concept"} <= set(header)
    form = r"[A-Za-z_]\w*(:(int|long|double|boolean|string\[\]))?"
    assert all(re.fullmatch(form, name) for name in header[1:-1])
    names = [name.partition(":")[0] for name in header[1:-1]]
    assert len(names) == len(set(names))
    header = files["edges.csv"].split(b"\r\n")[0].decode().split(",")
    assert header[:4] == [":START_ID", ":END_ID", ":TYPE", "weight:int"]
    assert all(re.fullmatch(form, name) for name in header[3:])


def test_values_fit_their_headers() -> None:
    for content in write_csv(policy_graph(4)).values():
        for row in read(content):
            for name, cell in row.items():
                if cell and name.endswith((":int", ":long")):
                    int(cell)
                elif cell and name.endswith(":double"):
                    float(cell)


def test_known_columns_are_there_in_an_empty_graph() -> None:
    assert write_csv(nx.MultiDiGraph())["nodes.csv"].startswith(b":ID,name,")


def test_missing_is_empty_without_quotes_and_lines_end_as_rfc_4180_says() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name='say "a", b', number=None, aliases=[])
    line = write_csv(graph)["nodes.csv"].split(b"\r\n")[1]
    assert line.startswith(b'"measure/a","say ""a"", b",,')
    assert b'""' not in line.replace(b'""a""', b"")


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠"))
def test_formula_is_disarmed(sign: str) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name=f"{sign}cmd|' /C calc'!A0", aliases=["b", f"{sign}1+1"], value=-5)
    (row,) = read(write_csv(graph)["nodes.csv"])
    assert row["name"] == f"'{sign}cmd|' /C calc'!A0"
    assert row["aliases:string[]"] == f"b;'{sign}1+1"
    assert row["value:double"] == "-5.0"


def test_array_delimiter_inside_an_item() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name="a", aliases=["b;c", "d"])
    assert read(write_csv(graph)["nodes.csv"])[0]["aliases:string[]"] == "b；c;d"


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=80, deadline=None)
def test_any_text_stays_in_one_cell_of_one_line(text: str) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name=text)
    content = write_csv(graph)["nodes.csv"]
    assert content.count(b"\n") == 2
    (row,) = read(content)
    assert row[":LABEL"] == "Measure"
    assert not row["name"].startswith(("=", "+", "-", "@"))
    if text.isprintable() and not text.startswith(tuple("=+-@＝＋－＠")):
        assert row["name"] == text
