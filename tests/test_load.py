"""A graph gets to a server whole or not at all: staged, counted, swapped; a load that was broken off goes on; no password is ever shown.

Oxigraph (the package ``oxigraph``) and Virtuoso (Debian's) run for real; what no real server does on demand, one of our own does.
"""

from __future__ import annotations

import csv
import os
import runpy
import shutil
import subprocess
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph
import pytest

from kg.domain import load_domain
from kg.errors import QueryError, UsageError
from kg.store.bulk import bulk_files
from kg.store.evidence import with_evidence
from kg.store.query import open_graph, open_server, run_query
from kg.store.questions import bind, load_questions
from kg.store.remote import CHUNK, FACTS, SERVERS_OWN, load_server, targets
from kg.store.server import ServerError, addresses, connect, shown
from kg.store.units import cut, read_domain_units, read_units

_SERVERS = runpy.run_path(str(Path(__file__).with_name("triple_servers.py")))
_CASES = runpy.run_path(str(Path(__file__).with_name("store_cases.py")))
DATA, EXPORTS = _CASES["DATA"], _CASES["EXPORTS"]
key_of, text_lines, write_graph = _CASES["key_of"], _CASES["text_lines"], _CASES["write_graph"]
PASSWORD, faulty = _SERVERS["PASSWORD"], _SERVERS["faulty"]
DOMAIN = load_domain()
QUESTIONS = load_questions(DOMAIN.field / "queries")
ALPHA, BETA = text_lines("a.txt", ["培训", "补贴"]), text_lines("b.txt", ["补贴", "招聘"])


def units(*texts):
    return cut([line for text in texts for line in text], "test")


