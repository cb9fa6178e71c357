"""Compare names as people write them: any script, with or without quotation marks, nearly right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from kg.domain.lexicon import TYPES
from kg.extract.names import canonical, entity_id
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kg.domain import Domain


def name_key(name: str, fold: Callable[[str], str]) -> str:
    """Return the form in which two spellings of a name are equal: simplified, canonical, lower case.

    Args:
        name: What a user or a label says.
        fold: The domain's script fold (``domain.fold``).
    """
    return canonical(fold(name)).casefold()


def official_ids(name: str, domain: Domain) -> set[str]:
    """Return the ids of what a name means by the domain's own knowledge, wherever it stands: agencies in short forms, lexicon aliases.

    Args:
        name: What a user says, in any script.
        domain: Gives grammar and lexicon.
    """
    from kg.extract.agency_grammar import grammar_hits

    view = domain.fold(name)
    whole = Span(0, len(view))
    found = {hit.entity.id for hit in grammar_hits(view, whole, None, domain) if hit.span == whole}
    return found | {entity_id(type_, entry.name) for type_ in TYPES if (entry := domain.lexicon.get(type_, view)) is not None}


def near_names(name: str, known: Iterable[str], fold: Callable[[str], str], limit: int = 5) -> list[str]:
    """Return the known names most like ``name``: those that hold it or lie in it first, then the closest spellings.

    Args:
        name: The name that is not known.
        known: Known names; duplicates are dropped.
        fold: The domain's script fold.
        limit: How many to return at most.
    """
    wanted = name_key(name, fold)
    keys = {each: name_key(each, fold) for each in sorted(set(known))}
    inside = [each for each, key in keys.items() if wanted and key and (wanted in key or (len(key) > 1 and key in wanted))]
    found = sorted(inside, key=lambda each: (abs(len(keys[each]) - len(wanted)), each))[:limit]
    if len(found) < limit:
        by_key: dict[str, str] = {}
        for each, key in keys.items():
            by_key.setdefault(key, each)
        close = difflib.get_close_matches(wanted, list(by_key), n=limit, cutoff=0.5)
        found += [by_key[key] for key in close if by_key[key] not in found]
    return found[:limit]
