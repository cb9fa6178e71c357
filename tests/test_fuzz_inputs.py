"""Whatever comes in, nothing crashes or hangs, offsets are valid, and what is written is read back by a second implementation."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import networkx as nx
import pyoxigraph as ox
import pytest
from bad_inputs import packed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.domain import load_domain
from kg.domain.encodings import load_common_characters
from kg.errors import InputError, UsageError
from kg.extract import extract_text
from kg.extract.names import entity_id
from kg.extract.quantity import find_quantities
from kg.extract.segment import segment
from kg.extract.view import make_view, text_document
from kg.graph import assemble
from kg.model import Span
from kg.read import READERS, discover, read_input

DOMAIN = load_domain()
COMMON = load_common_characters(DOMAIN.base)
SENTENCE = "上半年，全省城镇新增就业26.8万人，同比增长5.5%。省人力资源和社会保障厅落实社会保险补贴。\n"
EASY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
#: Codes that a reader may refuse with.
REFUSALS = {
    "empty", "binary", "mixed-encoding", "undecodable", "dtd", "no-content", "markup-no-text", "corrupt", "encrypted", "bomb", "too-large",
    "needs-ocr", "row", "no-text-column", "path", "nested", "changed",
}  # fmt: skip
#: Pieces that mean something to the extraction, among any other characters.
PIECES = [
    "辽宁省", "人力资源和社会保障厅", "人民政府办公厅", "关于", "《", "》", "的通知", "〔2024〕", "1号", "对", "高校毕业生", "给予", "一次性求职补贴", "1000元", "每人",
    "上半年", "2024年", "13月45日", "同比增长", "5.5%", "新增就业", "26.8万人", "亿", "万", "一、", "（二）", "第三条", "1.", "，", "。", "；", "、", "\n", "\n\n", "“", "”",
    "技能辽宁行动", "会同", "财政厅", "由", "负责", "百分之", "3/4", "１２", "廣東省", "<p>", "&lt;", "\\u4e00", "\u200b", "\u202e", "\ue000", "\x1b[0m", "\ufffd", "|", "\t",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=60).map(
    "".join
)


# Reading.


@pytest.fixture(scope="module")
def sound():
    """Return one sound file of each format."""
    write = packed
    parquet = io.BytesIO()
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [SENTENCE, SENTENCE * 2]}), parquet)
    return {
        ".txt": SENTENCE.encode(),
        ".html": f"<html><head><title>通知</title></head><body><p>{SENTENCE * 3}</p><table><tr><td>甲</td></tr></table></body></html>".encode(),
        ".mhtml": b'Content-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>'
        + (SENTENCE * 3).encode()
        + b"</p>\r\n--x--\r\n",
        ".docx": write.docx(write.paragraphs(SENTENCE) + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
        ".pdf": write.pdf([write.set_page(SENTENCE * 2)]),
        ".zip": write.zipped({"a.txt": SENTENCE.encode(), "b.html": f"<p>{SENTENCE * 2}</p>".encode()}),
        ".jsonl": "\n".join(json.dumps({"text": SENTENCE * n, "date": "2024-01-02"}) for n in (1, 2)).encode(),
        ".csv": f'title,text\r\n甲,"{SENTENCE}"\r\n乙,{SENTENCE}'.encode(),
        ".parquet": parquet.getvalue(),
    }


def read_file(folder, extension, data):
    """Read one file as a build does; return texts, or the codes of refusals."""
    path = folder / f"a{extension}"
    path.write_bytes(data)
    results = []
    for one in discover([path], READERS).inputs:
        try:
            raw = read_input(one, COMMON)
        except InputError as error:
            assert error.code in REFUSALS
            assert " — " in str(error)
            results.append(error.code)
        else:
            raw.text.encode()
            assert "\0" not in raw.text
            assert "\r" not in raw.text
            assert raw.text.strip()
            assert re.fullmatch("[0-9a-f]{64}", raw.sha256)
            results.append(raw.text)
    return results


changes = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "insert", "repeat"]), st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)),
    max_size=6,
)


def damaged(data, steps):
    """Return the bytes with some of them changed, cut out, put in or repeated."""
    for kind, where, piece in steps:
        at = int(where * len(data))
        if kind == "flip" and data:
            data = data[:at] + bytes([data[at] ^ (piece[0] or 1)]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + piece[0] % 50 :]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        else:
            data = data[: at + 40] + data[at : at + 40] + data[at + 40 :]
    return data


@pytest.mark.parametrize("extension", [".txt", ".html", ".mhtml", ".docx", ".pdf", ".zip", ".jsonl", ".csv", ".parquet"])
@given(steps=changes)
@settings(EASY, max_examples=60)
def test_a_damaged_file_is_read_or_refused(sound, tmp_path_factory, extension, steps):
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    data = damaged(sound[extension], steps)
    if not data:
        return
    found = read_file(folder, extension, data)
    assert found
    if not steps:
        assert not REFUSALS.intersection(found)


@given(st.text(max_size=300), st.sampled_from([".jsonl", ".csv", ".html"]))
@settings(EASY, max_examples=80)
def test_any_text_in_a_table_or_page(tmp_path_factory, text, extension):
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    try:
        read_file(folder, extension, text.encode("utf-8", "surrogatepass") or b"x")
    except UsageError as error:
        assert "no documents" in str(error)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=40), min_size=1, max_size=5)
)
@settings(EASY, max_examples=60)
def test_what_others_write_as_tables_is_read_as_it_was(tmp_path_factory, cells):
    cells = [cell for cell in cells if cell.strip() and not cell.startswith("\ufeff")]
    if not cells:
        return
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "text"], *([n, cell] for n, cell in enumerate(cells))])
    assert read_file(folder, ".csv", rows.getvalue().encode()) == cells
    assert read_file(folder, ".jsonl", "\n".join(json.dumps({"text": cell}) for cell in cells).encode()) == cells


# Segmentation, quantities, extraction.


@given(texts)
@settings(EASY, max_examples=150)
def test_sections_and_sentences_lie_in_the_view_and_lose_nothing(text):
    view, origin = make_view(text, DOMAIN)
    assert len(view) == len(origin)
    assert all(0 <= first < second < len(text) for first, second in zip(origin, list(origin)[1:], strict=False))
    document = text_document(text, DOMAIN)
    made = segment(document, DOMAIN)
    end = 0
    for sentence in made.sentences:
        assert end <= sentence.span.start < sentence.span.end <= len(view)
        end = sentence.span.end
        section = made.sections[sentence.section].span
        assert section.start <= sentence.span.start < section.end
    for section in made.sections:
        assert 0 <= section.span.start <= section.span.end <= len(view)
    covered = "".join(view[one.span.start : one.span.end] for one in made.sentences)
    assert sum(character.isalnum() for character in covered) == sum(character.isalnum() for character in view)


@given(texts)
@settings(EASY, max_examples=150)
def test_quantities_are_finite_and_lie_where_they_stand(text):
    view, _ = make_view(text, DOMAIN)
    for quantity in find_quantities(view, Span(0, len(view)), DOMAIN.quantities):
        assert 0 <= quantity.span.start < quantity.span.end <= len(view)
        assert quantity.value.is_finite()


def offsets(value, path=()):
    """Yield every pair of offsets in a record."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in {"mentions", "sentences"}:
                yield from one
            elif key == "evidence":
                for one_evidence in one:
                    yield one_evidence if isinstance(one_evidence, list) else [one_evidence["start"], one_evidence["end"]]
            else:
                yield from offsets(one, (*path, key))
    elif isinstance(value, list):
        for one in value:
            yield from offsets(one, path)


