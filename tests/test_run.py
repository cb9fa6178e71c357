"""A build accounts for every input, writes all files or none, and gives the same bytes for the same texts."""

from __future__ import annotations

import errno
import fcntl
import importlib
import json
import os
from pathlib import Path

import pytest

from kg.errors import InputError, OutputError, UsageError
from kg.run import Options, Output, build, build_folder, extract_records, write_atomically

# By name, because the packages hold functions of the same names.
build_module = importlib.import_module("kg.run.build")
extract_module = importlib.import_module("kg.extract")

SENTENCE = "辽宁省人力资源和社会保障厅对高校毕业生给予一次性求职补贴。\n"


def tiny_record(document, domain):
    """Stand for the extraction: one agency where its name stands, and an exception where the text asks for one."""
    del domain
    if "崩溃" in document.text:
        message = "division by zero\nsecond line"
        raise ZeroDivisionError(message)
    if "拒绝" in document.text:
        raise InputError(document.source, "is no policy", "leave it out", code="no-content")
    if "深" in document.text:
        raise RecursionError
    start = document.text.find("辽宁省")
    node = {"id": "region/辽宁省", "type": "Region", "name": "辽宁省", "mentions": [[start, start + 3]], "confidence": 0.9, "rule": "t"}
    return {
        "doc": {"id": document.id, "source": document.source, "sha256": document.sha256, "title": None, "date": None, "region": None, "script": "Hans",
                "encoding": document.encoding, "alsoAt": []},
        "text": document.text,
        "nodes": [node] if start >= 0 else [],
        "edges": [],
        "provisions": [],
        "textClaims": [],
        "findings": [finding.as_dict() for finding in document.findings],
    }  # fmt: skip


@pytest.fixture
def fake(monkeypatch):
    """Put tiny_record in the place of the extraction."""
    monkeypatch.setattr(extract_module, "extract", tiny_record)


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    (folder / "sub").mkdir(parents=True)
    contents = {
        "b.txt": SENTENCE + "乙",
        "a.txt": SENTENCE + "甲",
        "sub/same.txt": SENTENCE + "甲",
        "crash.txt": SENTENCE + "崩溃",
        "deep.txt": SENTENCE + "深",
        "refused.txt": SENTENCE + "拒绝",
        "empty.txt": "",
        "note.xyz": "",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "gbk.txt").write_bytes("就业".encode("gbk"))
    return folder


@pytest.mark.usefixtures("fake")
def test_every_input_is_accounted_for(texts):
    result = extract_records([texts], Options())
    assert result.counts == {"total": 9, "built": 3, "duplicates": 1, "quarantined": 4, "skipped": 1}
    assert sum(path.is_file() for path in texts.rglob("*")) == result.counts["total"]
    assert [record["doc"]["source"] for record in result.records] == ["texts/a.txt", "texts/b.txt", "texts/gbk.txt"]
    assert result.records[0]["doc"]["alsoAt"] == ["texts/sub/same.txt"]
    assert result.duplicates == [("texts/sub/same.txt", "texts/a.txt", "bytes")]
    assert [(one.where, one.code) for one in result.quarantined] == [
        ("texts/crash.txt", "crashed"),
        ("texts/deep.txt", "crashed"),
        ("texts/empty.txt", "empty"),
        ("texts/refused.txt", "no-content"),
    ]
    assert {one.code for one in result.findings} == {"duplicate", "encoding-guess"}


@pytest.mark.usefixtures("fake")
def test_a_crash_is_named_with_its_exception_and_place(texts):
    crash, deep, *_ = extract_records([texts], Options()).quarantined
    assert crash.message.startswith("ZeroDivisionError: division by zero in kg.run.one, line ")
    assert "second line" not in crash.message
    assert deep.message.startswith("RecursionError in kg.run.one")


@pytest.mark.usefixtures("fake")
def test_no_usable_text_is_refused_with_the_reasons(texts, tmp_path):
    with pytest.raises(UsageError, match=r"no usable text: 1 quarantined, 0 skipped\n  empty\.txt: empty: is empty"):
        build_folder([texts / "empty.txt"], tmp_path / "out", Options())
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("fake")
def test_the_report_counts_what_the_graph_holds(texts, tmp_path):
    built = build_folder([texts], tmp_path / "out", Options())
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report == built.report
    assert sum(report["nodes"].values()) == built.graph.number_of_nodes()
    assert sum(report["edges"].values()) == built.graph.number_of_edges()
    assert report["inputs"]["total"] == 9
    for one in report["files"]:
        assert (tmp_path / "out" / one["name"]).stat().st_size == one["bytes"]
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    for words in (
        "构建报告 / Build report",
        "9 输入文件 / inputs = 3 已构建",
        "处理时出错 / failed",
        "ZeroDivisionError",
        "编码为推测",
        "Region",
    ):
        assert words in page
    assert str(tmp_path) not in page


