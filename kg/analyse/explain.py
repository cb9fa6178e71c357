"""Explain a node: what it is, and each fact about it with the sentences that grant it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.naming import name_key, near_names, official_ids
from kg.errors import UsageError
from kg.model import SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

    from kg.domain import Domain

#: Nodes that are found by id only, never by name.
_BY_ID_ONLY = frozenset(("Evidence", "Provision"))
#: What the explanation says in places of its own.
_SAID = frozenset(("type", "name", "aliases", "category", "level", "region", "texts", "rule", "confidence"))
_CANDIDATES = 20

#: One explanation in its JSON form, see :func:`explain`.
Explanation = dict[str, Any]


class _Mention(NamedTuple):
    text: str
    start: int
    end: int
    exact: str
    sentence: str


def _mention(evidence: dict[str, Any]) -> _Mention:
    exact = evidence.get("exact", "")
    return _Mention(evidence.get("text", ""), evidence.get("start", 0), evidence.get("end", 0), exact, evidence.get("sentence") or exact)


def find_node(graph: nx.MultiDiGraph, name: str, domain: Domain) -> str:
    """Return the id of the one node that a name means.

    Looked for in this order, the first that finds anything decides: id (``agency/…``, or with the class: ``Agency/…``),
    name or title or number or file name, alias, words of a mention, what the domain knows a short form or alias to mean. Script, quotation marks and blanks make no difference.

    Raises:
        UsageError: Nothing is found (near names are given) or several nodes are (they are listed).
    """
    segment, slash, rest = name.partition("/")
    kind = next((type_ for type_, short in SEGMENTS.items() if segment.casefold() in (short, type_.casefold())), None) if slash else None
    for node in (name, f"{SEGMENTS[kind]}/{rest}" if kind else name):
        if node in graph:
            return node
    wanted = name_key(rest if kind else name, domain.fold)
    for names in (_names, _aliases, _surfaces, None):
        if names is not None:
            found = sorted({node for node, each in names(graph, kind) if name_key(each, domain.fold) == wanted})
        else:
            known_ids = official_ids(rest if kind else name, domain)
            found = sorted(node for node, _ in _nodes(graph, kind) if node in known_ids)
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(_candidate(graph, node) for node in found[:_CANDIDATES]) + (
                f" and {len(found) - _CANDIDATES} more" if len(found) > _CANDIDATES else ""
            )
            raise UsageError(name, f"means {len(found)} nodes: {listed}", "give one of them with its type")
    known = {each: node for names in (_aliases, _names) for node, each in names(graph, kind)}
    near = near_names(rest if kind else name, known, domain.fold)
    hint = f"near it: {', '.join(f'{each} ({known[each]})' if known[each].partition('/')[2] != each else known[each] for each in near)}"
    raise UsageError(name, "no node of the graph has this name", hint if near else "look names up in nodes.csv or with kg query")


def _candidate(graph: nx.MultiDiGraph, node: str) -> str:
    """Return the id of a node, with its path where it is a text: two files of one name are told apart by it."""
    attributes = graph.nodes[node]
    return f"{node} ({attributes['source']})" if attributes.get("type") == "SourceText" and attributes.get("source") else node


def _nodes(graph: nx.MultiDiGraph, kind: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for node, attributes in graph.nodes(data=True):
        type_ = attributes.get("type")
        if type_ not in _BY_ID_ONLY and kind in (None, type_):
            yield node, attributes


def _names(graph: nx.MultiDiGraph, kind: str | None) -> Iterator[tuple[str, str]]:
    for node, attributes in _nodes(graph, kind):
        for key in ("name", "title", "number"):
            if attributes.get(key):
                yield node, attributes[key]
        if attributes.get("type") == "SourceText" and attributes.get("source"):
            parts = attributes["source"].split("/")
            tails = ["/".join(parts[at:]) for at in range(len(parts))]
            yield from ((node, each) for each in (*tails, parts[-1].rpartition(".")[0] or parts[-1]))


def _aliases(graph: nx.MultiDiGraph, kind: str | None) -> Iterator[tuple[str, str]]:
    for node, attributes in _nodes(graph, kind):
        yield from ((node, alias) for alias in attributes.get("aliases", ()))


def _surfaces(graph: nx.MultiDiGraph, kind: str | None) -> Iterator[tuple[str, str]]:
    for node, _ in _nodes(graph, kind):
        yield from ((node, graph.nodes[each]["exact"]) for each in _evidence_of(graph, node) if graph.nodes[each].get("exact"))


def explain(graph: nx.MultiDiGraph, node: str, domain: Domain, limit: int | None = None) -> Explanation:
    """Return everything the graph knows about a node, ready for JSON.

    ``mentions`` and each fact's ``evidence`` hold one entry a sentence: ``source`` (file), ``text``, ``offsets`` (pairs, code
    points into that text), ``rules``, ``confidence``, ``sentence`` and ``marks`` (pairs, code points into the sentence: where
    the node and the other end are named). ``facts`` are grouped by direction and predicate; a group's ``count`` tells how
    many there are where ``limit`` cuts it.

    Args:
        graph: As ``kg.rdf.read_graph`` returns it; with its texts, marks are exact, without them the first occurrence.
        node: Id of the node.
        domain: Names concepts and predicates in Chinese and English.
        limit: How many facts a group and sentences a fact to give; None for all.
    """
    attributes = graph.nodes[node]
    region = attributes.get("region")
    mentions = _sentences(graph, _evidence_of(graph, node), ())
    return {
        "id": node,
        "type": attributes.get("type", ""),
        "name": _name(graph, node),
        "aliases": list(attributes.get("aliases", ())),
        "category": _concept(attributes.get("category"), domain),
        "level": _concept(attributes.get("level"), domain),
        "region": {"id": region, "name": _name(graph, region)} if region in graph else None,
        "texts": attributes.get("texts"),
        "confidence": attributes.get("confidence"),
        "attributes": {key: attributes[key] for key in sorted(attributes) if key not in _SAID},
        "mentionCount": len(mentions),
        "mentions": mentions[:limit],
        "facts": list(_facts(graph, node, domain, limit)),
    }


def _facts(graph: nx.MultiDiGraph, node: str, domain: Domain, limit: int | None) -> Iterator[dict[str, Any]]:
    """Yield one group for each direction and predicate: outgoing first, then by name."""
    groups: dict[tuple[bool, str], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for subject, object_, key, data in (*graph.out_edges(node, keys=True, data=True), *graph.in_edges(node, keys=True, data=True)):
        incoming = object_ == node and subject != node
        other = subject if incoming else object_
        if graph.nodes[other].get("type") != "Evidence":  # evidence is shown as sentences, not as facts
            groups[incoming, key].append((other, data))
    labels = property_labels(domain)
    for (incoming, key), ends in sorted(groups.items(), key=lambda item: item[0]):
        ends.sort(key=lambda end: (-end[1].get("weight", 1), -end[1].get("confidence", 1.0), end[0]))
        zh, en = labels.get(key, ("", ""))
        facts = [_fact(graph, node, end, limit) for end in ends[:limit]]
        yield {"direction": "in" if incoming else "out", "predicate": key, "zh": zh, "en": en, "count": len(ends), "facts": facts}


def _fact(graph: nx.MultiDiGraph, node: str, end: tuple[str, dict[str, Any]], limit: int | None) -> dict[str, Any]:
    other, data = end
    evidence, named = list(data.get("evidence", ())), [node, other]
    provision = next((each for each in (other, node) if graph.nodes[each].get("type") == "Provision"), None)
    if provision is not None:  # its links rest on its own sentence, and there it is named by its measure
        evidence = evidence or _evidence_of(graph, provision)
        measures = [end for _, end, key in graph.out_edges(provision, keys=True) if key == "ofMeasure"]
        named = [each for each in dict.fromkeys((*named, *measures)) if each != provision]
    sentences = _sentences(graph, evidence, named)
    return {
        "id": other,
        "type": graph.nodes[other].get("type", ""),
        "name": _name(graph, other),
        "weight": data.get("weight", 1),
        "confidence": data.get("confidence", 1.0),
        "structural": not data.get("evidence"),
        "evidenceCount": len(sentences),
        "evidence": sentences[:limit],
    }


def _evidence_of(graph: nx.MultiDiGraph, node: str) -> list[str]:
    """Return the node's own evidence: the places where it is named, without the evidence of its edges."""
    ends = [end for _, end, key in graph.out_edges(node, keys=True) if key == "hasEvidence"]
    return sorted(end for end in ends if "predicate" not in graph.nodes[end])


