"""Take from a worker process what a query has no business with: other addresses, other programs, memory without end.

The look at the query's text before it runs (``kg.store.sparql``) refuses SERVICE with a clear message, but no look at text is
a wall. The walls are the kernel's: on Linux a seccomp filter that refuses sockets and new programs; where that is missing, a limit of open
files that leaves no room for a socket. Memory is limited by address space, time by the parent's deadline and, should the parent
be gone, by CPU time.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
import sys
from pathlib import Path

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER_MODE = 22, 38, 2
#: Numbers that the kernel calls the machine, and its socket, connect, execve and execveat. Source: linux/audit.h, asm/unistd.h.
_CALLS = {"x86_64": (0xC000003E, (41, 42, 59, 322)), "aarch64": (0xC00000B7, (198, 203, 221, 281))}
_X32_BIT = 0x40000000
#: Instructions of the packet filter machine (linux/bpf_common.h) and what the filter may return (linux/seccomp.h).
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
_MB = 1 << 20
#: CPU-seconds beyond the deadline: the parent's clock comes first, this one only when there is no parent any more.
_GRACE = 10


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def limit_memory(megabytes: int) -> None:
    """Let this process allocate so much beyond what it has now; an allocation that fails ends it."""
    with contextlib.suppress(OSError, ValueError):  # macOS takes no such limit; there the deadline alone protects
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + megabytes * _MB,) * 2)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_time(deadline: float) -> None:
    """Let the kernel end this process when the next job takes far more CPU time than its deadline, even without a parent."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + 2 * deadline) + _GRACE
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Return the bytes of address space in use.

    Raises:
        OSError: The system does not tell; it has no limit for it either.
    """
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def refuse_calls() -> bool:
    """Refuse this process new sockets, connections and programs for good; return False where the system cannot."""
    known = _CALLS.get(os.uname().machine) if sys.platform == "linux" else None
    if known is None:
        return False
    code = filter_code(*known)
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(code) // 8, code)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


def filter_code(machine: int, calls: tuple[int, ...]) -> bytes:
    """Return the filter: refuse these calls and every call of another machine's table, allow the rest."""
    refusal = len(calls) + 5  # its index; a jump counts from the instruction after its own
    steps = [(_LOAD, 0, 0, 4), (_JUMP_EQUAL, 0, refusal - 2, machine), (_LOAD, 0, 0, 0), (_JUMP_AT_LEAST, refusal - 4, 0, _X32_BIT)]
    steps += [(_JUMP_EQUAL, refusal - index - 1, 0, call) for index, call in enumerate(calls, 4)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def refuse_descriptors() -> None:
    """Leave no number for another file or socket; what is needed must be open and imported."""
    with contextlib.suppress(OSError, ValueError):
        descriptor = os.dup(0)
        while descriptor < _highest():
            descriptor = os.dup(0)
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptor, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def _highest() -> int:
    """Return the highest descriptor that is open."""
    ceiling = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 4096)
    for number in range(ceiling - 1, -1, -1):
        with contextlib.suppress(OSError):
            os.fstat(number)
            return number
    return 0
