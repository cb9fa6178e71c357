"""Decide which numbers are data, and in which unit they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.indicator import Grammar, Phrase
from kg.model import Span

if TYPE_CHECKING:
    from kg.domain.quantities import Quantities, Unit
    from kg.extract.quantity import Quantity

_COUNTED = frozenset(["person", "firm", "firmtime", "event", "count"])
#: Numbers written in Chinese below this are mostly turns of phrase (``两个``), not data.
_LEAST_CHINESE = 100
_LEAST_BARE = 10_000


def has_own_unit(quantity: Quantity) -> bool:
    """Tell whether a unit is written with the number."""
    return bool(quantity.unit)


def is_data(quantity: Quantity, left: Phrase, right: Phrase, rules: Grammar) -> bool:
    """Tell whether a number can be data: no level, kind, turn of phrase or qualifier of a group."""
    if quantity.measures == "never" or quantity.value < 0:
        return False
    if right.text and not right.clause and (rules.ends(right.text, "never_heads") or right.text.startswith(tuple(rules.words["never_heads"]))):
        return False
    if not quantity.arabic and quantity.measures in _COUNTED | {"physical", "age", "points"} and quantity.value < _LEAST_CHINESE:
        return False
    if quantity.measures == "age":
        return rules.ends(left.text, "age_heads")
    if quantity.measures == "money" and quantity.comparator in ("ge", "le") and right.text:
        return not rules.ends(right.text, "qualifier_heads")
    return True


def unit_of(quantity: Quantity, left: Phrase, right: Phrase, rules: Grammar, quantities: Quantities) -> Unit | None:
    """Return the unit of a number; one without unit takes it from what it counts, None if that does not say it."""
    units = quantities.units
    if quantity.unit:
        return units[quantity.unit] if quantity.unit in units else None
    if rules.ends(left.text, "ratio_heads"):
        return units[rules_unit(rules, "ratio_unit")]
    if quantity.value < _LEAST_BARE:
        return None
    if rules.ends(left.text, "money_heads"):
        return units[rules_unit(rules, "money_unit")]
    if right.text and not right.clause:
        for listed, unit in (("person_heads", "person_unit"), ("firm_heads", "firm_unit")):
            if rules.ends(right.text, listed):
                return units[rules_unit(rules, unit)]
    return None


def rules_unit(rules: Grammar, name: str) -> str:
    """Return the one word of a list that names a default unit."""
    return next(iter(rules.words[name]))


def duration(view: str, clause: int, quantity: Quantity, left: Phrase, right: Phrase, rules: Grammar) -> tuple[Phrase, str, Span] | None:
    """Name a duration that a rule lays down; None for those that only qualify a group or say when.

    A duration counts when an indicator of time stands before it (``期限``), when a benefit lasts it (``24个月的社会保险补贴``), when it
    is a condition (``签订1年以上劳动合同``), or when something must be done within it (``5个工作日内完成审查认定``).
    """
    before, span = left.text, quantity.span
    if rules.ends(before, "duration_heads"):
        return left, "before", Span(left.span.start, span.end)
    if right.text and not right.clause and rules.ends(right.text, "benefit_heads") and quantity.comparator in ("le", "eq") and not rules.ends(before, "group_before"):
        return right, "after", Span(span.start, right.span.end)
    if rules.ends(before, "condition_verbs") and not rules.ends(before, "group_before") and quantity.comparator in ("ge", "gt", "eq"):
        if right.text and not right.clause:
            if rules.ends(right.text, "person_heads"):
                return None
            return Phrase(before + right.text, left.span), "duration", Span(left.span.start, right.span.end)
        return left, "duration", Span(left.span.start, span.end)
    if quantity.unit_text in rules.words["deadline_units"] and quantity.comparator == "le" and view[clause : quantity.before].rstrip().endswith(tuple(rules.words["deadline_before"])):
        if right.text:
            return right, "duration", Span(span.start, right.span.end)
    return None
