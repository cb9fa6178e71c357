"""Offer ``kg series``."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from kg.cli.emit import csv_text, emit, font_option, form_option, json_text, lang_option, output_option, pictures
from kg.cli.options import domain_option, graph_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.analyse.draw import Canvas, Font
    from kg.analyse.series import Series
    from kg.domain import Domain

_COLUMNS = ("region", "start", "end", "kind", "value", "unit", "completion", "year-on-year", "source", "sentence")


@click.command(short_help="Show indicators over time by region, results against targets.")
@click.argument("indicators", nargs=-1, metavar="[INDICATOR]...")
@graph_option
@click.option("--region", "regions", multiple=True, metavar="NAME", help="Only figures of this region (may be repeated).")
@click.option("--curated", is_flag=True, help="Only indicators that the ontology knows.")
@click.option("--top", type=click.IntRange(1), default=9, show_default=True, metavar="N", help="How many indicators a picture holds.")
@form_option("text", "csv", "json", "svg", "png")
@output_option
@lang_option
@font_option
@domain_option
def series(  # noqa: PLR0913 - one argument an option
    *,
    indicators: tuple[str, ...],
    graph: Path,
    regions: tuple[str, ...],
    curated: bool,
    top: int,
    form: str | None,
    output: Path | None,
    lang: str,
    fonts: tuple[Path, ...],
    domain: Path | None,
) -> None:
    r"""Order the figures of a built graph by indicator, region and time.

    \b
    kg series 城镇新增就业
    kg series --curated --region 辽宁省 -o series.svg
    kg series ind:job-fairs-held --format csv

    INDICATOR is a CURIE, a label or a figure's own name; none stands for all. A share of the target is given where the text states
    it, or where target and result of one region, name and year are both known. A change against the year before has a column, and figures
    that are such changes have tables that say so.
    """
    from kg.analyse.series import series as collect
    from kg.domain import load_domain
    from kg.rdf import read_graph

    loaded = load_domain(domain)
    found = collect(read_graph(graph, loaded), loaded, indicators, regions)
    if curated:
        found["indicators"] = [one for one in found["indicators"] if one["key"] in loaded.concepts]

    def draw(font: Font) -> Canvas:
        from kg.analyse.series_picture import draw_series

        return draw_series(found, loaded, font, lang, most=top, least=1 if indicators else 2)

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


def _lines(found: Series, domain: Domain, lang: str) -> Iterator[str]:
    """Yield one table an indicator, each figure with its first sentence."""
    from kg.analyse.wording import words
    from kg.store.table import clean, layout

    say = words(domain).zh if lang == "zh" else words(domain).en
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for one in found["indicators"]:
        compared = any(point["yearOnYear"] is not None for point in one["points"])
        columns = [name for name in _COLUMNS if compared or name != "year-on-year"]
        yield clean(f"{one[lang]}  {one['key'] if one['key'] != one[lang] else ''}".rstrip())
        shares = {each["result"]: each for each in one["comparisons"] if each["share"] is not None}
        rows = [_row(point, shares, say) for point in one["points"]]
        yield layout([say(f"series.{name}") for name in columns], [[row[name] for name in columns] for row in rows], limit)
        yield ""
    yield f"{sum(len(one['points']) for one in found['indicators'])} figures, {len(found['indicators'])} indicators"


def _row(point: dict[str, Any], shares: dict[str, dict[str, Any]], say: Any) -> dict[str, str]:
    value = f"{point['value']:,}"
    if point["lowerValue"] is not None:
        value = f"{point['lowerValue']:,}-{value}"
    sign = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}.get(str(point["comparator"]), "")
    share = shares.get(point["id"])
    completion = f"{share['share']:g}% ({say('series.' + share['basis'])})" if share else ""
    first = point["evidence"][0] if point["evidence"] else {"source": "", "start": "", "end": "", "sentence": ""}
    place = f"{first['source']}:{first['start']}-{first['end']}" if point["evidence"] else ""
    kind = say(f"series.{point['kind']}") if point["kind"] else ""
    change = f"{point['yearOnYear']:+g}%" if point["yearOnYear"] is not None else ""
    dates = [point["start"] or "–", point["end"] or "–"]
    cells = [point["regionName"] or "–", *dates, kind, sign + value, point["unit"], completion, change, place, first["sentence"]]
    return dict(zip(_COLUMNS, cells, strict=True))


def _csv(found: Series) -> str:
    header = ["indicator", "zh", "en", "observation", "name", "region", "start", "end", "kind", "comparator", "lower", "value", "unit"]
    header += [
        "completion",
        "completion_basis",
        "year_on_year",
        "is_change",
        "confidence",
        "source",
        "start_offset",
        "end_offset",
        "sentence",
    ]
    lines = []
    for one in found["indicators"]:
        shares = {each["result"]: each for each in one["comparisons"]}
        for point in one["points"]:
            share = shares.get(point["id"], {})
            first = point["evidence"][0] if point["evidence"] else {}
            figure = [point["comparator"], point["lowerValue"], point["value"], point["unit"], share.get("share"), share.get("basis")]
            figure += [point["yearOnYear"], "yes" if one["change"] else None]
            place = [first.get(name) for name in ("source", "start", "end", "sentence")]
            head = [one["key"], one["zh"], one["en"], point["id"], point["name"], point["regionName"]]
            lines.append([*head, point["start"], point["end"], point["kind"], *figure, point["confidence"], *place])
    return csv_text(header, lines)
