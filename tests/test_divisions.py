"""The registry of divisions finds every region by its names, knows what lies in what, and never guesses between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.domain.divisions import load_divisions
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.domain.divisions import Divisions


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_domain().divisions


@pytest.mark.parametrize(
    ("name", "within", "key"),
    [
        ("辽宁", "", "辽宁省"),
        ("内蒙古", "", "内蒙古自治区"),
        ("中华人民共和国", "", "中国"),
        ("台湾地区", "", "台湾"),
        ("阜新", "", "阜新市"),
        ("吉林", "", "吉林省"),
        ("铁西区", "沈阳市", "沈阳市铁西区"),
        ("沈抚示范区", "", "沈抚改革创新示范区"),
        ("新疆兵团", "", "新疆生产建设兵团"),
    ],
)
def test_names_lead_to_their_region(divisions: Divisions, name: str, within: str, key: str) -> None:
    found = divisions.lookup(name, within)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("name", ["铁西区", "鼓楼区", "和平区", "西地省", "东北省", ""])
def test_ambiguous_and_unknown_names_lead_nowhere(divisions: Divisions, name: str) -> None:
    assert divisions.lookup(name) is None


def test_counts_and_levels(divisions: Divisions) -> None:
    levels = [division.level for division in divisions._rows.values() if division.code]
    assert (levels.count("provincial"), levels.count("prefecture"), levels.count("county")) == (34, 333, 2847)


def test_every_region_but_countries_lies_in_the_state(divisions: Divisions) -> None:
    for division in divisions._rows.values():
        if division.level != "country":
            assert divisions.chain(division.key)[-1] == "中国"


def test_ancestors_are_nodes_with_code_level_and_parent(divisions: Divisions) -> None:
    city, province, state = divisions.ancestors("region/大石桥市")
    assert (city["name"], city["code"], city["level"], city["parent"]) == ("营口市", "210800", "lvl:prefecture", "region/辽宁省")
    assert (province["level"], state["id"]) == ("lvl:provincial", "region/中国")


def test_shared_names_are_nobodys_alias(divisions: Divisions) -> None:
    changchun, jilin = divisions.get("长春市"), divisions.get("吉林市")
    assert changchun is not None
    assert jilin is not None
    assert "长春" in divisions.node(changchun)["aliases"]
    assert "aliases" not in divisions.node(jilin)


def test_a_missing_parent_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "zones.tsv").write_text("code\tname\tkey\tshort\tlevel\tparent\n\t甲区\t甲区\t\tzone\t乙市\n", encoding="utf-8")
    (tmp_path / "divisions.tsv").write_text("code\tname\tkey\tshort\tlevel\tparent\n", encoding="utf-8")
    with pytest.raises(DomainError, match=r"zones\.tsv:2.*乙市"):
        load_divisions(tmp_path)
