"""A build that was killed goes on where it was and gives the same bytes; one change redoes what it touches, never less; damage is no error."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from kg.domain import load_domain
from kg.run import Effort, Options, build_folder, extract_records
from kg.run import cache as module
from kg.run.cache import Cache, default_folder, packed, shape_of

if TYPE_CHECKING:
    from pathlib import Path

extract_module = importlib.import_module("kg.extract")
real_extract = extract_module.extract
WORKERS = 2 if hasattr(os, "fork") else 0


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"辽宁省人力资源和社会保障厅发放求职补贴{number}万元。\n", encoding="utf-8")
    (folder / "same.txt").write_bytes((folder / "07.txt").read_bytes())
    (folder / "empty.txt").write_bytes(b"")
    return folder


@pytest.fixture(autouse=True)
def _few_formats(monkeypatch):
    """Leave out the formats that are slow to make; what they hold comes from the same graph."""
    monkeypatch.setattr(importlib.import_module("kg.export"), "BUILD_FORMATS", ("turtle", "nquads", "csv"))


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Note each text that is really extracted, from whatever process."""
    path = tmp_path / "log"
    path.touch()

    def noted(document, domain):
        record = real_extract(document, domain)
        with path.open("a", encoding="utf-8") as file:
            file.write(document.source + "\n")
        return record

    monkeypatch.setattr(extract_module, "extract", noted)
    return path


def options(tmp_path, **others):
    return Options(effort=Effort(workers=WORKERS, cache=tmp_path / "cache"), **others)


def done(log):
    """Return what was extracted since the last call."""
    lines = log.read_text(encoding="utf-8").split()
    log.write_text("", encoding="utf-8")
    return sorted(lines)


def as_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_second_build_extracts_nothing_and_gives_the_same(texts, tmp_path, log):
    build_folder([texts], tmp_path / "one", options(tmp_path))
    assert len(done(log)) == 41
    build_folder([texts], tmp_path / "two", options(tmp_path))
    assert done(log) == []
    build_folder([texts], tmp_path / "bare", Options())
    assert as_bytes(tmp_path / "one") == as_bytes(tmp_path / "two") == as_bytes(tmp_path / "bare")


def test_one_changed_text_redoes_one(texts, tmp_path, log):
    extract_records([texts], options(tmp_path))
    done(log)
    (texts / "03.txt").write_text("大连市财政局发放补贴3万元。\n", encoding="utf-8")
    os.utime(texts / "04.txt", (1, 1))  # its time is not its content
    kept = extract_records([texts], options(tmp_path))
    assert done(log) == ["texts/03.txt"]
    assert kept.records == extract_records([texts], Options()).records


def test_what_is_stated_about_a_text_is_part_of_it(texts, tmp_path, log):
    extract_records([texts], options(tmp_path))
    done(log)
    (texts / "metadata.tsv").write_text("path\tdate\n05.txt\t2024-05-01\n", encoding="utf-8")
    kept = extract_records([texts], options(tmp_path))
    assert done(log) == ["texts/05.txt"]
    assert next(one for one in kept.records if one["doc"]["source"] == "texts/05.txt")["doc"]["date"] == "2024-05-01"


def test_a_changed_lexicon_domain_or_version_redoes_all(texts, tmp_path, log, monkeypatch):
    domain = tmp_path / "field"
    shutil.copytree(load_domain().field, domain)
    table = tmp_path / "own.tsv"
    table.write_text("type\tname\nMeasure\t求职补贴甲\n", encoding="utf-8")
    shapes = {shape_of(load_domain()), shape_of(load_domain(lexicons=(table,)))}
    table.write_text("type\tname\nMeasure\t求职补贴乙\n", encoding="utf-8")
    shapes.add(shape_of(load_domain(lexicons=(table,))))
    (domain / "patterns" / "further.toml").write_text("", encoding="utf-8")
    shapes.add(shape_of(load_domain(domain)))
    monkeypatch.setattr(module, "_code", lambda: "another version")
    shapes.add(shape_of(load_domain()))
    assert len(shapes) == 5
    monkeypatch.undo()
    monkeypatch.setattr(extract_module, "extract", lambda document, domain: _noted(log, document, domain))
    extract_records([texts], options(tmp_path))
    done(log)
    extract_records([texts], options(tmp_path, lexicons=(table,)))
    assert len(done(log)) == 41
    extract_records([texts], options(tmp_path))  # and the first ones are still there
    assert done(log) == []