@given(texts)
@settings(EASY, max_examples=100)
def test_any_text_gives_a_record_whose_offsets_are_valid(text):
    record = extract_text(text, DOMAIN)
    assert record == extract_text(text, DOMAIN)
    json.loads(json.dumps(record, allow_nan=False))
    known = {node["id"] for node in record["nodes"]} | {record["doc"]["id"]}
    for start, end in offsets(record):
        assert 0 <= start < end <= len(text)
    for edge in record["edges"]:
        assert {edge["subject"], edge["object"]} <= known


# Names, writers.

wild = st.one_of(texts, st.text(max_size=30))


@given(st.sampled_from(["Agency", "Measure", "Observation", "PolicyDocument"]), wild)
@settings(EASY, max_examples=200)
def test_any_name_gives_an_iri_that_others_accept(type_, name):
    from kg.rdf.namespaces import ID
    from kg.rdf.terms import iri

    term = iri(ID + entity_id(type_, name))
    (quad,) = ox.parse(f"{term} <http://a/b> {term} .".encode(), format=ox.RdfFormat.N_QUADS)
    assert str(quad.subject) == term
    assert not re.search(r"[\x00-\x20<>\"{}|^`\\]", term[1:-1])


@st.composite
def graphs(draw):
    """Draw a graph of some nodes and edges with wild names, as records would make it."""
    graph = nx.MultiDiGraph()
    names = draw(st.lists(wild, min_size=1, max_size=4))
    for name in names:
        type_ = draw(st.sampled_from(["Agency", "Measure", "TargetGroup"]))
        graph.add_node(entity_id(type_, name), type=type_, name=name, aliases=draw(st.lists(wild, max_size=2)), confidence=0.9)
    nodes = sorted(graph)
    for _ in range(draw(st.integers(0, 3))):
        graph.add_edge(draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes)), key="targets", weight=1, confidence=0.5)
    return graph


@given(graphs())
@settings(EASY, max_examples=40)
def test_gexf_graphml_and_csv_are_read_back(graph):
    from kg.export import FORMATS

    for name, content in FORMATS["gexf"].write(graph, DOMAIN).items():
        root = ET.fromstring(content)  # noqa: S314 - we wrote it
        assert len(root.findall(".//{*}node")) == graph.number_of_nodes(), name
    read = nx.read_graphml(io.BytesIO(FORMATS["graphml"].write(graph, DOMAIN)["graph.graphml"]), force_multigraph=True)
    assert (read.number_of_nodes(), read.number_of_edges()) == (graph.number_of_nodes(), graph.number_of_edges())
    tables = FORMATS["csv"].write(graph, DOMAIN)
    rows = list(csv.reader(io.StringIO(tables["nodes.csv"].decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == graph.number_of_nodes() + 1
    assert {len(row) for row in rows} == {len(rows[0])}


@given(st.lists(texts, min_size=1, max_size=3, unique=True))
@settings(EASY, max_examples=25)
def test_turtle_and_nquads_of_any_texts_are_read_back(listed):
    """Two parsers that are not ours read the same triples in what a build of these texts writes."""
    import rdflib

    from kg.rdf import write_nquads, write_turtle

    graph = assemble([extract_text(text, DOMAIN) for text in listed], DOMAIN)
    turtle, quads = write_turtle(graph, DOMAIN), write_nquads(graph, DOMAIN)
    first = {str(triple) for triple in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    second = list(ox.parse(quads, format=ox.RdfFormat.N_QUADS))
    assert first == {str(ox.Triple(quad.subject, quad.predicate, quad.object)) for quad in second if quad.graph_name == ox.DefaultGraph()}
    read = rdflib.Graph()
    read.parse(data=turtle, format="turtle")
    assert len(read) == len(first)
