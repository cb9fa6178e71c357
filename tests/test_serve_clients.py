"""The clients that people have read the endpoint: SPARQLWrapper, rdflib's SPARQLStore and Comunica give the rows that ``kg query`` gives."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg.domain import load_domain
from kg.store.query import open_graph, run_query
from kg.store.questions import load_questions

SERVING = runpy.run_path(str(Path(__file__).with_name("serving.py")))
DATA = Path(__file__).with_name("data") / "questions.ttl"
COMUNICA = Path(__file__).with_name("comunica")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SPARQLWrapper's, in its use of rdflib

#: Three with plain patterns, paths and labels, numbers and grouping.
NAMES = ("measures-for-group", "measures-led-by", "indicator-series")


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def questions(domain):
    return load_questions(domain.field / "queries")


@pytest.fixture(scope="module")
def rows(domain, questions):
    """The rows of each question as ``kg query`` answers it, in order."""
    graph = open_graph(DATA, domain)

    def of(name):
        answer = run_query(graph, questions[name].text, name)
        assert answer.rows
        return sorted(tuple(None if term is None else term.value for term in row) for row in answer.rows)

    return of


@pytest.fixture(scope="module")
def served():
    with SERVING["running"](DATA) as served:
        yield served


@pytest.fixture(scope="module")
def comunica(tmp_path_factory):
    """The folder of the script with its packages; in CI they are installed, elsewhere the test is left out."""
    in_ci = bool(os.environ.get("CI"))
    if shutil.which("node") is None or shutil.which("npm") is None:
        (pytest.fail if in_ci else pytest.skip)("Node.js 20 or newer is not installed: scripts/ci-deps.sh")
    if (COMUNICA / "node_modules" / "@comunica" / "query-sparql").is_dir():
        return COMUNICA
    if not in_ci:
        pytest.skip("Comunica is not installed: run `npm ci` in tests/comunica")
    folder = tmp_path_factory.mktemp("comunica") / "client"
    shutil.copytree(COMUNICA, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)
    return folder


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper(name, form, method, served, questions, rows):
    from SPARQLWrapper import SPARQLWrapper

    client = SPARQLWrapper(f"{served.url}/sparql", returnFormat=form)
    client.setMethod(method)
    client.setQuery(questions[name].text)
    if form == "json":
        found = client.query().convert()
        names = found["head"]["vars"]
        got = [tuple(row[each]["value"] if each in row else None for each in names) for row in found["results"]["bindings"]]
    else:
        document = client.query().convert()
        assert document.documentElement.namespaceURI == "http://www.w3.org/2005/sparql-results#"
        names = [each.getAttribute("name") for each in document.getElementsByTagName("variable")]
        got = [tuple(_bound(row).get(each) for each in names) for row in document.getElementsByTagName("result")]
    assert sorted(got) == rows(name)


def _bound(row):
    return {
        each.getAttribute("name"): "".join(node.data for node in each.firstChild.childNodes)
        for each in row.childNodes
        if each.nodeType == 1
    }


def test_sparqlwrapper_constructs(served):
    from SPARQLWrapper import RDFXML, TURTLE, SPARQLWrapper

    for form in (TURTLE, RDFXML):
        client = SPARQLWrapper(f"{served.url}/sparql")
        client.setQuery("CONSTRUCT { ?s a ?c } { ?s a ?c } LIMIT 7")
        client.setReturnFormat(form)
        found = client.query().convert()
        graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found, format="turtle")
        assert len(graph) == 7


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_sparqlstore(name, method, served, questions, rows):
    store = SPARQLStore(f"{served.url}/sparql", method=method)
    found = rdflib.Graph(store).query(questions[name].text)
    assert sorted(tuple(None if term is None else str(term) for term in row) for row in found) == rows(name)


def test_rdflib_sparqlstore_reads_patterns(served):
    graph = rdflib.Graph(SPARQLStore(f"{served.url}/sparql"))
    local = rdflib.Graph().parse(DATA)
    label = rdflib.RDFS.label
    node = min(local.subjects(label, None))
    assert set(graph.objects(node, label)) >= set(local.objects(node, label)) > set()


def test_comunica(comunica, served, questions, rows):
    command = ["node", str(comunica / "ask.js"), f"{served.url}/sparql"]
    asked = json.dumps([questions[name].text for name in NAMES])
    done = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    got = [sorted(tuple(row) for row in json.loads(line)) for line in done.stdout.splitlines()]
    assert got == [rows(name) for name in NAMES]
