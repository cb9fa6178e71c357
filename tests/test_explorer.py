"""The explorer page holds the whole graph, shows each quotation at its place, lets nothing run, and is rebuilt with equal bytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.domain.messages import load_messages
from kg.export import FORMATS
from kg.export.html import write_html
from kg.export.page_data import page_data
from kg.export.page_texts import Place, excerpts, place_of
from kg.export.page_words import fold_pairs
from kg.rdf import read_graph

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "kg" / "export" / "web"
FRONTEND = ROOT / "frontend"


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    """Return the graph of the seeds as it is committed."""
    return read_graph(ROOT / "exports", load_domain())


@pytest.fixture(scope="module")
def data(graph) -> dict[str, Any]:
    """Return the data of its page."""
    return json.loads(json.dumps(page_data(graph, load_domain())))


def ids(data: dict[str, Any]) -> list[str]:
    """Return the nodes' ids as the page puts them together."""
    nodes = data["nodes"]
    return [own or f"{data['segments'][kind]}/{name}" for own, kind, name in zip(nodes["id"], nodes["type"], nodes["name"], strict=True)]


def words_of(text: dict[str, Any], start: int, end: int) -> str | None:
    """Return what the page can show of a text between two offsets."""
    for first, words in text["pieces"]:
        if first <= start and end <= first + len(words):
            return words[start - first : end - first]
    return None


def test_every_node_and_edge_of_the_graph_is_on_the_page(graph, data):
    keys = ids(data)
    assert sorted(keys) == sorted(node for node, own in graph.nodes(data=True) if own["type"] != "Evidence")
    edges = data["edges"]
    predicates = [row[0] for row in data["predicates"]]
    shown = {
        (keys[s], predicates[p], keys[t]): len(own)
        for s, t, p, own in zip(edges["source"], edges["target"], edges["predicate"], edges["evidence"], strict=True)
    }
    expected = {(s, p, t): own for s, t, p, own in graph.edges(keys=True, data="evidence") if p not in {"hasEvidence", "inText"}}
    assert shown.keys() == expected.keys()
    # Equal quotations of one sentence by one rule are one row, so a fact may have fewer rows than evidence nodes, but never none.
    assert all((len(expected[key]) > 0) == (count > 0) and count <= len(expected[key]) for key, count in shown.items())


def test_what_is_drawn_has_a_place_and_a_tie(data):
    drawn, edges = data["drawn"], data["edges"]
    assert len(data["nodes"]["x"]) == len(data["nodes"]["y"]) == len(data["nodes"]["size"]) == drawn > 500
    tied = {end for s, t in zip(edges["source"], edges["target"], strict=True) if s != t for end in (s, t)}
    assert set(range(drawn)) <= tied
    assert len({*zip(data["nodes"]["x"], data["nodes"]["y"], strict=True)}) > 0.98 * drawn


def test_each_quotation_shows_its_own_words(graph, data):
    """What the page marks is, letter by letter, what the evidence of the graph quotes."""
    keys, evidence = ids(data), data["evidence"]
    places = list(zip(evidence["text"], evidence["start"], evidence["length"], strict=True))
    quoted = {
        (keys[data["texts"][text]["node"]], start, start + length): words_of(data["texts"][text], start, start + length)
        for text, start, length in places
    }
    for node, own in graph.nodes(data=True):
        if own["type"] == "Evidence":
            assert quoted[own["text"], own["start"], own["end"]] == own["exact"], node
    for (text, start, length), before, after in zip(places, evidence["before"], evidence["after"], strict=True):
        assert before >= 0 <= after
        assert words_of(data["texts"][text], start - before, start + length + after) is not None


def test_seed_texts_are_shown_whole(graph, data):
    keys = ids(data)
    for text in data["texts"]:
        whole = graph.graph["texts"][keys[text["node"]]]
        assert text["pieces"] == [[0, whole]]
        assert text["length"] == len(whole)


