"""A record holds what its text says: no alias that stands nowhere, and a word where nothing was found."""

from __future__ import annotations

import kg


def aliases(text: str) -> dict[str, list[str]]:
    """Return the aliases of each node of a text's record."""
    return {node["name"]: node.get("aliases", []) for node in kg.extract_text(text)["nodes"]}


def test_only_forms_that_the_text_uses_are_aliases() -> None:
    """A short form of an agency is generated to find it, not to be said."""
    name = "辽宁省人力资源和社会保障厅"
    assert aliases("辽宁省人力资源和社会保障厅发放补贴。")[name] == []
    assert aliases("辽宁省人社厅发放补贴。")[name] == ["辽宁省人社厅"]
    assert aliases("遼寧省人社廳發放補貼。")[name] == ["辽宁省人社厅"]


def test_a_form_inside_the_name_is_not_used() -> None:
    """The short name of a region is an alias only where it stands alone."""
    assert aliases("辽宁省发放补贴。")["辽宁省"] == []
    assert aliases("辽宁省发放补贴,辽宁企业受益。")["辽宁省"] == ["辽宁"]


def test_a_text_in_which_nothing_is_found_says_so() -> None:
    """The finding is an information, for the text may rightly hold nothing."""
    found = kg.extract_text("今天天气很好。")["findings"]
    assert [(one["severity"], one["code"]) for one in found] == [("info", "nothing-found")]
    assert kg.extract_text("辽宁省人社厅发放补贴。")["findings"] == []
