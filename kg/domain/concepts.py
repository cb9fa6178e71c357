"""Hold the curated concept schemes (SKOS) of ``ontology/…/concepts/*.ttl``; concepts are named by CURIE (``mt:job-fairs``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_SKOS = "http://www.w3.org/2004/02/skos/core#"

#: Kinds of link from a concept to one of another scheme.
MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True, slots=True)
class Concept:
    """Hold one concept.

    Attributes:
        curie: Prefix and slug, as a record's ``category`` or ``level`` names it.
        labels: Preferred label by language (``zh-hans``, ``en``).
        alt_labels: Other Chinese forms, sorted; seeds of the lexicon.
        scheme: CURIE of its scheme.
        broader: CURIEs of the concepts right above, sorted; empty for a top concept.
        notation: Code within its scheme, empty for none.
        matches: CURIEs of concepts in other schemes by kind of match, sorted.
    """

    curie: str
    labels: Mapping[str, str]
    alt_labels: tuple[str, ...]
    scheme: str
    broader: tuple[str, ...]
    notation: str
    matches: Mapping[str, tuple[str, ...]]

    @property
    def zh(self) -> str:
        """Return the preferred label in simplified Chinese."""
        return self.labels.get("zh-hans", "")

    @property
    def en(self) -> str:
        """Return the preferred label in English."""
        return self.labels.get("en", "")


@dataclass(frozen=True)
class Concepts:
    """Give access to every scheme and concept.

    Attributes:
        prefixes: Namespace by prefix, as the files declare them.
        by_curie: The concepts, sorted by CURIE.
        schemes: Labels by language of each scheme, by CURIE, sorted.
    """

    prefixes: Mapping[str, str]
    by_curie: Mapping[str, Concept]
    schemes: Mapping[str, Mapping[str, str]]

    def __contains__(self, curie: object) -> bool:
        """Tell whether there is such a concept."""
        return curie in self.by_curie

    def __getitem__(self, curie: str) -> Concept:
        """Return the concept of a CURIE.

        Raises:
            KeyError: There is none.
        """
        return self.by_curie[curie]

    def __iter__(self) -> Iterator[Concept]:
        """Yield the concepts in the order of their CURIEs."""
        return iter(self.by_curie.values())

    def get(self, curie: str) -> Concept | None:
        """Return the concept of a CURIE, None where there is none."""
        return self.by_curie.get(curie)

    def broader_closure(self, curie: str) -> tuple[str, ...]:
        """Return the CURIEs of a concept and of all above it, nearest first; empty where there is no such concept."""
        found: dict[str, None] = {}
        level: list[str] = [curie] if curie in self.by_curie else []
        while level:
            found.update(dict.fromkeys(level))
            above = {up for each in level for up in self.by_curie[each].broader}
            level = sorted(up for up in above if up in self.by_curie and up not in found)
        return tuple(found)

    def context(self, curies: Iterable[str]) -> tuple[str, ...]:
        """Return the given concepts with all that their ``broader`` and match links lead to, sorted."""
        found: set[str] = set()
        waiting = [curie for curie in curies if curie in self.by_curie]
        while waiting:
            curie = waiting.pop()
            if curie not in found:
                found.add(curie)
                concept = self.by_curie[curie]
                linked = (*concept.broader, *(match for listed in concept.matches.values() for match in listed))
                waiting.extend(other for other in linked if other in self.by_curie)
        return tuple(sorted(found))

    @cached_property
    def _namespaces(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(((base, prefix) for prefix, base in self.prefixes.items()), key=lambda pair: (-len(pair[0]), pair)))

    def expand(self, curie: str) -> str | None:
        """Return the IRI of a CURIE, None when its prefix is not declared."""
        prefix, colon, local = curie.partition(":")
        base = self.prefixes.get(prefix) if colon else None
        return None if base is None else base + local

    def compact(self, iri: str) -> str | None:
        """Return the CURIE of an IRI, None when it lies in no declared namespace."""
        for base, prefix in self._namespaces:
            if iri.startswith(base):
                return f"{prefix}:{iri[len(base) :]}"
        return None


class _Statements:
    """Gather the triples of all files by subject and predicate."""

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.iris: dict[str, dict[str, set[str]]] = {}
        self.literals: dict[str, dict[str, set[tuple[str, str]]]] = {}

    def add_file(self, path: Path) -> None:
        from pyoxigraph import Literal, NamedNode, RdfFormat, parse

        try:
            parser = parse(path=str(path), format=RdfFormat.TURTLE)
            for triple in parser:
                subject, predicate, value = triple.subject, triple.predicate.value, triple.object
                if isinstance(value, Literal):
                    found = self.literals.setdefault(subject.value, {}).setdefault(predicate, set())
                    found.add((value.language or "", value.value))
                elif isinstance(value, NamedNode) and isinstance(subject, NamedNode):
                    self.iris.setdefault(subject.value, {}).setdefault(predicate, set()).add(value.value)
        except (SyntaxError, ValueError) as error:
            raise DomainError(str(path), f"is not valid Turtle ({error})", "mend the line it names") from error
        except OSError as error:
            raise DomainError(str(path), f"cannot be read ({error.strerror or error})", "the domain folder is incomplete") from error
        for prefix, base in parser.prefixes.items():
            if self.prefixes.setdefault(prefix, base) != base:
                what = f"declares the prefix {prefix}: as <{base}>, another file as <{self.prefixes[prefix]}>"
                raise DomainError(str(path), what, "one prefix, one namespace")

    def labels(self, iri: str, predicate: str) -> dict[str, str]:
        """Return one label a language, the smallest where a file gives several (``kg check`` finds those)."""
        found = sorted(self.literals.get(iri, {}).get(predicate, ()), reverse=True)
        return dict(sorted((language.lower(), text) for language, text in found))


def load_concepts(folder: Path) -> Concepts:
    """Read every ``*.ttl`` file of a folder of concept schemes.

    Raises:
        DomainError: A file is missing, is not Turtle, or clashes with another in a prefix; a concept has no scheme
            or names an unknown one as broader.
    """
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise DomainError(str(folder), "holds no concept scheme", "add one .ttl file a scheme")
    statements = _Statements()
    for path in files:
        statements.add_file(path)
    bare = Concepts(statements.prefixes, {}, {})

    def named(kind: str) -> dict[str, str]:
        pairs = ((iri, bare.compact(iri)) for iri, found in statements.iris.items() if _SKOS + kind in found.get(_RDF_TYPE, ()))
        return dict(sorted((curie, iri) for iri, curie in pairs if curie is not None))

    concepts = {curie: _concept(curie, iri, statements, bare) for curie, iri in named("Concept").items()}
    for concept in concepts.values():
        unknown = [up for up in concept.broader if up not in concepts]
        if unknown:
            raise DomainError(
                f"{folder}: {concept.curie}", f"names {unknown[0]} as broader, which no file defines", "define it or mend the name"
            )
    schemes = {curie: statements.labels(iri, _RDFS_LABEL) for curie, iri in named("ConceptScheme").items()}
    return Concepts(statements.prefixes, concepts, schemes)


def _concept(curie: str, iri: str, statements: _Statements, namespaces: Concepts) -> Concept:
    def linked(name: str) -> tuple[str, ...]:
        found = statements.iris[iri].get(_SKOS + name, ())
        return tuple(sorted(namespaces.compact(other) or other for other in found))

    schemes = linked("inScheme")
    if not schemes:
        raise DomainError(curie, "belongs to no scheme", "add skos:inScheme")
    literals = statements.literals.get(iri, {})
    return Concept(
        curie=curie,
        labels=statements.labels(iri, _SKOS + "prefLabel"),
        alt_labels=tuple(sorted({text for _, text in literals.get(_SKOS + "altLabel", ())})),
        scheme=schemes[0],
        broader=linked("broader"),
        notation=min((text for _, text in literals.get(_SKOS + "notation", ())), default=""),
        matches={kind: found for kind in MATCHES if (found := linked(kind))},
    )
