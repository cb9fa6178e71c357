"""A server reads a state of its own: sources may change, be loaded or vanish beside it, and it leaves nothing behind."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import re
import resource
import runpy
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.errors import OutputError, UsageError
from kg.serve.snapshots import Home, Source

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data" / "questions.ttl"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://example.org/p> ?o }"


def graph(path, number):
    """Write a graph with so many triples as a build does: under another name first."""
    temporary = path.with_suffix(".new")
    temporary.write_text("".join(f"<http://example.org/s> <http://example.org/p> {each} .\n" for each in range(number)), encoding="utf-8")
    temporary.replace(path)


def count(served):
    reply = served.query(COUNT)
    assert reply.status == 200, reply.text
    return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])


def wait_for(served, number):
    until = time.monotonic() + 30
    while (found := count(served)) != number:
        assert time.monotonic() < until, found
        time.sleep(0.05)


def test_a_graph_that_is_built_again_is_served_without_a_pause(tmp_path):
    path = tmp_path / "graph.ttl"
    graph(path, 3)
    with SERVING["running"](path) as served:
        assert count(served) == 3
        graph(path, 5)
        wait_for(served, 5)
        # What does not parse, or is gone, leaves what is there.
        path.write_text("<broken", encoding="utf-8")
        time.sleep(0.6)
        assert count(served) == 5
        path.unlink()
        time.sleep(0.4)
        assert count(served) == 5
        graph(path, 7)
        wait_for(served, 7)
        until = time.monotonic() + 30  # the last worker that read the old copies may still be ending
        while len(list(served.home.folder.glob("*/store"))) > 1:
            assert time.monotonic() < until
            time.sleep(0.05)
        folder = served.home.folder
    assert not folder.exists()


def test_reads_go_on_while_a_store_is_loaded(tmp_path):
    from kg.store.embedded import Writer
    from kg.store.units import Unit

    def unit(name, number):
        subject = f"<https://w3id.org/epm/id/text/{name}>"
        return Unit(subject, [f'{subject} <http://example.org/p> "{each}"' for each in range(number)])

    folder = tmp_path / "store"
    with Writer(folder) as writer:
        writer.load([unit("a", 2)])
    with SERVING["running"](folder) as served:
        assert count(served) == 2
        with Writer(folder) as writer:
            writer.load([unit("b", 3)])
            assert count(served) == 2  # the load is not done
        wait_for(served, 5)
        graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
        found = [row["g"]["value"] for row in json.loads(served.query(graphs).body)["results"]["bindings"]]
        assert found == [f"https://w3id.org/epm/id/text/{name}" for name in "ab"]  # without the store's own notes
        notes = served.query("SELECT * { ?s ?p ?o }", default_graph_uri="https://w3id.org/epm/store/status")
        assert notes.status == 400
        assert served.query("SELECT * FROM <https://w3id.org/epm/store/status> { ?s ?p ?o }").status == 400
        hidden = served.query("PREFIX s: <https://w3id.org/epm/store/> SELECT * { GRAPHs:status { ?s ?p ?o } }")  # glued to the word
        assert json.loads(hidden.body)["results"]["bindings"] == []


def test_queries_that_run_end_on_the_old_state(tmp_path):
    path = tmp_path / "graph.ttl"
    graph(path, 120)
    with SERVING["running"](path, workers=1) as served:
        slow = "SELECT (COUNT(*) AS ?n) { ?s <http://example.org/p> ?a , ?b , ?c }"
        replies = []
        thread = threading.Thread(target=lambda: replies.append(served.query(slow)))
        thread.start()
        time.sleep(0.2)
        graph(path, 4)
        thread.join()
        assert json.loads(replies[0].body)["results"]["bindings"][0]["n"]["value"] == str(120**3)
        wait_for(served, 4)


def test_what_cannot_be_served(tmp_path):
    (tmp_path / "bad.ttl").write_text("<a:> <b:> .", encoding="utf-8")
    (tmp_path / "text.pdf").write_text("x", encoding="utf-8")
    home = Home(tmp_path)
    for name, words in (("bad.ttl", "not readable as RDF"), ("text.pdf", "no RDF file by its name"), ("none", "does not exist")):
        with pytest.raises(UsageError, match=words):
            Source(tmp_path / name).take(home)
    home.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ttl", "text.pdf"]


def test_a_store_of_another_version(tmp_path):
    (tmp_path / "kg-store.json").write_text('{"format": "kg-store", "version": 99}', encoding="utf-8")
    home = Home()
    with pytest.raises(UsageError, match="version 99"):
        Source(tmp_path).take(home)
    home.close()


def test_no_space_for_the_copy(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        Home(tmp_path / "missing")
    command = [sys.executable, "-m", "kg", "serve", str(DATA), "--port", "0"]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
        timeout=60,
        check=False,
    )
    assert (done.returncode, "cannot be written (" in done.stderr) == (4, True), done.stderr
    assert "File too large" in done.stderr
    assert "set TMPDIR to a folder with space" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_is_removed_by_the_next(tmp_path):
    killed, running, foreign = (tmp_path / f"kg-serve-{name}" for name in ("killed", "running", "foreign"))
    for folder in (killed, running, foreign):
        folder.mkdir()
    for folder in (killed, running):
        (folder / "lock").touch()
    with (running / "lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Home(tmp_path).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [foreign.name, running.name]


# The command


@pytest.fixture
def command(tmp_path):
    """Start ``kg serve`` as a user does and return the process and its port."""
    started = []

    def start(*arguments):
        words = [sys.executable, "-m", "kg", "serve", "--port", "0", *map(str, arguments)]
        process = subprocess.Popen(
            words, stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"}, cwd=ROOT
        )
        started.append(process)
        line = process.stderr.readline()
        found = re.search(r"serving (.+) at http://127\.0\.0\.1:(\d+)/ — Ctrl-C ends it", line)
        assert found, line + process.stderr.read()
        return process, int(found[2])

    yield start
    for process in started:
        process.kill()
        process.stderr.close()
        process.wait()


def ask(port, target):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", target)
    response = connection.getresponse()
    found = response.status, response.read()
    connection.close()
    return found


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_command_serves_until_it_is_told_to_stop(command, tmp_path, number, code):
    process, port = command(DATA, "--workers", "1", "--log")
    assert ask(port, "/sparql?query=ASK%20%7B%7D")[0] == 200
    assert list(tmp_path.glob("kg-serve-*"))
    process.send_signal(number)
    assert process.wait(20) == code
    told = process.stderr.read()
    assert re.search(r"^GET /sparql 200 \d+ \d\.\d{3}\nstopped$", told, re.MULTILINE)
    assert "ASK" not in told
    assert not list(tmp_path.glob("kg-serve-*"))


def test_workers_end_with_a_server_that_is_killed(command):
    process, port = command(DATA)
    assert ask(port, "/sparql?query=ASK%20%7B%7D")[0] == 200
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, encoding="ascii", check=False
    ).stdout.split()
    assert len(children) == 2
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while any(Path("/proc", child).exists() for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path("/proc", child).exists() for child in children)


def test_bad_usage(run_kg, tmp_path):
    for arguments, words in (
        ((tmp_path / "none",), "does not exist — make a graph"),
        ((DATA, "--store", tmp_path), "takes a graph or --store, not both"),
        (("--store", tmp_path / "none"), "does not exist"),
        ((DATA, "--host", "203.0.113.7"), "203.0.113.7:8000: cannot be listened at"),
        ((DATA, "--port", "70000"), "70000"),
    ):
        done = run_kg("serve", *arguments, TMPDIR=str(tmp_path))
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("kg-serve-*"))
