"""Be one worker: open a snapshot for reading, confine the process, answer jobs until the parent is gone.

Started by ``kg.serve.pool`` as ``python -m kg.serve.worker DESCRIPTOR``, the number of its end of a socket.
"""

from __future__ import annotations

import os
import socket
import sys
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg.errors import KgError
from kg.serve import frames
from kg.serve.answers import Body, Reader, answer_graph, answer_query
from kg.serve.confine import limit_memory, limit_time, refuse_calls, refuse_descriptors
from kg.serve.limits import Limits, Refusal
from kg.serve.nodes import answer_node, answer_terms
from kg.serve.service import answer_graphs, answer_service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What a job may be.
JOBS: dict[str, Callable[[Reader, Mapping[str, Any]], Body]] = {
    "query": answer_query,
    "graph": answer_graph,
    "graphs": answer_graphs,
    "node": answer_node,
    "service": answer_service,
    "terms": answer_terms,
}


def serve(sock: socket.socket) -> None:
    """Answer the jobs that come over a socket until it is closed."""
    buffer = frames.Buffer()
    reader: Reader | None = None
    for frame in frames.receive(sock, buffer):
        if frame.kind == frames.SETUP:
            reader = _open(frame.values())
            frames.send(sock, frames.READY, b"")
        elif reader is not None:
            limit_time(reader.limits.deadline)
            _answer(sock, reader, frame.values())


def _open(setup: Mapping[str, Any]) -> Reader:
    from pyoxigraph import Store

    limits = Limits(**setup["limits"])
    reader = Reader(Store.read_only(setup["store"]), setup["prefixes"], limits)
    if not refuse_calls():
        import_module("rdflib.plugins.sparql.parser")  # the second opinion on syntax errors, which could not be loaded later
        refuse_descriptors()
    limit_memory(limits.memory)
    return reader


def _answer(sock: socket.socket, reader: Reader, job: Mapping[str, Any]) -> None:
    """Run one job and send its answer, or why there is none."""
    body, end = Body(b""), {}
    try:
        body = JOBS[job["job"]](reader, job)
        end = {"status": HTTPStatus.OK.value, "headers": dict(body.headers)}
    except Refusal as refusal:
        end = {"status": refusal.status.value, "headers": refusal.headers, "message": _line(refusal.what, refusal.hint)}
    except (KgError, OSError, ValueError, RuntimeError) as error:
        end = {"status": HTTPStatus.INTERNAL_SERVER_ERROR.value, "headers": {}, "message": f"the answer cannot be made ({error})"}
    frames.send_body(sock, body.data)
    frames.send_values(sock, frames.END, end)


def _line(what: str, hint: str) -> str:
    return what + (f" — {hint}" if hint else "")


def main() -> None:
    """Take the descriptor from the command line and serve; an allocation that fails ends the process, as in the engine."""
    try:
        with socket.socket(fileno=int(sys.argv[1])) as sock:
            serve(sock)
    except MemoryError:
        os.abort()
    except OSError:  # the parent is gone
        sys.exit(1)


if __name__ == "__main__":
    main()
