"""Find policy documents: titles in 《》, numbers, both together, short names, and the text's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kg.extract.document_names import document_entity, inner_title, squared, title_kind
from kg.extract.document_programs import title_programs
from kg.extract.document_relations import relate_documents
from kg.extract.names import canonical
from kg.model import Entity, Mention, Span

if TYPE_CHECKING:
    from kg.extract.scene import Scene

__all__ = ["find_documents", "relate_documents", "title_spans"]

_LONGEST = 160
_GAP = 6
_DEFINITION = 48
_HEAD = 400
_TAIL = re.compile(r"\(.{1,8}\)$")
_FEWEST = 3


@dataclass
class Found:
    """Collect the documents of one text by name, so that title, inner title and number lead to one entity."""

    mentions: list[Mention] = field(default_factory=list)
    by_title: dict[str, Entity] = field(default_factory=dict)
    by_number: dict[str, Entity] = field(default_factory=dict)
    shorts: dict[str, Entity] = field(default_factory=dict)


def find_documents(scene: Scene) -> list[Mention]:
    """Return the mentions of policy documents, sorted by span; one entity for title, number and short names of one document.

    The programs that their titles name come with them.
    """
    titles = title_spans(scene.view)
    numbers = _numbers(scene)
    pairs = _pairs(scene, titles, numbers)
    found = Found()
    _own(scene, found)
    for title, number in pairs:
        _add(scene, found, title, number)
    _nested(scene, found, titles)
    _quoted_laws(scene, found)
    _shorts(scene, found, titles)
    found.mentions += title_programs(scene, found.mentions)
    unique = {(mention.span, mention.entity.id): mention for mention in found.mentions}
    return [unique[key] for key in sorted(unique)]


def title_spans(view: str) -> list[Span]:
    """Return the spans of what stands in 《》 (signs included), nested pairs counted as one.

    >>> title_spans("依《关于印发《A办法》的通知》、《B法》")
    [Span(start=1, end=15), Span(start=16, end=20)]
    """
    spans = []
    start = view.find("《")
    while start >= 0:
        depth, end = 0, -1
        for offset in range(start, min(len(view), start + _LONGEST)):
            char = view[offset]
            depth += (char == "《") - (char == "》")
            if depth == 0:
                end = offset + 1
                break
        if end < 0:  # an inner sign is missing: take the first close on the line
            end = view.find("》", start, start + _LONGEST) + 1
        if end > start and "\n" not in view[start:end].strip():
            spans.append(Span(start, end))
        start = view.find("《", max(end, start + 1))
    return spans


def _numbers(scene: Scene) -> list[Span]:
    patterns = scene.domain.patterns("document")
    leading = patterns.words["leading"]
    spans = []
    for match in patterns.patterns["number"].finditer(scene.view):
        start, prefix = match.start("name"), match.group("prefix")
        cut = max((prefix.rfind(word) + len(word) for word in leading if 0 <= prefix.rfind(word) < len(prefix) - len(word) - 1), default=0)
        start += cut
        spans.append(Span(start, match.end("name")))
    spans += [Span(*match.span("name")) for match in patterns.scan("order").finditer(scene.view)]
    return sorted(spans)


def _pairs(scene: Scene, titles: list[Span], numbers: list[Span]) -> list[tuple[Span | None, Span | None]]:
    """Return titles with the number that belongs to each: straight behind it in brackets, or straight before it."""
    view = scene.view
    between = scene.domain.patterns("document").patterns["between"]
    starts = {number.start: number for number in numbers}
    ends = {number.end: number for number in numbers}
    used: set[Span] = set()
    made: list[tuple[Span | None, Span | None]] = []
    for title in titles:
        if title_kind(canonical(view[title.start + 1 : title.end - 1]), scene.domain) is None:
            continue
        behind = (starts.get(title.end + gap) for gap in range(_GAP + 1))
        number = next((one for one in behind if one and one not in used and between.match(view[title.end : one.start])), None)
        number = number or ends.get(title.start)
        if number in used:
            number = None
        if number is not None:
            used.add(number)
        made.append((title, number))
    titled = bytearray(len(view))
    for title in titles:
        titled[title.start : title.end] = b"\x01" * len(title)
    made += [(None, number) for number in numbers if number not in used and not titled[number.start]]
    return sorted(made, key=lambda pair: pair[0] or pair[1] or Span(0, 0))


def _own(scene: Scene, found: Found) -> None:
    """Add the text itself, when it carries its own title or number."""
    context = scene.context
    if context.document is None:
        return
    entity = context.document
    for span, rule in ((context.title_span, "document-own-title"), (context.number_span, "document-own-number")):
        if span is not None:
            found.mentions.append(Mention(span, entity, rule, 0.9))
    _register(scene, found, entity)
    view = scene.view
    nouns = scene.domain.patterns("document")
    title = context.title if context.title_span is not None else None
    if title is None:
        return
    bare = _TAIL.sub("", title)
    noun = max((word for word in nouns.words["own_nouns"] if bare.endswith(word)), key=len, default="")
    for match in nouns.patterns["own"].finditer(view):
        word = match.group("name")
        if noun.endswith(word) and (len(word) > 1 or word == noun):
            found.mentions.append(Mention(Span(*match.span()), entity, "document-own-word", 0.9))


def _register(scene: Scene, found: Found, entity: Entity) -> None:
    title = entity.attributes.get("title")
    if title:
        found.by_title.setdefault(title, entity)
        found.by_title.setdefault(inner_title(str(title), scene.domain), entity)
    number = entity.attributes.get("number")
    if number:
        found.by_number.setdefault(str(number), entity)


def _add(scene: Scene, found: Found, title: Span | None, number: Span | None) -> None:
    view, domain = scene.view, scene.domain
    name = canonical(view[title.start + 1 : title.end - 1]) if title else None
    if name is not None and _is_short(scene, name, found):
        return
    number_text = view[number.start : number.end] if number else None
    own = scene.context.document
    if (
        title is None
        and number is not None
        and own is not None
        and own.attributes.get("title")
        and number.end < _HEAD
        and "number" not in document_entity(None, number_text, domain).attributes
    ):
        found.mentions.append(Mention(number, own, "document-own-number", 0.85))
        return
    if name is not None and len(name) < _FEWEST and title_kind(name, domain) in (None, ""):
        return
    entity = document_entity(name, number_text, domain)
    known = found.by_number.get(squared(number_text)) if number_text else None
    if known is None and name is not None:
        same = found.by_title.get(name) or found.by_title.get(inner_title(name, domain))
        if same is not None and (number_text is None or "number" not in same.attributes):
            known = same
    if known is not None:
        news = {entity.name, *entity.aliases} - {known.name, *known.aliases}
        entity = _joined(scene, found, known, entity) if news else known
    _register(scene, found, entity)
    if title is not None:
        found.mentions.append(Mention(title, entity, "document-title", 0.95))
        _define(scene, found, entity, number.end if number else title.end)
    if number is not None:
        found.mentions.append(Mention(number, entity, "document-number", 0.95))


def _joined(scene: Scene, found: Found, known: Entity, new: Entity) -> Entity:
    """Return one entity for two namings of a document: the number's id wins, the fuller title is the name."""
    number = known.attributes.get("number") or new.attributes.get("number")
    titles = [str(one.attributes["title"]) for one in (known, new) if "title" in one.attributes]
    title = max(titles, key=len) if titles else None
    joined = document_entity(title, str(number) if number else None, scene.domain)
    aliases = sorted({*joined.aliases, *known.aliases, *new.aliases, *titles} - {joined.name})
    joined = replace(joined, aliases=tuple(aliases), attributes={**known.attributes, **joined.attributes})
    for table in (found.by_title, found.by_number, found.shorts):
        for key, entity in table.items():
            if entity.id in (known.id, new.id):
                table[key] = joined
    found.mentions = [replace(one, entity=joined) if one.entity.id in (known.id, new.id) else one for one in found.mentions]
    return joined


