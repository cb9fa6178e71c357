"""Write answers in the W3C's result formats, and as a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from kg.errors import UsageError
from kg.rdf.namespaces import RDFS, SKOS, XSD
from kg.store.query import Rows, Statements, Truth
from kg.store.table import layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from kg.store.query import Answer, OpenGraph, Term

FORMATS = ("table", "csv", "json", "xml", "ttl")

_STRING = XSD + "string"
_XML_RESULTS = "http://www.w3.org/2005/sparql-results#"
_ITS = "http://www.w3.org/2005/11/its"
#: Names of the parts of a triple term in JSON and XML results.
_PARTS = ("subject", "predicate", "object")
_LABELS = (RDFS + "label", SKOS + "prefLabel")


def write(answer: Answer, form: str, graph: OpenGraph, limit: int | None = None) -> str:
    """Return an answer as text.

    Args:
        answer: What ``run_query`` returned.
        form: One of ``FORMATS``: ``csv``, ``json`` and ``xml`` are SPARQL 1.1 results, ``ttl`` is for statements.
        graph: Gives prefixes, and labels for the table.
        limit: Cells a line of the table may take, None for no limit.

    Raises:
        UsageError: The format does not fit the form of the query.
    """
    option = f"--format {form}"
    if isinstance(answer, Statements):
        if form not in {"ttl", "table"}:
            raise UsageError(option, "is for SELECT and ASK", "take ttl for CONSTRUCT and DESCRIBE")
        return turtle(answer, graph.prefixes)
    if form == "ttl":
        raise UsageError(option, "is for CONSTRUCT and DESCRIBE", "take csv, json or xml for SELECT and ASK")
    if form == "csv":
        return to_csv(answer)
    if form == "json":
        return to_json(answer)
    if form == "xml":
        return to_xml(answer)
    return to_table(answer, graph, limit)


def to_csv(answer: Rows | Truth) -> str:
    """Return SPARQL 1.1 CSV: plain values, lines ending in CR LF (W3C, sections 3.1 and 3.2); triple terms as in TSV."""
    if isinstance(answer, Truth):
        return json.dumps(answer.value) + "\r\n"
    lines = [",".join(answer.variables)]
    lines += [",".join(_csv_cell("" if term is None else _plain(term)) for term in row) for row in answer.rows]
    return "".join(f"{line}\r\n" for line in lines)


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def to_tsv(answer: Rows | Truth) -> str:
    """Return SPARQL 1.1 TSV: terms as in N-Triples, which escapes tabs and line ends (W3C, section 4)."""
    if isinstance(answer, Truth):
        return f"{str(answer.value).lower()}\n"
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    lines += ["\t".join("" if term is None else notation(term) for term in row) for row in answer.rows]
    return "".join(f"{line}\n" for line in lines)


def to_json(answer: Rows | Truth) -> str:
    """Return SPARQL 1.1 JSON results; readable characters, one row a line."""
    if isinstance(answer, Truth):
        return json.dumps({"head": {}, "boolean": answer.value}) + "\n"
    rows = [
        json.dumps(
            {name: _json_term(term) for name, term in zip(answer.variables, row, strict=True) if term is not None}, ensure_ascii=False
        )
        for row in answer.rows
    ]
    head = json.dumps({"vars": list(answer.variables)}, ensure_ascii=False)
    body = ",\n".join(rows)
    return f'{{"head": {head}, "results": {{"bindings": [\n{body}\n]}}}}\n'


def _json_term(term: Term) -> dict[str, Any]:
    """Return a term as SPARQL 1.2 JSON results have it, triple terms and base directions included."""
    from pyoxigraph import BlankNode, Literal, Triple

    if isinstance(term, Triple):
        return {"type": "triple", "value": {name: _json_term(part) for name, part in zip(_PARTS, term, strict=True)}}
    if isinstance(term, Literal):
        found = {"type": "literal", "value": term.value}
        if term.language:
            return {**found, "xml:lang": term.language, **({"its:dir": str(term.direction)} if term.direction else {})}
        return found if term.datatype.value == _STRING else {**found, "datatype": term.datatype.value}
    return {"type": "bnode" if isinstance(term, BlankNode) else "uri", "value": term.value}


def to_xml(answer: Rows | Truth) -> str:
    """Return the SPARQL results in XML; characters that XML forbids become U+FFFD."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_XML_RESULTS}">\n'
    if isinstance(answer, Truth):
        return f"{start}<head></head>\n<boolean>{json.dumps(answer.value)}</boolean>\n</sparql>\n"
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in answer.variables)
    lines = [
        "<result>"
        + "".join(
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(answer.variables, row, strict=True)
            if term is not None
        )
        + "</result>\n"
        for row in answer.rows
    ]
    return f"{start}<head>{head}</head>\n<results>\n{''.join(lines)}</results>\n</sparql>\n"


