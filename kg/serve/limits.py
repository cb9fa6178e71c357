"""Say how much one request may cost, and how a request is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http import HTTPStatus


@dataclass(frozen=True)
class Limits:
    """Hold what a query may take.

    Attributes:
        deadline: Seconds until the worker that runs it is killed.
        memory: MB that a worker may allocate beyond what it holds when idle.
        rows: Rows, or triples of CONSTRUCT and DESCRIBE, that an answer may have; it is cut there and says so in a header.
        characters: Length of a query.
        workers: Queries that run at the same time.
        patience: Seconds that a request waits for a free worker.
    """

    deadline: float = 30.0
    memory: int = 1024
    rows: int = 100_000
    characters: int = 100_000
    workers: int = 2
    patience: float = 60.0


class Refusal(KgError):  # noqa: N818 - an answer like any other, not a failure of ours
    """Answer a request with an error.

    Args:
        status: The status code.
        what: What is wrong with the request, in one clause.
        hint: What the client can do about it.
        headers: Further headers of the answer.
    """

    def __init__(self, status: HTTPStatus, what: str, hint: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status.value} {status.phrase}", what, hint)
        self.status = status
        self.headers = dict(headers or {})
