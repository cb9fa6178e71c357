"""Make small graphs whose comparisons, chains and series are known by hand: three texts of two provinces and one city."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from kg.domain import load_domain
from kg.graph import assemble
from kg.rdf import write_turtle

if TYPE_CHECKING:
    from pathlib import Path

#: Each text: file, date, region, level, sentences.
TEXTS = {
    "liaoning.txt": (
        "2023-05-01",
        "辽宁省",
        "为高校毕业生发放求职补贴。组织农民工参加技能培训。到2023年底城镇新增就业46万人。根据《就业促进法》制定本方案。",
    ),
    "yingkou.txt": (
        "2024-03-01",
        "营口市",
        "为高校毕业生提供见习岗位。开展技能培训。2023年城镇新增就业23万人。落实《辽宁省稳就业方案》。实施技能营口行动,落实技能辽宁行动。",
    ),
    "hunan.txt": (None, "湖南省", "为农民工发放<b>求职补贴</b>。2023年城镇新增就业70万人,完成目标的100.5%。"),
}
_LEVELS = {"辽宁省": "lvl:provincial", "湖南省": "lvl:provincial", "营口市": "lvl:prefecture"}
_CATEGORY = {
    "求职补贴": "mt:jobsearch-allowance",
    "技能培训": "mt:subsidised-training",
    "见习岗位": "mt:internship",
    "高校毕业生": "tg:graduates",
    "农民工": "tg:migrant-workers",
}
#: Provisions by file: measure, groups, a word of their sentence.
PROVISIONS = {
    "liaoning.txt": [("求职补贴", ["高校毕业生"], "求职补贴"), ("技能培训", ["农民工"], "技能培训")],
    "yingkou.txt": [("见习岗位", ["高校毕业生"], "见习岗位"), ("技能培训", [], "技能培训")],
    "hunan.txt": [("求职补贴", ["农民工"], "求职补贴")],
}
_JOBS = {"liaoning.txt": (460000, "target"), "yingkou.txt": (230000, "result"), "hunan.txt": (700000, "result")}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _spans(text: str, word: str) -> list[list[int]]:
    return [[at, at + len(word)] for at in range(len(text)) if text.startswith(word, at)]


def sentence_of(text: str, word: str) -> list[int]:
    """Return start and end of the sentence that holds a word."""
    at = text.index(word)
    return [text.rfind("。", 0, at) + 1, text.index("。", at) + 1]


def node(text: str, segment: str, type_: str, name: str, surface: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a node of a record, mentioned wherever its surface stands."""
    mentions = _spans(text, surface or name)
    return {"id": f"{segment}/{name}", "type": type_, "name": name, "mentions": mentions, "confidence": 0.9, "rule": "test", **more}


def claim(text: str, subject: str, predicate: str, target: str, word: str) -> dict[str, Any]:
    """Return an edge of a record whose sentence holds a word."""
    evidence = [sentence_of(text, word)]
    return {"subject": subject, "predicate": predicate, "object": target, "evidence": evidence, "confidence": 0.8, "rule": "test"}


def record(file: str) -> dict[str, Any]:
    """Return the record of one of the texts."""
    date, region, text = TEXTS[file]
    key = _digest(text)
    names = sorted({name for measure, groups, _ in PROVISIONS[file] for name in (measure, *groups)})
    nodes = [node(text, "region", "Region", region, level=_LEVELS[region])]
    nodes += [
        node(text, *(("group", "TargetGroup") if _CATEGORY[n].startswith("tg:") else ("measure", "Measure")), n, category=_CATEGORY[n])
        for n in names
    ]
    value, kind = _JOBS[file]
    jobs = node(text, "observation", "Observation", "城镇新增就业", value=value, unit="人", kind=kind, category="ind:urban-new-jobs")
    place = "辽宁省" if file != "hunan.txt" else "湖南省"
    jobs |= {"id": f"observation/城镇新增就业-{key[:12]}", "period": "2023-01-01..2023-12-31", "region": f"region/{place}"}
    if file == "hunan.txt":
        jobs["targetCompletion"] = 100.5
    nodes.append(jobs)
    provisions = []
    for measure, groups, word in PROVISIONS[file]:
        span = sentence_of(text, word)
        one = {"id": f"provision/{_digest(key + measure)}", "measure": f"measure/{measure}", "sentence": span, "evidence": [span]}
        one |= {"targets": [f"group/{g}" for g in groups], "appliesTo": [f"region/{region}"], "realisation": "planned"}
        provisions.append({**one, "confidence": 0.9 if groups else 0.3, "rule": "test"})
    made: dict[str, Any] = {
        "doc": {"id": f"text/{key}", "source": f"texts/{file}", "sha256": key, "title": file[:-4], "date": date, "region": region},
        "text": text,
        "nodes": nodes,
        "edges": [],
        "provisions": provisions,
        "textClaims": [],
    }
    if date is None:
        del made["doc"]["date"]
    _add_documents(made, file)
    return made


def _add_documents(made: dict[str, Any], file: str) -> None:
    """Add what the texts carry out: the province a law, the city the province's plan and program."""
    text = made["text"]
    if file == "liaoning.txt":
        law = node(text, "doc", "PolicyDocument", "就业促进法", title="就业促进法", category="dt:law")
        plan = {**node(text, "doc", "PolicyDocument", "辽宁省稳就业方案", "本方案", title="辽宁省稳就业方案"), "region": "region/辽宁省"}
        made["nodes"] += [law, plan]
        made["doc"]["isFormatOf"] = "doc/辽宁省稳就业方案"
        base = {"evidence": [sentence_of(text, "根据")], "confidence": 0.9, "rule": "test"}
        made["textClaims"] += [{"predicate": "basedOn", "object": "doc/就业促进法", **base}]
        made["textClaims"] += [{"predicate": "isFormatOf", "object": "doc/辽宁省稳就业方案", **base}]
    if file == "yingkou.txt":
        made["nodes"] += [node(text, "doc", "PolicyDocument", "辽宁省稳就业方案", title="辽宁省稳就业方案")]
        made["nodes"] += [node(text, "program", "Program", name) for name in ("技能营口行动", "技能辽宁行动")]
        base = {"evidence": [sentence_of(text, "《辽宁省")], "confidence": 0.9, "rule": "test"}
        made["textClaims"] += [{"predicate": "implements", "object": "doc/辽宁省稳就业方案", **base}]
        made["edges"] += [claim(text, "program/技能营口行动", "implements", "program/技能辽宁行动", "技能营口行动")]


def scene(*files: str) -> Any:
    """Return the graph of the texts, all of them where none is named."""
    return assemble([record(file) for file in files or TEXTS], load_domain())


def write_scene(folder: Path, *files: str) -> Path:
    """Write the graph where ``--graph`` finds it, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "graph.ttl").write_bytes(write_turtle(scene(*files), load_domain()))
    return folder
