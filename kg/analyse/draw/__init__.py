"""Draw pictures as SVG with text as outlines of a bundled font, and as PNG: the same picture gives the same bytes everywhere."""

from kg.analyse.draw.canvas import Canvas
from kg.analyse.draw.font import Font, load_font
from kg.analyse.draw.png import to_png

__all__ = ["Canvas", "Font", "load_font", "to_png"]
