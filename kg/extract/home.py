"""Find the region that a text speaks from: what 我省, 全市 and 县 stand for in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.document_names import number_place
from kg.extract.places import Place, find_places

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.divisions import Division, Divisions
    from kg.model import Document, Span

_HEAD = 240
_TAIL = 160
_NUMBERS = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[【﹝](?:19|20)\d\d[〕\]】﹞]\D?\d+\D")
_SIBLINGS = 3
_OWN = 3.0
_ENOUGH = 2.0
_SURE = 6.0


@dataclass
class Votes:
    """Count evidence for regions: ``total`` weights by key, ``own`` evidence that is about the text itself."""

    total: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)

    def add(self, division: Division, weight: float, *, own: bool = False) -> None:
        """Count one piece of evidence."""
        self.total[division.key] += weight  # type: ignore[assignment]  # weights are halves
        if own:
            self.own[division.key] += weight  # type: ignore[assignment]


def home_region(document: Document, script: str, title: Span | None, number: str | None, domain: Domain) -> Division | None:
    """Return the innermost region that the text certainly speaks from, None when it gives none.

    Evidence: the user's metadata; the number, title, signature and head of the text; its publisher; the regions it names.
    """
    divisions = domain.divisions
    stated = document.metadata.get("region")
    if stated:
        return divisions.lookup(domain.fold(stated))
    if script == "Hant":
        outside = _outside(document.view, domain)
        if outside is not None:
            return outside
    votes = _votes(document.view, title, domain)
    if number:
        place = number_place(number, None, domain)[0]
        if place is not None:
            votes.add(place, _SURE, own=True)
    for match in _NUMBERS.finditer(document.view) if any(sign in document.view for sign in "〔[【﹝") else ():
        place = number_place(match.group(), None, domain)[0]
        if place is not None and place.level == "provincial":
            votes.add(place, 1.0)
    return _decide(document.view, votes, domain)


def _outside(view: str, domain: Domain) -> Division | None:
    """Return Taiwan, Hong Kong or Macau when a text in traditional script uses the words of its offices."""
    scores = {}
    for key, table in domain.patterns("context").settings["outside"].items():
        scores[key] = sum(min(view.count(word), 5) for word in table["words"])
    best = max(scores, key=lambda key: (scores[key], key))
    regional = domain.patterns("context").settings["regional"]
    mainland = sum(view.count(word) for level in ("provincial", "prefecture", "county") for word in regional[level])
    return domain.divisions.get(best) if scores[best] > mainland and scores[best] > 1 else None


def _votes(view: str, title: Span | None, domain: Domain) -> Votes:
    divisions = domain.divisions
    votes = Votes()
    publisher = domain.patterns("context").patterns["publisher"]
    counties: defaultdict[str, set[str]] = defaultdict(set)
    for place in find_places(view, divisions):
        division = _division(place, divisions)
        if division is None:
            for candidate in divisions.candidates(place.name):
                if candidate.level == "county" and place.name not in divisions.words["ambiguous"]["words"]:
                    counties[candidate.parent].add(candidate.key)
            continue
        if division.level in ("national", "country"):
            continue
        if division.level == "county" and not place.full:
            counties[division.parent].add(division.key)
            continue
        own = title is not None and title.covers(place.span)
        headline = place.span.start < _HEAD or place.span.start > len(view) - _TAIL
        published = publisher.match(view, place.span.start) is not None
        votes.add(division, 3.0 if own or published else (2.0 if place.full and headline else 1.0), own=own or (place.full and headline))
    for parent, found in counties.items():
        city = divisions.get(parent)
        if city is not None and city.level == "prefecture" and len(found) >= _SIBLINGS:
            votes.add(city, _SURE * len(found))
    return votes


def _division(place: Place, divisions: Divisions) -> Division | None:
    words = divisions.words["ambiguous"]
    if not place.full and place.name in words["words"] and place.name not in words["known"]:
        return None
    return divisions.lookup(place.name)


def _decide(view: str, votes: Votes, domain: Domain) -> Division | None:
    divisions = domain.divisions
    regional = domain.patterns("context").settings["regional"]
    if re.search(regional["anonymous"], view):
        return None
    speaks = {level: sum(view.count(word) for word in words) for level, words in regional.items() if isinstance(words, list)}
    provinces: Counter[str] = Counter()
    for key, weight in votes.total.items():
        province = divisions.province_of(key)
        if province is not None:
            provinces[province.key] += weight
    best = _best(provinces, 0.5)
    speaking = speaks["provincial"] + speaks["prefecture"] + speaks["county"] + speaks["whole_region"]
    if best is None or (provinces[best] < _ENOUGH and not (speaking and provinces[best] >= 1.0)):
        return None
    own = any(divisions.province_of(key) == divisions.get(best) for key in votes.own)
    if not speaking and not (own and provinces[best] >= _ENOUGH * 2) and provinces[best] < _SURE:
        return None
    if best in divisions.municipalities and not speaks["county"]:
        return divisions.get(best)
    return _inside(best, votes, speaks, domain) or divisions.get(best)


def _best(scores: Counter[str], share: float) -> str | None:
    """Return the key with at least a share of all weight; of equal ones the smallest."""
    total = sum(scores.values())
    if not total:
        return None
    best = min(scores, key=lambda key: (-scores[key], key))
    return best if scores[best] >= share * total else None


def _inside(province: str, votes: Votes, speaks: dict[str, int], domain: Domain) -> Division | None:
    """Return the city or county inside a province that the text speaks from, None for the province itself."""
    divisions = domain.divisions
    for level, wanted in (("county", ("county",)), ("prefecture", ("prefecture",))):
        scores: Counter[str] = Counter()
        own: set[str] = set()
        for key, weight in votes.total.items():
            division = divisions.at_level(key, wanted)
            if division is not None and divisions.chain(key)[-2:-1] and province in divisions.chain(key):
                scores[division.key] += weight
                if votes.own[key]:
                    own.add(division.key)
        best = _best(scores, 0.5)
        if best is None:
            continue
        signed = best in own and votes.own[best] >= _OWN
        if level == "county" and not (speaks["county"] and signed):
            continue
        if level == "prefecture" and not (signed or speaks["prefecture"]):
            continue
        if level == "prefecture" and not signed and not speaks["certain"] and speaks["provincial"] > speaks["prefecture"]:
            continue
        return divisions.get(best)
    return None
