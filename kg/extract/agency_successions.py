"""Say which agency took another's place, where a text names both; the reforms themselves are curated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kg.domain.tables import read_tsv
from kg.model import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.domain import Domain
    from kg.extract.scene import Scene
    from kg.model import Entity, Mention


def successions(scene: Scene, agencies: Sequence[Mention]) -> Iterator[Claim]:
    """Yield succeededBy between agencies that the text names: central bodies by the lexicon, departments of one region by their kind."""
    named = {agency.entity.name: agency.entity.id for agency in agencies}
    for agency in agencies:
        for later in successors(agency.entity, scene.domain):
            if later in named:
                evidence = (scene.segmentation.sentence_at(agency.span.start).span,)
                yield Claim(agency.entity.id, "succeededBy", named[later], evidence, 0.9, "curated")


def successors(agency: Entity, domain: Domain) -> tuple[str, ...]:
    """Return the names that the bodies in an agency's place may have (省环境保护厅 -> 省生态环境厅), sorted."""
    table = domain.agencies
    known = table.known.get(agency.name)
    if known is not None:
        return (known.successor,) if known.successor else ()
    found = set()
    endings = _endings(domain)
    for size in range(1, len(agency.name)):
        for after in endings.get(agency.name[-size:], ()):
            start, new = agency.name[:-size], table.kinds[after]
            found |= {start + new.stem + one for one in table.words["units"].values()}
            found |= {table.words["tax"]["prefix"] + start + table.words["tax"]["unit"]} if after == "tax" else set()
    return tuple(sorted(found))


@lru_cache(maxsize=4)
def _endings(domain: Domain) -> dict[str, list[str]]:
    """Return the kinds that followed a department, by what the department's name may end with."""
    table = domain.agencies
    endings: dict[str, list[str]] = {}
    for before, after in _reforms(domain.base):
        for unit in table.words["units"].values():
            endings.setdefault(table.kinds[before].stem + unit, []).append(after)
    return endings


@lru_cache(maxsize=4)
def _reforms(base: Path) -> tuple[tuple[str, str], ...]:
    return tuple((row["kind"], row["successor"]) for row in read_tsv(base / "agency_successions.tsv"))
