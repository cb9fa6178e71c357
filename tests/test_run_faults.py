"""Whatever call dies or finds the disk full while outputs are written, no file is ever half written, and the old ones stay until all new ones are there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import OutputError
from kg.run import Effort, Options, build_folder, stream_folder

FAULTS = Path(__file__).with_name("faults")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs what only Linux has: a preloaded library, or a file system of one's own")
SENTENCE = "辽宁省人力资源和社会保障厅发放求职补贴{}万元，全省城镇新增就业26.8万人。\n"


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    """Compile the library that makes calls fail."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        message = "no C compiler: scripts/ci-deps.sh installs gcc"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    made = tmp_path_factory.mktemp("shim") / "faults.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", made, FAULTS / "faults.c", "-ldl"], check=True)
    return made


@LINUX
@pytest.mark.parametrize("way", ["build", "stream"])
def test_a_build_that_dies_or_finds_no_room_at_the_nth_write_fsync_or_rename(shim, tmp_path, way):
    """For every n, in the system's own calls: SIGKILL, or half a write and then ENOSPC. The next build clears what was left."""
    command = [sys.executable, FAULTS / "points.py", tmp_path, way]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LD_PRELOAD": str(shim)})
    assert done.returncode == 0, done.stderr
    points = [json.loads(line) for line in done.stdout.splitlines()]
    for kind in ("write", "fsync", "rename"):
        for kills in (1, 0):
            found = [one for one in points if (one["kind"], one["kills"]) == (kind, kills)]
            *faulty, last = found
            assert len(faulty) >= len(last["names"]), f"fewer {kind}s than files"
            assert (last["status"], set(last["states"].values()), last["loose"]) == (0, {"new"}, [])
            for one in faulty:
                name = f"{kind} {one['call']}, {'kill' if kills else 'full'}"
                is_last_sync = kind == "fsync" and one is faulty[-1]  # of the folder, which some systems refuse
                assert one["status"] == (-signal.SIGKILL if kills else 8 if is_last_sync else 4), name
                assert sorted(one["states"]) == one["names"], name
                assert "broken" not in one["states"].values(), name
                if kind != "rename" and not is_last_sync:
                    assert set(one["states"].values()) == {"old"}, name
                if not kills:
                    assert one["loose"] == [], name


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits a forked process")
@pytest.mark.parametrize("make", [build_folder, stream_folder])
def test_a_file_that_may_grow_no_further_leaves_the_old_build(tmp_path, make):
    """The kernel stops each write at a length (RLIMIT_FSIZE), from one byte to the whole file: a real error at a real place, on any Unix."""
    import resource

    text, out = tmp_path / "a.txt", tmp_path / "out"
    options = Options(effort=Effort(cache=tmp_path / "cache"))
    text.write_text(SENTENCE.format(1), encoding="utf-8")
    make([text], out, options)
    old = {path.name: path.read_bytes() for path in out.iterdir()}
    text.write_text(SENTENCE.format(2), encoding="utf-8")
    make([text], tmp_path / "new", options)
    largest = max(path.stat().st_size for path in (tmp_path / "new").iterdir())
    for length in (1, 100, 4_096, largest // 3, largest - 1):
        pid = os.fork()
        if not pid:
            status = 9
            try:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (length, resource.RLIM_INFINITY))
                make([text], out, Options())
                status = 0
            except OutputError:
                status = 4
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 4, length
        assert {path.name: path.read_bytes() for path in out.iterdir()} == old, length


#: Mounts a small file system, lays an older build there, and tries the new one while the file system grows.
_SMALL = """
mount -t tmpfs -o size=8k none "$1" || exit 77
mkdir "$1/out"; echo old > "$1/out/graph.nq"; echo old > "$1/out/records.jsonl"
for size in 16k 40k 100k 200k; do
  mount -o remount,size=$size "$1"
  "$2" -m kg build "$3" -o "$1/out" -q --cache "$4" $5; echo "status $?"
  cat "$1/out/graph.nq" "$1/out/records.jsonl"; ls -A "$1/out"
done
"""


@LINUX
@pytest.mark.parametrize("way", ["", "--stream"])
def test_a_full_disk_leaves_the_old_output(tmp_path, seeds, way):
    """On a file system of its own that is too small, by the command: exit 4, the old files, and nothing beside them."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed: it is in util-linux")
    disk = tmp_path / "disk"
    disk.mkdir()
    text = min(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)
    command = ["unshare", "-rm", "sh", "-c", _SMALL, "sh", disk, sys.executable, text, tmp_path / "cache", way]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if "status" not in done.stdout:
        pytest.skip(f"this system lets nobody mount: {done.stderr.strip()[:200]}")
    assert done.stdout.splitlines() == ["status 4", "old", "old", "graph.nq", "records.jsonl"] * 4, done.stderr
    assert done.stderr.count("No space left on device") == 4
    assert "free some space" in done.stderr
    assert "Traceback" not in done.stderr
