"""The GEXF files keep the rules that Gephi needs, and Gephi's relatives read back every node and edge."""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.export.gexf import liststring, node_sizes, write_gexf

policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]
READER = Path(__file__).with_name("gexf_reader")

GEXF, VIZ = "{http://gexf.net/1.3}", "{http://gexf.net/1.3/viz}"
TAKEN = {"type", "id", "label", "kind", "x", "y", "z", "size", "color", "weight", "start", "end", "pid"}
FORMS = {
    "string": r"[^\x00-\x1f]*",
    "integer": r"-?\d+",
    "long": r"-?\d+",
    "double": r"-?\d+(\.\d+)?(e[+-]?\d+)?",
    "boolean": "true|false",
    "liststring": r'\[("(\\.|[^"\\])*"(, "(\\.|[^"\\])*")*)?\]',
}


def faults(content: bytes, *, simple: bool = False) -> list[str]:
    """Return what is wrong with a file by the rules of ``docs/gephi.md``."""
    text, found = content.decode("utf-8"), []
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", text):
        found.append("control character")
    root = ET.fromstring(content)  # noqa: S314 - our own file
    if root.tag != f"{GEXF}gexf" or root.get("version") != "1.3":
        found.append("not GEXF 1.3")
    if re.search(r"lastmodified|<date", text) or root.find(f".//{GEXF}title") is not None:
        found.append("dated or titled")
    columns = {a.get("class"): {c.get("id"): c.get("type") for c in a} for a in root.iter(f"{GEXF}attributes")}
    names = sorted({str(name) for own in columns.values() for name in own})
    found += [f"column {name}" for name in names if name in TAKEN or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)]
    nodes, edges = list(root.iter(f"{GEXF}node")), list(root.iter(f"{GEXF}edge"))
    ids = [node.get("id") for node in nodes]
    if len(set(ids)) < len(ids) or len({e.get("id") for e in edges}) < len(edges):
        found.append("ids not unique")
    found += [f"id {i}" for i in ids if not re.fullmatch(r"n\d+", i or "")]
    for element in (*nodes, *edges):
        found += value_faults(element, columns.get(element.tag.removeprefix(GEXF), {}))
    found += [f"place of {n.get('id')}" for n in nodes if not drawn(n)]
    pairs = Counter(pair(edge, simple=simple) for edge in edges)
    found += [f"edge {p} {n} times" for p, n in pairs.items() if n > 1]
    found += [f"edge {e.get('id')} hangs" for e in edges if not {e.get("source"), e.get("target")} <= set(ids)]
    found += [f"edge {e.get('id')}" for e in edges if int(e.get("weight") or 0) < 1 or not e.get("label") or bool(e.get("kind")) is simple]
    return found


def value_faults(element: ET.Element, columns: dict[str | None, str | None]) -> list[str]:
    """Return the values of an element that its columns do not allow."""
    values = [(value.get("for"), value.get("value") or "") for value in element.iter(f"{GEXF}attvalue")]
    found = [f"{name} twice" for name, count in Counter(name for name, _ in values).items() if count > 1]
    return found + [f"{name}={value}" for name, value in values if not re.fullmatch(FORMS.get(columns.get(name) or "", "(?!)"), value)]


def drawn(node: ET.Element) -> bool:
    """Tell whether a node has a label, a colour, a size from 4 to 40 and a place with two decimals."""
    size, place, color = (node.find(f"{VIZ}{name}") for name in ("size", "position", "color"))
    if size is None or place is None or color is None or not node.get("label"):
        return False
    decimals = all(re.fullmatch(r"-?\d+\.\d\d", place.get(axis) or "") for axis in "xyz")
    return decimals and 4 <= float(size.get("value") or 0) <= 40 and all(0 <= int(color.get(c) or -1) <= 255 for c in "rgb")


def pair(edge: ET.Element, *, simple: bool) -> tuple[str | None, ...]:
    """Return what must be unique of an edge."""
    ends = (edge.get("source"), edge.get("target"))
    return tuple(sorted(map(str, ends))) if simple else (*ends, edge.get("kind"))