@pytest.fixture(autouse=True)
def no_login(monkeypatch, tmp_path):
    """Keep what the machine's user has set out of the tests, and do not wait."""
    for name in ("KG_USER", "KG_PASSWORD", "KG_TOKEN", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("")
    monkeypatch.setattr("kg.store.server.WAITS", (0.0, 0.0))


@pytest.fixture
def server():
    with faulty() as found:
        yield found


def contents(store):
    """Return everything but notes and staging, by graph."""
    found = {}
    for quad in store:
        name = str(quad.graph_name)
        if "/store/" not in name:
            found.setdefault(name, set()).add(f"{quad.subject} {quad.predicate} {quad.object}")
    return found


def wanted(*texts, facts=FACTS):
    return {"DEFAULT" if goal.name == SERVERS_OWN else goal.name: set(goal.triples) for goal in targets(units(*texts), facts)}


def leftovers(store):
    return [str(name) for name in store.named_graphs() if "/store/staging/" in str(name)]


# Whole or not at all


@pytest.mark.parametrize("facts", [FACTS, SERVERS_OWN, "https://example.org/facts"])
def test_a_graph_gets_there_and_is_not_sent_again(server, facts):
    done = load_server(units(ALPHA, BETA), connect(server.url), facts=facts)
    assert contents(server.store) == wanted(ALPHA, BETA, facts=facts)
    assert leftovers(server.store) == []
    assert len(done.sent) == 3
    again = load_server(units(ALPHA, BETA), connect(server.url), facts=facts)
    assert (again.sent, len(again.unchanged)) == ([], 3)
    assert again.counts == done.counts


@pytest.mark.parametrize("fault", ["drop", "half", "lost", 503, 502, 429])
@pytest.mark.parametrize("where", [("POST", "/store"), ("POST", "/update"), ("POST", "/query")])
def test_one_fault_is_got_over(server, where, fault):
    far = connect(server.url)
    server.faults[where] = [fault]
    load_server(units(ALPHA, BETA), far)
    assert contents(server.store) == wanted(ALPHA, BETA)
    assert leftovers(server.store) == []


@pytest.mark.parametrize("number", range(8))
def test_a_load_that_was_broken_off_goes_on(server, number):
    load_server(units(ALPHA), connect(server.url))
    before = contents(server.store)
    changed = text_lines("a.txt", ["走访"], version=2)
    far = connect(server.url)
    server.faults["/update"] = [None] * number + [403] * 50
    try:
        load_server(units(changed, BETA), far)
    except ServerError as error:
        assert error.status == 403
    after = contents(server.store)
    new = wanted(changed, BETA)
    assert all(held in (before.get(name), new.get(name)) for name, held in after.items())  # each graph is the old or the new one
    server.faults.clear()
    load_server(units(changed, BETA), connect(server.url))
    assert contents(server.store) == new
    assert leftovers(server.store) == []


def test_what_arrives_short_is_not_put_in_place(server):
    load_server(units(ALPHA), connect(server.url))
    before = contents(server.store)
    server.faults["POST", "/store"] = ["less"] * 9
    with pytest.raises(ServerError, match=r"staging.* holds 10 triples where 11 were sent — what stood there is untouched"):
        load_server(units(ALPHA, BETA), connect(server.url))
    assert contents(server.store) == before
    assert leftovers(server.store) == []


def test_only_the_changed_graphs_are_sent(server):
    load_server(units(ALPHA, BETA), connect(server.url))
    changed = text_lines("b.txt", ["招聘", "走访"], version=2)
    done = load_server(units(ALPHA, changed), connect(server.url))
    assert done.unchanged == [key_of("a.txt")]
    assert done.removed == [key_of("b.txt")]
    assert contents(server.store) == wanted(ALPHA, changed)


def test_other_texts_are_removed_only_when_told(server):
    load_server(units(ALPHA, BETA), connect(server.url))
    with pytest.raises(
        UsageError, match=r"holds 1 texts that these graphs do not hold \(texts/a.txt\) — name their graph too, or remove them"
    ):
        load_server(units(BETA), connect(server.url))
    assert contents(server.store) == wanted(ALPHA, BETA)
    load_server(units(BETA), connect(server.url), exact=True)
    assert contents(server.store) == wanted(BETA)


def test_what_else_the_server_holds_stays(server):
    server.store.update("INSERT DATA { <urn:a> <urn:b> 1 GRAPH <urn:g> { <urn:a> <urn:b> 2 } }")
    load_server(units(ALPHA), connect(server.url), exact=True)
    assert {"DEFAULT", "<urn:g>"} < contents(server.store).keys()


@pytest.mark.parametrize("status", [404, 405, 501])
def test_without_a_graph_store_updates_do_it(server, status):
    big = text_lines("c.txt", ["补贴"], size=CHUNK)
    server.faults["POST", "/store"] = [status] * 9
    load_server(units(big), connect(server.url))
    assert contents(server.store) == wanted(big)


def test_updates_are_made_smaller_where_they_are_refused(server):
    big = text_lines("c.txt", ["补贴"], size=CHUNK)
    server.faults["POST", "/update"] = [None, 400, 413]
    load_server(units(big), connect(server.url, graphs="none"))
    assert contents(server.store) == wanted(big)
    assert not any(path == "/store" for _, path, _ in server.seen)


# Login


def test_the_password_comes_from_the_environment_and_is_shown_nowhere(server, tmp_path, run_kg):
    server.login = f"kim:{PASSWORD}"
    graph = write_graph(tmp_path / "g.nq", ALPHA)
    refused = run_kg("load", graph, "--endpoint", server.url, NETRC=str(tmp_path / "netrc"))
    assert refused.returncode == 2
    assert "refused the login (status 401) — set KG_USER and KG_PASSWORD" in refused.stderr
    wrong = run_kg("load", graph, "--endpoint", server.url, "--user", "kim", KG_PASSWORD="wrong-pass")  # noqa: S106
    assert "refused the login" in wrong.stderr
    assert "wrong-pass" not in wrong.stderr + wrong.stdout
    missing = run_kg("load", graph, "--endpoint", server.url, "--user", "kim", NETRC=str(tmp_path / "netrc"))
    assert "asks for the password of kim" in missing.stderr
    right = run_kg("load", graph, "--endpoint", server.url, KG_USER="kim", KG_PASSWORD=PASSWORD)
    assert right.returncode == 0, right.stderr
    assert PASSWORD not in right.stderr + right.stdout


def test_the_password_comes_from_netrc(server, tmp_path, monkeypatch):
    server.login = f"kim:{PASSWORD}"
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login kim password {PASSWORD}\n")
    (tmp_path / "netrc").chmod(0o600)
    load_server(units(ALPHA), connect(server.url))
    assert contents(server.store) == wanted(ALPHA)


def test_nobody_gets_a_password_unasked(server, monkeypatch):
    monkeypatch.setenv("KG_USER", "kim")
    monkeypatch.setenv("KG_PASSWORD", PASSWORD)
    load_server(units(ALPHA), connect(server.url))
    assert not any("Authorization" in headers for _, _, headers in server.seen)


def test_a_password_in_the_address_is_refused_and_not_repeated(run_kg, tmp_path):
    graph = write_graph(tmp_path / "g.nq", ALPHA)
    done = run_kg("load", graph, "--endpoint", f"http://kim:{PASSWORD}@127.0.0.1:1/query")
    assert done.returncode == 2
    assert "the address holds a name or password" in done.stderr
    assert PASSWORD not in done.stderr
    assert shown(f"http://kim:{PASSWORD}@h:1/q?token={PASSWORD}") == "http://h:1/q"


# What can be wrong


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:{free}/query", "cannot be reached: the connection was refused — is the server running"),
        ("http://no-such-host.invalid/query", "cannot be reached"),
        ("ftp://127.0.0.1/query", "is no http or https address"),
        ("store", "is no http or https address"),
        ("http://127.0.0.1:{port}/nothing", "answered with status 4"),
    ],
)
def test_a_wrong_address_is_told(server, url, message):
    address = url.format(free=_SERVERS["free_port"](), port=server.server_address[1])
    with pytest.raises(UsageError, match=message):
        connect(address)


