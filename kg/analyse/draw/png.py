"""Turn our SVG into PNG with resvg: no browser, no font of the system, the same bytes each time."""

from __future__ import annotations

from kg.errors import UsageError


def to_png(svg: str, zoom: int = 2) -> bytes:
    """Return the picture as PNG, ``zoom`` pixels a unit.

    Raises:
        UsageError: The library that draws is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise UsageError("PNG", "needs the library resvg-py", "pip install 'policy-measure-kg[plot]', or write SVG") from error
    return bytes(svg_to_bytes(svg_string=svg, zoom=zoom, skip_system_fonts=True))
