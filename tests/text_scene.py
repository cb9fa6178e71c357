"""Make the scene of a short text, as the tests of the finders need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.domain import load_domain
from kg.extract.context import resolve_context
from kg.extract.scene import Scene
from kg.extract.segment import segment
from kg.extract.view import text_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model import Mention


def scene_of(text: str, **metadata: str) -> Scene:
    """Return the scene of a text with what the user states about it."""
    domain = load_domain()
    document = text_document(text, domain, metadata=metadata)
    segmentation = segment(document, domain)
    return Scene(document, segmentation, resolve_context(document, segmentation, domain), domain)


def named(scene: Scene, mentions: Sequence[Mention]) -> list[tuple[str, str]]:
    """Return the words of each mention with the name of what it means."""
    return [(scene.text(mention.span), mention.entity.name) for mention in mentions]
