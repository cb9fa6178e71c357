"""The ontology is OWL 2 DL by the OWL API, and consistent, with data too, by HermiT; what follows from it is written out on request by SPARQL rules."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, XSD, URIRef

from kg.domain import load_domain
from kg.rdf.namespaces import EPM, ID
from kg.store.embedded import Writer, load_store
from kg.store.notes import damaged
from kg.store.query import open_graph, run_query
from kg.store.rules import materialised
from kg.store.units import CONCEPTS, ONTOLOGY, REST, read_domain_units, read_units

_CASES = runpy.run_path(str(Path(__file__).with_name("store_cases.py")))
DOMAIN = load_domain()
HERE = Path(__file__).resolve().parent
POLICY = rdflib.Graph().parse(DOMAIN.field / "policy.ttl")
CONCEPT_FILES = sorted((DOMAIN.field / "concepts").glob("*.ttl"))
#: OWL 2 datatype map, section 4, as far as we come near it: dates and durations are not in it.
_DATATYPES = {XSD.string, XSD.decimal, XSD.integer, XSD.nonNegativeInteger, XSD.boolean, XSD.dateTime, XSD.anyURI, RDF.langString}


def whole():
    """Return ontology, concepts and the facts of the test graph, without literals that OWL 2 has no datatype for."""
    graph = rdflib.Graph()
    for path in (DOMAIN.field / "policy.ttl", *CONCEPT_FILES, _CASES["DATA"]):
        graph.parse(path)
    for triple in list(graph):
        if isinstance(triple[2], rdflib.Literal) and triple[2].datatype not in {None, *_DATATYPES}:
            graph.remove(triple)
    return graph


def asked_by(script, tmp_path, needs_tool, *packages):
    """Return a function that puts a graph before a Java tool by one of the scripts beside this file."""
    needs_tool("java")
    for package in packages:
        if find_spec(package) is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{package} is not installed: the extra [test] has it")

    def ask(graph):
        path = tmp_path / "ontology.owl"
        graph.serialize(path, format="xml")
        done = subprocess.run([sys.executable, HERE / script, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.splitlines()[-1])

    return ask


@pytest.fixture
def hermit(tmp_path, needs_tool):
    """Return a function that asks HermiT about a graph."""
    return asked_by("hermit.py", tmp_path, needs_tool, "owlready2")


@pytest.fixture
def profile(tmp_path, needs_tool):
    """Return a function that asks the OWL API where a graph leaves OWL 2 DL."""
    return asked_by("owl_profile.py", tmp_path, needs_tool, "owlready2", "jpype")


def test_the_ontology_is_in_owl_2_dl(profile):
    found = profile(POLICY)
    assert found["violations"] == []
    assert found["inProfile"]
    assert found["axioms"] > 400


_TURTLE = """@prefix epm: <https://w3id.org/epm/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dcterms: <http://purl.org/dc/terms/> . """


@pytest.mark.parametrize(
    ("statements", "violation"),
    [
        ("epm:Agency rdfs:subClassOf <urn:Undeclared> .", "UseOfUndeclaredClass"),
        ("epm:partOf owl:inverseOf <urn:undeclared> .", "UseOfUndeclaredObjectProperty"),
        ("epm:inText rdfs:subPropertyOf dcterms:source . dcterms:source a owl:ObjectProperty .", "IllegalPunning"),
        ("epm:value a owl:ObjectProperty .", "IllegalPunning"),
        ("owl:Mine a owl:Class .", "UseOfReservedVocabularyForClassIRI"),
        ("epm:partOf a owl:TransitiveProperty , owl:FunctionalProperty .", "UseOfNonSimplePropertyInFunctionalPropertyAxiom"),
        (
            """epm:partOf a owl:TransitiveProperty . epm:Program rdfs:subClassOf
            [ a owl:Restriction ; owl:onProperty epm:partOf ; owl:maxCardinality "1"^^xsd:nonNegativeInteger ] .""",
            "UseOfNonSimplePropertyInCardinalityRestriction",
        ),
    ],
)
def test_what_is_not_owl_2_dl_is_caught(statements, violation, profile):
    """OWL 2 Structural Specification, sections 3, 5.8 and 11.1: declarations, punning, reserved vocabulary, simple properties."""
    graph = rdflib.Graph() + POLICY
    graph.parse(data=_TURTLE + statements, format="turtle")
    found = profile(graph)
    assert not found["inProfile"]
    assert any(each.startswith(f"{violation}: ") for each in found["violations"]), found["violations"]


