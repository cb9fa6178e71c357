"""Read and write the notes that a store keeps on its units, and check by them that every unit is whole."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from kg.rdf.namespaces import EPM, ROOT
from kg.store.units import STATUS, context_name, is_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import NamedNode, Quad, Store

    from kg.store.units import Unit

#: Triples that are written at once.
_BLOCK = 10_000
#: What the notes on a graph say: a digest of its content, and how many triples there are.
DIGEST, TRIPLES = f"<{ROOT}store/digest>", f"<{ROOT}store/triples>"


def notes_of(unit: Unit) -> tuple[str, str]:
    """Return what the store notes of a unit: its digest, and how many triples its two graphs hold."""
    return f'{unit.name} {DIGEST} "{unit.digest}"', f'{unit.name} {TRIPLES} "{len(unit.said) + len(unit.context)}"'


def digests(store: Store) -> Iterator[tuple[str, str]]:
    """Yield name and digest of each unit that a store holds."""
    from pyoxigraph import Literal

    for quad in store.quads_for_pattern(None, None, None, node(STATUS)):
        if str(quad.predicate) == DIGEST and isinstance(quad.object, Literal):
            yield str(quad.subject), quad.object.value


def paths(store: Store) -> dict[str, str]:
    """Return the name of each text's graph by the path that its file had."""
    from pyoxigraph import Literal, NamedNode

    found = {}
    for name, _ in digests(store):
        for quad in store.quads_for_pattern(node(name), NamedNode(EPM + "path"), None, node(name)) if is_text(name) else ():
            if isinstance(quad.object, Literal):
                found[quad.object.value] = name
    return dict(sorted(found.items()))


def counts(store: Store) -> tuple[dict[str, int], int]:
    """Return the number of triples of each unit's named graph by name, and of the default graph."""
    found = {name: _count(store, f"GRAPH {name} {{ ?s ?p ?o }}") for name, _ in sorted(digests(store))}
    return {name: number for name, number in found.items() if number}, _count(store, "?s ?p ?o")


def _count(store: Store, pattern: str) -> int:
    from pyoxigraph import Literal, QuerySolutions

    answer = store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    assert isinstance(answer, QuerySolutions)
    number = next(iter(answer))["n"]
    assert isinstance(number, Literal)
    return int(number.value)


def damaged(store: Store) -> list[str]:
    """Return the names of the units that are not whole: triples are missing or too many, or the default graph lacks one."""
    from pyoxigraph import DefaultGraph, Quad

    bad, default = [], DefaultGraph()
    for name, _ in sorted(digests(store)):
        quads = [quad for graph in (name, context_name(name)) for quad in store.quads_for_pattern(None, None, None, node(graph))]
        lacks = any(Quad(quad.subject, quad.predicate, quad.object, default) not in store for quad in quads)
        if lacks or len(quads) != _noted(store, name):
            bad.append(name)
    return bad


def _noted(store: Store, name: str) -> int:
    """Return how many triples the store noted for a unit."""
    from pyoxigraph import Literal

    found = [quad.object for quad in store.quads_for_pattern(node(name), node(TRIPLES), None, node(STATUS))]
    return int(found[0].value) if len(found) == 1 and isinstance(found[0], Literal) else -1


class Blocks:
    """Read an iterator of texts as a binary file, without holding them all."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._block, self._start = b"", 0

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes, empty at the end."""
        if size < 0:
            whole = [self._block[self._start :], *(block.encode() for block in self._blocks)]
            self._block, self._start = b"", 0
            return b"".join(whole)
        while self._start >= len(self._block):
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._block, self._start = block.encode(), 0
        start, self._start = self._start, self._start + size
        return self._block[start : self._start]


def quad_lines(triples: Iterable[str], graph: str = "") -> str:
    """Return triples as lines of N-Quads in one graph; the empty name is the default graph."""
    return (f" {graph} .\n" if graph else " .\n").join([*triples, ""])


def default_blocks(units: list[Unit]) -> Iterator[str]:
    """Yield the N-Triples of a whole store's default graph, which is the union of all units, some thousand at a time."""
    triples = iter(dict.fromkeys(chain.from_iterable((*unit.said, *unit.context) for unit in units)))
    for block in iter(lambda: list(islice(triples, _BLOCK)), []):
        yield quad_lines(block)


def named_blocks(units: list[Unit]) -> Iterator[str]:
    """Yield the N-Quads of a whole store's named graphs, a unit after the other."""
    for unit in units:
        for graph, triples in ((unit.name, unit.said), (context_name(unit.name), unit.context), (STATUS, notes_of(unit))):
            yield quad_lines(triples, graph)


def node(name: str) -> NamedNode:
    """Return the node of a name written as ``<IRI>``."""
    from pyoxigraph import NamedNode

    return NamedNode(name[1:-1])


def triple_of(quad: Quad) -> str:
    """Return a quad's triple as units hold it."""
    return f"{quad.subject} {quad.predicate} {quad.object}"


def data_block(pairs: Iterable[tuple[str, str]]) -> str:
    """Return quads as the body of INSERT DATA or DELETE DATA; the empty name is the default graph."""
    by_graph: dict[str, list[str]] = {}
    for graph, triple in pairs:
        by_graph.setdefault(graph, []).append(f"{triple} .\n")
    return "".join(f"GRAPH {graph} {{\n{''.join(lines)}}}\n" if graph else "".join(lines) for graph, lines in by_graph.items())
