"""Graph -> RDF -> graph is the identity, every parser reads every file to the same triples, and the bytes never change."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.errors import UsageError
from kg.graph import assemble, ordered_graph
from kg.rdf import from_triples, read_graph, to_triples, unchanged, write_jsonld, write_nquads, write_turtle
from kg.rdf.fields import FIELDS, TYPE_FIELDS
from kg.rdf.namespaces import EPM, ID, PREFIXES
from kg.rdf.terms import iri, literal, number, parse_literal, parse_number

ROOT = Path(__file__).resolve().parent.parent
RECORDS = json.loads((Path(__file__).parent / "graph_records" / "records.json").read_text(encoding="utf-8"))
FORMATS = {"graph.ttl": (write_turtle, "turtle"), "graph.nq": (write_nquads, "nquads"), "graph.jsonld": (write_jsonld, "json-ld")}


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def graph(domain):
    return assemble(RECORDS, domain)


def content(graph):
    """Return all that a graph holds, with its order and the types of its numbers."""
    return repr((list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True)), graph.graph))


@pytest.mark.parametrize("name", FORMATS)
def test_the_round_trip_is_the_identity(graph, domain, tmp_path, name):
    write, _ = FORMATS[name]
    (tmp_path / name).write_bytes(write(graph, domain))
    records = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS)
    (tmp_path / "records.jsonl").write_text(records, encoding="utf-8")
    assert content(read_graph(tmp_path / name, domain)) == content(graph)


def test_what_writers_share_changes_no_byte_and_is_forgotten(graph, domain):
    alone = [write(graph, domain) for write, _ in FORMATS.values()]
    with unchanged(graph):
        assert [write(graph, domain) for write, _ in FORMATS.values()] == alone
        assert [write(graph, domain) for write, _ in reversed(FORMATS.values())] == alone[::-1]
        assert write_turtle(graph) != alone[0]  # without the domain it is another file
    changed = graph.copy()
    with unchanged(changed):
        write_turtle(changed, domain)
    changed.add_node("measure/x", type="Measure", name="x")
    assert b"measure:x" in write_turtle(changed, domain)


def test_a_build_folder_is_read_as_its_turtle_file(graph, domain, tmp_path):
    (tmp_path / "graph.ttl").write_bytes(write_turtle(graph, domain))
    read = read_graph(tmp_path, domain)
    assert list(read.nodes(data=True)) == list(graph.nodes(data=True))
    assert read.graph["texts"] == {}


def test_without_a_domain_concepts_stay_text(graph):
    assert content(from_triples(to_triples(graph), texts=graph.graph["texts"])) == content(graph)


@pytest.mark.parametrize("path", ["exports", "exports/graph.nq"])
def test_the_seeds_come_back_as_they_were(domain, path, tmp_path):
    if not (ROOT / path).exists():
        pytest.skip(f"{path} is not built: make demo builds it")
    built = read_graph(ROOT / path, domain)
    (tmp_path / "graph.ttl").write_bytes(write_turtle(built, domain))
    again = read_graph(tmp_path, domain)
    assert list(again.nodes(data=True)) == list(built.nodes(data=True))
    assert list(again.edges(keys=True, data=True)) == list(built.edges(keys=True, data=True))
    assert (tmp_path / "graph.ttl").read_bytes() == (ROOT / "exports" / "graph.ttl").read_bytes()


attributes = st.fixed_dictionaries(
    {"type": st.sampled_from(["Observation", "Measure", "Agency", "Provision", "SourceText"]), "name": st.text(max_size=8)},
    optional={
        "value": st.one_of(
            st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
        ),
        "confidence": st.floats(0, 1),
        "period": st.sampled_from(["2024-01-01..2024-06-30", "2024-01-01..", "..2023-12-31", "..", "2024", "2024..2025", "2024-02-30.."]),
        "date": st.sampled_from(["2024-02-29", "2023-02-29", "2024-13-01", "2024-07", "2024", "2024/7/1"]),
        "frequency": st.sampled_from(["P1Y", "P3M", "PT1H", "P", "monthly"]),
        "category": st.sampled_from(["mt:job-fairs", "mt:no-such", "xx:y", "plain"]),
        "aliases": st.lists(st.text(max_size=4), unique=True, min_size=1).map(sorted),
        "region": st.just("region/甲"),
        "sentence": st.text(),
        "note": st.one_of(
            st.text(),
            st.integers(),
            st.booleans(),
            st.lists(st.integers()),
            st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=1),
        ),
        "unit": st.text(max_size=2),
        "unitText": st.text(max_size=2),
        "code": st.text("0123456789", max_size=6),
        "texts": st.integers(0, 5),
        "rule": st.text(max_size=3),
    },
)


@given(
    st.lists(attributes, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["targets", "appliesTo", "isPartOf"]), st.integers(0, 3))),
)
def test_any_attributes_come_back_as_they_were(listed, links):
    domain = load_domain()
    nodes = {f"measure/{index}": dict(one) for index, one in enumerate(listed)} | {
        "region/甲": {"type": "Region", "name": "甲", "texts": 0}
    }
    for one in nodes.values():
        if one["type"] in ("Observation", "Measure", "Agency"):
            one.setdefault("texts", 0)
    edges = {(f"measure/{a}", p, f"measure/{b}"): [] for a, p, b in links if max(a, b) < len(listed)}
    edges |= {(node, "appliesTo", "region/甲"): [] for node, one in nodes.items() if "region" in one}
    graph = ordered_graph(nodes, edges, {})
    assert content(from_triples(to_triples(graph, domain), domain)) == content(graph)


@pytest.mark.parametrize("name", FORMATS)
def test_rdflib_and_oxigraph_read_the_same_number(graph, domain, name):
    write, syntax = FORMATS[name]
    data = write(graph, domain)
    quads = {str(quad) for quad in ox.parse(data, format=ox.RdfFormat.from_extension(name.rpartition(".")[2]))}
    store = rdflib.Dataset()
    store.parse(data=data, format=syntax)
    assert sum(1 for _ in store.quads()) == len(quads) > 500
    assert not any("_:" in quad for quad in quads)


@pytest.mark.parametrize(("name", "syntax"), [("graph.ttl", "turtle"), ("graph.nq", "nquads")])
def test_rapper_reads_the_same_number(graph, domain, tmp_path, needs_tool, name, syntax):
    rapper = needs_tool("rapper")
    file = tmp_path / name
    file.write_bytes(FORMATS[name][0](graph, domain))
    done = subprocess.run([rapper, "-q", "-i", syntax, "-o", "ntriples", str(file)], capture_output=True, encoding="utf-8", check=True)
    expected = sum(1 for _ in ox.parse(file.read_bytes(), format=ox.RdfFormat.from_extension(name.rpartition(".")[2])))
    assert len(done.stdout.splitlines()) == expected
    assert done.stderr == ""


def test_the_default_graph_is_the_same_in_every_format(graph, domain):
    turtle = {str(triple) for triple in ox.parse(write_turtle(graph, domain), format=ox.RdfFormat.TURTLE)}
    for data, form in ((write_nquads(graph, domain), ox.RdfFormat.N_QUADS), (write_jsonld(graph, domain), ox.RdfFormat.JSON_LD)):
        quads = list(ox.parse(data, format=form))
        assert {str(quad.triple) for quad in quads if quad.graph_name == ox.DefaultGraph()} == turtle
        assert {quad.graph_name.value for quad in quads if quad.graph_name != ox.DefaultGraph()} == {
            ID + record["doc"]["id"] for record in RECORDS
        }


def test_a_texts_graph_says_what_that_text_alone_says(graph, domain):
    first, second = (f"<{ID}{record['doc']['id']}>" for record in RECORDS)
    lines = write_nquads(graph, domain).decode().splitlines()
    migrants = f"<{ID}measure/职业技能培训> <{EPM}targets> <{ID}group/农民工>"
    assert f"{migrants} {second} ." in lines
    assert f"{migrants} {first} ." not in lines
    assert all(line.endswith((f" {first} .", f" {second} .")) or line.count(" .") == 1 for line in lines)
    default = {line for line in lines if not line.endswith((f"{first} .", f"{second} ."))} | {
        line for line in lines if f"> {first} ." in line
    }
    assert f"{migrants} ." in default


def test_lines_and_blocks_are_sorted_and_records_in_any_order_give_the_same_bytes(graph, domain):
    lines = write_nquads(graph, domain).decode().splitlines()
    assert lines == sorted(lines)
    again = assemble(copy.deepcopy(RECORDS)[::-1], domain)
    for write, _ in FORMATS.values():
        assert write(again, domain) == write(graph, domain)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_hash_seed_changes_no_byte(graph, domain, seed):
    code = (
        "import hashlib, json, sys; from kg.domain import load_domain; from kg.graph import assemble\n"
        "from kg.rdf import write_jsonld, write_nquads, write_turtle\n"
        "d = load_domain(); g = assemble(json.load(open(sys.argv[1], encoding='utf-8')), d)\n"
        "print(*(hashlib.sha256(w(g, d)).hexdigest() for w in (write_turtle, write_nquads, write_jsonld)))"
    )
    import hashlib
    import os

    expected = [hashlib.sha256(write(graph, domain)).hexdigest() for write, _ in FORMATS.values()]
    records = Path(__file__).parent / "graph_records" / "records.json"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code, records], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == expected


def test_every_property_and_class_we_write_is_in_the_ontology(graph, domain):
    ontology = rdflib.Graph().parse(domain.field / "policy.ttl")
    written = {predicate for _, predicate, _ in to_triples(graph, domain) if predicate.startswith("<" + EPM)}
    written |= {o for _, p, o in to_triples(graph, domain) if p.endswith("#type>") and o.startswith("<" + EPM)}
    written |= {iri(field.property) for field in (*FIELDS.values(), *TYPE_FIELDS.values()) if field.property.startswith(EPM)}
    unused = {iri(EPM + name) for name in ("parent", "formatOf", "text")}  # for graphs that nobody's records make
    declared = {subject.n3() for subject in ontology.subjects(rdflib.RDF.type)}
    assert written - unused <= declared


def test_concepts_come_with_what_stands_above_them_and_one_label(graph, domain):
    store = rdflib.Graph().parse(data=write_turtle(graph, domain))
    concepts = set(store.subjects(rdflib.RDF.type, rdflib.SKOS.Concept))
    for concept in concepts:
        labels = list(store.objects(concept, rdflib.RDFS.label))
        assert [label.language for label in labels] == ["zh-hans"]
        assert all(above in concepts for above in store.objects(concept, rdflib.SKOS.broader))
    slugs = {str(concept).removeprefix("https://w3id.org/epm/") for concept in concepts}
    assert {"target-group/graduates", "target-group/youth", "target-group/workers", "lmp/2", "rothwell-zegveld/S"} <= slugs


def test_a_text_has_its_file_name_date_and_region(graph, domain):
    store = rdflib.Graph().parse(data=write_turtle(graph, domain))
    text = rdflib.URIRef(ID + RECORDS[0]["doc"]["id"])
    assert str(store.value(text, rdflib.DCTERMS.identifier)) == "a.txt"
    assert store.value(text, rdflib.DCTERMS.issued) == rdflib.Literal("2024-07-24", datatype=rdflib.XSD.date)
    assert str(store.value(text, rdflib.URIRef(EPM + "appliesTo"))) == ID + "region/辽宁省"


def test_the_full_texts_stay_out_of_the_rdf(graph, domain):
    for write, _ in FORMATS.values():
        data = write(graph, domain).decode()
        assert all(json.dumps(record["text"], ensure_ascii=False)[1:-1] not in data for record in RECORDS)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_in_canonical_form_and_come_back_exactly(value):
    text = parse_literal(number(value)).text
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", text)
    assert float(parse_number(text)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(UsageError):
        number(value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_literals_come_back_as_they_were(text):
    assert parse_literal(literal(text)).text == text
    assert parse_literal(literal(text, language="zh-Hans")) == (text, "zh-hans", "")


@pytest.mark.parametrize(
    "address", ["https://a/b c", "https://a/“<”", "https://a/\n", "https://a/b|c", "https://a/\ue000", "https://a/\ufffd", "https://a/\x7f"]
)
def test_an_iri_that_is_none_is_refused(address):
    with pytest.raises(UsageError, match="IRI"):
        iri(address)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [("graph.ttl", "agency:a a ", "does not parse"), ("graph.xyz", "", "no RDF file")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, text, message):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_graph(file)
    with pytest.raises(UsageError, match="holds no"):
        read_graph(tmp_path / "missing") if (tmp_path / "missing").mkdir() is None else None


def test_prefixes_have_the_namespace_of_the_one_constant():
    assert all(PREFIXES[name].startswith(ID) for name in ("agency", "evidence"))
