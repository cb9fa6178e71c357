"""Find the passages of a text that say something for others: who is responsible (``(责任单位:省人社厅)``), whom a list is for (``下列人员:``)."""

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


#: Level from which numbered passages are items of a list (``(一)``, ``1.``, ``①``) and no chapters.
_ITEM = 4
#: Sentences that an item of a list stands after its lead at most.
_REACH = 60


def leads(scene: Scene) -> dict[int, int]:
    """Return by sentence of a list the sentence that leads it in: it ends its paragraph with a colon.

    What follows is its list: the next paragraph, those after it as long as each ends with a semicolon, and numbered items that
    begin right behind it.
    """
    segmentation = scene.segmentation
    sentences, sections = segmentation.sentences, segmentation.sections
    found: dict[int, int] = {}
    #: By section the lead that its numbered items stand under, and their level.
    opened: dict[int, tuple[int, int]] = {}
    for paragraph in range(len(segmentation.paragraphs)):
        held = segmentation.paragraph_sentences(paragraph)
        lead = None
        if held[0]:
            sign = scene.view[sentences[held[0] - 1].span.end - 1]
            lead = held[0] - 1 if sign == ":" else found.get(held[0] - 1) if sign == ";" else None
        at = sentences[held[0]].section
        while lead is None and at > 0:
            parent = sections[at].parent
            if parent in opened and opened[parent][1] == sections[at].level:
                lead = opened[parent][0]
            at = parent
        if lead is not None and held[0] - lead <= _REACH:
            found.update(dict.fromkeys(held, lead))
        last = held[-1]
        if scene.view[sentences[last].span.end - 1] == ":" and last + 1 < len(sentences):
            follows = sentences[last + 1].section
            if sections[follows].parent == sentences[last].section and sections[follows].level >= _ITEM:
                opened[sentences[last].section] = last, sections[follows].level
    return found
