"""Every case of the table of bad inputs ends as it says, and inputs = built + duplicates + quarantined + skipped, always."""

from __future__ import annotations

import errno
import importlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import bad_inputs as bad
import pytest

from kg.domain import load_domain
from kg.domain.encodings import load_common_characters
from kg.errors import InputError
from kg.read import READERS, discover, read_input
from kg.run import Effort, Limits, Options, Output, build_folder, extract_records
from kg.run.limits import can_fork

ROOT = Path(__file__).resolve().parent.parent
COMMON = load_common_characters(load_domain().base)


TABLE = bad.TABLE


def what_became(result, folder):
    """Return the outcome of each input by its source from the folder on."""
    prefix = folder.name + "/"
    found = {source: bad.Outcome("skipped", (reason,)) for source, reason in result.skipped}
    found |= {one.where: bad.Outcome("quarantined", (one.code,)) for one in result.quarantined}
    found |= dict.fromkeys((one.source for one in result.duplicates), bad.Outcome("duplicate", ("duplicate",)))
    reprints = {one.where for one in result.findings if one.code == "reprint"}
    for record in result.records:
        codes = sorted({one["code"] for one in record["findings"] if one["severity"] == "warning"})
        codes += ["reprint"] if record["doc"]["source"] in reprints else []
        found[record["doc"]["source"]] = bad.Outcome("accepted with", tuple(codes)) if codes else bad.Outcome("accepted")
    assert len(found) == result.counts["total"] == sum(result.counts[name] for name in ("built", "duplicates", "quarantined", "skipped"))
    return {source.removeprefix(prefix): outcome for source, outcome in found.items()}


def made(variant, folder):
    """Make a bad input; where the file system refuses its names, the test is skipped."""
    try:
        variant.make(folder)
    except bad.files.RefusedNameError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("variant", TABLE.variants, ids=lambda one: f"{one.number}-{one.make.__name__}")
