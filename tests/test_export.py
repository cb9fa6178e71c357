"""Every export of the table writes the files it names, the same bytes each time, and loads its libraries only when it runs."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from kg.domain import load_domain
from kg.export import BUILD_FORMATS, FORMATS
from kg.export.rows import clean, column_types, number, shorten, tabulate

GRAPHS = Path(__file__).with_name("export_graphs.py")
policy_graph = runpy.run_path(str(GRAPHS))["policy_graph"]

PICTURES = ("gexf", "graphml", "csv")
DIGESTS = """
import hashlib, runpy, sys
from kg.export import FORMATS
graph = runpy.run_path(sys.argv[1])["policy_graph"](4)
for name in ("gexf", "graphml", "csv"):
    for file, content in sorted(FORMATS[name].write(graph, None).items()):
        print(file, hashlib.sha256(content).hexdigest())
"""


def run_python(*arguments: str, **environment: str) -> str:
    """Return what a fresh interpreter prints."""
    finished = subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return finished.stdout


def shuffled(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Return the same graph with nodes, edges and attributes inserted the other way round."""
    other = nx.MultiDiGraph(**graph.graph)
    other.add_nodes_from((node, dict(reversed(data.items()))) for node, data in reversed(list(graph.nodes(data=True))))
    other.add_edges_from((s, t, k, dict(reversed(d.items()))) for s, t, k, d in reversed(list(graph.edges(keys=True, data=True))))
    return other


def test_table_names_each_format_once() -> None:
    files = [name for row in FORMATS.values() for name in row.filenames]
    assert len(files) == len(set(files))
    assert set(BUILD_FORMATS) == set(FORMATS) - {"void", "ontology-html"}  # those describe, and are written on request
    assert set(BUILD_FORMATS) == {"turtle", "nquads", "jsonld", "gexf", "graphml", "csv", "html"}
    assert all(row.description and row.name == name for name, row in FORMATS.items())


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_writer_makes_the_files_that_the_table_names(name: str) -> None:
    written = FORMATS[name].write(policy_graph(2), load_domain())
    assert tuple(written) == FORMATS[name].filenames
    assert all(isinstance(content, bytes) and content for content in written.values())


@pytest.mark.parametrize("name", PICTURES)
def test_empty_graph_gives_valid_files(name: str) -> None:
    written = FORMATS[name].write(nx.MultiDiGraph(), load_domain())
    assert tuple(written) == FORMATS[name].filenames


