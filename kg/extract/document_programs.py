"""Find the programs that a document's title names: the plan for an action, the notice of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.names import canonical, entity_id
from kg.extract.places import find_places
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.scene import Scene

_SHORTEST = 5
#: Sentences at the head, where a program is what the whole text is about: one in the title of a document that the text rests on is not.
_LEAD = 3


def title_programs(scene: Scene, documents: Sequence[Mention]) -> list[Mention]:
    """Return the programs named in the titles of documents (《辽宁省重点群体创业推进行动工作方案》), without the region before them.

    Args:
        scene: The document.
        documents: The mentions of documents; titles and nested titles count.
    """
    found: dict[tuple[Span, str], Mention] = {}
    for document in documents:
        if document.rule not in ("document-title", "document-nested") or scene.segmentation.sentence_index(document.span.start) < _LEAD:
            continue
        for mention in _planned(scene, document.span):
            found.setdefault((mention.span, mention.entity.id), mention)
    return [found[key] for key in sorted(found)]


def _planned(scene: Scene, title: Span) -> Iterator[Mention]:
    """Yield the program whose plan or notice a title is."""
    match = scene.domain.patterns("document").patterns["program-title"].match(scene.view[title.start : title.end])
    if match is None:
        return
    start, end = title.start + match.start("name"), title.start + match.end("name")
    places = find_places(scene.view[start:end], scene.domain.divisions)
    while places and places[0].span.start == 0:
        start += places[0].span.end
        places = find_places(scene.view[start:end], scene.domain.divisions)
    if end - start >= _SHORTEST:
        yield _program(scene, Span(start, end), canonical(scene.view[start:end]), 0.8)


def _program(scene: Scene, span: Span, name: str, confidence: float) -> Mention:
    entry = scene.domain.lexicon.get("Program", name)
    name = entry.name if entry is not None else name
    attributes = {"category": entry.category} if entry is not None and entry.category else {}
    aliases = entry.aliases if entry is not None else ()
    return Mention(span, Entity(entity_id("Program", name), "Program", name, attributes, aliases), "document-program", confidence)
