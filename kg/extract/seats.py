"""Hold a mention with what pairs ask of it again and again."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.extract.words import Word
    from kg.model import Mention


_UNCOUNTED = ("-", "-", "-")


class Seat(NamedTuple):
    """Hold a mention with what pairs ask of it again and again.

    Attributes:
        number: Different for each seat of a text.
        sentence: Index of its sentence.
        kind: First letter of its type.
        tail: The last two characters of its name.
        told: Its category, and how sure it is in tenths.
        counted: Of a number its kind, unit and indicator.
        word: Index of the first word that does not begin before it.
        after: Index of the first word that does not begin before its end.
        left: The word before it, a quotation mark stepped over.
        right: The word after it, a quotation mark stepped over.
    """

    mention: Mention
    number: int
    sentence: int
    id: str
    type: str
    kind: str
    name: str
    tail: str
    told: tuple[str, int]
    counted: tuple[str, str, str]
    start: int
    end: int
    word: int
    after: int
    left: Word
    right: Word


def seat(mention: Mention, number: int, scene: Scene, lattice: Lattice) -> Seat:
    """Return a mention's seat."""
    entity, start, end, starts = mention.entity, mention.span.start, mention.span.end, lattice.tokens.starts
    attributes, word, after = entity.attributes, bisect_left(starts, start), bisect_left(starts, end)
    category = attributes.get("category", "-")
    left, right = lattice.at(word - 1), lattice.at(after)
    return Seat(
        mention,
        number,
        scene.segmentation.sentence_index(start),
        entity.id,
        entity.type,
        entity.type[0],
        entity.name,
        entity.name[-2:],
        (category, int(mention.confidence * 10)),
        (attributes.get("kind", "-"), attributes.get("unit", "-"), category) if entity.type == "Observation" else _UNCOUNTED,
        start,
        end,
        word,
        after,
        lattice.at(word - 2) if left.text in "“”" else left,
        lattice.at(after + 1) if right.text in "“”" else right,
    )
