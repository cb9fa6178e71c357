"""Typed access: what the functions show is what the graph holds, sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import kg
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> nx.MultiDiGraph:
    """Return the graph of one small text."""
    folder: Path = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_text("沈阳市财政局对高校毕业生给予一次性求职补贴。\n", encoding="utf-8")
    return kg.build(folder)


def test_entities_are_sorted_and_typed(graph: nx.MultiDiGraph) -> None:
    """Each type's entities come in the order of their ids; an unknown type is refused with the list of types."""
    names = [e.name for e in kg.entities(graph)]
    assert {"沈阳市财政局", "高校毕业生", "一次性求职补贴"} <= set(names)
    assert [e.id for e in kg.entities(graph, "Agency")] == sorted(e.id for e in kg.entities(graph, "Agency"))
    with pytest.raises(UsageError, match="name one of Agency"):
        list(kg.entities(graph, "Person"))
    with pytest.raises(UsageError, match="is no node of this graph"):
        kg.entity(graph, "agency/无此机构")


def test_claims_lead_to_their_sentence(graph: nx.MultiDiGraph) -> None:
    """A claim's evidence quotes the sentence that grants it, with offsets that fit the text."""
    (claim,) = kg.claims(graph, subject="measure/一次性求职补贴", predicate="targets")
    assert claim.object == "group/高校毕业生"
    (shown,) = kg.evidence(graph, claim)
    text = graph.graph["texts"][shown.text]
    assert text[shown.start : shown.end] == shown.exact
    assert shown.sentence == "沈阳市财政局对高校毕业生给予一次性求职补贴。"
    assert shown.source.endswith("a.txt")


def test_mentions_of_an_entity_are_its_evidence(graph: nx.MultiDiGraph) -> None:
    """An entity's evidence are the places where it is named."""
    (shown,) = kg.evidence(graph, kg.entity(graph, "group/高校毕业生"))
    assert shown.exact == "高校毕业生"


def test_offered_names_exist_and_others_do_not() -> None:
    """Everything in ``kg.__all__`` can be had; another name is an AttributeError."""
    assert all(getattr(kg, name) is not None for name in kg.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        kg.nothing  # noqa: B018