def _sentences(graph: nx.MultiDiGraph, evidence: Iterable[str], ends: Iterable[str]) -> list[dict[str, Any]]:
    """Return one entry a sentence, ordered by file and offset.

    Args:
        graph: The graph.
        evidence: Evidence of one node or edge.
        ends: For an edge, the nodes to be marked where they are named; for a node nothing: the evidence itself is marked.
    """
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in evidence:
        mention = _mention(graph.nodes[each])
        groups[mention.text, mention.sentence].append(each)
    named = [_mention(graph.nodes[each]) for end in ends for each in _evidence_of(graph, end)]
    entries = [_entry(graph, text, [graph.nodes[each] for each in members], named) for (text, _), members in groups.items()]
    return sorted(entries, key=lambda entry: (entry["source"], entry["offsets"]))


def _entry(graph: nx.MultiDiGraph, text: str, members: list[dict[str, Any]], named: list[_Mention]) -> dict[str, Any]:
    """Return one sentence with the evidence in it; without ``named`` the evidence itself is marked."""
    own = sorted(map(_mention, members), key=lambda each: (each.start, each.end))
    sentence = own[0].sentence
    begin = _begin(graph.graph.get("texts", {}).get(text, ""), own[0])
    here = [each for each in named if each.text == text and (each.sentence == sentence or _within(each, begin, len(sentence)))]
    return {
        "source": graph.nodes[text].get("source", text) if text in graph else text,
        "text": text,
        "offsets": sorted({(each.start, each.end) for each in own}),
        "rules": sorted({member["rule"] for member in members if member.get("rule")}),
        "confidence": max((member["confidence"] for member in members if "confidence" in member), default=None),
        "sentence": sentence,
        "marks": _marks(sentence, here if named else own, begin),
    }


