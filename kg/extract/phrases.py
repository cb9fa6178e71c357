"""Find programs, target groups and measures: the span model's choice, joined with the names that the lexicon knows.

What a user's own table names is always found; what the shipped lexicon names is evidence that the model weighs (``X…`` features),
save for programs, whose names are proper names and count wherever they stand by themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract.categories import categorise
from kg.extract.names import canonical, entity_id
from kg.extract.scorer import Scorer, best
from kg.extract.settle import settle
from kg.extract.spans import Vocabulary, make_lattice
from kg.extract.tokens import tokenise
from kg.extract.variants import join_variants
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.extract.tokens import Tokens

_LEXICON_PROGRAM = 0.85
_SHORTEST = 2
_OWN = 0.99
_INNER_QUOTE = re.compile(r"[“”]")


@lru_cache(maxsize=4)
def _vocabulary(domain: Domain) -> Vocabulary:
    return Vocabulary(domain.patterns("words").words)


@lru_cache(maxsize=4)
def _scorer(domain: Domain) -> Scorer:
    return Scorer(domain.span_model, domain.network)


def lattice_of(scene: Scene, tokens: Tokens | None = None) -> Lattice:
    """Return the scored words of a scene, with what the lexicon knows of them."""
    headings = [(s.span.start, s.span.end) for s in scene.segmentation.sentences if s.is_heading]
    known = [(start, end, entry.type) for start, end, entry in scene.domain.lexicon.find(scene.view)]
    return make_lattice(tokens or tokenise(scene.view), _vocabulary(scene.domain), headings, known)


def find_phrases(scene: Scene, lattice: Lattice, taken: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of programs, target groups and measures, sorted by place.

    Args:
        scene: The document.
        lattice: Its words (:func:`lattice_of`).
        taken: Mentions of documents and agencies; a phrase inside one of them is none of its own.
    """
    scorer = _scorer(scene.domain)
    starts = lattice.tokens.starts
    found = []
    for scored in best(list(scorer.probabilities(lattice))):
        span = _trim(scene.view, Span(starts[scored.first], starts[scored.last + 1]))
        type_ = scorer.model.types[scored.type]
        found.append(_mention(scene, span, type_, f"span-model-{type_.lower()}", scored.probability))
    found += _by_lexicon(scene, lattice, found)
    return join_variants(settle([m for m in found if m is not None], taken), scene.domain)


def _mention(scene: Scene, span: Span, type_: str, rule: str, probability: float) -> Mention | None:
    """Return the mention of a phrase under its canonical name; a name that the lexicon knows takes its entry's."""
    domain = scene.domain
    name = _name(scene.view[span.start : span.end], domain)
    if len(name) < _SHORTEST:
        return None
    entry = domain.lexicon.get(type_, name)
    if entry is not None:
        name = entry.name
    category = entry.category if entry is not None and entry.category else categorise(domain, type_, name)
    attributes = {"category": category} if category else {}
    aliases = entry.aliases if entry is not None else ()
    return Mention(span, Entity(entity_id(type_, name), type_, name, attributes, aliases), rule, round(probability, 2))


def _name(words: str, domain: Domain) -> str:
    """Return the canonical name of a phrase: quotation marks gone, counts and words of number at its head left out."""
    name = canonical(_INNER_QUOTE.sub("", words))
    heads = domain.patterns("phrases").patterns
    return heads["head"].sub("", heads["tail"].sub("", name)) or name


def _trim(view: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and view[start].isspace():
        start += 1
    while end > start and view[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _by_lexicon(scene: Scene, lattice: Lattice, found: Sequence[Mention | None]) -> list[Mention | None]:
    """Return mentions of the user's own names, and of programs that the lexicon knows, where no found program covers them."""
    index = lattice.tokens.index
    held = [m.span for m in found if m is not None and m.entity.type == "Program"]
    mentions = []
    for start, end, entry in scene.domain.lexicon.find(scene.view):
        span = Span(start, end)
        if entry.own:
            mentions.append(_mention(scene, span, entry.type, "own-lexicon", _OWN))
        elif entry.type == "Program" and start in index and end in index and not any(s.overlaps(span) for s in held):
            mentions.append(_mention(scene, span, "Program", "lexicon-program", _LEXICON_PROGRAM))
    return mentions
