"""Rows 29 to 32, 42 to 46: texts that are made to do harm, and what happens around a build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .case import SENTENCE, TABLE, A, Outcome, Q, R, W
from .files import put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Records = Mapping[str, dict[str, Any]]

#: Characters of the long line; a full run takes the 4 million of the table.
LONG_LINE = int(os.environ.get("KG_BAD_INPUTS_LONG", "200000"))

TABLE.title(29, "one line of 12 MB without punctuation")


def sentences_are_short(records: Records) -> None:
    """See that no sentence is longer than 2,000 characters and none is lost."""
    for record in records.values():
        assert max(end - start for start, end in record["sentences"]) <= 2_000
        covered = sum(end - start for start, end in record["sentences"])
        assert covered >= 0.99 * len(record["text"].strip())


@TABLE.variant(29, "cut at 2,000 characters", {"a.txt": A, "b.txt": A}, sentences_are_short)
def long_line(folder: Path) -> None:
    put(folder, "a.txt", "就业" * (LONG_LINE // 2))
    put(folder, "b.txt", "a" * LONG_LINE)


TABLE.title(30, "text that makes a regular expression slow")
TABLE.act(30, "the worker is ended and replaced", Q("timeout"), "test_a_document_that_ends_its_worker")
TABLE.title(31, "document that crashes a parser")
TABLE.act(31, "named with its signal", Q("crashed"), "test_a_document_that_ends_its_worker")
TABLE.title(32, "document that eats memory")
TABLE.act(32, "stopped at the limit", Q("memory"), "test_a_document_that_ends_its_worker")

TABLE.title(
    42,
    "date 2024-13-45, money 1e400, negative amounts",
    "The words stay in the text; a number or date that is none never becomes a typed value.",
)
WILD = "自2024年13月45日起，对企业给予补贴1e400元，每人-500元，共计999999999999999999999999999999亿元，新增就业0人，增长-3.5%。\n"


def values_are_numbers(records: Records) -> None:
    """See that what became a value is a finite decimal number, and what became a date a date."""
    import re
    from datetime import date
    from decimal import Decimal

    for record in records.values():
        for node in record["nodes"]:
            if node.get("value") is not None:
                assert Decimal(str(node["value"])).is_finite()
            for end in re.findall(r"\d{4}-\d{2}-\d{2}", str(node.get("period") or "")):
                date.fromisoformat(end)
        assert "e400" not in str([node.get("value") for node in record["nodes"]]).lower()


@TABLE.variant(42, "taken", {"a.txt": W("unreadable-number")}, values_are_numbers)
def wild_numbers(folder: Path) -> None:
    put(folder, "a.txt", WILD + SENTENCE)


TABLE.title(43, 'name with " < > \\ { or a line break')
TABLE.act(43, "escaped; parsed back by two parsers", A, "test_hostile_texts_are_written_so_that_others_read_them")
TABLE.title(44, "injection of Turtle, SPARQL, HTML, a spreadsheet's formula")
TABLE.act(
    44, "always a literal; escaped in HTML, a formula is set off in CSV", A, "test_hostile_texts_are_written_so_that_others_read_them"
)
TABLE.title(45, "disk full; output not writable; a second build at once")
TABLE.act(45, "output not writable", R(4), "test_an_output_that_cannot_be_written")
TABLE.act(45, "disk full", Outcome("refused, exit 4, old output untouched"), "test_a_full_disk_leaves_the_old_output")
TABLE.act(
    45,
    "the n-th write, fsync or rename finds no room or is killed, for every n",
    Outcome("no file is half-written; the next build clears what is left"),
    "test_a_build_that_dies_or_finds_no_room_at_the_nth_write_fsync_or_rename",
)
TABLE.act(45, "a second build in the same folder", R(), "test_a_second_build_is_refused")
TABLE.title(46, "cache or lexicon corrupt; tables with unknown columns")
TABLE.act(46, "cache", Outcome("set aside, built anew"), "test_a_corrupt_cache_is_built_anew")
TABLE.act(
    46, "lexicon, table of metadata", Outcome("refused, exit 2, with file, line and the nearest name"), "test_faulty_tables_are_named"
)

NAMES = (
    '对高校毕业生实施“甲"<b>乙</b>\\丙{丁}”行动计划，由辽宁省人力资源和社会保障厅负责。\n',
    '《关于"> . <urn:x> <urn:y> <urn:z> . #的通知》（辽人社〔2024〕1号）规定发放求职补贴。\n',
    '《=HYPERLINK("http://127.0.0.1")实施方案》、《+1+1办法》、《@SUM(A1)通知》、《-2办法》由大连市人民政府印发。\n',
    "《<script>alert(1)</script>办法》和《}; DROP ALL; SELECT * {通知》由沈阳市人民政府办公室印发。\n",
    "《关于\\u0022\\n\\\\的通知》、《甲\x0c乙\x85丙\u2028丁通知》由广东省人民政府印发。\n",
)


def hostile_folder(folder: Path) -> Path:
    """Write the texts of rows 43 and 44."""
    for number, text in enumerate(NAMES):
        put(folder, f"{number}.txt", text + SENTENCE)
    return folder
