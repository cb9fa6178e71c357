"""Write a matrix as one HTML file: accessible tables of counts, each count a link to its provisions and their sentences.

The file holds no script and asks for nothing; text of documents stands in it as text.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from kg.analyse.provision_facts import UNKNOWN
from kg.analyse.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.analyse.matrix import Matrix
    from kg.domain import Domain
    from kg.domain.messages import Messages

_STYLE = """
:root{color-scheme:light dark;--line:#d0d7de;--soft:#57606a;--paper:#fff;--ink:#1b1f24;--head:#f6f8fa;--link:#0550ae;--heat:0,114,178;--mark:#fff0b3}
@media (prefers-color-scheme:dark){:root{--line:#3d444d;--soft:#9ea7b3;--paper:#0d1117;--ink:#e6edf3;--head:#161b22;--link:#79b8ff;--heat:86,180,233;--mark:#5c4a00}}
body{font:15px/1.6 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--paper);margin:1.5rem;max-width:100rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}a{color:var(--link)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:center}th{background:var(--head);font-weight:600}
th[scope=row]{text-align:left;position:sticky;left:0;min-width:9rem}thead th{vertical-align:bottom;min-width:2.6em;max-width:7rem}.h0{background:var(--head);color:var(--soft)}
caption,.note{text-align:left;color:var(--soft);margin:.3rem 0}td.none{color:var(--soft)}td a{display:block;text-decoration:none;font-weight:600;color:inherit}
td a:hover,td a:focus{text-decoration:underline}.total{background:var(--head)}
ol{padding-left:1.4rem}li{margin:.45rem 0}.from{color:var(--soft);font-size:.85rem}mark{background:var(--mark);color:inherit;padding:0 .1em}
:target{outline:2px solid var(--link);outline-offset:4px}
"""
_LEVELS = 5


def matrix_html(found: Matrix, domain: Domain, lang: str = "zh") -> str:
    """Return the page.

    Args:
        found: As :func:`kg.analyse.matrix.matrix` returns it.
        domain: Gives the words.
        lang: ``zh`` or ``en``.
    """
    page = _Page(found, words(domain), lang)
    return "\n".join(page.lines()) + "\n"


class _Page:
    """Hold what all parts of the page need."""

    def __init__(self, found: Matrix, messages: Messages, lang: str) -> None:
        self.found, self.lang = found, lang
        self.say = messages.zh if lang == "zh" else messages.en
        self.rows, self.cols = found["rows"]["values"], found["cols"]["values"]
        self.titles = {text["id"]: text["title"] for text in found["texts"]}
        said = [cell["count"] for facet in found["facets"] for cell in facet["cells"] if not _unsaid(cell)]
        self.most = max(said, default=1)

    def lines(self) -> Iterator[str]:
        title = escape(f"{self.say('matrix.title')}: {self.found['rows'][self.lang]} × {self.found['cols'][self.lang]}")
        heat = "".join(f".h{n}{{background:rgba(var(--heat),.{n * 12:02d})}}" for n in range(1, _LEVELS + 1))
        yield f'<!DOCTYPE html>\n<html lang="{"zh-Hans" if self.lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">'
        yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title}</title>\n<style>{_STYLE}{heat}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>"
        for one in self.found["where"]:
            yield f'<p class="note">{escape(one[self.lang])}: {escape(one["value"])}</p>'
        yield f"<p>{self._counted(self.found['count'], len(self.found['texts']))}</p>"
        yield f'<p class="note">{escape(self.say("matrix.empty-note"))}</p>'
        if self.found["multiple"]:
            yield f'<p class="note">{escape(self.say("matrix.multiple-note"))}</p>'
        for number, facet in enumerate(self.found["facets"]):
            yield from self._facet(number, facet)
        yield "</main>\n</body>\n</html>"

    def _counted(self, provisions: int, texts: int) -> str:
        blank = "" if self.lang == "zh" else " "
        comma = "，" if self.lang == "zh" else ", "
        return escape(f"{provisions}{blank}{self.say('matrix.provisions')}{comma}{texts}{blank}{self.say('matrix.texts')}")

    def _facet(self, number: int, facet: dict[str, Any]) -> Iterator[str]:
        name = facet_name(facet, self.lang, self.say("matrix.all"))
        cells = {(cell["row"], cell["col"]): cell for cell in facet["cells"]}
        yield f'<section aria-labelledby="f{number}">\n<h2 id="f{number}">{escape(name)}</h2>\n<div class="scroll" tabindex="0" role="region" aria-labelledby="f{number}"><table>'
        yield f"<caption>{self._counted(facet['count'], len(facet['texts']))}</caption>\n<thead><tr>"
        corner = escape(f"{self.found['rows'][self.lang]} \\ {self.found['cols'][self.lang]}")
        heads = "".join(f'<th scope="col">{escape(col[self.lang])}</th>' for col in self.cols)
        yield f'<th scope="col">{corner}</th>{heads}</tr></thead>\n<tbody>'
        for r, row in enumerate(self.rows):
            line = "".join(
                self._cell(cells.get((row["key"], col["key"])), f"c{number}-{r}-{c}", row, col) for c, col in enumerate(self.cols)
            )
            yield f'<tr><th scope="row">{escape(row[self.lang])}</th>{line}</tr>'
        yield "</tbody></table></div>"
        yield f"<h3>{escape(self.say('matrix.evidence'))}</h3>" if cells else ""
        for r, row in enumerate(self.rows):
            for c, col in enumerate(self.cols):
                if cell := cells.get((row["key"], col["key"])):
                    yield from self._provisions(cell, f"c{number}-{r}-{c}", f"{row[self.lang]} × {col[self.lang]}", f"f{number}")
        yield "</section>"

    def _cell(self, cell: dict[str, Any] | None, anchor: str, row: dict[str, Any], col: dict[str, Any]) -> str:
        where = escape(f"{row[self.lang]} × {col[self.lang]}")
        if cell is None:
            said = escape(self.say("matrix.empty"))
            return f'<td class="none"><span aria-hidden="true" title="{where}: {said}">·</span><span style="position:absolute;left:-99em">{said}</span></td>'
        heat = 0 if _unsaid(cell) else -(-cell["count"] * _LEVELS // self.most)
        return f'<td class="h{heat}"><a href="#{anchor}" title="{where}" aria-label="{where}: {self._counted(cell["count"], cell["texts"])}">{cell["count"]}</a></td>'

    def _provisions(self, cell: dict[str, Any], anchor: str, title: str, back: str) -> Iterator[str]:
        yield f'<section id="{anchor}" tabindex="-1"><h4>{escape(title)} <a href="#{back}" aria-label="{escape(self.say("matrix.title"))}">↑</a></h4><ol>'
        for key in cell["provisions"]:
            fact = self.found["facts"][key]
            targets = "、".join(target["name"] for target in fact["targets"])
            head = f"<b>{escape(fact['measure']['name'])}</b>" + (f" → {escape(targets)}" if targets else "")
            place = escape(f"{self.titles.get(fact['text'], '')} · {fact['source']}:{fact['start']}-{fact['end']}")
            yield f'<li>{head}<br>{marked(fact["sentence"], fact["marks"])}<br><span class="from">{place}</span></li>'
        yield "</ol></section>"


def marked(sentence: str, marks: list[tuple[int, int]]) -> str:
    """Return a sentence as HTML with the spans in ``mark`` elements.

    >>> marked("a<b", [(0, 1)])
    '<mark>a</mark>&lt;b'
    """
    parts, at = [], 0
    for start, end in marks:
        parts += [escape(sentence[at:start]), f"<mark>{escape(sentence[start:end])}</mark>"]
        at = end
    return "".join([*parts, escape(sentence[at:])])


def _unsaid(cell: dict[str, Any]) -> bool:
    """Tell whether a cell counts what is not stated or in no class; such cells are grey and do not set the scale."""
    return bool({cell["row"], cell["col"]} & {UNKNOWN, "other"})


def facet_name(facet: dict[str, Any], lang: str, everything: str) -> str:
    """Return the heading of one table."""
    return " · ".join(value[lang] for value in facet["values"].values()) or everything
