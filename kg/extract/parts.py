"""Say which program is part of which: by the heading it stands under, and by a name that carries the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.extract.scene import Scene
    from kg.model import Mention, Span

_BY_HEADING, _BY_NAME = 0.7, 0.8
#: A name this short says too little to be the whole of a longer one.
_SHORTEST = 4


def relate_parts(scene: Scene, mentions: Sequence[Mention]) -> list[Claim]:
    """Return partOf claims, sorted and without circles.

    A program under a heading that names exactly one other program is part of it; so is one whose name begins with another's and goes
    on with its stage, station or regional round (``中国创翼创业创新大赛`` and ``…大赛辽宁选拔赛``).
    """
    programs = [m for m in mentions if m.entity.type == "Program"]
    best: dict[tuple[str, str], Claim] = {}
    for claim in (*_under_headings(scene, programs), *_by_name(scene, programs)):
        key = (claim.subject, claim.object)
        if claim.subject != claim.object and (key not in best or claim.confidence > best[key].confidence):
            best[key] = claim
    return _acyclic(best[key] for key in sorted(best))


def _under_headings(scene: Scene, programs: Sequence[Mention]) -> Iterable[Claim]:
    for mention in programs:
        index = scene.segmentation.sentence_index(mention.span.start)
        for heading in scene.segmentation.headings(index):
            named = {m.entity.id: m for m in programs if heading.covers(m.span)}
            if mention.entity.id in named:
                break
            if len(named) == 1:
                (whole,) = named
                evidence = (scene.segmentation.sentence_at(heading.start).span, scene.segmentation.sentences[index].span)
                yield Claim(
                    mention.entity.id,
                    "partOf",
                    whole,
                    tuple(sorted(set(evidence))),
                    _confidence(_BY_HEADING, mention, named[whole]),
                    "part-heading",
                )
            if named:
                break


def _by_name(scene: Scene, programs: Sequence[Mention]) -> Iterable[Claim]:
    rounds = scene.domain.relations("parts").patterns["round"]
    first: dict[str, Mention] = {}
    for mention in programs:
        first.setdefault(mention.entity.id, mention)
    for part in first.values():
        for whole in first.values():
            rest = part.entity.name.removeprefix(whole.entity.name)
            if len(whole.entity.name) >= _SHORTEST and 0 < len(rest) < len(part.entity.name) and rounds.fullmatch(rest):
                evidence: Span = scene.segmentation.sentence_at(part.span.start).span
                yield Claim(part.entity.id, "partOf", whole.entity.id, (evidence,), _confidence(_BY_NAME, part, whole), "part-name")


def _confidence(rule: float, *mentions: Mention) -> float:
    """Return the rule's confidence, no larger than that of the names it rests on."""
    return min(rule, *(m.confidence for m in mentions))


def _acyclic(claims: Iterable[Claim]) -> list[Claim]:
    """Drop claims that would close a circle, the least sure first."""
    kept: list[Claim] = []
    above: dict[str, set[str]] = {}

    def reaches(start: str, goal: str) -> bool:
        waiting, seen = [start], set()
        while waiting:
            node = waiting.pop()
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                waiting.extend(above.get(node, ()))
        return False

    for claim in sorted(claims, key=lambda c: (-c.confidence, c.subject, c.object)):
        if not reaches(claim.object, claim.subject):
            above.setdefault(claim.subject, set()).add(claim.object)
            kept.append(claim)
    return sorted(kept, key=lambda c: (c.subject, c.object))
