"""RDF 1.2, the description of the data set, the page of the ontology, and lines sorted outside memory say the same as the plain files."""

from __future__ import annotations

import random
import re
import runpy
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Triple, parse
from rdflib import OWL, RDF

from kg.domain import load_domain
from kg.export import BUILD_FORMATS, FORMATS
from kg.rdf import read_graph, to_triples, write_nquads, write_turtle, write_turtle_star
from kg.rdf.namespaces import EPM, ID
from kg.rdf.nquads import text_graphs
from kg.rdf.sorting import nquads_lines, sorted_lines
from kg.rdf.star import with_reifiers, without_reifiers

DATA = runpy.run_path(str(Path(__file__).with_name("store_cases.py")))["DATA"]
DOMAIN = load_domain()
GRAPH = read_graph(DATA, DOMAIN)
TRIPLES = set(to_triples(GRAPH, DOMAIN))
VOID = "http://rdfs.org/ns/void#"


# RDF 1.2


def test_reifying_evidence_and_back_is_the_identity():
    star = set(with_reifiers(TRIPLES))
    assert {plain for triple in star for plain in without_reifiers(triple)} == TRIPLES
    assert len(star) < len(TRIPLES)
    assert not any("#subject>" in predicate for _, predicate, _ in star)


def test_rdf_star_reads_back_as_the_same_graph(tmp_path, run_kg):
    done = run_kg("export", "turtle", "--rdf-star", "--graph", DATA, "-o", tmp_path / "star.ttl")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "star.ttl").read_bytes() == write_turtle_star(GRAPH, DOMAIN)
    assert write_turtle(read_graph(tmp_path / "star.ttl", DOMAIN), DOMAIN) == write_turtle(GRAPH, DOMAIN)


def test_another_parser_finds_a_triple_term_for_each_statement(tmp_path):
    (tmp_path / "star.ttl").write_bytes(write_turtle_star(GRAPH, DOMAIN))
    terms = [quad for quad in parse(path=tmp_path / "star.ttl") if isinstance(quad.object, Triple)]
    statements = sum(object_ == f"<{RDF.Statement}>" for _, _, object_ in TRIPLES)
    assert len(terms) == statements > 0
    assert {quad.predicate.value for quad in terms} == {str(RDF.reifies) if hasattr(RDF, "reifies") else f"{RDF}reifies"}


def test_a_statement_that_is_not_whole_stays_as_it_is():
    part = [("<urn:e>", f"<{RDF}subject>", "<urn:s>"), ("<urn:e>", f"<{RDF}type>", f"<{RDF}Statement>")]
    assert set(with_reifiers(part)) == set(part)


def test_only_turtle_is_written_in_rdf_star(run_kg, tmp_path):
    done = run_kg("export", "csv", "--rdf-star", "--graph", DATA, "-o", tmp_path)
    assert done.returncode == 2
    assert "csv is not written in RDF 1.2" in done.stderr


# VoID and DCAT


@pytest.fixture(scope="module")
def void():
    return rdflib.Graph().parse(data=FORMATS["void"].write(GRAPH, DOMAIN)["void.ttl"], format="turtle")


def test_the_description_counts_what_is_there(void):
    data = rdflib.Graph().parse(data=write_turtle(GRAPH, DOMAIN), format="turtle")
    dataset = rdflib.URIRef("https://w3id.org/epm/dataset")
    stated = {
        str(predicate).removeprefix(VOID): value.toPython()
        for predicate, value in void.predicate_objects(dataset)
        if isinstance(value, rdflib.Literal)
    }
    assert stated["triples"] == len(data)
    assert stated["properties"] == len(set(data.predicates()))
    assert stated["distinctSubjects"] == len(set(data.subjects()))
    assert stated["distinctObjects"] == len(set(data.objects()))
    assert stated["classes"] == len(set(data.objects(None, RDF.type)))
    assert stated["documents"] == len(set(data.subjects(RDF.type, rdflib.URIRef(EPM + "SourceText"))))
    for part in void.objects(dataset, rdflib.URIRef(VOID + "classPartition")):
        kind = void.value(part, rdflib.URIRef(VOID + "class"))
        assert void.value(part, rdflib.URIRef(VOID + "entities")).toPython() == len(set(data.subjects(RDF.type, kind)))
    for part in void.objects(dataset, rdflib.URIRef(VOID + "propertyPartition")):
        kind = void.value(part, rdflib.URIRef(VOID + "property"))
        assert void.value(part, rdflib.URIRef(VOID + "triples")).toPython() == len(list(data.subject_objects(kind)))