def test_matrix_counts_what_the_command_counts(graph, data):
    """The page groups the very facts of ``kg matrix``: each cell of the command's table has as many on the page."""
    from kg.analyse.matrix import matrix

    own = data["matrix"]
    names = [row[0] for row in own["dimensions"]]
    rows, cols = names.index("type"), names.index("group")
    counted: dict[tuple[str, str], int] = {}
    for _, *keys in own["facts"]:
        for row in keys[rows]:
            for col in keys[cols]:
                cell = own["values"][rows][row][0], own["values"][cols][col][0]
                counted[cell] = counted.get(cell, 0) + 1
    table = matrix(graph, load_domain())
    assert counted == {(cell["row"], cell["col"]): cell["count"] for cell in table["facets"][0]["cells"]}
    assert all(data["nodes"]["type"][fact[0]] == "Provision" for fact in own["facts"])


def test_chains_and_figures_are_those_of_the_commands(graph, data):
    from kg.analyse.cascade import cascade
    from kg.analyse.series import series

    keys = ids(data)
    links = {(keys[lower], keys[upper]) for lower, upper, core in data["cascade"]["links"] if core}
    assert links == {(link["lower"], link["upper"]) for link in cascade(graph, load_domain())["links"]}
    assert len(links) < len(data["cascade"]["links"])
    expected = [(one["zh"], one["unit"], [point["id"] for point in one["points"]]) for one in series(graph, load_domain())["indicators"]]
    assert [(zh, unit, [keys[point[0]] for point in points]) for zh, _, unit, points, _ in data["series"]] == expected


def test_without_full_texts_the_sentences_are_still_there(graph):
    """A graph that was read from ``graph.ttl`` alone has no texts; its evidence carries the sentences."""
    bare = graph.copy()
    bare.graph["texts"] = {}
    data = page_data(bare, load_domain())
    evidence = data["evidence"]
    for text, start, length, before, after in zip(
        *(evidence[name] for name in ("text", "start", "length", "before", "after")), strict=True
    ):
        words = words_of(data["texts"][text], start - before, start + length + after)
        assert words is not None
        assert "\0" not in words
    assert all(len(text["pieces"]) > 1 for text in data["texts"])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_excerpts_hold_every_quotation_and_keep_the_budget(draw):
    text = draw.draw(st.text(alphabet="甲乙丙丁。\n𠀀", min_size=40, max_size=400))
    spans = draw.draw(
        st.lists(
            st.tuples(st.integers(0, len(text) - 1), st.integers(1, 9), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8
        )
    )
    quotations = []
    for start, length, before, after in spans:
        end = min(len(text), start + length)
        left, right = max(0, start - before), min(len(text), end + after)
        quotations.append((Place(start, end, left, right), text[start:end], text[left:right]))
    budget = draw.draw(st.integers(1, 500))
    known = {"t": text} if draw.draw(st.booleans()) else {}
    found = excerpts(known, {"t": quotations}, budget)["t"]
    for place, exact, _ in quotations:
        assert any(start <= place.start and words[place.start - start : place.end - start] == exact for start, words in found.pieces)
    for start, words in found.pieces:
        assert text[start : start + len(words)] == words
    assert all(start + len(words) <= after for (start, words), (after, _) in pairwise(found.pieces))
    quoted = {offset for place, _, _ in quotations for offset in range(place.start, place.end)}
    assert sum(len(words) for _, words in found.pieces) <= max(budget, len(quoted), 0 if known else budget)


def test_a_sentence_is_found_where_it_stands_twice():
    text = "就业。就业服务。就业。"
    assert place_of(3, 5, "就业", "就业服务。", text) == Place(3, 5, 3, 8)
    assert place_of(8, 10, "就业", "就业。", text) == Place(8, 10, 8, 11)
    assert place_of(8, 10, "就业", "就业。", None) == Place(8, 10, 8, 11)
    assert place_of(8, 10, "就业", "", text) == Place(8, 10, 8, 10)


def test_same_graph_same_bytes_and_both_forms_hold_the_same(graph):
    domain = load_domain()
    first = write_html(graph, domain)["explorer.html"]
    again = nx.MultiDiGraph(**graph.graph)
    again.add_nodes_from(reversed(list(graph.nodes(data=True))))
    again.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    assert write_html(again, domain)["explorer.html"] == first
    packed = write_html(graph, domain, plain=0)["explorer.html"]
    assert packed == write_html(again, domain, plain=0)["explorer.html"]
    assert len(packed) < len(first) / 1.5


def test_page_names_everything_in_both_languages(data):
    """A word that the front end asks for is there in Chinese and English, and none is there that nobody asks for."""
    entries = load_messages(load_domain().base, "messages_explorer.toml").entries
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((FRONTEND / "src").glob("*.js")))
    asked = set(re.findall(r'[^\w]t\("([a-z]+\.[\w-]+)"', sources))
    families = set(re.findall(r"[^\w]t\(`([a-z]+)\.", sources))
    assert asked <= entries.keys()
    assert {key.partition(".")[0] for key in entries} == {key.partition(".")[0] for key in asked} | families | {"relation"}
    assert all(re.search(r"[一-鿿]", zh) or key == "page.otherLanguage" for key, (zh, _) in entries.items())
    assert data["words"].keys() == entries.keys()
    assert all(zh and en for _, zh, en in (*data["types"], *data["predicates"]))
    assert {"appliesTo", "isPartOf", "targets"} <= {row[0] for row in data["predicates"]}


