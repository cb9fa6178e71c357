"""Compare extraction records with gold annotations, with the arithmetic of the evaluation kit's scorer."""

from __future__ import annotations

from kg.score.compare import normalise, precision_recall, score, similarity
from kg.score.files import load_gold, load_records
from kg.score.table import as_table

__all__ = ["as_table", "load_gold", "load_records", "normalise", "precision_recall", "score", "similarity"]
