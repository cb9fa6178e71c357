"""A streaming build writes the very N-Quads, tables and records that the graph in memory gives, from batches of any size."""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import time

import pytest

from kg.errors import OutputError, UsageError
from kg.run import Effort, Options, build_folder, stream_folder
from kg.run.sorting import by_key, cut, merged, reduced, split, write_run

quads = importlib.import_module("kg.run.quads")
ranges = importlib.import_module("kg.run.ranges")
sorting = importlib.import_module("kg.run.sorting")
spool = importlib.import_module("kg.run.spool")
stream_module = importlib.import_module("kg.run.stream")
SAME = ("graph.nq", "nodes.csv", "edges.csv", "records.jsonl")
MADE = {*SAME, "report.json", "report.md"}
WORKERS = 2 if hasattr(os, "fork") else 0


@pytest.fixture(scope="module")
def texts(tmp_path_factory, seeds):
    """Take two seed texts, some short ones that speak of the same things, duplicates, and what cannot be read."""
    folder = tmp_path_factory.mktemp("stream") / "texts"
    folder.mkdir()
    for path in sorted(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)[:2]:
        (folder / path.name).write_bytes(path.read_bytes())
    for number in range(12):
        year, city = 2015 + number, ("大连市", "盖州市", "沈阳市")[number % 3]
        (folder / f"t{number:02}.txt").write_text(
            f"{city}人力资源和社会保障局关于做好{year}年就业工作的通知\n根据《辽宁省人民政府关于稳定就业的意见》（辽政发〔{year}〕{number + 3}号），"
            f"{city}财政局对高校毕业生给予一次性求职补贴{number + 1}00元。{year}年全省城镇新增就业{number + 40}万人。\n",
            encoding="utf-8",
        )
    (folder / "same.txt").write_bytes((folder / "t03.txt").read_bytes())
    (folder / "zz.txt").write_bytes((folder / "t03.txt").read_bytes())
    (folder / "empty.txt").write_bytes(b"")
    (folder / "note.xyz").write_bytes(b"x")
    (folder / "metadata.tsv").write_text("path\tregion\nt01.txt\t辽宁省\nnone.txt\t\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def whole(texts, cache, tmp_path_factory):
    """Build with the graph in memory."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("kg.export"), "BUILD_FORMATS", ("nquads", "csv"))
        build_folder([texts], folder, Options(effort=Effort(0, cache=cache)))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("workers", [0, WORKERS])
@pytest.mark.parametrize("small", [False, True])
def test_it_writes_the_same_bytes(texts, cache, whole, tmp_path, monkeypatch, workers, small):
    if small:
        for module, name, value in (
            (spool, "_BATCH", 3_000),
            (quads, "_NODES", 7),
            (quads, "_LINES", 50),
            (ranges, "_RANGE", 100_000),
            (sorting, "_FAN_IN", 3),
            (sorting, "_BLOCK", 500),
        ):
            monkeypatch.setattr(module, name, value)
    made = stream_folder([texts], tmp_path, Options(effort=Effort(workers, cache=cache)))
    assert {path.name for path in tmp_path.iterdir()} == MADE == set(made.files)
    for name in SAME:
        assert (tmp_path / name).read_bytes() == whole[name], name
    report, other = json.loads((tmp_path / "report.json").read_bytes()), json.loads(whole["report.json"])
    for key in ("inputs", "duplicates", "quarantined", "skipped", "nodes", "edges"):
        assert report[key] == other[key], key
    assert sorted(map(str, report["findings"])) == sorted(map(str, other["findings"]))
    assert sum(one["count"] for one in report["findingCounts"]) == len(other["findings"])
    sizes = {one["name"]: one for one in report["files"]}
    assert sizes["graph.nq"] == next(one for one in other["files"] if one["name"] == "graph.nq")


def test_other_formats_of_an_older_build_go_and_foreign_files_stay(texts, cache, tmp_path):
    for name in ("graph.ttl", "nodes.csv", "mine.txt"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    (tmp_path / ".scratch.kg-tmp").mkdir()
    (tmp_path / ".scratch.kg-tmp" / "spool").write_text("old", encoding="utf-8")
    stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))
    assert {path.name for path in tmp_path.iterdir()} == {*MADE, "mine.txt"}


def test_what_cannot_be_removed_is_said(texts, cache, tmp_path):
    (tmp_path / "graph.ttl").mkdir()
    with pytest.raises(OutputError, match=r"graph\.ttl: cannot be written"):
        stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))


def test_the_report_says_what_was_not_checked_and_counts_all_findings(texts, cache, tmp_path, monkeypatch):
    monkeypatch.setattr(stream_module, "_LISTED", 2)
    report = stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache))).report
    total = sum(one["count"] for one in report["findingCounts"])
    assert len(report["findings"]) == 2
    assert total > 2
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "not checked while the graph was streamed: shapes, S10, S11, S12, S13" in page
    assert f"2 / {total}" in page
    duplicates = next(one["count"] for one in report["findingCounts"] if one["code"] == "duplicate")
    assert f"| {duplicates} |" in next(line for line in page.splitlines() if "same content as another input" in line)


def test_a_streamed_graph_is_checked_text_by_text(texts, cache, whole, tmp_path, monkeypatch):
    """A sound graph has the findings of the whole check but for those of the checks that are named; a fault of a record is found."""
    kept = ("S2", "S3", "S4", "S14", "S15")
    clean = stream_folder([texts], tmp_path / "one", Options(effort=Effort(WORKERS, cache=cache))).report["checks"]
    assert clean == [one for one in json.loads(whole["report.json"])["checks"] if one["code"].startswith(kept)]
    real = spool.Spool.lines

    def spoiled(self, first, last):
        for line in real(self, first, last):
            yield line.replace(b'"category": "', b'"category": "no:such-', 1)

    monkeypatch.setattr(spool.Spool, "lines", spoiled)
    found = stream_folder([texts], tmp_path / "two", Options(effort=Effort(WORKERS, cache=cache))).report["checks"]
    assert {one["code"] for one in found} >= {"S14-unknown"}


def test_texts_of_one_name_come_in_the_order_of_their_ids(tmp_path):
    """Two folders of one name hold files of one name: which folder is named first, or comes first in the alphabet, is no matter."""
    for number, (parent, words) in enumerate((("a", "甲乙丙"), ("b", "丁戊己"))):
        folder = tmp_path / parent / "texts"
        folder.mkdir(parents=True)
        for name in range(3):
            (folder / f"{name}.txt").write_text(f"辽宁省人力资源和社会保障厅发放补贴{number}{name}万元。{words[name]}\n", encoding="utf-8")
    paths = [tmp_path / "b" / "texts", tmp_path / "a" / "texts"]
    streamed = stream_folder(paths, tmp_path / "one", Options())
    built = build_folder(paths[::-1], tmp_path / "two", Options())
    assert (tmp_path / "one" / "records.jsonl").read_bytes() == (tmp_path / "two" / "records.jsonl").read_bytes()
    assert streamed.report["findings"] == built.report["findings"]
    keys = [(one["source"], one["id"]) for one in built.report["documents"]]
    assert len(keys) == 6
    assert keys == sorted(keys)


def test_a_smallest_confidence_is_refused(texts, tmp_path):
    with pytest.raises(UsageError, match="needs the whole graph"):
        stream_folder([texts], tmp_path, Options(min_confidence=0.5))


def test_no_usable_text_is_refused(texts, tmp_path):
    with pytest.raises(UsageError, match="no usable text"):
        stream_folder([texts / "empty.txt"], tmp_path / "out", Options())
    assert not (tmp_path / "out").exists()


def test_killed_at_any_moment_it_leaves_the_old_files_and_ends_equal(texts, cache, whole, tmp_path):
    started = time.monotonic()
    stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))
    course = time.monotonic() - started
    moments = random.Random(3)  # noqa: S311 - chance that can be repeated
    for _ in range(8):
        (tmp_path / "graph.nq").write_bytes(b"old")
        pid = os.fork()
        if pid == 0:
            try:
                stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))
            finally:
                os._exit(0)
        time.sleep(moments.uniform(0, course))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert (tmp_path / "graph.nq").read_bytes() in {b"old", whole["graph.nq"]}
        time.sleep(0.02)
        stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))
        assert (tmp_path / "graph.nq").read_bytes() == whole["graph.nq"]
        assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_worker_that_cannot_write_is_an_error_of_the_output(texts, cache, tmp_path, monkeypatch):
    def full(path, lines):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(quads, "write_run", full)
    with pytest.raises(OutputError, match=r"No space left on device.*free some space"):
        stream_folder([texts], tmp_path, Options(effort=Effort(WORKERS, cache=cache)))
    assert list(tmp_path.iterdir()) == []


def test_the_command(run_kg, texts, cache, whole, tmp_path):
    done = run_kg("build", texts, "-o", tmp_path / "out", "--stream", "--cache", cache)
    assert done.returncode == 0, done.stderr
    assert "built, 2 duplicates, 1 quarantined, " in done.stderr
    assert "graph.nq" in done.stdout
    assert (tmp_path / "out" / "graph.nq").read_bytes() == whole["graph.nq"]


def test_runs_merge_to_each_line_once(tmp_path, monkeypatch):
    monkeypatch.setattr(sorting, "_FAN_IN", 3)
    monkeypatch.setattr(sorting, "_BLOCK", 40)
    chance = random.Random(1)  # noqa: S311 - chance that can be repeated
    lines = [[f"{chance.randrange(300)}\t{chance.choice('省a')}\n".encode() for _ in range(50)] for _ in range(20)]
    runs = [write_run(tmp_path / f"r{number}", some) for number, some in enumerate(lines)]
    left = reduced(runs, tmp_path)
    assert len(left) <= 3
    found = list(merged(left))
    assert found == sorted({line for some in lines for line in some})
    keys = [key for key, _ in by_key(found)]
    assert len(keys) == len(set(keys))
    assert not list(merged([]))


@pytest.mark.parametrize("count", [1, 2, 5, 300])
def test_ranges_of_runs_hold_every_line_once_and_part_no_key(tmp_path, count):
    chance = random.Random(2)  # noqa: S311 - chance that can be repeated
    runs = [
        write_run(tmp_path / f"r{number}", {f"{chance.randrange(90):02}\t{'省' * chance.randrange(9)}\n".encode() for _ in range(size)})
        for number, size in enumerate((200, 90, 1, 0))
    ]
    expected = list(merged(runs))
    cuts = cut(runs, count, lambda line: line[:3])
    parts = split(runs, cuts)
    assert 1 <= len(parts) <= count
    listed = [[line for block in sorting.blocks(part) for line in block] for part in parts]
    assert [line for part in listed for line in part] == expected
    keys = [key for part in listed for key in {line[:3] for line in part}]
    assert len(keys) == len(set(keys))
    if count == 5:
        assert all(len(part) < 0.5 * len(expected) for part in listed)