def small(label: str = "名", **attributes: Any) -> nx.MultiDiGraph:
    """Return a graph of two nodes and one edge, one with the given label and attributes."""
    graph = nx.MultiDiGraph()
    graph.add_node("measure/a", type="Measure", name=label, **attributes)
    graph.add_node("group/b", type="TargetGroup", name="b")
    graph.add_edge("measure/a", "group/b", "targets", weight=1, confidence=0.9, evidence=[])
    return graph


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    return policy_graph(8)


@pytest.fixture(scope="module")
def files(graph: nx.MultiDiGraph) -> dict[str, bytes]:
    return write_gexf(graph)


def test_rules(files: dict[str, bytes]) -> None:
    assert faults(files["graph.gexf"]) == []
    assert faults(files["graph-simple.gexf"], simple=True) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'version="1.3"', b'version="1.2"'),
        (b"<meta>", b'<meta lastmodifieddate="2026-01-01">'),
        (b'<attribute id="region"', b'<attribute id="type"'),
        (b'<attvalue for="texts" value="1"/>', b'<attvalue for="texts" value="one"/>'),
        (b'<attvalue for="category"', b'<attvalue for="unheard"'),
        (b' target="n1" ', b' target="n999999" '),
        (b'<edge id="e1" ', b'<edge id="e0" '),
        (b' weight="1"', b' weight="0"'),
        (b'z="0.00"', b'z="0"'),
    ],
)
def test_rule_checker_sees_each_fault(files: dict[str, bytes], old: bytes, new: bytes) -> None:
    content = files["graph.gexf"]
    assert old in content
    assert faults(content.replace(old, new))


def test_rule_checker_sees_an_edge_that_is_there_twice(files: dict[str, bytes]) -> None:
    content = re.sub(rb'(<edge id="e)(\d+)(" [^\n]*\n)', rb"\1\2\3\1x\2\3", files["graph.gexf"], count=1)
    assert [fault for fault in faults(content) if fault.endswith("2 times")] == faults(content) != []


def test_networkx_reads_every_node_and_edge(graph: nx.MultiDiGraph, files: dict[str, bytes]) -> None:
    back = nx.read_gexf(io.BytesIO(files["graph.gexf"]))
    wanted = nx.subgraph_view(
        graph,
        filter_node=lambda n: graph.nodes[n]["type"] not in {"Evidence", "Provision"},
        filter_edge=lambda _s, _t, p: p not in {"hasEvidence", "inText"},
    )
    ids = {data["node_id"]: node for node, data in back.nodes(data=True)}
    assert set(ids) == set(wanted)
    # The edge's predicate is in its label, for networkx does not read ``kind``.
    read = sorted((s, t, data["label"]) for s, t, data in back.edges(data=True))
    assert read == sorted((ids[s], ids[t], p) for s, t, p in wanted.edges(keys=True))
    for node in wanted:
        assert back.nodes[ids[node]]["category"] == graph.nodes[node]["type"]
        assert back.nodes[ids[node]].get("value") == graph.nodes[node].get("value")


def test_simple_file_holds_each_pair_once_and_every_predicate(graph: nx.MultiDiGraph, files: dict[str, bytes]) -> None:
    back = nx.read_gexf(io.BytesIO(files["graph-simple.gexf"]))
    full = nx.read_gexf(io.BytesIO(files["graph.gexf"]))
    assert back.number_of_edges() == len({frozenset(edge) for edge in full.edges()})
    said = set()
    for source, target, data in back.edges(data=True):
        for name in json.loads(data["predicates"]):
            said.add((target, source, name[1:]) if name.startswith("^") else (source, target, name))
    assert said == {(s, t, data["label"]) for s, t, data in full.edges(data=True)}


