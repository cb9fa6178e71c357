"""Give the names that the columns of a table of texts may have."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.tables import read_toml
from kg.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FIELDS = frozenset({"text", "html", "title", "date", "issuer", "region", "url"})


def column_key(name: str) -> str:
    r"""Return a column's name as it is compared.

    >>> column_key("\ufeffFull_Text ")
    'fulltext'
    """
    return "".join(name.replace("_", " ").replace("\ufeff", "").casefold().split())


@lru_cache(maxsize=4)
def load_columns(base: Path) -> Mapping[str, str]:
    """Return what each known column holds (``text``, ``html``, ``title``, ``date``, ``issuer``, ``region``, ``url``), by its compared name.

    Args:
        base: The folder of language data (``domain.base``).

    Raises:
        DomainError: ``columns.toml`` is missing or names something else, or one name twice.
    """
    path = base / "columns.toml"
    found: dict[str, str] = {}
    for field, names in read_toml(path).items():
        if field not in _FIELDS or not isinstance(names, list):
            raise DomainError(str(path), f"{field!r} is no kind of column", f"known are {', '.join(sorted(_FIELDS))}, each a list of names")
        for name in names:
            if found.setdefault(column_key(str(name)), field) != field:
                raise DomainError(str(path), f"column {name!r} stands for two things", "leave it in one list")
    return found
