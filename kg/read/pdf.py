"""Read the text layer of PDF files, with their line breaks and repeated headers undone; pages without text need the extra ``[ocr]``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Finding
from kg.read.encoding import Decoded, clean
from kg.read.lines import Line, running_text

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Pages and characters of the longest document that is read.
_MOST_PAGES, _MOST_CHARACTERS = 3_000, 5_000_000
#: A page with fewer characters holds no text to speak of; with a picture on it, it is a scanned one.
_FEWEST = 8
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
#: A gap between two characters wider than this many of them separates the cells of a table.
_CELL_GAP = 1.5
_PASSWORD, _SECURITY = "password", "security"
#: What PDFium gives for a hyphen at a line's end.
_SOFT_HYPHENS = "\x02\ufffe"
_LEVEL = 0.6
#: Width of a Chinese character in heights of its font's box, at least.
_EM = 0.7


def read_pdf(data: bytes, where: str, common: frozenset[str]) -> Decoded:
    """Take the running text out of a PDF file, one line a paragraph.

    Raises:
        InputError: ``corrupt``, ``encrypted``, ``needs-ocr``, ``too-large``, ``empty``.
    """
    del common
    document = _opened(data, where)
    try:
        count = len(document)
        if count > _MOST_PAGES:
            raise InputError(where, f"has {count:,} pages, more than {_MOST_PAGES:,}", "split it into documents", code="too-large")
        findings: list[Finding] = []
        lines, scanned = _read_pages(document, where)
        if scanned:
            lines = _with_recognised(document, lines, scanned, where, findings)
    finally:
        document.close()
    text = running_text(lines, count)
    return Decoded(clean(text, where, findings), "utf-8", tuple(findings))


def _opened(data: bytes, where: str) -> Any:
    import pypdfium2 as pdfium

    if b"%PDF-" not in data[:1024]:
        raise InputError(where, "is no PDF file", "give it its right extension, or download it again", code="corrupt")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        words = str(error)
        if _PASSWORD in words.lower() or _SECURITY in words.lower():
            raise InputError(where, "is encrypted", "save it without a password", code="encrypted") from error
        raise InputError(where, f"is no whole PDF file ({words[:80]})", "download it again", code="corrupt") from error
    if not len(document):
        document.close()
        raise InputError(where, "has no page", "download it again", code="corrupt")
    return document


def _read_pages(document: Any, where: str) -> tuple[list[Line], list[int]]:
    """Return the lines of all pages, and the indices of those that are pictures without text.

    Raises:
        InputError: ``corrupt`` or ``too-large``.
    """
    import pypdfium2 as pdfium

    lines: list[Line] = []
    scanned: list[int] = []
    characters = 0
    for index in range(len(document)):
        try:
            page = document[index]
            textpage = page.get_textpage()
        except pdfium.PdfiumError as error:
            what = f"page {index + 1} cannot be read ({str(error)[:80]})"
            raise InputError(where, what, "download it again", code="corrupt") from error
        found = list(_page_lines(textpage, index, page.get_height()))
        size = sum(len(line.text) for line in found)
        characters += size
        if size < _FEWEST and any(True for _ in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
            scanned.append(index)
        lines += found
        textpage.close()
        page.close()
        if characters > _MOST_CHARACTERS:
            raise InputError(where, f"holds more than {_MOST_CHARACTERS:,} characters", "split it into documents", code="too-large")
    return lines, scanned


def _page_lines(textpage: Any, page: int, height: float) -> Iterator[Line]:
    """Yield the lines of a page in the order in which PDFium gives its characters."""
    words: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    blank = False
    for code, generated, box in _characters(textpage):
        character = chr(code)
        if character in "\r\n" or (boxes and not generated and _leaves_line(boxes[-1], box)):
            if words:
                yield _line(words, boxes, page, height)
            words, boxes, blank = [], [], False
            if character in "\r\n":
                continue
        if generated and character == " ":
            blank = True
            continue
        if blank and words:
            words.append(_gap(words[-1], character, boxes[-1], box))
        blank = False
        words.append(character)
        if not character.isspace():
            boxes.append(box)
    if words:
        yield _line(words, boxes, page, height)


def _leaves_line(before: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    """Tell whether a character stands on another line than the one before, though PDFium gave no line end between them."""
    size = max(before[3] - before[1], box[3] - box[1])
    return box[2] < before[0] and (box[3] < before[1] - _LEVEL * size or box[1] > before[3] + _LEVEL * size)


def _characters(textpage: Any) -> Iterator[tuple[int, bool, tuple[float, float, float, float]]]:
    """Yield code point, whether PDFium made it up, and box of each character."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    half = 0
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:  # noqa: PLR2004 - the first half of a pair
            half = code
            continue
        if 0xDC00 <= code < 0xE000:  # noqa: PLR2004 - the second
            code = 0x10000 + ((half - 0xD800) << 10) + (code - 0xDC00) if half else 0xFFFD
        half = 0
        if code == 0 or code > 0x10FFFF:  # noqa: PLR2004 - a glyph that stands for no character
            code = 0xFFFD
        # The box of the font, not of the glyph: a full stop is as high as any character of its line.
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        yield code, raw.FPDFText_IsGenerated(textpage, index) == 1, (box.left, box.bottom, box.right, box.top)


def _gap(before: str, after: str, first: tuple[float, ...], second: tuple[float, ...]) -> str:
    """Return what stands for a gap: nothing between Chinese characters set apart a little, a tab between cells, else a blank."""
    size = max(first[3] - first[1], second[3] - second[1], 1.0)
    wide = second[0] - first[2] > _CELL_GAP * size
    chinese = _CJK.match(before) and _CJK.match(after)
    return "\t" if wide else "" if chinese else " "


def _line(words: list[str], boxes: list[tuple[float, float, float, float]], page: int, height: float) -> Line:
    text = "".join(words)
    if text[-1] in _SOFT_HYPHENS:
        text = text[:-1] + "-"
    boxes = boxes or [(0.0, 0.0, 0.0, 0.0)]
    widths = sorted(box[2] - box[0] for box in boxes)
    size = max(widths[int(0.8 * len(widths))], _EM * max(box[3] - box[1] for box in boxes), 1.0)
    return Line(
        text,
        page,
        min(box[0] for box in boxes),
        max(box[2] for box in boxes),
        min(box[1] for box in boxes),
        max(box[3] for box in boxes),
        size,
        height,
    )


def _with_recognised(document: Any, lines: list[Line], scanned: list[int], where: str, findings: list[Finding]) -> list[Line]:
    """Add the lines of scanned pages by OCR; without the extra they are named, and a file of nothing else is refused.

    Raises:
        InputError: ``needs-ocr``.
    """
    from kg.read.ocr import recogniser

    pages = ", ".join(str(index + 1) for index in scanned[:20]) + (" …" if len(scanned) > 20 else "")  # noqa: PLR2004 - shown
    recognise = recogniser()
    if recognise is None:
        what, hint = f"{len(scanned)} of {len(document)} pages are pictures without text", "pip install 'policy-measure-kg[ocr]'"
        if sum(len(line.text) for line in lines) < _FEWEST:
            raise InputError(where, what, hint, code="needs-ocr")
        findings.append(Finding("warning", "needs-ocr", where, f"{what} ({pages}): {hint}"))
        return lines
    findings.append(Finding("warning", "ocr", where, f"the text of {len(scanned)} pages was recognised from pictures ({pages})"))
    kept = [line for line in lines if line.page not in scanned]
    for index in scanned:
        page = document[index]
        kept += recognise(page, index)
        page.close()
    return sorted(kept, key=lambda line: line.page)
