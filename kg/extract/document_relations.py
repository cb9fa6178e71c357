"""State who issued a document, and what a document, a program or the text itself is based on, carries out or names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.extract.issuer import signatures
from kg.extract.places import find_places
from kg.model import Claim, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.domain.patterns import PatternFile
    from kg.extract.scene import Scene

_FULL = ("document-title", "document-number", "document-nested", "document-quoted-law", "document-short-name", "user-lexicon")
_OWN = ("document-own-title", "document-own-number", "document-own-word")
_TITLE_RULES = ("agency-title", "agency-number")
_HEAD, _CLAUSE = 400, 40


def relate_documents(scene: Scene, mentions: Sequence[Mention]) -> list[Claim]:
    """Return the claims about documents, sorted; one a subject, predicate and object, with all evidence.

    A claim about the text itself has the text's own document as its subject, and the text's id where it has none.

    Args:
        scene: The document with its context.
        mentions: All mentions of the text.
    """
    documents = [one for one in mentions if one.entity.type == "PolicyDocument"]
    agencies = [one for one in mentions if one.entity.type == "Agency"]
    programs = [one for one in mentions if one.entity.type == "Program"]
    claims = [*_named_issuers(scene, documents, agencies), *_stated_issuers(scene, documents, agencies), *_own_issuers(scene, agencies)]
    claims += [*_own_basis(scene, documents), *_nested_basis(scene, documents), *_program_basis(scene, documents, programs)]
    return _pooled(claims)


def _pooled(claims: list[Claim]) -> list[Claim]:
    """Return one claim a fact: the surest rule, evidence of all, itself never its own object."""
    held: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        key = (claim.subject, claim.predicate, claim.object)
        if claim.subject == claim.object:
            continue
        other = held.get(key)
        if other is None:
            held[key] = claim
            continue
        best = max(other, claim, key=lambda one: (one.confidence, one.rule))
        evidence = tuple(sorted({*other.evidence, *claim.evidence}))
        held[key] = Claim(*key, evidence, best.confidence, best.rule)
    return [held[key] for key in sorted(held)]


def _sentence(scene: Scene, offset: int) -> Span:
    return scene.segmentation.sentence_at(offset).span


def _patterns(scene: Scene) -> PatternFile:
    return scene.domain.relations("documents")


def _named_issuers(scene: Scene, documents: list[Mention], agencies: list[Mention]) -> Iterator[Claim]:
    """Yield issuers that a title or a number names itself."""
    for document in documents:
        for agency in agencies:
            if agency.rule in _TITLE_RULES and _innermost(document, agency, documents):
                confidence = 0.95 if agency.rule == "agency-title" else 0.85
                evidence = (_sentence(scene, document.span.start),)
                yield Claim(document.entity.id, "issuedBy", agency.entity.id, evidence, confidence, f"issued-{agency.rule}")


def _innermost(document: Mention, inside: Mention, documents: list[Mention]) -> bool:
    """Tell whether a mention stands in a document's name, and in no document's name inside that."""
    return document.span.covers(inside.span) and not any(
        document.span.covers(other.span) and other.span != document.span and other.span.covers(inside.span) for other in documents
    )


def _has_issuer(document: Mention, documents: list[Mention], agencies: list[Mention], rule: str) -> bool:
    """Tell whether a document's title (or its number, by the rule of the agency's mention) shows its issuer."""
    spans = [one.span for one in documents if one.entity.id == document.entity.id]
    return any(agency.rule == rule and any(span.covers(agency.span) for span in spans) for agency in agencies)


def _stated_issuers(scene: Scene, documents: list[Mention], agencies: list[Mention]) -> Iterator[Claim]:
    """Yield issuers that a sentence states: X会同Y印发《A》《B》; a list's documents that show their issuer keep to it."""
    ordered = sorted(
        (one for one in documents if one.rule in ("document-title", "document-short-name", "document-quoted-law")), key=lambda one: one.span
    )
    listed: list[Mention] = []
    group: list[Mention] = []
    previous: Mention | None = None
    for document in ordered:
        sentence = _sentence(scene, document.span.start)
        if previous is not None and previous.span.end >= sentence.start and _same_list(scene, previous, document, documents):
            listed.append(document)
        else:
            listed, group = [document], _issuing(scene, sentence, document, agencies)
        previous = document
        passed = _passing(scene, sentence, document, agencies)
        if passed is not None:
            yield Claim(document.entity.id, "issuedBy", passed.entity.id, (sentence,), 0.8, "issued-passed")
        alone = len(listed) + _following(scene, document, ordered, documents) == 1
        if (
            group
            and not _has_issuer(document, documents, agencies, "agency-title")
            and (alone or not _has_issuer(document, documents, agencies, "agency-number"))
        ):
            for agency in group:
                yield Claim(document.entity.id, "issuedBy", agency.entity.id, (sentence,), 0.85, "issued-stated")


