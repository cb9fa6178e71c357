"""Answer requests: which path leads where."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from kg.rdf.namespaces import EPM, ROOT
from kg.serve import pages
from kg.serve.answers import ROW_LIMIT, TRUNCATED
from kg.serve.limits import Refusal
from kg.serve.protocol import QUERY_METHODS, READ_METHODS, Request, allow, graph_job, parameters, query_job, wanted

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from kg.domain.messages import Messages
    from kg.serve.pool import Answer, Pool
    from kg.store.questions import Question

_WEB = Path(__file__).resolve().parent / "web"
_STATIC = {"yasgui.min.js": "text/javascript", "yasgui.min.css": "text/css", "page.js": "text/javascript", "page.css": "text/css"}
_PAGE = "text/html; charset=utf-8"
#: A page asks nobody but this server, and runs nothing that did not come from it as a file. YASGUI sets styles of its own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class Response:
    """Hold one response.

    Attributes:
        status: The status code.
        headers: Its headers, but for length and date.
        body: Open for reading from its start.
        size: Bytes in it.
    """

    status: int
    headers: dict[str, str]
    body: IO[bytes] = field(default_factory=BytesIO)
    size: int = 0


@dataclass(frozen=True)
class Settings:
    """Hold what a server is told.

    Attributes:
        questions: The named questions, which the query page offers.
        prefixes: Namespace by prefix, which it declares.
        messages: Words of the pages.
        source: What is served, by name.
        origins: Origins whose pages may read answers; ``*`` for all.
        hosts: Names under which the server may be asked, in lower case; none for all.
    """

    questions: tuple[Question, ...]
    prefixes: Mapping[str, str]
    messages: Messages
    source: str
    origins: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


class Site:
    """Answer requests.

    Args:
        pool: Runs the jobs.
        settings: What the server was told.
    """

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool = pool
        self.settings = settings

    def respond(self, request: Request, client: socket.socket | None = None) -> Response:
        """Return the response; refusals become responses too.

        Raises:
            Gone: The client left while a worker was at it.
        """
        try:
            self._check_host(request)
            response = self._route(request)(self, request, client)
        except Refusal as refusal:
            response = _text(f"{refusal.args[0]}\n", "text/plain; charset=utf-8")
            response.status = refusal.status.value
            response.headers.update(refusal.headers)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        self._share(request, response)
        return response

    def _check_host(self, request: Request) -> None:
        """Refuse a name that is not ours: a page elsewhere could have had it point here, and read the answers as its own."""
        host = request.headers.get("host", "").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self.settings.hosts and name.strip("[]") not in self.settings.hosts:
            raise Refusal(
                HTTPStatus.MISDIRECTED_REQUEST, f"this server is not called {name or 'nothing'}", "kg serve --trust-host lets it be"
            )

    def _share(self, request: Request, response: Response) -> None:
        """Let pages of the allowed origins read the response; never with their users' credentials."""
        if not self.settings.origins:
            return
        origin = request.headers.get("origin", "")
        response.headers["Vary"] = ", ".join(part for part in (response.headers.get("Vary", ""), "Origin") if part)
        if "*" in self.settings.origins or origin in self.settings.origins:
            response.headers["Access-Control-Allow-Origin"] = "*" if "*" in self.settings.origins else origin
            response.headers["Access-Control-Expose-Headers"] = f"{ROW_LIMIT}, {TRUNCATED}"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = ", ".join(QUERY_METHODS)
                response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"

    def _route(self, request: Request) -> Callable[[Site, Request, socket.socket | None], Response]:
        path = request.path.rstrip("/") or "/"
        found = self._ROUTES.get("/web" if path.startswith("/web/") else path, Site._node)
        allow(request, QUERY_METHODS if path == "/sparql" else READ_METHODS)
        return Site._options if request.method == "OPTIONS" else found

    def _options(self, request: Request, client: socket.socket | None) -> Response:
        del client
        methods = QUERY_METHODS if request.path.rstrip("/") == "/sparql" else READ_METHODS
        return Response(HTTPStatus.NO_CONTENT, {"Allow": ", ".join(methods)})

    def _home(self, request: Request, client: socket.socket | None) -> Response:
        del request, client
        return _html(pages.query_page(self.settings.messages, self.settings.source))

    def _setup(self, request: Request, client: socket.socket | None) -> Response:
        """Give the query page's script what it offers."""
        del request, client
        return _text(self._offered, "application/json")

    @cached_property
    def _offered(self) -> str:
        words = self.settings.messages
        return json.dumps(
            {
                "questions": [{"name": one.name, "zh": one.zh, "en": one.en, "query": one.text} for one in self.settings.questions],
                "prefixes": dict(self.settings.prefixes),
                "root": ROOT,
                "words": {key: words.both(f"serve.{key}") for key in ("choose", "truncated")},
            },
            ensure_ascii=False,
        )

    def _static(self, request: Request, client: socket.socket | None) -> Response:
        del client
        name = request.path.removeprefix("/web/")
        if name not in _STATIC:
            raise Refusal(HTTPStatus.NOT_FOUND, f"there is no {request.path}")
        data = (_WEB / name).read_bytes()
        headers = {"Content-Type": f"{_STATIC[name]}; charset=utf-8", "Cache-Control": "max-age=3600"}
        return Response(HTTPStatus.OK, headers, BytesIO(data), len(data))

    def _sparql(self, request: Request, client: socket.socket | None) -> Response:
        if request.method != "POST" and not request.query:
            pairs = parameters(request)
            if "text/html" in request.headers.get("accept", ""):
                return self._home(request, client)
            return self._run({"job": "service", "endpoint": self._address(request, "/sparql"), **wanted(request, pairs)}, client)
        return self._run(query_job(request), client)

    def _graphs(self, request: Request, client: socket.socket | None) -> Response:
        if request.query:
            return self._run(graph_job(request), client)
        if "text/html" in request.headers.get("accept", ""):
            graphs = self._values({"job": "graphs"}, client)
            return _html(pages.graphs_page(graphs, self.settings.messages))
        return self._run({"job": "service", "endpoint": self._address(request, "/sparql"), **wanted(request, ())}, client)

    def _node(self, request: Request, client: socket.socket | None) -> Response:
        job = {"job": "node", "iri": ROOT + request.path.removeprefix("/"), **wanted(request, parameters(request))}
        return self._page(job, client, lambda values: pages.node_page(values, self.settings.messages))

    def _terms(self, request: Request, client: socket.socket | None) -> Response:
        job = {"job": "terms", **wanted(request, parameters(request))}
        return self._page(job, client, lambda values: pages.terms_page(values, self.settings.messages))

    def _page(self, job: Mapping[str, Any], client: socket.socket | None, write: Callable[[Any], str]) -> Response:
        """Return RDF as the worker wrote it, or the page made of its values."""
        response = self._run(job, client)
        if response.headers.get("Content-Type") != _PAGE:
            return response
        with response.body as body:
            page = _html(write(json.load(body)))
        page.headers["Vary"] = "Accept"
        return page

    def _values(self, job: Mapping[str, Any], client: socket.socket | None) -> Any:
        with self._run(job, client).body as body:
            return json.load(body)

    def _run(self, job: Mapping[str, Any], client: socket.socket | None) -> Response:
        answer: Answer = self.pool.run(job, client)
        return Response(answer.status, dict(answer.headers), answer.body, answer.size)

    def _address(self, request: Request, path: str) -> str:
        """Return the address of a path as the client sees it."""
        host = quote(request.headers.get("host", "localhost"), safe=":[].-")
        return f"http://{host}{path}"

    _ROUTES: ClassVar[dict[str, Callable[[Site, Request, socket.socket | None], Response]]] = {
        "/": _home,
        "/sparql": _sparql,
        "/graphs": _graphs,
        "/setup.json": _setup,
        "/web": _static,
        "/" + EPM.removeprefix(ROOT).removesuffix("#"): _terms,
    }


def _text(text: str, kind: str) -> Response:
    data = text.encode("utf-8", "replace")
    return Response(HTTPStatus.OK, {"Content-Type": kind}, BytesIO(data), len(data))


def _html(page: str) -> Response:
    response = _text(page, _PAGE)
    response.headers["Content-Security-Policy"] = _POLICY
    return response
