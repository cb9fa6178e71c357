"""Recognise the text of scanned pages; needs the extra ``[ocr]``, whose models come with it: nothing is fetched."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.read.lines import Line

if TYPE_CHECKING:
    from collections.abc import Callable

#: Dots per point: 150 dots an inch, at which a character of 10 points is 21 dots high.
_SCALE = 150 / 72
#: Pixels of the longest side that a page is drawn with; a page may state any size.
_LARGEST_SIDE = 4_000
_LEAST_SCORE = 0.5
_OVERLAP = 0.5


def recogniser() -> Callable[[Any, int], list[Line]] | None:
    """Return the function that gives the lines of a page of pypdfium2 and its index, None if the extra is not installed."""
    if importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None:
        return None
    return _page_lines


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _page_lines(page: Any, index: int) -> list[Line]:
    height = page.get_height()
    scale = min(_SCALE, _LARGEST_SIDE / max(1.0, height, page.get_width()))
    found = _engine()(page.render(scale=scale).to_numpy()[:, :, :3])
    if found.txts is None:
        return []
    lines = []
    for text, score, box in zip(found.txts, found.scores, found.boxes, strict=True):
        if score < _LEAST_SCORE:
            continue
        across, down = [float(point[0]) / scale for point in box], [float(point[1]) / scale for point in box]
        top, bottom = height - min(down), height - max(down)
        lines.append(Line(str(text), index, min(across), max(across), bottom, top, top - bottom, height))
    return in_reading_order(lines)


def in_reading_order(lines: list[Line]) -> list[Line]:
    """Return boxes from top to bottom; those that stand side by side become one line, set apart by a tab."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (-one.top, one.left)):
        shared = min(rows[-1][0].top, line.top) - max(rows[-1][0].bottom, line.bottom) if rows else 0.0
        if rows and shared > _OVERLAP * min(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    merged = []
    for row in rows:
        row.sort(key=lambda one: one.left)
        merged.append(
            Line(
                "\t".join(one.text for one in row), row[0].page, row[0].left, max(one.right for one in row),
                min(one.bottom for one in row), max(one.top for one in row), row[0].size, row[0].height,
            )
        )  # fmt: skip
    return merged