def _following(scene: Scene, document: Mention, ordered: list[Mention], documents: list[Mention]) -> int:
    """Return 1 when the next document continues the list, else 0."""
    after = next((one for one in ordered if one.span.start >= document.span.end), None)
    return int(after is not None and _same_list(scene, document, after, documents))


def _same_list(scene: Scene, first: Mention, second: Mention, documents: list[Mention]) -> bool:
    """Tell whether nothing but a number and a list sign stands between two titles."""
    between = scene.view[first.span.end : second.span.start]
    for number in documents:
        if number.rule == "document-number" and first.span.end <= number.span.start and number.span.end <= second.span.start:
            between = between.replace(scene.view[number.span.start : number.span.end], "")
    return bool(_patterns(scene).patterns["list"].match(between.strip("( ")))


def _issuing(scene: Scene, sentence: Span, document: Mention, agencies: list[Mention]) -> list[Mention]:
    """Return the agencies that are the subject of the issuing verb before a document."""
    patterns = _patterns(scene).patterns
    verb = patterns["issues"].search(scene.view[: document.span.start], max(sentence.start, document.span.start - 24))
    adjacent = any(one.span.end == document.span.start and one.rule not in _TITLE_RULES for one in agencies)
    if verb is None and not adjacent:
        return []
    limit = verb.start() if verb is not None and not adjacent else document.span.start
    before = [one for one in agencies if sentence.start <= one.span.start and one.span.end <= limit and one.rule not in _TITLE_RULES]
    if not before:
        return []
    nearest = max(before, key=lambda one: one.span.end)
    between = scene.view[nearest.span.end : limit]
    if patterns["another-subject"].search(scene.view[sentence.start : nearest.span.start][-40:]) or _other_subject(scene, between):
        return []
    group = [nearest]
    joins = scene.domain.agencies.words["joins"]
    for agency in sorted(before, key=lambda one: -one.span.end):
        first = min(group, key=lambda one: one.span)
        if agency.span == nearest.span or (
            agency.span.end <= first.span.start and scene.view[agency.span.end : first.span.start].strip() in joins
        ):
            group.append(agency)
    return group


def _other_subject(scene: Scene, between: str) -> bool:
    """Tell whether a region is the verb's subject (2008年云南省出台), or the agency only a source (据…介绍)."""
    patterns = _patterns(scene).patterns
    places = find_places(between, scene.domain.divisions)
    if places and not between[places[-1].span.end :].strip():
        return True
    return bool(patterns["source"].match(between)) and not patterns["taken-up"].search(between)


def _passing(scene: Scene, sentence: Span, document: Mention, agencies: list[Mention]) -> Mention | None:
    """Return the parliament that passed a bill, of a sentence like 「…法」經貴院三讀通過."""
    patterns = _patterns(scene).patterns
    for agency in agencies:
        if (
            document.span.end <= agency.span.start
            and agency.span.end <= sentence.end
            and patterns["passed-by"].search(scene.view[document.span.end : agency.span.start].rstrip())
            and patterns["passed"].match(scene.view[agency.span.end : sentence.end].lstrip())
        ):
            return agency
    return None


