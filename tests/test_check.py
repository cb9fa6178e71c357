"""Every shape and check accepts a clean graph and rejects its own fault; the fast engine and pySHACL find the same."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from kg.check import check_graph
from kg.check.result import Reporter
from kg.check.shapes import check_fast, check_reference, read_messages
from kg.domain import load_domain
from kg.domain.concepts import Concepts
from kg.domain.tables import read_toml
from kg.graph import assemble, ordered_graph
from kg.rdf import read_graph, to_triples, write_turtle
from kg.rdf.namespaces import DCTERMS, EPM, ID, OA, RDF, RDFS, SKOS, XSD
from kg.rdf.terms import iri, literal
from kg.rdf.turtle import graph_prefixes, turtle

RECORDS = json.loads((Path(__file__).parent / "graph_records" / "records.json").read_text(encoding="utf-8"))
DOMAIN = load_domain()
SHAPES = DOMAIN.field / "shapes.ttl"
GRAPH = assemble(RECORDS, DOMAIN)
TRIPLES = list(to_triples(GRAPH, DOMAIN))

AGENCY = "agency/辽宁省人力资源和社会保障厅"
DOCUMENT = "doc/辽人社发〔2024〕2号"
FUNDING = "observation/就业补助资金-ba9876543210"
JOBS = "observation/城镇新增就业-0123456789ab"
RATE = "observation/登记失业率-00ff00ff00ff"
PROGRAM = "program/技能辽宁行动"
MEASURE = "measure/职业技能培训"
FIRST, SECOND = (record["doc"]["id"] for record in RECORDS)
PROVISION = min(node for node, data in GRAPH.nodes(data=True) if data["type"] == "Provision" and data["text"] == FIRST)
EVIDENCE = min(node for node, data in GRAPH.nodes(data=True) if data["type"] == "Evidence" and data["text"] == FIRST and "subject" in data)
CONCEPT = "https://w3id.org/epm/measure-type/subsidised-training"


def decimal(text):
    return literal(text, datatype=XSD + "decimal")


def day(text):
    return literal(text, datatype=XSD + "date")


def node(name):
    return iri(name if name.startswith("https:") else ID + name)


#: Shape -> subject, property, and what stands there instead of what did.
FAULTS = {
    "S1-text": (EVIDENCE, EPM + "inText", [node(FIRST), node(SECOND)]),
    "S1-exact": (EVIDENCE, OA + "exact", []),
    "S1-start": (EVIDENCE, OA + "start", [literal("99999", datatype=XSD + "nonNegativeInteger")]),
    "S1-end": (EVIDENCE, OA + "end", [literal("-1", datatype=XSD + "integer")]),
    "S1-confidence": (EVIDENCE, EPM + "confidence", [decimal("1.5")]),
    "S1-rule": (EVIDENCE, EPM + "rule", []),
    "S5-name": (AGENCY, RDFS + "label", [literal("甲", language="zh-hans"), literal("乙", language="zh-hans")]),
    "S6-evidence": (PROGRAM, EPM + "hasEvidence", []),
    "S7-value": (JOBS, EPM + "value", [literal("26.8", datatype=XSD + "double")]),
    "S7-unit-text": (JOBS, EPM + "unitText", []),
    "S7-unit": (JOBS, EPM + "unit", [node("https://w3id.org/epm/unit/person"), node("https://w3id.org/epm/unit/post")]),
    "S7-unit-concept": (JOBS, EPM + "unit", []),
    "S7-kind": (JOBS, EPM + "kind", [literal("guess")]),
    "S7-comparator": (JOBS, EPM + "comparator", [literal("about")]),
    "S7-subject": ("region/辽宁省", EPM + "hasObservation", []),
    "S8-funding": (FUNDING, EPM + "unit", [node("https://w3id.org/epm/unit/percent")]),
    "S8-percent": (RATE, EPM + "value", [decimal("1000.5")]),
    "S9-start": (JOBS, EPM + "periodStart", [day("2024-07-01")]),
    "S9-end": (JOBS, EPM + "periodEnd", [day("2024-06-30"), day("2024-07-31")]),
    "S10-number": (DOCUMENT, DCTERMS + "identifier", [literal("辽人社发[2024]2号")]),
    "S11-level": (AGENCY, EPM + "level", [node("https://w3id.org/epm/level/provincial"), node("https://w3id.org/epm/level/county")]),
    "S14-scheme": (CONCEPT, SKOS + "inScheme", [iri(EPM + "MeasureTypeScheme"), iri(EPM + "FundScheme")]),
    "S14-label": (CONCEPT, SKOS + "prefLabel", [literal("甲", language="zh-hans"), literal("乙", language="zh-hans")]),
    "S14-broader": (CONCEPT, SKOS + "broader", [node("https://w3id.org/epm/measure-type/none")]),
    "S14-mapping": (CONCEPT, SKOS + "broadMatch", []),
    "S14-facet": (CONCEPT, SKOS + "relatedMatch", []),
    "S16-category-range": (MEASURE, EPM + "category", [literal("training")]),
    "S16-fromFund-range": (FUNDING, EPM + "fromFund", [node(AGENCY)]),
}
#: Every class but the last rejects a node that is of a later class as well.
CLASSES = ["Agency", "Program", "TargetGroup", "Measure", "PolicyDocument", "Region", "Observation", "Provision", "SourceText", "Evidence"]
EXAMPLES = {
    "Agency": AGENCY,
    "Program": PROGRAM,
    "TargetGroup": "group/农民工",
    "Measure": MEASURE,
    "PolicyDocument": DOCUMENT,
    "Region": "region/营口市",
    "Observation": JOBS,
    "Provision": PROVISION,
    "SourceText": FIRST,
}
FAULTS |= {f"S15-{name}": (EXAMPLES[name], RDF + "type", [iri(EPM + name), iri(EPM + "Evidence")]) for name in CLASSES[:-1]}
#: Edge -> a subject that has it; everything but a region is wrong at its end, and a region is wrong elsewhere.
SUBJECTS = {
    "issuedBy": DOCUMENT, "basedOn": PROGRAM, "implementedBy": PROGRAM, "leadBy": PROGRAM, "partner": PROVISION, "targets": MEASURE, "hasMeasure": PROGRAM,
    "ofMeasure": PROVISION, "partOf": PROVISION, "hasObservation": PROGRAM, "appliesTo": AGENCY, "cites": FIRST, "hasEvidence": MEASURE, "inText": PROVISION,
}  # fmt: skip
FAULTS |= {
    f"S16-{edge}-range": (one, EPM + edge, [node(MEASURE if edge == "appliesTo" else "region/营口市")]) for edge, one in SUBJECTS.items()
}


def faulty(code):
    """Return the Turtle of the clean graph with one fault."""
    name, property_, instead = FAULTS[code]
    kept = [triple for triple in TRIPLES if (triple[0], triple[1]) != (node(name), iri(property_))]
    return "".join(turtle([*kept, *((node(name), iri(property_), term) for term in instead)], graph_prefixes(DOMAIN.concepts.prefixes)))


def test_the_clean_graph_is_clean_for_both_engines():
    assert check_graph(GRAPH, DOMAIN) == []
    assert check_graph(GRAPH, DOMAIN, full=True) == []


@pytest.mark.parametrize("code", FAULTS)
def test_each_shape_rejects_its_fault_in_both_engines(code):
    found = check_fast(faulty(code), SHAPES)
    where = FAULTS[code][0] if code != "S7-subject" else JOBS
    assert any((result.code, result.where.strip("<>")) == (code, where) for result in found), found
    assert sorted(check_reference(faulty(code), SHAPES), key=lambda one: one.order) == sorted(found, key=lambda one: one.order)


def test_no_shape_is_without_a_fault_and_each_has_both_messages():
    messages = read_messages(SHAPES)
    assert {address.rpartition("#")[2] for address in messages} == set(FAULTS)
    assert all(set(words) == {"zh-hans", "en"} and all(words.values()) for words in messages.values())


def test_a_finding_names_node_shape_and_both_messages():
    found = next(result for result in check_fast(faulty("S1-confidence"), SHAPES) if result.code == "S1-confidence")
    assert (found.severity, found.where) == ("violation", EVIDENCE)
    assert found.zh == "证据须有一个0到1之间的置信度"
    assert found.en == "evidence has one confidence between 0 and 1"
    assert found.zh in found.message
    assert found.en in found.message
    assert '"1.5"' in found.message


def test_an_issuer_that_the_user_states_needs_no_evidence():
    record = copy.deepcopy(RECORDS[1])
    record["doc"]["issuer"] = "agency/营口市人民政府"
    assert "S6-evidence" not in {result.code for result in check_graph(assemble([record], DOMAIN), DOMAIN)}


# Checks in Python: each takes a copy of the clean graph's tables and puts one fault in.


def _length(nodes, _):
    nodes[EVIDENCE]["end"] += 1


def _quote(nodes, _):
    nodes[EVIDENCE]["exact"] = "x" * len(nodes[EVIDENCE]["exact"])


def _edge(_, edges):
    edges[PROGRAM, "hasMeasure", MEASURE] = []


def _shared(nodes, _):
    nodes["doc/关于实施就业优先战略的意见"]["number"] = nodes[DOCUMENT]["number"]


def _deictic(nodes, _):
    nodes[AGENCY]["aliases"] = ["省人社厅"]


def _alias(nodes, _):
    nodes["agency/辽宁省财政厅"]["aliases"] = ["辽宁省人社厅"]


def _circle(_, edges):
    edges["doc/关于实施就业优先战略的意见", "basedOn", DOCUMENT] = [EVIDENCE]


def _date(nodes, _):
    nodes["doc/关于实施就业优先战略的意见"]["date"] = "2024-08-01"


def _level(nodes, edges):
    edges["doc/关于实施就业优先战略的意见", "appliesTo", "region/营口市"] = []
    edges[DOCUMENT, "implements", "doc/关于实施就业优先战略的意见"] = [EVIDENCE]
    nodes["doc/关于实施就业优先战略的意见"]["region"] = "region/营口市"


def _unknown(nodes, _):
    nodes[MEASURE]["category"] = "mt:no-such"


def _id(nodes, _):
    nodes["measure/“补贴”"] = {**nodes[MEASURE], "name": "补贴"}


def _region_circle(_, edges):
    edges["region/营口市", "isPartOf", "region/营口市"] = []


def _nonsense(nodes, _):
    nodes[MEASURE]["type"] = "Nonsense"


def _foo(_, edges):
    edges[PROGRAM, "foo", MEASURE] = []


def _bar(nodes, _):
    nodes[PROGRAM]["bar"] = "x"


def _classes(nodes, _):
    nodes["region/营口市"]["otherTypes"] = ["Agency"]


CHECKS = {
    "S2-length": (_length, EVIDENCE, "violation"),
    "S3-quote": (_quote, EVIDENCE, "violation"),
    "S4-edge": (_edge, PROGRAM, "violation"),
    "S10-shared": (_shared, DOCUMENT, "violation"),
    "S11-name": (_deictic, AGENCY, "violation"),
    "S12-alias": (_alias, "agency/辽宁省财政厅", "warning"),
    "S13-cycle": (_circle, "doc/关于实施就业优先战略的意见", "violation"),
    "S13-date": (_date, DOCUMENT, "warning"),
    "S13-level": (_level, DOCUMENT, "warning"),
    "S14-unknown": (_unknown, MEASURE, "violation"),
    "S15-id": (_id, "measure/“补贴”", "violation"),
    "S15-unknown-class": (_nonsense, MEASURE, "violation"),
    "S15-unknown-edge": (_foo, PROGRAM, "violation"),
    "S15-unknown-attribute": (_bar, PROGRAM, "warning"),
    "S15-class": (_classes, "region/营口市", "violation"),
}


def tables():
    nodes = {name: dict(data) for name, data in GRAPH.nodes(data=True)}
    return nodes, {(subject, key, object_): list(data["evidence"]) for subject, object_, key, data in GRAPH.edges(keys=True, data=True)}


@pytest.mark.parametrize("code", CHECKS)
def test_each_check_rejects_its_fault(code):
    spoil, where, severity = CHECKS[code]
    nodes, edges = tables()
    spoil(nodes, edges)
    found = check_graph(ordered_graph(nodes, edges, GRAPH.graph["texts"]), DOMAIN)
    assert any((result.code, result.where, result.severity) == (code, where, severity) for result in found), found


def test_no_check_is_without_a_fault():
    assert set(read_toml(DOMAIN.base / "check_messages.toml")) == {*CHECKS, "S3-text", "S14-cycle", "S14-outside"}


def test_a_region_in_itself_is_found():
    nodes, edges = tables()
    _region_circle(nodes, edges)
    found = check_graph(ordered_graph(nodes, edges, GRAPH.graph["texts"]), DOMAIN)
    assert ("S13-cycle", "region/营口市", "violation") in {(result.code, result.where, result.severity) for result in found}


def test_texts_that_are_not_there_are_said_once():
    nodes, edges = tables()
    found = check_graph(ordered_graph(nodes, edges, {SECOND: GRAPH.graph["texts"][SECOND]}), DOMAIN)
    assert [(result.code, result.severity, result.where) for result in found] == [("S3-text", "warning", FIRST)]
    (result,) = check_graph(ordered_graph(nodes, edges, {}), DOMAIN)
    assert result.code == "S3-text"
    assert "texts of 2 texts" in result.en


def test_concepts_under_themselves_or_another_scheme_are_found():
    from kg.check.order import check_concepts

    concepts = DOMAIN.concepts.by_curie
    youth, fund = concepts["tg:youth"], concepts["fd:ui-fund"]
    from dataclasses import replace

    spoilt = {
        **concepts,
        "tg:workers": replace(concepts["tg:workers"], broader=("tg:youth",)),
        "fd:ui-fund": replace(fund, broader=("tg:youth",)),
    }
    found = list(check_concepts(GRAPH, Concepts(DOMAIN.concepts.prefixes, spoilt, DOMAIN.concepts.schemes), Reporter(DOMAIN.base)))
    assert youth.broader == ("tg:workers",)
    assert {(result.code, result.where) for result in found} >= {
        ("S14-cycle", "tg:workers"),
        ("S14-cycle", "tg:youth"),
        ("S14-outside", "fd:ui-fund"),
    }


def test_a_node_of_two_classes_in_a_file_is_found(tmp_path):
    file = tmp_path / "graph.ttl"
    text = write_turtle(GRAPH, DOMAIN).decode()
    file.write_text(text + f"\n<{ID}region/营口市> a <{EPM}Agency> .\n", encoding="utf-8")
    found = {(result.code, result.where) for result in check_graph(read_graph(file, DOMAIN), DOMAIN)}
    assert ("S15-class", "region/营口市") in found


@pytest.mark.parametrize(
    "name", ["我厅", "本局", "有关部门", "相关单位", "省人社厅", "市政府", "省委", "县人力资源社会保障局", "各地区各部门", "市直部门"]
)
def test_names_that_need_their_context_are_found(name):
    assert any(pattern.search(name) for pattern in DOMAIN.base_patterns("check_names").patterns.values())


@pytest.mark.parametrize(
    "name",
    [
        "国务院",
        "人力资源和社会保障部",
        "市南区人民政府",
        "市中区财政局",
        "本溪市人民政府",
        "县域经济研究院",
        "营口市各县(市)区人民政府",
        "区域发展基金会",
        "州湾大学",
    ],
)
def test_names_that_stand_alone_are_not(name):
    assert not any(pattern.search(name) for pattern in DOMAIN.base_patterns("check_names").patterns.values())


def test_findings_are_sorted_the_gravest_first():
    nodes, edges = tables()
    _alias(nodes, edges)
    _edge(nodes, edges)
    _unknown(nodes, edges)
    found = check_graph(ordered_graph(nodes, edges, GRAPH.graph["texts"]), DOMAIN)
    assert [result.severity for result in found] == sorted(
        (result.severity for result in found), key=["violation", "warning", "info"].index
    )
    assert found == sorted(found, key=lambda result: result.order)
