"""Whatever a query or a client does, it costs at most one worker and is told so; the next query is answered, and nothing is reached outside."""

from __future__ import annotations

import errno
import http.client
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.serve.datasets import from_clauses, reads_nothing
from kg.serve.frames import JOB, PIECE, Buffer
from kg.serve.negotiate import HTML, ROWS, TRIPLES, choose

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
DATA = Path(__file__).with_name("data") / "questions.ttl"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes this from a process")


@pytest.fixture(scope="module")
def served():
    with SERVING["running"](DATA, deadline=1.5, memory=200, rows=50, workers=2) as served:
        yield served


def answers(served):
    """Assert that the next queries are answered, by every worker."""
    for _ in range(4):
        reply = served.query("SELECT (1 AS ?one) {}")
        assert json.loads(reply.body)["results"]["bindings"][0]["one"]["value"] == "1"


# Queries that are too much


@pytest.mark.parametrize("query", [CROSS, "SELECT (COUNT(*) AS ?n) { ?a (!<x:>)* ?b . ?c (!<y:>)* ?d . ?e ?f ?g }"])
def test_a_query_that_takes_too_long_is_killed(served, query):
    before = set(served.pool.pids)
    start = time.monotonic()
    reply = served.query(query)
    assert (reply.status, time.monotonic() - start < 5) == (503, True)
    assert "the query took longer than 1.5 seconds — make it narrower, or add LIMIT" in reply.text
    answers(served)
    assert len(set(served.pool.pids) - before) == 1


@linux
def test_a_query_that_eats_memory_is_ended():
    with SERVING["running"](DATA, deadline=30, memory=64, workers=1) as served:
        reply = served.query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?f ?h")
        assert reply.status == 503
        assert "the query needed more than 64 MB of memory" in reply.text
        answers(served)


def test_nesting(served):
    reply = served.query("ASK " + "{" * 3000 + "}" * 3000)
    assert (reply.status, "nested more than 200 deep" in reply.text) == (400, True)
    # What no count of brackets sees costs the worker.
    reply = served.query("ASK { FILTER(" + "!" * 12_000 + "true) }")
    assert reply.status in {200, 503}
    reply = served.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"ASK { FILTER(" + b"!" * 90_000 + b"true) }")
    assert reply.status == 503
    assert any(words in reply.text for words in ("nests deeper", "took longer", "needed more"))
    answers(served)


def test_query_size(served):
    for size, status in ((100_000, 200), (100_001, 413)):
        text = "ASK {}".ljust(size)
        reply = served.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, text.encode())
        assert reply.status == status
    assert "longer than 100,000 characters" in reply.text
    assert served.ask("POST", "/sparql", {"Content-Type": "application/sparql-query", "Content-Length": "99999999999"}).status == 413
    assert served.ask("GET", "/sparql?query=" + "a" * 70_000).status == 414


def test_rows_are_cut_and_that_is_told(served):
    for query, accept in (("SELECT * { ?s ?p ?o }", "text/csv"), ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "application/n-triples")):
        reply = served.query(query, accept)
        assert (reply.headers["kg-row-limit"], reply.headers["kg-truncated"]) == ("50", "true")
        assert len(reply.text.splitlines()) == 50 + (accept == "text/csv")
        reply = served.query(f"{query} LIMIT 50", accept)
        assert "kg-truncated" not in reply.headers
        assert reply.headers["kg-row-limit"] == "50"


# Queries that are refused


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?s ?p }", "query:1:12: cannot read on at"),
        ("SELECT * { ?s x:p ?o }", "query:1:15: unknown prefix x: — declare it with PREFIX\n"),
        ("PREFIX y: <urn:> SELECT * { ?s x:p ?o }", "unknown prefix x: — declare it with PREFIX, or use one of y\n"),
        ("SELECT * { ?s epm:hasMeasure ?o }", "unknown prefix epm: — declare it: PREFIX epm: <https://w3id.org/epm/ns#>\n"),
        ("", "a query starts with SELECT"),
        ("INSERT DATA { <a:> <b:> <c:> }", "INSERT is an update"),
        ("LOAD <http://127.0.0.1/x>", "LOAD is refused"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE is refused: a query never leaves this graph"),
        ("SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }", "SERVICE is refused"),
        ("PREFIX x: <http://127.0.0.1/> SELECT * { ?s ?p trueSERVICE:x { } }", "SERVICE is refused"),
        ("PREFIX s: <https://w3id.org/epm/store/> SELECT * FROMs:status { ?s ?p ?o }", "write FROM <IRI>"),
        ("SELECT (1<2 AS ?x) (?a<?b#>'''\n AS ?c) FROM <https://w3id.org/epm/store/status> { } #'''", "here < may compare or open an IRI"),
    ],
)
def test_a_wrong_query_is_told_what_is_wrong(served, query, words):
    reply = served.query(query)
    assert reply.status == 400
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert words in reply.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { ?a ?b ?c FILTER(?a != <http://x/\\u0041'>) SERVICE <http://127.0.0.1/> { ?s ?p 'x' } }",
        "SELECT * { ?a ?b ?c FILTER(?a<?b#>'''\n || true) SERVICE SILENT <http://127.0.0.1/> { ?s ?p ?o } #'''\n }",
    ],
)
def test_what_hides_from_the_look_at_the_text_is_refused(served, query):
    reply = served.query(query)
    assert reply.status == 400
    assert "SERVICE is refused" in reply.text or "here < may compare" in reply.text


