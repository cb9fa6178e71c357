"""Find indicators with their numbers and make observations of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.extract.indicator import Grammar, Phrase, clause_start, grammar, left_phrase, verb_phrase
from kg.extract.measured import is_data, may_count, unit_of
from kg.extract.name_weights import NameWeights
from kg.extract.names import canonical, entity_id
from kg.extract.naming import Naming, Place, name_number, spare_name
from kg.extract.observed import relate_observations
from kg.extract.period import find_frequency, find_periods
from kg.extract.phrases import vocabulary_of
from kg.extract.quantity import find_quantities, find_unreadable, number, quoted
from kg.extract.reading import Reading, kind_of
from kg.extract.weighing import NONE, KindWeights, Words, features, text_features, time_of
from kg.extract.wording import Known, Wording
from kg.model import Entity, Finding, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.domain import Domain
    from kg.domain.quantities import Unit
    from kg.extract.period import Period
    from kg.extract.quantity import Quantity
    from kg.extract.scene import Scene
    from kg.extract.tokens import Tokens
    from kg.extract.wording import Candidate
    from kg.extract.words import Vocabulary

    Judge = Callable[[list[str], Quantity], tuple[str, float]]
    Namer = Callable[[Wording], tuple[Candidate, float]]

__all__ = ["find_observations", "observation_findings", "relate_observations"]

#: How much of the confidence rests on the number being data alone; the rest on its name being the likeliest.
_WITHOUT_NAME = 0.6
#: Types inside whose names a number is no data.
_BLOCKING = ("PolicyDocument", "Agency", "Program")
_COMPARISONS = ("comparison", "target-share")
_LONGEST_NAME = 48
_FREQUENCY_REACH = 8


@dataclass(slots=True)
class Draft:
    """Collect what becomes one observation; comparisons that follow may add to it."""

    quantity: Quantity
    naming: Naming
    name: str
    kind: str
    period: Period | None
    unit: Unit
    sure: float
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Frame:
    """Hold what judges the numbers of one text, and what the number before was."""

    rules: Grammar
    reading: Reading
    text: list[str]
    judge: Judge | None
    kinds: KindWeights
    namer: Namer
    known: Known
    least: float
    vocabulary: Vocabulary
    tokens: Tokens | None
    previous: str = ""
    measure: str = ""
    words: Words | None = None


@lru_cache(maxsize=4)
def _kind_weights(domain: Domain) -> KindWeights:
    return KindWeights(domain.kind_model)


@lru_cache(maxsize=4)
def _name_weights(domain: Domain) -> NameWeights:
    return NameWeights(domain.name_model.thousandths)


def find_observations(
    scene: Scene, taken: Sequence[Mention], judged: Judge | None = None, named: Namer | None = None, tokens: Tokens | None = None
) -> list[Mention]:
    """Return every indicator with its number, sorted by place.

    Args:
        scene: The document with its sentences and context.
        taken: The mentions of other types; numbers inside names of documents, agencies and programs are no data.
        judged: Decides on each number from its features, in place of the model (for training).
        named: Chooses each name, in place of the model (for training).
        tokens: The view's words; without them sentences are cut one by one.
    """
    domain, rules = scene.domain, grammar(scene.domain)
    reading, names = Reading.of(scene), _name_weights(domain)
    frame = Frame(
        rules,
        reading,
        text_features(scene, rules=reading.rules, plan=reading.plan),
        judged,
        _kind_weights(domain),
        named or (lambda wording: wording.best(names)),
        Known(taken),
        domain.kind_model.thresholds[0],
        vocabulary_of(domain),
        tokens,
    )
    blocked = bytearray(len(scene.view))
    for mention in taken:
        if mention.entity.type in _BLOCKING:
            blocked[mention.span.start : mention.span.end] = b"\x01" * len(mention.span)
    drafts: list[tuple[int, Draft]] = []
    for index, sentence in enumerate(scene.segmentation.sentences):
        span = sentence.span
        # A half alone (减半) is no data of a sentence without any number.
        if domain.quantities.scan_number.search(scene.view, span.start, span.end) is None:
            continue
        found = [quantity for quantity in find_quantities(scene.view, span, domain.quantities) if may_count(quantity)]
        if found:
            periods = find_periods(scene.view, span, scene.context.date, domain.base_patterns("periods"))
            found = _free(found, [period.span for period in periods] + quoted(scene.view, span), blocked)
            drafts += [(index, draft) for draft in _sentence(scene, span, found, periods, frame)]
    _distinguish(drafts, scene, rules)
    return sorted((_mention(draft, scene) for _, draft in drafts), key=lambda mention: mention.span)


def observation_findings(scene: Scene) -> list[Finding]:
    """Return a finding for each number or date that cannot be read."""
    domain = scene.domain
    whole = Span(0, len(scene.view))
    bad = find_unreadable(scene.view, whole, domain.quantities)
    bad += [period.span for period in find_periods(scene.view, whole, None, domain.base_patterns("periods")) if period.faulty]
    source = scene.document.source
    return [
        Finding("warning", "unreadable-number", f"{source}:{scene.document.to_text(span).start}", scene.text(span)) for span in sorted(bad)
    ]


def _sentence(scene: Scene, span: Span, quantities: list[Quantity], periods: list[Period], frame: Frame) -> list[Draft]:
    """Return the observations of one sentence."""
    rules = frame.rules
    frame.words = None
    frame.previous = "-" + frame.previous.lstrip("-")
    drafts: list[Draft] = []
    floor, baseline = span.start, None
    for i, quantity in enumerate(quantities):
        following = quantities[i + 1].before if i + 1 < len(quantities) else span.end
        place = Place(scene, span, floor, following, quantity, periods, [draft.naming for draft in drafts], baseline)
        left, right = place.phrases(rules)
        baseline = left if _is_baseline(scene.view, quantity, following, rules) else None
        if baseline is not None:
            floor = quantity.span.end
            continue
        draft = _draft(place, left, right, frame)
        if draft is not None:
            _compare(draft, left, drafts, rules)
            drafts.append(draft)
            floor = max(draft.naming.span.end, quantity.span.end)
        elif quantity.unit and quantity.measures != "money":
            floor = max(floor, quantity.span.end)
    return drafts


def _free(found: list[Quantity], closed: list[Span], blocked: bytearray) -> list[Quantity]:
    """Return the numbers that stand outside dates, short quotations and names."""
    return [
        quantity
        for quantity in found
        if blocked.find(1, quantity.span.start, quantity.span.end) < 0 and not any(other.overlaps(quantity.span) for other in closed)
    ]


def _is_baseline(view: str, quantity: Quantity, following: int, rules: Grammar) -> bool:
    """Tell whether a number is only what another one is compared with (``从380元提高至1000元``)."""
    between = view[quantity.span.end : following]
    return view.endswith(tuple(rules.words["from_words"]), 0, quantity.before) and between in rules.words["tail"]


def _draft(place: Place, left: Phrase, right: Phrase, frame: Frame) -> Draft | None:
    """Make a draft of one number; None when it is no data or nothing names it."""
    quantity, view, rules = place.quantity, place.scene.view, frame.rules
    unit = unit_of(quantity, left, right, rules, place.scene.domain.quantities)
    if unit is None:
        return None
    words = frame.words = frame.words or Words.of(view, place.sentence, frame.vocabulary, frame.tokens)
    naming = name_number(place, left, right, rules) if is_data(quantity, left, right, rules) else None
    sentence, clause = view[place.sentence.start : place.sentence.end], view[place.clause : place.clause_end]
    period = frame.reading.period(place.periods, quantity.span)
    ruled = kind_of(frame.reading, quantity, naming.name, (sentence, clause), rules) if naming else NONE
    told = (ruled, frame.previous, frame.measure, time_of(period, frame.reading.date))
    if frame.judge is None:
        kind, sure = frame.kinds.judge(place, words, naming, told, frame.text)
    else:
        kind, sure = frame.judge(features(place, words, naming, told, frame.text), quantity)
    data = sure >= frame.least
    frame.previous, frame.measure = kind if data else NONE, quantity.measures
    if not data:
        return None
    naming = naming or spare_name(place, left, right, rules)
    if naming is None or naming.how not in _COMPARISONS:
        wording = Wording(place, words, (left, right), naming, kind, frame.known, rules).gather()
        if not wording.runs:
            return None
        chosen, likely = frame.namer(wording)
        naming = Naming(chosen.name, naming.how if naming else "spare", wording.span(chosen))
        sure *= _WITHOUT_NAME + (1 - _WITHOUT_NAME) * likely
    draft = Draft(quantity, naming, canonical(naming.name)[:_LONGEST_NAME], kind, period, unit, sure)
    before = view[max(place.sentence.start, place.clause - _FREQUENCY_REACH) : quantity.before]
    if frequency := find_frequency(before, place.scene.domain.base_patterns("periods")):
        draft.extra["frequency"] = frequency
    fund = place.scene.domain.quantities.fund(sentence) if quantity.measures == "money" else ""
    if fund:
        draft.extra["fromFund"] = fund
    return draft


def _compare(draft: Draft, left: Phrase, before: list[Draft], rules: Grammar) -> None:
    """Note a comparison on the observation that it compares."""
    how = draft.naming.how
    base = next((other for other in reversed(before) if other.naming.how not in _COMPARISONS), None)
    if how not in _COMPARISONS or draft.unit.unit != "%" or base is None:
        return
    value = number(draft.quantity.value)
    if how == "target-share":
        base.extra.setdefault("targetCompletion", value)
    else:
        base.extra.setdefault("yearOnYear", -value if rules.holds(left.text, "fallen") else value)


def _distinguish(drafts: list[tuple[int, Draft]], scene: Scene, rules: Grammar) -> None:
    """Tell standards of one text apart that several benefits share (``补贴期限 3年``): the benefit's name goes before."""
    groups: dict[tuple[str, str, str], list[tuple[int, Draft]]] = {}
    for index, draft in drafts:
        if draft.kind == "standard":
            groups.setdefault((draft.name, str(draft.quantity.value), draft.unit.unit), []).append((index, draft))
    for members in groups.values():
        for index, draft in members if len(members) > 1 else ():
            qualifier = _benefit(scene, index, draft, rules)
            if qualifier and qualifier not in draft.name and not any(char.isdigit() for char in qualifier):
                shared = next(size for size in range(4, -1, -1) if qualifier.endswith(draft.name[:size]))
                draft.name = canonical(qualifier + draft.name[shared:])[:_LONGEST_NAME]


