"""Read the lines of an N-Quads file triple by triple, in bounded memory where the file is in our own form."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: Triples that are parsed at once to see whether they are in canonical form.
_CHECKED = 50_000


class Unfamiliar(Exception):  # noqa: N818 - no error: the file is only not in our own form
    """Say that a file is not in the form in which kg writes: it must be parsed whole, and may be wrong."""


def file_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of an N-Quads file, as long as they are in order and end as statements do.

    Raises:
        Unfamiliar: They do not, or the file cannot be read.
    """
    last = b""
    try:
        with path.open("rb") as file:
            for line in file:
                if line[-3:] != b" .\n" or line < last:
                    raise Unfamiliar
                last = line
                yield line
    except OSError as error:
        raise Unfamiliar from error


def by_triple(lines: Iterable[bytes]) -> Iterator[tuple[str, list[str]]]:
    """Yield each triple once, in order, with the names of the named graphs that hold it.

    Args:
        lines: In order, with their ends, each in canonical form.

    Raises:
        Unfamiliar: They are not UTF-8.
    """
    texts: dict[bytes, str] = {}  # of the few names
    triple, start, last = b"", b"\0", b""
    names: list[str] = []
    size = 0
    try:
        for line in lines:
            if line == last:
                continue
            last = line
            # In order: a triple's named graphs stand below its line in the default graph.
            found, name = (triple, line[size:-3]) if line.startswith(start) else _divided(line)
            if found != triple:
                if triple:
                    yield triple.decode(), names
                triple, start, names = found, found + b" <", []
                size = len(start) - 1
            if name:
                text = texts.get(name)
                if text is None:
                    text = texts[name] = name.decode()
                names.append(text)
        if triple:
            yield triple.decode(), names
    except UnicodeDecodeError as error:
        raise Unfamiliar from error


def _divided(line: bytes) -> tuple[bytes, bytes]:
    """Return triple and graph name of a canonical line; the name is empty in the default graph."""
    if line[-4:-3] == b'"':  # a plain string ends the line
        return line[:-3], b""
    head, _, name = line[:-3].rpartition(b" ")
    # Subjects and predicates hold no blank, and a literal ends behind a quote: what stands behind an object is a name.
    is_named = name[:1] == b"<" and b'"' not in name and head.partition(b'"')[0].count(b" ") >= 2  # noqa: PLR2004
    return (head, name) if is_named else (line[:-3], b"")


def has_blank_node(triple: str) -> bool:
    """Tell whether subject or object of a triple is a blank node."""
    return triple.startswith("_:") or (" _:" in triple and " _:" in triple.partition('"')[0])


def checked(triples: Iterator[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """Yield triples with their names when it is sure that Oxigraph would write them like that, so that they are valid too.

    Raises:
        Unfamiliar: It would not.
    """
    known: set[str] = set()
    for batch in iter(lambda: list(islice(triples, _CHECKED)), []):
        for _, names in batch:
            if not known.issuperset(names):
                _check_names(names)
                known.update(names)
        _check_triples([triple for triple, _ in batch])
        yield from batch


def _check_names(names: Iterable[str]) -> None:
    from pyoxigraph import NamedNode

    for name in names:
        try:
            is_own = str(NamedNode(name[1:-1])) == name
        except ValueError:
            is_own = False
        if not is_own:
            raise Unfamiliar


def _check_triples(triples: list[str]) -> None:
    from pyoxigraph import RdfFormat, parse, serialize

    given = " .\n".join([*triples, ""]).encode()
    try:
        if serialize(parse(given, format=RdfFormat.N_TRIPLES), format=RdfFormat.N_QUADS) == given:
            return
    except (SyntaxError, ValueError) as error:
        raise Unfamiliar from error
    raise Unfamiliar


def canonical(path: Path) -> list[bytes]:
    """Return the lines of an N-Quads file as Oxigraph writes them, in order.

    Raises:
        UsageError: It cannot be read, or does not parse.
    """
    from pyoxigraph import RdfFormat, parse, serialize

    try:
        data = serialize(parse(path=str(path), format=RdfFormat.N_QUADS), format=RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise UsageError(str(path), f"does not parse ({error})", "build it again; nothing was loaded") from error
    except OSError as error:
        raise UsageError(str(path), f"cannot be read ({error.strerror or error})", "check its permissions") from error
    assert data is not None
    return sorted(data.splitlines(keepends=True))
