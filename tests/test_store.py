"""A store folder holds whole texts only, whatever happens: each is loaded, replaced and removed at once, readers never see a half.

Killed at any moment it opens again and holds what it had told as done; one process writes, others read what was published last;
and it answers every question exactly as the file it was loaded from.
"""

from __future__ import annotations

import csv
import json
import random
import re
import resource
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyoxigraph import Store, parse

from kg.domain import load_domain
from kg.errors import OutputError, QueryError, UsageError
from kg.rdf import read_graph, write_nquads
from kg.rdf.folder import CURRENT, LIVE, MARKER, SNAPSHOTS, UNPUBLISHED, current_snapshot
from kg.rdf.namespaces import XSD
from kg.store.embedded import Writer, load_store, open_snapshot
from kg.store.evidence import with_evidence, with_labels
from kg.store.notes import counts, damaged
from kg.store.query import open_graph, run_query
from kg.store.questions import load_questions
from kg.store.units import REST, Unit, context_name, cut, read_domain_units, read_units

CASES = Path(__file__).with_name("store_cases.py")
_HELP = runpy.run_path(str(CASES))
ROOT, DATA, EXPORTS = _HELP["ROOT"], _HELP["DATA"], _HELP["EXPORTS"]
key_of, text_lines, write_graph = _HELP["key_of"], _HELP["text_lines"], _HELP["write_graph"]
DOMAIN = load_domain()
QUESTIONS = load_questions(DOMAIN.field / "queries")
ALPHA, BETA = text_lines("a.txt", ["培训", "补贴"]), text_lines("b.txt", ["补贴", "招聘"])


def units(*texts):
    return cut([line for text in texts for line in text], "test")


def quads(folder):
    """Return everything a reader sees, sorted."""
    with open_snapshot(folder) as snapshot:
        return sorted(map(str, Store.read_only(str(snapshot.path))))


def names(folder):
    with open_snapshot(folder) as snapshot:
        return set(counts(Store.read_only(str(snapshot.path)))[0])


@pytest.fixture(scope="module")
def exports_store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores") / "exports"
    load_store([*read_domain_units(DOMAIN), *read_units(EXPORTS, DOMAIN)], folder)
    return folder


# What is in it


def test_a_store_gives_back_the_graph_byte_for_byte(exports_store):
    assert write_nquads(read_graph(exports_store, DOMAIN), DOMAIN) == (EXPORTS / "graph.nq").read_bytes()


def test_units_of_turtle_and_quads_are_the_same():
    assert [unit.digest for unit in read_units(EXPORTS / "graph.ttl", DOMAIN)] == [unit.digest for unit in read_units(EXPORTS, DOMAIN)]


def test_a_file_of_ours_is_not_parsed_whole(monkeypatch):
    monkeypatch.setattr("kg.store.units.canonical", None)
    assert len(read_units(EXPORTS, DOMAIN)) > 1


_ODD = {
    "shuffled": lambda lines: random.Random(1).sample(lines, len(lines)),  # noqa: S311 - no secret
    "with comments and empty lines": lambda lines: ["# _:b .", "", *lines],
    "with a line twice": lambda lines: [*lines[:5], lines[4], *lines[5:]],
    "with escapes": lambda lines: [line.encode("ascii", "backslashreplace").decode() for line in lines],
    "with explicit datatypes": lambda lines: [re.sub(r'" (<[^ ]*> )?\.$', rf'"^^<{XSD}string> \g<1>.', line) for line in lines],
    "with more blanks": lambda lines: [line.replace("> <", ">\t <", 1) for line in lines],
    "with CR LF": lambda lines: [f"{line}\r" for line in lines],
    "with a comment behind a line": lambda lines: [*lines[:-1], f"{lines[-1]} # the end"],
}


@pytest.mark.parametrize("form", _ODD)
def test_units_do_not_depend_on_how_the_file_is_written(form, tmp_path):
    lines = sorted({*ALPHA, *BETA})
    odd = _ODD[form](lines)
    assert odd != lines
    (tmp_path / "odd.nq").write_text("".join(f"{line}\n" for line in odd), "utf-8", newline="")
    found = read_units(tmp_path / "odd.nq", DOMAIN)
    assert [unit.digest for unit in found] == [unit.digest for unit in units(ALPHA, BETA)]


