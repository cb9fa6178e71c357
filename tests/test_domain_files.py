"""Tables, patterns and lexicon: a fault in a data file is an error that names file, line and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.domain.lexicon import load_lexicon
from kg.domain.patterns import load_patterns
from kg.domain.tables import read_toml, read_tsv
from kg.errors import DomainError

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
