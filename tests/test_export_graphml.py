"""``graph.graphml`` is read back by networkx with the graph's own ids, typed values and every edge."""

from __future__ import annotations

import io
import runpy
from pathlib import Path

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export.graphml import write_graphml

policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]


def read(content: bytes) -> nx.MultiDiGraph:
    """Return the graph that networkx makes of a file."""
    return nx.read_graphml(io.BytesIO(content), force_multigraph=True)


def test_everything_comes_back() -> None:
    graph = policy_graph(6)
    back = read(write_graphml(graph, include_evidence=True)["graph.graphml"])
    assert set(back) == set(graph)
    predicates = sorted((s, t, data["predicate"], data["weight"]) for s, t, data in back.edges(data=True))
    assert predicates == sorted((s, t, p, data["weight"]) for s, t, p, data in graph.edges(keys=True, data=True))
    for node, data in graph.nodes(data=True):
        assert back.nodes[node]["category"] == data["type"]
        assert back.nodes[node].get("value") == data.get("value")
        assert back.nodes[node].get("texts") == data.get("texts")
        assert back.nodes[node].get("aliases", "") == " | ".join(data.get("aliases", ()))


def test_picture_leaves_out_evidence_and_provisions() -> None:
    back = read(write_graphml(policy_graph(3))["graph.graphml"])
    assert {kind for _, kind in back.nodes(data="category")} >= {"Measure", "Observation"}
    assert not {kind for _, kind in back.nodes(data="category")} & {"Evidence", "Provision"}
    assert any(data.get("sentence") for _, _, data in back.edges(data=True))


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=80, deadline=None)
def test_any_text_comes_back_without_its_control_characters(text: str) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name=text)
    name = read(write_graphml(graph)["graph.graphml"]).nodes["measure/a"].get("name", "")
    assert name.isprintable() or not text.isprintable()
    if text.isprintable():
        assert name == text


def test_ids_stay_apart_when_cleaning_makes_them_alike() -> None:
    graph = nx.MultiDiGraph()
    for key in ("measure/a", "measure/a\x00", "measure/a\x01"):
        graph.add_node(key, type="Measure", name=key)
    assert set(read(write_graphml(graph)["graph.graphml"])) == {"measure/a", "measure/a~2", "measure/a~3"}
