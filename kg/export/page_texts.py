"""Give the page the words of the source texts: whole where that is small enough, else what stands around the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Code points of text that a page holds at most; three of them weigh about four bytes when they are packed.
BUDGET = 1_200_000
#: What is kept beside each sentence of evidence when the whole texts are too much, tried in this order; code points.
_MARGINS = (160, 40, 0)
#: What is kept beside the quoted words when even the sentences are too much; code points.
_CLIPPED = (60, 16, 0)
_LONE_SURROGATE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


class Place(NamedTuple):
    """Hold where a quotation stands in its text, and where its sentence does; code points, ends exclusive."""

    start: int
    end: int
    left: int
    right: int


#: A part of a text: its first offset, and its words.
Piece = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Hold what the page shows of one text: pieces sorted by offset, apart from each other, and the length of the whole."""

    length: int
    pieces: tuple[Piece, ...]


def place_of(start: int, end: int, exact: str, sentence: str, text: str | None) -> Place:
    """Return where a quotation and its sentence stand.

    Args:
        start: First code point of the quotation in the text.
        end: Its end.
        exact: The quoted words.
        sentence: The sentence around them, or nothing.
        text: The whole text where it is known.

    >>> place_of(3, 5, "bc", "abcd", "..abcd..")
    Place(start=3, end=5, left=2, right=6)
    """
    if not sentence or sentence == exact:
        return Place(start, end, start, end)
    if text is not None:
        left = text.find(sentence, max(0, end - len(sentence)), start + len(sentence))
        if 0 <= left <= start and end <= left + len(sentence):
            return Place(start, end, left, left + len(sentence))
    offset = sentence.find(exact)
    left = start - offset
    return Place(start, end, left, left + len(sentence)) if offset >= 0 and left >= 0 else Place(start, end, start, end)


def excerpts(
    texts: Mapping[str, str], quotations: Mapping[str, Sequence[tuple[Place, str, str]]], budget: int = BUDGET
) -> dict[str, Excerpt]:
    """Return what the page shows of each text; every quotation lies whole in a piece.

    Args:
        texts: Whole texts by id, as far as they are known.
        quotations: For each text its evidence: place, quoted words, sentence.
        budget: Code points for all texts together; exceeded only where the quoted words alone do.
    """
    keys = sorted(quotations.keys() | texts.keys())
    whole = {key: texts.get(key) or _patched(quotations.get(key, ())) for key in keys}
    if sum(len(text.replace("\0", "")) for text in whole.values()) <= budget and all(key in texts for key in keys):
        return {key: Excerpt(len(whole[key]), (_piece(whole[key], 0, len(whole[key])),)) for key in keys}
    ladder = [(margin, True) for margin in _MARGINS] + [(margin, False) for margin in _CLIPPED]
    for margin, sentences in ladder:
        spans = {key: _spans(quotations.get(key, ()), len(whole[key]), margin, sentences=sentences) for key in keys}
        if sum(end - start for own in spans.values() for start, end in own) <= budget:
            break
    return {key: Excerpt(len(whole[key]), tuple(_cut(whole[key], spans[key], known=key in texts))) for key in keys}


def _patched(quotations: Sequence[tuple[Place, str, str]]) -> str:
    """Return a text as far as its quotations tell it, NUL where they do not."""
    characters = ["\0"] * max((place.right for place, _, _ in quotations), default=0)
    for place, exact, sentence in quotations:
        if len(sentence) == place.right - place.left:
            characters[place.left : place.right] = sentence
        characters[place.start : place.end] = (exact + "\0" * len(characters))[: place.end - place.start]
    return "".join(characters)


def _spans(quotations: Iterable[tuple[Place, str, str]], length: int, margin: int, *, sentences: bool) -> list[tuple[int, int]]:
    """Return what to keep, sorted and joined."""
    wanted = sorted((p.left, p.right) if sentences else (p.start, p.end) for p, _, _ in quotations)
    kept: list[tuple[int, int]] = []
    for start, end in wanted:
        left, right = max(0, start - margin), min(length, end + margin)
        if kept and left <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], right))
        else:
            kept.append((left, right))
    return kept


def _cut(text: str, spans: Iterable[tuple[int, int]], *, known: bool) -> Iterable[Piece]:
    for start, end in spans:
        if known:
            yield _piece(text, start, end)
            continue
        offset = start
        for part in text[start:end].split("\0"):
            if part:
                yield _piece(text, offset, offset + len(part))
            offset += len(part) + 1


def _piece(text: str, start: int, end: int) -> Piece:
    return start, text[start:end].translate(_LONE_SURROGATE)
