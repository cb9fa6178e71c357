"""Bundle what every finder looks at: one document, cut into sentences, with its context and the domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.extract.context import Context
    from kg.extract.segment import Segmentation
    from kg.model import Document, Span


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold a document with its segmentation, its context and the domain; finders take it and return mentions."""

    document: Document
    segmentation: Segmentation
    context: Context
    domain: Domain

    @property
    def view(self) -> str:
        """Return the copy of the text that patterns are matched on."""
        return self.document.view

    def text(self, span: Span) -> str:
        """Return the words of a span of the view."""
        return self.document.view[span.start : span.end]
