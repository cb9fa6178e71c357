"""Read a text's genre and weigh what an observation is: result, target, funding or standard, and for which period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.extract.indicator import Grammar
    from kg.extract.period import Period
    from kg.extract.quantity import Quantity
    from kg.extract.scene import Scene
    from kg.model import Span

_ARTICLES = 3
_OPENING = 400
_LAID_DOWN = frozenset(["money", "share", "ratio", "person", "event", "count", "points", "age", "score"])


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what the whole text is: one that lays down rules, or one that plans; and its date."""

    rules: bool
    plan: bool
    date: str

    @classmethod
    def of(cls, scene: Scene) -> Reading:
        """Read the genre from the opening, the articles and the balance of the marks of plans and reports."""
        patterns = scene.domain.patterns("observation")
        words, view = patterns.words, scene.view
        opening = view[:_OPENING]
        articles = sum(1 for _ in patterns.patterns["rule-article"].finditer(view))
        done = sum(view.count(mark) for mark in words["result_marks"])
        planned = sum(view.count(mark) for mark in words["target_marks"])
        grants = sum(view.count(word) for word in words["rule_marks"])
        plan = planned > done and (any(word in opening for word in words["plan_genre"]) or planned > 2 * done)
        return cls(articles >= _ARTICLES or (grants > done and grants > planned), plan, scene.context.date or "")

    def period(self, periods: list[Period], span: Span) -> Period | None:
        """Return the last period that is written before a number in its sentence, else the first one with dates after it."""
        dated = [period for period in periods if period.text and period.span.end <= span.start]
        return dated[-1] if dated else None


def kind_of(reading: Reading, quantity: Quantity, name: str, texts: tuple[str, str], rules: Grammar) -> str:
    """Return the kind of an observation.

    Args:
        reading: What the whole text is.
        quantity: The number.
        name: The indicator.
        texts: The sentence and the number's own clause.
        rules: The word lists.
    """
    sentence, clause = texts
    done = rules.holds(sentence, "result_marks")
    if _is_standard(reading, quantity, name, (clause, done), rules):
        return "standard"
    if quantity.measures == "money" and not rules.holds(name, "result_money"):
        return "funding"
    planned = rules.holds(clause, "target_marks") or (rules.holds(sentence, "target_marks") and not done)
    if planned and not rules.holds(clause, "result_marks"):
        return "target"
    if reading.plan and not done:
        return "target"
    return "result"


def _is_standard(reading: Reading, quantity: Quantity, name: str, clause: tuple[str, bool], rules: Grammar) -> bool:
    """Tell whether a rule lays the number down: durations, ceilings, rates a head; never changes against another time."""
    words, done = clause
    if quantity.measures == "time":
        return True
    if quantity.measures not in _LAID_DOWN or rules.ends(name, "compared"):
        return False
    if reading.rules:
        return rules.holds(words, "standard_marks") or rules.ends(name, "standard_heads")
    return (
        quantity.measures in ("money", "share") and not done and (rules.holds(words, "granted_marks") or rules.ends(name, "granted_heads"))
    )
