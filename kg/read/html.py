"""Read the running text of web pages; nothing is ever fetched."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.read.encoding import Decoded, decode

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
#: The header of an HTTP answer, to its blank line.
_HTTP = re.compile(rb"HTTP/[\d.]{1,5} \d{3}[^\n]{0,200}\n(?:[A-Za-z0-9-]{1,60}:[^\n]{0,8000}\n){0,100}\r?\n")
_CHARSET_OF_HEADER = re.compile(rb"""\ncontent-type:[^\n]{0,200}?charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
#: A document type with declarations of its own, or one that is not HTML's: only attacks and foreign XML have it.
_DTD = re.compile(r"<!ENTITY|<!DOCTYPE(?!\s{1,9}html\b)[^>]{0,200}(?:\[|SYSTEM|PUBLIC)|<!DOCTYPE[^>\[]{0,300}\[", re.IGNORECASE)
_PROLOGUE = 4096
#: What is no running text.
_APPARATUS = "script, style, noscript, template, nav, header, footer, aside, form, button, select, option, iframe, svg, head"
_BLOCKS = (
    "p, div, br, hr, li, ul, ol, dl, dt, dd, tr, table, h1, h2, h3, h4, h5, h6, section, article, main, blockquote, pre, "
    "figure, figcaption, caption, address, center"
)
#: Characters beyond ASCII that a page must hold outside its apparatus to count as a text.
_FEWEST = 20
#: Where trafilatura keeps less than this share of what stands outside links it has lost a part of the page.
_KEPT = 0.5
#: A page whose links make up less than this share has no menus that trafilatura would have to leave out; the title stays in its blocks.
_FEW_LINKS = 0.05
#: Noncharacters that mark the links of a page while its lines are told apart.
_LINK, _LINK_END = "\ufdd0", "\ufdd1"
#: Another that marks where a cell of a table ends; a tab takes its place, for tabs of the page's own are blanks.
_CELL = "\ufdd2"
_LINKS = re.compile(f"{_LINK}[^{_LINK}{_LINK_END}]*{_LINK_END}")
_MARKS = re.compile(f"[{_LINK}{_LINK_END}]")
_ANY_MARK = re.compile(f"[{_LINK}{_LINK_END}{_CELL}]")
#: Blanks are one before it is used.
_CELLS = re.compile(rf" ?{_CELL}[ {_CELL}]*")
#: A line with less than this share outside links is a menu's.
_UNLINKED = 0.3
#: Characters of a cell that still belongs to a table of words and numbers.
_LONGEST_CELL = 200
_SMALL = 1000
_TEXT_SHARE = 0.01


def read_html(data: bytes, where: str, common: frozenset[str], label: str | None = None) -> Decoded:
    """Take the running text out of a web page: by trafilatura, or all its blocks where there are no menus or trafilatura loses most.

    Args:
        data: The page; the header of the answer that it came with may stand before it, as ``curl -i`` saves it.
        where: The page's name for messages.
        common: The commonest characters, by which encodings are told apart.
        label: The encoding that a header states; else the page's own label is taken. Either decides between plausible encodings only.

    Raises:
        InputError: As :func:`kg.read.encoding.decode`, and ``dtd``, ``no-content``, ``markup-no-text``.
    """
    header = _HTTP.match(data)
    if header:
        data = data[header.end() :]
        stated = _CHARSET_OF_HEADER.search(header.group())
        label = label or (stated.group(1).decode("ascii") if stated else None)
    declared = _CHARSET.search(data[:_PROLOGUE]) or _XML_CHARSET.search(data[:_PROLOGUE])
    page = decode(data, where, common, label or (declared.group(1).decode("ascii") if declared else None))
    if _DTD.search(page.text[:_PROLOGUE]):
        raise InputError(where, "has a document type definition with entities", "save the page as plain HTML", code="dtd")
    _refuse_bare_markup(page.text, where)
    title = _title(page.text)
    text, running = _blocks(page.text, where)
    if _weight(running) < (1 - _FEW_LINKS) * _weight(text):
        main = _main_text(page.text)
        text = main if _weight(main) >= _KEPT * _weight(running) else running
    if title and title not in text:
        text = f"{title}\n{text}"
    return Decoded(text + "\n", page.encoding, page.findings, html=True)


