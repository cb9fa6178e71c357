"""Rows 1 to 10, 28: files, folders and names."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from .case import DUPLICATE, SENTENCE, TABLE, A, Q, R, S, W

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class RefusedNameError(Exception):
    """Tell that this file system has no such names."""


def put_named(folder: Path, named: Mapping[bytes, str]) -> None:
    """Write a file of each name, in bytes.

    Raises:
        RefusedNameError: APFS takes names in UTF-8 only, and many file systems of macOS hold two that differ in case or form for one.
    """
    try:
        for name, content in named.items():
            (folder / os.fsdecode(name)).write_text(content, encoding="utf-8")
    except OSError as error:
        raise RefusedNameError(f"this file system refuses {name!r} ({error.strerror})") from error
    if len(list(folder.iterdir())) < len(named):
        raise RefusedNameError("this file system takes two of these names for one")


def put(folder: Path, name: str, content: str | bytes = SENTENCE) -> Path:
    """Write one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


TABLE.title(1, "folder missing, a file, empty")
TABLE.act(1, "missing", R(), "test_a_path_that_is_missing_or_empty")
TABLE.act(1, "a file instead of a folder", A, "test_a_path_that_is_missing_or_empty")
TABLE.act(1, "empty", R(), "test_a_path_that_is_missing_or_empty")

TABLE.title(2, "empty file; only blanks or a byte-order mark")


@TABLE.variant(2, "each", {"a.txt": Q("empty"), "b.txt": Q("empty"), "c.txt": Q("empty")})
def empty(folder: Path) -> None:
    for name, content in (("a.txt", b""), ("b.txt", b" \r\n\t\xe3\x80\x80\n"), ("c.txt", b"\xef\xbb\xbf")):
        put(folder, name, content)


TABLE.title(3, "not readable, or gone between listing and reading")
TABLE.act(3, "permission, gone, folder that cannot be listed", Q("io"), "test_what_cannot_be_read")

TABLE.title(4, "changes while it is read")
TABLE.act(4, "a file that grows, a table or archive that is replaced", Q("changed"), "test_what_changes_while_it_is_read")

TABLE.title(5, "symbolic link out of the folder, in a circle, to nothing")


@TABLE.variant(5, "each, none followed", {"circle": Q("link"), "nothing.txt": Q("link"), "out.txt": Q("link")})
def links(folder: Path) -> None:
    put(folder.parent, "outside.txt")
    (folder / "out.txt").symlink_to(folder.parent / "outside.txt")
    (folder / "circle").symlink_to(folder)
    (folder / "nothing.txt").symlink_to(folder / "nowhere")


TABLE.title(6, "FIFO, socket, device")


@TABLE.variant(6, "never opened", {"fifo.txt": Q("not-regular"), "socket.txt": Q("not-regular")})
def not_regular(folder: Path) -> None:
    os.mkfifo(folder / "fifo.txt")
    with socket.socket(socket.AF_UNIX) as one:
        before = os.getcwd()  # a socket's path may not be long  # noqa: PTH109
        os.chdir(folder)
        try:
            one.bind("socket.txt")
        finally:
            os.chdir(before)


TABLE.title(7, "names: no UTF-8, line break, percent sign, right-to-left mark, 255 bytes")
LONG = "长" * 83


@TABLE.variant(
    7,
    "shown percent-encoded; the id comes from the content",
    {"%D5%FE.txt": A, "100%.txt": A, "a%0Ab.txt": A, f"{LONG}ab.txt": A, "甲%E2%80%AE乙.txt": A},
)
def names(folder: Path) -> None:
    listed = (b"\xd5\xfe.txt", b"a\nb.txt", b"100%.txt", "甲\u202e乙.txt".encode(), f"{LONG}ab.txt".encode())
    put_named(folder, {name: SENTENCE + str(number) for number, name in enumerate(listed)})


TABLE.title(8, "two names that are equal after normalisation or case folding")


