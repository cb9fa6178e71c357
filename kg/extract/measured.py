"""Decide which numbers are data, and in which unit they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.indicator import Grammar, Phrase, act_phrase, clause_end
from kg.model import Span

if TYPE_CHECKING:
    from kg.domain.quantities import Quantities, Unit
    from kg.extract.quantity import Quantity

#: What turns of phrase count (``一个``); a one written in Chinese is no data there.
_PHRASES = frozenset(["person", "firm", "firmtime", "event", "count", "physical", "age", "points", "score"])
_LEAST_BARE = 10_000
#: A number without unit is a ratio (``求人倍率达到1.50``) only below this.
_LARGEST_RATIO = 20


def may_count(quantity: Quantity) -> bool:
    """Tell whether a number can be data by its own form: no level, kind, ordinal, frequency or turn of phrase."""
    if quantity.measures == "never" or quantity.frequency:
        return False
    if not quantity.unit:
        return quantity.value >= _LEAST_BARE or (quantity.arabic and quantity.value < _LARGEST_RATIO)
    return quantity.arabic or quantity.measures not in _PHRASES or quantity.value > 1 or quantity.comparator != "eq"


def is_data(quantity: Quantity, left: Phrase, right: Phrase, rules: Grammar) -> bool:
    """Tell whether a number is data beside its words: no count of ministries or kinds, no age or size that only qualifies a group."""
    if right.text and not right.clause and rules.ends(right.text, "never_heads"):
        return False
    if quantity.measures == "count" and not right.clause and right.text.startswith(tuple(rules.words["never_heads"])):
        return False
    if quantity.measures in ("age", "score"):
        return rules.ends(left.text, "age_heads" if quantity.measures == "age" else "score_heads") or rules.holds(left.text, "age_words")
    if quantity.measures == "money" and quantity.comparator in ("ge", "le") and right.text:
        return not rules.ends(right.text, "qualifier_heads")
    return True


def unit_of(quantity: Quantity, left: Phrase, right: Phrase, rules: Grammar, quantities: Quantities) -> Unit | None:
    """Return the unit of a number; one without unit takes it from what it counts, None if that does not say it."""
    units = quantities.units
    if quantity.unit:
        return units.get(quantity.unit)
    if rules.ends(left.text, "ratio_heads"):
        return units[rules_unit(rules, "ratio_unit")]
    if quantity.value < _LEAST_BARE:
        return None
    if rules.ends(left.text, "money_heads"):
        return units[rules_unit(rules, "money_unit")]
    counted = right.text if right.text and not right.clause else left.text
    if counted:
        for listed, unit in (("person_heads", "person_unit"), ("firm_heads", "firm_unit")):
            if rules.ends(counted, listed) or (counted == right.text and rules.holds(counted, listed)):
                return units[rules_unit(rules, unit)]
    return None


def rules_unit(rules: Grammar, name: str) -> str:
    """Return the one word of a list that names a default unit."""
    return next(iter(rules.words[name]))


def duration(view: str, clause: int, quantity: Quantity, phrases: tuple[Phrase, Phrase], rules: Grammar) -> tuple[str, str, Span] | None:
    """Name a duration that a rule lays down; None for those that only qualify a group or say when.

    A duration counts when an indicator of time stands before it (``期限``), when a benefit lasts it (``24个月的社会保险补贴``), when it
    is a condition (``签订1年以上劳动合同``), or when something must be done within it (``5个工作日内完成审查认定``).
    """
    left, right = phrases
    before, span = left.text, quantity.span
    counted = bool(right.text) and not right.clause
    if rules.ends(before, "duration_heads"):
        return before, "before", Span(left.span.start, span.end)
    if rules.ends(before, "group_before") or (counted and rules.ends(right.text, "person_heads")):
        return None
    if counted and rules.ends(right.text, "benefit_heads") and quantity.comparator in ("le", "eq"):
        return right.text, "after", Span(span.start, right.span.end)
    if rules.ends(before, "condition_verbs") and quantity.comparator in ("ge", "gt", "eq"):
        end = right.span.end if counted else span.end
        return before + (right.text if counted else ""), "duration", Span(left.span.start, end)
    return _deadline(view, clause, quantity, rules)


def _deadline(view: str, clause: int, quantity: Quantity, rules: Grammar) -> tuple[str, str, Span] | None:
    """Name the time within which an office must act."""
    opening = view[clause : quantity.before].rstrip()
    if quantity.unit_text not in rules.words["deadline_units"] or quantity.comparator != "le" or not rules.ends(opening, "deadline_before"):
        return None
    act = act_phrase(view, quantity.span.end, clause_end(view, quantity.span.end, len(view)), rules)
    if not act.text:
        return None
    near = act.span.start - quantity.span.end <= 1
    return act.text, "duration", Span(quantity.span.start, act.span.end if near else quantity.span.end)
