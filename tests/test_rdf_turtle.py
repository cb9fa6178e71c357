"""The Turtle writer abbreviates every name that Turtle can abbreviate, and what it writes means what it was given."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.namespaces import ID, RDF, RDFS, XSD
from kg.rdf.terms import _REFUSED, iri, literal
from kg.rdf.turtle import LOCAL_NAME, turtle

PREFIXES = {"a": "http://example.org/a/", "b": "http://example.org/b#", "xsd": XSD}
names = st.text(st.characters(exclude_categories=["Cs", "Co", "Cn", "Cc"]), max_size=8).map(
    lambda text: _REFUSED.sub("", text.replace("#", ""))
)
addresses = st.builds("{}{}".format, st.sampled_from([*PREFIXES.values(), "http://other.org/"]), names).filter(
    lambda one: not _REFUSED.search(one)
)
literals = st.one_of(
    st.builds(literal, st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(lambda text: literal(text, language="zh-Hans"), st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(lambda value: literal(value, datatype=XSD + "decimal"), st.sampled_from(["5", "58.2", "-0.5", "5.", ".5"])),
    st.builds(lambda value: literal(value, datatype=XSD + "integer"), st.sampled_from(["0", "-3", "07"])),
    st.builds(lambda value: literal(value, datatype=XSD + "boolean"), st.sampled_from(["true", "1"])),
)
triples = st.lists(st.tuples(addresses.map(iri), addresses.map(iri), st.one_of(addresses.map(iri), literals)), max_size=12)


def parsed(text):
    """Return the triples that Oxigraph reads, in their N-Triples form."""
    return {str(triple) for triple in ox.parse(text, format=ox.RdfFormat.TURTLE)}


def given_as_lines(rows):
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o in rows)
    return {str(triple) for triple in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}


@given(triples)
def test_what_is_written_is_what_was_given(rows):
    assert parsed("".join(turtle(rows, PREFIXES))) == given_as_lines(rows)


@given(triples, st.randoms(use_true_random=False))
def test_order_and_repetition_change_no_byte(rows, random):
    shuffled = rows + rows[:3]
    random.shuffle(shuffled)
    assert "".join(turtle(shuffled, PREFIXES)) == "".join(turtle(rows, PREFIXES))


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6))
def test_a_local_name_is_one_that_turtle_reads_and_no_other(name):
    """Oxigraph is the oracle for names without escapes, a trailing dot and comments."""
    if re.search(r"[%\\#;,.\[\]()<>\"'@\s]", name):
        return
    try:
        found = {
            getattr(triple.object, "value", None)
            for triple in ox.parse(f"@prefix a: <http://a/> . a:s a:p a:{name} .", format=ox.RdfFormat.TURTLE)
        }
    except SyntaxError:
        found = set()
    assert bool(LOCAL_NAME.fullmatch(name)) == (found == {"http://a/" + name})


@pytest.mark.parametrize(
    ("name", "is_short"),
    [
        ("辽宁省人力资源和社会保障厅", True),
        ("辽就劳办〔2024〕2号", True),
        ("中共中央、国务院", True),
        ("营口市各县（市）区", True),
        ("民营企业·服务月", True),
        ("a.b", True),
        ("a.", False),
        ("“十四五”规划", False),
        ("各县(市)区", False),
        ("5—10", False),
        ("-a", False),
        ("·a", False),
        ("a/b", False),
        ("", True),
    ],
)
def test_chinese_names_are_abbreviated_where_turtle_allows_it(name, is_short):
    text = "".join(turtle([(iri(f"{ID}agency/{name}"), iri(RDF + "type"), iri(ID + "agency/x"))]))
    assert (f"\nagency:{name} a agency:x ." in text) == is_short
    assert f"{ID}agency/{name}" in {triple.subject.value for triple in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    rdflib_read = {str(subject) for subject in rdflib.Graph().parse(data=text, format="turtle").subjects()}
    assert f"{ID}agency/{name}" in rdflib_read


def test_a_and_label_come_first_and_predicates_are_sorted():
    subject = iri(ID + "agency/甲")
    rows = [
        (subject, iri(ID + "region/b"), literal("1")),
        (subject, iri(RDFS + "label"), literal("甲", language="zh-Hans")),
        (subject, iri(ID + "region/a"), literal("58.2", datatype=XSD + "decimal")),
        (subject, iri(ID + "region/a"), literal("268000", datatype=XSD + "decimal")),
        (subject, iri(RDF + "type"), iri(ID + "agency/T")),
    ]
    block = "".join(turtle(rows)).partition("Other ----------\n")[2]
    assert block == (
        '\nagency:甲 a agency:T ;\n    rdfs:label "甲"@zh-hans ;\n    region:a "268000"^^xsd:decimal, 58.2 ;\n    region:b "1" .\n'
    )


def test_only_the_needed_prefixes_are_declared():
    text = "".join(turtle([(iri(ID + "agency/甲"), iri(RDFS + "label"), literal("甲"))]))
    assert re.findall(r"@prefix (\w+):", text) == ["agency", "rdfs"]


def test_nothing_gives_nothing():
    assert "".join(turtle([])) == ""
