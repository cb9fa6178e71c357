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
from kg.extract.second_look import Taken, look_again
from kg.extract.settle import settle
from kg.extract.short_programs import settle_programs
from kg.extract.spans import Vocabulary, make_lattice
from kg.extract.tokens import tokenise
from kg.extract.variants import join_variants
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.extract.spans import Lattice
    from kg.extract.tokens import Tokens

_LEXICON_PROGRAM = 0.85
_SHORTEST = 2
#: Code points before a measure in which a refusal stands.
_REFUSAL = 14
#: Of the span model's types those that are phrases; its agencies are named by their region.
_TYPES = ("Measure", "TargetGroup", "Program")
_OWN = 0.99
#: Words kept from text to text, with what the models make of each; beyond them the keeping starts anew.
_MOST_WORDS = 50_000
_INNER_QUOTE = re.compile(r"[“”]")


@lru_cache(maxsize=4)
def _vocabulary(domain: Domain) -> Vocabulary:
    return Vocabulary(domain.patterns("words").words)


def vocabulary_of(domain: Domain) -> Vocabulary:
    """Return the words met so far with their classes; beyond a number of them it starts anew, so that it never outgrows the memory."""
    vocabulary = _vocabulary(domain)
    if max(len(vocabulary.words), len(vocabulary.groups)) > _MOST_WORDS:
        _vocabulary.cache_clear()
        vocabulary = _vocabulary(domain)
    return vocabulary


@lru_cache(maxsize=4)
def _scorer(domain: Domain) -> Scorer:
    return Scorer(domain.span_model, domain.network)


def lattice_of(scene: Scene, tokens: Tokens | None = None) -> Lattice:
    """Return the scored words of a scene, with what the lexicon knows of them."""
    headings = [(s.span.start, s.span.end) for s in scene.segmentation.sentences if s.is_heading]
    known = [(start, end, entry.type) for start, end, entry in scene.domain.lexicon.find(scene.view)]
    return make_lattice(tokens or tokenise(scene.view), vocabulary_of(scene.domain), headings, known)


def score_spans(scene: Scene, lattice: Lattice) -> dict[str, list[Taken]]:
    """Return by type the places that the models take, with their probabilities; those of a type do not overlap.

    Args:
        scene: The document.
        lattice: Its words (:func:`lattice_of`).
    """
    found, model = first_look(scene, lattice), scene.domain.second_model
    if model is None:
        return found
    sentences = [sentence.span.start for sentence in scene.segmentation.sentences]
    return look_again(found, scene.view, sentences, joints(scene.domain), model)


def first_look(scene: Scene, lattice: Lattice) -> dict[str, list[Taken]]:
    """Return by type the places that the span model and the network take, from what stands near each alone; see :func:`score_spans`."""
    scorer, starts = _scorer(scene.domain), lattice.tokens.starts
    found: dict[str, list[Taken]] = {type_: [] for type_ in scorer.model.types}
    for scored in best(list(scorer.probabilities(lattice))):
        span = _trim(scene.view, Span(starts[scored.first], starts[scored.last + 1]))
        found[scorer.model.types[scored.type]].append(Taken(span, scored.probability))
    return found


def joints(domain: Domain) -> frozenset[str]:
    """Return what joins the members of an enumeration."""
    return frozenset(domain.patterns("phrases").settings["members"]["joints"])


def find_phrases(scene: Scene, lattice: Lattice, scored: Mapping[str, Sequence[Taken]], taken: Sequence[Mention]) -> list[Mention]:
    """Return the mentions of programs, target groups and measures, sorted by place.

    Args:
        scene: The document.
        lattice: Its words (:func:`lattice_of`).
        scored: What the span model takes (:func:`score_spans`).
        taken: Mentions of documents and agencies; a phrase inside one of them is none of its own.
    """
    found = [
        _mention(scene, span, type_, f"span-model-{type_.lower()}", probability)
        for type_ in _TYPES
        for span, probability in scored.get(type_, ())
        if type_ != "Measure" or not _is_refused(scene, span)
    ]
    found += _by_lexicon(scene, lattice, found)
    return settle_programs(join_variants(settle([m for m in found if m is not None], taken), scene.domain), scene)


def _is_refused(scene: Scene, span: Span) -> bool:
    """Tell whether the words before a measure forbid it or turn it down (不得…, 严禁…): then the text does not grant it."""
    refused = scene.domain.patterns("phrases").patterns["refused"]
    return refused.search(scene.view, max(0, span.start - _REFUSAL), span.start) is not None


def _mention(scene: Scene, span: Span, type_: str, rule: str, probability: float) -> Mention | None:
    """Return the mention of a phrase, None where it says too little."""
    entity = _entity(scene.domain, type_, scene.view[span.start : span.end])
    return None if entity is None else Mention(span, entity, rule, round(probability, 2))


@lru_cache(maxsize=1 << 15)
def _entity(domain: Domain, type_: str, words: str) -> Entity | None:
    """Return what a phrase names, under its canonical name; a name that the lexicon knows takes its entry's."""
    name = _name(words, domain)
    if len(name) < _SHORTEST:
        return None
    entry = domain.lexicon.get(type_, name)
    if entry is not None:
        name = entry.name
    category = entry.category if entry is not None and entry.category else categorise(domain, type_, name)
    attributes = {"category": category} if category else {}
    return Entity(entity_id(type_, name), type_, name, attributes, entry.aliases if entry is not None else ())


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
