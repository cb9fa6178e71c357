"""Write PDF, Word and zip files by hand, sound and broken."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: list[list[tuple[float, float, float, str]]], *, pictures: bool = False, encrypted: bool = False) -> bytes:
    """Return a PDF file.

    Args:
        pages: For each page its lines: left, bottom, size, text. A full-width character is as wide as the size, an ASCII one half.
        pictures: Whether each page also has a picture over its whole size, as scanned ones have.
        encrypted: Whether the file asks for a password.
    """
    characters = sorted({character for page in pages for *_, text in page for character in text + " "})
    glyphs = {character: number for number, character in enumerate(characters, 1)}
    widths = " ".join(f"{glyphs[one]} [{500 if one.isascii() else 1000}]" for one in characters)
    mapping = "\n".join(f"<{glyphs[one]:04x}> <{one.encode('utf-16-be').hex()}>" for one in characters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(characters)} beginbfchar\n{mapping}\nendbfchar\nendcmap end end"
    )
    picture = zlib.compress(bytes(64 * 64))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{8 + 2 * i} 0 R' for i in range(len(pages)))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 6 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        b"/FontDescriptor 5 0 R /DW 1000 /W [" + widths.encode() + b"] >>",
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200 /StemV 80 >>",
        _stream(cmap.encode()),
        b"<< /Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
        + f"/Length {len(picture)} >>\nstream\n".encode()
        + picture
        + b"\nendstream",
    ]
    for index, page in enumerate(pages):
        words = "q 595 0 0 842 0 0 cm /I Do Q\n" if pictures else ""
        for left, bottom, size, line in page:
            text = line if len(line) > 1 else f"{line} "  # PDFium leaves out a single glyph of a font that it does not have
            words += f"BT /F {size} Tf 1 0 0 1 {left} {bottom} Tm <{''.join(f'{glyphs[one]:04x}' for one in text)}> Tj ET\n"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {9 + 2 * index} 0 R "
            "/Resources << /Font << /F 3 0 R >> /XObject << /I 7 0 R >> >> >>".encode()
        )
        objects.append(_stream(words.encode()))
    return _pdf_file(objects, encrypted=encrypted)


def _stream(data: bytes) -> bytes:
    return f"<< /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _pdf_file(objects: list[bytes], *, encrypted: bool) -> bytes:
    out, offsets = io.BytesIO(b""), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'11' * 32}> /U <{'22' * 32}> /P -44 >> /ID [<00> <00>] " if encrypted else ""
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R {lock}>>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def set_lines(paragraph: str, across: int = 34) -> list[tuple[int, str]]:
    """Return the lines of a paragraph, each with its indent, as wide as so many Chinese characters."""
    lines, words, width = [], "", 2.0
    for character in paragraph:
        step = 0.5 if character.isascii() else 1.0
        hangs = character in "，。；：、！？）”》,.;:!?)" and width <= across  # one sign may stand in the margin
        if width + step > across and not hangs:
            lines.append(words)
            words, width = "", 0.0
        words += character
        width += step
    return [(2 if not number else 0, line) for number, line in enumerate([*lines, words])]


def set_page(text: str) -> list[tuple[float, float, float, str]]:
    """Return the lines of a page set as Chinese documents are: flush, each paragraph indented by two characters."""
    lines = [line for paragraph in text.strip().split("\n") for line in set_lines(paragraph)]
    return [(90.0 + 12 * indent, 760.0 - 22 * number, 12.0, line) for number, (indent, line) in enumerate(lines)]


def docx(body: str, *, main: str = "word/document.xml", prologue: str = "", more: dict[str, str] | None = None) -> bytes:
    """Return a Word document whose body is given as WordprocessingML."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http:'
        f'//schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{main}"/></Relationships>',
        main: f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        **(more or {}),
    }
    return zipped({name: content.encode() for name, content in parts.items()})


def paragraphs(text: str) -> str:
    """Return lines as WordprocessingML."""
    return "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.strip().split("\n"))


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def with_flag(archive: bytes, flag: int) -> bytes:
    """Return an archive whose entries carry a flag: 1 says that they are encrypted."""
    changed = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            struct.pack_into("<H", changed, at + offset, struct.unpack_from("<H", changed, at + offset)[0] | flag)
            at = changed.find(mark, at + 4)
    return bytes(changed)


def with_sizes(archive: bytes, size: int) -> bytes:
    """Return an archive whose table of contents states another unpacked size for every entry."""
    changed = bytearray(archive)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<L", changed, at + 24, size)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def announcing(entries: int) -> bytes:
    """Return the end of a zip64 archive that announces a number of entries and has none."""
    wide = struct.pack("<LQHHLLQQQQ", 0x06064B50, 44, 45, 45, 0, 0, entries, entries, 46 * entries, 0)
    locator = struct.pack("<LLQL", 0x07064B50, 0, 0, 1)
    return wide + locator + struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