def _is_short(scene: Scene, name: str, found: Found) -> bool:
    """Tell whether a title is only a short name (《方案》), which stands for a document named in full."""
    return bool(scene.domain.patterns("document").patterns["short-title"].match(name)) or name in found.shorts


def _define(scene: Scene, found: Found, entity: Entity, end: int) -> None:
    """Note the short name that the text gives a document behind its title: (以下简称《方案》)."""
    pattern = scene.domain.patterns("document").patterns["definition"]
    match = pattern.match(scene.view[end : end + _DEFINITION]) or (
        pattern.match(scene.view[end + 1 : end + _DEFINITION]) if scene.view[end : end + 1] == ")" else None
    )
    if match:
        found.shorts[match.group("name")] = entity


def _nested(scene: Scene, found: Found, titles: list[Span]) -> None:
    """Add the titles that a title carries out: 《辽宁省贯彻落实《…意见》…方案》."""
    view = scene.view
    pattern = scene.domain.patterns("document").patterns["carried-out"]
    for title in titles:
        for match in pattern.finditer(view, title.start, title.end):
            span = Span(*match.span("name"))
            name = canonical(view[span.start + 1 : span.end - 1])
            if title_kind(name, scene.domain) is None:
                continue
            entity = found.by_title.get(name) or document_entity(name, None, scene.domain)
            _register(scene, found, entity)
            found.mentions.append(Mention(span, entity, "document-nested", 0.9))


def _quoted_laws(scene: Scene, found: Found) -> None:
    """Add laws in quotation marks, as texts of Taiwan write them (「就業保險法」), and those that a regulation rests on."""
    if scene.context.script != "Hant":
        return
    for match in scene.domain.patterns("document").patterns["quoted-law"].finditer(scene.view):
        name = canonical(match.group("name"))
        entity = found.by_title.get(name) or document_entity(name, None, scene.domain)
        _register(scene, found, entity)
        found.mentions.append(Mention(Span(*match.span("name")), entity, "document-quoted-law", 0.8))
        if match.end() > match.end("name") + 1:
            found.mentions.append(Mention(Span(*match.span()), entity, "document-quoted-law", 0.8))
    for pattern in ("law-basis", "law-cited"):
        for match in scene.domain.patterns("document").patterns[pattern].finditer(scene.view):
            name = canonical(match.group("name"))
            entity = found.by_title.get(name) or document_entity(name, None, scene.domain)
            _register(scene, found, entity)
            found.mentions.append(Mention(Span(*match.span("name")), entity, "document-quoted-law", 0.8))


def _shorts(scene: Scene, found: Found, titles: list[Span]) -> None:
    """Add short names: defined ones anywhere, others (《方案》) for the last document before them whose title ends so."""
    view = scene.view
    pattern = scene.domain.patterns("document").patterns["short-title"]
    full = sorted((one for one in found.mentions if one.rule in ("document-title", "document-own-title")), key=lambda one: one.span)
    for title in titles:
        name = canonical(view[title.start + 1 : title.end - 1])
        if name not in found.shorts and not pattern.match(name):
            continue
        entity = found.shorts.get(name)
        if entity is None:
            before = [one for one in full if one.span.end <= title.start and _ends_with(one.entity, name)]
            entity = before[-1].entity if before else None
        if entity is not None:
            found.mentions.append(Mention(title, entity, "document-short-name", 0.9))


def _ends_with(entity: Entity, noun: str) -> bool:
    return any(_TAIL.sub("", form).endswith(noun) for form in (entity.name, *entity.aliases))