def _noted(log, document, domain):
    with log.open("a", encoding="utf-8") as file:
        file.write(document.source + "\n")
    return real_extract(document, domain)


#: Reads and extracts a text, then prints each module of kg that it took.
_USED = """
import sys
from pathlib import Path
from kg.domain import load_domain
from kg.domain.encodings import load_common_characters
from kg.extract import extract
from kg.extract.view import make_document
from kg.read import READERS, discover, read_input
domain = load_domain()
(one,) = discover([Path(sys.argv[1])], READERS).inputs
extract(make_document(read_input(one, load_common_characters(domain.base)), domain), domain)
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "kg"))
"""


def test_every_module_that_reads_and_extracts_is_part_of_the_shape(seeds):
    """Otherwise a changed one would leave old records in use."""
    text = min(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)
    made = subprocess.run([sys.executable, "-c", _USED, text], capture_output=True, text=True, check=True).stdout.split()
    covered = {name.removesuffix(".py") for name in module._CODE}
    assert len(made) > 30
    assert {name.split(".")[1] for name in made if "." in name} <= covered


def test_killed_at_twenty_moments_it_goes_on_and_ends_equal(texts, tmp_path, log):
    """Kill the whole build with SIGKILL, twenty times at random moments of its course, and start it again each time."""
    started = time.monotonic()
    build_folder([texts], tmp_path / "undisturbed", options(tmp_path))
    course = time.monotonic() - started
    shutil.rmtree(tmp_path / "cache")
    expected = as_bytes(tmp_path / "undisturbed")
    moments = random.Random(5)  # noqa: S311 - chance that can be repeated
    cut = 0
    for turn in range(20):
        out, cache = tmp_path / f"out{turn}", tmp_path / f"cache{turn}"
        effort = Options(effort=Effort(workers=WORKERS, cache=cache))
        done(log)
        pid = os.fork()
        if pid == 0:
            try:
                build_folder([texts], out, effort)
            finally:
                os._exit(0)
        time.sleep(moments.uniform(0, course))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        time.sleep(0.02)  # the workers hear of it
        with Cache(cache, "", write=False) as held:
            kept = held.usage().records
        cut += 0 < kept < 41
        done(log)
        build_folder([texts], out, effort)
        again = done(log)
        assert len(again) == 41 - kept, f"turn {turn}: {kept} were kept"
        assert as_bytes(out) == expected
        assert not [path.name for path in out.iterdir() if path.name.startswith(".")]
    assert cut >= 3, "the moments were badly chosen"


# The file.


def fill(folder: Path, count: int = 50) -> None:
    with Cache(folder, "shape", write=True) as cache:
        for number in range(count):
            key = number.to_bytes(32, "big")
            cache.put(key, packed(key, b'{"number": %d}' % number))


def read_all(folder: Path, count: int = 50) -> list[bytes | None]:
    with Cache(folder, "shape", write=False) as cache:
        return [cache.get(number.to_bytes(32, "big")) for number in range(count)]


def test_damage_gives_nothing_or_the_truth(tmp_path):
    """Flip or cut the file at many places: a record comes back as it was, or not at all, and a build with it never fails."""
    fill(tmp_path / "good")
    whole = (tmp_path / "good" / "records.sqlite").read_bytes()
    truth = [b'{"number": %d}' % number for number in range(50)]
    assert read_all(tmp_path / "good") == truth
    places = random.Random(7)  # noqa: S311 - chance that can be repeated
    lost = 0
    for turn in range(60):
        folder = tmp_path / str(turn)
        folder.mkdir()
        data = bytearray(whole)
        if turn % 3:
            for _ in range(turn):
                data[places.randrange(len(data))] ^= 1 << places.randrange(8)
        else:
            del data[places.randrange(len(data)) :]
        (folder / "records.sqlite").write_bytes(data)
        found = read_all(folder)
        assert all(one in (None, right) for one, right in zip(found, truth, strict=True))
        lost += None in found
        fill(folder)
        assert read_all(folder)[0] in (None, truth[0])
    assert lost > 10


