"""Load a graph into a triple store that runs elsewhere, graph by graph, so that none is ever seen half.

Each graph goes into a staging graph first; that is counted, and only when the count is right it takes the graph's place, together
with a note of its digest, in one update. A load that was broken off therefore goes on with the first graph whose note is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.rdf.namespaces import EPM, ROOT
from kg.store.notes import DIGEST, TRIPLES
from kg.store.server import ServerError, shown
from kg.store.units import STATUS, Unit, is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.store.server import Server

#: Graph for the facts of all texts, with classes and concepts: a graph of its own, for some servers' default graph is the union of all.
FACTS = f"{ROOT}graph"
#: Word for the server's own default graph.
SERVERS_OWN = "default"
_STAGING = f"<{ROOT}store/staging/"
#: Triples in one INSERT DATA; Virtuoso takes some 1,200. Halved when one is refused, down to the least.
CHUNK, _LEAST = 1000, 50
#: Rows asked for at once; Virtuoso cuts answers at 10,000 without a word.
PAGE = 5000
_TRIES = 3
_NO_GRAPH_STORE = frozenset({404, 405, 413, 415, 501})


@dataclass
class Sent:
    """Tell what a load did.

    Attributes:
        sent: Graphs that were loaded, in order, each as ``<IRI>`` or ``default``.
        unchanged: Graphs that were there.
        removed: Texts that are gone.
        counts: Triples of each graph, as the server counts them.
    """

    sent: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class _Target:
    """Hold a graph to be: name (``<IRI>`` or ``default``) and sorted triples."""

    name: str
    triples: list[str]

    @property
    def noted(self) -> str:
        """Return the subject of the notes on it."""
        return f"<{ROOT}store/default>" if self.name == SERVERS_OWN else self.name

    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.triples).encode("utf-8", "surrogatepass")).hexdigest()


def load_server(
    units: list[Unit],
    server: Server,
    *,
    facts: str = FACTS,
    exact: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Sent:
    """Make the server's graphs those of the units: each text's, classes, concepts, and all of it together in one.

    Args:
        units: All of them; what the graph of facts holds is their union.
        server: Where to.
        facts: IRI of the graph of facts, or ``default``.
        exact: Remove texts that an earlier load brought and the units do not hold; without it such a load is refused.
        progress: Called with number, total and name before each graph.

    Raises:
        UsageError: The server holds other texts, and ``exact`` is not set.
        ServerError: The server cannot be reached, refuses, or counts other than was sent; its graphs are whole, old or new.
    """
    goals = list(targets(units, facts))
    notes = _notes(server)
    gone = _superfluous(server, units, exact=exact)
    done = Sent()
    for number, goal in enumerate(goals):
        if progress:
            progress(number, len(goals), goal.name)
        if notes.get(goal.noted) == goal.digest() and _count(server, goal.name) == len(goal.triples):
            done.unchanged.append(goal.name)
        else:
            _send(server, goal)
            done.sent.append(goal.name)
    for name in gone:
        server.update(f"DROP SILENT GRAPH {name} ;\n{_forget(name)}")
        done.removed.append(name)
    for goal in goals:
        done.counts[goal.name] = _count(server, goal.name)
        if done.counts[goal.name] != len(goal.triples):
            raise _miscounted(server, goal.name, done.counts[goal.name], len(goal.triples))
    return done


def targets(units: list[Unit], facts: str) -> Iterator[_Target]:
    """Yield the graphs that a server is to hold, that of the facts last."""
    union: set[str] = set()
    for unit in sorted(units, key=lambda unit: unit.name):
        union.update(unit.said, unit.context)
        if unit.said:
            yield _Target(unit.name, unit.said)
    yield _Target(SERVERS_OWN if facts == SERVERS_OWN else f"<{facts}>", sorted(union))


def _send(server: Server, goal: _Target) -> None:
    """Bring one graph to the server: staging, count, swap."""
    digest = goal.digest()
    staging = f"{_STAGING}{hashlib.sha256((goal.name + digest).encode()).hexdigest()[:16]}>"
    note = f'{goal.noted} {DIGEST} "{digest}" ; {TRIPLES} {len(goal.triples)} .'
    place = "DEFAULT" if goal.name == SERVERS_OWN else f"GRAPH {goal.name}"
    swap = f"MOVE GRAPH {staging} TO {place} ;\n{_forget(goal.noted)} ;\nINSERT DATA {{ GRAPH {STATUS} {{ {note} }} }}"
    for last in [False] * (_TRIES - 1) + [True]:
        try:
            if _count(server, staging) != len(goal.triples):
                _stage(server, staging, goal.triples)
            # Sent once: where its answer is lost, the note tells whether it was done; a second MOVE would empty the graph.
            server.update(swap, once=True)
        except ServerError as error:
            unknown = error.status in {0, 502, 504}
            if unknown and _notes(server).get(goal.noted) == digest:
                return
            if last or not unknown:
                with contextlib.suppress(ServerError):
                    server.update(f"DROP SILENT GRAPH {staging}")
                raise
        else:
            return


def _stage(server: Server, staging: str, triples: list[str]) -> None:
    """Fill the staging graph and count it.

    Raises:
        ServerError: It holds another number of triples than were sent.
    """
    server.update(f"DROP SILENT GRAPH {staging}")
    if not (server.at.graphs and _put(server, staging, triples)):
        _insert(server, staging, triples)
    found = _count(server, staging)
    if found != len(triples):
        with contextlib.suppress(ServerError):
            server.update(f"DROP SILENT GRAPH {staging}")
        raise _miscounted(server, staging, found, len(triples))


def _put(server: Server, staging: str, triples: list[str]) -> bool:
    """Send a graph by the Graph Store Protocol; return False where the server does not speak it."""
    try:
        server.put(staging[1:-1], "".join(f"{triple} .\n" for triple in triples).encode())
    except ServerError as error:
        if error.status in _NO_GRAPH_STORE:
            return False
        raise
    return True


def _insert(server: Server, staging: str, triples: list[str]) -> None:
    """Send a graph by updates, in smaller parts where one is refused."""
    start, size = 0, CHUNK
    while start < len(triples):
        part = triples[start : start + size]
        body = "".join(f"{triple} .\n" for triple in part)
        try:
            server.update(f"INSERT DATA {{ GRAPH {staging} {{\n{body}}} }}")
        except ServerError as error:
            if error.status in {0, 401, 403, 404, 405} or size <= _LEAST:
                raise
            size = max(_LEAST, size // 2)
            continue
        start += len(part)


def _notes(server: Server) -> dict[str, str]:
    """Return the digest of each graph that was loaded whole."""
    found = _paged(server, f"SELECT ?graph ?digest {{ GRAPH {STATUS} {{ ?graph {DIGEST} ?digest }} }} ORDER BY ?graph ?digest")
    return {f"<{row['graph']}>": row["digest"] for row in found}


def _superfluous(server: Server, units: list[Unit], *, exact: bool) -> list[str]:
    """Return the texts to remove: earlier states of texts that are loaded, and with ``exact`` all others.

    Raises:
        UsageError: There are others, and ``exact`` is not set.
    """
    names = {unit.name for unit in units}
    sources = {unit.source for unit in units if unit.source}
    query = f"SELECT ?g ?path {{ GRAPH {STATUS} {{ ?g {DIGEST} ?d }} GRAPH ?g {{ ?g <{EPM}path> ?path }} }} ORDER BY ?g ?path"
    old = {f"<{row['g']}>": row["path"] for row in _paged(server, query)}
    gone = sorted(name for name in old if is_text(name) and name not in names)
    others = [old[name] for name in gone if old[name] not in sources]
    if others and not exact:
        what = f"holds {len(others)} texts that these graphs do not hold ({', '.join(others[:3])}{' …' if len(others) > 3 else ''})"  # noqa: PLR2004
        raise UsageError(shown(server.at.query), what, "name their graph too, or remove them with --exact")
    return gone


def _paged(server: Server, query: str) -> Iterator[dict[str, str]]:
    offset = 0
    while True:
        rows = server.select(f"{query} LIMIT {PAGE} OFFSET {offset}")
        yield from rows
        if len(rows) < PAGE:
            return
        offset += PAGE


def _count(server: Server, name: str) -> int:
    pattern = "?s ?p ?o" if name == SERVERS_OWN else f"GRAPH {name} {{ ?s ?p ?o }}"
    rows = server.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    return int(rows[0]["n"]) if rows else 0


def _forget(name: str) -> str:
    return f"DELETE WHERE {{ GRAPH {STATUS} {{ {name} ?p ?o }} }}"


def _miscounted(server: Server, name: str, found: int, wanted: int) -> ServerError:
    where = f"{shown(server.at.query)}, {name}"
    return ServerError(
        where, f"holds {found} triples where {wanted} were sent", "what stood there is untouched; see the server's log", status=200
    )
