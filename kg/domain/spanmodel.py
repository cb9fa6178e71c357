"""Read the span model: one linear weight a feature and entity type, trained by ``bench/train.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.domain.tables import read_text
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path


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


def load_span_model(path: Path) -> SpanModel:
    """Read the table of weights; its first row that is no comment names the types, the second holds the thresholds.

    Raises:
        DomainError: A line has the wrong number of cells or a weight is no number.
    """
    lines = [(i, line.split("\t")) for i, line in enumerate(read_text(path).split("\n"), 1) if line and not line.startswith("#")]
    header, (_, limits), rows = lines[0][1], lines[1], lines[2:]
    weights = {}
    for number, cells in rows:
        try:
            weights[cells[0]] = tuple(map(float, cells[1:]))
        except ValueError as error:
            raise DomainError(f"{path}:{number}", "holds a weight that is no number", "train the model again: bench/train.py") from error
        if len(cells) != len(header):
            raise DomainError(
                f"{path}:{number}", f"has {len(cells)} cells, the header {len(header)}", "train the model again: bench/train.py"
            )
    return SpanModel(tuple(header[1:]), weights, tuple(map(float, limits[1:])))
