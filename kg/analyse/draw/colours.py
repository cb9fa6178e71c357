"""Name the colours of the pictures, so that a class has one colour in all of them."""

from __future__ import annotations

#: Colours of the classes, told apart by colour-blind readers. Source: Okabe, Ito (2008), "Color Universal Design".
PALETTE: dict[str, tuple[int, int, int]] = {
    "Agency": (0, 114, 178),
    "Program": (213, 94, 0),
    "TargetGroup": (204, 121, 167),
    "Measure": (0, 158, 115),
    "PolicyDocument": (230, 159, 0),
    "Region": (86, 180, 233),
    "Observation": (240, 228, 66),
    "SourceText": (68, 68, 68),
    "Provision": (140, 140, 140),
    "Evidence": (200, 200, 200),
}
OTHER = (110, 110, 110)

INK, SOFT, FAINT, RULE, PAPER = "#1b1f24", "#57606a", "#8c959f", "#d8dee4", "#ffffff"
ACCENT = "#0072b2"

#: Colours of lines that run beside each other, in the order of their use; the same authors.
LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444", "#7a5195")


def hexadecimal(colour: tuple[int, int, int]) -> str:
    """Return a colour as ``#rrggbb``.

    >>> hexadecimal((0, 114, 178))
    '#0072b2'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def class_colour(type_: str) -> str:
    """Return the colour of a class as ``#rrggbb``."""
    return hexadecimal(PALETTE.get(type_, OTHER))


def mixed(low: tuple[int, int, int], high: tuple[int, int, int], hundredths: int) -> str:
    """Return the colour so many hundredths of the way from one to another.

    >>> mixed((0, 0, 0), (100, 200, 50), 50)
    '#326419'
    """
    red, green, blue = (a + (b - a) * hundredths // 100 for a, b in zip(low, high, strict=True))
    return hexadecimal((red, green, blue))