def test_every_text_is_a_part_of_the_data_set(void):
    parts = {
        str(part).removeprefix(ID): void.value(part, rdflib.URIRef(VOID + "triples")).toPython()
        for part in void.objects(None, rdflib.URIRef(VOID + "subset"))
    }
    assert parts == {text: len(found) for text, found in text_graphs(GRAPH, TRIPLES).items()}


def test_descriptions_are_not_written_by_a_build():
    assert {"void", "ontology-html"} <= FORMATS.keys()
    assert not {"void", "ontology-html"} & set(BUILD_FORMATS)


# The page of the ontology


@pytest.fixture(scope="module")
def page():
    return FORMATS["ontology-html"].write(GRAPH, DOMAIN)["ontology.html"].decode()


def test_the_page_has_every_term_once_with_both_labels(page):
    policy = rdflib.Graph().parse(DOMAIN.field / "policy.ttl")
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in policy.subjects(RDF.type, kind):
            if term.startswith(EPM):  # others are declared only
                assert page.count(f'<section id="{term.removeprefix(EPM)}">') == 1
    assert page.count("<section ") == page.count('lang="zh-hans"')


def test_the_page_shows_examples_and_questions(page):
    section = page.partition('<section id="hasMeasure">')[2].partition("</section>")[0]
    assert "技能辽宁行动 → " in section
    assert "<code>evidence-of-edge</code>" in section
    assert page.count("<code>fund-size</code>") > 1


def test_the_page_is_well_formed_and_asks_for_nothing(page):
    opened = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert not {"src", "srcset"} & dict(attrs).keys()
            assert tag not in {"script", "link", "iframe", "img"}
            assert dict(attrs).get("href", "#").startswith("#")
            if tag not in {"meta", "br"}:
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Reader().feed(page)
    assert opened == []
    anchors = set(re.findall(r'href="#([^"]*)"', page))
    assert anchors <= set(re.findall(r'id="([^"]*)"', page))


def test_names_of_a_graph_are_text_on_the_page():
    import networkx as nx

    graph = nx.MultiDiGraph()
    graph.add_node("measure/x", type="Measure", name="<script>alert(1)</script>", texts=1)
    shown = FORMATS["ontology-html"].write(graph, DOMAIN)["ontology.html"].decode()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


# Sorting outside memory


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=6)), st.integers(1, 400))
def test_sorted_lines_are_the_sorted_set(lines, run):
    ended = [f"{line}\n" for line in lines]
    assert list(sorted_lines(ended, run=run)) == sorted(set(ended))


def test_sorted_quads_are_all_lines_in_order_and_leave_no_file(tmp_path):
    graphs = [(f"<{ID}{text}>", triple) for text, found in text_graphs(GRAPH, TRIPLES).items() for triple in found]
    lines = {f"{' '.join(triple)} .\n" for triple in TRIPLES} | {f"{' '.join(triple)} {name} .\n" for name, triple in graphs}
    triples = sorted(TRIPLES)
    random.Random(3).shuffle(triples)  # noqa: S311 - no secret
    assert list(nquads_lines(triples, graphs, tmp_path, run=20_000)) == sorted(lines)
    assert list(tmp_path.iterdir()) == []
    assert write_nquads(GRAPH, DOMAIN) == "".join(sorted(lines)).encode()


def test_sorting_quads_takes_no_more_memory_for_more_of_them(tmp_path):
    def peak(number):
        triples = ((f"<urn:s{each * 7919 % number}>", "<urn:p>", f'"{each}"') for each in range(number))
        tracemalloc.start()
        try:
            found = sum(1 for _ in nquads_lines(triples, folder=tmp_path, run=500_000))
            return found, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    (few, small), (many, large) = peak(10_000), peak(60_000)
    assert (few, many) == (10_000, 60_000)
    assert large < 1.5 * small


def test_a_build_writes_the_quads_piece_by_piece():
    assert FORMATS["nquads"].pieces is not None
    assert b"".join(FORMATS["nquads"].pieces(GRAPH, DOMAIN)) == FORMATS["nquads"].write(GRAPH, DOMAIN)["graph.nq"]
