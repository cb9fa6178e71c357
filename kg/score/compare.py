"""Compare extraction records with gold annotations, with the arithmetic of the evaluation kit's scorer.

An entity is right when its type is right and one of its names or mentions equals one of the gold entity's (strict) or is close to it
(relaxed). Entities are paired one to one, best pairs first. A relation is right when its predicate is right and both its ends are paired.
Pooled tables count over all documents; the means, which decide, average over documents.

Source: the evaluation kit's README; document-level scoring as in DocRED (Yao et al., ACL 2019).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.model import ENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CORE = ("Agency", "Program", "TargetGroup", "Measure")
LINKED = ("Agency", "Region", "PolicyDocument")
PREDICATES = frozenset({"issuedBy", "basedOn", "implementedBy", "targets", "hasMeasure", "partOf", "hasObservation"})
#: Similarity from which a pair counts as relaxed; observations, whose value and unit must agree, need less.
_RELAXED, _OBSERVED = 0.75, 0.5
_IGNORED = re.compile(r"[\s“”‘’\"'《》〈〉「」『』<>·•,，、。.;；:：()（）\[\]〔〕【】—–\-~～]")
#: Relative difference of two values that are the same number.
_SAME_VALUE = 1e-6


@lru_cache(maxsize=1)
def _units() -> dict[str, tuple[str, float]]:
    """Return units that stand for a multiple of another."""
    from kg.domain import shipped_ontology
    from kg.domain.tables import read_tsv

    rows = read_tsv(shipped_ontology() / "base" / "score-units.tsv")
    return {row["unit"]: (row["base"], float(row["factor"])) for row in rows}


@lru_cache(maxsize=1)
def _to_simplified() -> Callable[[str], str]:
    try:
        import opencc
    except ImportError as error:
        raise UsageError("kg score", "needs the package opencc", "pip install 'policy-measure-kg[score]'") from error
    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


@lru_cache(maxsize=200_000)
def normalise(name: str) -> str:
    """Return a name as it is compared: simplified, NFKC, lower case, without punctuation and blanks.

    >>> normalise("《就業 促進法》")
    '就业促进法'
    """
    return _IGNORED.sub("", _to_simplified()(unicodedata.normalize("NFKC", name))).lower()


@lru_cache(maxsize=400_000)
def similarity(one: str, other: str) -> float:
    """Return 1 for equal names, else the larger of containment (from half the length) and character overlap (Dice); below 1."""
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and short in long and 2 * len(short) >= len(long):
        return 0.75 + 0.25 * len(short) / len(long) - 1e-6
    shared = sum((Counter(one) & Counter(other)).values())
    return min(2 * shared / (len(one) + len(other)), 0.999)


@dataclass(slots=True)
class _Candidate:
    """Hold one entity of gold or record in the form that is compared; ``forms`` are names and mentions."""

    id: str
    type: str
    label: str
    names: set[str]
    forms: set[str]
    value: float = 0.0
    unit: str = ""


def _candidate(raw: dict[str, Any], text: str) -> _Candidate:
    written = raw["name"] if isinstance(raw["name"], list) else [raw["name"]]
    mentions = (text[one[0] : one[1]] if isinstance(one, (list, tuple)) else one for one in raw.get("mentions", ()))
    names = {normalise(name) for name in written} - {""}
    made = _Candidate(raw["id"], raw["type"], written[0], names, names | ({normalise(one) for one in mentions} - {""}))
    if made.type == "Observation":
        unit = raw["unit"].split("/")[0].strip()
        unit, factor = _units().get(unit, (unit, 1))
        made.value, made.unit = float(raw["value"]) * factor, normalise(unit) or unit
    return made


def _closeness(gold: _Candidate, found: _Candidate) -> float:
    if gold.type != found.type:
        return 0.0
    if gold.type == "Observation" and (gold.unit != found.unit or abs(gold.value - found.value) > _SAME_VALUE * max(1.0, abs(gold.value))):
        return 0.0
    return max((similarity(one, other) for one in gold.forms for other in found.forms), default=0.0)


def _pair(gold: Sequence[_Candidate], found: Sequence[_Candidate], floor: float) -> dict[str, str]:
    """Return id of record to id of gold, one to one, best pairs first; ties in listing order."""
    close = []
    for i, one in enumerate(gold):
        needed = _OBSERVED if one.type == "Observation" else floor
        for j, other in enumerate(found):
            if (value := _closeness(one, other)) >= needed:
                close.append((-value, i, j))
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    pairs: dict[str, str] = {}
    for _, i, j in sorted(close):
        if i not in taken_gold and j not in taken_found:
            taken_gold.add(i)
            taken_found.add(j)
            pairs[found[j].id] = gold[i].id
    return pairs


def precision_recall(right: int, found: int, gold: int) -> dict[str, Any]:
    """Return precision, recall and F1 to four places, with the counts."""
    p, r = (right / found if found else 0.0), (right / gold if gold else 0.0)
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4), "tp": right, "pred": found, "gold": gold}


@dataclass(slots=True)
class _Tally:
    """Pool counts over documents."""

    strict: Counter[str] = field(default_factory=Counter)
    relaxed: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    relations_right: Counter[str] = field(default_factory=Counter)
    relations_found: Counter[str] = field(default_factory=Counter)
    relations_gold: Counter[str] = field(default_factory=Counter)
    linked: int = 0
    linkable: int = 0
    grounded: int = 0
    groundable: int = 0
    documents: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def score(gold: Sequence[dict[str, Any]], records: dict[str, dict[str, Any]], texts: Path | None = None, errors: int = 0) -> dict[str, Any]:
    """Return all figures as the kit's scorer gives them.

    Args:
        gold: Gold documents.
        records: Extraction records by the gold's name of the document.
        texts: Folder of the source texts; with it a mention must also be found in the source.
        errors: List up to so many misses and wrong finds of each kind.

    Raises:
        UsageError: OpenCC is not installed.
    """
    tally = _Tally()
    for document in gold:
        record = records.get(document["doc"])
        if record is None:
            tally.missing.append(document["doc"])
            record = {"text": "", "nodes": [], "edges": []}
        path = texts / f"{document['doc']}.txt" if texts is not None else None
        source = path.read_text(encoding="utf-8") if path is not None and path.exists() else None
        _ground(record, source, tally)
        _score_document(document, record, tally)
    result = _totals(gold, tally)
    if errors:
        result["errors"] = {kind: rows[:errors] for kind, rows in tally.errors.items()}
    return result


def _ground(record: dict[str, Any], source: str | None, tally: _Tally) -> None:
    text = record["text"]
    for node in record["nodes"]:
        for start, end in node.get("mentions", ()):
            tally.groundable += 1
            tally.grounded += 0 <= start < end <= len(text) and (source is None or text[start:end] in source)
    for edge in record["edges"]:
        evidence = edge.get("evidence", [])
        tally.groundable += 1
        tally.grounded += bool(evidence) and all(0 <= start < end <= len(text) for start, end in evidence)


def _score_document(document: dict[str, Any], record: dict[str, Any], tally: _Tally) -> None:
    gold = [_candidate(raw, record["text"]) for raw in document["entities"]]
    found = [_candidate(raw, record["text"]) for raw in record["nodes"] if raw["type"] in ENTITY_TYPES]
    strict, relaxed = _pair(gold, found, 1.0), _pair(gold, found, _RELAXED)
    by_gold, by_found = {one.id: one for one in gold}, {one.id: one for one in found}
    tally.gold.update(one.type for one in gold)
    tally.found.update(one.type for one in found)
    tally.strict.update(by_found[one].type for one in strict)
    tally.relaxed.update(by_found[one].type for one in relaxed)
    for one, other in relaxed.items():
        if by_found[one].type in LINKED:
            tally.linkable += 1
            tally.linked += bool(by_gold[other].names & by_found[one].names)
    wanted = {(subject, predicate, object_) for subject, predicate, object_, *_ in document["relations"]}
    got = {
        (relaxed.get(edge["subject"], "?" + edge["subject"]), edge["predicate"], relaxed.get(edge["object"], "?" + edge["object"]))
        for edge in record["edges"]
        if edge["predicate"] in PREDICATES
    }
    tally.relations_gold.update(predicate for _, predicate, _ in wanted)
    tally.relations_found.update(predicate for _, predicate, _ in got)
    tally.relations_right.update(predicate for _, predicate, _ in wanted & got)
    core = [sum(one.type in CORE for one in side) for side in ((by_found[one] for one in relaxed), found, gold)]
    tally.documents.append(
        {
            "doc": document["doc"],
            "strict": precision_recall(len(strict), len(found), len(gold))["f1"],
            "relaxed": precision_recall(len(relaxed), len(found), len(gold))["f1"],
            "core": precision_recall(*core)["f1"],
            "relations": precision_recall(len(wanted & got), len(got), len(wanted))["f1"] if wanted else None,
        }
    )
    _note_errors(document["doc"], (gold, found, relaxed), (wanted, got), tally)


def _note_errors(
    name: str,
    entities: tuple[list[_Candidate], list[_Candidate], dict[str, str]],
    relations: tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]],
    tally: _Tally,
) -> None:
    gold, found, relaxed = entities
    wanted, got = relations
    paired = set(relaxed.values())
    labels = {one.id: one.label for one in gold} | {"?" + one.id: one.label for one in found}
    tally.errors["missed"] += [f"{name} {one.type}: {one.label}" for one in gold if one.id not in paired]
    tally.errors["wrong"] += [f"{name} {one.type}: {one.label}" for one in found if one.id not in relaxed]
    for kind, rows in (("missed relations", wanted - got), ("wrong relations", got - wanted)):
        tally.errors[kind] += [f"{name} {labels.get(s, s)} {p} {labels.get(o, o)}" for s, p, o in sorted(rows)]


def _totals(gold: Sequence[dict[str, Any]], tally: _Tally) -> dict[str, Any]:
    types = [one for one in ENTITY_TYPES if tally.gold[one] or tally.found[one]]
    predicates = sorted({*tally.relations_gold, *tally.relations_found})
    result: dict[str, Any] = {"docs": len(gold), "missing_docs": tally.missing, "per_doc": tally.documents}
    for key, right in (("strict", tally.strict), ("relaxed", tally.relaxed)):
        table = {one: precision_recall(right[one], tally.found[one], tally.gold[one]) for one in types}
        result[f"entities_{key}"] = table
        result[f"entities_{key}_micro"] = precision_recall(right.total(), tally.found.total(), tally.gold.total())
        result[f"core_{key}_f1"] = round(sum(table[one]["f1"] for one in CORE if one in table) / len(CORE), 4)
    result["relations"] = {
        one: precision_recall(tally.relations_right[one], tally.relations_found[one], tally.relations_gold[one]) for one in predicates
    }
    result["relations_micro"] = precision_recall(tally.relations_right.total(), tally.relations_found.total(), tally.relations_gold.total())
    result["canonical_names"] = round(tally.linked / tally.linkable, 4) if tally.linkable else 0.0
    result["grounded"] = round(tally.grounded / tally.groundable, 4) if tally.groundable else 0.0
    for key in ("strict", "relaxed", "core", "relations"):
        values = [row[key] for row in tally.documents if row[key] is not None]
        result[f"mean_{key}_f1"] = round(sum(values) / len(values), 4) if values else 0.0
    return result
