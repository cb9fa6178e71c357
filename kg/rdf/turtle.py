"""Write Turtle that people read: one block a subject, readable Chinese names, the same bytes for the same triples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.rdf.namespaces import EPM, PREFIXES, RDF, RDFS, SKOS, XSD
from kg.rdf.star import parts_of, triple_term
from kg.rdf.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.rdf.terms import Triple

_BASE = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_FIRST = _BASE + "_0-9:"
_LAST = _FIRST + r"\-\u00b7\u0300-\u036f\u203f\u2040"
#: PN_LOCAL of Turtle 1.1 without its escapes (``%41`` and ``\,``); empty is a name too.
LOCAL_NAME = re.compile(rf"(?:[{_FIRST}](?:[{_LAST}.]*[{_LAST}])?)?")
#: Literals that Turtle reads the same without quotes: datatype and lexical form.
_SHORT = {
    f"<{XSD}decimal>": re.compile(r"[+-]?[0-9]+\.[0-9]+"),
    f"<{XSD}integer>": re.compile(r"[+-]?[0-9]+"),
    f"<{XSD}boolean>": re.compile(r"true|false"),
}
_TYPE, _LABEL = iri(RDF + "type"), iri(RDFS + "label")
#: Sections of the file: class and heading; what is of none of these classes comes last.
SECTIONS = (
    ("SourceText", "Texts"),
    ("Region", "Regions"),
    ("Agency", "Agencies"),
    ("PolicyDocument", "Policy documents"),
    ("Program", "Programs"),
    ("Measure", "Measures"),
    ("TargetGroup", "Target groups"),
    ("Observation", "Observations"),
    ("Provision", "Provisions: what one text says of one measure"),
    ("Evidence", "Evidence: why each fact is here"),
)
_CONCEPTS = (iri(SKOS + "ConceptScheme"), iri(SKOS + "Concept"))
_HEADINGS = (*(heading for _, heading in SECTIONS[:-1]), "Concepts used", "Other", SECTIONS[-1][1])
_OTHER, _CONCEPT, _EVIDENCE = len(_HEADINGS) - 2, len(_HEADINGS) - 3, len(_HEADINGS) - 1
_RANKS = {iri(EPM + type_): rank for rank, (type_, _) in enumerate(SECTIONS[:-1])} | {iri(EPM + "Evidence"): _EVIDENCE}
_RANKS |= dict.fromkeys(_CONCEPTS, _CONCEPT)


#: Objects by predicate: a list where there are several, for most have one and a million lists take their time.
_Statements = dict[str, str | list[str]]


class _Names(dict[str, str]):
    """Hold the short form of each term asked for, and remember which prefixes were needed."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._by_namespace = {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True)}
        self.used: set[str] = set()

    def __missing__(self, term: str) -> str:
        """Shorten a term that is asked for the first time."""
        if term[0] == "<":
            found = self[term] = self._shorten_iri(term)
            return found
        if term[-1] != ">":  # plain and language-tagged strings seldom come twice
            return term
        quoted, _, datatype = term.rpartition("^^")
        form = _SHORT.get(datatype)
        is_short = form is not None and form.fullmatch(quoted, 1, len(quoted) - 1)
        found = self[term] = quoted[1:-1] if is_short else f"{quoted}^^{self[datatype]}"
        return found

    def _shorten_iri(self, term: str) -> str:
        if term.startswith("<<("):
            return triple_term(tuple(self[part] for part in parts_of(term)))  # type: ignore[arg-type]
        address = term[1:-1]
        cut = max(address.rfind("/"), address.rfind("#")) + 1
        prefix = self._by_namespace.get(address[:cut])
        local = address[cut:]
        if prefix is None or not LOCAL_NAME.fullmatch(local):
            return term
        self.used.add(prefix)
        return f"{prefix}:{local}"


def turtle(triples: Iterable[Triple], prefixes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the pieces of a Turtle document, blocks sorted by section and subject, predicates with ``a`` and the label first.

    Args:
        triples: In any order; twice is once.
        prefixes: Namespace by prefix; only those needed are declared. A namespace ends in ``/`` or ``#``.
    """
    by_subject = _grouped(triples)
    sections: list[list[str]] = [[] for _ in _HEADINGS]
    for subject, statements in by_subject.items():
        types = statements.get(_TYPE, "")
        rank = _RANKS.get(types, _OTHER) if isinstance(types, str) else min(_RANKS.get(type_, _OTHER) for type_ in types)
        sections[rank].append(subject)
    names = _Names(PREFIXES if prefixes is None else prefixes)
    blocks = _Blocks(names)
    pieces: list[str] = []
    for heading, subjects in zip(_HEADINGS, sections, strict=True):
        if subjects:
            pieces.append(f"\n# {'-' * 10} {heading} {'-' * 10}\n")
        for subject in sorted(subjects):
            blocks.write(subject, by_subject[subject], pieces)
    declared = sorted((prefix, namespace) for prefix, namespace in (prefixes or PREFIXES).items() if prefix in names.used)
    for prefix, namespace in declared:
        yield f"@prefix {prefix}: <{namespace}> .\n"
    yield from pieces


def _grouped(triples: Iterable[Triple]) -> dict[str, _Statements]:
    """Return the statements of each subject."""
    by_subject: dict[str, _Statements] = {}
    last, statements = "", by_subject.setdefault("", {})
    for subject, predicate, object_ in triples:
        if subject is not last:  # mostly they come one behind the other
            last = subject
            found = by_subject.get(subject)
            if found is None:
                statements = by_subject[subject] = {}
            else:
                statements = found
        objects = statements.get(predicate)
        if objects is None:
            statements[predicate] = object_
        elif isinstance(objects, str):
            statements[predicate] = [objects, object_]
        else:
            objects.append(object_)
    del by_subject[""]
    return by_subject


class _Blocks:
    """Write one block a subject. Few sets of predicates occur again and again, so their order is worked out once."""

    def __init__(self, names: _Names) -> None:
        self._names = names
        self._layouts: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    def write(self, subject: str, statements: _Statements, pieces: list[str]) -> None:
        """Append the pieces of a block: objects in order, each once."""
        names = self._names
        block = f"\n{names[subject]}"
        for predicate, lead in self._layout(tuple(statements)):
            objects = statements[predicate]
            # Plain and language-tagged strings stay as they are; asking for their names would take the longest.
            if isinstance(objects, str):
                block += lead + (names[objects] if objects[-1] == ">" else objects)
            else:
                block += lead + ", ".join([names[each] if each[-1] == ">" else each for each in sorted(set(objects))])
        pieces.append(block + " .\n")

    def _layout(self, predicates: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the predicates in the order of the block, each with what stands before its objects."""
        found = self._layouts.get(predicates)
        if found is None:
            ordered = [each for each in (_TYPE, _LABEL) if each in predicates]
            ordered += sorted(each for each in predicates if each not in (_TYPE, _LABEL))
            starts = [" ", *[" ;\n    "] * (len(ordered) - 1)]
            shown = ["a" if each == _TYPE else self._names[each] for each in ordered]
            leads = [f"{start}{name} " for start, name in zip(starts, shown, strict=True)]
            found = self._layouts[predicates] = list(zip(ordered, leads, strict=True))
        return found


def graph_prefixes(concept_prefixes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return our prefixes with those of the concept schemes."""
    return {**(concept_prefixes or {}), **PREFIXES}