@pytest.mark.parametrize(
    "line",
    [
        '<urn:a> <urn:b> "x .',
        "<urn:a> <urn:b> .",
        "<urn:a> <urn:b> <urn:c> <urn:d> <urn:e> .",
        "<urn:a> <urn b> <urn:c> .",
        '<urn:a> <urn:b> "x"@ .',
        "<urn:a> <urn:b> <relative> .",
        "<urn:a> <urn:b> <urn:c> x",
    ],
)
def test_a_file_in_our_order_with_one_wrong_line_is_refused_whole(line, tmp_path):
    path = write_graph(tmp_path / "graph.nq", ALPHA, [line])
    assert path.read_text("utf-8").splitlines() == sorted({*ALPHA, line})
    with pytest.raises(UsageError, match="does not parse"):
        read_units(path, DOMAIN)


def test_units_together_are_the_default_graph():
    default = {f"{quad.subject} {quad.predicate} {quad.object}" for quad in parse(path=EXPORTS / "graph.ttl")}
    found = read_units(EXPORTS, DOMAIN)
    assert {triple for unit in found for triple in (*unit.said, *unit.context)} == default
    assert REST not in {unit.name for unit in found}


def test_classes_and_concepts_have_graphs_of_their_own(exports_store):
    assert {name for name in names(exports_store) if "/id/text/" not in name} == {
        "<https://w3id.org/epm/ns>",
        "<https://w3id.org/epm/concepts>",
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_store_answers_as_the_file_does(name, stored_graph, exports_graph):
    assert run_query(stored_graph, QUESTIONS[name].text, name) == run_query(exports_graph, QUESTIONS[name].text, name)


@pytest.fixture(scope="module")
def stored_graph(exports_store):
    return open_graph(exports_store, DOMAIN)


@pytest.fixture(scope="module")
def exports_graph():
    return open_graph(EXPORTS, DOMAIN)


def test_data_only_leaves_classes_and_notes_out(exports_store):
    only = open_graph(exports_store, DOMAIN, data_only=True)
    file = open_graph(EXPORTS, DOMAIN, data_only=True)
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert run_query(only, query, "test") == run_query(file, query, "test")
    assert {str(name) for name in only.store.named_graphs()} == {str(name) for name in file.store.named_graphs()}


# Loading, replacing, removing


def test_one_by_one_in_any_order_is_as_all_at_once(tmp_path):
    texts = [text_lines(f"{number}.txt", ["补贴", f"措施{number}"]) for number in range(6)]
    load_store(units(*texts), tmp_path / "all")
    found = units(*texts)
    random.Random(1).shuffle(found)  # noqa: S311 - no secret
    for unit in found:
        load_store([unit], tmp_path / "single")
    assert quads(tmp_path / "single") == quads(tmp_path / "all")


def test_the_bulk_loader_makes_the_same_store(tmp_path, monkeypatch):
    load_store(units(ALPHA, BETA), tmp_path / "one")
    monkeypatch.setattr("kg.store.embedded._BULK", 1)
    load_store(units(ALPHA, BETA), tmp_path / "bulk")
    assert quads(tmp_path / "bulk") == quads(tmp_path / "one")


def test_removing_a_text_removes_what_only_it_said(tmp_path):
    load_store(units(ALPHA, BETA), tmp_path / "both")
    with Writer(tmp_path / "both") as writer:
        writer.remove([key_of("b.txt")])
        assert damaged(writer.store) == []
    load_store(units(ALPHA), tmp_path / "one")
    assert quads(tmp_path / "both") == quads(tmp_path / "one")
    assert any("补贴" in quad for quad in quads(tmp_path / "both"))
    assert not any("招聘" in quad for quad in quads(tmp_path / "both"))


def test_a_changed_text_takes_the_place_of_the_old_one(tmp_path):
    load_store(units(ALPHA, BETA), tmp_path / "store")
    changed = text_lines("b.txt", ["招聘", "走访"], version=2)
    done = load_store(units(changed), tmp_path / "store")
    assert done.replaced == [key_of("b.txt", 2)]
    assert done.removed == [key_of("b.txt")]
    load_store(units(ALPHA, changed), tmp_path / "fresh")
    assert quads(tmp_path / "store") == quads(tmp_path / "fresh")


def test_the_same_again_changes_nothing(tmp_path):
    load_store(units(ALPHA), tmp_path)
    state = (tmp_path / CURRENT).read_text()
    done = load_store(units(ALPHA), tmp_path)
    assert (done.unchanged, done.added, done.replaced) == ([key_of("a.txt")], [], [])
    assert (tmp_path / CURRENT).read_text() == state


def test_exact_removes_other_texts_and_keeps_the_classes(tmp_path):
    load_store([Unit("<https://w3id.org/epm/ns>", ["<urn:a> <urn:b> <urn:c>"]), *units(ALPHA, BETA)], tmp_path)
    done = load_store(units(BETA), tmp_path, exact=True)
    assert done.removed == [key_of("a.txt")]
    assert names(tmp_path) == {"<https://w3id.org/epm/ns>", key_of("b.txt")}


def test_what_no_text_accounts_for_only_adds_up(tmp_path):
    orphan = '<https://w3id.org/epm/id/measure/X> <https://w3id.org/epm/ns#note> "{}" .'
    load_store(units(ALPHA, [orphan.format(1)]), tmp_path)
    load_store(units(ALPHA, [orphan.format(2)]), tmp_path)
    assert sum(f" {context_name(REST)}" in quad or 'note> "1"' in quad or 'note> "2"' in quad for quad in quads(tmp_path)) == 4


# One writes, others read


def test_a_second_writer_is_refused_and_readers_go_on(tmp_path, run_kg):
    load_store(units(ALPHA), tmp_path / "store")
    graph = write_graph(tmp_path / "b.nq", BETA)
    with Writer(tmp_path / "store") as writer:
        writer.load(units(BETA))
        refused = run_kg("load", graph, "--store", tmp_path / "store")
        assert refused.returncode == 2
        assert "another process is loading into this store — wait for it" in refused.stderr
        (tmp_path / "q.rq").write_text("SELECT ?o { ?s epm:hasMeasure/rdfs:label ?o }")
        read = run_kg("query", tmp_path / "q.rq", "--graph", tmp_path / "store", "--format", "csv")
        assert read.stdout.split() == ["o", "培训", "补贴"]
    assert names(tmp_path / "store") == {key_of("a.txt"), key_of("b.txt")}


def test_a_reader_keeps_the_state_it_opened(tmp_path):
    load_store(units(ALPHA), tmp_path)
    with current_snapshot(tmp_path) as held:
        store = Store.read_only(str(held.path))
        load_store(units(BETA), tmp_path)
        load_store(units(ALPHA, BETA), tmp_path, exact=True)
        load_store(units(BETA), tmp_path, exact=True)
        assert counts(store)[0] == {key_of("a.txt"): 11}
    load_store(units(ALPHA), tmp_path)  # the next writer removes the states that nobody reads
    assert len([path for path in (tmp_path / SNAPSHOTS).iterdir() if path.is_dir()]) == 1


_LOAD = """
import runpy
from pathlib import Path
text_lines = runpy.run_path({cases!r})["text_lines"]
from kg.store.embedded import Writer
from kg.store.units import cut
with Writer(Path({folder!r})) as writer:
    for number in range({number}):
        writer.load(cut(text_lines(f"{{number}}.txt", ["补贴", f"措施{{number}}"], size=300), "test"))
        print(number, flush=True)
    print("publish", flush=True)
"""
_NUMBER = 12


def _loading(folder):
    code = _LOAD.format(cases=str(CASES), folder=str(folder), number=_NUMBER)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.parametrize("after", [0, 1, 3, 6, 9, 11])
def test_killed_at_any_moment_it_holds_whole_texts_and_all_that_were_told(tmp_path, after):
    with _loading(tmp_path) as process:
        told = [process.stdout.readline() for _ in range(after + 1)]
        time.sleep(0.004 * after)  # somewhere inside the next text
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    acknowledged = [int(line) for line in (*told, *rest) if line.strip().isdecimal()]
    with open_snapshot(tmp_path) as snapshot:  # publishes what was left
        assert not (tmp_path / UNPUBLISHED).exists()
        store = Store.read_only(str(snapshot.path))
        assert damaged(store) == []
        assert {key_of(f"{number}.txt") for number in acknowledged} <= set(counts(store)[0])
    texts = [text_lines(f"{number}.txt", ["补贴", f"措施{number}"], size=300) for number in range(_NUMBER)]
    load_store(units(*texts), tmp_path)  # goes on
    load_store(units(*texts), tmp_path.with_name(f"{tmp_path.name}-fresh"))
    assert quads(tmp_path) == quads(tmp_path.with_name(f"{tmp_path.name}-fresh"))


@pytest.mark.parametrize("moment", ["bulk_load", "rename", "backup"])
def test_killed_while_it_is_filled_it_is_empty_or_whole(tmp_path, moment):
    stop = {
        "bulk_load": "import kg.store.embedded as e; e.named_blocks = lambda units, old=e.named_blocks: die(old(units))",
        "rename": "import shutil; shutil.rmtree = lambda *a, old=shutil.rmtree: (old(*a), os.kill(os.getpid(), 9))",
        "backup": "import kg.store.embedded as e; e.write_small = lambda *a: os.kill(os.getpid(), 9)",
    }[moment]
    code = (
        "import os, sys\n"
        "def die(blocks):\n"
        "    for number, block in enumerate(blocks):\n"
        "        yield block\n"
        "        if number == 3: os.kill(os.getpid(), 9)\n"
        f"{stop}\nimport kg.store.embedded\nkg.store.embedded._BULK = 1\n"
        f"from kg.cli import main\nmain(['load', sys.argv[1], '--store', sys.argv[2]])\n"
    )
    graph = write_graph(tmp_path / "graph.nq", text_lines("a.txt", ["补贴"], size=2000))
    store = tmp_path / "store"
    done = subprocess.run([sys.executable, "-c", code, str(graph), str(store)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Writer(store) as writer:
        assert damaged(writer.store) == []
        assert set(counts(writer.store)[0]) in (set(), {key_of("a.txt"), "<https://w3id.org/epm/ns>", "<https://w3id.org/epm/concepts>"})
        writer.load(read_units(graph, DOMAIN))
    assert key_of("a.txt") in names(store)


# What can be wrong


def test_a_full_disk_is_told_and_leaves_whole_texts(tmp_path):
    load_store(units(ALPHA), tmp_path / "store")
    graph = write_graph(tmp_path / "big.nq", BETA, *(text_lines(f"{number}.txt", ["补贴"], size=9000) for number in range(2)))

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    command = [sys.executable, "-m", "kg", "load", str(graph), "--store", str(tmp_path / "store")]
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == OutputError.exit_code, done.stderr
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    with open_snapshot(tmp_path / "store") as snapshot:
        store = Store.read_only(str(snapshot.path))
        assert damaged(store) == []
        assert key_of("a.txt") in counts(store)[0]


def test_a_store_of_another_version_is_left_alone(tmp_path, run_kg):
    load_store(units(ALPHA), tmp_path / "store")
    (tmp_path / "store" / MARKER).write_text(json.dumps({"format": "kg-store", "version": 99}))
    graph = write_graph(tmp_path / "b.nq", BETA)
    for command in (("load", graph, "--store"), ("query", "fund-size", "--graph"), ("load", "--list", "--store")):
        done = run_kg(*command, tmp_path / "store")
        assert done.returncode == 2
        assert "is a store of version 99, this kg reads version 1 — load the graph into a new folder" in done.stderr


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "other", "version": 1}'])
def test_a_damaged_marker_is_told(tmp_path, content):
    load_store(units(ALPHA), tmp_path)
    (tmp_path / MARKER).write_text(content)
    with pytest.raises(UsageError, match=r"is damaged|is a store of version"):
        open_snapshot(tmp_path)


def test_a_folder_with_other_files_is_not_touched(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match="is no store and is not empty"):
        load_store(units(ALPHA), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_damaged_database_is_told(tmp_path, run_kg):
    load_store(units(ALPHA), tmp_path)
    for path in (tmp_path / SNAPSHOTS).rglob("CURRENT"):
        path.write_text("nothing\n")
    done = run_kg("query", "fund-size", "--graph", tmp_path)
    assert done.returncode == 2
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_store_says_so(tmp_path):
    with Writer(tmp_path):
        pass
    with pytest.raises(UsageError, match="holds no graph yet"):
        open_snapshot(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<urn:a> <urn:b> .\n", "does not parse"),
        ('<urn:a> <urn:b> "x" .\n', "holds no text of a kg build"),
        ("_:a <urn:b> <urn:c> .\n", "holds a blank node"),
        ("", "holds no text of a kg build"),
    ],
)
def test_what_is_no_graph_of_ours_changes_nothing(tmp_path, run_kg, content, message):
    load_store(units(ALPHA), tmp_path / "store")
    before = quads(tmp_path / "store")
    (tmp_path / "bad.nq").write_text(content)
    good = write_graph(tmp_path / "b.nq", BETA)
    done = run_kg("load", good, tmp_path / "bad.nq", "--store", tmp_path / "store")
    assert done.returncode == 2
    assert message in done.stderr
    assert quads(tmp_path / "store") == before


def test_invalid_turtle_is_told_with_its_place(tmp_path, run_kg):
    (tmp_path / "bad.ttl").write_text("<urn:a> <urn:b>\n  ,, .\n")
    done = run_kg("load", tmp_path / "bad.ttl", "--store", tmp_path / "store")
    assert done.returncode == 2
    assert "bad.ttl: does not parse" in done.stderr
    assert " line 2" in done.stderr
    assert not (tmp_path / "store" / CURRENT).exists()


# The command


def test_load_list_and_remove(tmp_path, run_kg):
    graph = write_graph(tmp_path / "graph.nq", ALPHA, BETA)
    done = run_kg("load", graph, "--store", tmp_path / "store")
    assert "4 added, 0 replaced, 0 unchanged, 0 removed; 4 named graphs" in done.stdout
    listed = run_kg("load", "--list", "--store", tmp_path / "store").stdout.splitlines()
    assert f"{key_of('b.txt')[1:-1]}\t11\ttexts/b.txt" in listed
    assert run_kg("load", "--remove", "b.txt", "--store", tmp_path / "store").returncode == 0
    assert "b.txt" not in run_kg("load", "--list", "--store", tmp_path / "store").stdout
    gone = run_kg("load", "--remove", "b.txt", "--store", tmp_path / "store")
    assert gone.returncode == 2
    assert "holds no text named b.txt" in gone.stderr


def test_build_keeps_the_store_as_the_folder_is(tmp_path, run_kg):
    texts = tmp_path / "texts"
    texts.mkdir()
    for name, words in (
        ("a.txt", "辽宁省人力资源和社会保障厅实施“技能辽宁行动”。"),
        ("b.txt", "沈阳市开展“舒心就业”行动,发放一次性求职补贴。"),
    ):
        (texts / name).write_text(words, "utf-8")
    store = tmp_path / "store"
    assert run_kg("build", texts, "-o", tmp_path / "out", "--store", store).returncode == 0
    first = run_kg("load", "--list", "--store", store).stdout
    assert [line.split("\t")[2] for line in first.splitlines() if "/text/" in line].count("texts/a.txt") == 1
    (texts / "b.txt").unlink()
    (texts / "a.txt").write_text("辽宁省人力资源和社会保障厅实施“技能辽宁行动”和“春暖辽沈”行动。", "utf-8")
    again = run_kg("build", texts, "-o", tmp_path / "out", "--store", store)
    assert "0 added, 1 replaced, 2 unchanged, 2 removed" in again.stdout
    load_store([*read_domain_units(DOMAIN), *read_units(tmp_path / "out", DOMAIN)], tmp_path / "fresh")
    assert quads(store) == quads(tmp_path / "fresh")


def test_build_refuses_a_store_before_it_reads_a_text(tmp_path, run_kg):
    (tmp_path / "file").write_text("x")
    done = run_kg("build", tmp_path / "file", "-o", tmp_path / "out", "--store", tmp_path / "file")
    assert done.returncode == OutputError.exit_code
    assert not (tmp_path / "out").exists()


def test_every_reading_command_takes_a_store(tmp_path, run_kg):
    load_store([*read_domain_units(DOMAIN), *read_units(DATA, DOMAIN)], tmp_path / "store")
    assert run_kg("explain", "技能辽宁行动", "--graph", tmp_path / "store").returncode == 0
    assert run_kg("export", "nquads", "--graph", tmp_path / "store", "-o", tmp_path / "out.nq").returncode == 0
    assert run_kg("export", "nquads", "--graph", DATA, "-o", tmp_path / "file.nq").returncode == 0
    assert (tmp_path / "out.nq").read_bytes() == (tmp_path / "file.nq").read_bytes()


def test_live_is_a_plain_oxigraph_store(tmp_path):
    load_store(units(ALPHA), tmp_path)
    assert len(Store.read_only(str(tmp_path / LIVE))) == len(quads(tmp_path))


# Evidence and labels of answers


def test_evidence_is_a_sentence_of_the_file_it_names(tmp_path, run_kg):
    done = run_kg("query", "measures-for-group", "group=高校畢業生", "--graph", EXPORTS, "--evidence", "--format", "csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines(keepends=True)))
    records = [json.loads(line) for line in (EXPORTS / "records.jsonl").read_text("utf-8").splitlines()]
    texts = {record["doc"]["source"].rpartition("/")[2]: record["text"] for record in records}
    assert len(rows) > 10
    for row in rows:
        assert row["evidence"]
        for line in row["evidence"].splitlines():
            if line.startswith("(+"):
                continue
            place, _, sentence = line.partition(" ")
            file, _, span = place.rpartition(":")
            start, end = map(int, span.split("-"))
            assert " ".join(texts[file][start:end].split()) in sentence
        assert row["file"] in row["evidence"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT ?s { ?s epm:hasMeasure ?o } ORDER BY ?s LIMIT 3", 3),
        ("SELECT DISTINCT ?s WHERE { { SELECT ?s { ?s epm:targets ?o } } }", None),
        ("SELECT (COUNT(*) AS ?n) { ?s epm:targets ?o }", 0),
        ("SELECT ?s (COUNT(?o) AS ?n) { ?s epm:targets ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) LIMIT 2", 2),
        ("SELECT * { VALUES ?n { 1 2 } }", 0),
        ("SELECT ?e { ?e a epm:Evidence } LIMIT 2", 2),
    ],
)
def test_rows_of_any_select_get_their_evidence(query, count, exports_graph):
    answer = run_query(exports_graph, query, "test")
    found = with_evidence(answer, query, exports_graph)
    assert found.variables == (*answer.variables, "evidence")
    assert [row[:-1] for row in found.rows] == list(answer.rows)
    assert sum(row[-1] is not None for row in found.rows) == (len(answer.rows) if count is None else count)


def test_labels_stand_behind_their_nodes(exports_graph):
    answer = run_query(exports_graph, "SELECT ?s ?n { ?s a epm:Program ; rdfs:label ?n }", "test")
    found = with_labels(answer, exports_graph)
    assert found.variables == ("s", "sLabel", "n")
    assert all(row[1].value == row[2].value for row in found.rows)
    assert len(found.rows) > 10


def test_evidence_and_labels_are_for_select(tmp_path, run_kg):
    (tmp_path / "q.rq").write_text("ASK { ?s ?p ?o }")
    done = run_kg("query", tmp_path / "q.rq", "--graph", EXPORTS, "--evidence")
    assert done.returncode == 2
    assert "are for SELECT" in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <urn:none> { ?s ?p ?o }",
        "SELECT * FROM NAMED text:0000000000000000 { GRAPH ?g { ?s ?p ?o } }",
        "ASK { GRAPH <urn:none> { ?s ?p ?o } }",
    ],
)
def test_a_graph_that_does_not_exist_is_told_with_its_place(query, exports_graph):
    with pytest.raises(QueryError, match=r"test:1:\d+: there is no graph <\S+> — .* lists them"):
        run_query(exports_graph, query, "test")


def test_graphs_that_exist_are_found(stored_graph):
    text = "https://w3id.org/epm/id/text/3775669cce9f1a28"
    for query in (
        f"ASK FROM <{text}> {{ ?s ?p ?o }}",
        "ASK { GRAPH text:3775669cce9f1a28 { ?s ?p ?o } }",
        f"ASK FROM NAMED <{text}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    ):
        assert run_query(stored_graph, query, "test").value
