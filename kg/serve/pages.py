"""Write the pages for people: the query page, a node, the terms of the ontology, the list of graphs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.rdf.namespaces import EPM, ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain.messages import Messages

#: Shown beside each node and graph: name of the form and what it is called.
_FORMS = (("ttl", "Turtle"), ("nt", "N-Triples"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML"))


def query_page(words: Messages, source: str) -> str:
    """Return the query page; its script asks for everything else.

    Args:
        words: Words of the pages.
        source: What is served, by name.
    """
    body = f"""<p><label>{_said(words, "questions")} <select id="questions"></select></label></p>
<p id="notice" hidden></p>
<div id="yasgui"></div>
<noscript><p>{_said(words, "no-script")}</p></noscript>
<script src="/web/yasgui.min.js"></script>
<script src="/web/page.js"></script>"""
    return _page(f"SPARQL — {source}", body, words, '<link rel="stylesheet" href="/web/yasgui.min.css">')


def node_page(values: Mapping[str, Any], words: Messages) -> str:
    """Return the page of a node, made of what ``kg.serve.nodes`` gathered."""
    name = _name(values)
    parts = [f"<h1>{escape(name)}</h1>", f"<p><code>{escape(values['iri'])}</code></p>", _forms("?", words)]
    if values["mentions"]:
        parts.append(f"<h2>{_said(words, 'mentions')} <small>{values['mentionCount']}</small></h2>")
        parts.append(_sentences(values["mentions"]))
    for heading, incoming in (("facts", False), ("facts-in", True)):
        groups = [group for group in values["groups"] if group["incoming"] is incoming]
        if groups:
            parts.append(f"<h2>{_said(words, heading)}</h2><dl>{''.join(_group(group, words) for group in groups)}</dl>")
    return _page(name, "\n".join(parts), words)


def _group(group: Mapping[str, Any], words: Messages) -> str:
    facts = "".join(_fact(fact) for fact in group["facts"])
    shown = len(group["facts"])
    more = f"<dd><small>{shown} / {group['count']} {_said(words, 'more')}</small></dd>" if shown < group["count"] else ""
    return f"<dt>{_link(group)} <small>{group['count']}</small></dt>{facts}{more}"


def _fact(fact: Mapping[str, Any]) -> str:
    if "iri" in fact:
        said = _link(fact)
    else:
        language = f' lang="{escape(fact["language"])}"' if fact["language"] else ""
        said = f"<span{language}>{escape(fact['value'])}</span>"
    return f"<dd>{said}{_sentences(fact['sentences'])}</dd>"


def _sentences(sentences: Sequence[Mapping[str, Any]]) -> str:
    items = [f"<blockquote>{_marked(each['sentence'], each['exact'])}{_source(each['text'])}</blockquote>" for each in sentences]
    return "".join(items)


def _source(text: Mapping[str, Any] | None) -> str:
    return f" <cite>{_link(text)}</cite>" if text else ""


def _marked(sentence: str, quotes: Sequence[str]) -> str:
    """Return the sentence with the quoted words marked where they first stand; longer quotations first."""
    spans: list[tuple[int, int]] = []
    for exact in sorted({each for each in quotes if each != sentence}, key=lambda each: (-len(each), each)):
        start = sentence.find(exact)
        if start >= 0 and all(start + len(exact) <= first or start >= last for first, last in spans):
            spans.append((start, start + len(exact)))
    parts, at = [], 0
    for start, end in sorted(spans):
        parts += [escape(sentence[at:start]), f"<mark>{escape(sentence[start:end])}</mark>"]
        at = end
    return "".join([*parts, escape(sentence[at:])])


def terms_page(values: Mapping[str, Any], words: Messages) -> str:
    """Return the page of the namespace: each class and property under its own anchor."""
    parts = [f"<h1>{_said(words, 'ontology')}</h1>", f"<p><code>{EPM}</code></p>", _forms("?", words)]
    for kind in ("classes", "properties"):
        parts.append(f"<h2>{_said(words, kind)}</h2>")
        parts += [_term(term) for term in values[kind]]
    return _page(EPM, "\n".join(parts), words)


def _term(term: Mapping[str, Any]) -> str:
    anchor = escape(term["iri"].rpartition("#")[2])
    comments = "".join(f"<p>{escape(text)}</p>" for _, text in sorted(term["comments"].items(), reverse=True))
    links = "".join(f"<li>{escape(link['predicate'])}: {_link(link)}</li>" for link in term["links"])
    title = " / ".join(escape(each) for each in (term["zh"], term["en"]) if each)
    return f'<section id="{anchor}"><h3>{escape(term["short"])} <small>{title}</small></h3>{comments}<ul>{links}</ul></section>'


def graphs_page(graphs: Sequence[Mapping[str, Any]], words: Messages) -> str:
    """Return the list of graphs, each with its size and its forms."""
    rows = []
    for graph in graphs:
        name = graph["graph"]
        address = f"?graph={quote(name, safe='')}" if name else "?default"
        title = escape(name) if name else _said(words, "default-graph")
        rows.append(f"<tr><td>{title}</td><td>{graph['triples']}</td><td>{_forms(address + '&', words)}</td></tr>")
    head = f"<tr><th>{_said(words, 'graph')}</th><th>{_said(words, 'triples')}</th><th></th></tr>"
    body = f"<h1>{_said(words, 'graphs')}</h1><table>{head}{''.join(rows)}</table>"
    return _page("Graphs", body, words)


def _forms(address: str, words: Messages) -> str:
    links = " · ".join(f'<a href="{escape(address)}format={form}">{title}</a>' for form, title in _FORMS)
    return f"<p>{_said(words, 'as-data')}: {links}</p>"


def _link(value: Mapping[str, Any]) -> str:
    name, short = _name(value), value["short"].strip("<>")
    more = f" <small>{escape(short)}</small>" if name != short and not short.endswith(name) else ""
    return f'<a href="{escape(address(value["iri"]))}">{escape(name)}</a>{more}'


def _name(value: Mapping[str, Any]) -> str:
    names = list(dict.fromkeys(each for each in (value["zh"], value["en"]) if each))
    return str(" / ".join(names) or value["short"].strip("<>"))


def address(iri: str) -> str:
    """Return where a link to an IRI leads: ours to this server, web addresses to themselves, anything else nowhere.

    >>> address("https://w3id.org/epm/ns#Measure")
    '/ns#Measure'
    >>> address("javascript:alert(1)")
    '#'
    """
    if iri.startswith(ROOT):
        return "/" + quote(iri.removeprefix(ROOT), safe="/#:@!$&'()*+,;=-._~")
    return iri if iri.startswith(("http://", "https://")) else "#"


def _said(words: Messages, key: str) -> str:
    return escape(words.both(f"serve.{key}"))


def _page(title: str, body: str, words: Messages, head: str = "") -> str:
    links = f'<a href="/">SPARQL</a> · <a href="/graphs">{_said(words, "graphs")}</a> · <a href="/ns">{_said(words, "ontology")}</a>'
    return f"""<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
{head}<link rel="stylesheet" href="/web/page.css">
</head>
<body>
<nav>{links}</nav>
<main>
{body}
</main>
</body>
</html>
"""
