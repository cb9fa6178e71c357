"""Write files for the bulk loaders that other stores bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.rdf.namespaces import ROOT
from kg.store.remote import SERVERS_OWN, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store.units import Unit

#: One file for all that read N-Quads: Oxigraph, Jena, GraphDB, QLever.
QUADS = "all.nq"


def bulk_files(units: list[Unit], facts: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each file: ``all.nq``, and for Virtuoso one N-Triples file a graph with its name beside it.

    Args:
        units: What to write.
        facts: IRI of the graph of facts, or ``default``; Virtuoso has none of that name and gets ``…/graph``.
    """
    goals = list(targets(units, facts))
    lines = (f"{triple} .\n" if goal.name == SERVERS_OWN else f"{triple} {goal.name} .\n" for goal in goals for triple in goal.triples)
    yield QUADS, "".join(lines)
    for number, goal in enumerate(goals):
        name = f"<{ROOT}graph>" if goal.name == SERVERS_OWN else goal.name
        yield f"virtuoso/{number:06}.nt", "".join(f"{triple} .\n" for triple in goal.triples)
        yield f"virtuoso/{number:06}.nt.graph", name[1:-1] + "\n"