@TABLE.variant(8, "told apart by content", {"A.txt": A, "a.txt": A, "e\u0301.txt": A, "\u00e9.txt": A})
def equal_names(folder: Path) -> None:
    listed = ("A.txt", "a.txt", "e\u0301.txt", "\u00e9.txt")
    put_named(folder, {name.encode(): SENTENCE + str(number) for number, name in enumerate(listed)})


TABLE.title(9, "the same content twice")


@TABLE.variant(9, "one document with two sources", {"a.txt": A, "b.txt": DUPLICATE})
def twice(folder: Path) -> None:
    put(folder, "a.txt")
    put(folder, "b.txt")


@TABLE.variant(
    9, "as a file, in an archive, and as a row", {"a.txt": A, "b.zip!/x.txt": DUPLICATE, "c.jsonl:1": DUPLICATE, "d.csv:2": DUPLICATE}
)
def in_four_forms(folder: Path) -> None:
    import json

    from .packed import zipped

    put(folder, "a.txt")
    put(folder, "b.zip", zipped({"x.txt": SENTENCE.encode()}))
    put(folder, "c.jsonl", json.dumps({"text": SENTENCE}))
    put(folder, "d.csv", f'text\n"{SENTENCE}"\n')


@TABLE.variant(
    9,
    "in another encoding, with a byte-order mark or other line ends",
    {"a.txt": A, "b.txt": DUPLICATE, "c.txt": DUPLICATE, "d.txt": DUPLICATE, "e.jsonl:1": DUPLICATE, "f.txt": A},
)
def same_words(folder: Path) -> None:
    import json

    text = SENTENCE + SENTENCE.replace("省", "市")
    put(folder, "a.txt", text)
    put(folder, "b.txt", text.encode("gb18030"))
    put(folder, "c.txt", text.replace("\n", "\r\n").encode("utf-8-sig"))
    put(folder, "d.txt", "\ufeff".encode("utf-16-le") + text.encode("utf-16-le"))
    put(folder, "e.jsonl", json.dumps({"text": text.replace("\n", "\r\n")}))
    put(folder, "f.txt", text + "\n")  # a line more is another text


TABLE.title(
    10,
    "nearly the same content (a reprint)",
    "A finding says which text it is nearly, and no statement of the graph: which of two is the reprint, the texts do not tell.",
)


@TABLE.variant(
    10, "other blanks; a sentence more; half of it another", {"a.txt": A, "b.txt": W("reprint"), "c.txt": W("reprint"), "d.txt": A}
)
def reprint(folder: Path) -> None:
    sentences = [SENTENCE.replace("26.8", f"{number}.8").replace("58.2", f"{number}.2") for number in range(20, 32)]
    put(folder, "a.txt", "".join(sentences[:10]))
    put(folder, "b.txt", "".join(sentences[:10]).replace("，", "， ").replace("\n", "\n\n"))
    put(folder, "c.txt", "来源：省人民政府门户网站，二〇二四年。\n" + "".join(sentences[:10]))
    put(folder, "d.txt", "".join(sentences[7:]))


TABLE.title(28, "file of 500 MB")


@TABLE.variant(28, "not read", {"a.txt": Q("too-large"), "b.html": Q("too-large"), "c.pdf": Q("too-large"), "n.xyz": S("extension")})
def large(folder: Path) -> None:
    for name in ("a.txt", "b.html", "c.pdf", "n.xyz"):
        with (folder / name).open("wb") as file:
            file.truncate(500_000_000)  # takes no room on the disk


@TABLE.variant(28, "a row of a table", {"a.jsonl:1": Q("too-large"), "a.jsonl:2": A})
def large_row(folder: Path) -> None:
    import json

    with (folder / "a.jsonl").open("wb") as file:
        file.write(b'{"text": "' + b"a" * 20_000_100 + b'"}\n')
        file.write(json.dumps({"text": SENTENCE}).encode())