def test_evidence_on_request(graph: nx.MultiDiGraph) -> None:
    content = write_gexf(graph, include_evidence=True)["graph.gexf"]
    assert faults(content) == []
    back = nx.read_gexf(io.BytesIO(content))
    assert back.number_of_nodes() == graph.number_of_nodes()
    assert sum(1 for _ in back.edges()) == graph.number_of_edges()


@given(label=st.text(st.characters(exclude_categories=())), alias=st.lists(st.text(st.characters(exclude_categories=())), max_size=3))
@settings(max_examples=80, deadline=None)
def test_any_label_gives_a_file_that_is_read(label: str, alias: list[str]) -> None:
    files = write_gexf(small(label, aliases=alias))
    assert faults(files["graph.gexf"]) == []
    back = nx.read_gexf(io.BytesIO(files["graph.gexf"]))
    assert back.number_of_nodes() == 2


@pytest.mark.parametrize("label", ['a"b', "<&>'", "a\x00b", "\ud800", "😀", "一\n二", "]]>", "=1+1", " ", ""])
def test_odd_labels(label: str) -> None:
    assert faults(write_gexf(small(label))["graph.gexf"]) == []


def test_odd_attributes() -> None:
    odd: dict[str, Any] = {
        "kind": "k",
        "size": 3,
        "x": 1.5,
        "note": None,
        "when": ["mon", "tue"],
        "度": 1,
        "nan": float("nan"),
        "mix": {"b": 1},
    }
    content = write_gexf(small(**odd, start=1, end=2, color="red"))["graph.gexf"]
    assert faults(content) == []
    assert b'for="obs_kind" value="k"' in content
    assert b'for="when" value="[&quot;mon&quot;, &quot;tue&quot;]"' in content
    assert b"note" not in content
    assert b"nan" not in content


def test_sizes_and_lists() -> None:
    assert node_sizes([0, 1, 4]) == [4.0, 22.0, 40.0]
    assert node_sizes([]) == []
    assert json.loads(liststring(['a"b', "c\\d", "e, f"])) == ['a"b', "c\\d", "e, f"]


@pytest.fixture(scope="module")
def read_js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the node script with its packages; in CI they are installed, elsewhere the test is left out."""
    in_ci = bool(os.environ.get("CI"))
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        report = pytest.fail if in_ci else pytest.skip
        report(f"{missing[0]} is not installed; install Node.js 20 or newer to read GEXF with graphology")
    if (READER / "node_modules" / "graphology-gexf").is_dir():
        return READER
    if not in_ci:
        pytest.skip("graphology-gexf is not installed: run `npm ci` in tests/gexf_reader")
    folder = tmp_path_factory.mktemp("gexf") / "reader"
    shutil.copytree(READER, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)
    return folder


def test_graphology_reads_every_node_and_edge(graph: nx.MultiDiGraph, read_js: Path, tmp_path: Path) -> None:
    graph = graph.copy()
    graph.add_node("agency/odd", type="Agency", name="odd", aliases=['say "a, b"', "c|d", "back\\slash", "[e]"])
    found = {}
    for name, content in write_gexf(graph).items():
        (tmp_path / name).write_bytes(content)
        command = ["node", str(read_js / "read.js"), str(tmp_path / name)]
        found[name] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    kept = {n for n, kind in graph.nodes(data="type") if kind not in {"Evidence", "Provision"}}
    kinds = Counter(p for s, t, p in graph.edges(keys=True) if {s, t} <= kept and p != "inText")
    full, simple = found["graph.gexf"], found["graph-simple.gexf"]
    assert full["nodes"] == simple["nodes"] == full["drawn"] == simple["drawn"] == len(kept)
    assert full["categories"] == Counter(graph.nodes[n]["type"] for n in kept)
    assert full["kinds"] == kinds
    assert full["edges"] == kinds.total() == simple["predicates"]
    assert simple["edges"] == len({frozenset((s, t)) for s, t, p in graph.edges(keys=True) if {s, t} <= kept and p != "inText"})
    assert full["aliases"] == {n: graph.nodes[n]["aliases"] for n in kept if graph.nodes[n].get("aliases")}