def _weight(text: str) -> int:
    return sum(character > "\x7f" for character in text)


def _refuse_bare_markup(page: str, where: str) -> None:
    """Refuse tags without text before they are parsed: a tree of 100,000 levels takes a parser 20 seconds.

    Raises:
        InputError: ``markup-no-text``.
    """
    page = _without(_without(page, "script"), "style")
    text = len("".join(re.sub(r"<[^<>]*>", "", page).split()))
    if len(page) > _SMALL and text < _TEXT_SHARE * len(page):
        what = f"is markup almost without text ({text:,} of {len(page):,} characters)"
        raise InputError(where, what, "save the page again", code="markup-no-text")


def _without(page: str, tag: str) -> str:
    """Return the page without the elements of a tag; one that is never closed ends the search, so that the time stays linear."""
    opens, closes = re.compile(f"<{tag}", re.IGNORECASE), re.compile(f"</{tag}", re.IGNORECASE)
    kept, at = [], 0
    while (start := opens.search(page, at)) and (end := closes.search(page, start.end())):
        kept.append(page[at : start.start()])
        at = end.start()
    return "".join([*kept, page[at:]])


def _title(page: str) -> str:
    """Return the article's title: the meta element that government sites carry, else the first heading, else the page's title.

    Source: State Council, guide to the development of government web sites (2017), annex on page labels: ``ArticleTitle``.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page)
    meta = tree.css_first('meta[name="ArticleTitle" i]')
    heading = tree.css_first("h1")
    found = (meta.attributes.get("content") or "") if meta is not None else ""
    if not found.strip() and heading is not None:
        found = heading.text()
    if not found.strip():
        element = tree.css_first("title")
        found = re.split(r"[-_|—–]", element.text(), maxsplit=1)[0] if element is not None else ""
    return " ".join(found.split())


def _main_text(page: str) -> str:
    """Return what trafilatura takes for the article, empty if it finds none."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(page, include_comments=False, include_tables=True, include_formatting=False, deduplicate=False)
    except (ValueError, AssertionError, RecursionError):  # lxml refuses some broken pages; the blocks remain
        return ""
    return found or ""


def _blocks(page: str, where: str) -> tuple[str, str]:
    """Return the text outside the page's apparatus, one line a block: all lines, and those that are not made of links.

    Raises:
        InputError: ``no-content``.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(_ANY_MARK.sub("", page))
    for node in tree.css(_APPARATUS):
        node.decompose()
    for node in tree.css("a"):
        node.insert_before(_LINK)
        node.insert_after(_LINK_END)
    _flatten_rows(tree)
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    lines = _lines(tree)
    running = [line for line in lines if _weight(_LINKS.sub("", line)) >= _UNLINKED * _weight(_MARKS.sub("", line))]
    text, kept = (_MARKS.sub("", "\n".join(each)) for each in (lines, running))
    if _weight(kept) < _FEWEST:
        raise InputError(where, "holds no running text, only menus, scripts or a form", "save the page's article", code="no-content")
    return text, kept


def _flatten_rows(tree: LexborHTMLParser) -> None:
    """Put each row of a table on one line, its cells set apart; a row of long cells or of tables only lays out the page and stays."""
    for row in tree.css("tr"):
        cells = [node for node in row.iter() if node.tag in {"td", "th"}]
        if any(len(cell.text()) > _LONGEST_CELL or cell.css_first("table") is not None for cell in cells):
            continue
        for node in list(row.iter(include_text=True)):
            if node.tag == "-text":
                node.decompose()
        for cell in cells:
            words = " ".join(cell.text(separator=" ").split())
            for node in list(cell.iter(include_text=True)):
                node.decompose()
            cell.insert_child(words)
            cell.insert_after(_CELL)


def _lines(tree: LexborHTMLParser) -> list[str]:
    body = tree.body
    text = body.text() if body is not None else ""
    lines = (_CELLS.sub("\t", re.sub(r"[ \t\u00a0]+", " ", line)).strip() for line in text.split("\n"))
    return [line for line in lines if line]
