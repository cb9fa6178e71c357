"""Offer ``kg serve``."""

from __future__ import annotations

import contextlib
import ipaddress
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH, domain_option
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.serve.limits import Limits
    from kg.serve.listener import Server
    from kg.serve.snapshots import Source

_INTERRUPTED = 130
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@click.command(short_help="Serve a built graph for reading: SPARQL endpoint, query page, pages of the nodes.")
@click.argument("graph", required=False, type=PATH)
@click.option(
    "--store", type=PATH, metavar="DIR", help="A store folder, as kg load makes it; a load beside the server is seen when it is done."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 lets the whole network in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--deadline", type=click.FloatRange(0.1), default=30.0, show_default=True, metavar="SECONDS", help="A query may take this long."
)
@click.option("--memory", type=click.IntRange(64), default=1024, show_default=True, metavar="MB", help="A query may take this much.")
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True, metavar="N", help="An answer may have so many rows.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, metavar="N", help="Queries that run at a time.")
@click.option("--cors", multiple=True, metavar="ORIGIN", help="Let pages of this origin read answers, * for all (may be repeated).")
@click.option(
    "--trust-host", "hosts", multiple=True, metavar="NAME", help="Answer under this name too, as behind a proxy (may be repeated)."
)
@click.option("--log", is_flag=True, help="Print a line a request: method, path, status, bytes, seconds; never a query.")
@domain_option
def serve(  # noqa: PLR0913 - one argument an option
    *,
    graph: Path | None,
    store: Path | None,
    host: str,
    port: int,
    deadline: float,
    memory: int,
    rows: int,
    workers: int,
    cors: tuple[str, ...],
    hosts: tuple[str, ...],
    log: bool,
    domain: Path | None,
) -> None:
    r"""Serve a built graph over HTTP, for reading only, until Ctrl-C.

    \b
    kg serve                          # what is in exports/, at http://127.0.0.1:8000/
    kg serve graph.ttl --port 8080
    kg serve --store DIR

    GRAPH is a build folder, a store folder, or a .ttl, .nq, .nt, .trig or .jsonld file. /sparql is a SPARQL 1.1 endpoint, / a page to
    ask it, /graphs reads whole graphs, and the path of a node's IRI (/id/agency/…) shows what the graph says of it.
    Updates, SERVICE and LOAD are refused.
    """
    from kg.serve.limits import Limits
    from kg.serve.snapshots import Source

    if graph is not None and store is not None:
        raise UsageError("kg serve", "takes a graph or --store, not both", "give one of them")
    source = Source(store or graph or Path("exports"), domain)
    limits = Limits(deadline=deadline, memory=memory, rows=rows, workers=workers)
    with _server(source, limits, (host, port), (cors, hosts), log=log) as server:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"serving {source.path} at http://{shown}:{server.server_port}/ — Ctrl-C ends it", err=True)
        if not _is_loopback(host):
            click.echo("anybody who reaches this address can ask; there is no login", err=True)
        code = _run(server)
    raise click.exceptions.Exit(code)


@contextlib.contextmanager
def _server(
    source: Source, limits: Limits, at: tuple[str, int], names: tuple[tuple[str, ...], tuple[str, ...]], *, log: bool
) -> Iterator[Server]:
    """Open everything in order, and close it in the reverse one."""
    from kg.domain import load_domain
    from kg.domain.messages import load_messages
    from kg.serve.listener import Server
    from kg.serve.pool import Pool
    from kg.serve.site import Settings, Site
    from kg.serve.snapshots import Home, Watch
    from kg.store.questions import load_questions

    loaded = load_domain(source.domain)
    questions = tuple(load_questions(loaded.field / "queries").values())
    with contextlib.closing(Home()) as home:
        snapshot = source.take(home)
        origins, hosts = names
        known = frozenset(each.lower() for each in (*_LOOPBACK, at[0], *hosts)) if _is_loopback(at[0]) else frozenset()
        settings = Settings(questions, snapshot.prefixes, load_messages(loaded.base), str(source.path), frozenset(origins), known)
        write = (lambda line: click.echo(line, err=True)) if log else None
        with (
            contextlib.closing(Pool(snapshot, limits)) as pool,
            Watch(source, home, pool),
            Server(at, Site(pool, settings), write) as server,
        ):
            yield server


def _run(server: Server) -> int:
    """Serve until a signal comes; return the exit code."""
    ended = threading.Event()
    got: list[int] = []

    def stop(number: int, frame: object) -> None:
        del frame
        got.append(number)
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    ended.wait()
    server.shutdown()
    click.echo("stopped", err=True)
    return _INTERRUPTED if got[0] == signal.SIGINT else 0


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
