"""Start triple stores for tests: Oxigraph and Virtuoso as they are, and one of our own that fails in every way we ask for."""

from __future__ import annotations

import base64
import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 8
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 10000
"""
PASSWORD = "Geheim-7"  # noqa: S105 - for servers that the tests start


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, seconds=60):
    for _ in range(seconds * 10):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


@contextlib.contextmanager
def running(command, folder, url):
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            wait_for(url, process)
            yield process
        finally:
            process.kill()
            process.wait()


def oxigraph_program():
    """Return the program of the package ``oxigraph`` beside the Python that runs, or its name for the search path."""
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.exists() else "oxigraph"


@contextlib.contextmanager
def oxigraph(program, folder):
    """Run the Oxigraph server; yield its query address."""
    address = f"127.0.0.1:{free_port()}"
    with running([program, "serve", "--location", str(folder / "data"), "--bind", address], folder, f"http://{address}/"):
        yield f"http://{address}/query"


@contextlib.contextmanager
def virtuoso(program, isql, folder):
    """Run Virtuoso with a password of our own; yield its query address."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=sql, http=http))
    url = f"http://127.0.0.1:{http}/sparql"
    with running([program, "+configfile", "virtuoso.ini", "+foreground"], folder, url):
        done = subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", f'exec=set password "dba" "{PASSWORD}";'], capture_output=True, text=True, check=True
        )
        assert "Error" not in done.stdout + done.stderr, done
        yield url


class Faulty(ThreadingHTTPServer):
    """Be a small triple store that can be told to fail.

    Attributes:
        store: What it holds.
        faults: Method and path to a list of what to do with the next such requests: a status, ``drop`` (cut the connection unread),
            ``half`` (take half of the body, then cut), ``lost`` (do it and cut before the answer), ``less`` (leave the last triple out).
        login: ``name:password`` it asks for, None for nobody's.
        seen: Method, path and headers of all requests.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store, self.faults, self.login, self.seen, self.most = Store(), {}, None, [], None

    @property
    def url(self):
        """Return the query address."""
        return f"http://127.0.0.1:{self.server_address[1]}/query"

    def handle_error(self, request, client_address):
        """Say nothing of connections that were cut."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def do_PUT(self):
        self._serve()

    def _serve(self):
        parts = urlsplit(self.path)
        server = self.server
        server.seen.append((self.command, parts.path, dict(self.headers)))
        faults = server.faults.get((self.command, parts.path)) or server.faults.get(parts.path) or []
        fault = faults.pop(0) if faults else None
        if fault == "drop":
            self._cut()
            return
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length // 2 if fault == "half" else length)
        if server.login and self.headers.get("Authorization") != "Basic " + base64.b64encode(server.login.encode()).decode():
            self._answer(401, b"who are you?", **{"WWW-Authenticate": 'Basic realm="test"'})
            return
        if isinstance(fault, int):
            self._answer(fault, b"<html>no <b>secret</b></html>", **({"Retry-After": "0"} if fault == 503 else {}))
            return
        try:
            status, answer = self._do(parts, body, fault)
        except (SyntaxError, ValueError) as error:
            status, answer = 400, str(error).encode()
        if fault in {"lost", "half"}:
            self._cut()
        else:
            self._answer(status, answer)

    def _do(self, parts, body, fault):
        store = self.server.store
        if parts.path == "/store":
            graph = NamedNode(parse_qs(parts.query)["graph"][0])
            if self.command == "GET":
                return 404, b""
            lines = body.decode("utf-8", "ignore").splitlines(keepends=True)
            kept = lines[:-1] if fault in {"less", "half"} else lines
            if self.command == "PUT":
                store.remove_graph(graph)
            store.bulk_load("".join(kept).encode(), RdfFormat.TURTLE, to_graph=graph)
            return 204, b""
        if parts.path not in {"/query", "/update"}:
            return 404, b"nothing here"
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if parts.path == "/update":
            store.update(asked["update"])
            return 204, b""
        default = [NamedNode(asked["default-graph-uri"])] if "default-graph-uri" in asked else None
        found = store.query(asked["query"], default_graph=default)
        return 200, found.serialize(format=QueryResultsFormat.JSON)

    def _cut(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status, body, **headers):
        self.send_response(status)
        more = {"X-SPARQL-MaxRows": str(self.server.most)} if self.server.most and status == 200 else {}
        for name, value in {"Content-Length": str(len(body)), **headers, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def faulty():
    """Run the server that fails on demand; yield it."""
    server = Faulty()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
