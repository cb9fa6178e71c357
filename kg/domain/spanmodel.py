"""Read the span model: one linear weight a feature and entity type, trained by ``bench/train.py``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.domain.tables import read_text, read_tsv
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

_HINT = "train the model again: bench/train.py"
#: Names of the types, thresholds, and at least one weight.
_FEWEST_LINES = 3


@dataclass(frozen=True)
class SpanModel:
    """Hold the weights.

    Attributes:
        types: The entity types, one column of weights each.
        weights: Feature to weights, in the order of ``types``.
        thresholds: Least probability with which a span counts, by type.
    """

    types: tuple[str, ...]
    weights: dict[str, tuple[float, ...]]
    thresholds: tuple[float, ...]

    @cached_property
    def thousandths(self) -> dict[str, tuple[int, ...]]:
        """Return the weights in whole thousandths, whose sums are the same in any order."""
        return {feature: tuple([round(weight * 1000) for weight in row]) for feature, row in self.weights.items()}


def load_span_model(path: Path) -> SpanModel:
    """Read the table of weights; its first row that is no comment names the types, the second holds the thresholds.

    Raises:
        DomainError: The file holds no model, a line has the wrong number of cells, or a weight is no number.
    """
    lines = [(i, line.split("\t")) for i, line in enumerate(read_text(path).split("\n"), 1) if line and not line.startswith("#")]
    if len(lines) < _FEWEST_LINES or lines[0][1][0] != "feature" or lines[1][1][0] != "threshold":
        raise DomainError(str(path), "holds no model: a line `feature`, a line `threshold` and lines of weights", _HINT)
    header = lines[0][1]
    weights = {}
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            raise DomainError(f"{path}:{number}", f"has {len(cells)} cells, the header {len(header)}", _HINT)
        try:
            weights[cells[0]] = tuple(map(float, cells[1:]))
        except ValueError as error:
            raise DomainError(f"{path}:{number}", "holds a weight that is no number", _HINT) from error
    thresholds = weights.pop("threshold")
    return SpanModel(tuple(header[1:]), weights, thresholds)


def load_calibration(path: Path) -> dict[str, tuple[float, float]]:
    """Read by entity type the slope and shift of confidences (``bench/calibrate.py`` makes them); nothing where there is no file.

    Raises:
        DomainError: A row lacks a number.
    """
    if not path.exists():
        return {}
    found = {}
    for row in read_tsv(path):
        try:
            found[row["type"]] = (float(row["slope"]), float(row["shift"]))
        except ValueError as error:
            raise DomainError(row.where, "holds a slope or shift that is no number", "make it again: bench/calibrate.py") from error
    return found
