"""Whatever call dies while outputs are written, no file is ever half written, and before the first rename all are the old ones."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.run import Output

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
OLD = {name: name.encode() * 1_000 for name in ("graph.nq", "graph.ttl", "report.json")}
NEW = {name: content * 3 for name, content in OLD.items()}
READY = "records.jsonl"


def write_new(folder: Path) -> None:
    """Write as a streaming build does: one file in its place beforehand, the others from memory."""
    with Output(folder) as output:
        with output.place(READY).open("wb") as file:
            file.write(b"new")
            file.flush()
            os.fsync(file.fileno())
        output.write(NEW, (READY,))


def die_at(name: str, when: int, folder: Path) -> bool:
    """Write in a forked process that dies in its ``when``-th call of one kind; tell whether it did."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    try:
        place, attribute = {"open": (Path, "open"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[name]
        real = getattr(place, attribute)
        calls = itertools.count(1)

        def dying(*arguments, **options):
            if next(calls) == when:
                if name == "open":  # with half of it written
                    with real(*arguments, **options) as file:
                        file.write(b"half")
                os._exit(9)
            return real(*arguments, **options)

        setattr(place, attribute, dying)
        write_new(folder)
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.parametrize("name", ["open", "fsync", "replace"])
def test_every_kill_point_leaves_whole_files(tmp_path, name):
    for when in itertools.count(1):
        folder = tmp_path / str(when)
        folder.mkdir()
        for file, content in {**OLD, READY: b"old"}.items():
            (folder / file).write_bytes(content)
        died = die_at(name, when, folder)
        left = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
        assert set(left) == {*OLD, READY}
        for file, content in left.items():
            before, after = (b"old", b"new") if file == READY else (OLD[file], NEW[file])
            assert content in {before, after}, f"{file} is half written after {name} {when}"
            if name in {"open", "replace"} and when == 1 and died:
                assert content == before
        if not died:
            assert left == {**NEW, READY: b"new"}
            assert when > 3
            break
        write_new(folder)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {**NEW, READY: b"new"}


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system of its own")
@pytest.mark.parametrize("way", [[], ["--stream"]])
def test_a_disk_that_is_full_leaves_the_old_build(tmp_path, seeds, way):
    """Build on a file system that is too small, over an older build."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed: it is in util-linux")
    text = min(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)
    build = f"'{sys.executable}' -m kg build '{text}' -o '{disk}' -q --no-cache {' '.join(way)}"
    script = (
        f"mount -t tmpfs -o size=200k none '{disk}' || exit 77; echo old > '{disk}/graph.nq'; echo old > '{disk}/records.jsonl'; {build}; "
        f"echo status $?; cat '{disk}/graph.nq' '{disk}/records.jsonl'; ls -A '{disk}'"
    )
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=120)
    if done.returncode in {1, 77} and "status" not in done.stdout:
        pytest.skip(f"this system lets nobody mount: {done.stderr.strip()[:200]}")
    assert done.stdout.splitlines() == ["status 4", "old", "old", "graph.nq", "records.jsonl"], done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
