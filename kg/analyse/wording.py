"""Give the words of values in both languages: concepts, nodes of the graph, years, and what a text does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.domain.messages import load_messages

if TYPE_CHECKING:
    import networkx as nx

    from kg.domain import Domain
    from kg.domain.messages import Messages


def words(domain: Domain) -> Messages:
    """Return the words of tables and pictures."""
    return load_messages(domain.base, "messages_pictures.toml")


def label(graph: nx.MultiDiGraph, domain: Domain, dimension: str, key: str) -> tuple[str, str]:
    """Return the Chinese and English words for a value of a dimension of ``kg.analyse.provision_facts``."""
    messages = words(domain)
    if key in ("", "other"):
        name = f"matrix.{'other' if key else 'none'}-{dimension}"
        if name not in messages.entries:
            name = "matrix.other" if key else "matrix.none"
        return messages.zh(name), messages.en(name)
    if dimension == "realisation":
        return messages.zh(f"realisation.{key}"), messages.en(f"realisation.{key}")
    return node_label(graph, domain, key)


def node_label(graph: nx.MultiDiGraph, domain: Domain, key: str) -> tuple[str, str]:
    """Return the words for a concept or a node; a node has its name in both languages."""
    concept = domain.concepts.get(key)
    if concept is not None:
        return concept.zh or key, concept.en or concept.zh or key
    data = graph.nodes[key] if key in graph else {}
    name = str(data.get("name") or data.get("title") or key.partition("/")[2] or key)
    return name, name


def class_label(domain: Domain, name: str) -> tuple[str, str]:
    """Return the words for a class or property of the ontology, its own name where there are none.

    An explanation in brackets is left out.
    """
    zh, en = domain.vocabulary.labels.get(name, ("", ""))
    return _before_bracket(zh) or name, _before_bracket(en) or name


def _before_bracket(text: str) -> str:
    return text.replace("（", "(").partition("(")[0].strip()
