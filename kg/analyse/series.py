"""Order the figures of a graph by indicator, region and time, and set results against targets."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from kg.analyse.wording import node_label, words
from kg.errors import UsageError
from kg.graph.access import entity, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

    from kg.domain import Domain

#: All series as a JSON object, see :func:`series`.
Series = dict[str, Any]
_RESULT, _TARGET = "result", "target"
_HUNDRED = 100.0


def series(graph: nx.MultiDiGraph, domain: Domain, indicators: Iterable[str] = (), regions: Iterable[str] = ()) -> Series:
    """Return the figures of the graph by indicator and unit, ready for JSON.

    ``indicators``: each ``key`` (CURIE; a figure that is in no curated class goes by its own name), ``zh``, ``en``, ``unit``, ``change`` (its figures
    are changes against the year before, which the words then say), ``points`` and ``comparisons``. A point: ``id``, ``name``, ``region`` and ``regionName``, ``start``, ``end`` (ISO dates or None), ``year`` (of the end),
    ``kind``, ``value``, ``lowerValue``, ``comparator``, ``completion`` (per cent of the target, as the text states it), ``yearOnYear`` (change against the
    year before in per cent, likewise), ``confidence``, ``evidence`` (``source``, ``text``, ``start``, ``end``, ``sentence``). Points are ordered by region and time, undated ones last. A comparison sets a
    target and a result of one region and year beside each other: ``region``, ``regionName``, ``year``, ``target`` and ``result`` (ids or
    None), ``share`` (per cent) and ``basis`` (``stated`` in the text, or ``computed`` from both figures).

    Args:
        graph: As ``kg.rdf.read_graph`` returns it.
        domain: Gives names of concepts.
        indicators: CURIEs, labels or names; none for all.
        regions: Ids or names; none for all.

    Raises:
        UsageError: No figure has such an indicator or region.
    """
    nodes = [node for node, data in graph.nodes(data=True) if data.get("type") == "Observation" and _is_number(data.get("value"))]
    points = [_point(graph, node) for node in nodes]
    points = _kept(points, "indicator", indicators, domain, lambda point: _indicator_names(graph, domain, point))
    points = _kept(points, "region", regions, domain, lambda point: {point["region"] or "", point["regionName"]})
    groups: dict[tuple[str, str, bool], list[dict[str, Any]]] = defaultdict(list)
    changes = _changes(points, words(domain).zh("series.year-on-year"))
    for point in points:
        groups[point.pop("indicator"), point["unit"], point["id"] in changes].append(point)
    found = [_series(graph, domain, key, own) for key, own in groups.items()]
    found.sort(key=lambda one: (":" not in one["key"], -_dated(one), -len(one["points"]), one["key"], one["unit"], one["change"]))
    return {"indicators": found, "count": sum(len(one["points"]) for one in found)}


def _changes(points: list[dict[str, Any]], word: str) -> set[str]:
    """Return the ids of figures that are changes against the year before.

    Their name says so, or another figure of their sentence, region and period has the percentage as its own change.
    """
    stated = {
        (point["region"], point["start"], point["end"], abs(point["yearOnYear"]), *_sentence(each))
        for point in points
        if _is_number(point["yearOnYear"])
        for each in point["evidence"]
    }
    return {
        point["id"]
        for point in points
        if word in point["name"]
        or any(
            point["unit"] == "%" and (point["region"], point["start"], point["end"], abs(point["value"]), *_sentence(each)) in stated
            for each in point["evidence"]
        )
    }


def _sentence(place: dict[str, Any]) -> tuple[str, str]:
    return place["text"], place["sentence"]


def _dated(one: dict[str, Any]) -> int:
    return sum(point["year"] is not None for point in one["points"])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _point(graph: nx.MultiDiGraph, node: str) -> dict[str, Any]:
    data = graph.nodes[node]
    start, _, end = str(data.get("period") or "").partition("..")
    region = data.get("region")
    year = (end or start)[:4]
    return {
        "indicator": data.get("category") or str(data.get("name") or node),
        "id": node,
        "name": str(data.get("name") or node),
        "region": region,
        "regionName": node_label_of(graph, region),
        "start": start or None,
        "end": end or None,
        "year": int(year) if year.isdigit() else None,
        "kind": data.get("kind"),
        "value": data["value"],
        "lowerValue": data.get("lowerValue"),
        "comparator": data.get("comparator"),
        "unit": str(data.get("unit") or ""),
        "completion": data.get("targetCompletion"),
        "yearOnYear": data.get("yearOnYear"),
        "confidence": data.get("confidence"),
        "evidence": [
            {"source": one.source, "text": one.text, "start": one.start, "end": one.end, "sentence": one.sentence}
            for one in _own_evidence(graph, node)
        ],
    }


def _own_evidence(graph: nx.MultiDiGraph, node: str) -> list[Any]:
    seen, kept = set(), []
    for one in evidence(graph, entity(graph, node)):
        if (one.text, one.sentence) not in seen:
            seen.add((one.text, one.sentence))
            kept.append(one)
    return kept


def node_label_of(graph: nx.MultiDiGraph, node: str | None) -> str:
    """Return a node's name, empty for none."""
    if not node:
        return ""
    return str(graph.nodes[node].get("name") or node.partition("/")[2]) if node in graph else node.partition("/")[2]


