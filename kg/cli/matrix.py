"""Offer ``kg matrix``."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from kg.analyse.provision_facts import DIMENSIONS
from kg.cli.emit import csv_text, emit, font_option, form_option, json_text, lang_option, output_option, pictures
from kg.cli.options import domain_option, graph_option
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.analyse.draw import Canvas, Font
    from kg.analyse.matrix import Matrix
    from kg.domain import Domain

_NAMES = click.Choice(tuple(DIMENSIONS))


@click.command(short_help="Compare what texts provide: measure types by target groups, for each region or year.")
@graph_option
@click.option("--rows", type=_NAMES, default="type", show_default=True, metavar="DIMENSION", help="What the rows are.")
@click.option("--cols", type=_NAMES, default="group", show_default=True, metavar="DIMENSION", help="What the columns are.")
@click.option("--by", type=_NAMES, multiple=True, metavar="DIMENSION", help="One table for each value (may be repeated).")
@click.option("--where", multiple=True, metavar="DIMENSION=VALUE", help="Count only provisions with this value (may be repeated).")
@click.option("--list", "listing", is_flag=True, help="Instead of counts show the provisions themselves, each with its sentence.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="X", help="Leave provisions below this confidence out.")
@form_option("text", "csv", "json", "html", "svg", "png")
@output_option
@lang_option
@font_option
@domain_option
def matrix(  # noqa: PLR0913 - one argument an option
    *,
    graph: Path,
    rows: str,
    cols: str,
    by: tuple[str, ...],
    where: tuple[str, ...],
    listing: bool,
    min_confidence: float,
    form: str | None,
    output: Path | None,
    lang: str,
    fonts: tuple[Path, ...],
    domain: Path | None,
) -> None:
    r"""Count the provisions of a built graph by two dimensions.

    \b
    kg matrix
    kg matrix --by province --by year -o matrix.html
    kg matrix --rows subtype --cols province --where group=高校毕业生
    kg matrix --list --where type=创业支持 --where group=农民工

    DIMENSION is one of type, subtype (of the measure), group, subgroup, province, region, level, year (of the text), period (the years a
    provision is about), text, agency, program, realisation, fund, lmp. A cell without a count says: not found in these texts.
    A terminal shows as many columns as fit; -o FILE has all.
    """
    from kg.analyse.matrix import Shape
    from kg.analyse.matrix import matrix as compare
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    found = compare(read_graph(graph, loaded), loaded, Shape(rows, cols, by, tuple(_pairs(where)), min_confidence))

    def draw(font: Font) -> Canvas:
        from kg.analyse.matrix_picture import draw_matrix

        return draw_matrix(found, loaded, font, lang)

    def page() -> str:
        from kg.analyse.matrix_page import matrix_html

        return matrix_html(found, loaded, lang)

    writers = {
        "text": lambda: "\n".join(_provisions(found) if listing else _tables(found, loaded, lang)) + "\n",
        "csv": lambda: _csv_provisions(found) if listing else _csv_counts(found, lang),
        "json": lambda: json_text(found),
    }
    emit(writers if listing else {**writers, "html": page, **pictures(draw, loaded, fonts)}, form, output)


def _pairs(values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in values:
        name, equals, value = each.partition("=")
        if not equals or not value.strip():
            raise UsageError(f"--where {each}", "is no DIMENSION=VALUE", "write for instance group=tg:graduates")
        yield name.strip(), value.strip()


def _limit() -> int | None:
    """Return the cells of the terminal; None where the output is none and no one says COLUMNS."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit() else None


def _tables(found: Matrix, domain: Domain, lang: str) -> Iterator[str]:
    """Yield the tables as lines."""
    from kg.analyse.matrix_page import facet_name
    from kg.analyse.wording import words
    from kg.cli.narrow import narrow
    from kg.store.table import layout

    say = words(domain).zh if lang == "zh" else words(domain).en
    limit, left = _limit(), 0
    rows, cols = found["rows"]["values"], found["cols"]["values"]
    for facet in found["facets"]:
        name = facet_name(facet, lang, say("matrix.all"))
        yield f"{name}  ({facet['count']} {say('matrix.provisions')}, {len(facet['texts'])} {say('matrix.texts')})"
        cells = {(cell["row"], cell["col"]): str(cell["count"]) for cell in facet["cells"]}
        body = [[row[lang], *(cells.get((row["key"], col["key"]), "·") for col in cols)] for row in rows]
        header = [found["rows"][lang], *(col[lang] for col in cols)]
        if limit is None:
            yield layout(header, body)
        else:
            table, left = narrow(header, body, [col["count"] for col in cols], limit)
            yield table
        yield ""
    if left:
        yield f"{left}{'' if lang == 'zh' else ' '}{say('matrix.left-out')}"
    yield say("matrix.empty-note")
    if found["multiple"]:
        yield say("matrix.multiple-note")


def _provisions(found: Matrix) -> Iterator[str]:
    from kg.store.table import clean

    for fact in found["facts"].values():
        targets = ", ".join(target["name"] for target in fact["targets"])
        yield clean(f"{fact['measure']['name']}{' -> ' + targets if targets else ''}  {fact['id']}")
        yield clean(f"  {fact['source']}:{fact['start']}-{fact['end']}  {fact['confidence']:g}")
        parts, at = [], 0
        for start, end in fact["marks"]:
            parts += [fact["sentence"][at:start], "【", fact["sentence"][start:end], "】"]
            at = end
        yield clean("    " + "".join([*parts, fact["sentence"][at:]]))
    yield f"{found['count']} provisions"


def _csv_counts(found: Matrix, lang: str) -> str:
    """Return one line a row and table; a cell without a count is 0 where texts could have spoken, empty where there is no text."""
    rows, cols = found["rows"]["values"], found["cols"]["values"]
    lines = []
    for facet in found["facets"]:
        cells = {(cell["row"], cell["col"]): cell["count"] for cell in facet["cells"]}
        values = [value[lang] for value in facet["values"].values()]
        lines += [
            [*values, row[lang], *(cells.get((row["key"], col["key"]), 0 if facet["texts"] else None) for col in cols)] for row in rows
        ]
    return csv_text([*(one[lang] for one in found["by"]), found["rows"][lang], *(col[lang] for col in cols)], lines)


def _csv_provisions(found: Matrix) -> str:
    header = ["provision", "measure", "targets", "source", "start", "end", "confidence", *DIMENSIONS, "sentence"]
    lines = []
    for fact in found["facts"].values():
        targets = "; ".join(target["name"] for target in fact["targets"])
        keys = ["; ".join(fact["keys"][name]) for name in DIMENSIONS]
        place = [fact["source"], fact["start"], fact["end"], fact["confidence"]]
        lines.append([fact["id"], fact["measure"]["name"], targets, *place, *keys, fact["sentence"]])
    return csv_text(header, lines)
