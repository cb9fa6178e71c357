"""Find the region that a text speaks from: what 我省, 全市 and 县 stand for in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.extract.document_names import number_place
from kg.extract.places import Place, find_places
from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain import Domain
    from kg.domain.divisions import Division, Divisions
    from kg.model import Document

_HEAD = 240
_TAIL = 160
_YEAR = r"[〔\[【﹝](?:19|20)\d\d[〕\]】﹞]"
_PREFIX = 12
_NUMBER = re.compile(rf"[\u4e00-\u9fff]{{1,{_PREFIX}}}{_YEAR}\D?\d+\D")
_NUMBER_YEAR = re.compile(_YEAR)
_SIBLINGS = 3
_OWN = 3.0
_SHOWN = 2.0
_ENOUGH = 2.0
_SURE = 6.0
#: Last lines that may sign a text, and the lengths of such a line and of a title.
_SIGNED, _SIGNATURE, _TITLE = 4, 30, 60
_LINE = re.compile(r"[^\n]+")


@dataclass
class Votes:
    """Count evidence for regions: ``total`` weights by key, ``own`` evidence that is about the text itself, ``strong`` what names it."""

    total: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    strong: set[str] = field(default_factory=set)

    def add(self, division: Division, weight: float, *, own: bool = False, strong: bool = False) -> None:
        """Count one piece of evidence."""
        self.total[division.key] += weight  # type: ignore[assignment]  # weights are halves
        if own:
            self.own[division.key] += weight  # type: ignore[assignment]
        if strong:
            self.strong.add(division.key)


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
            votes.add(place, _SURE, own=True, strong=True)
    for found in _numbers(document.view):
        place = number_place(found, None, domain)[0]
        if place is not None and place.level == "provincial":
            votes.add(place, 1.0)
    return _decide(document.view, votes, domain)


def _numbers(view: str) -> Iterator[str]:
    """Yield the document numbers of a view, from left to right; years in brackets are sooner found than the words before them."""
    after = 0
    for year in _NUMBER_YEAR.finditer(view):
        for start in range(max(after, year.start() - _PREFIX), year.start()):
            match = _NUMBER.match(view, start)
            if match is not None:
                yield match.group()
                after = match.end()
                break


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
    shared: list[tuple[Place, float]] = []
    lines = _own_lines(view, title)
    for place in find_places(view, divisions):
        division = _division(place, divisions)
        headline = place.span.start < _HEAD or place.span.start > len(view) - _TAIL
        if division is None:
            if place.full:
                shared.append((place, _OWN if any(line.covers(place.span) for line in lines) else _SHOWN if headline else 1.0))
            for candidate in divisions.candidates(place.name):
                if candidate.level == "county" and place.name not in divisions.words["ambiguous"]["words"]:
                    counties[candidate.parent].add(candidate.key)
            continue
        if division.level in ("national", "country"):
            continue
        if division.level == "county" and not place.full:
            counties[division.parent].add(division.key)
            continue
        strong = place.full and any(line.covers(place.span) for line in lines)
        own = (title is not None and title.covers(place.span)) or strong
        published = publisher.match(view, place.span.start) is not None
        weight = _OWN if own or published else (_SHOWN if place.full and headline else 1.0)
        votes.add(division, weight, own=own or (place.full and headline), strong=strong)
    for parent, found in counties.items():
        city = divisions.get(parent)
        if city is not None and city.level == "prefecture" and len(found) >= _SIBLINGS:
            votes.add(city, _SURE * len(found))
    _settle_shared(shared, votes, divisions)
    return votes


def _own_lines(view: str, title: Span | None) -> list[Span]:
    """Return the lines that say whose a text is: its title, its first line, and the short last ones, where it is signed."""
    lines = [Span(*match.span()) for match in _LINE.finditer(view) if match.group().strip()]
    short = [line for line in lines[-_SIGNED:] if len(line) <= _SIGNATURE]
    return [*([title] if title is not None else []), *[line for line in lines[:1] if len(line) <= _TITLE], *short]


def _settle_shared(shared: list[tuple[Place, float]], votes: Votes, divisions: Divisions) -> None:
    """Count a name that several regions bear (普陀区) for the one whose city or province the text names, where only one is."""
    seen = set(votes.total)
    for place, weight in shared:
        found = [one for one in divisions.candidates(place.name) if any(key in seen for key in divisions.chain(one.key)[1:-1])]
        if len(found) == 1:
            votes.add(found[0], weight, own=weight > 1.0, strong=weight == _OWN)


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
    speaks = _speaking(view, domain)
    provinces: Counter[str] = Counter()
    for key, weight in votes.total.items():
        province = _province(key, divisions)
        if province is not None:
            provinces[province] += weight
    speaking = speaks["provincial"] + speaks["prefecture"] + speaks["county"] + speaks["whole_region"]
    owned = {_province(key, divisions) for key in votes.own} - {None}
    best = _best(provinces, 0.5)
    if best is None and speaking and len(owned) == 1:
        best = next(iter(owned))
    if best is None or (provinces[best] < _ENOUGH and not (speaking and provinces[best] >= 1.0)):
        return None
    own = best in owned
    if not speaking and not (own and provinces[best] >= _ENOUGH * 2) and provinces[best] < _SURE:
        return None
    if best in divisions.municipalities and not speaks["county"]:
        return divisions.get(best)
    return _inside(best, votes, speaks, domain) or divisions.get(best)


def _province(key: str, divisions: Divisions) -> str | None:
    """Return the innermost region of the provincial level around a region: a corps that lies in a province is one itself."""
    found = divisions.at_level(key, ("provincial",))
    return found.key if found is not None else None


def _speaking(view: str, domain: Domain) -> Counter[str]:
    """Count by level what shows that a text speaks from inside a region: 我省, 全县, and bodies of a level without a name (县委, 区人社局)."""
    settings = domain.patterns("context").settings
    regional = settings["regional"]
    speaks = Counter({level: sum(map(view.count, words)) for level, words in regional.items() if isinstance(words, list)})
    listed = sum(map(view.count, settings["acting"]["not_whole"]))
    speaks["whole_region"] = max(0, speaks["whole_region"] - listed)
    acts: Counter[str] = Counter()
    for match in domain.patterns("context").scan("acting").finditer(view):
        whole = match.group("body").endswith(tuple(settings["acting"]["provincial_ends"]))
        acts["provincial" if whole else settings["acting"]["levels"][match.group("level")]] += 1
    if acts["county"] <= acts["prefecture"] and not speaks["county"]:
        acts["county"] = 0  # the bodies below a city, of which its texts speak too
    for level in ("county", "provincial"):
        speaks[level] += acts[level]
    speaks["city_bodies"] = acts["prefecture"]
    return speaks


def _best(scores: Counter[str], share: float) -> str | None:
    """Return the key with at least a share of all weight; of equal ones the smallest."""
    total = sum(scores.values())
    if not total:
        return None
    best = min(scores, key=lambda key: (-scores[key], key))
    return best if scores[best] >= share * total else None


def _inside(province: str, votes: Votes, speaks: Counter[str], domain: Domain) -> Division | None:
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
        speaks_here = speaks["prefecture"] + speaks["city_bodies"]
        signed = best in own and votes.own[best] >= _OWN
        if level == "county" and not (speaks["county"] and best in own and votes.own[best] >= _SHOWN):
            continue
        if level == "prefecture" and not (signed or speaks["prefecture"] or (speaks_here and best in own)):
            continue
        if level == "prefecture" and not speaks_here and speaks["provincial"] and best not in votes.strong and votes.own[best] < _SURE:
            continue
        if level == "prefecture" and not signed and not speaks["certain"] and speaks["provincial"] > speaks_here:
            continue
        return divisions.get(best)
    return None