def test_a_bad_input_ends_as_the_table_says(variant, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    made(variant, folder)
    before = sorted(tmp_path.rglob("*"))
    try:
        result = extract_records([folder], Options())
    except Exception as error:
        if "no usable text" not in str(error):
            raise
        # A folder of bad inputs alone is refused as a whole; a sound one beside them is not.
        (folder / "zz-sound.txt").write_text(bad.files.SENTENCE * 50, encoding="utf-8")
        result = extract_records([folder], Options())
        found = what_became(result, folder)
        assert str(found.pop("zz-sound.txt")) == "accepted"
        (folder / "zz-sound.txt").unlink()
    else:
        found = what_became(result, folder)
    assert {source: str(outcome) for source, outcome in found.items()} == {
        source: str(outcome) for source, outcome in variant.expected.items()
    }
    if variant.look:
        variant.look({record["doc"]["source"].removeprefix("in/"): record for record in result.records})
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked or written
    for one in [*result.quarantined, *result.findings]:
        assert str(tmp_path) not in one.message
        assert "Traceback" not in one.message


def test_every_row_of_the_table_is_there():
    assert sorted(TABLE.titles) == list(range(1, 47))
    assert {one.number for one in (*TABLE.variants, *TABLE.acts)} == set(TABLE.titles)
    proofs = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {one.test for one in TABLE.acts} <= set(re.findall(r"^def (test_\w+)", proofs, re.MULTILINE))


def test_the_documented_table_is_the_tested_one():
    script = ROOT / "scripts" / "reliability_table.py"
    checked = subprocess.run([sys.executable, str(script), "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_one_build_of_all_of_them(tmp_path, run_kg, seeds):
    """Put every case into one folder: the build ends well, in two processes, and accounts for every input under its code."""
    folder = tmp_path / "in"
    expected = {}
    for number, variant in enumerate(TABLE.variants):
        if variant.number in {28, 29, 37}:  # large, and done above
            continue
        own = folder / f"{number:02}"
        own.mkdir(parents=True)
        try:
            variant.make(own)
        except bad.files.RefusedNameError:
            continue
        expected |= {f"in/{number:02}/{source}": outcome for source, outcome in variant.expected.items()}
    done = run_kg("build", folder, "-o", tmp_path / "out", "--workers", 2, "--no-cache", "-q")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    counts = report["inputs"]
    assert counts["total"] == counts["built"] + counts["duplicates"] + counts["quarantined"] + counts["skipped"]
    quarantined = {one["where"]: one["code"] for one in report["quarantined"]}
    wanted = {source: outcome.codes[0] for source, outcome in expected.items() if outcome.kind == "quarantined"}
    # What lies beside a case's folder, and not inside it, is an input here too.
    assert {source: code for source, code in quarantined.items() if source in expected} == wanted
    seen = {*quarantined, *(one["source"] for one in (*report["documents"], *report["duplicates"], *report["skipped"]))}
    seen |= {source for one in report["documents"] for source in one["alsoAt"]}
    assert set(expected) <= seen
    assert run_kg("extract", folder / "01", seeds, "-o", tmp_path / "r.jsonl", "--no-cache", "-q", "--strict").returncode == 3


# Row 1.


def test_a_path_that_is_missing_or_empty(tmp_path, run_kg):
    (tmp_path / "a.txt").write_text(bad.files.SENTENCE, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for path, code, words in (("nowhere", 2, "no such file or folder"), ("empty", 2, "no documents"), ("a.txt", 0, "1 built")):
        done = run_kg("extract", tmp_path / path, "-o", tmp_path / "r.jsonl", "--no-cache")
        assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (code, True, False)


# Rows 3 and 4.


def codes_of(found):
    """Return what reading each input gives."""
    codes = {}
    for one in found.inputs:
        try:
            read_input(one, COMMON)
        except InputError as error:
            codes[one.source.partition("/")[2]] = error.code
        else:
            codes[one.source.partition("/")[2]] = "read"
    return codes


@pytest.fixture
def four_forms(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    bad.files.in_four_forms(folder)
    return folder


def test_what_cannot_be_read(four_forms, tmp_path, monkeypatch):
    found = discover([four_forms], READERS)
    assert set(codes_of(found).values()) == {"read"}
    for path in four_forms.iterdir():
        path.rename(tmp_path / path.name)
    assert set(codes_of(found).values()) == {"io"}
    for path in found.inputs:
        (tmp_path / path.path.name).exists() and (tmp_path / path.path.name).rename(path.path)

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("kg.read.file.os.open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    assert codes_of(discover([four_forms], READERS)) == dict.fromkeys(("a.txt", "b.zip", "c.jsonl", "d.csv"), "io")
    monkeypatch.undo()
    monkeypatch.setattr(os, "scandir", refuse)
    assert [one.problem.code for one in discover([four_forms], READERS).inputs] == ["io"]


def test_what_changes_while_it_is_read(four_forms, monkeypatch):
    found = discover([four_forms], READERS)
    real, calls = os.fstat, []

    def growing(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            with (four_forms / "a.txt").open("a") as file:
                file.write("x")
        return real(descriptor)

    monkeypatch.setattr("kg.read.file.os.fstat", growing)
    for name in ("b.zip", "c.jsonl", "d.csv"):
        data = (four_forms / name).read_bytes()
        (four_forms / name).write_bytes(data + b"\n")
    assert set(codes_of(found).values()) == {"changed"}


# Rows 30 to 32.

TRIGGERS = {"段错误": "crashed", "退出": "crashed", "慢": "timeout", "内存": "memory"}
if sys.platform == "darwin":  # which does not keep the limit of memory
    del TRIGGERS["内存"]


def end_worker(document, domain):
    """Stand for an extraction in which a library fails: the document's own words say how."""
    del domain
    if "段错误" in document.text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "退出" in document.text:
        os._exit(3)
    if "慢" in document.text:
        re.match(r"(a+)+$", "a" * 60 + "b")  # never lets Python run
    if "内存" in document.text:
        bytearray(4_000_000_000)
    return {"doc": {"id": document.id, "source": document.source}, "text": document.text, "nodes": [], "findings": []}


@pytest.mark.skipif(not can_fork(), reason="workers are made by fork")
def test_a_document_that_ends_its_worker(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.import_module("kg.extract"), "extract", end_worker)
    folder = tmp_path / "in"
    for number, word in enumerate([*TRIGGERS, *(f"好{n}" for n in range(8))]):
        bad.files.put(folder, f"{number:02}.txt", word + bad.files.SENTENCE)
    result = extract_records([folder], Options(effort=Effort(workers=2, limits=Limits(timeout=2.0, memory=500_000_000))))
    assert [one.code for one in result.quarantined] == list(TRIGGERS.values())
    assert "SIGSEGV" in result.quarantined[0].message
    lost = len(TRIGGERS)
    assert result.counts == {"total": 8 + lost, "built": 8, "duplicates": 0, "quarantined": lost, "skipped": 0}


# Rows 43 and 44.


def test_hostile_texts_are_written_so_that_others_read_them(tmp_path):
    import csv
    import xml.etree.ElementTree as ET

    import pyoxigraph as ox
    from rdflib import Dataset

    out = tmp_path / "out"
    build_folder([bad.hostile.hostile_folder(tmp_path / "in")], out, Options())
    turtle = (out / "graph.ttl").read_bytes()
    first = {(str(s), str(p), str(o)) for s, p, o, _ in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    assert not any(part.startswith("<urn:") for triple in first for part in triple)
    second = Dataset()
    second.parse(data=(out / "graph.nq").read_bytes(), format="nquads")
    assert len(list(second.quads())) == len(set(ox.parse((out / "graph.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)))
    for name in ("graph.gexf", "graph-simple.gexf", "graph.graphml"):
        ET.parse(out / name)  # noqa: S314 - we wrote it
    json.loads((out / "graph.jsonld").read_text(encoding="utf-8"))
    for name in ("nodes.csv", "edges.csv"):
        with (out / name).open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file, strict=True) for cell in row]
        assert not any(cell[:1] in set("=+-@＝＋－＠\t\r") and not re.fullmatch(r"-?[\d.]+", cell) for cell in cells)
    report = (out / "report.md").read_text(encoding="utf-8")
    assert "<script>" not in report
    names = {
        node["name"]
        for line in (out / "records.jsonl").read_text(encoding="utf-8").split("\n")
        if line
        for node in json.loads(line)["nodes"]
    }
    assert any("HYPERLINK" in name for name in names)  # what is hostile was taken, not dropped


# Row 45.


@pytest.fixture
def one_text(tmp_path):
    return bad.files.put(tmp_path / "texts", "a.txt")


def test_an_output_that_cannot_be_written(tmp_path, one_text, run_kg):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run_kg("build", one_text, "-o", tmp_path / "file" / "out", "--no-cache")
    assert (done.returncode, "is a file, not a folder" in done.stderr, "Traceback" in done.stderr) == (4, True, False)


def test_a_second_build_is_refused(tmp_path, one_text, run_kg):
    with Output(tmp_path / "out"):
        done = run_kg("build", one_text, "-o", tmp_path / "out", "--no-cache")
    assert (done.returncode, "another build is writing here" in done.stderr) == (2, True)


# Row 46.


def test_a_corrupt_cache_is_built_anew(tmp_path, one_text):
    effort = Effort(cache=tmp_path / "cache")
    before = extract_records([one_text], Options(effort=effort)).records
    (kept,) = [path for path in (tmp_path / "cache").iterdir() if path.suffix == ".sqlite"]
    whole = kept.read_bytes()
    spoiled = [whole[: len(whole) // 2], b"", b"no database" * 100, *(flipped(whole, at) for at in range(0, len(whole), len(whole) // 12))]
    for data in spoiled:
        for path in (tmp_path / "cache").iterdir():
            path.unlink()
        kept.write_bytes(data)
        assert extract_records([one_text], Options(effort=effort)).records == before


def flipped(data, at):
    """Return bytes with one bit turned over in each of a hundred places from an offset on."""
    changed = bytearray(data)
    for place in range(at, min(len(data), at + 100)):
        changed[place] ^= 1 << (place % 8)
    return bytes(changed)


def test_faulty_tables_are_named(tmp_path, one_text, run_kg):
    (tmp_path / "meta.tsv").write_text("path\tregoin\n", encoding="utf-8")
    (tmp_path / "words.tsv").write_bytes(b"\xff\xfe\x00broken\t\n")
    for option, name, words in (("--meta", "meta.tsv", "did you mean 'region'?"), ("--lexicon", "words.tsv", "words.tsv")):
        done = run_kg("build", one_text, "-o", tmp_path / "out", option, tmp_path / name, "--no-cache")
        assert (done.returncode, name in done.stderr, words in done.stderr, "Traceback" in done.stderr) == (2, True, True, False)
