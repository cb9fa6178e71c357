"""Open a built graph in an embedded store and run read-only SPARQL on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from kg.errors import DomainError, QueryError, UsageError
from kg.rdf.folder import is_store, open_database
from kg.rdf.namespaces import EPM, PREFIXES
from kg.rdf.read import graph_file
from kg.store.sparql import check_read_only, is_ordered, place, syntax_error, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple

    from kg.domain import Domain
    from kg.rdf.folder import Snapshot
    from kg.store.far import FarStore
    from kg.store.server import Server

    Term: TypeAlias = NamedNode | Literal | BlankNode | Triple

#: Prefixes that queries use beside those of the files we write.
_MORE_PREFIXES = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
}


@dataclass(frozen=True)
class OpenGraph:
    """Hold a graph that can be queried.

    Attributes:
        store: Default graph: the data and (unless left out) classes, properties and concepts; named graphs: as in the
            file, and ``<…/ns>`` with classes, properties and concepts alone, so that what is data can still be told.
        source: The file or store it was read from, or the address of the server.
        prefixes: Namespace by prefix, known to every query without declaration.
        snapshot: Of a store folder what holds the state that is read, so that it stays.
    """

    store: Store | FarStore
    source: Path | str
    prefixes: Mapping[str, str]
    snapshot: Snapshot | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Rows:
    """Hold the answer to SELECT: variables without ``?``, and one tuple a row, None where a variable is unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass(frozen=True)
class Truth:
    """Hold the answer to ASK."""

    value: bool


@dataclass(frozen=True)
class Statements:
    """Hold the answer to CONSTRUCT or DESCRIBE: distinct triples, sorted by their N-Triples form."""

    triples: tuple[Triple, ...]


Answer: TypeAlias = Rows | Truth | Statements


def known_prefixes(domain: Domain) -> dict[str, str]:
    """Return every prefix a query may use undeclared: standard ones, the domain's, and one for each kind of id."""
    return dict(sorted({**_MORE_PREFIXES, **domain.concepts.prefixes, **PREFIXES}.items()))


def stored_file(path: Path) -> Path:
    """Return the file that queries read: ``graph.nq`` of a build folder, which also tells the texts apart, else as ``graph_file``.

    Raises:
        UsageError: There is no graph.
    """
    quads = path / "graph.nq"
    file = quads if quads.is_file() else graph_file(path)
    _format(file)
    return file


def open_graph(path: Path, domain: Domain, *, data_only: bool = False) -> OpenGraph:
    """Load a graph into memory, ready for queries.

    Args:
        path: A build folder, a store folder, or a Turtle, N-Quads, N-Triples, TriG or JSON-LD file.
        domain: Gives classes, properties and concepts, which questions need beside the data; a store holds its own.
        data_only: Leave those out, so that only what the file says is there.

    Raises:
        UsageError: The file is missing or is no RDF.
        DomainError: The domain's own Turtle is faulty.
    """
    from pyoxigraph import Store

    if is_store(path):
        return _open_store(path, domain, data_only=data_only)
    source = stored_file(path)
    store = Store()
    fill(store, source, domain, data_only=data_only)
    return OpenGraph(store, source, known_prefixes(domain))


def fill(store: Store, source: Path, domain: Domain, *, data_only: bool = False) -> None:
    """Load a file into an empty store, in memory or on disk, with what questions need beside it; see :func:`open_graph`.

    Raises:
        UsageError: The file cannot be read, or the store on disk not written.
        DomainError: The domain's own Turtle is faulty.
    """
    from pyoxigraph import DefaultGraph, NamedNode

    try:
        store.bulk_load(path=str(source), format=_format(source))
    except (SyntaxError, ValueError) as error:
        raise UsageError(str(source), f"is not readable as RDF ({error})", "build the graph again") from error
    except OSError as error:
        raise UsageError(str(source), f"cannot be read ({error})", "check the file and its permissions") from error
    if not data_only:
        ontology = NamedNode(EPM.removesuffix("#"))
        for file in (domain.field / "policy.ttl", *sorted((domain.field / "concepts").glob("*.ttl"))):
            try:
                for graph in (DefaultGraph(), ontology):
                    store.load(path=str(file), format=_format(file), to_graph=graph)
            except (SyntaxError, ValueError) as error:
                raise DomainError(str(file), f"is not valid Turtle ({error})", "mend the line it names") from error
            except OSError as error:
                raise DomainError(str(file), f"cannot be read ({error})", "the domain folder is incomplete") from error