def test_search_folds_as_the_reader_does():
    domain = load_domain()
    source, target = fold_pairs(domain)
    assert len(source) == len(target) == len(source.encode("utf-16-le")) // 2 > 2000
    table = str.maketrans(source, target)
    assert "穩崗返還資金ＡＢ".translate(table) == domain.fold("穩崗返還資金ＡＢ")


def test_front_end_never_makes_markup_of_text():
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted((FRONTEND / "src").glob("*.js"))}
    assert len(sources) > 10
    for name, source in sources.items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|fetch\(|XMLHttpRequest|import\(", source
        ), name
        assert not re.search(r"[一-鿿]", source), f"{name}: words belong into ontology/base/messages_explorer.toml"
    assert not re.search(
        r"innerHTML|document\.write|new Function|\bfetch\(|XMLHttpRequest", (WEB / "explorer.js").read_text(encoding="utf-8")
    )


def test_built_files_are_what_the_sources_build(tmp_path):
    """CI builds the front end anew from its locked parts: the committed files have equal bytes."""
    node = shutil.which("node")
    if node is None or not (FRONTEND / "node_modules" / "esbuild").is_dir():
        message = "frontend/node_modules is missing: scripts/ci-deps.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    subprocess.run([node, str(FRONTEND / "build.mjs"), str(tmp_path)], check=True, timeout=120)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in WEB.iterdir()}


def test_licences_of_shipped_parts_are_listed():
    """What esbuild puts into the page is named in THIRD-PARTY.md with its version and licence."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    notice = (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    shipped = {
        name.removeprefix("node_modules/"): part
        for name, part in lock["packages"].items()
        if name and "esbuild" not in name and "graphology-types" not in name
    }
    assert {"sigma", "graphology", "graphology-utils", "events"} == shipped.keys()
    for name, part in shipped.items():
        assert f"{name} {part['version']}" in notice
        assert part["license"] == "MIT"


def test_export_command_writes_the_page(run_kg, tmp_path):
    done = run_kg("export", "html", "--graph", ROOT / "exports", "-o", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    assert FORMATS["html"].filenames == ("explorer.html",)
    assert (tmp_path / "page.html").read_bytes() == write_html(read_graph(ROOT / "exports", load_domain()), load_domain())["explorer.html"]
