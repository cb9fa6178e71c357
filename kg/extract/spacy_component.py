"""Offer the extraction as a spaCy component: ``nlp.add_pipe("policy_graph")`` in ``spacy.blank("zh")`` with character tokens.

Spans go to ``doc.spans["policy"]`` (label: entity type, ``kb_id``: the entity's id), so that displaCy's ``span`` style renders them; claims
go to ``doc._.claims`` and the whole record to ``doc._.policy_record``. Character tokens, spaCy's default for Chinese, align with every
offset; with another segmenter spans are widened to whole tokens.
"""

from __future__ import annotations

from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.domain import load_domain
from kg.extract import extract
from kg.extract.view import text_document

KEY = "policy"
for _name in ("claims", "policy_record"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class PolicyGraph:
    """Annotate documents with entities and claims.

    Args:
        domain: Folder of another policy field; None for the shipped one.
    """

    def __init__(self, domain: str | None = None) -> None:
        self._domain = load_domain(Path(domain) if domain else None)

    def __call__(self, doc: Doc) -> Doc:
        """Return the document with spans and claims set."""
        record = extract(text_document(doc.text, self._domain), self._domain)
        spans = []
        for node in record["nodes"]:
            for start, end in node["mentions"]:
                span = doc.char_span(start, end, label=node["type"], kb_id=node["id"], alignment_mode="expand")
                if span is not None:
                    spans.append(span)
        doc.spans[KEY] = sorted(spans, key=lambda s: (s.start, s.end, s.label_, s.kb_id_))
        doc._.claims = record["edges"]
        doc._.policy_record = record
        return doc


@Language.factory("policy_graph", default_config={"domain": None}, assigns=["doc.spans", "doc._.claims"])
def make_policy_graph(nlp: Language, name: str, domain: str | None) -> PolicyGraph:  # noqa: ARG001 - spaCy's factory signature
    """Return the component; the entry point ``spacy_factories`` names this function."""
    return PolicyGraph(domain)