def _own_issuers(scene: Scene, agencies: list[Mention]) -> Iterator[Claim]:
    """Yield who issued the text itself: by its signature, its title, or the congress that adopted it."""
    own = scene.context.document
    if own is None:
        return
    view = scene.view
    adopted = _patterns(scene).patterns["adopted"]
    for agency in agencies:
        if (
            agency.rule == "agency-congress"
            and agency.span.start < _HEAD
            and adopted.match(view[agency.span.end : agency.span.end + _CLAUSE])
        ):
            yield Claim(own.id, "issuedBy", agency.entity.id, (_sentence(scene, agency.span.start),), 0.9, "issued-adopted")
    for span, entity in _signed(scene, agencies):
        yield Claim(own.id, "issuedBy", entity, (_sentence(scene, span.start),), 0.9, "issued-signature")


def _signed(scene: Scene, agencies: list[Mention]) -> Iterator[tuple[Span, str]]:
    hits = signatures(scene.view, scene.context.home, scene.domain)
    for agency in agencies:
        if any(hit.span == agency.span and hit.entity.id == agency.entity.id for hit in hits):
            yield agency.span, agency.entity.id


def _subject(scene: Scene) -> str:
    return scene.context.document.id if scene.context.document is not None else scene.document.id


def _own_basis(scene: Scene, documents: list[Mention]) -> Iterator[Claim]:
    """Yield what the text itself is based on or carries out, and every other document it names."""
    patterns = _patterns(scene).patterns
    own = scene.context.document
    subject = _subject(scene)
    news = scene.context.genre == "news"
    for document in documents:
        if document.rule not in _FULL or (own is not None and document.entity.id == own.id):
            continue
        sentence = _sentence(scene, document.span.start)
        yield Claim(subject, "cites", document.entity.id, (sentence,), 0.9, "document-named")
        if news or document.rule == "document-number":
            continue
        before = scene.view[sentence.start : document.span.start]
        if not patterns["based"].search(before):
            continue
        makes = bool(patterns["makes-own"].search(scene.view, document.span.end, sentence.end))
        if makes:
            yield Claim(subject, "basedOn", document.entity.id, (sentence,), 0.9, "based-on-stated")
        if patterns["carries"].search(before):
            yield Claim(subject, "implements", document.entity.id, (sentence,), 0.85 if makes else 0.7, "implements-stated")


def _nested_basis(scene: Scene, documents: list[Mention]) -> Iterator[Claim]:
    """Yield that a document is based on the one that its title carries out."""
    for inner in documents:
        if inner.rule != "document-nested":
            continue
        for outer in documents:
            if outer.rule == "document-title" and outer.span.covers(inner.span) and outer.entity.id != inner.entity.id:
                evidence = (_sentence(scene, outer.span.start),)
                yield Claim(outer.entity.id, "basedOn", inner.entity.id, evidence, 0.9, "based-on-title")
                yield Claim(outer.entity.id, "implements", inner.entity.id, evidence, 0.9, "implements-title")


def _program_basis(scene: Scene, documents: list[Mention], programs: list[Mention]) -> Iterator[Claim]:
    """Yield that a program is based on the document that bears its name, or that its sentence carries out."""
    relations = _patterns(scene)
    for document in documents:
        if document.rule not in _FULL:
            continue
        sentence = _sentence(scene, document.span.start)
        carries = relations.patterns["carries"].search(scene.view[sentence.start : document.span.start])
        for program in programs:
            if _innermost(document, program, documents) and _bears_name(document, program):
                yield Claim(program.entity.id, "basedOn", document.entity.id, (sentence,), 0.85, "based-on-name")
            near = document.span.end <= program.span.start <= document.span.end + relations.settings["program"]["distance"]
            if carries and near and program.span.end <= sentence.end:
                yield Claim(program.entity.id, "basedOn", document.entity.id, (sentence,), 0.6, "based-on-sentence")


def _bears_name(document: Mention, program: Mention) -> bool:
    names = (program.entity.name, *program.entity.aliases)
    return any(name and name in form for form in (document.entity.name, *document.entity.aliases) for name in names)
