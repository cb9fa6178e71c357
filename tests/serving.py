"""Start a server on a graph inside the test's process, and ask it as a client without a library does."""

from __future__ import annotations

import contextlib
import http.client
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from kg.domain import load_domain
from kg.domain.messages import load_messages
from kg.serve.limits import Limits
from kg.serve.listener import Server
from kg.serve.pool import Pool
from kg.serve.site import Settings, Site
from kg.serve.snapshots import Home, Source, Watch
from kg.store.questions import load_questions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Three graphs like those of the W3C's protocol tests, and a default graph.
TRIG = """
<http://example.org/data/0> a <http://example.org/Nothing> .
<http://example.org/g1> { <http://example.org/data/1> a <http://example.org/Thing> ; <http://example.org/both> "here and there" . }
<http://example.org/g2> { <http://example.org/data/2> a <http://example.org/Thing> . <http://example.org/data/1> <http://example.org/both> "here and there" . }
<http://example.org/g3> { <http://example.org/data/3> a <http://example.org/Thing> . }
"""


@dataclass
class Reply:
    """Hold what came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        """Return the body as text."""
        return self.body.decode()


@dataclass
class Served:
    """Hold a server that runs."""

    port: int
    pool: Pool
    watch: Watch
    home: Home

    @property
    def url(self):
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, target, headers=None, body=None):
        """Send one request on a connection of its own; ``target`` as it stands."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, target, body=body, headers=headers or {})
            response = connection.getresponse()
            return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())

    def query(self, text, accept="application/sparql-results+json", **parameters):
        """Send a query by GET."""
        more = "".join(f"&{name.replace('_', '-')}={quote(value, safe='')}" for name, value in parameters.items())
        return self.ask("GET", f"/sparql?query={quote(text, safe='')}{more}", {"Accept": accept})


@contextlib.contextmanager
def running(path: Path, *, hosts=("127.0.0.1", "localhost"), origins=(), **limits) -> Iterator[Served]:
    """Serve a graph; limits are those of ``kg.serve.limits.Limits``."""
    domain = load_domain()
    source = Source(path)
    with contextlib.closing(Home()) as home:
        snapshot = source.take(home)
        questions = tuple(load_questions(domain.field / "queries").values())
        settings = Settings(questions, snapshot.prefixes, load_messages(domain.base), str(path), frozenset(origins), frozenset(hosts))
        with (
            contextlib.closing(Pool(snapshot, Limits(**limits))) as pool,
            Watch(source, home, pool, 0.2) as watch,
            Server(("127.0.0.1", 0), Site(pool, settings)) as server,
        ):
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield Served(server.server_port, pool, watch, home)
            finally:
                server.shutdown()
                thread.join()
