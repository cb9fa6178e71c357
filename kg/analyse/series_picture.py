"""Draw indicators over time: one panel an indicator, one line a region, results as discs, targets as open diamonds."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from kg.analyse.draw.canvas import Canvas, number
from kg.analyse.draw.colours import FAINT, INK, LINES, PAPER, RULE, SOFT
from kg.analyse.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.analyse.draw.font import Font
    from kg.analyse.series import Series
    from kg.domain import Domain

_PANEL = (372.0, 250.0)
_GAP, _MARGIN, _HEAD = 30.0, 30.0, 84.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_PER_ROW = 3
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}
_Box = tuple[float, float, float, float]


def draw_series(  # noqa: PLR0913 - what a picture needs
    found: Series, domain: Domain, font: Font, lang: str = "zh", *, most: int = 9, least: int = 2
) -> Canvas:
    """Return the picture.

    A figure stands at the end of its period, a thin line leads back to the period's beginning where the text states it; figures of equal
    periods of several years are joined. Figures without a period stand in a column of their own.

    Args:
        found: As :func:`kg.analyse.series.series` returns it.
        domain: Gives the words.
        font: Gives the characters.
        lang: ``zh`` or ``en``.
        most: How many indicators to draw at most; the others are counted at the foot.
        least: How many figures an indicator must have.
    """
    return _Drawing(found, domain, font, lang).draw(most, least)


def short_number(value: float, base: int, large: tuple[str, str]) -> str:
    """Return a number in the way of a language: in steps of ``base`` (10,000 in Chinese), with their words.

    >>> short_number(268000, 10_000, ("w", "y")), short_number(1990000000, 1000, ("k", "M")), short_number(58.2, 1000, ("k", "M"))
    ('26.8w', '1,990M', '58.2')
    """
    for size, word in ((base * base, large[1]), (base, large[0])):
        if abs(value) >= size:
            return f"{_plain(value / size)}{word}"
    return _plain(value)


def _plain(value: float) -> str:
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return round values that cover a range.

    >>> ticks(0, 484000)
    [0.0, 200000.0, 400000.0, 600000.0]
    """
    span = (high - low) or abs(high) or 1.0
    size = 1.0
    while size * 10 <= span / count:
        size *= 10
    while size > span / count:
        size /= 10
    step = next(factor * size for factor in _STEPS if factor * size * count >= span)
    first = int(low // step)
    values = [round((first + index) * step, 6) for index in range(count + 3)]
    return values[: max(2, next((index for index, value in enumerate(values) if value >= high), len(values) - 1) + 1)]


class _Drawing:
    """Hold what the panels share."""

    def __init__(self, found: Series, domain: Domain, font: Font, lang: str) -> None:
        self.font, self.lang = font, lang
        messages = words(domain)
        self.say = messages.zh if lang == "zh" else messages.en
        self.large = (self.say("series.large-1"), self.say("series.large-2"))
        self.base = 10_000 if lang == "zh" else 1000
        self.series = found["indicators"]
        self.colour: dict[str, str] = {}

    def draw(self, most: int, least: int) -> Canvas:
        shown = [one for one in self.series if len(one["points"]) >= least][:most]
        order = dict.fromkeys(point["regionName"] for one in shown for point in one["points"])
        self.colour = {name: LINES[index % len(LINES)] for index, name in enumerate(order)}
        columns = min(_PER_ROW, max(1, len(shown)))
        rows = ceil(len(shown) / columns)
        width = max(2 * _MARGIN + columns * _PANEL[0] + (columns - 1) * _GAP, 640)
        notes = self._notes(len(shown))
        height = _HEAD + rows * (_PANEL[1] + _GAP) + 18 * len(notes) + 20
        canvas = Canvas(self.font, (ceil(width), ceil(height)), self.say("series.title"), "\n".join(self._numbers(shown)))
        canvas.text((_MARGIN, 42), self.say("series.title"), 21, bold=True)
        self._legend(canvas, {str(point["kind"]) for one in shown for point in one["points"]})
        for index, one in enumerate(shown):
            at = (_MARGIN + index % columns * (_PANEL[0] + _GAP), _HEAD + index // columns * (_PANEL[1] + _GAP))
            _Panel(self, canvas, at, one).draw()
        canvas.lines((_MARGIN, height - 18 * len(notes) - 2), notes, 11.5, fill=SOFT, leading=1.5)
        return canvas

    def _notes(self, shown: int) -> list[str]:
        if not self.series:
            return [self.say("series.nothing")]
        blank = "" if self.lang == "zh" else " "
        left = len(self.series) - shown
        return [f"{left}{blank}{self.say('series.left-out')}"] if left else []

    def _legend(self, canvas: Canvas, kinds: set[str]) -> None:
        x, y = _MARGIN, 66.0
        for name, colour in self.colour.items():
            canvas.rect((x, y - 9), (14, 9), colour, radius=2)
            x += 20 + canvas.text((x + 20, y), name or "–", 12.5, fill=SOFT) + 16
        for kind in ("result", "target", "funding", "standard"):
            if kind in kinds:
                sign(canvas, (x + 6, y - 4), kind, FAINT)
                x += 18 + canvas.text((x + 18, y), self.say(f"series.{kind}"), 12.5, fill=SOFT) + 16

    def number(self, point: dict[str, Any]) -> str:
        """Return a figure's number as the label beside it."""
        text = _SIGNS.get(str(point["comparator"]), "") + short_number(point["value"], self.base, self.large)
        if isinstance(point["completion"], (int, float)):
            share = f"{_plain(point['completion'])}%"
            text += f" ({self.say('series.of-target')}{share})" if self.lang == "zh" else f" ({share} {self.say('series.of-target')})"
        if isinstance(point["yearOnYear"], (int, float)):
            text += f" ({self.say('series.year-on-year')}{'' if self.lang == 'zh' else ' '}{point['yearOnYear']:+g}%)"
        return text

    def _numbers(self, shown: Iterable[dict[str, Any]]) -> list[str]:
        return [f"{one[self.lang]}: {_described(point)} {point['kind']}" for one in shown for point in one["points"]]


class _Panel:
    """Draw one indicator.

    Args:
        drawing: What all panels share.
        canvas: What is drawn on.
        at: Upper left corner.
        one: The indicator with its points.
    """

    def __init__(self, drawing: _Drawing, canvas: Canvas, at: tuple[float, float], one: dict[str, Any]) -> None:
        self.drawing, self.canvas, self.at, self.one = drawing, canvas, at, one
        self.left, self.top = at[0] + 52, at[1] + 40
        self.right, self.bottom = at[0] + _PANEL[0] - 8, at[1] + _PANEL[1] - 26
        points = one["points"]
        self.scale = ticks(min(0.0, *(point["value"] for point in points)), max(point["value"] for point in points))
        years = [point["year"] for point in points if point["year"] is not None]
        self.years = list(range(min(years), max(years) + 1)) if years else []
        undated = len(years) < len(points)
        # The column of figures without a period is as wide as a year, and never less than a third.
        columns = len(self.years) + max(1.0, len(self.years) / 2) * undated
        self.band = (self.right - self.left) / (columns or 1)
        self.edge = self.left + self.band * len(self.years)
        self.taken: list[_Box] = []

    def draw(self) -> None:
        """Draw title, scale, years and figures."""
        self._frame()
        for row in _joined(self.one["points"]):
            dashes = "5 4" if row[0]["kind"] == "target" else ""
            self.canvas.line([self._place(point) for point in row], self._colour(row[0]), width=2, dashes=dashes, opacity=0.6)
        for point in self.one["points"]:
            x, y = self._place(point)
            if point["start"] and point["end"]:
                begin = self._x(point["start"], 0)
                self.canvas.line([(begin, y), (x, y)], self._colour(point), width=2, opacity=0.35)
                self.taken.append((begin, y - 2, x, y + 2))
            self.taken.append((x - 6, y - 6, x + 6, y + 6))
        for point in self.one["points"]:
            at = self._place(point)
            note = _described(point) + "".join(f"\n{each['source']}: {each['sentence']}" for each in point["evidence"][:1])
            sign(self.canvas, at, str(point["kind"]), self._colour(point), note)
            self._label(at, self.drawing.number(point))

    def _frame(self) -> None:
        canvas, drawing = self.canvas, self.drawing
        title = drawing.font.shorten(self.one[drawing.lang], 14.5, _PANEL[0] - 70)
        length = canvas.text((self.at[0], self.at[1] + 14), title, 14.5, bold=True)
        if self.one["unit"]:
            canvas.text((self.at[0] + length + 8, self.at[1] + 14), f"({self.one['unit']})", 12, fill=SOFT)
        if self.edge < self.right - 1:
            canvas.rect((self.edge, self.top - 6), (self.right - self.edge, self.bottom - self.top + 6), "#f3f5f7")
            canvas.text(((self.edge + self.right) / 2, self.bottom + 17), drawing.say("series.no-period"), 11, anchor="middle", fill=SOFT)
        for value in self.scale:
            y = self._y(value)
            canvas.line([(self.left, y), (self.right, y)], RULE, width=1)
            canvas.text((self.left - 6, y + 4), short_number(value, drawing.base, drawing.large), 11, anchor="end", fill=SOFT)
        step = max(1, ceil(34 / self.band))
        for index, year in enumerate(self.years):
            if index % step == 0:
                canvas.text((self.left + (index + 0.5) * self.band, self.bottom + 17), str(year), 11, anchor="middle", fill=SOFT)
            x = self.left + (index + 1) * self.band
            canvas.line([(x, self.bottom), (x, self.bottom + 5)], FAINT)
        canvas.line([(self.left, self.bottom), (self.left, self.bottom + 5)], FAINT)

    def _colour(self, point: dict[str, Any]) -> str:
        return self.drawing.colour[point["regionName"]]

    def _y(self, value: float) -> float:
        return self.bottom - (value - self.scale[0]) / ((self.scale[-1] - self.scale[0]) or 1) * (self.bottom - self.top)

    def _x(self, date: str, months: int) -> float:
        """Return where a date stands; one without a month at the beginning (0) or end (12) of its year."""
        month = int(date[5:7]) - (0 if months else 1) if date[5:7].isdigit() else months
        return self.left + (int(date[:4]) - self.years[0] + month / 12) * self.band

    def _place(self, point: dict[str, Any]) -> tuple[float, float]:
        if point["year"] is not None:
            return self._x(point["end"] or point["start"], 12 if point["end"] else 0), self._y(point["value"])
        undated = [each["id"] for each in self.one["points"] if each["year"] is None]
        share = (undated.index(point["id"]) + 0.5) / len(undated)
        return self.edge + share * (self.right - self.edge), self._y(point["value"])

    def _label(self, at: tuple[float, float], text: str) -> None:
        """Write a figure's number beside its sign, where there is room."""
        length = self.drawing.font.width(text, 11)
        sides = ((9, 4), (-9 - length, 4), (-length / 2, -10), (-length / 2, 19), (4, -10), (-4 - length, -10), (4, 19), (-4 - length, 19))
        for dx, dy in sides:
            box = (at[0] + dx, at[1] + dy - 9, at[0] + dx + length, at[1] + dy + 2)
            inside = self.left <= box[0] and box[2] <= self.right + 8
            if inside and not any(_overlap(box, other) for other in self.taken):
                self.taken.append(box)
                self.canvas.text((box[0], at[1] + dy), text, 11, fill=INK)
                return


def sign(canvas: Canvas, at: tuple[float, float], kind: str, colour: str, note: str = "") -> None:
    """Draw the sign of a kind of figure: disc, open diamond (target), square (funding), ring (standard)."""
    x, y = at
    if kind == "target":
        data = "M" + "L".join(f"{number(a)} {number(b)}" for a, b in ((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))) + "Z"
        canvas.path(data, stroke=colour, fill=PAPER, width=2, note=note)
    elif kind == "funding":
        canvas.rect((x - 4.5, y - 4.5), (9, 9), colour, note=note)
    elif kind == "standard":
        canvas.circle(at, 4, PAPER, stroke=colour, width=2, note=note)
    else:
        canvas.circle(at, 4.5, colour, note=note)


def _described(point: dict[str, Any]) -> str:
    period = f"{point['start'] or ''}..{point['end'] or ''}" if point["year"] is not None else "–"
    return (
        f"{point['regionName']} {point['name']} {period} {_SIGNS.get(str(point['comparator']), '')}{_plain(point['value'])}{point['unit']}"
    )


def _joined(points: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the rows of figures that a line may join: one region, name and kind, and the same part of different years."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for point in points:
        if point["year"] is not None:
            part = (str(point["start"] or "")[4:], str(point["end"] or "")[4:])
            groups.setdefault((point["regionName"], point["name"], str(point["kind"]), *part), []).append(point)
    return [own for own in groups.values() if len({point["year"] for point in own}) == len(own) > 1]


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
