"""Offer ``kg diff``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from kg.cli.emit import csv_text, emit, form_option, output_option
from kg.cli.options import PATH, domain_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.analyse.diff import Diff

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_SHOWN = 2


@click.command(short_help="Show which entities and facts differ between two built graphs, with evidence.")
@click.argument("old", type=PATH, metavar="A")
@click.argument("new", type=PATH, metavar="B")
@click.option("--all", "everything", is_flag=True, help="Take changes of confidence, rule and number of texts for changes, too.")
@click.option("--counts", is_flag=True, help="Print the numbers only.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=_SHOWN,
    show_default=True,
    metavar="N",
    help="Sentences a line of text output shows; 0 for all.",
)
@form_option("text", "csv", "json")
@output_option
@domain_option
def diff(  # noqa: PLR0913 - one argument an option
    *,
    old: Path,
    new: Path,
    everything: bool,
    counts: bool,
    limit: int,
    form: str | None,
    output: Path | None,
    domain: Path | None,
) -> None:
    r"""Compare two built graphs, A before and B after: build folders, .ttl or .nq files.

    \b
    kg diff exports.old exports
    kg diff a.ttl b.ttl --format json -o changes.json

    Lines begin with + (only in B), - (only in A) or ~ (changed). Facts that are the same but rest on other sentences count as changed.
    """
    from kg.analyse.diff import diff as compare
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    found = compare(read_graph(old, loaded), read_graph(new, loaded), everything=everything)
    emit(
        {
            "text": lambda: "\n".join([*([] if counts else _lines(found, limit or None)), *_summary(found)]) + "\n",
            "csv": lambda: _csv(found),
            "json": lambda: json.dumps(found["counts"] if counts else found, ensure_ascii=False, indent=1) + "\n",
        },
        form,
        output,
    )


def _lines(found: Diff, limit: int | None) -> Iterator[str]:
    from kg.store.table import clean

    for kind, sign in _SIGNS.items():
        for one in found["entities"][kind]:
            yield clean(f"{sign} {one['name']}  [{one['type']}]  {one['id']}")
            for name, (before, after) in one.get("attributes", {}).items():
                yield clean(f"    {name}: {_value(before)} -> {_value(after)}")
            yield from _sentences(one.get("evidence", []), "    ", limit)
    for kind, sign in _SIGNS.items():
        for one in found["facts"][kind]:
            yield clean(f"{sign} {one['subjectName']} —{one['predicate']}→ {one['objectName']}  ({one['subject']} {one['object']})")
            if isinstance(one.get("confidence"), list):
                yield f"    confidence: {one['confidence'][0]:g} -> {one['confidence'][1]:g}"
            yield from _sentences(one.get("evidence", []), "    ", limit)
            yield from _sentences(one.get("gained", []), "    + ", limit)
            yield from _sentences(one.get("lost", []), "    - ", limit)


def _sentences(evidence: list[dict[str, Any]], indent: str, limit: int | None) -> Iterator[str]:
    from kg.store.table import clean

    for one in evidence[:limit]:
        yield clean(f"{indent}{one['source']}:{one['start']}-{one['end']}  {one['sentence']}")
    if limit is not None and len(evidence) > limit:
        yield f"{indent}… {len(evidence) - limit} more: --limit 0"


def _value(value: Any) -> str:
    return "–" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _summary(found: Diff) -> Iterator[str]:
    for name, count in found["counts"].items():
        yield f"{name}: {count['added']} added, {count['removed']} removed, {count['changed']} changed"


def _csv(found: Diff) -> str:
    """Return one line an entity or fact, with its first sentence."""
    lines = []
    for part in ("entities", "facts"):
        for kind in _SIGNS:
            for one in found[part][kind]:
                evidence = [*one.get("evidence", []), *one.get("gained", []), *one.get("lost", [])]
                first = evidence[0] if evidence else {}
                place = [first.get(name) for name in ("source", "start", "end", "sentence")]
                if part == "entities":
                    details = "; ".join(f"{name}: {_value(a)} -> {_value(b)}" for name, (a, b) in one.get("attributes", {}).items())
                    lines.append([kind, one["type"], one["id"], None, None, details or None, *place])
                else:
                    exchanged = f"+{len(one['gained'])} -{len(one['lost'])}" if kind == "changed" else None
                    lines.append([kind, "fact", one["subject"], one["predicate"], one["object"], exchanged, *place])
    return csv_text(["change", "what", "subject", "predicate", "object", "details", "source", "start", "end", "sentence"], lines)
