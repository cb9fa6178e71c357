"""Read Chinese employment-policy texts and make a graph in which every fact shows its sentence.

>>> import kg
>>> graph = kg.build("seeds")
>>> [entity.name for entity in kg.entities(graph, "Program") if "辽宁行动" in entity.name]
['技能辽宁行动']

What is offered here is imported when it is first used, so that ``import kg`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.domain import load_domain
    from kg.extract import extract_text
    from kg.graph import assemble
    from kg.graph.access import ClaimView, EntityView, EvidenceView, claims, entities, entity, evidence
    from kg.rdf import read_graph
    from kg.run import build

__version__ = "0.1.0"
__all__ = [
    "ClaimView",
    "EntityView",
    "EvidenceView",
    "assemble",
    "build",
    "claims",
    "entities",
    "entity",
    "evidence",
    "extract_text",
    "load_domain",
    "read_graph",
]

_HOME = {
    "ClaimView": "kg.graph.access",
    "EntityView": "kg.graph.access",
    "EvidenceView": "kg.graph.access",
    "assemble": "kg.graph",
    "build": "kg.run",
    "claims": "kg.graph.access",
    "entities": "kg.graph.access",
    "entity": "kg.graph.access",
    "evidence": "kg.graph.access",
    "extract_text": "kg.extract",
    "load_domain": "kg.domain",
    "read_graph": "kg.rdf",
}


def __getattr__(name: str) -> Any:
    """Import an offered name from its home when it is first asked for (PEP 562)."""
    if name not in _HOME:
        message = f"module 'kg' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOME[name]), name)
