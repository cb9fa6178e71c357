"""Say what an observation is about: measure or program first, then group, agency, region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import Claim, Mention

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.extract.scene import Scene


def relate_observations(scene: Scene, mentions: Sequence[Mention]) -> list[Claim]:
    """Return the claims hasObservation."""
    return []