def test_no_form_that_the_client_takes(served):
    reply = served.query("ASK {}", "image/png, text/turtle")
    assert (reply.status, "it comes as application/sparql-results+json" in reply.text) == (406, True)
    assert served.query("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv").status == 406


# Clients


def test_a_hundred_clients_at_once(served):
    def ask(number):
        return json.loads(served.query(f"SELECT ?n {{ VALUES ?n {{ {number} }} }}").body)["results"]["bindings"][0]["n"]["value"]

    with ThreadPoolExecutor(100) as pool:
        assert list(pool.map(ask, range(300))) == [str(number) for number in range(300)]
    assert len(served.pool.pids) == 2


def test_a_client_that_leaves_stops_its_query(served):
    before = set(served.pool.pids)
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(f"GET /sparql?query={quote(CROSS)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(0.3)
    until = time.monotonic() + 5
    while len(set(served.pool.pids) & before) == 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(set(served.pool.pids) & before) == 1
    answers(served)


def test_a_client_that_reads_nothing_keeps_no_worker():
    """The answer waits beside the worker, in memory or in a file."""
    with SERVING["running"](DATA, workers=1) as served, socket.create_connection(("127.0.0.1", served.port)) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 12000")
        client.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        client.recv(10)
        answers(served)


def test_halves_of_requests(served):
    """A body that does not come, a line that is none, two requests in one breath."""
    for sent, code in (
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n\r\n", b" 411 "),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b" 411 "),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", b" 411 "),
        (b"NONSENSE\r\n\r\n", b" 400 "),
        (b"BREW /sparql HTTP/1.1\r\nHost: localhost\r\n\r\n", b" 501 "),
    ):
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
            client.sendall(sent)
            assert code in client.recv(100) + b" 400 " * (sent == b"NONSENSE\r\n\r\n")
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as client:
        request = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: localhost\r\n"
        client.sendall(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: client.recv(65536), b""))
        assert received.count(b"HTTP/1.1 200 OK") == 2
    answers(served)