def _benefit(scene: Scene, index: int, draft: Draft, rules: Grammar) -> str:
    """Return the benefit that a standard belongs to: granted later in the sentence, named before it, or in the heading."""
    view, sentence = scene.view, scene.segmentation.sentences[index].span
    stops = [offset for sign in ";。" if (offset := view.find(sign, draft.naming.span.end, sentence.end)) >= 0]
    granted = verb_phrase(view, draft.naming.span.end, min(stops, default=sentence.end), "benefit_object", rules)
    if granted.text:
        return granted.text
    ends = [view.rfind(head, sentence.start, draft.naming.span.start) + len(head) for head in rules.words["benefit_heads"]]
    best = max(ends)
    if best > sentence.start + 1:
        return left_phrase(view, clause_start(view, sentence.start, best, lists=True), best, rules).text
    headings = scene.segmentation.headings(index)
    heading = scene.text(headings[0]) if headings else ""
    return heading if len(heading) <= rules.longest_name and rules.ends(heading, "benefit_heads") else ""


def _mention(draft: Draft, scene: Scene) -> Mention:
    """Make the mention with its entity."""
    quantity, period = draft.quantity, draft.period
    value = number(quantity.value)
    attributes: dict[str, Any] = {
        "value": value,
        "unit": draft.unit.unit,
        "unitText": quantity.unit_text or draft.unit.unit,
        "kind": draft.kind,
        "comparator": quantity.comparator,
    }
    if quantity.lower is not None:
        attributes["lowerValue"] = number(quantity.lower)
    if period is not None and period.text:
        attributes["period"], attributes["periodBasis"] = period.text, period.basis
    if draft.unit.concept:
        attributes["unitConcept"] = draft.unit.concept
    if category := scene.domain.quantities.indicator(draft.name):
        attributes["category"] = category
    region = scene.context.region
    if region:
        attributes["region"] = region
    attributes.update(draft.extra)
    key = [draft.name, str(value), draft.unit.unit, draft.kind, period.start if period else "", period.end if period else "", region or ""]
    if not region or period is None or not period.text:
        key.append(scene.document.id)
    digest = hashlib.sha256("|".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    entity = Entity(f"{entity_id('Observation', draft.name)}-{digest}", "Observation", draft.name, attributes)
    return Mention(draft.naming.span, entity, f"observation-{draft.naming.how}", round(draft.sure, 3))
