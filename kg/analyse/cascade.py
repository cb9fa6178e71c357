"""Follow documents and programs from the centre to province, city and county: who carries out or rests on what, with the sentences."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kg.analyse.regions import level_rank
from kg.graph.access import ClaimView, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import networkx as nx

    from kg.domain import Domain

#: All links as a JSON object, see :func:`cascade`.
Cascade = dict[str, Any]

#: Names of the levels by rank.
LEVELS = {1: "national", 2: "provincial", 3: "prefecture", 4: "county", 5: "unknown"}
#: Links that say that a lower text or program carries on a higher one; the lower one is the subject.
LINKS = ("implements", "basedOn")
_KINDS = frozenset(("PolicyDocument", "SourceText", "Program"))
# Statutes of this kind are made by the centre alone.
_NATIONAL = frozenset(("dt:law",))
_CITES, _PART = "cites", "partOf"


def cascade(graph: nx.MultiDiGraph, domain: Domain, *, cites: bool = False, parts: bool = False, about: Iterable[str] = ()) -> Cascade:
    """Return the documents and programs that are linked, and the links, ready for JSON.

    ``nodes``: ``id``, ``type``, ``name``, ``texts`` (ids of the source texts that are this document), ``level`` (``national`` … ``county``,
    ``unknown``) and ``levelBasis`` (``region``, ``issuer``, ``kind``, ``title`` or None), ``region``, ``issuers``, ``date``, ``number``; ordered by
    level and name. ``links``: ``lower``, ``upper`` (ids), ``predicates``, ``texts`` (how many state it), ``confidence``, ``evidence`` (``source``, ``start``, ``end``,
    ``sentence``); a text and the document it is a copy of are one node. ``chains``: lists of ids from the highest to the lowest, those
    that lead through at least two levels.

    Args:
        graph: As ``kg.rdf.read_graph`` returns it.
        domain: Gives the fold of names.
        cites: Take mentions of other documents for links, too.
        parts: Take every program that is part of another for a link; else only where the other is of a higher level.
        about: Ids; only what is linked to them, directly or through others, is returned. None for all.
    """
    home = _homes(graph)
    wanted = {*LINKS, *([_CITES] if cites else [])}
    joined: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for subject, object_, key in graph.edges(keys=True):
        if _is_link(graph, subject, object_, key, wanted):
            lower, upper = home.get(subject, subject), home.get(object_, object_)
            if lower != upper:
                joined[lower, upper].append((subject, key, object_))
    pairs = _reachable(joined, {home.get(each, each) for each in about}) if about else set(joined)
    texts: dict[str, list[str]] = defaultdict(list)
    for text, document in sorted(home.items()):
        texts[document].append(text)
    places = _Places(graph, domain)
    nodes = [_node(places, each, texts[each]) for each in sorted({end for pair in pairs for end in pair})]
    if not parts and not about:
        rank = {node["id"]: _rank(node) for node in nodes}
        pairs = {pair for pair in pairs if rank[pair[1]] < rank[pair[0]] < len(LEVELS) or any(key != _PART for _, key, _ in joined[pair])}
        ends = {end for pair in pairs for end in pair}
        nodes = [node for node in nodes if node["id"] in ends]
    nodes.sort(key=lambda node: (_rank(node), node["region"] or "~", node["name"], node["id"]))
    links = [_link(graph, pair, joined[pair]) for pair in sorted(pairs)]
    return {"nodes": nodes, "links": links, "chains": list(_chains(nodes, links))}


def _rank(node: dict[str, Any]) -> int:
    return next(rank for rank, name in LEVELS.items() if name == node["level"])


def _homes(graph: nx.MultiDiGraph) -> dict[str, str]:
    """Return the document of each source text that is a copy of one."""
    return {s: o for s, o, key in sorted(graph.edges(keys=True)) if key == "isFormatOf" and graph.nodes[s].get("type") == "SourceText"}


def _is_link(graph: nx.MultiDiGraph, subject: str, object_: str, key: str, wanted: set[str]) -> bool:
    kinds = graph.nodes[subject].get("type"), graph.nodes[object_].get("type")
    if not _KINDS.issuperset(kinds):
        return False
    return key in wanted or (key == _PART and kinds == ("Program", "Program"))


def _reachable(pairs: Iterable[tuple[str, str]], about: set[str]) -> set[tuple[str, str]]:
    """Return the pairs that lie on a way up or down from the given nodes."""
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    for lower, upper in pairs:
        up[lower].append(upper)
        down[upper].append(lower)
    found: set[tuple[str, str]] = set()
    for steps, turned in ((up, False), (down, True)):
        waiting, seen = sorted(about), set(about)
        while waiting:
            here = waiting.pop()
            for there in steps[here]:
                found.add((there, here) if turned else (here, there))
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)
    return found


class _Places:
    """Hold the graph with the names by which a title may mean a region."""

    def __init__(self, graph: nx.MultiDiGraph, domain: Domain) -> None:
        self.graph, self.fold = graph, domain.fold
        self.names = list(_region_names(graph, domain))

    def named(self, title: str) -> str | None:
        """Return the region with the longest name in a title."""
        folded = self.fold(title)
        return min(((-len(name), region) for name, region in self.names if name in folded), default=(0, None))[1]


def _node(places: _Places, key: str, texts: list[str]) -> dict[str, Any]:
    graph = places.graph
    data = graph.nodes[key]
    issuers = sorted({o for each in (key, *texts) for _, o, p in graph.out_edges(each, keys=True) if p == "issuedBy"})
    issuers = issuers or sorted({str(graph.nodes[text]["issuer"]) for text in texts if graph.nodes[text].get("issuer") in graph})
    if data.get("issuer") in graph:
        issuers = issuers or [data["issuer"]]
    region, level, basis = _level(places, key, (texts, issuers))
    dates = [str(each) for each in (data.get("date"), *(graph.nodes[text].get("date") for text in texts)) if each]
    return {
        "id": key,
        "type": data["type"],
        "name": str(data.get("title") or data.get("name") or key.partition("/")[2]),
        "texts": texts or ([key] if data["type"] == "SourceText" else []),
        "level": LEVELS[level_rank(level)],
        "levelBasis": basis,
        "region": str(graph.nodes[region].get("name")) if region in graph else None,
        "issuers": [str(graph.nodes[each].get("name", each)) for each in issuers if each in graph],
        "date": dates[0] if dates else None,
        "number": data.get("number"),
    }


def _level(places: _Places, key: str, known: tuple[list[str], list[str]]) -> tuple[str | None, str | None, str | None]:
    """Return region, level and what they rest on: the region applied to, the issuer, the kind of statute, a region in the title."""
    graph, (texts, issuers) = places.graph, known
    data = graph.nodes[key]
    for each in (data.get("region"), *(graph.nodes[text].get("region") for text in texts)):
        if each in graph and graph.nodes[each].get("level"):
            return each, graph.nodes[each]["level"], "region"
    agents = issuers
    if data.get("type") == "Program":
        agents = sorted({o for _, o, p in graph.out_edges(key, keys=True) if p == "implementedBy"})
    levels = [(level_rank(graph.nodes[each].get("level")), each) for each in agents if each in graph and graph.nodes[each].get("level")]
    if levels:
        _, agency = min(levels)
        return graph.nodes[agency].get("region"), graph.nodes[agency]["level"], "issuer"
    if data.get("category") in _NATIONAL:
        return None, "lvl:national", "kind"
    region = places.named(str(data.get("title") or data.get("name") or ""))
    if region is not None:
        return region, graph.nodes[region]["level"], "title"
    return None, None, None


def _region_names(graph: nx.MultiDiGraph, domain: Domain) -> Iterator[tuple[str, str]]:
    """Yield the official and the short names of the graph's regions with their ids, none of a single character."""
    for region, data in graph.nodes(data=True):
        if data.get("type") == "Region" and data.get("level"):
            division = domain.divisions.get(region)
            for name in (str(data.get("name") or ""), *(division.short if division else ())):
                if len(name) > 1:
                    yield name, region