def _open_store(path: Path, domain: Domain, *, data_only: bool) -> OpenGraph:
    """Open what a store folder holds, on disk; what it says without classes and concepts is copied into memory."""
    from pyoxigraph import DefaultGraph, Quad, Store

    from kg.store.embedded import open_snapshot
    from kg.store.units import CONCEPTS, ONTOLOGY, STATUS, is_note

    snapshot = open_snapshot(path)
    store = open_database(path, snapshot.path)
    if data_only:
        copy, left_out = Store(), {CONCEPTS, ONTOLOGY, STATUS, "DEFAULT"}
        for quad in store:
            name = str(quad.graph_name)
            if name not in left_out:
                copy.add(Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
                if not is_note(name):
                    copy.add(quad)
        store = copy
    return OpenGraph(store, path, known_prefixes(domain), snapshot)


def run_query(graph: OpenGraph, query: str, where: str) -> Answer:
    """Run one SELECT, ASK, CONSTRUCT or DESCRIBE.

    Rows come in the query's own order if it has ORDER BY, sorted by their terms otherwise: never in the store's.

    Args:
        graph: The open graph.
        query: SPARQL 1.1; the prefixes of ``graph.prefixes`` need no declaration.
        where: Name of the query in messages.

    Raises:
        QueryError: The text is no query, or one that is refused (see ``kg.store.sparql``).
    """
    from pyoxigraph import QueryBoolean, QuerySolutions, Store

    check_read_only(query, where)
    store = graph.store
    try:
        # A server's own words about a fault help less: the query is tried on nothing first.
        result = (store if isinstance(store, Store) else Store()).query(query, prefixes=dict(graph.prefixes))
    except SyntaxError as error:
        raise syntax_error(query, str(error.args[0]), where, graph.prefixes) from None
    if not isinstance(store, Store):
        return _run_far(store, query, result)
    _check_graphs(query, store, graph.prefixes, where)
    if isinstance(result, QueryBoolean):
        return Truth(bool(result))
    if isinstance(result, QuerySolutions):
        variables = tuple(variable.value for variable in result.variables)
        return _rows(query, variables, [tuple(solution[name] for name in variables) for solution in result])
    return Statements(tuple(sorted(set(result), key=str)))


def select(graph: OpenGraph, query: str) -> list[tuple[Term | None, ...]]:
    """Return the rows of a query of our own, in no order."""
    from pyoxigraph import QuerySolutions, Store

    if not isinstance(graph.store, Store):
        return graph.store.rows(query)[1]
    result = graph.store.query(query, prefixes=dict(graph.prefixes))
    assert isinstance(result, QuerySolutions)
    names = [variable.value for variable in result.variables]
    return [tuple(solution[name] for name in names) for solution in result]


def open_server(server: Server, domain: Domain, facts: str) -> OpenGraph:
    """Open the graph that ``kg load --endpoint`` brought to a server.

    Args:
        server: Which.
        domain: Gives the prefixes.
        facts: IRI of the graph of facts, or ``default``.
    """
    from kg.store.far import FarStore
    from kg.store.server import shown

    prefixes = known_prefixes(domain)
    return OpenGraph(FarStore(server, facts, prefixes), shown(server.at.query), prefixes)


def _check_graphs(query: str, store: Store, prefixes: Mapping[str, str], where: str) -> None:
    """Refuse a query that names a graph which is not there: its answer would be empty without a word.

    Raises:
        QueryError: FROM or GRAPH names such a graph.
    """
    from pyoxigraph import NamedNode

    before = last = ""
    for token in tokens(query):
        if last == "GRAPH" or "FROM" in (last, before if last == "NAMED" else ""):
            prefix, colon, local = token.text.partition(":")
            address = prefixes[prefix] + local if token.kind == "name" and colon and prefix in prefixes else token.text[1:-1]
            if (token.kind == "iri" or (token.kind == "name" and prefix in prefixes)) and not store.contains_named_graph(
                NamedNode(address)
            ):
                hint = "the named graphs are in graph.nq and in stores; SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } lists them"
                raise QueryError(f"{where}:{place(query, token.offset)}", f"there is no graph <{address}>", hint)
        before, last = last, token.text.upper() if token.kind == "word" else ""


def _run_far(store: FarStore, query: str, like: object) -> Answer:
    """Run a query on a server; ``like`` is an answer of the same form."""
    from pyoxigraph import QueryBoolean, QuerySolutions

    if isinstance(like, QueryBoolean):
        return Truth(store.truth(query))
    if isinstance(like, QuerySolutions):
        return _rows(query, *store.rows(query))
    return Statements(tuple(sorted(store.statements(query), key=str)))


def _rows(query: str, variables: tuple[str, ...], rows: list[tuple[Term | None, ...]]) -> Rows:
    if not is_ordered(query):
        rows.sort(key=lambda row: [("" if term is None else str(term)) for term in row])
    return Rows(variables, tuple(rows))


def _format(path: Path) -> RdfFormat:
    from pyoxigraph import RdfFormat

    found = RdfFormat.from_extension(path.suffix.removeprefix("."))
    if found is None:
        raise UsageError(str(path), "is no RDF file by its name", "give a build folder, or a .ttl, .nq, .nt, .trig or .jsonld file")
    return found
