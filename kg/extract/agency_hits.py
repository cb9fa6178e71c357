"""Hold what the finders of agencies read and return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.agencies import Kind
    from kg.domain.divisions import Division
    from kg.extract.jurisdiction import Jurisdiction
    from kg.model import Entity, Span


@dataclass(frozen=True, slots=True)
class BodyClass:
    """Hold what makes a class of bodies: their kind, region, words for a class of levels, and the words that a text has for them."""

    kind: Kind
    region: Division | None
    quantifier: str
    words: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one agency found: where, which, by which rule, how surely.

    Attributes:
        body: What it is made of, where it is a class of bodies.
        shown: The part of the span that is its own, where the span names another body too (市和区、县人民政府).
    """

    span: Span
    entity: Entity
    rule: str
    confidence: float
    body: BodyClass | None = None
    shown: Span | None = None

    @property
    def place(self) -> Span:
        """Return where the agency stands itself."""
        return self.shown or self.span


@dataclass(frozen=True, slots=True)
class Ground:
    """Hold what the grammar reads: the view, the text's own region, and the domain; ``lists`` whose a department is by its end."""

    view: str
    home: Division | None
    domain: Domain
    lists: dict[int, Jurisdiction] = field(default_factory=dict)
