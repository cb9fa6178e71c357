"""Speak HTTP: one thread a connection, bounded in number, in time and in what is read."""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import socket
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from kg.errors import UsageError
from kg.serve.limits import Refusal
from kg.serve.pool import Gone
from kg.serve.protocol import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.serve.site import Response, Site

_log = logging.getLogger(__name__)

#: Seconds that a connection may stand idle, or take between two pieces of a request or an answer.
_IDLE = 30.0
_CONNECTIONS = 512
#: A character takes at most nine bytes in a percent-encoded form, and there is more in a form than the query.
_BYTES_A_CHARACTER, _MORE = 9, 1 << 16
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Server(ThreadingHTTPServer):
    """Listen, and hand requests to a site.

    Args:
        address: Host and port; port 0 takes any free one.
        site: Answers the requests.
        log: Called with a line for each request.

    Raises:
        UsageError: The address cannot be had.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], site: Site, log: Callable[[str], None] | None = None) -> None:
        self.site = site
        self.log = log
        self._room = threading.BoundedSemaphore(_CONNECTIONS)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        try:
            super().__init__(address, _Handler)
        except (OSError, OverflowError) as error:
            where = f"{address[0]}:{address[1]}"
            raise UsageError(where, f"cannot be listened at ({error})", "choose another --port, or --host") from error

    def server_bind(self) -> None:
        """Bind without asking a name server who we are, as the standard library would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection if there is room."""
        if not self._room.acquire(blocking=False):
            request.settimeout(1.0)
            with contextlib.suppress(OSError):
                request.sendall(_BUSY)
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection in its thread, and make room again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what nobody expected; a client that went away is none of it."""
        del request
        _log.exception("connection of %s", client_address)


class _Handler(BaseHTTPRequestHandler):
    """Read requests of one connection and write the responses."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "kg", ""
    timeout = _IDLE
    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """Serve the connection until it ends; one that breaks is nobody's fault."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError, Gone):
            self.close_connection = True

    def finish(self) -> None:
        """Close the streams; the client may be gone."""
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self) -> None:
        start = time.monotonic()
        self._unread = self._length() if "content-length" in self.headers or self.command in {"POST", "PUT", "PATCH"} else 0
        if self._unread is None:
            return
        target = re.sub(r"[^\x21-\x7e]", lambda sign: f"%{ord(sign.group()) & 0xFF:02X}", self.path)
        path, _, query = target.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, unquote(path, errors="replace"), query, headers, self._body)
        client = self.connection if not self._unread or self.command == "POST" else None
        response = self.server.site.respond(request, client)
        with response.body:
            self._write(response)
        if self.server.log is not None:
            self.server.log(f"{self.command} {path} {response.status} {response.size} {time.monotonic() - start:.3f}")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve  # noqa: N815 - names that the library calls

    def _length(self) -> int | None:
        """Return the body's length; None where it is not told, which is answered here."""
        text = self.headers.get("content-length", "")
        if "transfer-encoding" in self.headers or not re.fullmatch(r"[0-9]{1,15}", text):
            self.close_connection = True
            refusal = Refusal(HTTPStatus.LENGTH_REQUIRED, "the body's length is not told", "send Content-Length")
            self._refuse(refusal)
            return None
        return int(text)

    def _body(self) -> bytes:
        most = self.server.site.pool.limits.characters * _BYTES_A_CHARACTER + _MORE
        size = self._unread or 0
        if size > most:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {most:,} bytes", "split the query")
        data = self.rfile.read(size)
        self._unread = size - len(data)
        if self._unread:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the body ends before its length")
        return data

    def _refuse(self, refusal: Refusal) -> None:
        self.send_error(refusal.status.value, explain=str(refusal))

    def _write(self, response: Response) -> None:
        if self._unread:  # what follows on this connection would be the body that nobody read
            self.close_connection = True
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(response.size))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            shutil.copyfileobj(response.body, self.wfile)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not even a request, in plain text."""
        status = HTTPStatus(code)
        data = f"{explain or f'{code} {status.phrase}: {message or status.description}'}\n".encode("utf-8", "replace")
        self.close_connection = True
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing; ``Server.log`` gets a line a request."""