def test_a_damaged_file_is_set_aside_and_begun_anew(texts, tmp_path, log):
    extract_records([texts], options(tmp_path))
    file = tmp_path / "cache" / "records.sqlite"
    file.write_bytes(b"no database" * 1000)
    extract_records([texts], options(tmp_path))
    assert len(done(log)) == 82
    assert file.with_name("records.sqlite.damaged").read_bytes().startswith(b"no database")
    extract_records([texts], options(tmp_path))
    assert done(log) == []


def test_a_folder_that_cannot_be_used_costs_time_only(texts, tmp_path, log):
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert extract_records([texts], options(tmp_path)).counts["built"] == 40
    with Cache(tmp_path / "cache", "", write=True) as cache:
        assert "cannot be used" in cache.problem


def test_a_full_disk_ends_the_keeping_and_not_the_build(tmp_path, monkeypatch):
    with Cache(tmp_path, "shape", write=True) as cache:
        cache._base.execute("PRAGMA max_page_count = 20")
        for number in range(200):
            key = number.to_bytes(32, "big")
            cache.put(key, packed(key, os.urandom(4_000)))
        assert "cannot be used" in cache.problem
    kept = read_all(tmp_path, 200)
    assert any(kept)
    assert None in kept


def test_an_older_form_is_begun_anew(tmp_path):
    fill(tmp_path)
    base = sqlite3.connect(tmp_path / "records.sqlite")
    base.execute("PRAGMA user_version = 0")
    base.close()
    fill(tmp_path, 1)
    assert read_all(tmp_path)[:2] == [b'{"number": 0}', None]


def test_where_it_stands(monkeypatch, tmp_path):
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "own"))
    assert default_folder() == tmp_path / "own"
    monkeypatch.delenv("KG_CACHE")
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "policy-measure-kg"


def test_the_command_shows_and_clears(run_kg, texts, tmp_path):
    place = tmp_path / "cache"
    assert run_kg("extract", texts, "-o", tmp_path / "r.jsonl", "-q", KG_CACHE=str(place)).returncode == 0
    shown = run_kg("cache", KG_CACHE=str(place))
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"{place / 'records.sqlite'}: 41 records, 41 usable")
    with Cache(place, "older", write=True) as cache:
        cache.put(b"k" * 32, packed(b"k" * 32, b"{}"))
    assert "1 records removed" in run_kg("cache", "--stale", "--cache", place).stdout
    assert "41 records removed" in run_kg("cache", "--clear", "--cache", place).stdout
    assert "0 records" in run_kg("cache", "--cache", place).stdout
    assert not (tmp_path / "none").exists()
    assert run_kg("cache", "--cache", tmp_path / "none").returncode == 0
    assert not (tmp_path / "none").exists()


def test_the_command_clears_a_damaged_cache(run_kg, tmp_path):
    file = tmp_path / "records.sqlite"
    file.write_bytes(b"no database" * 1_000)
    shown = run_kg("cache", "--cache", tmp_path)
    assert (shown.returncode, "is damaged" in shown.stderr) == (0, True)
    done = run_kg("cache", "--clear", "--cache", tmp_path)
    assert (done.returncode, "is damaged" in done.stderr, "0 records removed" in done.stdout) == (0, True, True)
    assert not file.with_name("records.sqlite.damaged").exists()
    assert run_kg("cache", "--cache", tmp_path).stderr == ""


def test_the_command_says_what_keeps_it_from_clearing(run_kg, tmp_path):
    (tmp_path / "records.sqlite").mkdir()
    done = run_kg("cache", "--clear", "--cache", tmp_path)
    assert (done.returncode, "cannot be used" in done.stderr, "Traceback" in done.stderr) == (4, True, False)
    assert "remove the file" not in done.stderr