@pytest.mark.parametrize("name", PICTURES)
def test_bytes_do_not_depend_on_the_order_of_insertion(name: str) -> None:
    graph = policy_graph(4)
    assert FORMATS[name].write(shuffled(graph), load_domain()) == FORMATS[name].write(graph, load_domain())


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    first, second = (run_python("-c", DIGESTS, str(GRAPHS), PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first == second
    assert len(first.splitlines()) == 5


def test_graph_is_left_as_it_was() -> None:
    graph, untouched = policy_graph(2), policy_graph(2)
    for name in PICTURES:
        FORMATS[name].write(graph, load_domain())
    assert nx.utils.graphs_equal(graph, untouched)


def test_the_table_loads_no_library() -> None:
    heavy = run_python(
        "-c", "import sys, kg.export; print([m for m in ('networkx', 'pyoxigraph', 'rdflib', 'kg.export.gexf') if m in sys.modules])"
    )
    assert heavy.strip() == "[]"


def test_pictures_leave_out_provenance_and_keep_every_edge_between_entities() -> None:
    graph = policy_graph(5)
    table = tabulate(graph, None, include_evidence=False)
    kinds = {node.category for node in table.nodes}
    assert not kinds & {"Evidence", "Provision"}
    of = {key: data["type"] for key, data in graph.nodes(data=True)}
    wanted = {(s, t, p) for s, t, p in graph.edges(keys=True) if not {of[s], of[t]} & {"Evidence", "Provision"} and p != "inText"}
    assert wanted
    assert {(table.nodes[e.source].key, table.nodes[e.target].key, e.predicate) for e in table.edges} == wanted
    claims = [data for _, _, p, data in graph.edges(keys=True, data=True) if data["evidence"]]
    assert sum(1 for e in table.edges if "sentence" in e.values) == len(claims)


def test_pictures_leave_out_how_a_file_was_read() -> None:
    graph = policy_graph(2)
    text = next(node for node, kind in graph.nodes(data="type") if kind == "SourceText")
    graph.nodes[text].update(sha256="00", encoding="utf-8", script="Hans")
    assert not {"sha256", "encoding", "script", "alsoAt"} & set(tabulate(graph, None, include_evidence=False).node_columns)
    assert {"sha256", "encoding", "script"} <= set(tabulate(graph, None, include_evidence=True).node_columns)


def test_source_text_without_a_claim_is_no_dot_in_the_picture() -> None:
    graph = policy_graph(1)
    graph.add_node("text/0000000000000000", type="SourceText", title="silent")
    assert "text/0000000000000000" not in {node.key for node in tabulate(graph, None, include_evidence=False).nodes}
    assert len(tabulate(graph, None, include_evidence=True).nodes) == graph.number_of_nodes()


def test_columns_say_what_a_reader_needs() -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("region/辽宁省", type="Region", name="辽宁省")
    graph.add_node(
        "observation/a", type="Observation", name="城镇新增就业", value=268000, unit="人", kind="result", period="2024-01-01..2024-06-30",
        region="region/辽宁省", category="ind:urban-new-jobs", confidence=0.9, texts=2,
    )  # fmt: skip
    graph.add_node("evidence/1", type="Evidence", text="text/1", start=5, end=9, sentence="后一句")
    graph.add_node("evidence/2", type="Evidence", text="text/1", start=2, end=4, sentence="前一句", predicate="appliesTo")
    graph.add_edge("observation/a", "region/辽宁省", "appliesTo", weight=2, confidence=0.8, evidence=["evidence/1", "evidence/2"])
    graph.add_edge("observation/a", "evidence/1", "hasEvidence", weight=1, evidence=[])
    graph.add_edge("observation/a", "evidence/2", "hasEvidence", weight=1, evidence=[])
    table = tabulate(graph, load_domain(), include_evidence=False)
    observation, region = table.nodes
    assert (observation.label, observation.category, region.label) == ("城镇新增就业 268000人", "Observation", "辽宁省")
    values = dict(observation.values)
    assert values.pop("concept_label", "")
    assert values == {
        "name": "城镇新增就业", "value": 268000, "unit": "人", "obs_kind": "result", "period": "2024-01-01..2024-06-30", "region": "辽宁省",
        "concept": "ind:urban-new-jobs", "confidence": 0.9, "texts": 2, "year": 2024, "mentions": 1,
    }  # fmt: skip
    assert table.edges[0].values == {"confidence": 0.8, "evidence_count": 2, "sentence": "前一句"}
    assert table.edges[0].weight == 2
    assert table.node_columns["value"] == "double"


def test_one_type_a_column() -> None:
    assert column_types([{"a": 1}, {"a": 2.5}, {"b": 2**40}, {"c": True}, {"c": 1}, {"d": ["x"]}], {"d": "liststring"}) == {
        "d": "liststring", "a": "double", "b": "long", "c": "string",
    }  # fmt: skip
    assert column_types([{"value": 3}], {"value": "double"}) == {"value": "double"}
    assert column_types([{"value": 3}, {"value": "three"}], {"value": "double"}) == {"value": "string"}


def test_texts_are_made_safe() -> None:
    assert clean("a\r\nb\x00\ud800\ufffe\x85c😀") == "a b\ufffd c😀"
    assert shorten("abcdef", 4) == "abc…"
    assert [number(v) for v in (1, 2.0, 58.2, 1e-7, -0.5)] == ["1", "2", "58.2", "0.0000001", "-0.5"]
