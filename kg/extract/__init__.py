"""Extract one document's entities and claims: a function of the document and the domain alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Document, Mention, Record

__all__ = ["extract", "extract_text", "find_mentions", "own_mention"]


def extract(document: Document, domain: Domain) -> Record:
    """Return the extraction record of one document (``docs/model.md``, part 1).

    The stages, each trusted over the next where two claim the same words: documents, agencies, then programs, groups and measures, then
    regions, then observations.

    >>> from kg.domain import load_domain
    >>> from kg.extract.view import text_document
    >>> domain = load_domain()
    >>> record = extract(text_document("辽宁省人力资源和社会保障厅对高校毕业生给予一次性求职补贴。", domain), domain)
    >>> [node["name"] for node in record["nodes"] if node["type"] == "Agency"]
    ['辽宁省人力资源和社会保障厅']
    """
    from kg.extract.confidence import calibrate
    from kg.extract.documents import relate_documents
    from kg.extract.observations import observation_findings, relate_observations
    from kg.extract.parts import relate_parts
    from kg.extract.provisions import make_provisions
    from kg.extract.record import make_record
    from kg.extract.relate import relate_pairs

    scene, lattice, mentions = find_mentions(document, domain)
    claims = relate_documents(scene, mentions)
    ruled = relate_observations(scene, mentions)
    claims += relate_pairs(scene, lattice, mentions, own_mention(scene, mentions), [*claims, *ruled])
    claims += relate_parts(scene, mentions)
    mentions = calibrate(mentions, domain)
    return make_record(scene, mentions, claims, make_provisions(scene, mentions, claims), observation_findings(scene))


def find_mentions(document: Document, domain: Domain) -> tuple[Scene, Lattice, list[Mention]]:
    """Return a document's scene, its words, and all mentions sorted by place: everything that relations are made from."""
    from kg.extract.agencies import find_agencies
    from kg.extract.agency_spans import find_further_agencies
    from kg.extract.context import resolve_context
    from kg.extract.documents import find_documents
    from kg.extract.observations import find_observations
    from kg.extract.phrases import find_phrases, lattice_of, score_spans
    from kg.extract.regions import find_regions
    from kg.extract.scene import Scene
    from kg.extract.segment import segment

    segmentation = segment(document, domain)
    scene = Scene(document, segmentation, resolve_context(document, segmentation, domain), domain)
    mentions = find_documents(scene)
    mentions += find_agencies(scene, mentions)
    lattice = lattice_of(scene)
    scored = score_spans(scene, lattice)
    mentions += find_further_agencies(scene, scored.get("Agency", ()), mentions)
    mentions += find_phrases(scene, lattice, scored, mentions)
    mentions += find_regions(scene, mentions)
    mentions += find_observations(scene, mentions, tokens=lattice.tokens)
    mentions.sort(key=lambda m: (m.span.start, m.span.end, m.entity.type, m.entity.id, m.rule))
    return scene, lattice, mentions


def own_mention(scene: Scene, mentions: Sequence[Mention]) -> Mention | None:
    """Return the first mention by which the text names itself as a document, if it does."""
    own = scene.context.document
    return next((m for m in mentions if own is not None and m.entity.id == own.id), None)


def extract_text(text: str, domain: Domain | None = None) -> Record:
    """Return the extraction record of a string.

    >>> [edge["predicate"] for edge in extract_text("对高校毕业生给予一次性求职补贴。")["edges"]]
    ['targets']
    """
    from kg.domain import load_domain
    from kg.extract.view import text_document

    domain = domain or load_domain()
    return extract(text_document(text, domain), domain)
