"""Turn what was found in a document into its record: offsets into the text, one node an entity, everything sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.model import ENTITY_TYPES, Finding, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.context import Context
    from kg.extract.scene import Scene
    from kg.model import Claim, Document, Entity, Mention, Record

_ORDER = {type_: i for i, type_ in enumerate(ENTITY_TYPES)}


def make_record(
    scene: Scene, mentions: Sequence[Mention], claims: Sequence[Claim], provisions: list[dict[str, Any]], findings: Sequence[Finding]
) -> Record:
    """Return the extraction record of one document (``docs/model.md``, part 1).

    Claims whose subject is the document's own id become ``textClaims``; claims with an end that has no mention are left out, for
    what has no place in the text is not in the graph.
    """
    document = scene.document
    nodes = _nodes(document, mentions)
    known = {node["id"] for node in nodes}
    ends = known | {document.id}
    kept = [c for c in claims if c.subject in ends and c.object in known]
    return {
        "doc": _doc(document, scene.context),
        "text": document.text,
        "sentences": _pairs(document, (sentence.span for sentence in scene.segmentation.sentences)),
        "nodes": nodes,
        "edges": [_edge(document, c) for c in _merge(c for c in kept if c.subject != document.id)],
        "provisions": [_provision(document, p, known) for p in provisions if p["measure"] in known],
        "textClaims": [
            {k: v for k, v in _edge(document, c).items() if k != "subject"} for c in _merge(c for c in kept if c.subject == document.id)
        ],
        "findings": [f.as_dict() for f in _sorted([*document.findings, *scene.context.findings, *findings, *_nothing(document, nodes)])],
    }


def _nothing(document: Document, nodes: Sequence[Any]) -> tuple[Finding, ...]:
    if nodes:
        return ()
    return (Finding("info", "nothing-found", document.source, "nothing was found in it: is it a text about employment policy?"),)


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(set(findings), key=lambda f: (f.severity, f.code, f.where, f.message))


def _doc(document: Document, context: Context) -> dict[str, Any]:
    return {
        "id": document.id,
        "source": document.source,
        "sha256": document.sha256,
        "title": context.title,
        "date": context.date,
        "region": context.region.partition("/")[2] if context.region else None,
        "regionId": context.region,
        "script": context.script,
        "issuer": context.issuer.id if context.issuer else None,
        "number": context.number,
        "isFormatOf": context.document.id if context.document else None,
        "encoding": document.encoding,
        "url": document.metadata.get("url") or None,
        "alsoAt": [],
    }


def _nodes(document: Document, mentions: Sequence[Mention]) -> list[dict[str, Any]]:
    """Return one node an entity, with all places; of differing attributes those of the surest mention count."""
    held: dict[str, list[Mention]] = {}
    for mention in mentions:
        held.setdefault(mention.entity.id, []).append(mention)
    nodes = []
    for id_, found in held.items():
        ranked = sorted(found, key=lambda m: (-m.confidence, m.span.start, m.span.end, m.rule)) if len(found) > 1 else found
        attributes: dict[str, Any] = {}
        last = None
        for mention in reversed(ranked):
            if mention.entity is not last:
                last = mention.entity
                attributes |= {key: value for key, value in last.attributes.items() if value is not None}
        entity = ranked[0].entity
        node: dict[str, Any] = {"id": id_, "type": entity.type, "name": entity.name}
        node["mentions"] = _pairs(document, [m.span for m in found])
        node["confidence"], node["rule"] = ranked[0].confidence, ranked[0].rule
        aliases = _aliases(document, found, entity)
        if aliases:
            node["aliases"] = aliases
        node.update(sorted(attributes.items()) if len(attributes) > 1 else attributes)
        nodes.append(node)
    return sorted(nodes, key=lambda n: (_ORDER[n["type"]], n["mentions"][0], n["id"]))


def _aliases(document: Document, mentions: Iterable[Mention], entity: Entity) -> list[str]:
    """Return the other names of an entity that this text uses; what no text says has no evidence and is no alias of the graph.

    A form that stands only inside the name is not used. A document's titles and numbers come from the text as they are.
    """
    found = {alias for m in mentions if m.entity.aliases for alias in m.entity.aliases} - {entity.name}
    if not found:
        return []
    if entity.type == "PolicyDocument":
        return sorted(found)
    view = document.view
    rest = view.replace(entity.name, "\n") if any(alias in entity.name for alias in found) else view
    return sorted(alias for alias in found if alias in (rest if alias in entity.name else view))


def _merge(claims: Iterable[Claim]) -> list[Claim]:
    """Return one claim a subject, predicate and object: the surest one's evidence, rule and confidence."""
    best: dict[tuple[str, str, str], Claim] = {}
    for claim in sorted(claims, key=lambda c: (c.subject, c.predicate, c.object, -c.confidence, c.rule, c.evidence)):
        best.setdefault((claim.subject, claim.predicate, claim.object), claim)
    return [best[key] for key in sorted(best)]


def _edge(document: Document, claim: Claim) -> dict[str, Any]:
    return {
        "subject": claim.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "evidence": _pairs(document, claim.evidence),
        "confidence": claim.confidence,
        "rule": claim.rule,
    }


def _provision(document: Document, provision: dict[str, Any], known: set[str]) -> dict[str, Any]:
    made = dict(provision)
    made["sentence"] = _pairs(document, [provision["sentence"]])[0]
    made["evidence"] = _pairs(document, provision["evidence"])
    for key in ("targets", "implementedBy", "leadBy", "partner", "hasObservation", "partOf"):
        if provision[key]:
            made[key] = [id_ for id_ in provision[key] if id_ in known]
    return made


def _pairs(document: Document, spans: Iterable[Span]) -> list[list[int]]:
    """Return spans of the view as sorted pairs of offsets into the text (see :meth:`Document.to_text`)."""
    origin = document.origin
    pairs = [(origin[span.start], origin[span.end - 1] + 1) for span in spans]
    return list(map(list, pairs if len(pairs) == 1 else sorted(set(pairs))))
