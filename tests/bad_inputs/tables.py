"""Rows 40 and 41: tables of texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .case import SENTENCE, TABLE, A, Q, S, W
from .encodings import reads
from .files import put
from .packed import zipped

if TYPE_CHECKING:
    from pathlib import Path

TABLE.title(40, "csv or jsonl with a bad row", "A row is named by the line at which it begins; the others are read.")
LINE = SENTENCE.strip() * 2
TEXTS = [SENTENCE * (n + 1) for n in range(4)]


@TABLE.variant(
    40,
    "csv: cells too many or few, quotation mark inside, without a text, not closed",
    {"a.csv:2": A, "a.csv:4": Q("row"), "a.csv:5": Q("row"), "a.csv:6": Q("row"), "a.csv:7": Q("empty"), "a.csv:8": A, "a.csv:9": Q("row")},
)
def bad_cells(folder: Path) -> None:
    rows = [
        "region,正文",
        f'辽宁省,"{TEXTS[0]}"',
        "辽宁省,文字,多,余",
        "辽宁省",
        '"辽"宁省,文字',
        "辽宁省,",
        f"辽宁省,{LINE}",
        '辽宁省,"未完',
    ]
    put(folder, "a.csv", "\r\n".join(rows) + "\r\n")


@TABLE.variant(40, "csv in GBK with semicolons", {"a.csv:2": A, "a.csv:3": A})
def in_gbk(folder: Path) -> None:
    put(folder, "a.csv", f"标题;正文\r\n甲;{SENTENCE.strip()}\r\n乙;{LINE}\r\n".encode("gbk"))


@TABLE.variant(
    40,
    "no column of texts, no row, UTF-32",
    {"a.csv": Q("no-text-column"), "b.csv": Q("empty"), "c.csv": Q("empty"), "d.jsonl": Q("undecodable"), "e.tsv": S("metadata"),
     "f.parquet": Q("corrupt")},
)  # fmt: skip
def no_table(folder: Path) -> None:
    put(folder, "a.csv", "x,y\n1,2\n")
    put(folder, "b.csv", "text\n")
    put(folder, "c.csv", "")
    put(folder, "d.jsonl", json.dumps({"text": "x"}).encode("utf-32"))
    put(folder, "e.tsv", "x\ty\n1\t2\n")
    put(folder, "f.parquet", b"PAR1 and nothing else PAR1")


@TABLE.variant(
    40,
    "in UTF-16 with and without a mark, with line ends inside cells and characters whose bytes look like one",
    {"a.csv:2": A, "a.csv:4": A, "a.csv:8": Q("row"), "b.tsv:2": A, "b.tsv:3": A, "c.jsonl:1": A, "c.jsonl:3": Q("row"), "c.jsonl:4": A},
)
def in_utf16(folder: Path) -> None:
    rows = ["region,text", f'辽宁省,"{TEXTS[0]}"', f'辽宁省,"ਊ\n{TEXTS[1]}"', "辽宁省,多,余"]
    put(folder, "a.csv", "\ufeff".encode("utf-16-le") + "\r\n".join(rows).encode("utf-16-le"))
    put(folder, "b.tsv", f"text\tx\n{LINE}甲\t1\n{LINE}乙\t2\n".encode("utf-16-be"))
    sound = [json.dumps({"text": text}, ensure_ascii=False) for text in (LINE + "ਊ丙", LINE + "丁")]
    put(folder, "c.jsonl", "\n".join([sound[0], "", "{", sound[1]]).encode("utf-16"))


@TABLE.variant(
    40,
    "inside an archive",
    {"a.zip!/t.csv:2": A, "a.zip!/t.csv:4": Q("row"), "a.zip!/x/u.jsonl:1": A, "a.zip!/x/u.jsonl:2": A, "a.zip!/v.csv": Q("no-text-column"),
     "a.zip!/p.parquet": Q("nested"), "a.zip!/records.jsonl": S("output"), "a.zip!/metadata.tsv": S("metadata"), "a.zip!/w.tsv": S("metadata")},
)  # fmt: skip
def in_archive(folder: Path) -> None:
    rows = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS[1:3])
    put(
        folder,
        "a.zip",
        zipped(
            {
                "t.csv": f'text,region\n"{TEXTS[0]}",辽宁省\n甲,乙,丙\n'.encode(),
                "x/u.jsonl": rows.encode("utf-16"),
                "v.csv": b"x,y\n1,2\n",
                "w.tsv": b"x\ty\n1\t2\n",
                "p.parquet": b"PAR1",
                "records.jsonl": b"{}",
                "metadata.tsv": b"path\tdate\n",
            }
        ),
    )


@TABLE.variant(
    40,
    "jsonl: no JSON, no object, no text, text that is no string, empty text",
    {"a.jsonl:1": A, "a.jsonl:3": Q("row"), "a.jsonl:4": Q("row"), "a.jsonl:5": Q("row"), "a.jsonl:6": Q("row"), "a.jsonl:7": Q("empty"),
     "a.jsonl:8": Q("row"), "a.jsonl:9": A},
    reads(a=TEXTS[0]),
)  # fmt: skip
def bad_lines(folder: Path) -> None:
    sound = [json.dumps({"text": text}, ensure_ascii=False) for text in TEXTS]
    lines = [sound[0], "", "{", "[1]", '{"name": "x"}', '{"text": 1}', '{"text": " "}', sound[1][:-9], sound[2]]
    put(folder, "a.jsonl", "\n".join(lines))


@TABLE.variant(40, "what a row states that cannot be", {"a.jsonl:1": W("metadata-date"), "a.jsonl:2": W("unknown-region")})
def bad_statements(folder: Path) -> None:
    rows = [{"text": TEXTS[0], "date": "2024-13-45"}, {"text": TEXTS[1], "region": "无此省"}]
    put(folder, "a.jsonl", "\n".join(json.dumps(row) for row in rows))


TABLE.title(41, "jsonl with NaN, keys that stand twice, 10,000 levels, numbers of 5,000 digits")


@TABLE.variant(41, "the row", {**{f"a.jsonl:{n}": Q("row") for n in range(1, 5)}, "a.jsonl:5": A})
def wild_json(folder: Path) -> None:
    text = json.dumps(SENTENCE)
    lines = [
        f'{{"text": {text}, "x": NaN}}',
        f'{{"text": {text}, "text": {text}}}',
        f'{{"text": {text}, "x": {"[" * 10_000}{"]" * 10_000}}}',
        f'{{"text": {text}, "x": {"9" * 5_000}}}',
        f'{{"text": {text}, "x": 1e400}}',
    ]
    put(folder, "a.jsonl", "\n".join(lines))
