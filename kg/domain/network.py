"""Read the convolutional network that gives spans a second opinion: whole numbers, trained by ``bench/train_network.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy import float64, int16
    from numpy.typing import NDArray

#: Weights are stored, and outputs of layers rounded, in steps of 1 / SCALE. Products of two such numbers add up exactly in a float64,
#: so that the order of the additions, which differs between processors and libraries, cannot change a result.
SCALE = 1024.0
_HINT = "train the network again: bench/train_network.py"
_NAMES = frozenset(
    {"features", "known", "dilations", "embedding", "input", "start", "end", "inside", "words", "chars", "exact", "hidden", "out", "both"}
)


@dataclass(frozen=True)
class Network:
    """Hold the weights, all multiples of ``1 / SCALE``.

    Attributes:
        features: Feature of a word to its row of ``embedding``.
        known: Feature of a whole span to its row of ``layers["exact"]``.
        embedding: One row a feature (features, width), as stored: multiples of ``SCALE`` in whole numbers.
        layers: By name the matrices (inputs, outputs), the last row of those with a bias being the bias.
        dilations: Gap between the words that each convolution looks at.
    """

    features: dict[str, int]
    known: dict[str, int]
    embedding: NDArray[int16]
    layers: dict[str, NDArray[float64]]
    dilations: tuple[int, ...]


def load_network(path: Path) -> Network:
    """Read a network from a ``.npz`` file of int16 arrays.

    Raises:
        DomainError: The file cannot be read or lacks an array.
    """
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise DomainError(str(path), f"holds no network: {error}", _HINT) from error
    missing = sorted(_NAMES - held.keys())
    if missing:
        raise DomainError(str(path), f"lacks {', '.join(missing)}", _HINT)
    features, known = (held.pop(name).tobytes().decode("utf-8").split("\n") for name in ("features", "known"))
    embedding, dilations = held.pop("embedding"), tuple(int(n) for n in held.pop("dilations"))
    if len(features) != len(embedding):
        raise DomainError(str(path), f"names {len(features)} features but has {len(embedding)} rows", _HINT)
    layers = {name: array.astype(np.float64) / SCALE for name, array in held.items()}
    return Network({f: i for i, f in enumerate(features)}, {f: i for i, f in enumerate(known)}, embedding, layers, dilations)
