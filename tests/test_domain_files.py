"""Tables, patterns and lexicon: a fault in a data file is an error that names file, line and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.domain.lexicon import load_lexicon
from kg.domain.patterns import load_patterns
from kg.domain.tables import read_toml, read_tsv
from kg.errors import DomainError
from kg.extract import extract
from kg.extract.view import text_document

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "type\tname\taliases\tcategory\tsource\n"


def test_rows_keep_their_line_and_comments_are_skipped(tmp_path: Path) -> None:
    """A row knows where it stands; cells that list several values are split."""
    path = tmp_path / "a.tsv"
    path.write_text("# source\nname\taliases\n\n人社部\t人力资源社会保障部|人社\n", encoding="utf-8")
    (row,) = read_tsv(path)
    assert row["name"] == "人社部"
    assert row.items("aliases") == ("人力资源社会保障部", "人社")
    assert row.where == f"{path}:4"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\naa\tbb\n", "2 cells"),
        (b"name\n\xff\n", "not UTF-8"),
    ],
)
def test_a_faulty_table_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """Too many cells and wrong encoding are refused with the place."""
    path = tmp_path / "a.tsv"
    path.write_bytes(content)
    with pytest.raises(DomainError, match=message) as caught:
        list(read_tsv(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[pattern]]\nname='a'\nregex='就业'\nexample='创业'\nexpect=['就业']\n", "finds \\[\\] in its own example"),
        ("[[pattern]]\nname='a'\nregex='就业('\nexample='就业'\nexpect=['就业']\n", "no valid regular expression"),
        ("[[pattern]]\nname='a'\nregex='{verbs}'\nexample='就业'\nexpect=['就业']\n", "word list verbs"),
        ("[[pattern]]\nname='a'\nregex='就业'\n", "no example"),
        ("[[pattern\n", "not valid TOML"),
    ],
)
def test_a_pattern_whose_example_fails_does_not_load(tmp_path: Path, content: str, message: str) -> None:
    """Each fault of a pattern file is one DomainError that names the file and the pattern."""
    path = tmp_path / "a.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DomainError, match=message) as caught:
        load_patterns(path)
    assert str(path) in str(caught.value)


def test_every_shipped_pattern_file_loads() -> None:
    """All pattern, relation and language files hold their own examples."""
    domain = load_domain()
    for path in sorted(domain.field.glob("patterns/*.toml")):
        domain.patterns(path.stem)
    for path in sorted(domain.field.glob("relations/*.toml")):
        domain.relations(path.stem)
    for path in sorted(domain.base.glob("*.toml")):
        read_toml(path)


def test_a_clashing_alias_names_both_rows(tmp_path: Path) -> None:
    """An alias may name one entry of its type only."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "Measure\t甲补贴\t丙\t\t\nMeasure\t乙补贴\t丙\t\t\n", encoding="utf-8")
    domain = load_domain()
    with pytest.raises(DomainError, match=r'own.tsv:3: alias "丙" already names 甲补贴'):
        load_lexicon(domain.field / "lexicon", [path], domain.fold)


def test_a_row_of_unknown_type_is_refused(tmp_path: Path) -> None:
    """The message lists the types there are."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "Money\t甲补贴\t\t\t\n", encoding="utf-8")
    domain = load_domain()
    with pytest.raises(DomainError, match="is no type — write one of Agency"):
        load_lexicon(domain.field / "lexicon", [path], domain.fold)


def test_users_rows_are_folded_and_win(tmp_path: Path) -> None:
    """A user's name in traditional script is found in any script, and its row replaces the shipped one."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "Program\t青年築夢計畫\t築夢計畫\tpk:plan\t本所\n", encoding="utf-8")
    domain = load_domain()
    lexicon = load_lexicon(domain.field / "lexicon", [path], domain.fold)
    entry = lexicon.get("Program", "筑梦计划")
    assert entry is not None
    assert entry.name == "青年筑梦计划"
    assert entry.own
    assert [(s, e) for s, e, found in lexicon.find("推动青年筑梦计划。") if found.own] == [(2, 8), (4, 8)]


FAULTY = """Measure\t甲补贴\t丙项补贴\tmt:employment-subsidys\t
Measure\t乙补贴\t丙补贴\t\t
Measure\t丁补贴\t丙补贴\t\t
Program\t戊计划\t丙补贴|己\ttg:youth\t
Program\t庚计划\t丙补贴|己\tpk:plan\t
Region\t某地\t\tmt:services\t
Measure\t辛补贴\t公共就业服务\t\t
Measure\t壬补贴\t公共就业服务\t\t
"""


