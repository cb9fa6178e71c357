"""IRIs of the graph answer with a page or RDF, the query page asks nobody else, and no foreign page reads an answer."""

from __future__ import annotations

import json
import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin

import pyoxigraph
import pytest

from kg.rdf.namespaces import EPM, ID, ROOT
from kg.serve.pages import address, node_page

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
EXPORTS = Path(__file__).resolve().parent.parent / "exports"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def served():
    with SERVING["running"](EXPORTS / "graph.nq") as served:
        yield served


class _Links(HTMLParser):
    """Gather what a page links to and loads, and whether its tags close."""

    def __init__(self, page):
        super().__init__()
        self.links, self.loads, self.open, self.anchors = [], [], [], set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.links += [values["href"]] if tag == "a" else []
        self.loads += [values[name] for name in ("src", "href") if name in values and tag in {"script", "link", "img"}]
        self.anchors.add(values.get("id"))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(served, target):
    reply = served.ask("GET", target, HTML)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8"), reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    found = _Links(reply.text)
    assert found.open == []
    return reply.text, found


def path_of(iri):
    return quote(iri.removeprefix(ROOT.removesuffix("/")), safe="/")


def some_nodes():
    """One node of each kind in the built seeds."""
    found = {}
    for quad in pyoxigraph.parse(path=str(EXPORTS / "graph.ttl"), format=pyoxigraph.RdfFormat.TURTLE):
        if quad.predicate.value.endswith("#type") and quad.object.value.startswith(EPM):
            found.setdefault(quad.object.value, quad.subject.value)
    assert len(found) >= 9
    return sorted(found.values())


@pytest.mark.parametrize("iri", some_nodes())
def test_every_kind_of_node_has_its_page_and_its_rdf(served, iri):
    assert iri.startswith(ID)
    text, _ = page(served, path_of(iri))
    assert f"<code>{iri}</code>" in text
    reply = served.ask("GET", path_of(iri), {"Accept": "text/turtle"})
    assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
    node = pyoxigraph.NamedNode(iri)
    got = set(pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.TURTLE))
    wanted = pyoxigraph.Store()
    wanted.load(path=str(EXPORTS / "graph.ttl"), format=pyoxigraph.RdfFormat.TURTLE)
    assert {quad.triple for quad in (*wanted.quads_for_pattern(node, None, None), *wanted.quads_for_pattern(None, None, node))} <= {
        quad.triple for quad in got
    }


def test_links_of_a_page_lead_to_pages(served):
    _, found = page(served, path_of(f"{ID}region/辽宁省"))
    local = sorted({link.partition("#")[0] for link in found.links if link.startswith("/")})
    assert len(local) > 20
    for link in local[:40]:
        assert served.ask("HEAD", link, HTML).status == 200, link


def test_facts_show_their_sentences(served):
    text, _ = page(served, path_of(f"{ID}region/辽宁省"))
    assert "<mark>" in text
    reply = served.query(f"PREFIX epm: <{EPM}> SELECT ?measure {{ ?measure a epm:Measure ; epm:targets ?group }} LIMIT 1")
    measure = json.loads(reply.body)["results"]["bindings"]
    if measure:
        text, _ = page(served, path_of(measure[0]["measure"]["value"]))
        assert "<blockquote>" in text


def test_concepts_and_terms_answer_too(served):
    text, _ = page(served, "/target-group/graduates")
    assert "高校毕业生" in text
    text, found = page(served, "/ns")
    assert {"Measure", "Agency", "targets"} <= found.anchors
    reply = served.ask("GET", "/ns", {"Accept": "text/turtle"})
    assert any(quad.subject.value == f"{EPM}Measure" for quad in pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("ttl", "text/turtle; charset=utf-8"),
        ("nt", "application/n-triples"),
        ("jsonld", "application/ld+json"),
        ("rdf", "application/rdf+xml"),
    ],
)
def test_forms_by_address_hold_the_same_triples(served, form, media):
    target = path_of(f"{ID}region/辽宁省")
    reply = served.ask("GET", f"{target}?format={form}", HTML)
    assert reply.headers["content-type"] == media
    kinds = pyoxigraph.RdfFormat
    read = {"ttl": kinds.TURTLE, "nt": kinds.N_TRIPLES, "jsonld": kinds.JSON_LD, "rdf": kinds.RDF_XML}[form]
    got = {str(quad.triple) for quad in pyoxigraph.parse(reply.body, read)}
    assert got == {str(quad.triple) for quad in pyoxigraph.parse(served.ask("GET", f"{target}?format=nt").body, kinds.N_TRIPLES)}


