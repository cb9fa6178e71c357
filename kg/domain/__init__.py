"""Read, cross-check and compile ``ontology/``; nothing else reads those files."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kg.domain.patterns import PatternFile, load_patterns
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.domain.agencies import Agencies
    from kg.domain.concepts import Concepts
    from kg.domain.divisions import Divisions
    from kg.domain.fold import Fold
    from kg.domain.lexicon import Lexicon
    from kg.domain.network import Network
    from kg.domain.quantities import Quantities
    from kg.domain.spanmodel import SpanModel
    from kg.domain.vocabulary import Vocabulary

__all__ = ["Domain", "load_domain", "shipped_ontology"]


def shipped_ontology() -> Path:
    """Return the ontology folder: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "ontology"
    return inside if inside.is_dir() else package.parent / "ontology"


@dataclass(eq=False)
class Domain:
    """Give access to the domain's data; each part is read when it is first asked for.

    Attributes:
        base: Folder of language and administration (``ontology/base``).
        field: Folder of the policy field (``ontology/employment``, or what ``--domain`` names).
        lexicons: Users' own tables, laid over the shipped lexicon in their order.
    """

    base: Path
    field: Path
    lexicons: tuple[Path, ...] = ()
    _patterns: dict[tuple[str, str], PatternFile] = dataclasses.field(default_factory=dict)

    def patterns(self, name: str) -> PatternFile:
        """Return ``patterns/NAME.toml`` of the policy field, compiled."""
        return self._patterns.get(("patterns", name)) or self._load("patterns", name)

    def base_patterns(self, name: str) -> PatternFile:
        """Return ``NAME.toml`` of the language data, compiled."""
        return self._patterns.get(("", name)) or self._load("", name)

    def relations(self, name: str) -> PatternFile:
        """Return ``relations/NAME.toml`` of the policy field, compiled."""
        return self._patterns.get(("relations", name)) or self._load("relations", name)

    def _load(self, folder: str, name: str) -> PatternFile:
        """Return a file of a folder of the policy field, of the language data where the folder is empty, and keep it."""
        path = (self.field / folder if folder else self.base) / f"{name}.toml"
        held = self._patterns[folder, name] = load_patterns(path)
        return held

    @cached_property
    def fold(self) -> Fold:
        """Return the script fold: ``domain.fold(text)`` has the length of ``text``."""
        from kg.domain.fold import load_fold

        return load_fold(self.base, self.base_patterns("segmentation").settings["fold"])

    @cached_property
    def divisions(self) -> Divisions:
        """Return the registry of administrative divisions."""
        from kg.domain.divisions import load_divisions

        return load_divisions(self.base)

    @cached_property
    def agencies(self) -> Agencies:
        """Return department kinds by level and the agencies known by name."""
        from kg.domain.agencies import load_agencies

        return load_agencies(self.base, self.field)

    @cached_property
    def quantities(self) -> Quantities:
        """Return numerals, units and indicators."""
        from kg.domain.quantities import load_quantities

        return load_quantities(self.base, self.field)

    @cached_property
    def concepts(self) -> Concepts:
        """Return the curated concept schemes."""
        from kg.domain.concepts import load_concepts

        return load_concepts(self.field / "concepts")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Return the classes and properties of the ontology."""
        from kg.domain.vocabulary import load_vocabulary

        return load_vocabulary(self.field / "policy.ttl")

    def read_all(self) -> None:
        """Read every part now, so that a fault in a file is known before any text is read.

        Raises:
            DomainError: A file is missing or faulty.
        """
        for part in (
            "concepts",
            "vocabulary",
            "divisions",
            "agencies",
            "quantities",
            "lexicon",
            "span_model",
            "network",
            "second_model",
            "calibration",
            "pair_model",
            "kind_model",
            "name_model",
        ):
            getattr(self, part)
        for path in sorted(self.field.glob("patterns/*.toml")):
            self.patterns(path.stem)
        for path in sorted(self.field.glob("relations/*.toml")):
            self.relations(path.stem)

    @cached_property
    def span_model(self) -> SpanModel:
        """Return the weights with which phrases are found."""
        from kg.domain.spanmodel import load_span_model

        return load_span_model(self.field / "models" / "spans.tsv")

    @cached_property
    def network(self) -> Network | None:
        """Return the network that judges spans besides the linear model; None where the policy field has none."""
        from kg.domain.network import load_network

        path = self.field / "models" / "network.npz"
        return load_network(path) if path.exists() else None

    @cached_property
    def second_model(self) -> SpanModel | None:
        """Return the weights of what the rest of a text says of a span; None where the policy field has none."""
        from kg.domain.spanmodel import load_span_model

        path = self.field / "models" / "second.tsv"
        return load_span_model(path) if path.exists() else None

    @cached_property
    def calibration(self) -> dict[str, tuple[float, float]]:
        """Return by entity type the slope and shift that turn the logit of a finder's score into one of a proven share."""
        from kg.domain.spanmodel import load_calibration

        return load_calibration(self.field / "models" / "confidence.tsv")

    @cached_property
    def pair_model(self) -> SpanModel:
        """Return the weights with which pairs of mentions are related."""
        from kg.domain.spanmodel import load_span_model

        return load_span_model(self.field / "models" / "pairs.tsv")

    @cached_property
    def kind_model(self) -> SpanModel:
        """Return the weights with which numbers are told to be data, and of which kind."""
        from kg.domain.spanmodel import load_span_model

        return load_span_model(self.field / "models" / "kinds.tsv")

    @cached_property
    def name_model(self) -> SpanModel:
        """Return the weights with which the words that name a number are chosen."""
        from kg.domain.spanmodel import load_span_model

        return load_span_model(self.field / "models" / "names.tsv")

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return names, aliases and negative labels, users' rows laid over the shipped ones."""
        from kg.domain.lexicon import load_lexicon

        return load_lexicon(self.field / "lexicon", self.lexicons, self.fold, lambda: self.concepts)


@lru_cache(maxsize=8)
def _cached(field_folder: Path, base: Path, lexicons: tuple[Path, ...]) -> Domain:
    return Domain(base, field_folder, lexicons)


def load_domain(path: Path | None = None, lexicons: Sequence[Path] = ()) -> Domain:
    """Return the domain; the same arguments give the same object.

    Args:
        path: Folder of another policy field; None for the shipped one.
        lexicons: Users' own tables of names (``kg lexicon check`` explains their form).

    Raises:
        DomainError: A folder or file is missing or faulty.
    """
    shipped = shipped_ontology()
    folder = Path(path) if path is not None else shipped / "employment"
    for needed in (shipped / "base", folder):
        if not needed.is_dir():
            raise DomainError(str(needed), "is no folder", "name a folder made like ontology/employment")
    return _cached(folder, shipped / "base", tuple(Path(file) for file in lexicons))
