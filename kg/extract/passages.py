"""Find the passages of a text that say for others who is responsible (``(责任单位:省人社厅)``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.extract.scene import Scene

#: Sentences of other paragraphs that a list on a line of its own closes at most.
_CLOSED = 12


def duties(scene: Scene) -> dict[int, int]:
    """Return by sentence the sentence whose list says who is responsible for it; the list itself and headings above it have none.

    A list at the end of a paragraph closes the sentences before it in that paragraph; one on a line of its own those before it in
    its section.
    """
    sentences = scene.segmentation.sentences
    listed = scene.domain.relations("roles").patterns["duty_list"]
    found: dict[int, int] = {}
    last = -1
    for index, sentence in enumerate(sentences):
        if sentence.is_heading or not listed.search(scene.view, sentence.span.start, sentence.span.end):
            continue
        opens = index == 0 or sentences[index - 1].paragraph != sentence.paragraph
        for at in range(index - 1, max(last, index - _CLOSED - 1), -1):
            other = sentences[at]
            if other.section != sentence.section or other.is_heading or not (opens or other.paragraph == sentence.paragraph):
                break
            found[at] = index
        last = index
    return found
