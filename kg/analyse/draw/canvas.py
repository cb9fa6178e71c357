"""Hold a picture as SVG elements; numbers are rounded to hundredths, so that its bytes do not depend on the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from kg.analyse.draw.colours import INK, PAPER
from kg.analyse.draw.font import EM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.analyse.draw.font import Font, Glyph

Point = tuple[float, float]
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}
# Text in bold is drawn with an outline of this many thousandths of an em: the bundled font has one weight.
_BOLD = 34


class Canvas:
    """Collect shapes and text in the order of drawing.

    Args:
        font: Gives the outlines of the text.
        size: Width and height.
        title: What the picture shows, for screen readers.
        description: More about it, such as the numbers it holds.
    """

    def __init__(self, font: Font, size: Point, title: str, description: str = "") -> None:
        self.font, self.width, self.height = font, size[0], size[1]
        self.title, self.description = title, description
        self._parts: list[str] = []
        self._glyphs: dict[str, Glyph] = {}

    def rect(self, at: Point, size: Point, fill: str, *, stroke: str = "", radius: float = 0, note: str = "") -> None:  # noqa: PLR0913 - each is one property of the shape
        """Draw a rectangle from its upper left corner; ``note`` is shown where the pointer rests."""
        round_ = f' rx="{number(radius)}"' if radius else ""
        shape = f'<rect x="{number(at[0])}" y="{number(at[1])}" width="{number(size[0])}" height="{number(size[1])}"{round_} fill="{fill}"'
        self._shape("rect", shape + (f' stroke="{stroke}"' if stroke else ""), note)

    def circle(self, at: Point, radius: float, fill: str, *, stroke: str = "", width: float = 1, note: str = "") -> None:  # noqa: PLR0913 - each is one property of the shape
        """Draw a disc."""
        edge = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke else ""
        self._shape("circle", f'<circle cx="{number(at[0])}" cy="{number(at[1])}" r="{number(radius)}" fill="{fill}"{edge}', note)

    def line(self, points: Sequence[Point], stroke: str, *, width: float = 1, dashes: str = "", opacity: float = 1) -> None:
        """Draw a line through points."""
        self.path("M" + "L".join(f"{number(x)} {number(y)}" for x, y in points), stroke=stroke, width=width, dashes=dashes, opacity=opacity)

    def path(  # noqa: PLR0913 - each is one property of the shape
        self, data: str, *, stroke: str = "", fill: str = "none", width: float = 1, dashes: str = "", opacity: float = 1, note: str = ""
    ) -> None:
        """Draw path data; make its numbers with :func:`number`."""
        extra = f' stroke="{stroke}" stroke-width="{number(width)}"' if stroke else ""
        extra += f' stroke-dasharray="{dashes}"' if dashes else ""
        extra += f' opacity="{number(opacity)}"' if opacity < 1 else ""
        self._shape("path", f'<path d="{data}" fill="{fill}"{extra}', note)

    def text(  # noqa: PLR0913 - each is one property of the shape
        self, at: Point, text: str, size: float = 13, *, fill: str = INK, anchor: str = "start", bold: bool = False, turn: int = 0
    ) -> float:
        """Draw one line of text with its baseline at a point; return its length.

        Args:
            at: Where it begins, has its middle or ends, as ``anchor`` says.
            text: In one line.
            size: Of an em.
            fill: Colour.
            anchor: ``start``, ``middle`` or ``end``.
            bold: Drawn thicker.
            turn: Degrees, clockwise, around the point.
        """
        length = self.font.width(text, size)
        x = -length * _ANCHORS[anchor] * EM / size
        uses = []
        for glyph in self.font.glyphs(text):
            if glyph.path:
                self._glyphs[glyph.name] = glyph
                uses.append(f'<use href="#{glyph.name}" x="{number(x)}"/>')
            x += glyph.width
        turned = f" rotate({turn})" if turn else ""
        weight = f' stroke="{fill}" stroke-width="{_BOLD}"' if bold else ""
        scale = f"{size / EM:.5f}".rstrip("0")
        self._parts.append(
            f'<g role="img" aria-label={_quoted(text)} fill="{fill}"{weight} '
            f'transform="translate({number(at[0])} {number(at[1])}){turned} scale({scale} -{scale})">{"".join(uses)}</g>'
        )
        return length

    def halo(self, at: Point, text: str, size: float) -> None:
        """Draw the light rim that makes centred text readable on lines; draw the text itself over it."""
        length = self.font.width(text, size)
        x, uses = -length / 2 * EM / size, []
        for glyph in self.font.glyphs(text):
            if glyph.path:
                self._glyphs[glyph.name] = glyph
                uses.append(f'<use href="#{glyph.name}" x="{number(x)}"/>')
            x += glyph.width
        scale = f"{size / EM:.5f}".rstrip("0")
        self._parts.append(
            f'<g aria-hidden="true" fill="{PAPER}" stroke="{PAPER}" stroke-width="260" stroke-linejoin="round" opacity="0.8" '
            f'transform="translate({number(at[0])} {number(at[1])}) scale({scale} -{scale})">{"".join(uses)}</g>'
        )

    def lines(  # noqa: PLR0913 - each is one property of the shape
        self, at: Point, lines: Iterable[str], size: float = 13, *, fill: str = INK, anchor: str = "start", leading: float = 1.4
    ) -> None:
        """Draw lines of text under each other."""
        for row, line in enumerate(lines):
            self.text((at[0], at[1] + row * size * leading), line, size, fill=fill, anchor=anchor)

    def svg(self) -> str:
        """Return the whole picture."""
        glyphs = "".join(f'<path id="{name}" d="{self._glyphs[name].path}"/>' for name in sorted(self._glyphs))
        described = f"<desc>{_clean(self.description)}</desc>\n" if self.description else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(self.width)}" height="{number(self.height)}" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" role="img" aria-label={_quoted(self.title)}>\n'
            f"<title>{_clean(self.title)}</title>\n{described}<defs>{glyphs}</defs>\n"
            f'<rect width="100%" height="100%" fill="{PAPER}"/>\n' + "\n".join(self._parts) + "\n</svg>\n"
        )

    def _shape(self, name: str, opened: str, note: str) -> None:
        self._parts.append(f"{opened}><title>{_clean(note)}</title></{name}>" if note else f"{opened}/>")


def number(value: float) -> str:
    """Return a coordinate with at most two decimals.

    >>> number(3.0), number(-0.001), number(2.126)
    ('3', '0', '2.13')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _clean(text: str) -> str:
    """Return text that may stand in XML: no control characters, no lone surrogates."""
    return escape("".join(c for c in text if c.isprintable() or c == "\n"))


def _quoted(text: str) -> str:
    return '"' + _clean(text).replace('"', "&quot;").replace("\n", " ") + '"'