def _indicator_names(graph: nx.MultiDiGraph, domain: Domain, point: dict[str, Any]) -> set[str]:
    key = point["indicator"]
    concept = domain.concepts.get(key)
    alternatives = concept.alt_labels if concept is not None else ()
    return {key, key.partition(":")[2] or key, point["name"], point["id"], *node_label(graph, domain, key), *alternatives}


def _kept(points: list[dict[str, Any]], what: str, wanted: Iterable[str], domain: Domain, names: Any) -> list[dict[str, Any]]:
    keys = [domain.fold(each).strip().casefold() for each in wanted]
    if not keys:
        return points
    named = [(point, {domain.fold(name).casefold() for name in names(point)}) for point in points]
    for given, key in zip(wanted, keys, strict=True):
        if not any(key in own for _, own in named):
            known = sorted({point["regionName"] if what == "region" else point["name"] for point in points} - {""})
            raise UsageError(
                given, f"is the {what} of no figure", f"found are: {', '.join(known[:12])}" if known else "the graph has no figures"
            )
    return [point for point, own in named if own.intersection(keys)]


def _series(graph: nx.MultiDiGraph, domain: Domain, of: tuple[str, str, bool], points: list[dict[str, Any]]) -> dict[str, Any]:
    key, unit, change = of
    zh, en = node_label(graph, domain, key)
    say = words(domain)
    if change and say.zh("series.year-on-year") not in zh:
        zh, en = f"{zh} · {say.zh('series.change')}", f"{en} · {say.en('series.change')}"
    points.sort(
        key=lambda p: (_code(graph, p["region"]), p["year"] is None, p["end"] or "", p["start"] or "", str(p["kind"]), p["value"], p["id"])
    )
    return {"key": key, "zh": zh, "en": en, "unit": unit, "change": change, "points": points, "comparisons": _comparisons(points)}


def _code(graph: nx.MultiDiGraph, region: str | None) -> tuple[str, str]:
    data = graph.nodes[region] if region in graph else {}
    return str(data.get("code") or "~"), region or "~"


def _comparisons(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the texts state of a target's completion, and each target beside the last result of its region and year.

    Figures whose year is not known are compared with nothing.
    """
    found = [
        _comparison(point, None, point, float(point["completion"]), "stated")
        for point in points
        if isinstance(point["completion"], (int, float)) and point["kind"] != _TARGET
    ]
    groups: dict[tuple[str | None, str, int], dict[str, list[dict[str, Any]]]] = {}
    for point in points:
        if point["year"] is not None and point["region"] and point["kind"] in {_RESULT, _TARGET}:
            groups.setdefault((point["region"], point["name"], point["year"]), {}).setdefault(point["kind"], []).append(point)
    for kinds in groups.values():
        if len(kinds) > 1:
            target, result = kinds[_TARGET][-1], kinds[_RESULT][-1]
            share = round(_HUNDRED * result["value"] / target["value"], 1) if target["value"] else None
            found.append(_comparison(result, target, result, share, "computed"))
    return found


def _comparison(
    at: dict[str, Any], target: dict[str, Any] | None, result: dict[str, Any] | None, share: float | None, basis: str
) -> dict[str, Any]:
    return {
        "region": at["region"],
        "regionName": at["regionName"],
        "year": at["year"],
        "target": target["id"] if target else None,
        "result": result["id"] if result else None,
        "share": share,
        "basis": basis,
    }
