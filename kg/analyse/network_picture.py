"""Draw the network as Gephi shows the GEXF file: the same places, sizes and colours, labels where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kg.analyse.draw.canvas import Canvas, number
from kg.analyse.draw.colours import INK, LINES, PAPER, RULE, SOFT, class_colour
from kg.analyse.wording import class_label, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.analyse.draw.canvas import Point
    from kg.analyse.draw.font import Font
    from kg.domain import Domain

_SIDE, _MARGIN, _TOP = 1400.0, 34.0, 76.0
_CELL = 40.0
_MANY = 150


class Dot(NamedTuple):
    """Hold one node as it is drawn: label, class, place (y upwards), radius, number of its community."""

    label: str
    category: str
    x: float
    y: float
    size: float
    community: int


class Tie(NamedTuple):
    """Hold one edge: indices of its dots, predicate, number of texts."""

    source: int
    target: int
    predicate: str
    weight: int


def draw_network(  # noqa: PLR0913 - what a picture needs
    dots: Sequence[Dot],
    ties: Sequence[Tie],
    domain: Domain,
    font: Font,
    *,
    lang: str = "zh",
    colour_by: str = "category",
    labels: int = 90,
    filtered: bool = False,
) -> Canvas:
    """Return the picture of a network whose places are known.

    Args:
        dots: The nodes.
        ties: The edges.
        domain: Gives the words of the legend.
        font: Gives the characters.
        lang: ``zh`` or ``en``.
        colour_by: ``category`` (class) or ``community``.
        filtered: The ties are a choice, so that dots without one need no mention.
        labels: How many labels to write at most, those of the largest nodes first, where they cover no other.
    """
    say = words(domain).zh if lang == "zh" else words(domain).en
    dots, ties, alone = _tied(dots, ties)
    scale, place = _placing(dots)
    title = say("overview.network")
    canvas = Canvas(font, (_SIDE, _SIDE + _TOP), title, f"{len(dots)} nodes, {len(ties)} edges")
    canvas.text((_MARGIN, 42), title, 23, bold=True)
    _legend(canvas, dots, domain, (lang, colour_by, say("overview.community")))
    colours = [_colour(dot, colour_by) for dot in dots]
    # The fewer the ties, the clearer each.
    clear = 0.4 if len(ties) > _MANY else 0.7
    for tie in ties:
        (x1, y1), (x2, y2) = place(dots[tie.source]), place(dots[tie.target])
        inside = dots[tie.source].community == dots[tie.target].community
        # A slight bend tells the two directions apart, as in Gephi's preview.
        bend_x, bend_y = (x1 + x2) / 2 + (y2 - y1) * 0.12, (y1 + y2) / 2 - (x2 - x1) * 0.12
        data = f"M{number(x1)} {number(y1)}Q{number(bend_x)} {number(bend_y)} {number(x2)} {number(y2)}"
        width = min(3.0, 0.7 + 0.5 * (tie.weight - 1))
        canvas.path(data, stroke=colours[tie.source] if inside else "#9aa3ad", width=width, opacity=clear if inside else clear / 2)
    for dot, colour in sorted(zip(dots, colours, strict=True), key=lambda pair: -pair[0].size):
        canvas.circle(place(dot), max(1.6, dot.size * scale), colour, stroke=PAPER, width=0.8, note=dot.label)
    _labels(canvas, dots, (scale, place), labels)
    if alone and not filtered:
        canvas.text((_MARGIN, _SIDE + _TOP - 12), f"+{alone} {say('overview.alone')}", 12.5, fill=SOFT)
    return canvas


def _tied(dots: Sequence[Dot], ties: Sequence[Tie]) -> tuple[list[Dot], list[Tie], int]:
    """Return dots and ties without the dots that nothing is tied to, and the number of those."""
    index: dict[int, int] = {}
    for number_ in sorted({end for tie in ties for end in (tie.source, tie.target) if tie.source != tie.target}):
        index[number_] = len(index)
    kept = [tie._replace(source=index[tie.source], target=index[tie.target]) for tie in ties if tie.source != tie.target]
    return [dots[number_] for number_ in index], kept, len(dots) - len(index)


def _placing(dots: Sequence[Dot]) -> tuple[float, Callable[[Dot], Point]]:
    """Return pixels a unit, and the function from a dot to its place."""
    left, right = min((d.x - d.size for d in dots), default=0.0), max((d.x + d.size for d in dots), default=1.0)
    low, high = min((d.y - d.size for d in dots), default=0.0), max((d.y + d.size for d in dots), default=1.0)
    side = max(right - left, high - low) or 1.0
    scale = (_SIDE - 2 * _MARGIN) / side
    shift_x, shift_y = (side - right + left) / 2, (side - high + low) / 2

    def place(dot: Dot) -> tuple[float, float]:
        return _MARGIN + (dot.x - left + shift_x) * scale, _TOP + _MARGIN + (high - dot.y + shift_y) * scale

    return scale, place


def _colour(dot: Dot, colour_by: str) -> str:
    if colour_by == "category":
        return class_colour(dot.category)
    return LINES[dot.community] if dot.community < len(LINES) else "#aab2bb"


def _legend(canvas: Canvas, dots: Sequence[Dot], domain: Domain, how: tuple[str, str, str]) -> None:
    lang, colour_by, community = how
    x = _MARGIN
    if colour_by == "category":
        counts: dict[str, int] = {}
        for dot in dots:
            counts[dot.category] = counts.get(dot.category, 0) + 1
        entries = [
            (class_label(domain, name)[lang != "zh"], class_colour(name), counts[name]) for name in sorted(counts, key=lambda n: -counts[n])
        ]
    else:
        sizes: dict[int, int] = {}
        for dot in dots:
            sizes[dot.community] = sizes.get(dot.community, 0) + 1
        entries = [(f"{community} {key}", LINES[key % len(LINES)], sizes[key]) for key in sorted(sizes)[: len(LINES)]]
    for text, colour, count in entries:
        canvas.circle((x + 6, 66), 6, colour)
        x += 18 + canvas.text((x + 18, 71), f"{text} {count}", 13.5, fill=SOFT) + 20
    canvas.line([(_MARGIN, 88), (_SIDE - _MARGIN, 88)], RULE)


def _labels(canvas: Canvas, dots: Sequence[Dot], placing: tuple[float, Callable[[Dot], Point]], most: int) -> None:
    """Write labels from the largest node down, each only where it covers none that stands already."""
    scale, place = placing
    taken: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
    written = 0
    for dot in sorted(dots, key=lambda d: (-d.size, d.label)):
        if written >= most:
            break
        x, y = place(dot)
        size = round(min(20.0, 10.5 + dot.size * scale * 0.22), 1)
        text = canvas.font.shorten(dot.label, size, 230)
        length = canvas.font.width(text, size)
        # Below the disc; over it where the disc is large enough to be seen around the text.
        down = size * 0.36 if dot.size * scale > 1.3 * size else max(1.6, dot.size * scale) + size * 0.95
        box = (x - length / 2 - 2, y + down - size, x + length / 2 + 2, y + down + size * 0.3)
        cells = [
            (column, row)
            for column in range(int(box[0] // _CELL), int(box[2] // _CELL) + 1)
            for row in range(int(box[1] // _CELL), int(box[3] // _CELL) + 1)
        ]
        near = [other for cell in cells for other in taken.get(cell, ())]
        if box[0] < 0 or box[2] > _SIDE or any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in near):
            continue
        for cell in cells:
            taken.setdefault(cell, []).append(box)
        at = (x, y + down)
        canvas.halo(at, text, size)
        canvas.text(at, text, size, anchor="middle", fill=INK)
        written += 1
