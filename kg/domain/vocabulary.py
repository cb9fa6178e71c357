"""Read the classes and properties that ``policy.ttl`` defines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_OWL = "http://www.w3.org/2002/07/owl#"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Hold what the ontology's terms are called.

    Attributes:
        classes: IRIs of the classes.
        properties: IRIs of the properties.
        labels: Chinese and English label by local name (``hasMeasure``).
    """

    classes: frozenset[str]
    properties: frozenset[str]
    labels: dict[str, tuple[str, str]]


def load_vocabulary(path: Path) -> Vocabulary:
    """Read the ontology's file.

    Raises:
        DomainError: The file is missing, is not Turtle, or defines no class.
    """
    from pyoxigraph import Literal, NamedNode, RdfFormat, parse

    classes: set[str] = set()
    properties: set[str] = set()
    found: dict[str, dict[str, str]] = {}
    try:
        for triple in parse(path=str(path), format=RdfFormat.TURTLE):
            if not isinstance(triple.subject, NamedNode):
                continue
            subject, kind = triple.subject.value, triple.object
            if triple.predicate.value == _LABEL and isinstance(kind, Literal):
                name = subject.rpartition("#")[2].rpartition("/")[2]
                found.setdefault(name, {})[(kind.language or "").partition("-")[0]] = kind.value
            elif triple.predicate.value == _RDF_TYPE and isinstance(kind, NamedNode) and kind.value.startswith(_OWL):
                (classes if kind.value == _OWL + "Class" else properties).add(subject)
    except (SyntaxError, ValueError) as error:
        raise DomainError(str(path), f"is not valid Turtle ({error})", "mend the line it names") from error
    except OSError as error:
        raise DomainError(str(path), f"cannot be read ({error.strerror or error})", "the domain folder is incomplete") from error
    if not classes:
        raise DomainError(str(path), "defines no class", "make it like ontology/employment/policy.ttl")
    labels = {name: (words.get("zh", ""), words.get("en", "")) for name, words in found.items()}
    return Vocabulary(frozenset(classes), frozenset(properties), labels)
