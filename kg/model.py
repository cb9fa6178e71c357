"""Hold the values that pass between the stages; all are frozen and compare by content.

Offsets are code points, half-open. Inside ``kg.extract`` spans count into a document's *view* (the copy that
patterns are matched on, see :class:`Document`); in a record and everything after it they count into the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping

#: The seven types that the evaluation kit scores, in its order.
ENTITY_TYPES = ("Agency", "Program", "TargetGroup", "Measure", "PolicyDocument", "Region", "Observation")

#: Id segment of each type (``agency/…``), ``docs/model.md``.
SEGMENTS = {
    "Agency": "agency",
    "Program": "program",
    "TargetGroup": "group",
    "Measure": "measure",
    "PolicyDocument": "doc",
    "Region": "region",
    "Observation": "observation",
    "Provision": "provision",
    "SourceText": "text",
    "Evidence": "evidence",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Mark a half-open range of code points."""

    start: int
    end: int

    def __len__(self) -> int:
        """Return the number of code points."""
        return self.end - self.start

    def covers(self, other: Span) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """Hold one text as read, and the view of it that patterns are matched on.

    Attributes:
        id: ``text/`` and 16 hex digits of the sha256 of the input's bytes.
        text: The text that offsets of the record point into, in its own script.
        view: Simplified script, full-width ASCII folded, markup masked, soft line breaks and zero-width characters left out.
        origin: For each code point of ``view`` its offset in ``text``; strictly increasing.
        metadata: What the user states about the text (region, date, issuer, title, url); wins over inference.
    """

    id: str
    source: str
    sha256: str
    text: str
    view: str
    origin: array[int]
    encoding: str = "utf-8"
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    findings: tuple[Finding, ...] = ()

    def to_text(self, span: Span) -> Span:
        """Return the span of the text that a span of the view stands for."""
        return Span(self.origin[span.start], self.origin[span.end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Section:
    """Hold one heading with what it stands over.

    Attributes:
        heading: Span of the heading's words, without its number; empty for the text before the first heading.
        span: From the heading's first to the section's last code point, subsections included.
        level: 1 for the highest.
        parent: Index of the section above in ``Segmentation.sections``, -1 for none.
    """

    heading: Span
    span: Span
    level: int
    parent: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold one sentence: its span without the white space around, its section's and its paragraph's index."""

    span: Span
    section: int
    paragraph: int
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """Name one thing; ``id`` comes from type and name alone (but see observations in ``kg.extract.observations``).

    Attributes:
        attributes: The extra keys of the record's node (``category``, ``level``, ``region``, ``value`` …).
        aliases: Names that mean the same in any text, never deictic ones.
    """

    id: str
    type: str
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """Show one place (in the view) where an entity is named, and the rule that found it."""

    span: Span
    entity: Entity
    rule: str
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Claim:
    """State one edge; ``evidence`` are the sentences (in the view) that grant it, sorted.

    ``subject`` is an entity id, or the document's id for a claim about the text itself.
    """

    subject: str
    predicate: str
    object: str
    evidence: tuple[Span, ...]
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell what is doubtful: severity ``error``, ``warning`` or ``info``, a short code, where, and a message."""

    severity: str
    code: str
    where: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding as the JSON object of record and report."""
        return {"severity": self.severity, "code": self.code, "where": self.where, "message": self.message}


#: One document's extraction record in its JSON form (``docs/model.md``, part 1).
Record = dict[str, Any]