def test_a_page_is_no_endpoint(server):
    server.faults["POST", "/query"] = [200]
    with pytest.raises(ServerError, match="is no SPARQL endpoint"):
        connect(server.url)


def test_markup_of_an_error_page_is_not_shown(server):
    server.faults["POST", "/query"] = [500]
    with pytest.raises(ServerError, match=r"answered with status 500 \(no secret\)"):
        connect(server.url)


def test_an_answer_cut_at_the_servers_limit_is_an_error(server):
    load_server(units(ALPHA), connect(server.url))
    server.most = 3
    graph = open_server(connect(server.url), DOMAIN, FACTS)
    with pytest.raises(ServerError, match="cut the answer off at 3 rows — ask for parts"):
        run_query(graph, "SELECT * { ?s ?p ?o }", "test")
    assert len(run_query(graph, "SELECT * { ?s ?p ?o } LIMIT 2", "test").rows) == 2


def test_a_faulty_query_is_told_before_it_is_sent(server):
    graph = open_server(connect(server.url), DOMAIN, FACTS)
    sent = len(server.seen)
    with pytest.raises(QueryError, match=r"test:1:12: cannot read on"):
        run_query(graph, "SELECT * { ?s ?p", "test")
    with pytest.raises(QueryError, match="SERVICE is refused"):
        run_query(graph, "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", "test")
    assert len(server.seen) == sent


def test_exactly_one_target(run_kg, tmp_path):
    assert "names no store" in run_kg("load", "exports").stderr
    assert "takes one of --store and --endpoint" in run_kg("load", "exports", "--store", tmp_path, "--endpoint", "http://x/").stderr
    assert "--remove and --list are for --store" in run_kg("load", "exports", "--list", "--endpoint", "http://x/").stderr


