"""Hold what the finders of agencies read and return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division
    from kg.model import Entity, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one agency found: where, which, by which rule, how surely."""

    span: Span
    entity: Entity
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Hold what the grammar reads: the view, the text's own region, and the domain."""

    view: str
    home: Division | None
    domain: Domain
