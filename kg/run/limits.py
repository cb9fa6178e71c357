"""Hold what a document may cost, and bind a worker process to it."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from kg.read import LARGEST

#: Linux: the signal that a process gets when its parent ends.
_PR_SET_PDEATHSIG = 1
#: Seconds that a document may run past its limit where nobody is left to end it.
_GRACE = 15.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what one document may cost; the defaults protect a laptop.

    Attributes:
        timeout: Seconds by the clock on the wall.
        memory: Bytes of address space beyond what a worker has when it starts.
        size: Bytes of the input.
    """

    timeout: float = 60.0
    memory: int = 1_500_000_000
    size: int = LARGEST


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Tell whether workers can be made here: Windows has none, there everything runs in the one process."""
    return hasattr(os, "fork") and sys.platform != "emscripten"


def bind_worker(parent: int, pipe: int, limits: Limits) -> None:
    """Make this process a worker: it dies with its parent, leaves Ctrl-C to it, and cannot eat the machine's memory.

    It holds no file of the parent's open: not the lock on the output folder, nor the other workers' pipes, which would not close otherwise.

    Args:
        parent: Process id of the parent; if that has ended in between, this process ends at once.
        pipe: The worker's own end of its pipe.
        limits: What a document may cost.
    """
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for end in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(end, signal.SIG_DFL)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, min(max(os.sysconf("SC_OPEN_MAX"), 1_024), 1_048_576))
    _bind_memory(limits.memory)


def arm(limits: Limits) -> None:
    """Have the kernel end this process some seconds after the document's time is over.

    The parent does so in time; this is for a parent that was killed, on systems that do not tell the worker. It needs no
    Python to run, which a regular expression may be keeping from running.
    """
    signal.setitimer(signal.ITIMER_REAL, limits.timeout * 1.5 + _GRACE)


def _bind_memory(extra: int) -> None:
    import resource

    with contextlib.suppress(OSError, ValueError):  # macOS knows the limit and does not keep it
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = _address_space() + extra
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    with contextlib.suppress(OSError, ValueError):  # a crash is expected here and there; no gigabytes of core files for it
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Return the bytes of address space that this process holds, 0 where that is not known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Effort:
    """Hold how a job is to be done; nothing of it changes what comes out.

    Attributes:
        workers: Processes that read and extract; 0 does all in this process, where only the limit of size holds.
        limits: What one document may cost.
        cache: Folder where finished records are kept; None for none.
    """

    workers: int = 0
    limits: Limits = Limits()
    cache: Path | None = None
