"""Offer ``kg cascade``."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from kg.cli.emit import csv_text, emit, font_option, form_option, json_text, lang_option, output_option, pictures
from kg.cli.options import domain_option, graph_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.analyse.cascade import Cascade
    from kg.analyse.draw import Canvas, Font
    from kg.domain import Domain


@click.command(short_help="Show how documents and programs go from the centre to province and city, with evidence.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@graph_option
@click.option("--cites", is_flag=True, help="Take mere mentions of other documents for links, too.")
@click.option("--parts", is_flag=True, help="Take every program that is part of another for a link, whatever their levels.")
@click.option("--top", type=click.IntRange(1), default=30, show_default=True, metavar="N", help="How many links a picture holds.")
@form_option("text", "csv", "json", "svg", "png")
@output_option
@lang_option
@font_option
@domain_option
def cascade(  # noqa: PLR0913 - one argument an option
    *,
    names: tuple[str, ...],
    graph: Path,
    cites: bool,
    parts: bool,
    top: int,
    form: str | None,
    output: Path | None,
    lang: str,
    fonts: tuple[Path, ...],
    domain: Path | None,
) -> None:
    r"""Follow documents and programs from the centre to province, city and county: what carries out or rests on what.

    \b
    kg cascade
    kg cascade 技能辽宁行动
    kg cascade --cites -o cascade.svg

    NAME is a document, text or program, as kg explain takes it; without one everything is shown. A document stands at the level of the
    region it is for, else of its issuer, else of the region in its title.
    """
    from kg.analyse.cascade import cascade as follow
    from kg.analyse.explain import find_node
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    built = read_graph(graph, loaded)
    found = follow(built, loaded, cites=cites, parts=parts, about=[find_node(built, name, loaded) for name in names])

    def draw(font: Font) -> Canvas:
        from kg.analyse.cascade_picture import draw_cascade

        return draw_cascade(found, loaded, font, lang, top)

    emit(
        {
            "text": lambda: "\n".join(_lines(found, loaded, lang)) + "\n",
            "csv": lambda: _csv(found),
            "json": lambda: json_text(found),
            **pictures(draw, loaded, fonts),
        },
        form,
        output,
    )


def _lines(found: Cascade, domain: Domain, lang: str) -> Iterator[str]:
    """Yield a tree from each document that nothing is above, every link with its sentences."""
    from kg.analyse.wording import class_label, words
    from kg.store.table import clean

    say = words(domain).zh if lang == "zh" else words(domain).en
    if not found["links"]:
        yield say("cascade.nothing")
        return
    nodes = {node["id"]: node for node in found["nodes"]}
    below: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in found["links"]:
        below[link["upper"]].append(link)
    lower = {link["lower"] for link in found["links"]}
    shown: set[str] = set()

    def tree(key: str, depth: int, link: dict[str, Any] | None) -> Iterator[str]:
        node, indent = nodes[key], "    " * depth
        by = f"  <- {', '.join(class_label(domain, name)[lang != 'zh'] for name in link['predicates'])}" if link else ""
        again = key in shown and bool(below[key])
        facts = ", ".join(part for part in (say(f"cascade.{node['level']}"), *node["issuers"], (node["date"] or "")[:4]) if part)
        yield clean(f"{indent}{node['name']}  [{facts}]{by}{'  (…)' if again else ''}")
        for one in link["evidence"] if link else ():
            yield clean(f"{indent}    {one['source']}:{one['start']}-{one['end']}  {one['sentence']}")
        if key not in shown:
            shown.add(key)
            for each in below[key]:
                yield from tree(each["lower"], depth + 1, each)

    roots = [key for key in nodes if key not in lower]
    for key in [*roots, *nodes]:  # what is left lies in a circle
        if key not in shown:
            yield from tree(key, 0, None)
            yield ""
    yield f"{len(nodes)} documents and programs, {len(found['links'])} links, {len(found['chains'])} chains"


def _csv(found: Cascade) -> str:
    nodes = {node["id"]: node for node in found["nodes"]}
    header = ["upper", "upper_level", "upper_name", "lower", "lower_level", "lower_name", "predicates", "texts", "confidence"]
    lines = []
    for link in found["links"]:
        upper, lower = nodes[link["upper"]], nodes[link["lower"]]
        ends = [each[name] for each in (upper, lower) for name in ("id", "level", "name")]
        first = link["evidence"][0] if link["evidence"] else {}
        place = [first.get(name) for name in ("source", "start", "end", "sentence")]
        lines.append([*ends, " ".join(link["predicates"]), link["texts"], link["confidence"], *place])
    return csv_text([*header, "source", "start_offset", "end_offset", "sentence"], lines)
