"""Write out what follows from the hierarchies of classes and properties, by SPARQL rules, for stores that do not reason.

A unit's consequences become part of its context: they come and go with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from kg.rdf.namespaces import RDF, RDFS
from kg.store.notes import Blocks, quad_lines
from kg.store.units import CONCEPTS, ONTOLOGY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from kg.store.units import Unit

#: Each finds ``?s ?p ?o`` that follows in graph ``?g``; classes and properties stand in the default graph.
RULES = (
    f"SELECT ?g ?s ?p ?o {{ BIND(<{RDF}type> AS ?p) ?class <{RDFS}subClassOf>+ ?o FILTER(ISIRI(?o)) GRAPH ?g {{ ?s a ?class }} }}",
    f"SELECT ?g ?s ?p ?o {{ ?below <{RDFS}subPropertyOf>+ ?p FILTER(ISIRI(?p)) GRAPH ?g {{ ?s ?below ?o }} }}",
)


def materialised(units: Sequence[Unit]) -> list[Unit]:
    """Return the units with all that follows in their contexts: types of superclasses, and links by superproperties.

    Args:
        units: Those of texts and that of the ontology; classes and concepts stay as they are.
    """
    from pyoxigraph import QuerySolutions, RdfFormat, Store

    store = Store()
    texts = [unit for unit in units if unit.name not in {ONTOLOGY, CONCEPTS}]
    blocks = [quad_lines(unit.said) for unit in units if unit.name == ONTOLOGY]
    blocks += [quad_lines((*unit.said, *unit.context), unit.name) for unit in texts]
    store.bulk_load(cast("IO[bytes]", Blocks(iter(blocks))), RdfFormat.N_QUADS)
    found: dict[str, set[str]] = {}
    for rule in RULES:
        answer = store.query(rule)
        assert isinstance(answer, QuerySolutions)
        for row in answer:
            found.setdefault(str(row["g"]), set()).add(f"{row['s']} {row['p']} {row['o']}")
    return [
        replace(unit, context=sorted({*unit.context, *found[unit.name]} - set(unit.said))) if unit.name in found else unit for unit in units
    ]
