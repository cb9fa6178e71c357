"""Draw the overview: one panel of bars for each thing that is counted."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from kg.analyse.draw.canvas import Canvas
from kg.analyse.draw.colours import FAINT, RULE, SOFT, class_colour
from kg.analyse.wording import words

if TYPE_CHECKING:
    from kg.analyse.draw.font import Font
    from kg.analyse.overview import Overview
    from kg.domain import Domain

_MARGIN, _TOP, _WIDTH, _GAP = 32.0, 124.0, 470.0, 44.0
_ROW, _LABEL, _SIZE = 23.0, (180.0, 262.0), 12.5
#: Panels of the left and the right column, with the class whose colour their bars have; None: each bar its own.
_COLUMNS = (
    (("types", None), ("relations", "PolicyDocument"), ("agencies", "Agency")),
    (("measures", "Measure"), ("groups", "TargetGroup"), ("regions", "Region"), ("years", "SourceText")),
)
_PANELS = {name: kind for column in _COLUMNS for name, kind in column}
_TOTALS = ("texts", "entities", "facts", "sentences")


def draw_overview(found: Overview, domain: Domain, font: Font, lang: str = "zh") -> Canvas:
    """Return the picture.

    Args:
        found: As :func:`kg.analyse.overview.overview` returns it.
        domain: Gives the words.
        font: Gives the characters.
        lang: ``zh`` or ``en``.
    """
    return _Drawing(found, domain, font, lang).draw()


class _Drawing:
    """Hold what the panels share."""

    def __init__(self, found: Overview, domain: Domain, font: Font, lang: str) -> None:
        self.found, self.font, self.lang = found, font, lang
        messages = words(domain)
        self.say = messages.zh if lang == "zh" else messages.en
        longest = max((font.width(bar[lang], _SIZE) for panel in found["panels"].values() for bar in panel["bars"]), default=0.0)
        self.label = min(max(longest, _LABEL[0]), _LABEL[1])

    def draw(self) -> Canvas:
        heights = [sum(self._height(name) + _GAP * 0.8 for name, _ in column) for column in _COLUMNS]
        size = (ceil(2 * _MARGIN + 2 * _WIDTH + _GAP), ceil(_TOP + max(heights) + 6))
        canvas = Canvas(self.font, size, self.say("overview.title"), "\n".join(self._numbers()))
        canvas.text((_MARGIN, 44), self.say("overview.title"), 23, bold=True)
        self._totals(canvas)
        for index, column in enumerate(_COLUMNS):
            y = _TOP
            for name, kind in column:
                self._panel(canvas, (_MARGIN + index * (_WIDTH + _GAP), y), name, kind)
                y += self._height(name) + _GAP * 0.8
        return canvas

    def _totals(self, canvas: Canvas) -> None:
        x = _MARGIN
        for name in _TOTALS:
            x += canvas.text((x, 84), f"{self.found['totals'][name]:,}", 22, fill=class_colour("Agency"), bold=True) + 6
            x += canvas.text((x, 84), self.say(f"overview.{name}"), 13, fill=SOFT) + 30

    def _height(self, name: str) -> float:
        panel = self.found["panels"][name]
        return 34 + max(1, len(panel["bars"])) * _ROW + (18 if self._note(panel) else 0)

    def _note(self, panel: dict[str, Any]) -> str:
        parts = [f"+{panel['more']}"] if panel["more"] else []
        parts += [f"{one[self.lang]}: {one['count']}" for one in panel["aside"]]
        return " · ".join(parts)

    def _panel(self, canvas: Canvas, at: tuple[float, float], name: str, kind: str | None) -> None:
        panel = self.found["panels"][name]
        canvas.text((at[0], at[1] + 14), self.say(f"overview.{name}"), 15, bold=True)
        canvas.line([(at[0], at[1] + 23), (at[0] + _WIDTH, at[1] + 23)], RULE)
        bars = panel["bars"]
        if not bars:
            canvas.text((at[0], at[1] + 48), self.say("overview.nothing"), _SIZE, fill=FAINT)
        most = max((bar["count"] for bar in bars), default=1)
        for row, bar in enumerate(bars):
            y = at[1] + 34 + row * _ROW
            label = self.font.shorten(bar[self.lang], _SIZE, self.label)
            canvas.text((at[0] + self.label, y + 14), label, _SIZE, anchor="end")
            length = max(1.5, (_WIDTH - self.label - 60) * bar["count"] / most)
            fill = class_colour(kind or bar["key"])
            canvas.rect((at[0] + self.label + 8, y + 2), (length, _ROW - 7), fill, radius=2, note=f"{bar[self.lang]}: {bar['count']}")
            canvas.text((at[0] + self.label + 14 + length, y + 14), f"{bar['count']:,}", 11.5, fill=SOFT)
        if note := self._note(panel):
            canvas.text((at[0] + _WIDTH, at[1] + 34 + len(bars) * _ROW + 13), note, 11.5, anchor="end", fill=FAINT)

    def _numbers(self) -> list[str]:
        lines = []
        for name in _PANELS:
            bars = self.found["panels"][name]["bars"]
            lines.append(f"{self.say(f'overview.{name}')}: " + ", ".join(f"{bar[self.lang]} {bar['count']}" for bar in bars))
        return lines
