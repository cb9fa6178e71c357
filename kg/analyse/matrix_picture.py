"""Draw a matrix: rows and columns with their counts, the fuller a cell the darker."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from kg.analyse.draw.canvas import Canvas
from kg.analyse.draw.colours import FAINT, INK, PALETTE, PAPER, RULE, SOFT, mixed
from kg.analyse.matrix_page import facet_name
from kg.analyse.wording import words

if TYPE_CHECKING:
    from kg.analyse.draw.font import Font
    from kg.analyse.matrix import Matrix
    from kg.domain import Domain

_CELL = (46.0, 30.0)
_MARGIN, _SIZE, _ROW_LABEL, _COL_LABEL = 28.0, 13.0, 190.0, 150.0
_WHITE, _GREY = (255, 255, 255), (110, 118, 129)
#: Keys of rows and columns for what is not stated or not classified; they are grey and do not set the scale.
_UNSAID = frozenset(("", "other"))
_MOST_SHOWN, _HALF = 40, 50


def draw_matrix(found: Matrix, domain: Domain, font: Font, lang: str = "zh") -> Canvas:
    """Return the picture, one table under the other where ``by`` asks for several.

    Args:
        found: As :func:`kg.analyse.matrix.matrix` returns it.
        domain: Gives the words.
        font: Gives the characters.
        lang: ``zh`` or ``en``.
    """
    return _Drawing(found, domain, font, lang).draw()


class _Drawing:
    """Hold what all tables of the picture share."""

    def __init__(self, found: Matrix, domain: Domain, font: Font, lang: str) -> None:
        self.found, self.font, self.lang = found, font, lang
        messages = words(domain)
        self.say = messages.zh if lang == "zh" else messages.en
        self.rows, self.cols = found["rows"]["values"][:_MOST_SHOWN], found["cols"]["values"][:_MOST_SHOWN]
        said = [
            cell["count"]
            for facet in found["facets"]
            for cell in facet["cells"]
            if cell["row"] not in _UNSAID and cell["col"] not in _UNSAID
        ]
        self.most = max(said, default=1)
        self.left = _MARGIN + min(_ROW_LABEL, max((font.width(row[lang], _SIZE) for row in self.rows), default=0)) + 50
        longest = max((font.width(col[lang], 12) for col in self.cols), default=0)
        self.head = min(_COL_LABEL, longest) * 0.72 + 40

    def draw(self) -> Canvas:
        table = len(self.rows) * _CELL[1] + self.head + 46
        width = max(self.left + len(self.cols) * _CELL[0] + self.head * 0.85 + _MARGIN, 640)
        title = f"{self.say('matrix.title')}：" if self.lang == "zh" else f"{self.say('matrix.title')}: "
        title += f"{self.found['rows'][self.lang]} × {self.found['cols'][self.lang]}"
        notes = [self.say("matrix.empty-note"), *([self.say("matrix.multiple-note")] if self.found["multiple"] else [])]
        lines = [line for note in notes for line in self.font.wrap(note, 11.5, width - 2 * _MARGIN)]
        height = 74 + len(self.found["facets"]) * table + len(lines) * 17 + _MARGIN
        canvas = Canvas(self.font, (ceil(width), ceil(height)), title, "\n".join(self._numbers()))
        canvas.text((_MARGIN, 42), title, 21, bold=True)
        where = " · ".join(f"{one[self.lang]}: {one['value']}" for one in self.found["where"])
        counted = self._counted(self.found["count"], len(self.found["texts"]))
        canvas.text((_MARGIN, 64), f"{where} · {counted}" if where else counted, 12.5, fill=SOFT)
        top = 74.0
        for facet in self.found["facets"]:
            self._table(canvas, facet, top)
            top += table
        canvas.lines((_MARGIN, top + 18), lines, 11.5, fill=SOFT, leading=1.45)
        return canvas

    def _counted(self, provisions: int, texts: int) -> str:
        if self.lang == "zh":
            return f"{provisions}{self.say('matrix.provisions')}，{texts}{self.say('matrix.texts')}"
        return f"{provisions} {self.say('matrix.provisions')}, {texts} {self.say('matrix.texts')}"

    def _table(self, canvas: Canvas, facet: dict[str, Any], top: float) -> None:
        cells = {(cell["row"], cell["col"]): cell for cell in facet["cells"]}
        if facet["values"]:
            name = facet_name(facet, self.lang, self.say("matrix.all"))
            length = canvas.text((_MARGIN, top + 26), name, 15.5, bold=True)
            canvas.text((_MARGIN + length + 12, top + 26), self._counted(facet["count"], len(facet["texts"])), 12, fill=SOFT)
        top += self.head
        for index, col in enumerate(self.cols):
            x = self.left + (index + 0.5) * _CELL[0]
            canvas.text((x + 4, top - 8), self.font.shorten(col[self.lang], 12, _COL_LABEL), 12, turn=-45)
        of_col = self._totals(facet, "col")
        of_row = self._totals(facet, "row")
        for r, row in enumerate(self.rows):
            y = top + r * _CELL[1]
            label = self.font.shorten(row[self.lang], _SIZE, _ROW_LABEL)
            canvas.text((self.left - 50, y + 20), label, _SIZE, anchor="end", fill=INK if row["key"] else SOFT)
            canvas.text((self.left - 10, y + 20), str(of_row.get(row["key"], 0)), 11.5, anchor="end", fill=FAINT)
            for c, col in enumerate(self.cols):
                self._cell(
                    canvas, (self.left + c * _CELL[0], y), cells.get((row["key"], col["key"])), f"{row[self.lang]} × {col[self.lang]}"
                )
        bottom = top + len(self.rows) * _CELL[1]
        for c, col in enumerate(self.cols):
            at = (self.left + (c + 0.5) * _CELL[0], bottom + 17)
            canvas.text(at, str(of_col.get(col["key"], 0)), 11.5, anchor="middle", fill=FAINT)

    def _totals(self, facet: dict[str, Any], side: str) -> dict[str, int]:
        """Return the number of distinct provisions of each row or column of one table."""
        sets: dict[str, set[str]] = {}
        for cell in facet["cells"]:
            sets.setdefault(cell[side], set()).update(cell["provisions"])
        return {key: len(own) for key, own in sets.items()}

    def _cell(self, canvas: Canvas, at: tuple[float, float], cell: dict[str, Any] | None, where: str) -> None:
        x, y = at
        middle = (x + _CELL[0] / 2, y + 20)
        if cell is None:
            canvas.rect(
                (x + 1, y + 1), (_CELL[0] - 2, _CELL[1] - 2), PAPER, stroke=RULE, radius=3, note=f"{where}: {self.say('matrix.empty')}"
            )
            canvas.text(middle, "·", 13, anchor="middle", fill=FAINT)
            return
        share = min(92, 8 + 84 * cell["count"] // self.most)
        unsaid = cell["row"] in _UNSAID or cell["col"] in _UNSAID
        fill = mixed(_WHITE, _GREY, share // 3) if unsaid else mixed(_WHITE, PALETTE["Agency"], share)
        dark = share > _HALF and not unsaid
        note = f"{where}: {self._counted(cell['count'], cell['texts'])}"
        canvas.rect((x + 1, y + 1), (_CELL[0] - 2, _CELL[1] - 2), fill, radius=3, note=note)
        canvas.text(middle, str(cell["count"]), 13, anchor="middle", fill=PAPER if dark else INK, bold=dark)

    def _numbers(self) -> list[str]:
        """Return the counts in words, for readers of the description."""
        row = {value["key"]: value[self.lang] for value in self.rows}
        col = {value["key"]: value[self.lang] for value in self.cols}
        return [
            f"{facet_name(facet, self.lang, self.say('matrix.all'))}: {row[cell['row']]} × {col[cell['col']]}: {cell['count']}"
            for facet in self.found["facets"]
            for cell in facet["cells"]
            if cell["row"] in row and cell["col"] in col
        ]
