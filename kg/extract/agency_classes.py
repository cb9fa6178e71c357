"""Give a class of bodies one name in a text, in the words that the text has for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.extract import agency_names as names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.domain import Domain
    from kg.extract.agency_hits import BodyClass, Hit

_Key = tuple[str, str, str]


def one_name_a_class(hits: Sequence[Hit], domain: Domain) -> list[Hit]:
    """Return the hits, those of one class of bodies with one entity.

    A text that writes 人社部门 and 人力资源社会保障部门 means one class. Its name has the usual short words where the text uses them, else
    those it uses most. Bare words (人力资源社会保障部门) mean the class that the text names in full (县级以上人民政府人力资源社会保障部门),
    where it names one only.
    """
    bodies = [hit.body for hit in hits if hit.body is not None]
    full = _in_full(bodies, domain)
    used: defaultdict[_Key, Counter[str]] = defaultdict(Counter)
    for body in bodies:
        used[_key(full.get(_key(body), body))][body.words] += 1
    made = []
    for hit in hits:
        if hit.body is None:
            made.append(hit)
            continue
        body = full.get(_key(hit.body), hit.body)
        words = _words(body, used[_key(body)], domain)
        made.append(replace(hit, entity=names.body_class(replace(body, words=words), domain)))
    return made


def _key(body: BodyClass) -> _Key:
    return body.kind.id, body.region.key if body.region is not None else "", body.quantifier


def _in_full(bodies: Sequence[BodyClass], domain: Domain) -> dict[_Key, BodyClass]:
    """Return, by the key of a class in bare words, the one class of all levels that the text names with its levels."""
    general = domain.agencies.words["class_units"]["general"]
    found: defaultdict[_Key, dict[str, BodyClass]] = defaultdict(dict)
    for body in bodies:
        if any(body.quantifier.startswith(word) for word in general):
            found[_key(replace(body, quantifier=""))].setdefault(body.quantifier, body)
    return {key: next(iter(one.values())) for key, one in found.items() if len(one) == 1}


def _words(body: BodyClass, used: Counter[str], domain: Domain) -> str:
    """Return the words of a class's name: the usual ones if the text has them, else those of most places, the longest of equals."""
    usual = names.class_words(body.kind, domain)
    return usual if usual in used else min(used, key=lambda words: (-used[words], -len(words), words))
