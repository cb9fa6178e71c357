"""Collect the words of the page in Chinese and English: its own, and those of the ontology that the graph uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.analyse.wording import class_label
from kg.domain.messages import load_messages
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.domain import Domain

_WORDS = "messages_explorer.toml"
#: Classes that the page names besides the seven, in its order.
_OTHER_TYPES = ("SourceText", "Provision")


def words(domain: Domain) -> dict[str, list[str]]:
    """Return each word of the page by its key, as [Chinese, English]."""
    entries = load_messages(domain.base, _WORDS).entries
    return {key: list(both) for key, both in sorted(entries.items())}


def type_rows(domain: Domain) -> list[list[str]]:
    """Return id, Chinese and English name of each class that is shown, in the page's order."""
    return [[name, *class_label(domain, name)] for name in (*ENTITY_TYPES, *_OTHER_TYPES)]


def predicate_rows(predicates: Iterable[str], domain: Domain) -> list[list[str]]:
    """Return id, Chinese and English name of each predicate, sorted by id."""
    own = load_messages(domain.base, _WORDS).entries
    return [[name, *own.get(f"relation.{name}", class_label(domain, name))] for name in sorted(predicates)]


def field_rows(fields: Iterable[str], domain: Domain) -> dict[str, list[str]]:
    """Return Chinese and English name of each field that nodes have and the ontology names."""
    labels = domain.vocabulary.labels
    return {name: list(labels[name]) for name in sorted(set(fields)) if name in labels}


def concept_rows(curies: Iterable[str], domain: Domain) -> list[list[Any]]:
    """Return CURIE, Chinese and English name, and the CURIE above, of each concept and those above it, sorted."""
    found: set[str] = set()
    waiting = [curie for curie in curies if curie in domain.concepts]
    while waiting:
        curie = waiting.pop()
        if curie not in found:
            found.add(curie)
            waiting += domain.concepts[curie].broader
    listed = (domain.concepts[curie] for curie in sorted(found))
    return [[c.curie, c.zh or c.curie, c.en or c.zh or c.curie, min(c.broader, default="")] for c in listed]


def fold_pairs(domain: Domain) -> list[str]:
    """Return the letters that folding changes, and what they become: two strings of equal length.

    Letters outside the basic plane are left out, so that the strings can be indexed by UTF-16 units.
    """
    pairs = [(chr(code), to) for code, to in sorted(domain.fold.table.items()) if code <= 0xFFFF and len(to) == 1 and to <= "\uffff"]  # noqa: PLR2004
    pairs = [(source, to) for source, to in pairs if source != to and not source.isspace()]
    return ["".join(source for source, _ in pairs), "".join(to for _, to in pairs)]