@pytest.mark.parametrize(
    ("endpoint", "update", "graphs"),
    [
        ("http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
        ("http://h:8890/sparql", "http://h:8890/sparql-auth", "http://h:8890/sparql-graph-crud-auth"),
        ("http://h:3030/ds/query", "http://h:3030/ds/update", "http://h:3030/ds/data"),
        ("http://h:7200/repositories/kg", "http://h:7200/repositories/kg/statements", "http://h:7200/repositories/kg/rdf-graphs/service"),
        ("http://h:7001/", "http://h:7001/", "http://h:7001/"),
    ],
)
def test_addresses_of_known_servers(endpoint, update, graphs):
    found = addresses(endpoint)
    assert (found.update, found.graphs) == (update, graphs)


# Files for bulk loaders


def test_bulk_files_hold_what_a_server_gets(tmp_path, run_kg):
    graph = write_graph(tmp_path / "g.nq", ALPHA, BETA)
    done = run_kg("load", graph, "--files", tmp_path / "bulk", "--default-graph", "default")
    assert done.returncode == 0, done.stderr
    store = pyoxigraph.Store()
    store.bulk_load(path=tmp_path / "bulk" / "all.nq")
    domain = read_domain_units(DOMAIN)
    goals = list(targets([*domain, *units(ALPHA, BETA)], SERVERS_OWN))
    assert len(store) == sum(len(goal.triples) for goal in goals)
    names = sorted(path.read_text().strip() for path in (tmp_path / "bulk" / "virtuoso").glob("*.graph"))
    assert names == sorted([goal.name.strip("<>") for goal in goals if goal.name != SERVERS_OWN] + [FACTS])
    assert dict(bulk_files(units(ALPHA), FACTS)).keys() == {
        "all.nq",
        "virtuoso/000000.nt",
        "virtuoso/000000.nt.graph",
        "virtuoso/000001.nt",
        "virtuoso/000001.nt.graph",
    }


# Real servers: the same rows everywhere


def small_graph():
    """Return the units of the test graph, on which every question has an answer."""
    return [*read_domain_units(DOMAIN), *read_units(DATA, DOMAIN)]


@pytest.fixture(scope="module")
def here():
    return open_graph(DATA, DOMAIN)


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def far(request, tmp_path_factory):
    """Load the test graph into a server and open it there."""
    folder = tmp_path_factory.mktemp(request.param)
    before = {name: os.environ.pop(name, None) for name in ("KG_USER", "KG_PASSWORD")}
    if request.param == "oxigraph":
        start = _SERVERS["oxigraph"](tool(_SERVERS["oxigraph_program"]()), folder)
    else:
        start = _SERVERS["virtuoso"](tool("virtuoso-t"), tool("isql-vt"), folder)
        os.environ.update(KG_USER="dba", KG_PASSWORD=PASSWORD)
    with start as url:
        found = connect(url)
        load_server(small_graph(), found)
        yield open_server(found, DOMAIN, FACTS)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def tool(name):
    path = shutil.which(name)
    if path is None:
        message = f"{name} is not installed: scripts/ci-deps.sh or the extra [test] installs it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return path


def plain(answer):
    """Return the rows as text, numbers in one form: Virtuoso keeps the kinds of integer that Oxigraph makes one."""

    def text(term):
        value = "" if term is None else term.value
        try:
            return str(Decimal(value).normalize())
        except InvalidOperation:
            return value

    return [tuple(map(text, row)) for row in answer.rows]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_the_same_rows_on_a_server(name, far, here):
    found = plain(run_query(far, QUESTIONS[name].text, name))
    assert found
    assert sorted(found) == sorted(plain(run_query(here, QUESTIONS[name].text, name)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("measures-for-group", {"group": "高校畢業生"}),
        ("measures-led-by", {"agency": "遼寧省人力資源和社會保障廳"}),
        ("measures-of-text", {"text": "003"}),
        ("evidence-of-edge", {"predicate": "hasMeasure"}),
        ("texts-mentioning", {"entity": "program/技能辽宁行动"}),
    ],
)
def test_parameters_are_found_on_a_server(name, value, far, here):
    text = bind(QUESTIONS[name], value, far, DOMAIN.fold)
    assert text == bind(QUESTIONS[name], value, here, DOMAIN.fold)


def test_a_name_that_is_not_there_is_told_with_near_ones(far):
    with pytest.raises(QueryError, match=r"has no .* named 技能辽宁行东 — near it: .*技能辽宁行动"):
        bind(QUESTIONS["local-versions"], {"program": "技能辽宁行东"}, far, DOMAIN.fold)


def test_evidence_is_the_same_on_a_server(far, here):
    text = QUESTIONS["measures-for-group"].text
    mine, theirs = (with_evidence(run_query(graph, text, "test"), text, graph) for graph in (here, far))
    assert plain(mine) == plain(theirs)
    assert all(row[-1] for row in plain(mine))


def test_ask_and_construct_work_on_a_server(far):
    assert run_query(far, "ASK { ?s a epm:Program }", "test").value
    assert not run_query(far, "ASK { ?s a epm:Nothing }", "test").value
    found = run_query(far, "CONSTRUCT { ?s a epm:Program } WHERE { ?s a epm:Program }", "test")
    assert found.triples


def test_a_real_server_takes_updates_alone_and_goes_on(far, monkeypatch):
    monkeypatch.setenv("KG_USER", "dba")
    monkeypatch.setenv("KG_PASSWORD", PASSWORD)
    there = connect(far.store.server.at.query, graphs="none")
    texts = small_graph()
    again = load_server(texts, there)
    assert again.sent == []
    other = load_server(texts, there, facts="https://example.org/other")
    assert other.sent == ["<https://example.org/other>"]
    assert other.counts["<https://example.org/other>"] == again.counts[f"<{FACTS}>"]


_JENA_PARTS = (
    "slf4j-api", "slf4j-nop", "thrift", "commons-lang3", "commons-csv", "commons-io", "commons-compress", "commons-codec", "commons-cli",
    "protobuf", "gson", "guava", "jsonld-java", "titanium-json-ld", "jakarta.json-api",
)  # fmt: skip


@pytest.fixture(scope="module")
def jena(tmp_path_factory):
    """Load the bulk file into Jena's TDB2 and return a function that runs a query there."""
    java, jars = tool("java"), Path("/usr/share/java")
    if not (jars / "jena-tdb2.jar").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Jena is not installed: scripts/ci-deps.sh installs it")
    folder = tmp_path_factory.mktemp("jena")
    extra = folder / "xerces" / "impl" / "xpath" / "regex" / "message.properties"  # Debian's package lacks it
    extra.parent.mkdir(parents=True)
    extra.write_text("x=x\n")
    parts = [path for path in sorted(jars.glob("jena-*.jar")) if path.stem[-1].isalpha() or path.stem.endswith("tdb2")]
    classes = ":".join([str(folder), *map(str, parts), *(str(jars / f"{name}.jar") for name in _JENA_PARTS)])
    (folder / "all.nq").write_text(dict(bulk_files(small_graph(), SERVERS_OWN))["all.nq"], "utf-8")

    def run(*command):
        done = subprocess.run([java, "-cp", classes, *command], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("tdb2.tdbloader", "--loc", "db", "all.nq")

    def ask(text):
        (folder / "query.rq").write_text(text, "utf-8")
        return run("tdb2.tdbquery", "--loc", "db", "--query", "query.rq", "--results", "csv")

    return ask


@pytest.mark.parametrize("name", ["measures-for-group", "indicator-series", "corroborated-facts"])
def test_jena_answers_alike_from_the_bulk_file(name, jena, here):
    rows = list(csv.reader(jena(QUESTIONS[name].text).splitlines()))[1:]
    assert sorted(tuple(row) for row in rows) == sorted(
        tuple("" if term is None else term.value for term in row) for row in run_query(here, QUESTIONS[name].text, name).rows
    )