def _within(mention: _Mention, begin: int | None, length: int) -> bool:
    return begin is not None and begin <= mention.start and mention.end <= begin + length


def _begin(text: str, mention: _Mention) -> int | None:
    """Return where the sentence that holds a mention begins, None where the text is not at hand."""
    sentence = mention.sentence
    at = text.find(sentence, max(0, mention.end - len(sentence))) if text and sentence else -1
    return at if 0 <= at <= mention.start else None


def _marks(sentence: str, mentions: list[_Mention], begin: int | None) -> list[tuple[int, int]]:
    """Return where the mentions stand in the sentence, merged; without the text each stands at the next place with its words."""
    spans: list[tuple[int, int]] = []
    used: dict[str, int] = defaultdict(int)
    for mention in sorted(set(mentions), key=lambda each: (each.start, each.end)):
        start = mention.start - begin if begin is not None else sentence.find(mention.exact, used[mention.exact])
        end = start + len(mention.exact)
        if mention.exact and start >= 0 and end <= len(sentence):
            spans.append((start, end))
            used[mention.exact] = end
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _name(graph: nx.MultiDiGraph, node: str) -> str:
    """Return a node's name; a provision without one is named like its measure, a text like its file."""
    attributes = graph.nodes[node]
    if attributes.get("name") or attributes.get("title"):
        return str(attributes.get("name") or attributes["title"])
    measure = next((end for _, end, key in graph.out_edges(node, keys=True) if key == "ofMeasure"), None)
    return _name(graph, measure) if measure else str(attributes.get("source") or node.partition("/")[2])


def _concept(curie: str | None, domain: Domain) -> dict[str, str] | None:
    if not curie:
        return None
    concept = domain.concepts.get(curie)
    return {"concept": curie, "zh": concept.zh if concept else "", "en": concept.en if concept else ""}


def property_labels(domain: Domain) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English label of each property of ``policy.ttl`` by its name (``hasMeasure``)."""
    return domain.vocabulary.labels
