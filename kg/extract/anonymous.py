"""Read the names that a publisher of letters has made unreadable (B9市, L3县): they are in no registry, but one text means one region by one."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.domain import Domain

_OFTEN = 2


@lru_cache(maxsize=8)
def anonymous_names(view: str, domain: Domain) -> tuple[str, ...]:
    """Return the unreadable names of regions that a text has, each once, sorted.

    In such a text a made-up province is one that stands there more than once and that no registry has.
    """
    regional = domain.patterns("context").settings["regional"]
    found = Counter(re.findall(regional["anonymous"], view))
    if not found:
        return ()
    known = domain.divisions.full_names
    made_up = Counter(match for match in re.findall(regional["made_up"], view) if match not in known)
    return tuple(sorted([*found, *(name for name, count in made_up.items() if count >= _OFTEN)]))


def anonymous_name(view: str, level: str, domain: Domain) -> str:
    """Return the one unreadable name of a level in a text, empty where it has none or several."""
    signs = domain.agencies.words["deictic"][level]
    found = [name for name in anonymous_names(view, domain) if name[-1] in signs]
    return found[0] if len(found) == 1 else ""
