"""Check a graph: the SHACL shapes, and what they cannot say (constraints of the design, S1 to S16)."""

from __future__ import annotations

from kg.check.check import check_graph, check_part
from kg.check.result import CheckResult, Reporter

__all__ = ["CheckResult", "Reporter", "check_graph", "check_part"]
