"""Workers lose nothing but the task that ends them, keep its order, hold back what runs ahead, and leave no process behind."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import DomainError, UsageError
from kg.run import workers as module
from kg.run.limits import Limits
from kg.run.workers import Interrupted, Lost, Supervisor

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
LIMITS = Limits(timeout=1.0, memory=400_000_000)


def square(number: int) -> bytes:
    """Work, or come to grief."""
    if number == 5:
        ctypes.string_at(0)
    if number == 9:
        time.sleep(100)
    if number == 13:
        os._exit(7)
    return str(number * number).encode()


@pytest.mark.parametrize("count", [1, 2, 4])
def test_only_the_task_that_ends_its_worker_is_lost(count):
    with Supervisor(square, count, LIMITS) as supervisor:
        results = list(supervisor.results(range(300)))
    assert [number for number, _ in results] == list(range(300))
    lost = {number: result for number, result in results if isinstance(result, Lost)}
    assert {number: result.code for number, result in lost.items()} == {5: "crashed", 9: "timeout", 13: "crashed"}
    assert "SIGSEGV" in lost[5].what
    assert "1 s" in lost[9].what
    assert "exit status 7" in lost[13].what
    assert all(result == str(number * number).encode() for number, result in results if number not in lost)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not keep the limit of memory")
@pytest.mark.parametrize("count", [1, 3])
def test_a_task_that_needs_too_much_memory_is_lost_alone(count):
    def hungry(number):
        return b"x" * (4_000_000_000 if number == 12 else 1)

    with Supervisor(hungry, count, LIMITS) as supervisor:
        results = dict(supervisor.results(range(40)))
    assert results.pop(12) == Lost("memory", "needs more than 400,000,000 bytes of memory")
    assert set(results.values()) == {b"x"}


def test_a_loop_that_never_lets_python_run_is_ended_too():
    def spin(number):
        if number == 1:
            sum(itertools.repeat(0))  # C code that never looks at signals
        return b"x"

    with Supervisor(spin, 2, Limits(timeout=0.5)) as supervisor:
        results = dict(supervisor.results(range(4)))
    assert results[1] == Lost("timeout", "took longer than 0.5 s")
    assert [results[number] for number in (0, 2, 3)] == [b"x"] * 3


def test_a_task_is_tried_twice_before_it_is_given_up(tmp_path):
    def crash_once(number):
        if number == 3 and not (tmp_path / "tried").exists():
            (tmp_path / "tried").touch()
            os.kill(os.getpid(), signal.SIGKILL)  # as the system does when memory is short
        return b"x"

    with Supervisor(crash_once, 2, LIMITS) as supervisor:
        assert all(result == b"x" for _, result in supervisor.results(range(10)))
    assert (tmp_path / "tried").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_large_tasks_and_results_do_not_block_each_other(count):
    with Supervisor(lambda value: value * 2, count, Limits(timeout=20)) as supervisor:
        results = list(supervisor.results(bytes([number]) * 1_000_000 for number in range(20)))
    assert [result for _, result in results] == [bytes([number]) * 2_000_000 for number in range(20)]


def test_what_runs_ahead_is_held_back(monkeypatch):
    monkeypatch.setattr(module, "_WINDOW", 10)
    taken = []

    def tasks():
        for number in range(200):
            taken.append(number)
            yield number

    def slow_first(number):
        time.sleep(0.4 if number == 0 else 0)
        return b"x" * 100

    with Supervisor(slow_first, 2, LIMITS) as supervisor:
        results = supervisor.results(tasks())
        assert next(results)[0] == 0
        assert len(taken) < 30
        assert len(list(results)) == 199


def test_results_that_wait_are_held_back_by_their_bytes(monkeypatch):
    monkeypatch.setattr(module, "_WINDOW_BYTES", 1_000)
    taken = []

    def slow_first(number):
        time.sleep(0.3 if number == 0 else 0)
        return b"x" * 500

    with Supervisor(slow_first, 2, LIMITS) as supervisor:
        results = supervisor.results(taken.append(number) or number for number in range(50))
        next(results)
        assert len(taken) < 12
        assert len(list(results)) == 49


def test_a_fault_of_the_domain_ends_the_job():
    def refuse(number):
        where = "a.tsv:3"
        raise DomainError(where, "has no name", "write one")

    with Supervisor(refuse, 2, LIMITS) as supervisor, pytest.raises(DomainError, match=r"a\.tsv:3: has no name — write one"):
        list(supervisor.results(range(3)))


def test_workers_that_cannot_start_are_an_error(monkeypatch):
    monkeypatch.setattr(module, "bind_worker", lambda *_: os._exit(9))
    with Supervisor(square, 2, LIMITS) as supervisor, pytest.raises(UsageError, match="exit status 9"):
        list(supervisor.results(range(3)))


def test_leaving_early_leaves_no_process():
    with Supervisor(square, 3, LIMITS) as supervisor:
        next(supervisor.results(range(100)))
        pids = [worker.pid for worker in supervisor._workers]
        assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_first_interrupt_finishes_what_is_in_hand():
    seen = []

    def slow(number):
        time.sleep(0.05)
        return b"x"

    before = signal.getsignal(signal.SIGINT)
    with Supervisor(slow, 2, LIMITS) as supervisor, pytest.raises(Interrupted):  # noqa: PT012 - the loop is what is interrupted
        for number, result in supervisor.results(range(1_000)):
            seen.append(number)
            assert result == b"x"
            if number == 3:
                os.kill(os.getpid(), signal.SIGINT)
    assert 4 < len(seen) < 20
    assert seen == sorted(seen)
    assert signal.getsignal(signal.SIGINT) is before


# As users see it.

#: Runs a build of many texts whose extraction takes a while, and prints when it is under way.
_SLOW = """
import importlib, sys, time
from pathlib import Path
extract = importlib.import_module("kg.extract")
real = extract.extract
def slow(document, domain):
    time.sleep(0.2)
    return real(document, domain)
