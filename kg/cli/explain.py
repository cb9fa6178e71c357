"""Offer ``kg explain``."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import domain_option, graph_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.analyse.explain import Explanation

_SHOWN = 5
_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ON, _OFF = "\x1b[1;7m", "\x1b[0m"


@click.command(short_help="Show what a built graph says of one thing, each fact with its sentence.")
@click.argument("name")
@graph_option
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="json holds everything.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    metavar="N",
    help=f"Facts a predicate and sentences a fact; 0 for all.  [default: {_SHOWN}; json: all]",
)
@domain_option
def explain(*, name: str, graph: Path, form: str, limit: int | None, domain: Path | None) -> None:
    r"""Show what a built graph says of one thing: kind, names, category, and each fact with the sentences that grant it.

    \b
    kg explain 技能辽宁行动
    kg explain agency/辽宁省人力资源和社会保障厅 --limit 0
    kg explain 省人社厅 --format json

    NAME is a name, an alias, words of a text or an id (type/name), in simplified or traditional script. The places where the two
    ends of a fact are named are marked in the sentence; offsets count code points in the file's text.
    """
    from kg.analyse.explain import explain as explain_node
    from kg.analyse.explain import find_node
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    built = read_graph(graph, loaded)
    most = (_SHOWN if form == "text" else None) if limit is None else limit or None
    explanation = explain_node(built, find_node(built, name, loaded), loaded, most)
    if form == "json":
        text = json.dumps(explanation, ensure_ascii=False, indent=1)
        click.echo(_UNSAFE.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text))
        return
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for line in _lines(explanation, (_ON, _OFF) if colour else ("【", "】")):
        click.echo(line, color=colour)


def _lines(explanation: Explanation, mark: tuple[str, str]) -> Iterator[str]:
    """Yield the explanation as lines for people, free of control characters but for the marks."""
    yield from _head(explanation)
    if explanation["mentions"]:
        yield f"\nnamed in {_number(explanation['mentionCount'], 'sentence')}"
        yield from _sentences(explanation["mentions"], explanation["mentionCount"], "  ", mark)
    for group in explanation["facts"]:
        yield ""
        yield from _group(group, mark)


def _head(explanation: Explanation) -> Iterator[str]:
    """Yield what the node is: names, category, level, region, and every other attribute."""
    from kg.store.table import clean

    yield f"{clean(explanation['name'])}  [{explanation['type']}]  {clean(explanation['id'])}"
    if explanation["aliases"]:
        yield f"  aliases: {clean(', '.join(explanation['aliases']))}"
    for key in ("category", "level"):
        concept = explanation[key]
        if concept:
            words = " / ".join(each for each in (concept["zh"], concept["en"]) if each)
            yield clean(f"  {key}: {concept['concept']}  {words}".rstrip())
    if explanation["region"]:
        yield clean(f"  region: {explanation['region']['name']}")
    for key, value in explanation["attributes"].items():
        yield clean(f"  {key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    if explanation["confidence"] is not None:
        yield f"  confidence: {explanation['confidence']:g}"


def _group(group: dict[str, Any], mark: tuple[str, str]) -> Iterator[str]:
    """Yield the facts of one direction and predicate, each with its sentences."""
    from kg.store.table import clean

    arrow = "<-" if group["direction"] == "in" else "->"
    words = " / ".join(each for each in (group["zh"], group["en"]) if each)
    yield "  ".join(each for each in (f"{arrow} {group['predicate']}", words, f"({group['count']})") if each)
    for fact in group["facts"]:
        support = "" if fact["structural"] else f"  {_number(fact['weight'], 'text')}, confidence {fact['confidence']:g}"
        yield clean(f"  {fact['name']}  [{fact['type']}]  {fact['id']}{support}")
        yield from _sentences(fact["evidence"], fact["evidenceCount"], "      ", mark)
    if group["count"] > len(group["facts"]):
        yield f"  … {group['count'] - len(group['facts'])} more: --limit 0"


def _sentences(entries: list[dict[str, Any]], count: int, indent: str, mark: tuple[str, str]) -> Iterator[str]:
    from kg.store.table import clean

    for entry in entries:
        offsets = ", ".join(f"{start}-{end}" for start, end in entry["offsets"])
        confidence = "" if entry["confidence"] is None else f"  {entry['confidence']:g}"
        yield clean(f"{indent}{entry['source']}:{offsets}  {', '.join(entry['rules'])}{confidence}")
        yield f"{indent}  {_marked(entry['sentence'], entry['marks'], mark)}"
    if count > len(entries):
        yield f"{indent}… {_number(count - len(entries), 'more sentence')}: --limit 0"


def _marked(sentence: str, marks: list[tuple[int, int]], mark: tuple[str, str]) -> str:
    """Return the sentence with signs around the marked spans; everything else cleaned for a terminal."""
    from kg.store.table import clean

    parts, at = [], 0
    for start, end in marks:
        parts += [clean(sentence[at:start]), mark[0], clean(sentence[start:end]), mark[1]]
        at = end
    return "".join([*parts, clean(sentence[at:])])


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
