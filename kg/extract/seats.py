"""Hold a mention with what pairs ask of it again and again, and parts of what speaks for a pair with their weight."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.model import Mention


class Part:
    """Hold features that belong together, without the name of the predicate, and in ``known`` their weight once it is asked for."""

    __slots__ = ("features", "known")

    def __init__(self, features: list[str]) -> None:
        self.features = features
        self.known: int | None = None

    def weight(self, weights: Mapping[str, int]) -> int:
        """Return the sum of the features' weights; a part is only ever asked with the same weights."""
        if self.known is None:
            self.known = sum(map(weights.get, self.features, repeat(0)))
        return self.known


class Whole:
    """Hold parts that always stand together, as one :class:`Part`."""

    __slots__ = ("_parts", "known")

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts
        self.known: int | None = None

    @property
    def features(self) -> list[str]:
        """Return the features of all parts."""
        return [feature for part in self._parts for feature in part.features]

    def weight(self, weights: Mapping[str, int]) -> int:
        """Return the sum of the parts' weights."""
        if self.known is None:
            self.known = sum([part.weight(weights) for part in self._parts])
        return self.known


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """Hold a mention with what pairs ask of it again and again.

    Attributes:
        number: Different for each seat of a text.
        sentence: Index of its sentence.
        kind: First letter of its type.
        tail: The last two characters of its name.
        sure: How sure it is, in tenths.
        word: Index of the first word that does not begin before it.
        after: Index of the first word that does not begin before its end.
    """

    mention: Mention
    number: int
    sentence: int
    id: str
    type: str
    kind: str
    name: str
    tail: str
    category: object
    sure: int
    start: int
    end: int
    word: int
    after: int


def seat(mention: Mention, number: int, scene: Scene, lattice: Lattice) -> Seat:
    """Return a mention's seat."""
    entity, span, starts = mention.entity, mention.span, lattice.tokens.starts
    return Seat(
        mention,
        number,
        scene.segmentation.sentence_index(span.start),
        entity.id,
        entity.type,
        entity.type[0],
        entity.name,
        entity.name[-2:],
        entity.attributes.get("category", "-"),
        int(mention.confidence * 10),
        span.start,
        span.end,
        bisect_left(starts, span.start),
        bisect_left(starts, span.end),
    )
