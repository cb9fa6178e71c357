"""Run the SHACL Core shapes of ``shapes.ttl`` over a graph's Turtle, with a fast engine or with the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.check.result import CheckResult
from kg.errors import DomainError
from kg.rdf.namespaces import ID, SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: Messages by language of each shape, by its IRI.
Messages = dict[str, dict[str, str]]


def check_fast(turtle: str, shapes: Path) -> list[CheckResult]:
    """Return what the Rust engine ``shacl`` finds; where it is not installed, what pySHACL finds.

    Args:
        turtle: The graph.
        shapes: File of the shapes.
    """
    try:
        import shacl
    except ImportError:  # no wheel for this platform
        return check_reference(turtle, shapes)
    report = shacl.Shapes.from_file(str(shapes)).validate_turtle(turtle)
    messages = read_messages(shapes)
    rows = ((each.source_shape or "", each.focus_node, each.value or "", each.severity) for each in report.results)
    return list(_results(rows, messages))


def check_reference(turtle: str, shapes: Path) -> list[CheckResult]:
    """Return what pySHACL finds; takes some fifty times longer than :func:`check_fast`.

    Args:
        turtle: The graph.
        shapes: File of the shapes.
    """
    import pyshacl
    from rdflib import Graph, URIRef

    _, report, _ = pyshacl.validate(
        Graph().parse(data=turtle, format="turtle"), shacl_graph=Graph().parse(str(shapes), format="turtle"), inference="none"
    )
    assert isinstance(report, Graph)
    rows = []
    for result in report.subjects(URIRef(SH + "focusNode"), unique=True):
        found = [report.value(result, URIRef(SH + name)) for name in ("sourceShape", "focusNode", "value", "resultSeverity")]
        shape, focus, value, severity = ("" if term is None else term.n3() for term in found)
        rows.append((shape, focus, value, severity.strip("<>").rpartition("#")[2]))
    return list(_results(rows, read_messages(shapes)))


def read_messages(shapes: Path) -> Messages:
    """Return the messages of each shape that has an IRI.

    Raises:
        DomainError: The file is missing or is not Turtle.
    """
    from pyoxigraph import Literal, NamedNode, RdfFormat, parse

    found: Messages = {}
    try:
        for triple in parse(path=str(shapes), format=RdfFormat.TURTLE):
            if triple.predicate.value == SH + "message" and isinstance(triple.object, Literal) and isinstance(triple.subject, NamedNode):
                found.setdefault(triple.subject.value, {})[(triple.object.language or "").lower()] = triple.object.value
    except (SyntaxError, OSError) as error:
        raise DomainError(str(shapes), f"cannot be read ({error})", "the domain folder is incomplete") from error
    return found


def _results(rows: Iterable[tuple[str, str, str, str]], messages: Mapping[str, Mapping[str, str]]) -> Iterator[CheckResult]:
    """Yield a finding for each different row of source shape, focus node, value (terms) and severity."""
    for shape, focus, value, severity in sorted(set(rows)):
        address = shape.strip("<>")
        words = messages.get(address, {})
        code = address.rpartition("#")[2] or address
        yield CheckResult(severity.lower(), code, _short(focus), words.get("zh-hans", code), words.get("en", code), _short(value))


def _short(term: str) -> str:
    return term[1:-1].removeprefix(ID) if term.startswith("<") else term.partition("^^")[0]
