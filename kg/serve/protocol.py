"""Read requests of the SPARQL 1.1 Protocol and of the Graph Store Protocol into jobs for a worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from kg.serve.limits import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Pairs = Sequence[tuple[str, str]]

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "this endpoint only reads"
_FIELDS = 1000
READ_METHODS = ("GET", "HEAD", "OPTIONS")
QUERY_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


@dataclass(frozen=True)
class Request:
    """Hold one request.

    Attributes:
        method: Such as ``GET``.
        path: Decoded, such as ``/id/agency/…``.
        query: What stands after the question mark, as sent.
        headers: By lower-case name.
        read: Reads the body.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[], bytes] = bytes


def parameters(request: Request) -> Pairs:
    """Return the pairs of the address.

    Raises:
        Refusal: They are no UTF-8, or too many.
    """
    return _pairs(request.query, "the address")


def _pairs(text: str, where: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{where} cannot be read ({error})", "percent-encode it as UTF-8") from error


def query_job(request: Request) -> dict[str, Any]:
    """Return the job of a query operation (SPARQL 1.1 Protocol, section 2.1).

    Raises:
        Refusal: The request is none, or an update.
    """
    pairs = [*parameters(request)]
    if request.method == "POST":
        pairs += _posted(request)
    if _all(pairs, "update") or _all(pairs, "using-graph-uri") or _all(pairs, "using-named-graph-uri"):
        status = HTTPStatus.FORBIDDEN if request.method == "POST" else HTTPStatus.BAD_REQUEST
        raise Refusal(status, f"{_READ_ONLY}: updates are refused", "load with kg load")
    queries = _all(pairs, "query")
    if len(queries) != 1:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{len(queries)} queries in one request", "send exactly one as query=…")
    return {
        "job": "query",
        "query": queries[0],
        "default": _all(pairs, "default-graph-uri"),
        "named": _all(pairs, "named-graph-uri"),
        **wanted(request, pairs),
    }


def _posted(request: Request) -> Pairs:
    """Return what a POST's body holds: the pairs of a form, or the query itself."""
    media, charset = _content_type(request.headers.get("content-type", ""))
    if media == _UPDATE:
        raise Refusal(HTTPStatus.FORBIDDEN, f"{_READ_ONLY}: updates are refused", "load with kg load")
    if media not in {_FORM, _QUERY}:
        what = f"a query cannot come as {media}" if media else "the request does not say what its body is"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, what, f"send it as {_QUERY} or {_FORM}", {"Accept-Post": f"{_QUERY}, {_FORM}"})
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a query cannot come in {charset}", "send it in UTF-8")
    try:
        text = request.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"the body is not UTF-8 (byte {error.start})", "send it in UTF-8") from error
    return _pairs(text, "the form") if media == _FORM else [("query", text)]


def _content_type(header: str) -> tuple[str, str]:
    """Return media type and charset in lower case, empty where there is none."""
    media, *parts = (part.strip() for part in header.split(";"))
    charset = next((part.partition("=")[2] for part in parts if part.lower().startswith("charset=")), "")
    return media.lower(), charset.strip('"').lower()


def graph_job(request: Request) -> dict[str, Any]:
    """Return the job of reading a graph (Graph Store Protocol, section 4.2); without parameters, that of the service description.

    Raises:
        Refusal: Both or neither of ``default`` and ``graph`` are given.
    """
    pairs = parameters(request)
    names, default = _all(pairs, "graph"), _all(pairs, "default")
    if len(names) + bool(default) != 1 or (names and not names[0]):
        raise Refusal(HTTPStatus.BAD_REQUEST, "names no graph, or more than one", "ask for ?default or ?graph=IRI")
    return {"job": "graph", "graph": names[0] if names else "", **wanted(request, pairs)}


def wanted(request: Request, pairs: Pairs) -> dict[str, str]:
    """Return what the client takes: its Accept header and ``format``."""
    return {"accept": request.headers.get("accept", ""), "format": (_all(pairs, "format") or [""])[-1]}


def allow(request: Request, methods: Sequence[str]) -> None:
    """Refuse a method that a path does not have.

    Raises:
        Refusal: It has not; ``Allow`` tells what it has.
    """
    if request.method not in methods:
        hint = f"use {', '.join(methods)}"
        raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, f"{_READ_ONLY}: {request.method} is refused", hint, {"Allow": ", ".join(methods)})


def _all(pairs: Pairs, name: str) -> list[str]:
    return [value for each, value in pairs if each == name]
