"""State who issued a document, and what a document, a program or the text itself is based on, carries out or names."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from kg.extract.agency_successions import successions
from kg.extract.issuer import signatures
from kg.extract.places import find_places
from kg.model import Claim, Mention, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.domain.patterns import PatternFile
    from kg.extract.scene import Scene

_FULL = ("document-title", "document-number", "document-nested", "document-quoted-law", "document-short-name", "user-lexicon")
_TITLE_RULES = ("agency-title", "agency-number")
_TITLED = ("document-title", "document-short-name", "document-quoted-law")
_HEAD, _CLAUSE = 400, 40
_LONGEST_TITLE = 200


def relate_documents(scene: Scene, mentions: Sequence[Mention]) -> list[Claim]:
    """Return the claims about documents, sorted; one a subject, predicate and object, with all evidence.

    A claim about the text itself has the text's own document as its subject, and the text's id where it has none.

    Args:
        scene: The document with its context.
        mentions: All mentions of the text.
    """
    ground = _Ground(scene, mentions)
    claims = [*_named_issuers(ground), *_stated_issuers(ground), *_own_issuers(ground)]
    claims += [*_own_basis(ground), *_nested_basis(ground), *_program_basis(ground), *successions(scene, ground.agencies)]
    return _pooled(claims)


class _Ground:
    """Hold the scene with its mentions by type, sorted, and who a document's title or number shows as its issuer."""

    def __init__(self, scene: Scene, mentions: Sequence[Mention]) -> None:
        self.scene = scene
        ordered = sorted(mentions, key=lambda one: (one.span, one.entity.id))
        self.documents = [one for one in ordered if one.entity.type == "PolicyDocument"]
        self.agencies = [one for one in ordered if one.entity.type == "Agency"]
        self.programs = [one for one in ordered if one.entity.type == "Program"]
        self.shown = [(document, agency) for agency in self.agencies if agency.rule in _TITLE_RULES for document in self.around(agency)]
        self.shows = {(document.entity.id, agency.rule) for document, agency in self.shown}

    def around(self, inside: Mention) -> list[Mention]:
        """Return the innermost documents in whose words a mention stands."""
        first = bisect_left(self.documents, inside.span.start - _LONGEST_TITLE, key=lambda one: one.span.start)
        last = bisect_right(self.documents, inside.span.start, key=lambda one: one.span.start)
        holding = [one for one in self.documents[first:last] if one.span.covers(inside.span)]
        shortest = min((len(one.span) for one in holding), default=0)
        return [one for one in holding if len(one.span) == shortest]

    def between(self, held: list[Mention], span: Span) -> list[Mention]:
        """Return the mentions of a list that begin inside a span."""
        first = bisect_left(held, span.start, key=lambda one: one.span.start)
        return held[first : bisect_left(held, span.end, key=lambda one: one.span.start)]


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


def _named_issuers(ground: _Ground) -> Iterator[Claim]:
    """Yield issuers that a title or a number names itself."""
    for document, agency in ground.shown:
        confidence = 0.95 if agency.rule == "agency-title" else 0.85
        evidence = (_sentence(ground.scene, document.span.start),)
        yield Claim(document.entity.id, "issuedBy", agency.entity.id, evidence, confidence, f"issued-{agency.rule}")


def _stated_issuers(ground: _Ground) -> Iterator[Claim]:
    """Yield issuers that a sentence states: X会同Y印发《A》《B》; of a list, documents whose number shows an issuer keep to it."""
    scene = ground.scene
    for listed in _lists(ground):
        sentence = _sentence(scene, listed[0].span.start)
        group = _issuing(ground, sentence, listed[0])
        for document in listed:
            evidence = (_sentence(scene, document.span.start),)
            passed = _passing(ground, evidence[0], document)
            if passed is not None:
                yield Claim(document.entity.id, "issuedBy", passed.entity.id, evidence, 0.8, "issued-passed")
            numbered = (document.entity.id, "agency-number") in ground.shows and len(listed) > 1
            if (document.entity.id, "agency-title") not in ground.shows and not numbered:
                for agency in group:
                    yield Claim(document.entity.id, "issuedBy", agency.entity.id, (sentence,), 0.85, "issued-stated")


def _lists(ground: _Ground) -> Iterator[list[Mention]]:
    """Yield the titles of the text in runs: those of one sentence with nothing but numbers and list signs between them."""
    run: list[Mention] = []
    for document in ground.documents:
        if document.rule not in _TITLED:
            continue
        if (
            run
            and _sentence(ground.scene, document.span.start) == _sentence(ground.scene, run[-1].span.start)
            and _same_list(ground, run[-1], document)
        ):
            run.append(document)
            continue
        if run:
            yield run
        run = [document]
    if run:
        yield run


