"""Turn each provision into one fact with its place in every dimension that a comparison may use.

The explorer page and ``kg matrix`` share these facts: a table of counts is nothing but a grouping of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.analyse.regions import chain, province

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

    from kg.domain import Domain

#: What stands where a text says nothing: the key of the row or column of such provisions.
UNKNOWN = ""

#: Dimensions by name, with the key of their label in ``messages.toml``.
DIMENSIONS = {
    "type": "matrix.type",
    "subtype": "matrix.subtype",
    "group": "matrix.group",
    "subgroup": "matrix.subgroup",
    "province": "matrix.province",
    "region": "matrix.region",
    "level": "matrix.level",
    "year": "matrix.year",
    "period": "matrix.period",
    "text": "matrix.text",
    "agency": "matrix.agency",
    "program": "matrix.program",
    "realisation": "matrix.realisation",
    "fund": "matrix.fund",
    "lmp": "matrix.lmp",
}
#: Dimensions that belong to a text as a whole, so that one can say which texts could have filled a cell.
TEXT_DIMENSIONS = frozenset(("province", "region", "level", "year", "text"))

#: One provision as a JSON object, see :func:`provision_facts`.
Fact = dict[str, Any]
_MOST_YEARS = 12


class _Mention(NamedTuple):
    start: int
    end: int
    node: str
    exact: str


def provision_facts(graph: nx.MultiDiGraph, domain: Domain) -> list[Fact]:
    """Return one JSON object for each provision, ordered by file and place.

    ``id``, ``measure`` and ``targets`` (each with ``id`` and ``name``), ``text`` (id), ``source`` (file), ``start``, ``end`` (code points
    into the text), ``sentence``, ``marks`` (pairs, code points into the sentence: where measure and groups are named), ``confidence``,
    ``realisation``, and ``keys``: for each dimension of :data:`DIMENSIONS` the sorted values that hold; ``[""]`` where nothing is said.
    """
    mentions = _mentions(graph)
    texts = {node: text_keys(graph, node) for node, data in graph.nodes(data=True) if data.get("type") == "SourceText"}
    facts = [_fact(graph, node, domain, texts, mentions) for node, data in graph.nodes(data=True) if data.get("type") == "Provision"]
    return sorted(facts, key=lambda fact: (fact["source"], fact["start"], fact["end"], fact["id"]))


def text_keys(graph: nx.MultiDiGraph, text: str) -> dict[str, list[str]]:
    """Return the values of a text in the dimensions that belong to texts."""
    data = graph.nodes[text]
    return {"text": [text], "year": [str(data["date"])[:4] if data.get("date") else UNKNOWN], **_places(graph, [data.get("region")])}


def _places(graph: nx.MultiDiGraph, regions: Iterable[str | None]) -> dict[str, list[str]]:
    known = sorted({region for region in regions if region and region in graph})
    levels = {str(graph.nodes[region].get("level") or UNKNOWN) for region in known}
    return {
        "region": known or [UNKNOWN],
        "province": sorted({province(graph, region) for region in known}) or [UNKNOWN],
        "level": sorted(levels) or [UNKNOWN],
    }


def _fact(
    graph: nx.MultiDiGraph, node: str, domain: Domain, texts: dict[str, dict[str, list[str]]], mentions: dict[str, list[_Mention]]
) -> Fact:
    data = graph.nodes[node]
    ends: dict[str, list[str]] = defaultdict(list)
    for _, target, key in graph.out_edges(node, keys=True):
        ends[key].append(target)
    text = data.get("text") or next(iter(sorted(ends["inText"])), "")
    measure = next(iter(sorted(ends["ofMeasure"])), "")
    groups = sorted(ends["targets"])
    own = texts.get(text, {})
    keys = {
        **_measure_keys(graph.nodes[measure].get("category") if measure else None, domain),
        **_group_keys([graph.nodes[group].get("category") for group in groups], domain),
        **_places(graph, ends["appliesTo"] or [graph.nodes[text].get("region") if text in graph else None]),
        "year": own.get("year", [UNKNOWN]),
        "period": _years(data, [graph.nodes[each] for each in ends["hasObservation"]]),
        "text": [text],
        "agency": sorted({*ends["implementedBy"], *ends["leadBy"], *ends["partner"]}) or [UNKNOWN],
        "program": sorted(ends["partOf"]) or [UNKNOWN],
        "realisation": [str(data.get("realisation") or UNKNOWN)],
        "fund": sorted(data.get("fromFund") or ()) or [UNKNOWN],
    }
    sentence, start = str(data.get("sentence") or ""), int(data.get("start") or 0)
    return {
        "id": node,
        "measure": {"id": measure, "name": _name(graph, measure) if measure else str(data.get("name") or "")},
        "targets": [{"id": group, "name": _name(graph, group)} for group in groups],
        "text": text,
        "source": str(graph.nodes[text].get("source") or text) if text in graph else text,
        "start": start,
        "end": int(data.get("end") or start + len(sentence)),
        "sentence": sentence,
        "marks": marks(sentence, start, {measure, *groups}, mentions.get(text, [])),
        "confidence": data.get("confidence"),
        "realisation": data.get("realisation"),
        "keys": {name: keys[name] for name in DIMENSIONS},
    }


def _measure_keys(curie: str | None, domain: Domain) -> dict[str, list[str]]:
    """Return a measure's own concept, the top concepts above it, and its class in the labour-market-policy scheme."""
    above = domain.concepts.broader_closure(curie or "")
    lmp = {
        match
        for each in above[:1]
        for kind in ("exactMatch", "broadMatch", "closeMatch")
        for match in domain.concepts[each].matches.get(kind, ())
        if match.startswith("lmp:")
    }
    tops = sorted({top for match in lmp for top in domain.concepts.broader_closure(match) if not domain.concepts[top].broader})
    return {
        "subtype": list(above[:1]) or [UNKNOWN],
        "type": sorted(each for each in above if not domain.concepts[each].broader) or [UNKNOWN],
        "lmp": tops or [UNKNOWN],
    }