extract.extract = slow
sys.argv = ["kg", "build", sys.argv[1], "-o", sys.argv[2], "--workers", "2", "--cache", sys.argv[3]]
from kg.cli import main
main()
"""


@pytest.fixture
def slow_build(tmp_path):
    """Start a build that takes some ten seconds, and wait until it is under way."""
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(120):
        (texts / f"{number:03}.txt").write_text(f"辽宁省人力资源和社会保障厅发放补贴{number}万元。\n", encoding="utf-8")
    started = []

    def start():
        command = [sys.executable, "-c", _SLOW, texts, tmp_path / "out", tmp_path / "cache"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        started.append(process)
        deadline = time.monotonic() + 60
        while len(children(process.pid)) < 2 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.6)
        assert process.poll() is None, process.stderr.read()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def children(pid: int) -> list[int]:
    """Return the processes whose parent is this one."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if int(line.split()[1]) == pid]


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has waited for does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def all_gone(pids: list[int], seconds: float) -> bool:
    """Wait until none of the processes is there."""
    deadline = time.monotonic() + seconds
    while any(lives(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_ctrl_c_ends_with_130_one_line_and_no_process(slow_build, tmp_path):
    process = slow_build()
    pids = children(process.pid)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1].startswith("interrupted; nothing was written, and the finished documents are kept")
    assert "Traceback" not in errors
    assert all_gone(pids, 2)
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_second_ctrl_c_ends_at_once(slow_build):
    process = slow_build()
    pids = children(process.pid)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode in {130, -signal.SIGINT}
    assert "Traceback" not in errors
    assert all_gone(pids, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an orphan ends with its document or its time")
def test_no_orphan_outlives_the_parents_kill(slow_build):
    process = slow_build()
    pids = children(process.pid)
    assert len(pids) == 2
    process.kill()
    assert all_gone(pids, 2)


def test_workers_without_parent_end_when_their_pipe_closes(monkeypatch):
    """What holds where the kernel does not tell: a worker that waits for a task sees the pipe close."""
    code = (
        "import sys, time\n"
        "from kg.run import limits, workers\n"
        "limits.ctypes.CDLL = None\n"
        "sys.platform = 'other'\n"
        "with workers.Supervisor(lambda n: b'x', 2, limits.Limits()) as s:\n"
        "    for n, r in s.results(range(5)):\n"
        "        pass\n"
        "    print(*[w.pid for w in s._workers], flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        pids = [int(word) for word in process.stdout.readline().split()]
        assert pids
        assert all(lives(pid) for pid in pids)
        process.kill()
        assert all_gone(pids, 2)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_builds_are_equal_for_any_workers_order_and_hash_seed(run_kg, tmp_path, seeds):
    texts = sorted(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)[:3]
    made = []
    for number, (workers, paths) in enumerate([(0, texts), (1, texts), (3, texts[::-1])]):
        output = tmp_path / f"{number}.jsonl"
        done = run_kg("extract", *paths, "-o", output, "-q", "--workers", workers, "--no-cache", PYTHONHASHSEED=str(number))
        assert done.returncode == 0, done.stderr
        made.append(Path(output).read_bytes())
    assert made[0].count(b"\n") == len(texts)
    assert made == [made[0]] * 3