def test_a_body_that_nobody_reads_is_no_next_request(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("PUT", "/graphs?default", body=b"GET / HTTP/1.1\r\n\r\n" * 10)
    response = connection.getresponse()
    assert (response.status, response.getheader("connection")) == (405, "close")
    connection.close()


def test_busy_workers_are_told_of():
    with SERVING["running"](DATA, deadline=1.5, patience=0.3, workers=1) as served:
        slow = threading.Thread(target=served.query, args=(CROSS,))
        slow.start()
        time.sleep(0.3)
        reply = served.query("ASK {}")
        assert (reply.status, reply.headers["retry-after"]) == (503, "2")
        assert "all workers are busy — try again later" in reply.text
        slow.join()
        answers(served)


def test_a_worker_that_is_killed_is_replaced(served):
    for pid in served.pool.pids:
        os.kill(pid, signal.SIGKILL)
    replies = [served.query("ASK {}") for _ in range(2)]
    assert {reply.status for reply in replies} <= {200, 503}
    answers(served)


# The walls


def confined(code):
    """Run code in a process of its own after a store was opened, and return what it prints."""
    head = "import os, socket, sys\nfrom kg.serve import confine\n"
    done = subprocess.run([sys.executable, "-c", head + code], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


TRIED = """
for name, call in (("socket", socket.socket), ("program", lambda: os.execv(sys.executable, [sys.executable, "-c", "print('ran')"]))):
    try:
        call()
        print(name, "allowed")
    except OSError as error:
        print(name, type(error).__name__)
"""


@linux
def test_the_kernel_refuses_sockets_and_programs():
    assert confined("assert confine.refuse_calls()\n" + TRIED) == ["socket", "PermissionError", "program", "PermissionError"]
    assert confined(f"assert confine.refuse_calls()\nprint(open({str(DATA)!r}, encoding='utf-8').readable())") == ["True"]


_CALLED = """
from threading import Thread
from pyoxigraph import Store
listening = socket.create_server(("127.0.0.1", 0))
listening.settimeout(2)
def wait():
    try:
        listening.accept()[0].close()
        print("came")
    except TimeoutError:
        print("nobody")
waiting = Thread(target=wait)
waiting.start()
{wall}
try:
    Store().query("ASK {{ SERVICE <http://127.0.0.1:%d/> {{ ?s ?p ?o }} }}" % listening.getsockname()[1])
except OSError:
    pass
waiting.join()
"""


@linux
@pytest.mark.parametrize(("wall", "told"), [("", "came"), ("assert confine.refuse_calls()", "nobody")])
def test_a_service_that_nobody_refused_reaches_no_address(wall, told):
    """The wall behind the look at the text is the kernel's; without it the engine does call."""
    assert confined(_CALLED.format(wall=wall)) == [told]


def test_without_a_filter_there_is_no_descriptor_left():
    code = "confine.refuse_descriptors()\ntry:\n    socket.socket()\nexcept OSError as error:\n    print(error.errno)"
    assert confined(code) == [str(errno.EMFILE)]


@linux
def test_memory_is_limited():
    code = "confine.limit_memory(64)\nkept = bytearray(30 << 20)\ntry:\n    bytearray(100 << 20)\nexcept MemoryError:\n    print('ended')"
    assert confined(code) == ["ended"]


# Parts


@pytest.mark.parametrize(
    ("accept", "offers", "name"),
    [
        ("", ROWS, "json"),
        ("*/*", ROWS, "json"),
        ("application/sparql-results+xml", ROWS, "xml"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.3, */*;q=0.1", ROWS, "tsv"),
        ("text/*", ROWS, "csv"),
        ("text/*, text/tab-separated-values", ROWS, "tsv"),
        ("application/sparql-results+json;q=0, application/*", ROWS, "xml"),
        ("application/xml", ROWS, "xml"),
        ("TEXT/TURTLE;charset=utf-8", TRIPLES, "ttl"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", (HTML, *TRIPLES), "html"),
        ("application/ld+json, text/html;q=0.5", (HTML, *TRIPLES), "jsonld"),
        ("image/png", ROWS, None),
        ("*/csv", ROWS, None),
        ("text/csv;q=0", ROWS, None),
        ("text/csv;q=7", ROWS, None),
        ("nonsense", ROWS, None),
    ],
)
def test_negotiation(accept, offers, name):
    found = choose(accept, offers)
    assert (found.name if found else None) == name


def test_a_form_in_the_address_wins():
    assert choose("text/html", (HTML, *TRIPLES), "nt").media == "application/n-triples"
    assert choose("text/html", (HTML, *TRIPLES), "nonsense") is HTML


def test_from_clauses():
    assert from_clauses("SELECT * { ?s ?p 'FROM <http://a/>' }") == ((), ())
    assert from_clauses("SELECT * FROM <http://a/> FROM NAMED <http://b/> WHERE { GRAPH <http://c/> {} }") == (
        ("http://a/",),
        ("http://b/",),
    )
    assert from_clauses("PREFIX : <http://x/> # FROM <http://no/>\nASK FROM :a\nfrom named :b {}") == (("http://x/a",), ("http://x/b",))
    assert from_clauses("BASE <http://x/> ASK FROM <a> {}") == ((), ())
    assert from_clauses("DESCRIBE <http://x/a> FROM <http://a/>") == (("http://a/",), ())


def test_reads_nothing():
    assert reads_nothing("ASK {}")
    assert reads_nothing("select * where {}")
    assert not reads_nothing("ASK { ?s ?p ?o }")


def test_frames_come_whole_in_whatever_pieces():
    buffer = Buffer()
    stream = b"J\0\0\0\x02{}" + b"P\0\0\0\x00" + b"P\0\0\0\x03abc"
    found = [frame for byte in stream for frame in buffer.feed(bytes([byte]))]
    assert found == [(JOB, b"{}"), (PIECE, b""), (PIECE, b"abc")]
