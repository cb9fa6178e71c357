"""Rows 37 to 39: archives, Word documents and PDF files."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from typing import TYPE_CHECKING

from .case import SENTENCE, TABLE, A, Q, S, W
from .encodings import reads
from .files import put
from .packed import announcing, docx, paragraphs, pdf, set_page, with_flag, with_sizes, zipped

if TYPE_CHECKING:
    from pathlib import Path

TEXT = SENTENCE.encode()
TABLE.title(
    37,
    "zip and docx bombs, archives inside archives, too many entries",
    "An archive of 100,000 texts is ordinary here, so the limit is a million entries; an archive inside one is named as that.",
)


@TABLE.variant(
    37,
    "by the table of contents; while unpacking, where that lies",
    {
        "a.zip!/a.txt": Q("bomb"),
        "a.zip!/b.txt": A,
        "a.zip!/noise.xyz": S("extension"),
        "b.zip": Q("bomb"),
        "c.docx": Q("bomb"),
        "d.zip!/a.txt": Q("corrupt"),
        "e.zip": Q("bomb"),
    },
)
def bombs(folder: Path) -> None:
    zeros, noise = bytes(60_000_000), random.Random(1).randbytes(1_000_000)  # noqa: S311 - what does not pack
    put(folder, "a.zip", zipped({"a.txt": zeros, "b.txt": TEXT, "noise.xyz": noise}))
    put(folder, "b.zip", zipped({f"{n}.txt": bytes(9_000_000) for n in range(8)}))
    put(folder, "c.docx", docx(paragraphs(SENTENCE) + "<w:p><w:r><w:t>" + "a" * 60_000_000 + "</w:t></w:r></w:p>"))
    put(folder, "d.zip", with_sizes(zipped({"a.txt": zeros}), 1_000))
    put(folder, "e.zip", announcing(5_000_000))


@TABLE.variant(37, "an archive inside an archive", {"a.zip!/b.zip": Q("nested"), "a.zip!/c.txt": A})
def nested(folder: Path) -> None:
    put(folder, "a.zip", zipped({"b.zip": zipped({"x.txt": TEXT}), "c.txt": TEXT}))


TABLE.title(38, "zip entry that leads out of its archive: ../x, absolute, a link", "Nothing is ever unpacked to disk.")
OUTSIDE = ("../x.txt", "/etc/x.txt", "a/../../x.txt", "C:/x.txt", "..\\y.txt", "link.txt")


@TABLE.variant(38, "each", {**{f"a.zip!/{name}": Q("path") for name in OUTSIDE}, "a.zip!/sound.txt": A})
def leading_out(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in OUTSIDE:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it stands, which the constructor would mend
            if name == "link.txt":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, TEXT if name != "link.txt" else "/etc/hostname")
        archive.writestr("sound.txt", TEXT)
    put(folder, "a.zip", out.getvalue())


@TABLE.variant(
    38,
    "what else stands in archives",
    {"a.zip!/__MACOSX/._a.txt": S("hidden"), "a.zip!/n.xyz": S("extension"), "a.zip!/通知.txt": A, "a.zip!/报告/空.txt": Q("empty")},
)
def in_archives(folder: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("folder")
        archive.writestr("__MACOSX/._a.txt", b"x")
        archive.writestr("n.xyz", b"x")
        archive.writestr("报告/空.txt", b"")
        info = zipfile.ZipInfo("通知.txt".encode("gbk").decode("cp437"))  # as Windows in China names it
        archive.writestr(info, TEXT)
    raw = out.getvalue()
    marked = "通知.txt".encode("gbk").decode("cp437").encode()
    assert marked in raw  # Python marks it as UTF-8; take the mark away and write the bytes that Windows writes
    put(folder, "a.zip", _as_windows(raw, marked, "通知.txt".encode("gbk")))


def _as_windows(raw: bytes, marked: bytes, wanted: bytes) -> bytes:
    """Return the archive with one name in the bytes of GBK; the name may get shorter, so the archive is written anew by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            name = info.filename if info.filename.encode() != marked else "?" * len(wanted)
            new.writestr(zipfile.ZipInfo(name), old.read(info))
    return out.getvalue().replace(b"?" * len(wanted), wanted)


TABLE.title(39, "docx and pdf that are cut, encrypted, or without text")
PAGE = set_page(SENTENCE * 2)


@TABLE.variant(
    39,
    "cut; encrypted",
    {"a.docx": Q("corrupt"), "b.pdf": Q("corrupt"), "c.zip": Q("corrupt"), "d.docx": Q("encrypted"), "e.docx": Q("encrypted"),
     "f.pdf": Q("encrypted"), "g.zip!/a.txt": Q("encrypted"), "h.docx": Q("binary"), "i.docx": Q("corrupt"), "j.pdf": Q("corrupt")},
)  # fmt: skip
def broken(folder: Path) -> None:
    word, print_ = docx(paragraphs(SENTENCE)), pdf([PAGE])
    put(folder, "a.docx", word[: len(word) // 2])
    put(folder, "b.pdf", print_[:60])
    put(folder, "c.zip", zipped({"a.txt": TEXT * 9})[:-30])
    put(folder, "d.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    put(folder, "e.docx", with_flag(word, 1))
    put(folder, "f.pdf", pdf([PAGE], encrypted=True))
    put(folder, "g.zip", with_flag(zipped({"a.txt": TEXT}), 1))
    put(folder, "h.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    put(folder, "i.docx", zipped({"a.txt": TEXT}))
    put(folder, "j.pdf", b"<html>" + TEXT)


@TABLE.variant(39, "pages that are pictures", {"a.pdf": Q("needs-ocr"), "b.pdf": W("needs-ocr")}, reads(b=SENTENCE * 2))
def scanned(folder: Path) -> None:
    put(folder, "a.pdf", pdf([[], []], pictures=True))
    put(folder, "b.pdf", pdf([PAGE, []], pictures=True))


@TABLE.variant(39, "sound ones", {"a.docx": A, "b.pdf": A}, reads(a=SENTENCE * 3, b=SENTENCE * 2))
def sound(folder: Path) -> None:
    put(folder, "a.docx", docx(paragraphs(SENTENCE * 3)))
    put(folder, "b.pdf", pdf([PAGE]))
