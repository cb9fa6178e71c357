"""Document the ontology as one HTML page: each class and property with labels, meaning, place, examples of a graph, and its questions."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from kg.rdf.namespaces import EPM, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from networkx import MultiDiGraph
    from rdflib import Graph, URIRef

    from kg.domain import Domain

_OWL, _SCHEMA, _DC = "http://www.w3.org/2002/07/owl#", "https://schema.org/", "http://purl.org/dc/terms/"
#: Examples shown of a term, and characters of each.
_EXAMPLES, _LONG = 3, 80
_KINDS = (("Class", "Classes"), ("ObjectProperty", "Properties between things"), ("DatatypeProperty", "Properties with values"))
#: Rows of a term's table: heading and properties.
_ROWS = (
    ("Subclass of", (RDFS + "subClassOf",)),
    ("Subproperty of", (RDFS + "subPropertyOf",)),
    ("Inverse of", (_OWL + "inverseOf",)),
    ("Of", (RDFS + "domain", _SCHEMA + "domainIncludes")),
    ("Leads to", (RDFS + "range", _SCHEMA + "rangeIncludes")),
    ("Close to", ("http://www.w3.org/2004/02/skos/core#closeMatch",)),
    ("Source", (_DC + "source",)),
)
_STYLE = (
    "body{font:16px/1.5 system-ui,'Noto Sans SC',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
    "section{border-top:1px solid #bbb;padding:.5rem 0}h3{margin:.4rem 0}h3 small{font-weight:normal;color:#444}table{border-collapse:collapse}"
    "th{text-align:left;vertical-align:top;padding:.1rem 1rem .1rem 0;font-weight:600;white-space:nowrap}td{padding:.1rem 0}"
    "code{background:#f1f1f1;padding:0 .2rem;overflow-wrap:anywhere}a{color:#0b4f9e}nav li{display:inline-block;margin-right:1rem}"
)


def write_terms_page(graph: MultiDiGraph, domain: Domain) -> dict[str, bytes]:
    """Return ``ontology.html``; it asks for no other file and no network."""
    import rdflib

    terms = rdflib.Graph().parse(domain.field / "policy.ttl", format="turtle")
    page = "".join(_page(terms, _examples(graph), _questions(domain.field / "queries")))
    return {"ontology.html": page.encode()}


def _page(terms: Graph, examples: Mapping[str, list[str]], questions: Mapping[str, list[tuple[str, str, str]]]) -> Iterator[str]:
    from rdflib import OWL, RDF, URIRef

    about = _sorted(terms.subjects(RDF.type, OWL.Ontology))[0]
    titles = _labels(terms, about, _DC + "title")
    version = str(terms.value(about, OWL.versionInfo) or "")
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(titles.get('en', 'Ontology'))}</title><style>{_STYLE}</style></head><body>\n"
    yield f'<h1>{escape(titles.get("en", ""))} <small lang="zh-Hans">{escape(titles.get("zh-hans", ""))}</small></h1>\n'
    yield f"<p>Version {escape(version)}, namespace <code>{escape(EPM)}</code>, prefix <code>epm:</code>.</p>\n"
    yield f"<p>{escape(str(terms.value(about, URIRef(RDFS + 'comment')) or ''))}</p>\n"
    listed = {kind: _sorted(terms.subjects(RDF.type, URIRef(_OWL + kind))) for kind, _ in _KINDS}
    yield "<nav>"
    for kind, heading in _KINDS:
        links = "".join(f'<li><a href="#{_name(term)}">{_name(term)}</a></li>' for term in listed[kind] if str(term).startswith(EPM))
        yield f"<p><strong>{heading}</strong></p><ul>{links}</ul>"
    yield "</nav>\n<main>"
    for kind, heading in _KINDS:
        yield f"<h2>{heading}</h2>\n"
        for term in listed[kind]:
            if str(term).startswith(EPM):
                yield from _term(terms, term, examples.get(_name(term), []), questions.get(_name(term), []))
    yield "</main></body></html>\n"


def _term(terms: Graph, term: URIRef, examples: Iterable[str], questions: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    from rdflib import URIRef

    labels = _labels(terms, term, RDFS + "label")
    chinese = "".join(f' <span lang="{escape(tag)}">{escape(label)}</span>' for tag, label in sorted(labels.items()) if tag != "en")
    name = _name(term)
    yield f'<section id="{name}"><h3>epm:{name} <small>{escape(labels.get("en", ""))}{chinese}</small></h3>\n'
    yield f"<p>{escape(str(terms.value(term, URIRef(RDFS + 'comment')) or ''))}</p>\n<table>"
    yield f"<tr><th scope=row>IRI</th><td><code>{escape(str(term))}</code></td></tr>"
    for heading, properties in _ROWS:
        values = sorted({value for each in properties for value in terms.objects(term, URIRef(each))}, key=str)
        if values:
            shown = ", ".join(_value(terms, value) for value in values)
            yield f"<tr><th scope=row>{heading}</th><td>{shown}</td></tr>"
    cells = {"Examples": [escape(example) for example in examples]}
    cells["Questions"] = [f"<code>{escape(each)}</code> {escape(en)} <span lang=zh-Hans>{escape(zh)}</span>" for each, zh, en in questions]
    for heading, lines in cells.items():
        if lines:
            yield f"<tr><th scope=row>{heading}</th><td>{'<br>'.join(lines)}</td></tr>"
    yield "</table></section>\n"


def _sorted(nodes: Iterable[object]) -> list[URIRef]:
    from rdflib import URIRef

    return sorted(node for node in nodes if isinstance(node, URIRef))


def _labels(terms: Graph, term: URIRef, predicate: str) -> dict[str, str]:
    """Return the literals of a term by language tag, in lower case."""
    from rdflib import Literal, URIRef

    return {(each.language or "").lower(): str(each) for each in terms.objects(term, URIRef(predicate)) if isinstance(each, Literal)}


def _name(term: object) -> str:
    return escape(str(term).removeprefix(EPM))


def _value(terms: Graph, value: object) -> str:
    from rdflib import URIRef

    if not isinstance(value, URIRef):
        return escape(str(value))
    if str(value).startswith(EPM):
        return f'<a href="#{_name(value)}">epm:{_name(value)}</a>'
    return f"<code>{escape(value.n3(terms.namespace_manager))}</code>"


def _examples(graph: MultiDiGraph) -> dict[str, list[str]]:
    """Return a few examples of each class, edge and attribute by its name: those of most texts, then by name."""
    found: dict[str, list[tuple[int, str]]] = {}
    for node, data in graph.nodes(data=True):
        rank = -int(data.get("texts", 0))
        shown = str(data.get("name") or data.get("source") or data.get("exact") or node)
        found.setdefault(data.get("type", ""), []).append((rank, shown))
        for key, value in data.items():
            if isinstance(value, str | int | float) and key not in {"type", "name"}:
                found.setdefault(key, []).append((rank, f"{_short(shown)} → {_short(str(value))}"))
    for subject, object_, key, data in graph.edges(keys=True, data=True):
        ends = [str(graph.nodes[end].get("name") or graph.nodes[end].get("source") or end) for end in (subject, object_)]
        found.setdefault(key, []).append((-int(data.get("weight", 0)), " → ".join(map(_short, ends))))
    return {name: [_short(shown, 2 * _LONG) for _, shown in sorted(set(each))[:_EXAMPLES]] for name, each in found.items()}


def _short(text: str, longest: int = _LONG) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else words[:longest] + "…"


def _questions(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Return name, Chinese and English of the questions that use each term."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text("utf-8")
        zh, _, en = text.partition("\n")[0].lstrip("# ").partition(" — ")
        for name in sorted(set(re.findall(r"\bepm:(\w+)", text))):
            found.setdefault(name, []).append((path.stem, zh, en))
    return found
