"""Carry jobs to a worker and answers back over a stream socket: one letter, a length, the bytes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

#: What a worker must know before it starts, a job, and what a worker says: ready, a piece of the answer, its end.
SETUP, JOB, READY, PIECE, END = b"S", b"J", b"R", b"P", b"E"

_HEAD = struct.Struct(">cI")
_PIECE = 1 << 16


class Frame(NamedTuple):
    """Hold one frame."""

    kind: bytes
    data: bytes

    def values(self) -> dict[str, Any]:
        """Return the JSON object of a frame that holds one."""
        found: dict[str, Any] = json.loads(self.data)
        return found


class Buffer:
    """Put frames together from the bytes that a socket gives."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Add bytes and yield the frames that are whole now."""
        self._bytes += data
        while len(self._bytes) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._bytes)
            end = _HEAD.size + length
            if len(self._bytes) < end:
                return
            frame = Frame(kind, bytes(self._bytes[_HEAD.size : end]))
            del self._bytes[:end]
            yield frame


def send(sock: socket.socket, kind: bytes, data: bytes) -> None:
    """Send one frame."""
    sock.sendall(_HEAD.pack(kind, len(data)) + data)


def send_values(sock: socket.socket, kind: bytes, values: dict[str, Any]) -> None:
    """Send one frame that holds a JSON object."""
    send(sock, kind, json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def send_body(sock: socket.socket, body: bytes) -> None:
    """Send an answer's bytes in pieces."""
    view = memoryview(body)
    for start in range(0, len(view), _PIECE):
        send(sock, PIECE, bytes(view[start : start + _PIECE]))


def receive(sock: socket.socket, buffer: Buffer) -> Iterator[Frame]:
    """Yield the frames of a socket until the other end closes it."""
    while data := sock.recv(_PIECE):
        yield from buffer.feed(data)
