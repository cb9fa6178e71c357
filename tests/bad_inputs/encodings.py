"""Rows 11 to 27: bytes that are no text, and characters that are doubtful."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .case import SENTENCE, TABLE, TRADITIONAL, A, Q, W
from .files import put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Records = Mapping[str, dict[str, Any]]


def reads(**texts: str) -> Callable[[Records], None]:
    """Return a look that finds these very texts."""

    def look(records: Records) -> None:
        for name, text in texts.items():
            found = next(record for source, record in records.items() if source.partition(".")[0] == name)
            assert found["text"] == text

    return look


TABLE.title(11, "binary file called .txt")


@TABLE.variant(
    11, "by its first bytes or its NULs", {"a.txt": Q("binary"), "b.txt": Q("binary"), "c.txt": Q("binary"), "d.html": Q("binary")}
)
def binary(folder: Path) -> None:
    put(folder, "a.txt", b"\x89PNG\r\n\x1a\n" + bytes(500))
    put(folder, "b.txt", b"MZ" + bytes(range(256)) * 20)
    put(folder, "c.txt", b"\x00" * 500 + SENTENCE.encode())
    put(folder, "d.html", b"%PDF-1.4\n" + SENTENCE.encode())


TABLE.title(12, "UTF-8 with byte-order mark")


@TABLE.variant(12, "read", {"a.txt": A}, reads(a=SENTENCE))
def utf8_mark(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE.encode("utf-8-sig"))


TABLE.title(13, "UTF-16 with and without byte-order mark")


@TABLE.variant(
    13,
    "with; without",
    {"a.txt": A, "b.txt": A, "c.txt": W("encoding-guess"), "d.txt": W("encoding-guess")},
    reads(a=SENTENCE, b=SENTENCE * 2, c=SENTENCE * 3, d=SENTENCE * 4),
)
def utf16(folder: Path) -> None:
    put(folder, "a.txt", b"\xff\xfe" + SENTENCE.encode("utf-16-le"))
    put(folder, "b.txt", b"\xfe\xff" + (SENTENCE * 2).encode("utf-16-be"))
    put(folder, "c.txt", (SENTENCE * 3).encode("utf-16-le"))
    put(folder, "d.txt", (SENTENCE * 4).encode("utf-16-be"))


TABLE.title(14, "UTF-32")


@TABLE.variant(14, "read", {"a.txt": A}, reads(a=SENTENCE))
def utf32(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE.encode("utf-32"))


TABLE.title(15, "GB18030, GBK, GB2312")


@TABLE.variant(15, "read", {"a.txt": A, "b.txt": A, "c.txt": A}, reads(a=SENTENCE + "㐀", b=SENTENCE * 2, c=SENTENCE * 3))
def chinese(folder: Path) -> None:
    put(folder, "a.txt", (SENTENCE + "㐀").encode("gb18030"))
    put(folder, "b.txt", (SENTENCE * 2).encode("gbk"))
    put(folder, "c.txt", (SENTENCE * 3).encode("gb2312"))


TABLE.title(16, "Big5, Big5-HKSCS")


@TABLE.variant(16, "told from GB18030 by common characters", {"a.txt": A, "b.txt": A}, reads(a=TRADITIONAL, b=TRADITIONAL + "嘅"))
def big5(folder: Path) -> None:
    put(folder, "a.txt", TRADITIONAL.encode("big5"))
    put(folder, "b.txt", (TRADITIONAL + "嘅").encode("big5hkscs"))


TABLE.title(17, "GBK of a few bytes")


@TABLE.variant(17, "read", {"a.txt": W("encoding-guess")}, reads(a="就业补贴"))
def short(folder: Path) -> None:
    put(folder, "a.txt", "就业补贴".encode("gbk"))


TABLE.title(18, "cut in the middle of a character")


@TABLE.variant(18, "the last bytes become U+FFFD", {"a.txt": W("truncated"), "b.txt": W("truncated")})
def cut(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE.rstrip("\n").rstrip("。").encode()[:-1])
    put(folder, "b.txt", (SENTENCE * 2).rstrip("\n").rstrip("。").encode("gb18030")[:-1])


TABLE.title(19, "UTF-8 with bad bytes")


@TABLE.variant(19, "one; more than 1 % of them", {"a.txt": W("undecodable"), "b.txt": Q("undecodable")})
def bad_bytes(folder: Path) -> None:
    data = (SENTENCE * 3).encode()
    put(folder, "a.txt", data[:9] + b"\xff" + data[9:])
    put(folder, "b.txt", "就业".encode() * 20 + b"\xff\xc0\x80" * 20)


TABLE.title(20, "half UTF-8, half GBK")


@TABLE.variant(20, "between lines, inside one", {"a.txt": Q("mixed-encoding"), "b.txt": Q("mixed-encoding")})
def mixed(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE.encode() + (SENTENCE * 2).encode("gbk"))
    put(folder, "b.txt", SENTENCE.strip().encode("gbk") + (SENTENCE * 2).encode())


TABLE.title(21, "NULs in a text")


@TABLE.variant(21, "one; more than 0.1 %", {"a.txt": W("nul"), "b.txt": Q("binary")}, reads(a=SENTENCE * 30))
def nul(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE * 30 + "\0")
    put(folder, "b.txt", SENTENCE + "\0" * 9)


TABLE.title(22, "control characters, terminal escapes")


@TABLE.variant(22, "kept in the text, not in names", {"a.txt": W("control-characters")}, reads(a=f"\x1b[31m{SENTENCE}\x07\x9b"))
def controls(folder: Path) -> None:
    put(folder, "a.txt", f"\x1b[31m{SENTENCE}\x07\x9b")


TABLE.title(23, "lone surrogate out of JSON; bidirectional controls")


@TABLE.variant(
    23,
    "U+FFFD; kept in the text, not in names",
    {"a.jsonl:1": W("surrogate"), "b.txt": W("bidi")},
    reads(a=f"\ufffd{SENTENCE}", b=f"\u202e{SENTENCE}\u2066"),
)
def surrogates(folder: Path) -> None:
    put(folder, "a.jsonl", json.dumps({"text": f"\ud800{SENTENCE}"}))
    put(folder, "b.txt", f"\u202e{SENTENCE}\u2066")


TABLE.title(24, "zero-width characters inside names")
SPLIT = SENTENCE.replace("人力资源", "人力\u200b资\ufeff源")


def finds_the_agency(records: Records) -> None:
    """See that an agency is found under its plain name where it stands."""
    for record in records.values():
        (agency,) = [node for node in record["nodes"] if node["type"] == "Agency"]
        assert agency["name"].endswith("人力资源和社会保障厅")
        ((start, end),) = agency["mentions"]
        assert record["text"][start:end].replace("\u200b", "").replace("\ufeff", "").endswith("省人力资源和社会保障厅")


@TABLE.variant(24, "matched without them, offsets into the original", {"a.txt": W("zero-width")}, finds_the_agency)
def zero_width(folder: Path) -> None:
    put(folder, "a.txt", SPLIT)


TABLE.title(25, "variation selectors, full-width digits, compatibility ideographs")


def same_number(records: Records) -> None:
    """See that a number in full-width digits is the number."""
    (record,) = records.values()
    assert "26.8" in {str(node.get("value")) for node in record["nodes"]} or any(
        node.get("value") in {26.8, 268000, "268000"} for node in record["nodes"]
    )


@TABLE.variant(25, "read as their plain forms", {"a.txt": A}, same_number)
def compatible(folder: Path) -> None:
    put(folder, "a.txt", SENTENCE.replace("26.8", "２６．８").replace("落", "\uf918\ufe00"))


TABLE.title(26, "private-use, unassigned and noncharacters")


@TABLE.variant(26, "kept in the text, not in names", {"a.txt": W("private-use")}, reads(a=f"\ue000{SENTENCE}\uffff"))
def private(folder: Path) -> None:
    put(folder, "a.txt", f"\ue000{SENTENCE}\uffff")


TABLE.title(27, "simplified and traditional mixed")


def one_agency(records: Records) -> None:
    """See that both scripts name one entity."""
    (record,) = records.values()
    assert len({node["id"] for node in record["nodes"] if node["type"] == "Agency"}) == 1


@TABLE.variant(27, "one entity", {"a.txt": A}, one_agency)
def both_scripts(folder: Path) -> None:
    put(folder, "a.txt", "广东省人力资源和社会保障厅发放补贴。\n廣東省人力資源和社會保障廳發放補貼。\n")
