"""Run a query in a worker and write its answer in the form the client takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.errors import QueryError
from kg.serve.datasets import Dataset, known_graph, run
from kg.serve.limits import Limits, Refusal
from kg.serve.negotiate import ROWS, TRIPLES, Offer, choose
from kg.store.query import Rows, Statements, Truth
from kg.store.results import to_csv, to_json, to_tsv, to_xml, turtle
from kg.store.sparql import check_read_only, syntax_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import QuerySolutions, Store, Triple

_QUERY = "query"
#: Told with every answer to a query; the second only when it was cut.
ROW_LIMIT, TRUNCATED = "KG-Row-Limit", "KG-Truncated"


@dataclass(frozen=True)
class Body:
    """Hold an answer: its bytes and headers."""

    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Hold what a worker answers from.

    Attributes:
        store: Open for reading.
        prefixes: Namespace by prefix, for Turtle.
        limits: What a query may take.
    """

    store: Store
    prefixes: Mapping[str, str]
    limits: Limits


def answer_query(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Run a query.

    Args:
        reader: The store.
        job: ``query``, ``default`` and ``named`` (IRIs of graphs), ``accept`` and ``format``.

    Raises:
        Refusal: The query is refused, wrong, or its answer has no form that the client takes.
    """
    text = job["query"]
    if len(text) > reader.limits.characters:
        what = f"the query is longer than {reader.limits.characters:,} characters"
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what, "split it")
    try:
        check_read_only(text, _QUERY)
        result = _run(reader, text, Dataset(tuple(job["default"]), tuple(job["named"])))
    except QueryError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, str(error)) from error
    try:
        return _write(reader, result, job)
    except (OSError, ValueError, RuntimeError) as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"the query cannot be evaluated ({error})") from error


def _run(reader: Reader, text: str, asked: Dataset) -> Any:
    try:
        return run(reader.store, text, asked)
    except SyntaxError as error:
        raise syntax_error(text, str(error.args[0]), _QUERY, reader.prefixes, declared=False) from None
    except (OSError, ValueError, RuntimeError) as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"the query cannot be evaluated ({error})") from error


def _write(reader: Reader, result: Any, job: Mapping[str, Any]) -> Body:
    from pyoxigraph import QueryBoolean, QuerySolutions

    if isinstance(result, QueryBoolean):
        offer = offered(job, ROWS)
        return Body(_rows_bytes(Truth(bool(result)), offer), _headers(offer))
    if isinstance(result, QuerySolutions):
        offer = offered(job, ROWS)
        rows, cut = _rows(result, reader.limits.rows)
        return Body(_rows_bytes(rows, offer), {**_headers(offer), **_limit(reader, cut=cut)})
    offer = offered(job, TRIPLES)
    triples = list(islice(result, reader.limits.rows + 1))
    headers = {**_headers(offer), **_limit(reader, cut=len(triples) > reader.limits.rows)}
    return Body(triples_bytes(triples[: reader.limits.rows], offer, reader.prefixes), headers)


def offered(job: Mapping[str, Any], offers: Sequence[Offer]) -> Offer:
    """Return the form to answer in.

    Raises:
        Refusal: The client takes none of them.
    """
    found = choose(job.get("accept"), offers, job.get("format", ""))
    if found is None:
        media = ", ".join(offer.media for offer in offers)
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, "the answer has no form that the Accept header takes", f"it comes as {media}")
    return found


def _headers(offer: Offer) -> dict[str, str]:
    return {"Content-Type": content_type(offer.media), "Vary": "Accept"}


def content_type(media: str) -> str:
    """Return the header for a media type: text types tell their encoding, the others have it by definition."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _limit(reader: Reader, *, cut: bool) -> dict[str, str]:
    return {ROW_LIMIT: str(reader.limits.rows), **({TRUNCATED: "true"} if cut else {})}


def _rows(result: QuerySolutions, most: int) -> tuple[Rows, bool]:
    variables = tuple(variable.value for variable in result.variables)
    rows = [tuple(solution[name] for name in variables) for solution in islice(result, most + 1)]
    return Rows(variables, tuple(rows[:most])), len(rows) > most


def _rows_bytes(answer: Rows | Truth, offer: Offer) -> bytes:
    write = {"json": to_json, "xml": to_xml, "csv": to_csv, "tsv": to_tsv}[offer.name]
    return write(answer).encode()


def triples_bytes(triples: Iterable[Triple], offer: Offer, prefixes: Mapping[str, str]) -> bytes:
    """Return triples in a form of ``TRIPLES``, each once, sorted."""
    from pyoxigraph import RdfFormat, serialize

    distinct = tuple(sorted(set(triples), key=str))
    if offer.name == "ttl":
        return turtle(Statements(distinct), prefixes).encode()
    forms = {"nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD, "rdf": RdfFormat.RDF_XML}
    written = serialize(distinct, format=forms[offer.name])
    assert written is not None  # bytes, as no output was given
    return written


def answer_graph(reader: Reader, job: Mapping[str, Any]) -> Body:
    """Return a whole graph, as Graph Store Protocol asks for it.

    Args:
        reader: The store.
        job: ``graph`` (IRI, empty for the default graph), ``accept`` and ``format``.

    Raises:
        Refusal: There is no such graph, or no form that the client takes.
    """
    from pyoxigraph import DefaultGraph, RdfFormat

    offer = offered(job, TRIPLES)
    graph = known_graph(reader.store, job["graph"], HTTPStatus.NOT_FOUND) if job["graph"] else DefaultGraph()
    forms = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD, "rdf": RdfFormat.RDF_XML}
    written = reader.store.dump(format=forms[offer.name], from_graph=graph, prefixes=dict(reader.prefixes) if offer.name == "ttl" else None)
    assert written is not None  # bytes, as no output was given
    return Body(written, _headers(offer))