def test_what_the_graph_does_not_know(served):
    for target in ("/id/region/nowhere", "/id/%00", "/id/a%20b%3Cscript%3E", "/nothing", "/web/../pages.py", "/web/nothing.js"):
        reply = served.ask("GET", target, HTML)
        assert (reply.status, reply.headers["content-type"]) == (404, "text/plain; charset=utf-8"), target
    assert served.ask("GET", "/id/region/nowhere", {"Accept": "image/png"}).status == 406
    assert served.ask("POST", "/id/region/nowhere", {}, b"").status == 405


def test_the_graphs_are_listed(served):
    text, found = page(served, "/graphs")
    assert f"{EPM.removesuffix('#')}<" in text
    links = [link for link in found.links if "format=ttl" in link]
    assert len(links) >= 6
    for link in links:
        assert served.ask("HEAD", urljoin("/graphs", link)).status == 200


def test_the_query_page_asks_this_server_alone(served):
    for target in ("/", "/sparql"):
        text, found = page(served, target)
        assert found.loads
        for load in found.loads:
            assert load == "data:," or served.ask("GET", load).status == 200
        assert "<script>" not in text
    setup = json.loads(served.ask("GET", "/setup.json").body)
    assert len(setup["questions"]) >= 30
    assert all(one["zh"] and one["en"] for one in setup["questions"])
    assert setup["prefixes"]["epm"] == EPM


def test_the_questions_of_the_page_run_as_they_stand(served):
    for one in json.loads(served.ask("GET", "/setup.json").body)["questions"]:
        reply = served.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, one["query"].encode())
        assert reply.status == 200, (one["name"], reply.text)


def test_the_vendored_files_are_named_with_their_licence():
    root = Path(__file__).resolve().parent.parent
    third = (root / "THIRD-PARTY.md").read_text(encoding="utf-8")
    assert "kg/serve/web/yasgui.min.js" in third
    script = (root / "kg" / "serve" / "web" / "page.js").read_text(encoding="utf-8")
    assert not re.search(r"https?://", script)


# Foreign pages


def test_no_foreign_page_reads_an_answer_unless_told(served):
    for method in ("GET", "OPTIONS"):
        reply = served.ask(method, "/sparql?query=ASK%20%7B%7D", {"Origin": "https://example.org"})
        assert not [name for name in reply.headers if name.startswith("access-control")]
    with SERVING["running"](EXPORTS.parent / "tests" / "data" / "questions.ttl", origins=("https://example.org",)) as other:
        for method in ("GET", "OPTIONS"):
            reply = other.ask(method, "/sparql?query=ASK%20%7B%7D", {"Origin": "https://example.org"})
            assert reply.headers["access-control-allow-origin"] == "https://example.org"
            assert "access-control-allow-credentials" not in reply.headers
            assert "Origin" in reply.headers["vary"]
        assert "POST" in reply.headers["access-control-allow-methods"]
        reply = other.ask("GET", "/sparql?query=ASK%20%7B%7D", {"Origin": "https://example.com"})
        assert "access-control-allow-origin" not in reply.headers


def test_a_foreign_name_is_refused(served):
    """Else a page could point its own name here and read everything."""
    reply = served.ask("GET", "/sparql?query=ASK%20%7B%7D", {"Host": "evil.example:80"})
    assert (reply.status, "not called evil.example" in reply.text) == (421, True)
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:99"):
        assert served.ask("GET", "/sparql?query=ASK%20%7B%7D", {"Host": host}).status == 200


# What is in a graph is text, whatever it holds


def test_values_cannot_become_markup():
    values = {
        "iri": "https://example.org/<script>", "short": "<https://example.org/<script>>", "zh": "<b>&", "en": "", "mentionCount": 1,
        "mentions": [{"sentence": "a <script>alert(1)</script> b", "exact": ["<script>"], "text": None}],
        "groups": [{"incoming": False, "iri": "javascript:alert(1)", "short": "x", "zh": "", "en": "", "count": 2, "facts": [
            {"value": "</dd><script>", "language": '"><script>', "sentences": [], "sentenceCount": 0},
            {"iri": "javascript:alert(2)", "short": "y", "zh": "\"'<i>", "en": "", "sentences": [], "sentenceCount": 0},
        ]}],
    }  # fmt: skip
    from kg.domain import load_domain
    from kg.domain.messages import load_messages

    text = node_page(values, load_messages(load_domain().base))
    assert "<script" not in text
    assert "javascript:" not in text
    assert "<mark>&lt;script&gt;</mark>" in text


def test_addresses():
    assert address(f"{ID}agency/甲 乙?#") == "/id/agency/%E7%94%B2%20%E4%B9%99%3F#"
    assert address("data:text/html,x") == "#"
