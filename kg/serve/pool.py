"""Keep worker processes, hand them jobs, kill them at the deadline, and put new ones in their place."""

from __future__ import annotations

import contextlib
import os
import queue
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg.serve import frames
from kg.serve.limits import Limits, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.serve.snapshots import Snapshot

_STARTUP = 60.0
#: Jobs after which a worker is replaced: its memory limit counts from its start, and heaps only grow.
_JOBS = 1000
#: An answer up to this size is kept in memory, a larger one in a file; past the second it is refused.
_IN_MEMORY, _LARGEST = 1 << 20, 1 << 30
_READ = 1 << 18


class Gone(Exception):  # noqa: N818 - no error: the client left, and nobody waits for the answer
    """Tell that the client closed the connection before its answer was there."""


@dataclass
class Answer:
    """Hold an answer.

    Attributes:
        status: The status code.
        headers: Its headers.
        body: Open for reading from its start; close it.
        size: Bytes in it.
    """

    status: int
    headers: Mapping[str, str]
    body: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    size: int = 0


class Worker:
    """Be the parent's end of one worker process.

    Args:
        snapshot: What it reads.
        limits: What its jobs may take.
    """

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        self.snapshot = snapshot
        self.jobs = 0
        self.limits = limits
        self._ready = False
        self._buffer = frames.Buffer()
        self._socket, other = socket.socketpair()
        command = [sys.executable, "-m", "kg.serve.worker", str(other.fileno())]
        snapshot.hold()
        with other:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                pass_fds=(other.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=child_environment(),
            )
        setup = {"store": str(snapshot.store), "prefixes": dict(snapshot.prefixes), "limits": asdict(limits)}
        self._socket.settimeout(_STARTUP)
        with contextlib.suppress(OSError):  # it died at once: the first job will tell
            frames.send_values(self._socket, frames.SETUP, setup)

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def run(self, job: Mapping[str, Any], client: socket.socket | None) -> Answer:
        """Run a job and return its answer.

        Args:
            job: See ``kg.serve.worker.JOBS``.
            client: Watched meanwhile: nobody works for a client that left.

        Raises:
            Refusal: The worker died or was over its deadline; it is of no more use.
            Gone: The client left; likewise.
        """
        self.jobs += 1
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            if client is not None:
                selector.register(client, selectors.EVENT_READ)
            if not self._ready:
                self._wait_ready(selector, client)
            try:
                frames.send_values(self._socket, frames.JOB, dict(job))
            except OSError as error:
                raise self._death() from error
            return self._collect(selector, client)

    def close(self) -> None:
        """End the process and give back what it held."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._socket.close()
        self.snapshot.release()

    def _wait_ready(self, selector: selectors.BaseSelector, client: socket.socket | None) -> None:
        until = time.monotonic() + _STARTUP
        while not self._ready:
            for frame in self._frames(selector, client, until):
                self._ready = frame.kind == frames.READY

    def _collect(self, selector: selectors.BaseSelector, client: socket.socket | None) -> Answer:
        until = time.monotonic() + self.limits.deadline
        body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(self.snapshot.spool))  # noqa: SIM115 - the answer's reader closes it
        size = 0
        try:
            while True:
                for frame in self._frames(selector, client, until):
                    if frame.kind == frames.END:
                        end = _checked(frame.values())
                        body.seek(0)
                        return Answer(end["status"], end["headers"], body, size)
                    size = _bounded(size + len(frame.data))
                    body.write(frame.data)
        except BaseException:
            body.close()
            raise

    def _frames(self, selector: selectors.BaseSelector, client: socket.socket | None, until: float) -> list[frames.Frame]:
        """Return the frames that came next, none if only the client stirred."""
        left = until - time.monotonic()
        if left <= 0:
            what = f"the query took longer than {self.limits.deadline:g} seconds"
            raise _Spent(HTTPStatus.SERVICE_UNAVAILABLE, what, "make it narrower, or add LIMIT")
        found: list[frames.Frame] = []
        for key, _ in selector.select(left):
            if key.fileobj is self._socket:
                data = self._receive()
                found += self._buffer.feed(data)
            elif client is not None and _left(client):
                raise Gone
            else:  # the client sends its next request already; it is there, so no need to look again
                selector.unregister(key.fileobj)
        return found

    def _receive(self) -> bytes:
        try:
            data = self._socket.recv(_READ)
        except OSError:
            data = b""
        if not data:
            raise self._death()
        return data

    def _death(self) -> Refusal:
        """Return what to tell of a worker that died under its job."""
        code = self._process.wait()
        if code in {-signal.SIGABRT, -signal.SIGKILL}:
            what = f"the query needed more than {self.limits.memory} MB of memory"
            return _Spent(HTTPStatus.SERVICE_UNAVAILABLE, what, "make it narrower, or sort and group less")
        if code in {-signal.SIGSEGV, -signal.SIGBUS}:
            return _Spent(HTTPStatus.SERVICE_UNAVAILABLE, "the query nests deeper than the engine can follow", "write it flatter")
        return _Spent(HTTPStatus.SERVICE_UNAVAILABLE, f"the worker ended (code {code})", "try again")


class _Spent(Refusal):
    """Refuse a request whose worker is lost."""


def _checked(end: dict[str, Any]) -> dict[str, Any]:
    """Return the end of an answer, unless it is a refusal."""
    if "message" in end:
        raise Refusal(HTTPStatus(end["status"]), end["message"], headers=end["headers"])
    return end


def _bounded(size: int) -> int:
    if size > _LARGEST:
        raise _Spent(HTTPStatus.SERVICE_UNAVAILABLE, "the answer is too large", "ask for less, or page it with LIMIT and OFFSET")
    return size


class Pool:
    """Hold the workers of a server.

    Args:
        snapshot: What they read at first.
        limits: How many, and what a job may take.
    """

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        self.limits = limits
        self._snapshot = snapshot
        self._lock = threading.Lock()
        self._closed = False
        self._idle: queue.Queue[Worker] = queue.Queue()
        self._all: set[Worker] = set()
        snapshot.hold()
        for _ in range(limits.workers):
            self._idle.put(self._start())

    def run(self, job: Mapping[str, Any], client: socket.socket | None = None) -> Answer:
        """Run a job on the next free worker.

        Raises:
            Refusal: No worker is free in time, or the job was refused or cost its worker.
            Gone: The client left.
        """
        try:
            worker = self._idle.get(timeout=self.limits.patience)
        except queue.Empty:
            busy = "all workers are busy"
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, busy, "try again later", {"Retry-After": f"{self.limits.deadline:.0f}"}) from None
        lost = True
        try:
            if client is not None and _left(client):
                lost = False
                raise Gone
            answer = worker.run(job, client)
        except Refusal as refusal:
            lost = isinstance(refusal, _Spent)
            raise
        else:
            lost = False
            return answer
        finally:
            self._give_back(worker, lost=lost)

    def replace(self, snapshot: Snapshot) -> None:
        """Let every job from now on read another snapshot; those that run end on theirs."""
        snapshot.hold()
        with self._lock:
            old, self._snapshot = self._snapshot, snapshot
        with contextlib.suppress(queue.Empty):
            for _ in range(self.limits.workers):
                self._give_back(self._idle.get_nowait(), lost=False)
        old.release()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            workers, self._all = self._all, set()
        for worker in workers:
            worker.close()
        self._snapshot.release()

    @property
    def pids(self) -> list[int]:
        """Return the process ids of the workers."""
        with self._lock:
            return sorted(worker.pid for worker in self._all)

    def _start(self) -> Worker:
        with self._lock:
            snapshot = self._snapshot
        worker = Worker(snapshot, self.limits)
        with self._lock:
            self._all.add(worker)
        return worker

    def _give_back(self, worker: Worker, *, lost: bool) -> None:
        with self._lock:
            if self._closed:
                return
            keep = not lost and worker.snapshot is self._snapshot and worker.jobs < _JOBS
            if not keep:
                self._all.discard(worker)
        if not keep:
            worker.close()
            worker = self._start()
        self._idle.put(worker)


def _left(client: socket.socket) -> bool:
    """Tell whether the other end has closed the connection."""
    try:
        with selectors.DefaultSelector() as selector:  # a socket with a timeout would wait for it in recv, whatever its flags
            selector.register(client, selectors.EVENT_READ)
            return bool(selector.select(0)) and client.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def child_environment() -> dict[str, str]:
    """Return the environment of our child processes: they find this very package, and print no stack of the engine's."""
    package = str(Path(__file__).resolve().parent.parent.parent)
    path = os.pathsep.join(part for part in (package, os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0"}