def _group_keys(curies: list[str | None], domain: Domain) -> dict[str, list[str]]:
    """Return the groups' own concepts, and those right below the top of the scheme (``tg:youth``) that hold them."""
    found = {curie for curie in curies if curie is not None and curie in domain.concepts}
    broad = {each for curie in found for each in group_heads(curie, domain)}
    named_without_concept = "other" if len(found) < len(curies) or any(c not in found for c in curies) else None
    rest = [named_without_concept] if named_without_concept else []
    return {
        "subgroup": sorted(found) + rest or [UNKNOWN],
        "group": sorted(broad) + rest or [UNKNOWN],
    }


def group_heads(curie: str, domain: Domain) -> list[str]:
    """Return the concepts right below a top concept that hold a concept; a top concept itself where it is one."""
    concepts = domain.concepts
    above = concepts.broader_closure(curie)
    heads = [each for each in above if concepts[each].broader and all(not concepts[up].broader for up in concepts[each].broader)]
    return sorted(heads) or list(above[:1])


def _years(data: dict[str, Any], observations: list[dict[str, Any]]) -> list[str]:
    """Return every year of the provision's own period and of its figures."""
    years: set[str] = set()
    periods = [(data.get("periodStart"), data.get("periodEnd"))]
    periods += [tuple(str(each.get("period") or "..").split("..", 1)) for each in observations]  # type: ignore[misc]
    for start, end in periods:
        bounds = [int(str(each)[:4]) for each in (start, end) if each and str(each)[:4].isdigit()]
        if bounds and bounds[-1] - bounds[0] <= _MOST_YEARS:
            years |= {str(year) for year in range(bounds[0], bounds[-1] + 1)}
    return sorted(years) or [UNKNOWN]


def _mentions(graph: nx.MultiDiGraph) -> dict[str, list[_Mention]]:
    """Return by text where measures and groups are named, in order."""
    found: dict[str, list[_Mention]] = defaultdict(list)
    for node, target, key in graph.edges(keys=True):
        if key == "hasEvidence" and graph.nodes[node].get("type") in ("Measure", "TargetGroup"):
            data = graph.nodes[target]
            if "predicate" not in data:
                found[data.get("text", "")].append(_Mention(data.get("start", 0), data.get("end", 0), node, data.get("exact", "")))
    return {text: sorted(own) for text, own in found.items()}


def marks(sentence: str, start: int, nodes: Iterable[str], mentions: Iterable[_Mention]) -> list[tuple[int, int]]:
    """Return where nodes are named in a sentence that begins at ``start``, without overlaps, checked against the words."""
    wanted, spans = set(nodes), []
    for mention in mentions:
        low, high = mention.start - start, mention.end - start
        if mention.node in wanted and 0 <= low < high <= len(sentence) and sentence[low:high] == mention.exact:
            spans.append((low, high))
    return list(_merged(sorted(set(spans))))


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    low, high = -1, -1
    for start, end in spans:
        if start >= high:
            if high > 0:
                yield low, high
            low, high = start, end
        else:
            high = max(high, end)
    if high > 0:
        yield low, high


def _name(graph: nx.MultiDiGraph, node: str) -> str:
    data = graph.nodes[node] if node in graph else {}
    return str(data.get("name") or data.get("title") or node.partition("/")[2])


def closure(graph: nx.MultiDiGraph, domain: Domain, dimension: str, key: str) -> tuple[str, ...]:
    """Return a value with everything above it: broader concepts, the regions around a region."""
    if dimension in ("region", "province"):
        return chain(graph, key)
    return domain.concepts.broader_closure(key) or (key,)