def test_the_ontology_with_data_is_consistent_and_every_class_can_have_members(hermit):
    assert hermit(whole()) == {"consistent": True, "unsatisfiable": []}


def test_an_inconsistent_individual_is_caught(hermit):
    graph = whole()
    graph.add((URIRef(ID + "agency/X"), RDF.type, URIRef(EPM + "Agency")))
    graph.add((URIRef(ID + "agency/X"), RDF.type, URIRef(EPM + "Region")))
    assert not hermit(graph)["consistent"]


def test_an_unsatisfiable_class_is_caught(hermit):
    graph = whole()
    both = URIRef(EPM + "AgencyAndRegion")
    graph.add((both, RDF.type, OWL.Class))
    for name in ("Agency", "Region"):
        graph.add((both, RDFS.subClassOf, URIRef(EPM + name)))
    assert hermit(graph) == {"consistent": True, "unsatisfiable": [str(both)]}


def test_nothing_is_two_kinds_of_term_and_hierarchies_stay_in_their_kind():
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology)
    for term in set(POLICY.subjects()):
        assert len(set(POLICY.objects(term, RDF.type)) & set(kinds)) == 1, term
    ours = {kind: set(POLICY.subjects(RDF.type, kind)) for kind in kinds}
    for lower, upper in POLICY.subject_objects(RDFS.subPropertyOf):
        assert not any(upper in members and lower not in members for members in ours.values())
    used = {upper for kind in (RDFS.subClassOf, OWL.disjointWith) for upper in POLICY.objects(None, kind)}
    assert not used & (ours[OWL.ObjectProperty] | ours[OWL.DatatypeProperty])


def test_ranges_fit_their_properties_and_are_datatypes_of_owl():
    for term, target in POLICY.subject_objects(RDFS.range):
        if (term, RDF.type, OWL.DatatypeProperty) in POLICY:
            assert target in _DATATYPES
        else:
            assert not str(target).startswith(str(XSD))


# Materialised facts


def both():
    units = [*read_domain_units(DOMAIN), *read_units(_CASES["DATA"], DOMAIN)]
    return units, materialised(units)


def test_materialised_facts_are_those_that_rdfs_entails():
    before, after = both()
    data = {triple for unit in before if unit.name not in {ONTOLOGY, CONCEPTS} for triple in (*unit.said, *unit.context)}
    more = {triple for unit in after if unit.name not in {ONTOLOGY, CONCEPTS} for triple in unit.context} - data
    graph = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in data), format="nt")
    expected = set()
    for lower in set(POLICY.subjects(RDFS.subClassOf)):
        supers = set(POLICY.transitive_objects(lower, RDFS.subClassOf)) - {lower}
        expected |= {(node, RDF.type, each) for node in graph.subjects(RDF.type, lower) for each in supers}
    for lower in set(POLICY.subjects(RDFS.subPropertyOf)):
        supers = set(POLICY.transitive_objects(lower, RDFS.subPropertyOf)) - {lower}
        expected |= {(s, each, o) for s, o in graph.subject_objects(lower) for each in supers}
    made = set(rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in more), format="nt"))
    assert made == expected - set(graph)
    assert made


def test_materialised_facts_come_and_go_with_their_text(tmp_path):
    # What no text accounts for is only ever added to, so it is left out.
    plain, more = ([unit for unit in units if unit.name != REST] for units in both())
    load_store(plain, tmp_path / "plain")
    load_store(plain, tmp_path / "store")
    load_store(more, tmp_path / "store")
    query = "SELECT (COUNT(*) AS ?n) { ?s a <http://xmlns.com/foaf/0.1/Document> }"
    assert run_query(open_graph(tmp_path / "store", DOMAIN), query, "test").rows[0][0].value != "0"
    load_store(plain, tmp_path / "store")
    with Writer(tmp_path / "store") as writer, Writer(tmp_path / "plain") as other:
        assert damaged(writer.store) == []
        assert sorted(map(str, writer.store)) == sorted(map(str, other.store))


def test_the_command_materialises(tmp_path, run_kg):
    assert run_kg("load", _CASES["DATA"], "--store", tmp_path / "store", "--materialise").returncode == 0
    (tmp_path / "q.rq").write_text("ASK { ?s a <http://www.w3.org/ns/prov#Plan> }")
    assert run_kg("query", tmp_path / "q.rq", "--graph", tmp_path / "store").stdout.strip() == "yes"
