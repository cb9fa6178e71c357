"""Read plain text as it is."""

from __future__ import annotations

from kg.read.encoding import Decoded, decode


def read_text(data: bytes, where: str, common: frozenset[str]) -> Decoded:
    """Decode a plain text; markup in it stays, and is only masked for matching.

    Raises:
        InputError: As :func:`kg.read.encoding.decode`.
    """
    return decode(data, where, common)