def _same_list(ground: _Ground, first: Mention, second: Mention) -> bool:
    """Tell whether nothing but a number and a list sign stands between two titles."""
    gap = Span(first.span.end, second.span.start)
    between = ground.scene.view[gap.start : gap.end]
    for number in ground.between(ground.documents, gap):
        if number.rule == "document-number":
            between = between.replace(ground.scene.view[number.span.start : number.span.end], "")
    return bool(_patterns(ground.scene).patterns["list"].match(between.strip("( ")))


def _issuing(ground: _Ground, sentence: Span, document: Mention) -> list[Mention]:
    """Return the agencies that are the subject of the issuing verb before a document."""
    scene, agencies = ground.scene, ground.between(ground.agencies, Span(sentence.start, document.span.start))
    patterns = _patterns(scene).patterns
    verb = patterns["issues"].search(scene.view[: document.span.start], max(sentence.start, document.span.start - 24))
    adjacent = any(
        one.rule not in _TITLE_RULES
        and (one.span.end == document.span.start or patterns["session"].match(scene.view[one.span.end : document.span.start]))
        for one in agencies
    )
    if verb is None and not adjacent:
        return []
    limit = verb.start() if verb is not None and not adjacent else document.span.start
    before = [one for one in agencies if sentence.start <= one.span.start and one.span.end <= limit and one.rule not in _TITLE_RULES]
    if not before:
        return []
    nearest = max(before, key=lambda one: one.span.end)
    between = scene.view[nearest.span.end : limit]
    titled = patterns["as-title"].match(between)
    another = patterns["another-subject"].search(scene.view[sentence.start : nearest.span.start][-40:])
    if (another and not titled) or _other_subject(scene, between):
        return []
    group = [nearest]
    joins = ["", *scene.domain.agencies.words["joins"]] if titled else scene.domain.agencies.words["joins"]
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


def _passing(ground: _Ground, sentence: Span, document: Mention) -> Mention | None:
    """Return the parliament that passed a bill, of a sentence like 「…法」經貴院三讀通過."""
    scene = ground.scene
    patterns = _patterns(scene).patterns
    for agency in ground.between(ground.agencies, Span(document.span.end, sentence.end)):
        if (
            document.span.end <= agency.span.start
            and agency.span.end <= sentence.end
            and patterns["passed-by"].search(scene.view[document.span.end : agency.span.start].rstrip())
            and patterns["passed"].match(scene.view[agency.span.end : sentence.end].lstrip())
        ):
            return agency
    return None


def _own_issuers(ground: _Ground) -> Iterator[Claim]:
    """Yield who issued the text itself: by its signature, its title, or the congress that adopted it."""
    scene, agencies = ground.scene, ground.agencies
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


def _own_basis(ground: _Ground) -> Iterator[Claim]:
    """Yield what the text itself is based on or carries out, and every other document it names."""
    scene, documents = ground.scene, ground.documents
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


def _nested_basis(ground: _Ground) -> Iterator[Claim]:
    """Yield that a document is based on the one that its title carries out."""
    for inner in ground.documents:
        if inner.rule != "document-nested":
            continue
        for outer in ground.between(ground.documents, Span(max(0, inner.span.start - _LONGEST_TITLE), inner.span.start)):
            if outer.rule == "document-title" and outer.span.covers(inner.span) and outer.entity.id != inner.entity.id:
                evidence = (_sentence(ground.scene, outer.span.start),)
                yield Claim(outer.entity.id, "basedOn", inner.entity.id, evidence, 0.9, "based-on-title")
                yield Claim(outer.entity.id, "implements", inner.entity.id, evidence, 0.9, "implements-title")


def _program_basis(ground: _Ground) -> Iterator[Claim]:
    """Yield that a program is based on the document that bears its name, or that its sentence carries out."""
    relations = _patterns(ground.scene)
    for program in ground.programs:
        for document in ground.around(program):
            if document.rule in _FULL and _bears_name(document, program):
                evidence = (_sentence(ground.scene, document.span.start),)
                yield Claim(program.entity.id, "basedOn", document.entity.id, evidence, 0.85, "based-on-name")
    for document in ground.documents:
        if document.rule not in _FULL:
            continue
        sentence = _sentence(ground.scene, document.span.start)
        if not relations.patterns["carries"].search(ground.scene.view[sentence.start : document.span.start]):
            continue
        reach = min(sentence.end, document.span.end + relations.settings["program"]["distance"])
        for program in ground.between(ground.programs, Span(document.span.end, reach)):
            yield Claim(program.entity.id, "basedOn", document.entity.id, (sentence,), 0.6, "based-on-sentence")


def _bears_name(document: Mention, program: Mention) -> bool:
    names = (program.entity.name, *program.entity.aliases)
    return any(name and name in form for form in (document.entity.name, *document.entity.aliases) for name in names)