def _xml_term(term: Term) -> str:
    from pyoxigraph import BlankNode, Literal, Triple

    if isinstance(term, Triple):
        parts = (f"<{name}>{_xml_term(part)}</{name}>" for name, part in zip(_PARTS, term, strict=True))
        return f"<triple>{''.join(parts)}</triple>"
    text = escape("".join(sign if _is_xml(sign) else "\ufffd" for sign in term.value), {"\r": "&#13;"})
    if not isinstance(term, Literal):
        return f"<bnode>{text}</bnode>" if isinstance(term, BlankNode) else f"<uri>{text}</uri>"
    if term.language:
        direction = f' xmlns:its="{_ITS}" its:version="2.0" its:dir={quoteattr(str(term.direction))}' if term.direction else ""
        return f"<literal xml:lang={quoteattr(term.language)}{direction}>{text}</literal>"
    datatype = "" if term.datatype.value == _STRING else f" datatype={quoteattr(term.datatype.value)}"
    return f"<literal{datatype}>{text}</literal>"


def _is_xml(sign: str) -> bool:
    return sign in "\t\n\r" or (sign >= " " and not "\ud800" <= sign <= "\udfff" and sign not in "\ufffe\uffff")


def turtle(answer: Statements, prefixes: Mapping[str, str]) -> str:
    """Return Turtle with the known prefixes that occur; subjects in order."""
    from pyoxigraph import NamedNode, RdfFormat, serialize

    nodes = [
        node.value for triple in answer.triples for node in (triple.subject, triple.predicate, triple.object) if isinstance(node, NamedNode)
    ]
    used = {prefix: base for prefix, base in prefixes.items() if any(node.startswith(base) for node in nodes)}
    written = serialize(answer.triples, format=RdfFormat.TURTLE, prefixes=used)
    assert written is not None  # bytes, as no output was given
    return written.decode()


def to_table(answer: Rows | Truth, graph: OpenGraph, limit: int | None = None) -> str:
    """Return a table: IRIs as CURIEs, with the label of what does not show its name otherwise."""
    if isinstance(answer, Truth):
        return ("yes" if answer.value else "no") + "\n"
    shown: dict[Term, tuple[str, str]] = {}
    fetch_labels(answer, graph)
    rows = []
    for row in answer.rows:
        cells = [_plain(term) if term is not None else "" for term in row]
        rows.append([_cell(term, cells, shown, graph) if term is not None else "" for term in row])
    table = layout(answer.variables, rows, limit)
    note = "; shortened to fit the terminal, whole with --format csv or in a pipe" if table != layout(answer.variables, rows) else ""
    return f"{table}\n({len(rows)} row{'' if len(rows) == 1 else 's'}{note})\n"


def _cell(term: Term, row: list[str], shown: dict[Term, tuple[str, str]], graph: OpenGraph) -> str:
    from pyoxigraph import NamedNode

    if not isinstance(term, NamedNode):
        return _plain(term)
    if term not in shown:
        shown[term] = (curie(term.value, graph.prefixes), label_of(term, graph))
    short, label = shown[term]
    return short if not label or label in short or label in row else f"{short} ({label})"


def fetch_labels(answer: Rows, graph: OpenGraph) -> None:
    """Fetch the labels of all nodes of an answer at once where the graph is on a server."""
    from pyoxigraph import NamedNode, Store

    if not isinstance(graph.store, Store):
        graph.store.remember({term for row in answer.rows for term in row if isinstance(term, NamedNode)}, _LABELS)


def label_of(node: NamedNode, graph: OpenGraph) -> str:
    """Return the Chinese label, else the first by code point, else the empty string."""
    from pyoxigraph import Literal, NamedNode

    for predicate in _LABELS:
        found = [q.object for q in graph.store.quads_for_pattern(node, NamedNode(predicate), None, None) if isinstance(q.object, Literal)]
        if found:
            return min(found, key=lambda literal: (not (literal.language or "").startswith("zh"), literal.value)).value
    return ""


def curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI shortened by the longest known prefix, or between angle brackets.

    >>> curie("https://example.org/unit/CNY", {"u": "https://example.org/unit/"})
    'u:CNY'
    """
    fitting = [(base, prefix) for prefix, base in prefixes.items() if iri.startswith(base) and len(iri) > len(base)]
    if not fitting:
        return f"<{iri}>"
    base, prefix = max(fitting, key=lambda pair: (len(pair[0]), pair[1]))
    return f"{prefix}:{iri[len(base) :]}"


def notation(term: Term) -> str:
    """Return a term in its N-Triples form, a triple term as ``<<( … )>>``."""
    from pyoxigraph import Triple

    return f"<<( {' '.join(map(notation, term))} )>>" if isinstance(term, Triple) else str(term)


def _plain(term: Term) -> str:
    from pyoxigraph import Triple

    return notation(term) if isinstance(term, Triple) else term.value
