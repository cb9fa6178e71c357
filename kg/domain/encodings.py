"""Give the characters by which the reader tells Chinese encodings apart."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.tables import read_tsv

if TYPE_CHECKING:
    from pathlib import Path

#: Signs that are as common as any character, in both scripts.
_SIGNS = frozenset("，。、；：？！“”‘’《》〈〉（）〔〕【】「」『』—…·％　０１２３４５６７８９．")


@lru_cache(maxsize=4)
def load_common_characters(base: Path) -> frozenset[str]:
    """Return the commonest characters of running text, both scripts, with the punctuation.

    Text decoded rightly consists of them by 80 to 95 %, text decoded wrongly by less than 20 %.

    Args:
        base: The folder of language data (``domain.base``).

    Raises:
        DomainError: ``common-characters.tsv`` is missing or faulty.
    """
    rows = list(read_tsv(base / "common-characters.tsv"))
    return _SIGNS.union(*((row["hans"], row["hant"]) for row in rows))
