"""The ontology says of every class, property and concept what it is, in two languages, with its source; and loads fast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS

from kg.domain import load_domain
from kg.domain.concepts import load_concepts
from kg.errors import DomainError
from kg.model import SEGMENTS
from kg.rdf.namespaces import EPM

DOMAIN = load_domain()
FILES = sorted((DOMAIN.field / "concepts").glob("*.ttl"))
POLICY = rdflib.Graph().parse(DOMAIN.field / "policy.ttl")
_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
TERMS = sorted({term for kind in _KINDS for term in POLICY.subjects(RDF.type, kind) if term.startswith(EPM)})  # others are declared only
CONCEPTS = rdflib.Graph()
for _file in FILES:
    CONCEPTS.parse(_file)


def languages(graph, subject, predicate):
    return sorted(label.language.lower() for label in graph.objects(subject, predicate))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.removeprefix(EPM))
def test_every_class_and_property_has_labels_a_comment_and_a_source(term):
    assert languages(POLICY, term, RDFS.label) == ["en", "zh-hans"]
    assert len(list(POLICY.objects(term, RDFS.comment))) == 1
    assert len(list(POLICY.objects(term, DCTERMS.source))) == 1
    assert len(list(POLICY.objects(term, RDFS.domain))) <= 1  # several would mean their intersection


def test_every_class_of_the_model_is_defined():
    assert {str(term) for term in POLICY.subjects(RDF.type, OWL.Class) if term in TERMS} == {EPM + type_ for type_ in SEGMENTS}


def test_every_property_has_a_range():
    for term in TERMS:
        if (term, RDF.type, OWL.Class) not in POLICY:
            ranges = [*POLICY.objects(term, RDFS.range), *POLICY.objects(term, rdflib.URIRef("https://schema.org/rangeIncludes"))]
            assert ranges, term


def test_every_concept_has_one_label_two_preferred_labels_and_one_scheme():
    concepts = list(CONCEPTS.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == 278
    for concept in concepts:
        assert languages(CONCEPTS, concept, RDFS.label) == ["zh-hans"]
        assert languages(CONCEPTS, concept, SKOS.prefLabel) == ["en", "zh-hans"]
        assert len(list(CONCEPTS.objects(concept, SKOS.inScheme))) == 1
        tops = list(CONCEPTS.objects(concept, SKOS.topConceptOf))
        assert bool(tops) != bool(list(CONCEPTS.objects(concept, SKOS.broader)))


def test_every_scheme_has_its_own_file_labels_and_source():
    schemes = list(CONCEPTS.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(schemes) == len(FILES) == 13
    for scheme in schemes:
        assert languages(CONCEPTS, scheme, RDFS.label) == ["en", "zh-hans"]
        assert list(CONCEPTS.objects(scheme, DCTERMS.source))


def test_no_label_names_two_concepts_of_one_scheme():
    owner = {}
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        for concept, label in CONCEPTS.subject_objects(predicate):
            key = CONCEPTS.value(concept, SKOS.inScheme), label
            assert owner.setdefault(key, concept) == concept, key


def test_every_link_leads_to_a_concept():
    for predicate in (SKOS.broader, SKOS.broadMatch, SKOS.closeMatch, SKOS.relatedMatch):
        for concept, other in CONCEPTS.subject_objects(predicate):
            assert (other, RDF.type, SKOS.Concept) in CONCEPTS, (concept, other)
            same = CONCEPTS.value(concept, SKOS.inScheme) == CONCEPTS.value(other, SKOS.inScheme)
            assert same == (predicate == SKOS.broader)


def test_every_measure_type_has_an_lmp_category_and_one_facet_of_each_kind():
    concepts = DOMAIN.concepts
    for concept in (one for one in concepts if one.scheme == "epm:MeasureTypeScheme"):
        linked = [*concept.matches.get("broadMatch", ()), *concept.matches.get("closeMatch", ())]
        assert sum(other.startswith("lmp:") for other in linked) == 1, concept.curie
        assert [other.partition(":")[0] for other in concept.matches["relatedMatch"]] == ["nato", "rz"], concept.curie


def test_concepts_are_read_by_curie():
    concepts = DOMAIN.concepts
    fairs = concepts["mt:job-fairs"]
    assert (fairs.zh, fairs.en, fairs.broader, fairs.scheme) == (
        "招聘活动",
        "Recruitment events",
        ("mt:services",),
        "epm:MeasureTypeScheme",
    )
    assert "招聘会" in fairs.alt_labels
    assert fairs.matches["broadMatch"] == ("lmp:1-1",)
    assert concepts["lvl:provincial"].notation == "2"
    assert "mt:none" not in concepts
    assert concepts.get("mt:none") is None
    assert sum(one.curie.startswith("mt:") for one in concepts) == sum(one.scheme == "epm:MeasureTypeScheme" for one in concepts) == 80


def test_what_stands_above_a_concept_comes_nearest_first_each_once():
    assert DOMAIN.concepts.broader_closure("tg:jobless-youth") == ("tg:jobless-youth", "tg:unemployed", "tg:youth", "tg:workers")
    assert DOMAIN.concepts.broader_closure("tg:none") == ()


def test_a_curie_and_its_iri_are_inverse():
    concepts = DOMAIN.concepts
    for concept in concepts:
        assert concepts.compact(concepts.expand(concept.curie)) == concept.curie
    assert concepts.expand("nowhere:x") is None
    assert concepts.expand("plain") is None
    assert concepts.compact("http://elsewhere.org/x") is None


HEAD = (
    "@prefix t: <http://t/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "t:S a skos:ConceptScheme . t:a a skos:Concept ; skos:inScheme t:S ; skos:broader t:b .\n"
)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no concept scheme"),
        ({"a.ttl": "t:a a "}, "not valid Turtle"),
        ({"a.ttl": HEAD}, "names t:b as broader, which no file defines"),
        ({"a.ttl": HEAD + "t:b a skos:Concept ."}, "belongs to no scheme"),
        ({"a.ttl": HEAD + "t:b a skos:Concept ; skos:inScheme t:S .", "b.ttl": "@prefix t: <http://u/> ."}, "another file as <http://t/>"),
    ],
)
def test_a_faulty_folder_is_refused_with_its_reason(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DomainError, match=message):
        load_concepts(tmp_path)


def test_concepts_load_without_the_slow_parser():
    """The parser of pyoxigraph reads them in some 0.02 s, rdflib takes a second."""
    code = "import sys; from pathlib import Path; from kg.domain.concepts import load_concepts; load_concepts(Path(sys.argv[1])); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, DOMAIN.field / "concepts"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert "pyoxigraph" in done.stdout.split()
    assert "rdflib" not in done.stdout.split()


def test_shapes_are_valid_shacl():
    import pyshacl

    shapes = rdflib.Graph().parse(DOMAIN.field / "shapes.ttl")
    assert pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)[0]
