"""Choose what names a number: the phrase before it, the one after it, both, or what stands earlier in the sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.extract.indicator import Grammar, Phrase, act_phrase, clause_end, clause_start, left_phrase, right_phrase, verb_phrase
from kg.extract.letters import FEWEST_CHINESE, FORMULA, MOST_DIGITS
from kg.extract.measured import duration
from kg.model import Span

if TYPE_CHECKING:
    from kg.extract.period import Period
    from kg.extract.quantity import Quantity
    from kg.extract.scene import Scene

#: No indicator is longer; keeps the work at each number bounded.
_REACH = 120
_COMPARABLE = frozenset(["share", "points", "ratio", "person", "money", "count"])


@dataclass(frozen=True, slots=True)
class Naming:
    """Hold the name found for a number, how it was found, and the span that shows both."""

    name: str
    how: str
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    """Hold where a number stands.

    Attributes:
        floor: End of what the number before used.
        following: Where the next number starts.
        named: The observations before it in the sentence: their naming and the end of their number.
        clause: Where the clause of the number starts, after dates.
        baseline: What names the number before, if that is only the baseline of this one (``从380元提高至1000元``).
    """

    scene: Scene
    sentence: Span
    floor: int
    following: int
    quantity: Quantity
    periods: list[Period]
    named: list[Naming]
    baseline: Phrase | None = None
    clause: int = field(init=False)

    def __post_init__(self) -> None:
        """Find the clause; nearly every question about a number asks for it."""
        view, start = self.scene.view, self.quantity.before
        used = self.floor > self.sentence.start and "、" in view[self.floor : start]
        begin = clause_start(view, max(self.floor, start - _REACH), start, lists=used)
        found = max([begin, start - _REACH, *(p.span.end for p in self.periods if begin < p.span.end <= start)])
        object.__setattr__(self, "clause", found)

    @property
    def clause_end(self) -> int:
        """Return where the clause of the number ends; a blank that separates headline parts ends it too."""
        stops = [p.span.start for p in self.periods if p.span.start >= self.quantity.span.end]
        if self._gap(self.quantity.span.end) and not self._gap(self.quantity.span.start):
            return self.quantity.span.end
        reach = self.quantity.span.end + _REACH
        return clause_end(self.scene.view, self.quantity.span.end, min([self.following, self.sentence.end, reach, *stops]))

    def _gap(self, offset: int) -> bool:
        """Tell whether the view left something out before an offset."""
        origin = self.scene.document.origin
        return 0 < offset < len(origin) and origin[offset] - origin[offset - 1] > 1

    def phrases(self, rules: Grammar) -> tuple[Phrase, Phrase]:
        """Return what stands before and after the number in its clause."""
        view = self.scene.view
        left = left_phrase(view, self.clause, self.quantity.before, rules)
        if not left.text and self.baseline is not None:
            left = self.baseline
        return left, right_phrase(view, self.quantity.span.end, self.clause_end, rules)


def name_number(place: Place, left: Phrase, right: Phrase, rules: Grammar) -> Naming | None:
    """Return the name of a number; None when nothing near enough names it."""
    if place.quantity.measures == "time":
        found = duration(place.scene.view, place.clause, place.quantity, (left, right), rules)
    else:
        found = _compared(place, left, rules) or _ruled(place, rules) or _own(left, right, place.quantity, rules)
    made = Naming(*found) if found is not None else _from_context(place, left, rules)
    if made is not None and made.how == "after" and right.text in rules.words["generic"]:
        made = _granted(place, right, rules) or made
    if made is None or made.name in rules.words["never_names"] or not is_name(made.name):
        return None
    return made


def spare_name(place: Place, left: Phrase, right: Phrase, rules: Grammar) -> Naming | None:
    """Return some name of a number that the rules do not name: what stands before it, what follows, what must be done, a benefit, the heading."""
    quantity, span, view = place.quantity, place.quantity.span, place.scene.view
    if is_name(left.text) and left.text not in rules.words["never_names"]:
        return Naming(left.text, "spare", Span(left.span.start, span.end))
    if quantity.measures == "time":
        act = act_phrase(view, span.end, clause_end(view, span.end, len(view)), rules)
        if is_name(act.text):
            return Naming(act.text, "spare", Span(span.start, act.span.end))
    if is_name(right.text):
        return Naming(right.text, "spare", Span(span.start, right.span.end))
    earlier = _clause_before(place, rules)
    if is_name(earlier):
        return Naming(earlier, "spare", span)
    found = _head_before(place, "benefit_heads", rules)
    if found is not None and is_name(found.name):
        return Naming(found.name, "spare", span)
    return None


@lru_cache(maxsize=4096)
def is_name(name: str) -> bool:
    """Tell whether a name is words: two Chinese characters at least, and no row of a table or formula."""
    chinese = sum("\u3400" <= char <= "\u9fff" for char in name)
    digits = sum(char.isdigit() for char in name)
    return chinese >= FEWEST_CHINESE and digits <= min(chinese, MOST_DIGITS) and FORMULA.isdisjoint(name)


def _compared(place: Place, left: Phrase, rules: Grammar) -> tuple[str, str, Span] | None:
    """Name a comparison (``同比增长5.5%``, ``完成年度目标的58.2%``); the former takes up the indicator before."""
    if place.quantity.measures not in _COMPARABLE:
        return None
    span = Span(left.span.start, place.quantity.span.end)
    if rules.target_share.search(left.text) and place.quantity.measures == "share":
        return left.text, "target-share", span
    base = next((naming for naming in reversed(place.named) if naming.how not in ("comparison", "target-share")), None)
    if rules.comparison.search(left.text) and base is not None:
        return base.name + left.text, "comparison", span
    return None


def _ruled(place: Place, rules: Grammar) -> tuple[str, str, Span] | None:
    """Name a share of something by the indicator that it bounds (``补贴标准不超过其实际缴费的2/3``)."""
    if place.quantity.measures != "share":
        return None
    view, start = place.scene.view, place.clause
    for word in sorted(rules.words["bounds"], key=lambda w: (-len(w), w)):
        offset = view.find(word, start, place.quantity.before)
        if offset > start:
            phrase = left_phrase(view, start, offset, rules)
            if rules.ends(phrase.text, "standard_heads") or rules.ends(phrase.text, "duration_heads"):
                return phrase.text, "before", Span(phrase.span.start, place.quantity.span.end)
    return None


def _own(left: Phrase, right: Phrase, quantity: Quantity, rules: Grammar) -> tuple[str, str, Span] | None:
    """Choose between the phrase before the number, the one after it, and both together."""
    span = quantity.span
    counted = bool(right.text) and not right.clause
    speaks = bool(left.text) and not any(left.text in rules.words[silent] for silent in ("light", "never_names", "adverbs"))
    nominal = speaks and not rules.ends(left.text, "light") and left.text not in rules.words["generic"]
    before = (left.text, "before", Span(left.span.start, span.end))
    joint = (left.text + right.text, "joint", Span(left.span.start, right.span.end))
    found = before if speaks and left.text not in rules.words["generic"] else None
    if speaks and _complete(left, right, quantity, rules):
        found = before
    elif counted:
        both = (speaks and len(right.text) == 1) or (nominal and quantity.measures in ("share", "ratio"))
        found = joint if both else (right.text, "after", Span(span.start, right.span.end))
    elif right.clause and not nominal and quantity.measures in ("person", "share", "firm"):
        begin = left.span.start if speaks else span.start
        found = (left.text if speaks else "") + right.text, "clause", Span(begin, right.span.end)
    elif right.clause and nominal and quantity.measures == "share" and span.end == right.span.start:
        found = joint
    return found


def _complete(left: Phrase, right: Phrase, quantity: Quantity, rules: Grammar) -> bool:
    """Tell whether the phrase before the number names it fully, whatever follows."""
    if quantity.measures == "share" and rules.ends(left.text, "rate_heads"):
        if not right.clause and rules.ends(right.text, "benefit_heads"):
            return False
        return not right.clause or right.span.start > quantity.span.end
    attached = right.span.start == quantity.span.end
    if quantity.measures == "person" and quantity.comparator != "eq" and rules.ends(right.text, "qualifier_heads"):
        return not attached
    return quantity.measures == "money" and attached and rules.ends(left.text, "benefit_heads")


def _from_context(place: Place, left: Phrase, rules: Grammar) -> Naming | None:
    """Name a number whose own phrase says too little by what stands earlier in the sentence."""
    view, quantity = place.scene.view, place.quantity
    span = Span(left.span.start if left.text else quantity.span.start, quantity.span.end)
    previous = place.named[-1] if place.named else None
    if quantity.measures == "time":
        return (
            _head_before(place, "duration_heads", rules) if quantity.before < quantity.span.start and quantity.comparator == "le" else None
        )
    if previous is not None and left.text and previous.span.end == left.span.start:
        return Naming(view[previous.span.start : previous.span.end] + left.text, "context", Span(previous.span.start, span.end))
    if left.text in rules.words["light"]:
        earlier = _clause_before(place, rules)
        return Naming(earlier or left.text, "context", span)
    if left.text or quantity.measures not in ("money", "share"):
        return Naming(left.text, "context", span) if left.text else None
    return _unnamed(place, previous, span, rules)


def _unnamed(place: Place, previous: Naming | None, span: Span, rules: Grammar) -> Naming | None:
    """Name an amount or share without any words of its own: by the number before, the benefit granted after, or one named before."""
    view, quantity = place.scene.view, place.quantity
    if previous is not None and quantity.measures == "money" and previous.span.end >= place.clause - 2:
        return Naming(previous.name, "context", span)
    granted = verb_phrase(view, quantity.span.end, place.clause_end, "benefit_object", rules)
    if granted.text:
        return Naming(granted.text, "context", Span(quantity.span.start, granted.span.end))
    return _head_before(place, "benefit_heads", rules)


def _granted(place: Place, right: Phrase, rules: Grammar) -> Naming | None:
    """Name a rate by the benefit that it is the rate of (``按1000元/人的标准给予一次性就业补贴``)."""
    view = place.scene.view
    granted = verb_phrase(view, right.span.end, clause_end(view, right.span.end, place.clause_end), "benefit_object", rules)
    return Naming(granted.text + right.text, "context", Span(place.quantity.span.start, granted.span.end)) if granted.text else None


def _clause_before(place: Place, rules: Grammar) -> str:
    """Return the noun phrase that the clause before ends with, empty if it is no short phrase."""
    view, end = place.scene.view, place.clause - 1
    if end <= place.sentence.start or view[end] not in ",、":
        return ""
    phrase = left_phrase(view, clause_start(view, place.sentence.start, end, lists=False), end, rules)
    return phrase.text if len(phrase.text) <= rules.longest_name and not any(char.isdigit() for char in phrase.text) else ""


def _head_before(place: Place, listed: str, rules: Grammar) -> Naming | None:
    """Name a number by the nearest earlier phrase of the sentence that ends with a head of a list."""
    view, start = place.scene.view, place.sentence.start
    ends = [
        view.rfind(head, start, place.quantity.before) + len(head)
        for head in rules.words[listed]
        if head in view[start : place.quantity.before]
    ]
    if not ends:
        return None
    best = max(ends)
    phrase = left_phrase(view, clause_start(view, start, best, lists=True), best, rules)
    return Naming(phrase.text, "context", Span(phrase.span.start, place.quantity.span.end)) if phrase.text else None
