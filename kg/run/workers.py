"""Run a function over many tasks in worker processes; a task that crashes, hangs or eats memory costs itself alone.

No pool of a library does that (``docs/scale.md`` has the figures), so this is a supervisor of our own on the standard library: one
pipe a worker, a deadline a task, the rest of a dead worker's tasks handed to the next one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import time
import warnings
from collections import deque
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, NoReturn, Self

from kg import errors
from kg.errors import KgError, UsageError
from kg.run.limits import arm, bind_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from types import FrameType

    from kg.run.limits import Limits

#: Tasks that a worker holds: one in hand, one waiting, so that it never waits for the parent.
_DEPTH = 2
#: Bytes of a task that certainly fit into a pipe nobody reads; a larger one is handed over only to a worker that is waiting for it.
_SMALL = 16_384
#: Results that wait for a slower one before them: their number, and bytes.
_WINDOW, _WINDOW_BYTES = 1_000, 128_000_000
#: A task that ends a worker is tried once more, alone in a new one: the fault may have been another's, or of the machine.
_ATTEMPTS = 2
#: Workers that may die one after the other without a task, before the machine is taken to be unable to run any.
_DEATHS = 5
#: Milliseconds that a worker whose pipe is closed has to end by itself, so that it can say how.
_PATIENCE = 500

#: Seconds that the parent waits at most before it looks again; the system knows no wait of a month.
_LONGEST_WAIT = 3_600.0

_READY, _DONE, _MEMORY, _FAULT = b"R", b"+", b"M", b"!"


class Interrupted(KeyboardInterrupt):
    """Tell that Ctrl-C came and what was in hand is finished."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Stand in for the result of a task that ended its worker: code as in the table of bad inputs, and words."""

    code: str
    what: str


@dataclass(slots=True)
class _Task:
    number: int
    payload: bytes
    attempts: int = 0


@dataclass(slots=True)
class _Worker:
    """Hold one process, its pipe, and the tasks it was given and has not answered, oldest first."""

    pid: int
    pipe: Connection
    tasks: deque[_Task] = field(default_factory=deque)
    since: float = 0.0
    is_ready: bool = False
    over_memory: bool = False


