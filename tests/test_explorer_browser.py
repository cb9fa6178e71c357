"""A reader finds, reads, filters, compares and walks in the explorer page, in a real Chromium, without a request or an error."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx  # noqa: TC002 - pytest reads annotations of fixtures
import pytest

from kg.domain import load_domain
from kg.export.html import write_html
from kg.graph import assemble
from kg.rdf import read_graph

ROOT = Path(__file__).resolve().parent.parent
DRIVER = ROOT / "tests" / "browser"
STORIES = ("search", "filter", "matrix", "keyboard", "look", "nowebgl")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Milliseconds in which the page of 10,000 nodes can be used; CI runs other tests on the same two cores.
PATIENCE = 2000 * int(os.environ.get("KG_TEST_PATIENCE", "3"))

HOSTILE = (
    '<script>globalThis.pwned=1</script><img src=x onerror="globalThis.pwned=2">关于就业的通知\n'
    '市人社局实施"><svg onload=alert(1)>补贴，面向高校毕业生\u202e文本\u2066。[链接](javascript:alert(3))</article></body>\n'
    "{{constructor.constructor('globalThis.pwned=4')()}} ${globalThis.pwned=5} <iframe srcdoc='<script>parent.pwned=6</script>'></iframe>。"
)


def missing() -> str | None:
    """Return what keeps the browser tests from running here."""
    if not any(shutil.which(name) for name in BROWSERS):
        return "no Chromium: scripts/ci-deps.sh installs it"
    if shutil.which("node") is None or not (DRIVER / "node_modules" / "playwright-core").is_dir():
        return "tests/browser/node_modules is missing: scripts/ci-deps.sh installs it"
    return None


def hostile_graph() -> nx.MultiDiGraph:
    """Return the graph of a text that tries to run as code wherever it is shown."""
    key = "text/0000000000000001"
    names = {
        "measure": '"><svg onload=alert(1)>补贴', "group": "高校毕业生\u202e文本\u2066", "agency": "<script>globalThis.pwned=1</script>",
    }  # fmt: skip
    spans = {kind: [HOSTILE.index(name), HOSTILE.index(name) + len(name)] for kind, name in names.items()}
    types = {"measure": "Measure", "group": "TargetGroup", "agency": "Agency"}
    sentence = [HOSTILE.index("\n") + 1, HOSTILE.index("。") + 1]
    node = {kind: f"{kind}/{name}" for kind, name in names.items()}
    record = {
        "doc": {"id": key, "source": "<b onmouseover=alert(1)>.txt", "sha256": "0" * 64, "title": '<img src=x onerror="globalThis.pwned=7">',
                "date": "2024-01-01", "url": "javascript:globalThis.pwned=8", "region": None, "script": "Hans", "alsoAt": []},
        "text": HOSTILE, "sentences": [sentence],
        "nodes": [{"id": node[kind], "type": types[kind], "name": name, "mentions": [spans[kind]], "confidence": 0.9, "rule": "<i>rule</i>",
                   "aliases": ["<a href=javascript:alert(1)>"]} for kind, name in names.items()],
        "edges": [{"subject": node["measure"], "predicate": predicate, "object": node[kind], "evidence": [sentence], "confidence": 0.9, "rule": "<i>rule</i>"}
                  for predicate, kind in (("targets", "group"), ("implementedBy", "agency"))],
        "provisions": [{"id": "provision/0000000000000001", "measure": node["measure"], "sentence": sentence, "targets": [node["group"]],
                        "eligibility": ["<img src=x onerror=alert(9)>"], "evidence": [sentence], "confidence": 0.9, "rule": "<i>rule</i>"}],
        "textClaims": [], "findings": [],
    }  # fmt: skip
    return assemble([record], load_domain())


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """Return the page of 10,000 nodes and 1,800 texts."""
    graph = runpy.run_path(str(DRIVER / "large_graph.py"))["large_graph"]()
    types = Counter(own["type"] for _, own in graph.nodes(data=True))
    assert types["SourceText"] == 1800
    assert sum(types.values()) - types["SourceText"] - types["Evidence"] - types["Provision"] == 10_000
    path = tmp_path_factory.mktemp("large") / "large.html"
    path.write_bytes(write_html(graph, load_domain())["explorer.html"])
    return path


@pytest.fixture(scope="module")
def seen(tmp_path_factory, large) -> dict[str, Any]:
    """Return what the driver saw in each story; one run for all tests."""
    reason = missing()
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("explorer")
    domain = load_domain()
    pages = {name: folder / f"{name}.html" for name in ("seeds", "hostile")} | {"large": large}
    for name, graph in (("seeds", read_graph(ROOT / "exports", domain)), ("hostile", hostile_graph())):
        pages[name].write_bytes(write_html(graph, domain)["explorer.html"])
    jobs = [f"{story}={pages['seeds']}" for story in STORIES] + [f"{name}={pages[name]}" for name in ("hostile", "large")]
    browser = next(filter(None, (shutil.which(name) for name in BROWSERS)))
    shots = os.environ.get("KG_TEST_SHOTS") or folder / "shots"
    command = ["node", str(DRIVER / "drive.mjs"), browser, str(shots), *jobs]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("story", [*STORIES, "hostile", "large"])
def test_no_request_no_error_no_dialog(seen, story):
    assert "failed" not in seen[story], seen[story]["failed"]
    noted = [own for name, own in seen[story].items() if name.startswith("seen")]
    assert noted
    assert all(own == {"requests": [], "errors": [], "dialogs": []} for own in noted)


def test_a_name_is_found_in_any_script_in_part_and_misspelt(seen):
    found = seen["search"]
    for query in ("simplified", "traditional", "part", "misspelt"):
        assert found[query].startswith("舒心就业"), query


def test_a_node_shows_its_facts_with_their_sentences(seen):
    opened = seen["search"]["opened"]
    assert opened["title"] == "舒心就业"
    assert opened["hash"].startswith("#n=program/舒心就业")
    assert len(opened["relations"]) >= 2
    assert len(opened["quotations"]) >= 5
    assert any("舒心就业" in name for name in opened["names"])


def test_the_sentence_is_marked_in_its_document(seen, seeds):
    marked = seen["search"]["marked"]
    assert "舒心就业" in marked["words"]
    assert any(marked["words"] in path.read_text(encoding="utf-8") for path in seeds.glob("*.txt"))
    assert marked["inView"]
    assert marked["colour"] not in {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}
    assert seen["search"]["back"].startswith("#n=program/舒心就业")
    assert seen["search"]["backAgain"] == seen["search"]["start"]


def test_filters_narrow_and_clear(seen):
    found = seen["filter"]
    assert found["cleared"] == found["all"] > found["withoutMeasures"]["number"]
    assert "Measure" not in found["withoutMeasures"]["types"]
    assert "k=Measure" in found["withoutMeasures"]["hash"]
    for name in ("hunan", "oneText", "since2023"):
        assert 0 < found[name] < found["all"], name
    assert 0 < found["sure"]["number"] < found["all"]
    assert found["sure"]["least"] >= 0.9
    assert found["relation"]["number"] == found["all"]
    assert "p=targets" in found["relation"]["hash"]


def test_matrix_leads_from_a_count_to_its_sentences(seen, seeds):
    found = seen["matrix"]
    assert len(found["cells"]) > 30
    assert found["number"] == found["drill"]["provisions"] == found["drill"]["sentences"] > 1
    assert found["drill"]["words"]
    assert found["drill"]["names"] > 0
    assert found["empty"] == "这些文本中未见"
    assert 0 < sum(found["facet"].values()) < sum(found["cells"].values())
    assert found["fine"] > 20


def test_matrix_is_copied_and_saved(seen):
    found = seen["matrix"]
    lines = found["csv"]["text"].removeprefix("\ufeff").split("\r\n")
    assert found["csv"]["name"].endswith(".csv")
    rows = [line.strip('"').split('","') for line in lines if line]
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) == found["headers"] + 1
    assert [row.split("\t") for row in found["copied"].split("\n")] == rows
    counts = {label.partition(":")[0]: count for label, count in found["cells"].items()}
    for row in rows[1:-1]:
        for name, count in zip(rows[0][1:-1], row[1:-1], strict=True):
            assert counts.get(f"{row[0]} × {name}", 0) == int(count)


def test_the_chain_is_drawn_with_its_sentences(seen):
    found = seen["look"]["cascade"]
    assert len(found["levels"]) >= 3
    assert found["levels"][0] == "中央"
    assert len(found["cards"]) >= 8
    assert found["lines"] == found["links"] >= 6
    assert found["sentences"] >= found["links"]


def test_figures_are_drawn_with_their_sentences(seen):
    found = seen["look"]["series"]
    assert found["title"].startswith("城镇新增就业")
    assert 0 < found["points"] <= len(found["rows"]) == len(found["sentences"])
    assert any("48.4万人" in sentence for sentence in found["sentences"])


def test_everything_is_reached_by_keyboard(seen):
    found = seen["keyboard"]
    assert found["slash"] == "search"
    assert found["active"].startswith("高校毕业生")
    assert found["opened"] == "高校毕业生"
    assert found["focusIn"]
    assert "f=1" in found["focused"]
    assert "f=1" not in found["left"]
    assert "n=" in found["left"]
    assert "n=" not in found["cleared"]
    assert "v=list" in found["list"]
    assert found["link"]
    assert found["followed"] == found["link"]
    assert found["walked"] == found["neighbour"] != found["followed"]
    assert "v=graph" in found["view"]
    assert found["help"]
    assert found["helpClosed"]


def test_axe_finds_nothing(seen):
    found = {**seen["look"]["violations"], "nowebgl": seen["nowebgl"]["violations"]}
    assert len(found) >= 12
    assert {name: own for name, own in found.items() if own} == {}


def test_no_picture_is_empty(seen):
    pictures = {**seen["look"]["pictures"], **{name: seen[name]["picture"] for name in ("search", "matrix", "keyboard", "large")}}
    for name, own in pictures.items():
        assert own["colours"] > 200, name
        assert own["most"] < 0.97, name


def test_language_and_theme_change(seen):
    assert seen["look"]["english"] == {"title": "Policy knowledge graph", "language": "en", "tab": "Matrix"}
    before, after = seen["look"]["theme"]
    assert before != after


def test_without_webgl_list_facts_and_evidence_work(seen):
    found = seen["nowebgl"]
    assert not found["webgl"]
    assert found["rows"] == 100
    assert found["title"] == "舒心就业"
    assert found["quotations"] > 5
    assert "WebGL" in found["note"]


def test_text_of_documents_never_runs(seen):
    found = seen["hostile"]
    assert found["pwned"] is None
    assert found["elements"] == {"scripts": 1, "images": 0, "frames": 0, "handlers": 0}
    assert found["addresses"] == []
    shown = found["text"].replace("\n", "")
    for part in (
        "<script>globalThis.pwned=1</script>",
        '<img src=x onerror="globalThis.pwned=2">',
        "javascript:alert(3)",
        "${globalThis.pwned=5}",
    ):
        assert part in shown
    assert "[U+202E]文本[U+2066]" in shown
    assert not {"\u202e", "\u2066"} & set(found["shown"] + shown)
    assert found["policy"] == "TypeError"  # trusted types refuse markup even where a script would ask for it


def test_ten_thousand_nodes_stay_under_five_megabytes(large):
    assert 1_000_000 < large.stat().st_size < 5_000_000


def test_ten_thousand_nodes_are_usable_at_once(seen):
    found = seen["large"]
    print("ten thousand nodes, milliseconds:", found["runs"])  # noqa: T201 - pytest shows it on request
    assert min(run["ready"] for run in found["runs"]) < PATIENCE
    assert min(run["search"] for run in found["runs"]) < PATIENCE
    assert found["quotations"] > 3
    assert found["empty"] == 0
    assert found["marked"]
