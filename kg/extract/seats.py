"""Hold a mention with what pairs ask of it again and again."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from kg.extract.pair_parts import SIGNS
from kg.extract.words import EDGE

if TYPE_CHECKING:
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.extract.words import Word
    from kg.model import Mention


_UNCOUNTED = ("-", "-", "-")
_QUOTES = "“”"


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
        signs: The signs of the text before it, each as :data:`kg.extract.pair_parts.SIGNS` counts it.
        signed: The signs of the text before its end.
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
    signs: int
    signed: int


_SIGN = re.compile(f"[{''.join(SIGNS)}]")


class Seats:
    """Give the mentions of a text their seats."""

    def __init__(self, scene: Scene, lattice: Lattice) -> None:
        """Look up once what all seats of the text need."""
        self._segmentation, self._starts, self._index = scene.segmentation, lattice.tokens.starts, lattice.tokens.index
        #: The text's words, two places on.
        self._words = [EDGE, EDGE, *lattice.words, EDGE, EDGE]
        view = scene.view
        self._signs = [match.start() for match in _SIGN.finditer(view)]
        self._counts = list(accumulate([SIGNS[view[place]] for place in self._signs], initial=0))

    def seat(self, mention: Mention, number: int) -> Seat:
        """Return a mention's seat."""
        entity, span, index, words = mention.entity, mention.span, self._index, self._words
        start, end, name, attributes = span.start, span.end, entity.name, entity.attributes
        word, after = index.get(start), index.get(end)
        if word is None:
            word = bisect_left(self._starts, start)
        if after is None:
            after = bisect_left(self._starts, end)
        category = attributes.get("category", "-")
        left, right = words[word + 1], words[after + 2]
        return Seat(
            mention,
            number,
            self._segmentation.sentence_index(start),
            entity.id,
            entity.type,
            entity.type[0],
            name,
            name[-2:],
            (category, int(mention.confidence * 10)),
            (attributes.get("kind", "-"), attributes.get("unit", "-"), category) if entity.type == "Observation" else _UNCOUNTED,
            start,
            end,
            word,
            after,
            words[word] if left.text in _QUOTES else left,
            words[after + 3] if right.text in _QUOTES else right,
            self._counts[bisect_left(self._signs, start)],
            self._counts[bisect_left(self._signs, end)],
        )
