"""``kg matrix`` counts each provision where it belongs, leads from a count to its sentences, and says what was not found."""

from __future__ import annotations

import csv
import io
import json
import runpy
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.analyse.matrix import Shape, matrix
from kg.analyse.matrix_page import marked, matrix_html
from kg.analyse.provision_facts import DIMENSIONS, group_heads, provision_facts
from kg.cli import main
from kg.cli.narrow import narrow
from kg.domain import load_domain
from kg.errors import UsageError
from kg.store.table import width

SCENE = runpy.run_path(str(Path(__file__).with_name("analysis_scene.py")))
policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def graph():
    return SCENE["scene"]()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return SCENE["write_scene"](tmp_path_factory.mktemp("matrix") / "built")


def cells(found, facet=0):
    return {(cell["row"], cell["col"]): cell["count"] for cell in found["facets"][facet]["cells"]}


def kg(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_counts_are_those_of_the_texts(graph, domain):
    found = matrix(graph, domain)
    assert found["count"] == 5
    assert cells(found) == {
        ("mt:incentives", "tg:youth"): 1,
        ("mt:incentives", "tg:rural-labour"): 1,
        ("mt:skills", "tg:youth"): 1,
        ("mt:skills", "tg:rural-labour"): 1,
        ("mt:skills", ""): 1,
    }
    assert [row["key"] for row in found["rows"]["values"]] == ["mt:skills", "mt:incentives"]
    assert found["cols"]["values"][-1] == {"key": "", "zh": "未写明对象", "en": "no group named", "count": 1}
    assert not found["multiple"]


def test_tables_by_province_and_year_know_which_texts_could_speak(graph, domain):
    found = matrix(graph, domain, Shape(by=("province", "year")))
    tables = [
        (facet["values"]["province"]["zh"], facet["values"]["year"]["zh"], facet["count"], len(facet["texts"])) for facet in found["facets"]
    ]
    assert tables == [("辽宁省", "2023", 2, 1), ("辽宁省", "2024", 2, 1), ("湖南省", "年份不明", 1, 1)]
    assert cells(found, 1) == {("mt:skills", "tg:youth"): 1, ("mt:skills", ""): 1}


def test_a_city_counts_for_itself_and_for_its_province(graph, domain):
    by_region = matrix(graph, domain, Shape(rows="region"))
    assert {row["zh"]: row["count"] for row in by_region["rows"]["values"]} == {"辽宁省": 2, "营口市": 2, "湖南省": 1}
    by_province = matrix(graph, domain, Shape(rows="province"))
    assert {row["zh"]: row["count"] for row in by_province["rows"]["values"]} == {"辽宁省": 4, "湖南省": 1}


def test_a_table_whose_texts_say_nothing_of_it_stays_as_an_empty_one(graph, domain):
    found = matrix(graph, domain, Shape(by=("region",), where=(("type", "mt:incentives"),)))
    tables = {facet["values"]["region"]["zh"]: (facet["count"], len(facet["texts"]), facet["cells"]) for facet in found["facets"]}
    assert tables["营口市"] == (0, 1, [])


@pytest.mark.parametrize(
    ("where", "count"),
    [
        (("group", "高校毕业生"), 2),
        (("group", "高校畢業生"), 2),
        (("group", "tg:youth"), 2),
        (("group", "Youth"), 2),
        (("type", "subsidised-training"), 2),
        (("region", "辽宁"), 4),
        (("region", "营口市"), 2),
        (("year", "2024"), 2),
        (("text", "texts/hunan.txt"), 1),
    ],
)
def test_where_takes_keys_labels_names_and_what_is_above(graph, domain, where, count):
    assert matrix(graph, domain, Shape(where=(where,)))["count"] == count


def test_where_names_what_there_is(graph, domain):
    with pytest.raises(UsageError, match=r"group=残疾人: no provision has this value — found are: .*高校毕业生"):
        matrix(graph, domain, Shape(where=(("group", "残疾人"),)))
    with pytest.raises(UsageError, match="colour: is no dimension"):
        matrix(graph, domain, Shape(rows="colour"))


def test_each_count_leads_to_its_sentences(graph, domain):
    found = matrix(graph, domain)
    for cell in found["facets"][0]["cells"]:
        assert cell["count"] == len(cell["provisions"]) == len(set(cell["provisions"]))
        for key in cell["provisions"]:
            fact = found["facts"][key]
            assert cell["row"] in fact["keys"]["type"]
            assert cell["col"] in fact["keys"]["group"]
            text = SCENE["TEXTS"][fact["source"].partition("/")[2]][2]
            assert text[fact["start"] : fact["end"]] == fact["sentence"]
            named = {fact["sentence"][a:b] for a, b in fact["marks"]}
            assert named == {fact["measure"]["name"], *(target["name"] for target in fact["targets"])}


def test_low_confidence_can_be_left_out(graph, domain):
    assert matrix(graph, domain, Shape(min_confidence=0.5))["count"] == 4


def test_a_group_belongs_to_each_broader_one(domain):
    assert group_heads("tg:disabled-graduates", domain) == ["tg:disabled", "tg:youth"]


@pytest.mark.parametrize("dimension", list(DIMENSIONS))
def test_every_dimension_counts_every_provision(domain, dimension):
    graph = policy_graph(6)
    found = matrix(graph, domain, Shape(rows=dimension, cols="year"))
    total = sum(1 for _, data in graph.nodes(data=True) if data["type"] == "Provision")
    assert found["count"] == total > 0
    shown = {key for cell in found["facets"][0]["cells"] for key in cell["provisions"]}
    assert len(shown) == total
    assert matrix(graph, domain, Shape(rows=dimension, cols="year")) == found


def test_facts_are_json_and_in_the_order_of_the_texts(graph, domain):
    facts = provision_facts(graph, domain)
    assert json.loads(json.dumps(facts)) == json.loads(json.dumps(provision_facts(graph, domain)))
    assert [(fact["source"], fact["start"]) for fact in facts] == sorted((fact["source"], fact["start"]) for fact in facts)


class Page(HTMLParser):
    """Gather what a page consists of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.heads = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep what a start tag tells; a handler of events must not be there."""
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        self.heads += [found.get("scope")] if tag == "th" else []
        assert not any(name.startswith("on") for name in found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_is_accessible_and_every_link_leads_somewhere(graph, domain, lang):
    page = Page(text := matrix_html(matrix(graph, domain, Shape(by=("province",))), domain, lang))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.heads) == {"row", "col"}
    assert page.tags.count("caption") == page.tags.count("table") == 2
    assert not {"script", "img", "iframe", "object"} & set(page.tags)
    assert "default-src 'none'" in text
    assert ("在这些文本中未找到" if lang == "zh" else "not found in these texts") in text


def test_page_shows_markup_of_a_document_as_text(graph, domain):
    text = matrix_html(matrix(graph, domain), domain)
    assert "&lt;b&gt;<mark>求职补贴</mark>&lt;/b&gt;" in text


@given(st.text(min_size=0, max_size=30), st.integers(0, 29), st.integers(0, 29))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_marking_changes_no_word(sentence, one, other):
    start, end = sorted((min(one, len(sentence)), min(other, len(sentence))))
    shown = Texts(f"<p>{marked(sentence, [(start, end)] if start < end else [])}</p>").text
    assert shown == sentence.replace("\r\n", "\n").replace("\r", "\n") or "\r" in sentence or "\0" in sentence


class Texts(HTMLParser):
    """Gather the text of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.feed(text)
        self.close()

    def handle_data(self, data):
        """Keep the text."""
        self.text += data


def test_command_text_csv_and_json(built):
    plain = kg("matrix", "--graph", built)
    assert plain.exit_code == 0
    assert "·" in plain.stdout
    assert "在这些文本中未找到" in plain.stdout
    rows = list(csv.reader(io.StringIO(kg("matrix", "--graph", built, "--by", "province", "--format", "csv", "--lang", "en").stdout)))
    assert rows[0] == ["province", "measure type", "Rural labour", "Youth", "no group named"]
    assert ["湖南省", "Hiring and retention incentives", "1", "0", "0"] in rows
    assert json.loads(kg("matrix", "--graph", built, "--format", "json").stdout)["count"] == 5


def table(text):
    """Return the lines of the first table."""
    return text.split("\n\n")[0].splitlines()[1:]


@pytest.mark.parametrize("columns", [24, 40, 80])
def test_table_fits_the_terminal_and_says_what_is_left_out(built, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = kg("matrix", "--graph", built, "--lang", "en").stdout
    assert all(width(line) <= columns for line in table(shown))
    assert ("columns are left out" in shown) == (columns == 24)
    assert "-o FILE.csv" in shown or columns != 24


def test_a_pipe_has_the_whole_table(built, monkeypatch, tmp_path):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert "…" not in kg("matrix", "--graph", built, "--lang", "en").stdout


@given(
    st.lists(st.tuples(st.text("就业abc", min_size=1, max_size=12), st.integers(0, 99_999)), min_size=1, max_size=12),
    st.integers(24, 120),
)
def test_narrow_tables_keep_the_strongest_columns_in_their_order(columns, limit):
    names, counts = [name for name, _ in columns], [count for _, count in columns]
    shown, left = narrow(["type", *names], [["技能培训与评价", *map(str, counts)]], counts, limit)
    lines = shown.splitlines()
    assert all(width(line) <= limit for line in lines)
    kept = [int(cell) for cell in lines[2].split()[1:]]
    assert len(kept) == len(counts) - left
    assert sorted(kept, reverse=True) == sorted(counts, reverse=True)[: len(kept)]
    remaining = iter(counts)
    assert all(value in remaining for value in kept)


def test_command_lists_provisions(built):
    shown = kg("matrix", "--graph", built, "--list", "--where", "group=农民工").stdout
    assert "【农民工】" in shown
    assert "texts/liaoning.txt:13-25" in shown
    rows = list(csv.DictReader(io.StringIO(kg("matrix", "--graph", built, "--list", "--format", "csv").stdout)))
    assert len(rows) == 5
    assert rows[0]["sentence"] == "为农民工发放<b>求职补贴</b>。"


@pytest.mark.parametrize("name", ["m.svg", "m.png", "m.html", "m.csv", "m.json", "m.txt"])
def test_command_writes_what_the_extension_says_and_twice_the_same(built, tmp_path, name):
    files = [tmp_path / "one" / name, tmp_path / "two" / name]
    for file in files:
        assert kg("matrix", "--graph", built, "--by", "year", "-o", file).exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes() != b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--where", "group"], "is no DIMENSION=VALUE"),
        (["--where", "shape=round"], "is no dimension"),
        (["-o", "m.docx"], "has no extension of a known format"),
        (["--list", "-o", "m.png"], "has no extension of a known format"),
    ],
)
def test_command_says_what_is_wrong(built, arguments, message):
    result = kg("matrix", "--graph", built, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
