"""Draw the cascade: one column a level, the centre at the left; each link has a number, and its sentence stands below under it."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.cascade import LEVELS
from kg.analyse.draw.canvas import Canvas, number
from kg.analyse.draw.colours import FAINT, INK, LINES, PAPER, RULE, SOFT, class_colour
from kg.analyse.wording import class_label, words

if TYPE_CHECKING:
    from kg.analyse.cascade import Cascade
    from kg.analyse.draw.font import Font
    from kg.domain import Domain

_BOX, _BETWEEN, _MARGIN, _TOP = 250.0, 120.0, 30.0, 112.0
_SIZE, _LINE, _PAD = 13.0, 18.0, 10.0
_COLOURS = {"implements": LINES[0], "basedOn": LINES[7], "partOf": LINES[2], "cites": FAINT}
_SWEEPS = 8
_SPACE, _DISC = 16.0, 19.0
# What the name of a gap begins with; no id does.
_GAP = "\0"

Point = tuple[float, float]


class _Box(NamedTuple):
    x: float
    y: float
    height: float


def draw_cascade(found: Cascade, domain: Domain, font: Font, lang: str = "zh", most: int = 30) -> Canvas:
    """Return the picture.

    Args:
        found: As :func:`kg.analyse.cascade.cascade` returns it.
        domain: Gives the words.
        font: Gives the characters.
        lang: ``zh`` or ``en``.
        most: How many links to draw at most: the best stated and surest first.
    """
    ranked = sorted(found["links"], key=lambda link: (link["predicates"] == ["cites"], -link["texts"], -link["confidence"]))
    return _Drawing({**found, "links": ranked[:most]}, (domain, font, lang), len(ranked) - most).draw()


class _Drawing:
    """Hold what is drawn, and where."""

    def __init__(self, found: Cascade, words_of: tuple[Domain, Font, str], left_out: int) -> None:
        self.domain, self.font, self.lang = words_of
        messages = words(self.domain)
        self.say = messages.zh if self.lang == "zh" else messages.en
        self.links, self.left_out = found["links"], left_out
        ends = {link[end] for link in self.links for end in ("lower", "upper")}
        self.nodes = {node["id"]: node for node in found["nodes"] if node["id"] in ends}
        self.ranks = [rank for rank in LEVELS if any(node["level"] == LEVELS[rank] for node in self.nodes.values())]
        self.lines = {key: self._lines(node) for key, node in self.nodes.items()}
        column = {LEVELS[rank]: index for index, rank in enumerate(self.ranks)}
        self.column = {key: column[node["level"]] for key, node in self.nodes.items()}
        self.ways = [self._way(index, link) for index, link in enumerate(self.links)]
        self.columns = self._order()
        self.boxes = self._boxes()

    def _lines(self, node: dict[str, Any]) -> tuple[list[str], str]:
        """Return a box's title and the line below it."""
        name = f"《{node['name']}》" if node["type"] == "PolicyDocument" and node["name"] != node["number"] else node["name"]
        place = node["issuers"][0] if node["issuers"] else node["region"] or ""
        below = " · ".join(part for part in (place, (node["date"] or "")[:4]) if part)
        return self.font.wrap(name, _SIZE, _BOX - 2 * _PAD - 6, 4), self.font.shorten(below, 11, _BOX - 2 * _PAD - 6)

    def _way(self, index: int, link: dict[str, Any]) -> list[str]:
        """Return what a link passes from the higher to the lower end: in each column between them a gap that is kept free for it."""
        first, last = self.column[link["upper"]], self.column[link["lower"]]
        step = 1 if first < last else -1
        gaps = [f"{_GAP}{index}-{column}" for column in range(first + step, last, step)]
        self.column.update({gap: first + step * (number + 1) for number, gap in enumerate(gaps)})
        return [link["upper"], *gaps, link["lower"]]

    def _order(self) -> list[list[str]]:
        """Return each column's boxes and gaps, ordered so that few links cross: by the mean place of what they are linked to, again and again."""
        columns = [[key for key, column in self.column.items() if column == index] for index in range(len(self.ranks))]
        near: dict[str, list[str]] = {key: [] for key in self.column}
        for way in self.ways:
            for one, other in pairwise(way):
                near[one].append(other)
                near[other].append(one)
        place = {key: (index + 0.5) / len(column) for column in columns for index, key in enumerate(column)}
        for sweep in range(_SWEEPS):
            for column in columns if sweep % 2 else reversed(columns):
                wanted = {key: round(_mean([place[each] for each in near[key]]), 6) for key in column}
                column.sort(key=lambda key: (wanted[key], -len(near[key]), key))
                place.update({key: (index + 0.5) / len(column) for index, key in enumerate(column)})
        return columns

    def _height(self, key: str) -> float:
        if key not in self.lines:
            return 0.0
        title, below = self.lines[key]
        return 2 * _PAD + len(title) * _LINE + (15 if below else 0) - 2

    def _boxes(self) -> dict[str, _Box]:
        heights = [sum(self._height(key) + _SPACE for key in column) for column in self.columns]
        tallest = max(heights, default=0)
        boxes = {}
        for index, (column, height) in enumerate(zip(self.columns, heights, strict=True)):
            y = _TOP + (tallest - height) / 2
            for key in column:
                boxes[key] = _Box(_MARGIN + index * (_BOX + _BETWEEN), y, self._height(key))
                y += self._height(key) + _SPACE
        self.bottom = _TOP + tallest
        return boxes

    def draw(self) -> Canvas:
        width = max(2 * _MARGIN + len(self.columns) * _BOX + max(0, len(self.columns) - 1) * _BETWEEN + 40, 760)
        reading = sorted(range(len(self.links)), key=lambda i: [self.boxes[end][:2] for end in (self.ways[i][0], self.ways[i][-1])])
        notes = [self._note(self.links[index], width) for index in reading]
        height = self.bottom + 60 + sum(len(lines) * 16 + 8 for lines in notes) + (30 if self.left_out > 0 else 10)
        canvas = Canvas(self.font, (ceil(width), ceil(height)), self.say("cascade.title"), "\n".join(line for own in notes for line in own))
        canvas.text((_MARGIN, 42), self.say("cascade.title"), 21, bold=True)
        if not self.links:
            canvas.text((_MARGIN, 80), self.say("cascade.nothing"), 14, fill=SOFT)
            return canvas
        self._legend(canvas)
        for index, rank in enumerate(self.ranks):
            x = _MARGIN + index * (_BOX + _BETWEEN)
            canvas.text((x, _TOP - 14), self.say(f"cascade.{LEVELS[rank]}"), 14, bold=True, fill=SOFT)
            canvas.line([(x, _TOP - 6), (x + _BOX, _TOP - 6)], RULE, width=2)
        curves = [self._link(canvas, index) for index in reading]
        for key in self.nodes:
            self._box(canvas, key)
        taken: list[Point] = []
        for number_, (index, curve) in enumerate(zip(reading, curves, strict=True), 1):
            at = _free(curve, taken)
            taken.append(at)
            colour = _COLOURS[self.links[index]["predicates"][0]]
            canvas.circle(at, 9, PAPER, stroke=colour, width=1.5)
            canvas.text((at[0], at[1] + 4), str(number_), 10.5, anchor="middle", fill=colour, bold=True)
        self._evidence(canvas, notes)
        return canvas

    def _legend(self, canvas: Canvas) -> None:
        x = _MARGIN
        for name in dict.fromkeys(link["predicates"][0] for link in self.links):
            canvas.line([(x, 62), (x + 26, 62)], _COLOURS[name], width=2.2, dashes="5 4" if name == "cites" else "")
            x += 32 + canvas.text((x + 32, 66), class_label(self.domain, name)[self.lang != "zh"], 12.5, fill=SOFT) + 18
        for name in ("PolicyDocument", "SourceText", "Program"):
            if any(node["type"] == name for node in self.nodes.values()):
                canvas.rect((x, 56), (5, 12), class_colour(name), radius=2)
                x += 11 + canvas.text((x + 11, 66), class_label(self.domain, name)[self.lang != "zh"], 12.5, fill=SOFT) + 18

    def _link(self, canvas: Canvas, index: int) -> list[Point]:
        """Draw a link from the higher to the lower box; return points of the curve where its number may stand, the best first."""
        link, way = self.links[index], self.ways[index]
        data, points = "", []
        for one, other in pairwise(way):
            curve = self._curve((one, other), (self._share(one, index), self._share(other, index)))
            start = "M" if not data else "L"
            data += f"{start}{_pair(curve[0])}C{_pair(curve[1])} {_pair(curve[2])} {_pair(curve[3])}"
            points += [_on(curve, step / 20) for step in (10, 8, 12, 6, 14, 5, 15, 4, 16, 3, 17)]
        predicate = link["predicates"][0]
        note = "\n".join(f"{one['source']}: {one['sentence']}" for one in link["evidence"][:2])
        canvas.path(data, stroke=_COLOURS[predicate], width=1.8, dashes="5 4" if predicate == "cites" else "", opacity=0.85, note=note)
        return points

    def _curve(self, ends: tuple[str, str], shares: tuple[float, float]) -> tuple[Point, Point, Point, Point]:
        """Return the four points of the Bézier curve between two boxes or gaps of neighbouring columns, or of one."""
        one, other = (self.boxes[end] for end in ends)
        y1, y2 = one.y + one.height * shares[0], other.y + other.height * shares[1]
        if one.x == other.x:
            x = one.x + _BOX
            bend = x + min(80.0, 30 + abs(y2 - y1) / 6)
            return (x, y1), (bend, y1), (bend, y2), (x, y2)
        x1, x2 = (one.x + _BOX, other.x) if one.x < other.x else (one.x, other.x + _BOX)
        half = (x2 - x1) / 2
        return (x1, y1), (x1 + half, y1), (x2 - half, y2), (x2, y2)

    def _share(self, key: str, index: int) -> float:
        """Return how far down its box a link is tied, so that the links of one side of a box fan out in the order of their other ends."""
        if key not in self.nodes:
            return 0.5
        way = self.ways[index]
        side = self._side(way, key)
        own = [(self.boxes[_next(each, key)].y, number_) for number_, each in enumerate(self.ways) if self._side(each, key) == side != 0]
        own.sort()
        return (own.index((self.boxes[_next(way, key)].y, index)) + 1) / (len(own) + 1)

    def _side(self, way: list[str], key: str) -> int:
        """Return 1 where a way leaves a box at its right, -1 at its left, 0 where the box is no end of it."""
        if key not in (way[0], way[-1]):
            return 0
        return 1 if self.boxes[_next(way, key)].x >= self.boxes[key].x else -1

    def _box(self, canvas: Canvas, key: str) -> None:
        node, box = self.nodes[key], self.boxes[key]
        title, below = self.lines[key]
        canvas.rect((box.x, box.y), (_BOX, box.height), PAPER, stroke=FAINT, radius=5, note=f"{node['name']} ({node['id']})")
        canvas.rect((box.x, box.y), (5, box.height), class_colour(node["type"]), radius=2)
        canvas.lines((box.x + _PAD + 4, box.y + _PAD + 11), title, _SIZE, leading=_LINE / _SIZE)
        if below:
            canvas.text((box.x + _PAD + 4, box.y + box.height - _PAD + 2), below, 11, fill=SOFT)

    def _note(self, link: dict[str, Any], width: float) -> list[str]:
        named = "、".join(class_label(self.domain, name)[self.lang != "zh"] for name in link["predicates"])
        head = f"{self.nodes[link['lower']]['name']} — {named} — {self.nodes[link['upper']]['name']}"
        one = link["evidence"][0] if link["evidence"] else None
        text = f"{head}：{one['sentence']} ({one['source']}:{one['start']}-{one['end']})" if one else head
        return self.font.wrap(text, 11.5, width - 2 * _MARGIN - 26, 3)

    def _evidence(self, canvas: Canvas, notes: list[list[str]]) -> None:
        y = self.bottom + 26
        canvas.text((_MARGIN, y), self.say("cascade.evidence"), 14, bold=True, fill=SOFT)
        y += 22
        for index, lines in enumerate(notes, 1):
            canvas.text((_MARGIN + 16, y), str(index), 11.5, anchor="end", bold=True, fill=INK)
            canvas.lines((_MARGIN + 26, y), lines, 11.5, fill=SOFT, leading=16 / 11.5)
            y += len(lines) * 16 + 8
        if self.left_out > 0:
            canvas.text((_MARGIN, y + 4), f"+{self.left_out}: {self.say('cascade.more')}", 11.5, fill=SOFT)


def _next(way: list[str], key: str) -> str:
    return way[1] if way[0] == key else way[-2]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _on(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    """Return the point of a Bézier curve at a parameter from 0 to 1."""
    r = 1 - t
    weights = (r * r * r, 3 * r * r * t, 3 * r * t * t, t * t * t)
    return sum(w * p[0] for w, p in zip(weights, curve, strict=True)), sum(w * p[1] for w, p in zip(weights, curve, strict=True))


def _free(points: list[Point], taken: list[Point]) -> Point:
    """Return the first point of a curve where a number does not cover another; the first of all where there is none."""
    for x, y in points:
        if all(abs(x - other[0]) > _DISC or abs(y - other[1]) > _DISC for other in taken):
            return x, y
    return points[0]
