"""Read a text's genre and weigh what an observation is: result, target, funding or standard, and for which period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Span

if TYPE_CHECKING:
    from kg.extract.indicator import Grammar
    from kg.extract.period import Period
    from kg.extract.quantity import Quantity
    from kg.extract.scene import Scene

_ARTICLES = 3
_OPENING = 400


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
        texts: The sentence and the number's own clause.
    """
    sentence, clause = texts
    if quantity.measures == "time":
        return "standard"
    laid_down = rules.holds(clause, "standard_marks") or rules.ends(name, "standard_heads")
    done = rules.holds(sentence, "result_marks")
    if laid_down and (reading.rules or not done) and quantity.measures in ("money", "share", "ratio", "person", "event", "count", "points", "age"):
        if reading.rules or quantity.measures in ("money", "share"):
            return "standard"
    if quantity.measures == "money" and not rules.holds(name, "result_money"):
        return "funding"
    planned = rules.holds(clause, "target_marks") or (rules.holds(sentence, "target_marks") and not done)
    if planned and not rules.holds(clause, "result_marks"):
        return "target"
    if reading.plan and not done:
        return "target"
    return "result"