@pytest.mark.usefixtures("fake")
def test_same_bytes_in_any_order_and_over_an_old_build(texts, tmp_path):
    paths = sorted(texts.glob("*.txt"))
    one, two = tmp_path / "one", tmp_path / "two"
    build_folder([*paths, texts / "sub" / "same.txt"], one, Options())
    two.mkdir()
    (two / "graph.ttl").write_text("old", encoding="utf-8")
    (two / "mine.txt").write_text("mine", encoding="utf-8")
    build_folder([texts / "sub" / "same.txt", *reversed(paths)], two, Options())
    names = sorted(path.name for path in one.iterdir())
    assert sorted(path.name for path in two.iterdir()) == sorted([*names, "mine.txt"])
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    assert {
        "explorer.html",
        "graph.ttl",
        "graph.nq",
        "graph.jsonld",
        "graph.gexf",
        "graph-simple.gexf",
        "graph.graphml",
        "nodes.csv",
        "edges.csv",
        "records.jsonl",
        "report.json",
        "report.md",
    } <= set(names)


@pytest.mark.usefixtures("fake")
def test_progress_is_told_before_each_input(texts):
    seen = []
    extract_records([texts], Options(), lambda *step: seen.append(step))
    assert [number for number, _, _ in seen] == list(range(8))
    assert {total for _, total, _ in seen} == {8}


@pytest.mark.usefixtures("fake")
def test_the_library_call_returns_the_graph_and_what_became_of_the_inputs(texts):
    graph = build(texts)
    assert graph.graph["inputs"]["built"] == 3
    assert {finding.code for finding in graph.graph["findings"]} >= {"crashed", "empty", "duplicate"}
    assert graph.nodes["region/辽宁省"]["type"] == "Region"


@pytest.mark.usefixtures("fake")
def test_metadata_reaches_the_document(texts, monkeypatch):
    seen = {}

    def look(document, domain):
        seen[document.source] = dict(document.metadata)
        return tiny_record(document, domain)

    monkeypatch.setattr(extract_module, "extract", look)
    (texts / "metadata.tsv").write_text("path\tregion\na.txt\t辽宁省\nnone.txt\t甲\n", encoding="utf-8")
    result = extract_records([texts], Options())
    assert seen["texts/a.txt"] == {"region": "辽宁省"}
    assert seen["texts/b.txt"] == {}
    assert [finding.message for finding in result.findings if finding.code == "metadata-unused"] == ["no input is called 'none.txt'"]


# Output.


def test_an_output_that_cannot_be_written_is_known_before_any_work(texts, tmp_path, monkeypatch):
    monkeypatch.setattr(build_module, "harvest", lambda *_: pytest.fail("worked before it knew"))
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="file: is a file, not a folder") as caught:
        build_folder([texts], tmp_path / "file" / "out", Options())
    assert caught.value.exit_code == 4
    with pytest.raises(OutputError):
        build_folder([texts], Path("/proc/kg-cannot"), Options())


def test_a_second_build_in_the_same_folder_is_refused(tmp_path):
    with Output(tmp_path), pytest.raises(UsageError, match="another build is writing here"), Output(tmp_path):
        pytest.fail("two builds at once")
    with Output(tmp_path):  # the lock ends with its build, and leaves no file
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_made_for_nothing_goes_again(tmp_path):
    with pytest.raises(KeyError), Output(tmp_path / "a" / "b"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    with Output(tmp_path / "a" / "b") as output:
        output.write({"x": b"1"})
    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"1"


@pytest.mark.parametrize("call", ["fsync", "write", "replace"])
@pytest.mark.parametrize("when", [1, 2, 3])
def test_a_full_disk_leaves_the_old_files(tmp_path, monkeypatch, call, when):
    old = {"a": b"1", "b": b"2", "c": b"3"}
    write_all = {name: content * 3 for name, content in old.items()}
    with Output(tmp_path) as output:
        output.write(old)
    calls = []

    def fail(*arguments, **options):
        calls.append(arguments)
        if len(calls) == when:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **options)

    if call == "fsync":
        real = os.fsync
        monkeypatch.setattr("kg.run.output.os.fsync", fail)
    elif call == "write":
        real = Path.open
        monkeypatch.setattr(Path, "open", fail)
    else:
        real = Path.replace
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="free some space"), Output(tmp_path) as output:
        output.write(write_all)
    monkeypatch.undo()
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(left) == set(old)
    if call == "replace":  # renames cannot be taken back together; each file is wholly old or wholly new
        assert all(left[name] in (old[name], write_all[name]) for name in old)
    else:
        assert left == old


def test_what_a_killed_build_left_is_cleared(tmp_path):
    (tmp_path / ".graph.ttl.kg-tmp").write_text("half", encoding="utf-8")
    with Output(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_file_is_written_whole(tmp_path):
    write_atomically(tmp_path / "new" / "r.jsonl", b"{}\n")
    assert (tmp_path / "new" / "r.jsonl").read_bytes() == b"{}\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["r.jsonl"]
    with pytest.raises(OutputError, match=r"r\.jsonl: is a file"):
        write_atomically(tmp_path / "new" / "r.jsonl" / "x", b"")
    with pytest.raises(OutputError, match="new: is a folder"):
        write_atomically(tmp_path / "new", b"")


def test_messages_name_the_file_and_not_its_temporary_name(tmp_path, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(OutputError, match="cannot be written") as caught:
        write_atomically(tmp_path / "r.jsonl", b"")
    assert caught.value.where == str(tmp_path / "r.jsonl")


def test_the_lock_is_on_the_folder_itself(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(UsageError), Output(tmp_path):
            pytest.fail("locked twice")
    finally:
        os.close(descriptor)