def test_every_fault_of_a_table_is_told(run_kg, tmp_path: Path) -> None:
    """Unknown categories name the nearest, all clashes come with their line, doubts are warnings; a build says how many there are."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + FAULTY, encoding="utf-8")
    finished = run_kg("lexicon", "check", path)
    lines = finished.stderr.splitlines()
    assert finished.returncode == 2
    faults = {int(line.split(":")[1]): line for line in lines if not line.startswith(("warning", "info"))}
    assert sorted(faults) == [2, 4, 5, 7, 9]
    assert '"mt:employment-subsidys" is no category of a Measure — near it: mt:' in faults[2]
    assert '"tg:youth" is no category of a Program — near it: pk:' in faults[5]
    assert "a Region has no category" in faults[7]
    assert 'alias "公共就业服务" already names 辛补贴' in faults[9]
    assert any("own.tsv:8: the shipped 公共就业服务" in line and line.endswith("is called 辛补贴 now") for line in lines)
    doubts = [line for line in lines if line.startswith("warning: ")]
    assert any('own.tsv:6: "己" has one character' in line for line in doubts)
    assert any('own.tsv:6: "丙补贴" is also a Measure' in line for line in doubts)
    with pytest.raises(DomainError, match=r"own.tsv:2: .* 4 more: kg lexicon check"):
        load_domain(lexicons=[path]).lexicon  # noqa: B018 - it is read when asked for


OWN = """Measure\t灵活就业社保补助\t灵活就业社会保险补贴\t\t
Measure\t就业见习\t\tmt:startup-subsidy\t
TargetGroup\t待业大学生\t大学毕业生\ttg:youth\t
"""


def test_users_rows_rename_and_recategorise_shipped_names(run_kg, tmp_path: Path) -> None:
    """A shipped name as alias is renamed with all its forms, as name it gets the user's category; a shipped alias alone changes hands."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + OWN, encoding="utf-8")
    shipped, lexicon = load_domain().lexicon, load_domain(lexicons=[path]).lexicon
    before = shipped.get("Measure", "灵活就业社会保险补贴")
    assert before is not None
    for form in (before.name, *before.aliases):
        entry = lexicon.get("Measure", form)
        assert entry is not None
        assert (entry.name, entry.category, entry.own) == ("灵活就业社保补助", before.category, True)
    assert lexicon.entries.get(("Measure", before.name)) is None
    moved = [lexicon.get("Measure", form) for form in ("就业见习", "青年就业见习")]
    assert [entry and (entry.name, entry.category) for entry in moved] == [("就业见习", "mt:startup-subsidy")] * 2
    groups = [lexicon.get("TargetGroup", form) for form in ("大学毕业生", "高校毕业生")]
    assert [entry and (entry.name, entry.category) for entry in groups] == [("待业大学生", "tg:youth"), ("高校毕业生", "tg:graduates")]
    finished = run_kg("lexicon", "check", path)
    assert finished.returncode == 0
    assert [line.split(":")[0] for line in finished.stderr.splitlines()] == ["info"] * 3


def test_users_rows_win_in_the_record(tmp_path: Path) -> None:
    """What a text says under a shipped name stands in the record under the user's name and category."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + OWN, encoding="utf-8")
    domain = load_domain(lexicons=[path])
    nodes = extract(text_document("对高校毕业生开展青年就业见习，发放灵活就业社会保险补贴。", domain), domain)["nodes"]
    found = {node["name"]: node.get("category") for node in nodes if node["type"] == "Measure"}
    assert found["就业见习"] == "mt:startup-subsidy"
    assert "灵活就业社保补助" in found
    assert "灵活就业社会保险补贴" not in found


def test_a_name_that_is_shipped_as_an_alias_becomes_its_own(tmp_path: Path) -> None:
    """Only an alias that names something else clashes."""
    path = tmp_path / "own.tsv"
    path.write_text(HEADER + "Measure\t就业政策咨询\t\t\t\n", encoding="utf-8")
    shipped = load_domain().lexicon.get("Measure", "就业政策咨询")
    assert shipped is not None
    lexicon = load_domain(lexicons=[path]).lexicon
    entry = lexicon.get("Measure", "就业政策咨询")
    assert entry is not None
    assert entry.own
    for form in (shipped.name, *shipped.aliases):
        held = lexicon.get("Measure", form)
        assert held is not None
        assert form == entry.name or (held.name == shipped.name and entry.name not in held.aliases)
    assert all(entry.name not in held.aliases for held in lexicon.entries.values())


@pytest.mark.parametrize(("name", "what"), [("none.tsv", "no such file"), (".", "is a folder")])
def test_a_table_that_is_none_is_not_the_domains_fault(run_kg, tmp_path: Path, name: str, what: str) -> None:
    """The message is about the file that the user named."""
    finished = run_kg("lexicon", "check", tmp_path / name)
    assert (finished.returncode, finished.stderr.count("\n")) == (2, 1)
    assert what in finished.stderr
    assert "domain folder" not in finished.stderr


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    """A misspelt column would be silently lost."""
    path = tmp_path / "own.tsv"
    path.write_text("type\tname\talias\nMeasure\t甲补贴\t乙\n", encoding="utf-8")
    with pytest.raises(DomainError, match='unknown column "alias"'):
        load_domain(lexicons=[path]).lexicon  # noqa: B018 - it is read when asked for
