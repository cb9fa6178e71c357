"""Load a built graph back from its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.errors import UsageError
from kg.rdf.folder import current_snapshot, is_store, open_database
from kg.rdf.mapping import from_triples
from kg.rdf.shards import DAMAGED, is_sharded, quads, records
from kg.rdf.star import triple_term, without_reifiers
from kg.rdf.terms import iri, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from kg.domain import Domain
    from kg.rdf.terms import Triple

#: The files of a build folder that hold the graph, the first that is there is read.
GRAPH_FILES = ("graph.ttl", "graph.nq")
_RECORDS = "records.jsonl"
_MADE = "make a graph with `kg build PATH... -o DIR`"


def graph_file(path: Path) -> Path:
    """Return the RDF file that a path means: itself, or the one in a build folder.

    Raises:
        UsageError: There is none.
    """
    if path.is_dir():
        for name in GRAPH_FILES:
            if (path / name).is_file():
                return path / name
        if is_sharded(path):
            hint = f"join them: gzip -dc {path}/quads/*.nq.gz | LC_ALL=C sort > FOLDER/graph.nq"
            raise UsageError(str(path), "holds a graph in shards, and this needs one file", hint)
        raise UsageError(str(path), "holds no graph.ttl", _MADE)
    if not path.is_file():
        raise UsageError(str(path), "does not exist", _MADE)
    return path


def read_graph(path: Path, domain: Domain | None = None) -> nx.MultiDiGraph:
    """Return the graph of a ``.ttl`` or ``.nq`` file, of a build folder (in shards, too) or of a store folder.

    The full texts come from a ``records.jsonl`` beside it where there is one; a store has none.

    Raises:
        UsageError: The path is no graph that can be read.
    """
    if is_store(path):
        return from_triples(_stored_triples(path), domain)
    if is_sharded(path) and not any((path / name).is_file() for name in GRAPH_FILES):
        triples = (triple for shard, content in quads(path) for triple in read_triples(shard, content))
        return from_triples(triples, domain, _sharded_texts(path))
    file = graph_file(path)
    return from_triples(read_triples(file), domain, read_texts(file.parent / _RECORDS))


def read_triples(file: Path, content: IO[bytes] | None = None) -> Iterator[Triple]:
    """Yield the triples of a file's default graph.

    Args:
        file: Its name tells the format.
        content: What it holds, where it is compressed.

    Raises:
        UsageError: The file's format is unknown or it does not parse.
    """
    from pyoxigraph import BlankNode, DefaultGraph, RdfFormat, parse

    formats = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS, ".jsonld": RdfFormat.JSON_LD}
    form = formats.get(file.suffix.lower() if content is None else Path(file.stem).suffix)
    if form is None:
        raise UsageError(str(file), f"is no RDF file ({', '.join(sorted(formats))})", "name a build folder, a .ttl or a .nq file")
    default = DefaultGraph()
    try:
        for quad in parse(path=str(file), format=form) if content is None else parse(content, format=form):
            if quad.graph_name == default and not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode):
                yield from without_reifiers((iri(quad.subject.value), iri(quad.predicate.value), _term(quad.object)))
    except (SyntaxError, ValueError, *DAMAGED) as error:
        raise UsageError(str(file), f"does not parse ({error})", "build it again") from error
    except OSError as error:
        raise UsageError(str(file), f"cannot be read ({error.strerror or error})", "check its permissions") from error


def _stored_triples(folder: Path) -> Iterator[Triple]:
    """Yield the triples of a store's default graph."""
    from pyoxigraph import BlankNode, DefaultGraph, NamedNode

    with current_snapshot(folder) as snapshot:
        store = open_database(folder, snapshot.path)
        for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
            if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, BlankNode):
                yield iri(quad.subject.value), iri(quad.predicate.value), _term(quad.object)


def _term(value: object) -> str:
    """Return the term of an object; a plain string's datatype is left out, as :func:`kg.rdf.terms.literal` does."""
    from pyoxigraph import Literal, NamedNode
    from pyoxigraph import Triple as TripleTerm

    if isinstance(value, NamedNode):
        return iri(value.value)
    if isinstance(value, TripleTerm):
        return triple_term((_term(value.subject), _term(value.predicate), _term(value.object)))
    assert isinstance(value, Literal)
    return literal(value.value, language=value.language or "", datatype="" if value.language else value.datatype.value)


def read_texts(file: Path) -> dict[str, str]:
    """Return the full texts by text id from a file of records; none where there is no such file.

    Raises:
        UsageError: A line is no record.
    """
    if not file.is_file():
        return {}
    with file.open("rb") as lines:
        return _texts(file, lines)


def _sharded_texts(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for shard, lines in records(folder):
        try:
            texts |= _texts(shard, lines)
        except DAMAGED as error:
            raise UsageError(str(shard), f"does not parse ({error})", "build it again, or copy it again") from error
    return texts


def _texts(file: Path, lines: IO[bytes]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            texts[record["doc"]["id"]] = record["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{file}:{number}", "is no extraction record", "build it again") from error
    return texts