class Supervisor:
    """Run ``work`` in ``count`` forked processes; use it as a context manager, and :meth:`results` once.

    The workers have what the parent had in memory when they started. Leaving ends them all.

    Args:
        work: Module-level function or closure of a task; returns bytes. A :class:`~kg.errors.KgError` it raises ends everything.
        count: Number of processes.
        limits: What a task may cost.
        before_fork: Called before each new worker, to put down what must not be held twice.
    """

    def __init__(self, work: Callable[[Any], bytes], count: int, limits: Limits, before_fork: Callable[[], None] = lambda: None) -> None:
        self._work, self._count, self._limits, self._before_fork = work, max(1, count), limits, before_fork
        self._workers: list[_Worker] = []
        self._again: deque[_Task] = deque()
        self._done: dict[int, bytes | Lost] = {}
        self._held = self._next = self._deaths = 0
        self._stopping = False
        self._old_handler: Any = None

    def __enter__(self) -> Self:
        """Take Ctrl-C over, where this is the main thread."""
        with contextlib.suppress(ValueError):  # in another thread Ctrl-C is the main one's affair
            self._old_handler = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers and give Ctrl-C back."""
        try:
            for worker in list(self._workers):
                self._end(worker, patience=0)
        finally:
            gc.unfreeze()
            if self._old_handler is not None:
                signal.signal(signal.SIGINT, self._old_handler)

    def results(self, tasks: Iterable[Any]) -> Iterator[tuple[int, bytes | Lost]]:
        """Yield the number of each task, from 0, and its result, in the order of the tasks.

        Tasks are taken as they are needed: no more than some hundred results wait for a slower one before them.

        Raises:
            Interrupted: After Ctrl-C, when what was in hand has been yielded.
            KgError: As the work raised it.
        """
        numbered = enumerate(tasks)
        more = True
        while True:
            more = self._feed(numbered, more=more)
            yield from self._ordered()
            busy = [worker for worker in self._workers if worker.tasks]
            if not busy and not self._again and (not more or self._stopping):
                break
            if not busy:
                continue
            for ready in wait([worker.pipe for worker in busy], self._patience(busy)):
                self._receive(next(worker for worker in busy if worker.pipe is ready))
            self._expire()
            yield from self._ordered()
        if self._stopping:
            for number in sorted(self._done):  # finished behind a gap: not to be lost
                yield number, self._done.pop(number)
            raise Interrupted

    def _interrupt(self, signum: int, frame: FrameType | None) -> None:
        """Stop giving out tasks at the first Ctrl-C; end at once at the second."""
        del signum, frame
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True

    def _ordered(self) -> Iterator[tuple[int, bytes | Lost]]:
        while self._next in self._done:
            result = self._done.pop(self._next)
            self._held -= len(result) if isinstance(result, bytes) else 0
            self._next += 1
            yield self._next - 1, result

    def _feed(self, numbered: Iterator[tuple[int, Any]], *, more: bool) -> bool:
        """Give tasks to the workers that have room; return False when there are no more."""
        while not self._stopping:
            if not self._again and (not more or len(self._done) >= _WINDOW or self._held >= _WINDOW_BYTES):
                return more
            worker = self._free()
            if worker is None:
                return more
            if self._again:
                task = self._again.popleft()
            else:
                try:
                    number, value = next(numbered)
                except StopIteration:
                    return False
                task = _Task(number, pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
            self._give(worker, task)
        self._again.clear()
        return more

    def _free(self) -> _Worker | None:
        """Return the worker with the fewest tasks if it has room, a new one as long as there are too few."""
        least = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
        if least is not None and (not least.tasks or len(self._workers) >= self._count):
            return least if len(least.tasks) < _DEPTH else None
        return self._start()

    def _give(self, worker: _Worker, task: _Task) -> None:
        if worker.tasks and len(task.payload) > _SMALL:  # both could wait for the other to read
            idle = next((one for one in self._workers if not one.tasks), None)
            if idle is None:
                while worker.tasks and worker in self._workers:
                    wait([worker.pipe], self._patience([worker]))
                    self._take(worker)
                idle = worker if worker in self._workers else self._start()
            worker = idle
        if not worker.tasks:
            worker.since = time.monotonic()
        worker.tasks.append(task)
        try:
            worker.pipe.send_bytes(task.payload)
        except OSError:
            self._bury(worker)

    def _take(self, worker: _Worker) -> None:
        """Receive from one worker if it has something to say, or end it if its time is over."""
        if worker.pipe.poll(0):
            self._receive(worker)
        self._expire()

    def _start(self) -> _Worker:
        self._before_fork()
        ours, theirs = Pipe()
        gc.freeze()  # what is there now is shared with the worker as long as nobody touches it
        parent = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 and threads of numpy's, which a worker does not use
            pid = os.fork()
        if pid == 0:
            self._be_worker(theirs, parent)
        theirs.close()
        worker = _Worker(pid, ours)
        self._workers.append(worker)
        return worker

    def _be_worker(self, theirs: Connection, parent: int) -> NoReturn:
        """Live as a worker until the pipe closes; never return into the parent's code."""
        code = 1
        try:
            bind_worker(parent, theirs.fileno(), self._limits)
            _serve(theirs, self._work, self._limits)
            code = 0
        finally:
            os._exit(code)

    def _receive(self, worker: _Worker) -> None:
        try:
            answer = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._bury(worker)
            return
        kind, value = answer[:1], answer[1:]
        if kind == _READY:
            worker.is_ready = True
            return
        if kind == _FAULT:
            raise _revived(value)
        if kind == _MEMORY:
            worker.over_memory = True
            self._bury(worker)
            return
        self._finish(worker.tasks.popleft(), value)
        self._deaths = 0
        worker.since = time.monotonic()

    def _finish(self, task: _Task, result: bytes | Lost) -> None:
        self._held += len(result) if isinstance(result, bytes) else 0
        self._done[task.number] = result

    def _bury(self, worker: _Worker) -> None:
        """Name the task that ended a worker, or try it once more in a new one; hand its other tasks on."""
        status = self._end(worker, patience=0 if worker.over_memory else _PATIENCE)
        if not worker.is_ready or not worker.tasks:
            self._deaths += 1
            self._again.extendleft(reversed(worker.tasks))
            if self._deaths > _DEATHS:
                raise UsageError("workers", f"end before they do anything ({_words(status)})", "see whether memory is short")
            return
        culprit, *others = worker.tasks
        self._again.extendleft(reversed(others))
        culprit.attempts += 1
        if culprit.attempts < _ATTEMPTS and not self._stopping:
            self._give(self._start(), culprit)
        elif worker.over_memory:
            self._finish(culprit, Lost("memory", f"needs more than {self._limits.memory:,} bytes of memory"))
        else:
            self._finish(culprit, Lost("crashed", f"ended its worker ({_words(status)})"))

    def _expire(self) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            if worker.tasks and now - worker.since > self._limits.timeout and not worker.pipe.poll(0):
                self._end(worker, patience=0)
                culprit, *others = worker.tasks
                self._again.extendleft(reversed(others))
                self._finish(culprit, Lost("timeout", f"took longer than {self._limits.timeout:g} s"))

    def _end(self, worker: _Worker, *, patience: int) -> int:
        """Return how a worker ended; one that still lives after some milliseconds is killed."""
        if worker in self._workers:
            self._workers.remove(worker)
        worker.pipe.close()
        with contextlib.suppress(ChildProcessError):
            for _ in range(patience):
                pid, status = os.waitpid(worker.pid, os.WNOHANG)
                if pid:
                    return status
                time.sleep(0.001)
            os.kill(worker.pid, signal.SIGKILL)  # not yet waited for, so the number is still its own
            return os.waitpid(worker.pid, 0)[1]
        return 0

    def _patience(self, busy: list[_Worker]) -> float:
        now = time.monotonic()
        left = min(worker.since for worker in busy) + self._limits.timeout - now + 0.01
        return max(0.01, min(left, _LONGEST_WAIT))


def _serve(pipe: Connection, work: Callable[[Any], bytes], limits: Limits) -> None:
    """Answer tasks until the pipe closes; end after one that met the memory limit, for memory that it broke is not given back."""
    pipe.send_bytes(_READY)
    while True:
        try:
            payload = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        arm(limits)
        try:
            answer = _DONE + work(pickle.loads(payload))  # noqa: S301 - our own parent wrote it
        except MemoryError:
            answer = _MEMORY
        except KgError as error:
            fault = (type(error).__name__, error.where, error.what, error.hint)
            answer = _FAULT + pickle.dumps(fault)
        pipe.send_bytes(answer)
        if answer == _MEMORY:
            return


def _revived(value: bytes) -> KgError:
    name, where, what, hint = pickle.loads(value)  # noqa: S301 - our own worker wrote it
    kind = getattr(errors, name, KgError)
    error: KgError = kind(where, what, hint)
    return error


def _words(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(number).name}"
        return f"signal {number}"
    return f"exit status {os.waitstatus_to_exitcode(status)}"
