"""Say with which property and datatype each attribute of a node is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.rdf.namespaces import DCTERMS, EPM, ID, OA, RDF, RDFS, SCHEMA, SKOS, XSD
from kg.rdf.terms import address_of, date, iri, is_iri, literal, number, parse_literal, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.domain.concepts import Concepts

_DURATION = re.compile(r"P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class Field:
    """Hold how one attribute is written.

    Attributes:
        property: IRI of the property.
        kind: ``text``, ``zh`` (text tagged as simplified Chinese), ``decimal``, ``fraction`` (a decimal that is a ``float`` in the
            graph), ``count``, ``date``, ``duration``, ``concept`` (CURIE in the graph, IRI in RDF) or ``node`` (id in the graph). A value that
            does not fit its kind is written by its Python type, so that nothing is lost.
    """

    property: str
    kind: str = "text"


#: Fields of every type whose property is not simply ``epm:`` and the attribute's name, or which are no plain text.
FIELDS: dict[str, Field] = {
    "name": Field(RDFS + "label", "zh"),
    "aliases": Field(SKOS + "altLabel", "zh"),
    "category": Field(EPM + "category", "concept"),
    "level": Field(EPM + "level", "concept"),
    "unitConcept": Field(EPM + "unit", "concept"),
    "fromFund": Field(EPM + "fromFund", "concept"),
    "confidence": Field(EPM + "confidence", "fraction"),
    "value": Field(EPM + "value", "decimal"),
    "lowerValue": Field(EPM + "lowerValue", "decimal"),
    "yearOnYear": Field(EPM + "yearOnYear", "decimal"),
    "targetCompletion": Field(EPM + "targetCompletion", "decimal"),
    "unit": Field(SCHEMA + "unitText"),
    "unitText": Field(EPM + "unitText"),
    "periodStart": Field(EPM + "periodStart", "date"),
    "periodEnd": Field(EPM + "periodEnd", "date"),
    "frequency": Field(EPM + "frequency", "duration"),
    "date": Field(DCTERMS + "issued", "date"),
    "title": Field(DCTERMS + "title"),
    "number": Field(EPM + "number"),
    "url": Field(SCHEMA + "url"),
    "source": Field(EPM + "path"),
    "issuer": Field(DCTERMS + "creator", "node"),
    "region": Field(DCTERMS + "spatial", "node"),
    "parent": Field(EPM + "parent", "node"),
    "isFormatOf": Field(EPM + "formatOf", "node"),
    "code": Field(SKOS + "notation"),
    "exact": Field(OA + "exact"),
    "start": Field(OA + "start", "count"),
    "end": Field(OA + "end", "count"),
    "text": Field(EPM + "text", "node"),
}
#: Fields of one type.
TYPE_FIELDS: dict[tuple[str, str], Field] = {
    ("PolicyDocument", "number"): Field(DCTERMS + "identifier"),
    ("Evidence", "subject"): Field(RDF + "subject", "node"),
    ("Evidence", "predicate"): Field(RDF + "predicate", "predicate"),
    ("Evidence", "object"): Field(RDF + "object", "node"),
}
_ATTRIBUTES = {field.property: attribute for attribute, field in FIELDS.items()}
_TYPE_ATTRIBUTES = {(type_, field.property): attribute for (type_, attribute), field in TYPE_FIELDS.items()}


def field_of(type_: str | None, attribute: str) -> Field:
    """Return how an attribute of a node of a type is written.

    Raises:
        UsageError: The attribute's name cannot be a property's.
    """
    found = TYPE_FIELDS.get((type_ or "", attribute)) or FIELDS.get(attribute)
    if found is None:
        if not _NAME.fullmatch(attribute):
            raise UsageError(attribute, "cannot be the name of a property", "name attributes with ASCII letters and digits")
        found = Field(EPM + attribute)
    return found


def attribute_of(type_: str | None, address: str) -> str | None:
    """Return the attribute that a property stands for, None when it is neither in a table nor ours."""
    found = _TYPE_ATTRIBUTES.get((type_ or "", address)) or _ATTRIBUTES.get(address)
    return found or (address.removeprefix(EPM) if address.startswith(EPM) else None)


def term_of(field: Field, value: Any, concepts: Concepts | None = None) -> str:
    """Return the term of an attribute's value."""
    if isinstance(value, str):
        return _term_of_text(field.kind, value, concepts)
    if isinstance(value, bool):
        return literal("true" if value else "false", datatype=XSD + "boolean")
    if isinstance(value, float) or (isinstance(value, int) and field.kind in ("decimal", "fraction")):
        return number(value)
    if isinstance(value, int):
        return literal(str(value), datatype=XSD + ("nonNegativeInteger" if field.kind == "count" and value >= 0 else "integer"))
    return literal(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")), datatype=RDF + "JSON")


def _term_of_text(kind: str, value: str, concepts: Concepts | None) -> str:
    if kind == "zh":
        return literal(value, language="zh-hans")
    if kind == "concept":
        address = concepts.expand(value) if concepts is not None else None
        return iri(address) if address is not None and value in (concepts or ()) else literal(value)
    if kind == "node":
        return iri(ID + value)
    if kind == "date":
        return date(value)
    if kind == "duration" and _DURATION.fullmatch(value):
        return literal(value, datatype=XSD + "duration")
    return literal(value)


def value_of(field: Field, term: str, concepts: Concepts | None = None) -> Any:
    """Return the value that a term stands for; the inverse of :func:`term_of`."""
    if is_iri(term):
        address = address_of(term)
        if field.kind == "node":
            return address.removeprefix(ID)
        return (concepts.compact(address) if concepts is not None else None) or address
    text, _, datatype = parse_literal(term)
    return _READERS.get(datatype, str)(text) if field.kind != "fraction" or datatype != _DECIMAL else float(text)


_DECIMAL = XSD + "decimal"
_READERS: dict[str, Callable[[str], Any]] = {
    _DECIMAL: parse_number,
    XSD + "integer": int,
    XSD + "nonNegativeInteger": int,
    XSD + "boolean": lambda text: text in ("true", "1"),
    RDF + "JSON": json.loads,
}
