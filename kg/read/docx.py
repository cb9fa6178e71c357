"""Read the running text of Word documents (.docx): paragraphs, tables, notes, with the numbers that Word counts by itself.

The parts are read here and not by python-docx, which leaves out content controls and inserted words and unpacks every picture first.

Source: ECMA-376, Office Open XML, part 1, sections 17.3 (paragraphs), 17.4 (tables), 17.9 (numbering), 17.11 (notes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.errors import InputError
from kg.model import Finding
from kg.read.archive import open_office, unpack
from kg.read.docx_numbers import Numbering
from kg.read.encoding import Decoded, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Unpacked bytes of one part; a thousand pages have ten million.
_LARGEST_PART = 100_000_000
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: What holds no words of the text: taken out by a reviewer, moved away, or the older twin of a drawing.
_LEFT_OUT = frozenset({f"{W}del", f"{W}moveFrom", f"{_MC}Fallback", f"{W}pPr", f"{W}rPr", f"{W}sectPr", f"{W}rt"})
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_NOTES = ("footnote", "endnote")
#: Levels of nested tables and text boxes that are read.
_DEEPEST = 40


def read_docx(data: bytes, where: str, common: frozenset[str]) -> Decoded:
    """Take the text out of a Word document; a row of a table becomes a line, its cells separated by tabs.

    Raises:
        InputError: ``corrupt``, ``encrypted``, ``bomb``, ``dtd``, ``too-large``, ``empty``.
    """
    del common
    if data.startswith(_OLE):  # encrypted documents are packed like this, and so are those of Word 97
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(where, "is encrypted", "save it without a password", code="encrypted")
        raise InputError(where, "is a document of Word 97 to 2003", "save it as .docx", code="binary")
    parts = _Parts(data, where)
    document = parts.tree(parts.main)
    body = document.find(f"{W}body")
    if body is None:
        raise InputError(where, "has no body", "save it again", code="corrupt")
    folder = parts.main.rpartition("/")[0]
    numbering = Numbering(parts.optional(f"{folder}/numbering.xml"), parts.optional(f"{folder}/styles.xml"))
    lines = list(_blocks(body, numbering, 0))
    for kind in _NOTES:
        notes = parts.optional(f"{folder}/{kind}s.xml")
        if notes is not None:
            lines += [line for note in notes.iter(f"{W}{kind}") if note.get(f"{W}type") is None for line in _blocks(note, numbering, 0)]
    findings: list[Finding] = []
    if any(True for _ in document.iter(f"{W}ins", f"{W}del")):
        findings.append(Finding("info", "revisions", where, "has tracked changes; it is read as if they were accepted"))
    text = clean("\n".join(lines) + "\n", where, findings)
    return Decoded(text, "utf-8", tuple(findings))


class _Parts:
    """Give the parts of a package as trees; nothing outside of it is ever read.

    Raises:
        InputError: As :func:`read_docx`.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        self.archive, self.entries = open_office(data, where)
        self.index = {info.filename.lstrip("/"): number for number, info in enumerate(self.entries)}
        self.main = self._main()

    def _main(self) -> str:
        """Return the name of the part with the text, as the package's relations give it."""
        relations = self.optional("_rels/.rels")
        for relation in relations if relations is not None else ():
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                return str(relation.get("Target", "")).lstrip("/")
        return "word/document.xml"

    def optional(self, name: str) -> Any:
        """Return a part's tree, None if there is none of that name."""
        return self.tree(name) if name in self.index else None

    def tree(self, name: str) -> Any:
        """Return a part's tree."""
        from lxml import etree

        if name not in self.index:
            raise InputError(self.where, f"has no part {name!r}: it is no Word document, or not whole", "save it again", code="corrupt")
        data = unpack(self.archive, self.entries, self.index[name], self.where, _LARGEST_PART)
        if _DTD.search(data):
            raise InputError(self.where, "has a document type definition", "save it again in a word processor", code="dtd")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            words = " ".join(str(error).split())[:100]
            raise InputError(self.where, f"{name} is not well-formed ({words})", "save it again", code="corrupt") from error


def _blocks(parent: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    """Yield the lines of everything in a body, cell, note or text box; wrappers such as content controls are looked through."""
    if depth > _DEEPEST:
        return
    for child in parent:
        if child.tag == f"{W}p":
            yield from _paragraph(child, numbering, depth)
        elif child.tag == f"{W}tbl":
            yield from _table(child, numbering, depth)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child, numbering, depth + 1)


def _paragraph(paragraph: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    boxes: list[Any] = []
    words: list[str] = []
    _collect(paragraph, words, boxes)
    text = "".join(words).strip("\n")
    number = numbering.next_number(paragraph) if text.strip() else ""
    if text.strip():
        yield number + text
    for box in boxes:
        yield from _blocks(box, numbering, depth + 1)


def _collect(paragraph: Any, words: list[str], boxes: list[Any]) -> None:
    """Gather the words of a paragraph in their order, and apart from them the text boxes that are anchored in it."""
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag == f"{W}t":
            words.append(node.text or "")
        elif node.tag in _SIGNS:
            words.append("" if node.tag == f"{W}br" and node.get(f"{W}type") in {"page", "column"} else _SIGNS[node.tag])
        elif node.tag == f"{W}txbxContent":
            boxes.append(node)
        elif node.tag not in _LEFT_OUT:
            stack.extend(reversed(node))


def _table(table: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    """Yield one line a row; a cell merged over several rows stands in its first, lines inside a cell become blanks."""
    for row in _children(table, f"{W}tr"):
        cells = []
        for cell in _children(row, f"{W}tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            continued = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            lines = [] if continued else [" ".join(line.split()) for line in _blocks(cell, numbering, depth + 1)]
            cells.append(" ".join(line for line in lines if line))
        line = "\t".join(cells).rstrip("\t")
        if line.strip():
            yield line


def _children(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the children of a tag, also those inside content controls and inserted rows."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"}:
            yield from _children(child, tag)
