"""Find indicators with their numbers and make observations of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.extract.indicator import Grammar, Phrase, clause_end, clause_start, grammar, left_phrase, right_phrase
from kg.extract.measured import duration, has_own_unit, is_data, unit_of
from kg.extract.names import canonical, entity_id
from kg.extract.observed import relate_observations
from kg.extract.period import Period, find_frequency, find_periods
from kg.extract.quantity import Quantity, find_quantities, find_unreadable, number, quoted
from kg.extract.reading import Reading, kind_of
from kg.model import Entity, Finding, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.extract.scene import Scene

__all__ = ["find_observations", "observation_findings", "relate_observations"]

_CONFIDENCE = {"before": 0.9, "after": 0.85, "joint": 0.8, "comparison": 0.85, "context": 0.7, "duration": 0.75, "clause": 0.7}


@dataclass(slots=True)
class Draft:
    """Collect what becomes one observation; comparisons that follow may add to it."""

    quantity: Quantity
    name: str
    span: Span
    how: str
    kind: str
    period: Period | None
    unit: str
    unit_text: str
    concept: str
    extra: dict[str, Any] = field(default_factory=dict)


def find_observations(scene: Scene, taken: Sequence[Mention]) -> list[Mention]:
    """Return every indicator with its number, sorted by place.

    Args:
        taken: Documents, agencies and programs found before; numbers inside their names are no data.
    """
    domain = scene.domain
    rules = grammar(domain)
    reading = Reading.of(scene)
    blocked = sorted(mention.span for mention in taken if mention.entity.type in ("PolicyDocument", "Agency", "Program"))
    mentions: list[Mention] = []
    for index, sentence in enumerate(scene.segmentation.sentences):
        if not domain.quantities.number.search(scene.view, sentence.span.start, sentence.span.end):
            continue
        drafts = _sentence(scene, index, blocked, rules, reading)
        mentions += [_mention(draft, scene) for draft in drafts]
    return sorted(mentions, key=lambda mention: mention.span)


def observation_findings(scene: Scene) -> list[Finding]:
    """Return a finding for each number or date that cannot be read."""
    domain = scene.domain
    whole = Span(0, len(scene.view))
    bad = find_unreadable(scene.view, whole, domain.quantities)
    bad += [period.span for period in find_periods(scene.view, whole, None, domain.base_patterns("periods")) if period.faulty]
    source = scene.document.source
    return [Finding("warning", "unreadable-number", f"{source}:{scene.document.to_text(span).start}", scene.text(span)) for span in sorted(bad)]


def _sentence(scene: Scene, index: int, blocked: list[Span], rules: Grammar, reading: Reading) -> list[Draft]:
    """Return the observations of one sentence."""
    view, span = scene.view, scene.segmentation.sentences[index].span
    periods = find_periods(view, span, scene.context.date, scene.domain.base_patterns("periods"))
    closed = [period.span for period in periods] + quoted(view, span)
    closed += [other for other in blocked if other.overlaps(span)]
    quantities = [
        quantity
        for quantity in find_quantities(view, span, scene.domain.quantities)
        if not any(other.overlaps(quantity.span) for other in closed)
    ]
    drafts: list[Draft] = []
    floor = span.start
    for i, quantity in enumerate(quantities):
        following = quantities[i + 1].before if i + 1 < len(quantities) else span.end
        draft = _draft(_Place(scene, span, floor, following, quantity, periods), drafts, rules, reading)
        if draft is None:
            if has_own_unit(quantity) and quantity.measures != "never":
                floor = max(floor, quantity.span.end) if quantity.measures != "money" else floor
            continue
        drafts.append(draft)
        floor = max(draft.span.end, quantity.span.end)
    return drafts


@dataclass(frozen=True, slots=True)
class _Place:
    """Hold where a number stands: its sentence, the end of what the number before used, the start of the next number."""

    scene: Scene
    sentence: Span
    floor: int
    following: int
    quantity: Quantity
    periods: list[Period]

    @property
    def clause(self) -> int:
        """Return where the clause of the number starts, after dates."""
        view, start = self.scene.view, self.quantity.before
        used = self.floor > self.sentence.start and "、" in view[self.floor : start]
        begin = clause_start(view, self.floor, start, lists=used)
        return max([begin, *(p.span.end for p in self.periods if begin < p.span.end <= start)])

    @property
    def clause_end(self) -> int:
        """Return where the clause of the number ends."""
        stops = [p.span.start for p in self.periods if p.span.start >= self.quantity.span.end]
        return clause_end(self.scene.view, self.quantity.span.end, min([self.following, self.sentence.end, *stops]))


def _draft(place: _Place, before: list[Draft], rules: Grammar, reading: Reading) -> Draft | None:
    """Name one number; None when it is no data or nothing names it."""
    quantity, view = place.quantity, place.scene.view
    left = left_phrase(view, place.clause, quantity.before, rules)
    right = right_phrase(view, quantity.span.end, place.clause_end, rules)
    if quantity.frequency or not is_data(quantity, left, right, rules):
        return None
    unit = unit_of(quantity, left, right, rules, place.scene.domain.quantities)
    if unit is None:
        return None
    named: tuple[Phrase, str, Span] | None
    if quantity.measures == "time":
        named = duration(view, place.clause, quantity, left, right, rules)
    else:
        named = _compared(left, quantity, before, rules) or _named(left, right, quantity, rules)
    if named is None:
        named = _from_context(place, left, before, rules)
    if named is None:
        return None
    phrase, how, mention = named
    name = canonical(phrase.text)[:60]
    if not name:
        return None
    sentence = view[place.sentence.start : place.sentence.end]
    clause = view[place.clause : place.clause_end]
    kind = kind_of(reading, quantity, unit.unit, name, (sentence, clause), rules)
    period = reading.period(place.periods, quantity.span)
    draft = Draft(quantity, name, mention, how, kind, period, unit.unit, quantity.unit_text or unit.unit, unit.concept)
    _compare(draft, left, before, rules)
    draft.extra.update(_frequency(place, view))
    if fund := place.scene.domain.quantities.fund(sentence):
        if quantity.measures == "money":
            draft.extra["fromFund"] = fund
    return draft


def _frequency(place: _Place, view: str) -> dict[str, Any]:
    frequency = find_frequency(view[place.clause - 8 if place.clause > 8 else 0 : place.quantity.before], place.scene.domain.base_patterns("periods"))
    return {"frequency": frequency} if frequency else {}


def _compared(left: Phrase, quantity: Quantity, before: list[Draft], rules: Grammar) -> tuple[Phrase, str, Span] | None:
    """Name a comparison (``同比增长5.5%``, ``完成年度目标的58.2%``); the former takes up the indicator before."""
    if quantity.measures not in ("share", "points", "ratio", "person", "money", "count"):
        return None
    span = Span(left.span.start, quantity.span.end)
    if rules.target_share.search(left.text) and quantity.measures == "share":
        return left, "comparison", span
    if rules.comparison.search(left.text) and before and before[-1].how != "comparison":
        return Phrase(before[-1].name + left.text, left.span), "comparison", span
    if rules.comparison.search(left.text) and before:
        base = next((draft for draft in reversed(before) if draft.how != "comparison"), before[0])
        return Phrase(base.name + left.text, left.span), "comparison", span
    return None


def _compare(draft: Draft, left: Phrase, before: list[Draft], rules: Grammar) -> None:
    """Note a comparison on the observation that it compares."""
    if draft.how != "comparison" or draft.unit != "%" or not before:
        return
    base = next((other for other in reversed(before) if other.how != "comparison"), None)
    if base is None:
        return
    value = number(draft.quantity.value)
    if rules.target_share.search(left.text):
        base.extra.setdefault("targetCompletion", value)
    else:
        base.extra.setdefault("yearOnYear", -value if rules.holds(left.text, "fallen") else value)


def _named(left: Phrase, right: Phrase, quantity: Quantity, rules: Grammar) -> tuple[Phrase, str, Span] | None:
    """Choose between the phrase before the number, the one after it, and both together."""
    span = quantity.span
    counted = right.text and not right.clause
    speaks = bool(left.text) and left.text not in rules.words["light"]
    nominal = speaks and not rules.ends(left.text, "light") and left.text not in rules.words["generic"]
    if counted and len(right.text) == 1 and speaks:
        return Phrase(left.text + right.text, left.span), "joint", Span(left.span.start, right.span.end)
    if counted and quantity.measures in ("share", "ratio") and nominal:
        return Phrase(left.text + right.text, left.span), "joint", Span(left.span.start, right.span.end)
    if counted:
        return right, "after", Span(span.start, right.span.end)
    if right.clause and not nominal and quantity.measures in ("person", "share", "firm"):
        name = Phrase((left.text if speaks else "") + right.text, right.span)
        return name, "clause", Span(left.span.start if speaks else span.start, right.span.end)
    if right.clause and nominal and quantity.measures == "share" and span.end == right.span.start:
        return Phrase(left.text + right.text, left.span), "joint", Span(left.span.start, right.span.end)
    if left.text and left.text not in rules.words["generic"]:
        return left, "before", Span(left.span.start, span.end)
    return None


def _from_context(place: _Place, left: Phrase, before: list[Draft], rules: Grammar) -> tuple[Phrase, str, Span] | None:
    """Name a number whose own phrase says too little by what stands earlier in the sentence."""
    view, quantity = place.scene.view, place.quantity
    start = left.span.start if left.text else quantity.span.start
    span = Span(start, quantity.span.end)
    if left.text and quantity.measures != "time":
        return left, "context", span
    heads = "duration_heads" if quantity.measures == "time" else "benefit_heads"
    if quantity.measures == "time" and quantity.comparator != "le":
        return None
    if quantity.measures not in ("time", "money", "share"):
        return None
    if before and quantity.measures == "money" and before[-1].quantity.span.end >= place.clause - 2:
        return Phrase(before[-1].name, before[-1].span), "context", span
    best = max((view.rfind(head, place.sentence.start, quantity.before) + len(head), head) for head in rules.words[heads])
    if best[0] <= place.sentence.start or best[0] < len(best[1]):
        return None
    phrase = left_phrase(view, clause_start(view, place.sentence.start, best[0], lists=True), best[0], rules)
    return (phrase, "context", Span(phrase.span.start, quantity.span.end)) if phrase.text else None


def _mention(draft: Draft, scene: Scene) -> Mention:
    """Make the mention with its entity."""
    quantity, period = draft.quantity, draft.period
    value = number(quantity.value)
    attributes: dict[str, Any] = {"value": value, "unit": draft.unit, "unitText": draft.unit_text, "kind": draft.kind, "comparator": quantity.comparator}
    if quantity.lower is not None:
        attributes["lowerValue"] = number(quantity.lower)
    if period is not None and period.text:
        attributes["period"], attributes["periodBasis"] = period.text, period.basis
    if draft.concept:
        attributes["unitConcept"] = draft.concept
    if category := scene.domain.quantities.indicator(draft.name):
        attributes["category"] = category
    region = scene.context.region
    if region:
        attributes["region"] = region
    attributes.update(draft.extra)
    key = [draft.name, str(value), draft.unit, draft.kind, period.start if period else "", period.end if period else "", region or ""]
    if not region or period is None or not period.text:
        key.append(scene.document.id)
    digest = hashlib.sha256("|".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    entity = Entity(f"{entity_id('Observation', draft.name)}-{digest}", "Observation", draft.name, attributes)
    return Mention(draft.span, entity, f"observation-{draft.how}", _CONFIDENCE[draft.how])


def iter_drafts(scene: Scene) -> Iterator[Draft]:  # pragma: no cover
    """Yield drafts."""
    yield from ()
