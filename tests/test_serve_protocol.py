"""The endpoint does what the W3C's SPARQL 1.1 protocol and graph store tests ask of one that only reads; docs/serve.md tells which.

Written from SPARQL 1.1 Protocol and SPARQL 1.1 Graph Store HTTP Protocol (W3C Recommendations, 21 March 2013), one case for each name
in the W3C's manifests, on graphs of our own.
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
DOCS = Path(__file__).resolve().parent.parent / "docs" / "serve.md"

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
G1, G2, G3 = (f"http://example.org/g{number}" for number in (1, 2, 3))
D1, D2, D3 = (f"<http://example.org/data/{number}>" for number in (1, 2, 3))
BOTH = f"ASK {{ {D1} a ?type . {D2} a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ {D1} a ?type }} GRAPH ?g2 {{ {D2} a ?type }} }}"
FULL = f"ASK {{ {D3} a ?type . GRAPH ?g1 {{ {D1} a ?type }} GRAPH ?g2 {{ {D2} a ?type }} }}"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    path = tmp_path_factory.mktemp("serve") / "graphs.trig"
    path.write_text(SERVING["TRIG"], encoding="utf-8")
    with SERVING["running"](path) as served:
        yield served


def address(**values):
    """Return the path of the endpoint with parameters; a list repeats one."""
    pairs = [(name.replace("_", "-"), each) for name, value in values.items() for each in (value if isinstance(value, list) else [value])]
    return f"/sparql?{urlencode(pairs, quote_via=quote)}" if pairs else "/sparql"


def post(served, target, media, body):
    data = body if isinstance(body, bytes) else body.encode()
    return served.ask("POST", target, {"Content-Type": media} if media else {}, data)


def is_true(reply):
    """Assert that a reply says true in a media type for booleans."""
    assert 200 <= reply.status < 400, reply.text
    assert reply.headers["content-type"] in {"application/sparql-results+json", "application/sparql-results+xml"}
    assert json.loads(reply.body)["boolean"] is True


def is_refused(reply):
    """Assert a 4xx with a message for people."""
    assert 400 <= reply.status < 500
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert len(reply.text.strip()) > 10


# Queries. Names are those of the W3C's manifest.


def query_post_form(served):
    is_true(post(served, address(default_graph_uri="http://example.org/nowhere"), FORM, "query=ASK%20%7B%7D"))


def query_get(served):
    is_true(served.ask("GET", address(query="ASK {}")))


def query_post_direct(served):
    is_true(post(served, "/sparql", QUERY, "ASK {}"))


def query_dataset_default_graphs_get(served):
    is_true(served.ask("GET", address(query=BOTH, default_graph_uri=[G1, G2])))


def query_dataset_default_graphs_post(served):
    is_true(post(served, address(default_graph_uri=[G1, G2]), QUERY, BOTH))


def query_dataset_named_graphs_get(served):
    is_true(served.ask("GET", address(query=NAMED, named_graph_uri=[G1, G2])))


def query_dataset_named_graphs_post(served):
    is_true(post(served, address(named_graph_uri=[G1, G2]), QUERY, NAMED))


def query_dataset_full(served):
    is_true(post(served, address(default_graph_uri=G3, named_graph_uri=[G1, G2]), QUERY, FULL))


def query_multiple_dataset(served):
    # The request's graphs win over those of the query.
    is_true(post(served, address(default_graph_uri=[G1, G2]), QUERY, BOTH.replace("ASK", f"ASK FROM <{G3}>")))


def query_content_type_select(served):
    reply = post(served, "/sparql", FORM, urlencode({"query": "SELECT (1 AS ?value) {}"}))
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/sparql-results+json"
    assert json.loads(reply.body)["results"]["bindings"][0]["value"]["value"] == "1"


def query_content_type_ask(served):
    is_true(post(served, "/sparql", FORM, urlencode({"query": "ASK {}"})))


def query_content_type_describe(served):
    reply = served.query(f"DESCRIBE {D1} FROM <{G1}>", accept="*/*")
    assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
    assert len(list(pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.TURTLE))) == 2


def query_content_type_construct(served):
    reply = served.query("CONSTRUCT { <http://a/s> <http://a/p> 1 } {}", accept="*/*")
    assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
    assert len(list(pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.TURTLE))) == 1


def bad_query_method(served):
    reply = served.ask("PUT", address(query="ASK {}"))
    is_refused(reply)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def bad_multiple_queries(served):
    reply = served.ask("GET", address(query=["ASK {}", "SELECT * {}"]))
    is_refused(reply)
    assert reply.status == 400


def bad_query_wrong_media_type(served):
    reply = post(served, "/sparql", "text/plain", "ASK {}")
    is_refused(reply)
    assert reply.status == 415


def bad_query_missing_form_type(served):
    is_refused(post(served, "/sparql", "", "query=ASK%20%7B%7D"))


def bad_query_missing_direct_type(served):
    is_refused(post(served, "/sparql", "", "ASK {}"))


def bad_query_non_utf8(served):
    reply = post(served, "/sparql", f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16"))
    is_refused(reply)
    assert reply.status == 415
    assert post(served, "/sparql", QUERY, "ASK {}".encode("utf-16")).status == 400


def bad_query_syntax(served):
    reply = served.ask("GET", address(query="ASK"))
    is_refused(reply)
    assert reply.status == 400


# Updates: those that must fail do; they are refused whatever they hold.


def bad_update_get(served):
    reply = served.ask("GET", address(update="CLEAR ALL"))
    is_refused(reply)
    assert reply.status == 400


def bad_multiple_updates(served):
    is_refused(post(served, "/sparql", FORM, urlencode([("update", "CLEAR NAMED"), ("update", "CLEAR DEFAULT")])))


def bad_update_wrong_media_type(served):
    is_refused(post(served, "/sparql", "text/plain", "CLEAR NAMED"))


def bad_update_missing_form_type(served):
    is_refused(post(served, "/sparql", "", "update=CLEAR%20NAMED"))


def bad_update_non_utf8(served):
    is_refused(post(served, "/sparql", f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16")))


def bad_update_syntax(served):
    is_refused(post(served, "/sparql", FORM, "update=CLEAR%20XYZ"))


def bad_update_dataset_conflict(served):
    body = urlencode([("using-named-graph-uri", "http://example/people"), ("update", "INSERT { <a:> <b:> <c:> } WHERE {}")])
    is_refused(post(served, "/sparql", FORM, body))


def update_is_refused(served):
    """Assert that updates that would be right are refused in both forms, and change nothing."""
    before = served.ask("GET", "/graphs?default").body
    for media, body in ((UPDATE, "CLEAR ALL"), (FORM, urlencode({"update": "CLEAR ALL"}))):
        reply = post(served, "/sparql", media, body)
        is_refused(reply)
        assert reply.status == 403
        assert "only reads" in reply.text
    assert served.ask("GET", "/graphs?default").body == before


# The Graph Store Protocol: the reading halves of its tests.


def named(graph):
    return f"/graphs?graph={quote(graph, safe='')}"


def get_of_put__initial_state(served):
    reply = served.ask("GET", named(G3), {"Accept": "text/turtle"})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    assert [str(triple.subject) for triple in pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.TURTLE)] == [D3]


def get_of_put__default_graph(served):
    reply = served.ask("GET", "/graphs?default", {"Accept": "application/n-triples"})
    assert reply.headers["content-type"] == "application/n-triples"
    triples = list(pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.N_TRIPLES))
    assert "<http://example.org/data/0>" in {str(triple.subject) for triple in triples}
    assert D1 not in {str(triple.subject) for triple in triples}


def get_of_delete__existing_graph(served):
    reply = served.ask("GET", named("http://example.org/deleted"))
    is_refused(reply)
    assert reply.status == 404


def head_on_an_existing_graph(served):
    got, head = (served.ask(method, named(G1), {"Accept": "text/turtle"}) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert (head.headers["content-type"], int(head.headers["content-length"])) == ("text/turtle; charset=utf-8", len(got.body))


def head_on_a_nonexisting_graph(served):
    assert served.ask("HEAD", named("http://example.org/none")).status == 404


def graph_store_refuses(served):
    """Assert that what would change a graph is refused, and changes nothing."""
    before = served.ask("GET", named(G1)).body
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        reply = served.ask(method, named(G1), {"Content-Type": "text/turtle"}, b"<a:> <b:> <c:> .")
        is_refused(reply)
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert served.ask("GET", named(G1)).body == before


_ALL = (
    query_post_form, query_dataset_default_graphs_get, query_dataset_default_graphs_post, query_dataset_named_graphs_post,
    query_dataset_named_graphs_get, query_dataset_full, query_multiple_dataset, query_get, query_content_type_select, query_content_type_ask,
    query_content_type_describe, query_content_type_construct, query_post_direct, bad_query_method, bad_multiple_queries,
    bad_query_wrong_media_type, bad_query_missing_form_type, bad_query_missing_direct_type, bad_query_non_utf8, bad_query_syntax,
    bad_update_get, bad_multiple_updates, bad_update_wrong_media_type, bad_update_missing_form_type, bad_update_non_utf8, bad_update_syntax,
    bad_update_dataset_conflict, get_of_put__initial_state, get_of_put__default_graph, get_of_delete__existing_graph,
    head_on_an_existing_graph, head_on_a_nonexisting_graph,
)  # fmt: skip
PASSED = {case.__name__: case for case in _ALL}
#: Tests that need a write to succeed.
UPDATES = (
    "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs", "update_dataset_full",
    "update_post_form", "update_post_direct", "update_base_uri",
)  # fmt: skip
WRITES = (
    "put__initial_state", "put__graph_already_in_store", "get_of_put__graph_already_in_store", "put__default_graph", "put__mismatched_payload",
    "delete__existing_graph", "delete__nonexistent_graph", "post__existing_graph", "get_of_post__existing_graph", "post__multipart_formdata",
    "get_of_post__multipart_formdata", "post__create__new_graph", "get_of_post__create__new_graph", "get_of_post__after_noop",
)  # fmt: skip


@pytest.mark.parametrize("name", PASSED)
def test_w3c(name, served):
    PASSED[name](served)


def test_what_does_not_apply_is_refused(served):
    update_is_refused(served)
    graph_store_refuses(served)


def test_the_documentation_tells_the_same():
    rows = re.findall(r"^\| `(\w+)` \| (passed|not applicable)", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(dict(rows)) == 34 + 19
    assert dict(rows) == dict.fromkeys(PASSED, "passed") | dict.fromkeys((*UPDATES, *WRITES), "not applicable")


def test_a_graph_made_of_several_is_a_set(served):
    """A triple that stands in both graphs is there once (SPARQL 1.1 Query, 13.1), by the request as by FROM."""
    query = "SELECT ?s {0} {{ ?s <http://example.org/both> ?o }}"
    for reply in (
        served.ask("GET", address(query=query.format(""), default_graph_uri=[G1, G2])),
        served.query(query.format(f"FROM <{G1}> FROM <{G2}>")),
        served.query("PREFIX x: <http://example.org/> " + query.format("FROM x:g1 FROM x:g2")),
    ):
        assert len(json.loads(reply.body)["results"]["bindings"]) == 1


def test_an_unknown_graph_is_named(served):
    for reply in (
        served.query("SELECT * { ?s ?p ?o }", default_graph_uri="http://example.org/none"),
        served.query("SELECT * { GRAPH ?g { ?s ?p ?o } }", named_graph_uri="http://example.org/none"),
        served.query("SELECT * FROM <http://example.org/none> { ?s ?p ?o }"),
    ):
        assert reply.status == 400
        assert "there is no graph <http://example.org/none> — GET /graphs lists the graphs" in reply.text
    assert "no absolute IRI" in served.query("SELECT * { ?s ?p ?o }", default_graph_uri="none").text


def test_the_graph_store_wants_one_graph(served):
    for target in ("/graphs?graph=", f"{named(G1)}&default", f"{named(G1)}&graph=x", "/graphs?other"):
        reply = served.ask("GET", target)
        assert (reply.status, "?default or ?graph=IRI" in reply.text) == (400, True)


def test_service_description(served):
    reply = served.ask("GET", "/sparql", {"Accept": "text/turtle"})
    assert reply.status == 200
    graph = pyoxigraph.Store()
    graph.load(reply.body, pyoxigraph.RdfFormat.TURTLE)
    rows = list(
        graph.query(
            """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
            SELECT ?endpoint ?name ?n { ?service a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ;
            sd:defaultDataset/sd:namedGraph ?graph . ?graph sd:name ?name ; sd:graph/void:triples ?n } ORDER BY ?name"""
        )
    )
    assert {row["endpoint"].value for row in rows} == {f"{served.url}/sparql"}
    assert [(row["name"].value, row["n"].value) for row in rows][:3] == [(G1, "2"), (G2, "2"), (G3, "1")]


def test_options_and_head(served):
    reply = served.ask("OPTIONS", "/sparql")
    assert (reply.status, reply.headers["allow"], reply.body) == (204, "GET, HEAD, POST, OPTIONS", b"")
    assert "access-control-allow-origin" not in reply.headers
    head = served.ask("HEAD", address(query="ASK {}"))
    assert (head.status, head.body, int(head.headers["content-length"])) == (200, b"", len(served.ask("GET", address(query="ASK {}")).body))
