"""Pictures hold every character as an outline, count what the graph holds, and are the same bytes each time."""

from __future__ import annotations

import re
import runpy
import struct
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.analyse.draw import Canvas, load_font, to_png
from kg.analyse.draw.font import BUNDLED
from kg.analyse.network_picture import Dot, Tie, draw_network
from kg.analyse.overview import overview
from kg.analyse.overview_picture import draw_overview
from kg.cli import main
from kg.domain import load_domain
from kg.errors import UsageError
from kg.rdf import read_graph

SCENE = runpy.run_path(str(Path(__file__).with_name("analysis_scene.py")))
policy_graph = runpy.run_path(str(Path(__file__).with_name("export_graphs.py")))["policy_graph"]
DATA = Path(__file__).resolve().parent / "data" / "questions.ttl"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def domain():
    return load_domain()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return SCENE["write_scene"](tmp_path_factory.mktemp("plot") / "built")


def kg(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def uses(svg):
    """Return for each text of a picture the names of the outlines it is drawn with."""
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    texts = [group for group in root.iter(f"{SVG}g") if group.get("aria-label")]
    return [(group.get("aria-label"), [use.get("href", "").removeprefix("#") for use in group]) for group in texts]


def pixels(png):
    """Return width, height and the decoded rows of an RGBA picture."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return width, height, zlib.decompress(data)


# Characters


def test_bundled_font_has_its_licence_beside_it():
    licence = (BUNDLED.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert "Copyright" in licence
    assert BUNDLED.stat().st_size < 2_500_000


@pytest.mark.parametrize("folder", ["ontology", "seeds"])
def test_no_character_of_ours_is_missing(folder):
    root = Path(__file__).resolve().parent.parent / folder
    font = load_font()
    files = [path for path in sorted(root.rglob("*")) if path.suffix in {".tsv", ".toml", ".ttl", ".txt"} and path.name != "fold.tsv"]
    files = [path for path in files if path.parent.name != "models"]  # what a model met in a broken text is no word and never drawn
    assert files
    used = {character for path in files for character in path.read_text(encoding="utf-8")}
    # Ends of ranges in patterns are no words.
    used = {character for character in used if unicodedata.category(character) not in {"Co", "Cc"} and character != "\u9fff"}
    assert len(used) > 1000
    font.glyphs("".join(sorted(character for character in used if ord(character) not in font.faces[0].names)))
    assert font.missing == set()


def test_standard_characters_are_there():
    """GB 2312 whole, both halves of a name, and what only the table of 8,105 has."""
    gb2312 = "".join(bytes((lead, trail)).decode("gb2312", "ignore") for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    font = load_font()
    assert len(gb2312) == 6763
    assert all(ord(character) in font.faces[0].names for character in gb2312)
    assert all(glyph.path and glyph.width == 1000 for glyph in font.glyphs(gb2312[::17] + "镕喆堃淼昇祎玥"))
    assert font.missing == set()


def test_every_character_is_drawn_and_none_as_an_empty_box(domain):
    font = load_font((), domain.fold)
    canvas = Canvas(font, (100, 100), "t")
    canvas.text((0, 0), "龘𠮷😀髮")
    ((words, names),) = uses(canvas.svg())
    assert words == "龘𠮷😀髮"
    spelt = "U+9F98U+20BB7U+1F600髮"
    assert [int(name.partition("-")[2], 16) for name in names] == [ord(character) for character in spelt]
    assert font.missing == {"龘", "𠮷", "😀"}
    assert not re.search(r'id="[^"]*notdef', canvas.svg())


def test_a_traditional_character_that_the_font_lacks_is_drawn_as_its_simplified_form(domain):
    font = load_font((), domain.fold)
    rare = next(
        character for character in "㑯䊷䋚䌈䙊鱍鴷" if ord(character) not in font.faces[0].names and domain.fold(character) != character
    )
    folded = domain.fold(rare)
    if ord(folded) in font.faces[0].names:
        assert font.glyphs(rare) == font.glyphs(folded)
        assert font.missing == set()
    else:
        assert [glyph.name for glyph in font.glyphs(rare)] == [glyph.name for glyph in font.glyphs(f"U+{ord(rare):04X}")]


def test_a_further_font_is_asked_next():
    font = load_font((BUNDLED,))
    assert len(font.faces) == 2
    assert font.glyphs("龘") == font.glyphs("U+9F98")
    with pytest.raises(UsageError, match="is no font that can be read"):
        load_font((DATA,))


@given(st.text(st.characters(exclude_categories=()), max_size=20))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_a_picture_that_parses(text):
    canvas = Canvas(load_font(), (300, 50), text, text)
    canvas.text((5, 20), text, 12)
    canvas.rect((0, 0), (5, 5), "#000000", note=text)
    svg = canvas.svg()
    ET.fromstring(svg)  # noqa: S314 - our own file
    assert svg.encode("utf-8")


@given(st.text("就业abc 补贴，。12", max_size=60), st.integers(20, 200))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wrapping_loses_no_character_and_keeps_to_the_room(text, room):
    font = load_font()
    lines = font.wrap(text, 10, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(font.width(line, 10) <= room or len(line) == 1 for line in lines if " " not in text)
    assert font.width(font.shorten(text, 10, room), 10) <= max(room, font.width("…", 10))


# Pictures


def test_overview_counts_what_the_graph_holds(domain):
    graph = policy_graph(6)
    found = overview(graph, domain)
    types = {bar["key"]: bar["count"] for bar in found["panels"]["types"]["bars"]}
    assert types == {name: sum(1 for _, t in graph.nodes(data="type") if t == name) for name in types}
    assert found["totals"]["texts"] == 6
    assert found["totals"]["facts"] == sum(1 for *_, data in graph.edges(data=True) if data["evidence"])
    assert found["panels"]["measures"]["aside"] == [] or found["panels"]["measures"]["aside"][0]["key"] == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_overview_shows_each_number_once(domain, lang):
    graph = read_graph(DATA, domain)
    found = overview(graph, domain, top=5)
    svg = draw_overview(found, domain, load_font((), domain.fold), lang).svg()
    for panel in found["panels"].values():
        assert len(panel["bars"]) <= 7
        for bar in panel["bars"]:
            assert f">{bar[lang]}: {bar['count']}</title>" in svg
        assert not panel["more"] or f'aria-label="+{panel["more"]}' in svg


def test_network_stands_as_in_gexf_and_is_no_grey_ball(domain):
    dots = [Dot(f"名{n}", "Measure", float(n % 10) * 50, float(n // 10) * 50, 4 + n % 7, n // 25) for n in range(100)]
    ties = [Tie(n, n + 1, "targets", 1) for n in range(98)]
    svg = draw_network(dots, ties, domain, load_font()).svg()
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    circles = [c for c in root.iter(f"{SVG}circle") if c.find(f"{SVG}title") is not None]
    assert len(circles) == 99
    assert "+1 个实体没有关系，未画出" in svg
    by_label = {c.findtext(f"{SVG}title"): (float(c.get("cx")), float(c.get("cy"))) for c in circles}
    assert by_label["名1"][0] - by_label["名0"][0] == pytest.approx(by_label["名2"][0] - by_label["名1"][0], abs=0.02)
    assert by_label["名10"][1] < by_label["名0"][1]


def test_picture_of_an_empty_graph(domain):
    import networkx as nx

    assert "<svg" in draw_overview(overview(nx.MultiDiGraph(), domain), domain, load_font()).svg()
    assert "<svg" in draw_network([], [], domain, load_font()).svg()


def test_png_is_not_empty_and_has_the_colours(domain):
    graph = read_graph(DATA, domain)
    png = to_png(draw_overview(overview(graph, domain), domain, load_font((), domain.fold)).svg(), zoom=1)
    width, height, data = pixels(png)
    assert width > 900
    assert height > 600
    assert len(set(data)) > 50
    assert len(png) > 20_000


@pytest.mark.parametrize("what", ["overview", "network"])
def test_command_writes_the_same_bytes_in_every_process(built, tmp_path, what):
    for seed in ("1", "2"):
        folder = tmp_path / seed
        command = [
            sys.executable,
            "-m",
            "kg",
            "plot",
            what,
            "--graph",
            str(built),
            "-o",
            str(folder / "p.svg"),
            "-o",
            str(folder / "p.png"),
        ]
        # No font of the system can take part: there is none to be found.
        environment = {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "PATH": "/nowhere", "HOME": str(tmp_path), "FONTCONFIG_PATH": "/nowhere"}
        subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment, cwd=Path(__file__).resolve().parent.parent)
    for name in ("p.svg", "p.png"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_command_says_what_is_wrong(built, tmp_path):
    result = kg("plot", "--graph", built, "-o", tmp_path / "p.pdf")
    assert result.exit_code == 2
    assert "use .svg, .png or .json" in result.stderr
    assert kg("plot", "--graph", tmp_path / "none", "-o", tmp_path / "p.svg").exit_code == 2


def test_command_without_the_extra_says_how_to_install_it(built, tmp_path, monkeypatch):
    from kg.analyse.draw import font

    font._face.cache_clear()
    monkeypatch.setitem(sys.modules, "fontTools.ttLib", None)
    result = kg("plot", "--graph", built, "-o", tmp_path / "p.svg")
    font._face.cache_clear()
    assert result.exit_code == 2
    assert "pip install 'policy-measure-kg[plot]'" in result.stderr


def test_command_names_characters_that_no_font_has(tmp_path, domain):
    import networkx as nx

    from kg.rdf import write_turtle

    graph = nx.MultiDiGraph(texts={})
    graph.add_node("agency/龘局", type="Agency", name="龘局", texts=1, confidence=0.9, rule="r")
    graph.add_node("program/a", type="Program", name="a", texts=1, confidence=0.9, rule="r")
    graph.add_node("text/a", type="SourceText", name="a", source="a.txt")
    claim = {"subject": "program/a", "predicate": "implementedBy", "object": "agency/龘局"}
    where = {"text": "text/a", "start": 0, "end": 1, "exact": "a", "sentence": "a", "rule": "r", "confidence": 0.9}
    graph.add_node("evidence/0", type="Evidence", **where, **claim)
    graph.add_edge("program/a", "agency/龘局", "implementedBy", evidence=["evidence/0"], weight=1, confidence=0.9)
    (tmp_path / "graph.ttl").write_bytes(write_turtle(graph, domain))
    result = kg("plot", "--graph", tmp_path, "-o", tmp_path / "p.svg")
    assert result.exit_code == 0
    assert "1 characters stand as code points: U+9F98" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "drawn"),
    [
        (["--relation", "implements"], {"技能辽宁行动", "技能营口行动", "yingkou", "辽宁省稳就业方案"}),
        (["--around", "技能遼寧行動"], {"技能辽宁行动", "技能营口行动"}),
    ],
)
def test_network_keeps_what_is_asked_for(built, tmp_path, arguments, drawn):
    assert kg("plot", "network", "--graph", built, *arguments, "-o", tmp_path / "p.svg").exit_code == 0
    root = ET.fromstring((tmp_path / "p.svg").read_bytes())  # noqa: S314 - our own file
    assert {title for c in root.iter(f"{SVG}circle") if (title := c.findtext(f"{SVG}title"))} == drawn


def test_network_names_the_relations_there_are(built, tmp_path):
    result = kg("plot", "network", "--graph", built, "--relation", "likes", "-o", tmp_path / "p.svg")
    assert result.exit_code == 2
    assert "likes: is no relation of this graph — name one of" in result.stderr