def _link(graph: nx.MultiDiGraph, pair: tuple[str, str], edges: list[tuple[str, str, str]]) -> dict[str, Any]:
    shown, confidence, stating = {}, 0.0, set()
    for subject, key, object_ in sorted(edges):
        data = graph.edges[subject, object_, key]
        confidence = max(confidence, float(data.get("confidence", 1.0)))
        for one in evidence(graph, ClaimView(subject, key, object_, data.get("weight", 1), confidence)):
            stating.add(one.text)
            shown[one.source, one.sentence] = {"source": one.source, "start": one.start, "end": one.end, "sentence": one.sentence}
    order = (*LINKS, _PART, _CITES)
    return {
        "lower": pair[0],
        "upper": pair[1],
        "predicates": sorted({key for _, key, _ in edges}, key=order.index),
        "texts": len(stating),
        "confidence": confidence,
        "evidence": [shown[key] for key in sorted(shown)],
    }


def _chains(nodes: list[dict[str, Any]], links: list[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield the longest ways down that pass at least two known levels, never up again."""
    rank = {node["id"]: _rank(node) for node in nodes}
    below: dict[str, list[str]] = defaultdict(list)
    above: set[str] = set()
    for link in links:
        if rank[link["upper"]] < rank[link["lower"]] <= len(LEVELS) - 1:
            below[link["upper"]].append(link["lower"])
            above.add(link["lower"])
    waiting = [[each] for each in sorted(below, key=lambda key: (rank[key], key), reverse=True) if each not in above]
    while waiting:
        way = waiting.pop()
        further = sorted(below.get(way[-1], ()))
        if not further:
            yield way
        waiting.extend([*way, each] for each in reversed(further))
