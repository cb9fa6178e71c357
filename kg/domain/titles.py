"""Read which noun at the end of a title shows which kind of document."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.tables import read_tsv

if TYPE_CHECKING:
    from pathlib import Path


@lru_cache(maxsize=4)
def load_title_kinds(field: Path) -> dict[str, str]:
    """Return the nouns that end titles, each with the ``dt:`` concept it shows.

    An empty concept is a kind without one; ``no`` marks what is no policy document (certificates, forms, newspapers).
    """
    return {row["noun"]: row["kind"] for row in read_tsv(field / "lexicon" / "documents.tsv")}
