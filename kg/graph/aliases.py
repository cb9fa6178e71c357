"""Join the ids that one document has in different texts: its number here, its title there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model import Record

#: A document number's id: issuer's sign, year in 〔〕, running number.
_NUMBERED = re.compile(r"doc/[^〔]+〔(?:19|20)\d{2}〕.*\d")


def alias_claims(records: Iterable[Record]) -> set[tuple[str, str]]:
    """Return the pairs (id, other id) that the records' nodes state with ``aliasOf``."""
    claims: set[tuple[str, str]] = set()
    for record in records:
        for node in record.get("nodes", ()):
            stated = node.get("aliasOf") or ()
            claims.update((node["id"], other) for other in ([stated] if isinstance(stated, str) else stated))
    return claims


def join_aliases(claims: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the id that stands for each id of the claims.

    Titles that claims connect are one document; where a number belongs to it, the number stands for it. Two numbers are
    two documents and never join: a title that several numbers claim (every year has its notice of that title) goes
    to the smallest. The order of the claims makes no difference.

    >>> join_aliases([("doc/a", "doc/甲发〔2024〕2号")])
    {'doc/a': 'doc/甲发〔2024〕2号'}
    """
    parent: dict[str, str] = {}
    numbers: dict[str, set[str]] = {}

    def find(title: str) -> str:
        while parent.setdefault(title, title) != title:
            title = parent[title]
        return title

    pairs = sorted({(min(pair), max(pair)) for pair in claims})
    for one, other in pairs:
        titles = [each for each in (one, other) if not _NUMBERED.match(each)]
        if len(titles) == 2:  # noqa: PLR2004 - both are titles
            low, high = sorted((find(one), find(other)))
            parent[high] = low
        elif titles:
            find(titles[0])
    for one, other in pairs:
        is_number = bool(_NUMBERED.match(one)), bool(_NUMBERED.match(other))
        if sum(is_number) == 1:
            number, title = (one, other) if is_number[0] else (other, one)
            numbers.setdefault(find(title), set()).add(number)
    stands = {title: min(numbers.get(find(title), {find(title)})) for title in sorted(parent)}
    return {title: standing for title, standing in stands.items() if title != standing}
