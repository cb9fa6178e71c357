"""Cut a graph into the units that a store keeps: one for each text, one for the classes, one for the concepts.

A unit holds what its named graph says and, apart from that, its *context*: what the default graph tells of the nodes
that take part (category, level, value), the regions and concepts that those lead to. The default graph of a store is the union
of all its units, so that a unit can be replaced or removed without looking at the texts again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from kg.errors import DomainError, UsageError
from kg.rdf import read_graph, write_nquads
from kg.rdf.namespaces import EPM, ID, RDF, RDFS, ROOT
from kg.rdf.read import graph_file
from kg.rdf.terms import parse_literal
from kg.store.quads import Unfamiliar, by_triple, canonical, checked, file_lines, has_blank_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.domain import Domain

#: Graphs of a store that are no text's: classes and properties, concepts, what no text accounts for, and the store's own notes.
ONTOLOGY, CONCEPTS = f"<{EPM.removesuffix('#')}>", f"<{ROOT}concepts>"
REST, STATUS = f"<{ROOT}store/rest>", f"<{ROOT}store/status>"
_CONTEXT = f"<{ROOT}store/context/"
_TEXT = f"<{ID}text/"
_IS_SHOWN = re.compile(rf"<[^>]*> <(?:{re.escape(RDF)}type|{re.escape(RDFS)}label)> ").match
_PATH = f"<{EPM}path>"


@dataclass(frozen=True)
class Unit:
    """Hold what a store replaces as a whole.

    Attributes:
        name: The named graph, as ``<IRI>``.
        said: Sorted triples of the named graph, each ``subject predicate object`` in N-Triples form without the dot.
        context: Sorted further triples of the default graph.
    """

    name: str
    said: list[str]
    context: list[str] = field(default_factory=list)

    @cached_property
    def digest(self) -> str:
        """Return 64 hex digits that change with any triple."""
        whole = hashlib.sha256()
        for part in (self.said, self.context):
            whole.update("\n".join(part).encode("utf-8", "surrogatepass") + b"\0")
        return whole.hexdigest()

    @cached_property
    def source(self) -> str:
        """Return the text's path, by which a changed text is known again; empty for what is no text."""
        start = f"{self.name} {_PATH} "
        return next((parse_literal(triple[len(start) :]).text for triple in self.said if triple.startswith(start)), "")


def is_text(name: str) -> bool:
    """Tell whether a graph's name is that of a text."""
    return name.startswith(_TEXT)


def context_name(name: str) -> str:
    """Return the name of the graph that keeps a unit's context."""
    return f"{_CONTEXT}{name.rpartition('/')[2]}"


def is_note(name: str) -> bool:
    """Tell whether a graph is one of the store's own notes, which say nothing about policy."""
    return name.startswith(f"<{ROOT}store/")


def read_units(path: Path, domain: Domain) -> list[Unit]:
    """Return the units of a graph, sorted by name.

    Args:
        path: A build folder or an N-Quads file of ours; of a Turtle file the texts' graphs are worked out from the evidence.
        domain: Knows the concepts.

    Raises:
        UsageError: There is no graph, it does not parse, or it is none of ours.
    """
    quads = path / "graph.nq" if path.is_dir() else path
    if quads.suffix.lower() == ".nq" and quads.is_file():
        try:
            return _units(checked(by_triple(file_lines(quads))), str(quads))
        except Unfamiliar:
            return _units(by_triple(canonical(quads)), str(quads))
    data = write_nquads(read_graph(graph_file(path), domain), domain)
    return cut(data.decode().split("\n")[:-1], str(path))


def read_domain_units(domain: Domain) -> list[Unit]:
    """Return the units of classes and properties, and of the concepts.

    Raises:
        DomainError: A Turtle file of the domain is faulty.
    """
    from pyoxigraph import RdfFormat, parse

    def triples(files: Iterable[Path]) -> Iterator[str]:
        for file in files:
            try:
                for quad in parse(path=str(file), format=RdfFormat.TURTLE):
                    yield f"{quad.subject} {quad.predicate} {quad.object}"
            except (SyntaxError, ValueError) as error:
                raise DomainError(str(file), f"is not valid Turtle ({error})", "mend the line it names") from error
            except OSError as error:
                raise DomainError(str(file), f"cannot be read ({error})", "the domain folder is incomplete") from error

    return [
        Unit(CONCEPTS, sorted(set(triples(sorted((domain.field / "concepts").glob("*.ttl")))))),
        Unit(ONTOLOGY, sorted(set(triples([domain.field / "policy.ttl"])))),
    ]


def cut(lines: Iterable[str], where: str) -> list[Unit]:
    """Return the units of N-Quads lines in canonical form, in any order.

    Raises:
        UsageError: They hold blank nodes, or no text's graph.
    """
    return _units(by_triple(sorted(f"{line}\n".encode() for line in lines)), where)


def _units(triples: Iterable[tuple[str, list[str]]], where: str) -> list[Unit]:
    """Return the units of triples, each once and in order, with the names of the named graphs that hold it."""
    said: dict[str, list[str]] = {}
    rest: dict[str, list[str]] = {}  # by subject: triples of the default graph that no text says
    shown: dict[str, list[str]] = {}  # by subject: type and label, which every text says of its own nodes only
    for triple, names in triples:
        if has_blank_node(triple):
            raise UsageError(where, f"holds a blank node ({triple[:80]})", "graphs of kg have none: give one that kg built")
        for name in names:
            held = said.get(name)
            if held is None:
                held = said[name] = []
            held.append(triple)
        if not names:
            rest.setdefault(triple[: triple.index(" ")], []).append(triple)
        elif _IS_SHOWN(triple):
            shown.setdefault(triple[: triple.index(" ")], []).append(triple)
    texts = sorted(name for name in said if is_text(name))
    if not texts:
        raise UsageError(where, "holds no text of a kg build", "give a build folder, its graph.nq or graph.ttl")
    units = [Unit(name, said[name], _context(said[name], rest, shown)) for name in texts]
    covered = {triple for unit in units for triple in unit.context}
    orphans = sorted(triple for triples in rest.values() for triple in triples if triple not in covered)
    return [*units, *([Unit(REST, [], orphans)] if orphans else [])]


def _context(said: list[str], rest: dict[str, list[str]], shown: dict[str, list[str]]) -> list[str]:
    """Return what the default graph adds to a text's own triples, following links from node to node."""
    parts = {triple.partition(" ")[0] for triple in said}
    ends = {triple.rpartition(" ")[2] for triple in said if triple[-1] == ">"}
    found: set[str] = set()
    for node in parts:
        found.update(rest.get(node, ()))
    waiting = sorted((ends | {triple.rpartition(" ")[2] for triple in found}) - parts)
    seen = set(parts)
    while waiting:
        node = waiting.pop()
        if node in seen or node[0] != "<":
            continue
        seen.add(node)
        new = [*rest.get(node, ()), *shown.get(node, ())]
        found.update(new)
        waiting.extend(triple.rpartition(" ")[2] for triple in new if triple[-1] == ">")
    return sorted(found)
