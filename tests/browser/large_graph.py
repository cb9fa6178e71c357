"""Make a graph of thousands of texts with their words, offsets and sentences, the same each time."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import networkx as nx

WORDS = (  # noqa: SIM905 - a text to read
    "高校毕业生 退役军人 就业困难人员 农民工 残疾人 失业人员 中小微企业 个体工商户 职业技能培训 招聘活动 创业担保贷款 就业见习 社会保险补贴 职业指导 公益性岗位 "
    "稳岗返还 人力资源 社会保障 财政部门 教育部门 促进 支持 鼓励 引导 落实 加强 完善 开展 组织 提供 符合条件 按规定 给予 一次性 补贴 期限 不超过 标准 申请 审核 "
    "公示 发放 监督 管理 服务 平台 信息 共享 岗位 开发 用工 需求 对接 城镇 新增 登记 失业率 控制 目标 任务 年度 全省 各地 街道 社区 园区 基地 示范 品牌 项目"
).split()
NAMES = {
    "Agency": ("agency", "局"), "Program": ("program", "行动"), "TargetGroup": ("group", "人员"), "Measure": ("measure", "补贴"),
    "PolicyDocument": ("doc", "通知"), "Region": ("region", "市"), "Observation": ("observation", "人数"),
}  # fmt: skip
SHARES = {
    "Agency": 0.12,
    "Program": 0.12,
    "TargetGroup": 0.08,
    "Measure": 0.36,
    "PolicyDocument": 0.12,
    "Region": 0.02,
    "Observation": 0.18,
}
FACTS = (("Measure", "targets", "TargetGroup"), ("Measure", "implementedBy", "Agency"), ("Program", "hasMeasure", "Measure"),
         ("Measure", "hasObservation", "Observation"), ("PolicyDocument", "issuedBy", "Agency"))  # fmt: skip


def large_graph(nodes: int = 10_000, documents: int = 1_800, seed: int = 7) -> nx.MultiDiGraph:
    """Return a graph of about 20 mentions, 15 facts and 5 provisions a text, in about 1,500 characters."""
    maker = _Maker(random.Random(seed))  # noqa: S311 - no secret
    for kind, share in SHARES.items():
        for number in range(max(1, round(nodes * share))):
            maker.entity(kind, number)
    for number in range(documents):
        maker.text(number)
    return maker.graph


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.graph = nx.MultiDiGraph(texts={})
        self.ids: dict[str, list[str]] = {kind: [] for kind in NAMES}

    def entity(self, kind: str, number: int) -> None:
        segment, suffix = NAMES[kind]
        name = "".join(self.chance.sample(WORDS, 2)) + f"{number}{suffix}"
        key = f"{segment}/{name}"
        extra: dict[str, Any] = {"Observation": {"value": number * 100, "unit": "人", "kind": "result"}}.get(kind, {})
        self.graph.add_node(key, type=kind, name=name, texts=1, confidence=round(0.5 + self.chance.random() / 2, 2), rule="test", **extra)
        self.ids[kind].append(key)

    def near(self, kind: str, number: int, documents: int = 1_800) -> str:
        """Return an entity; texts of near numbers speak of the same ones, so that communities arise."""
        ids = self.ids[kind]
        place = number / documents * len(ids) + self.chance.gauss(0, 12)
        return ids[int(place) % len(ids)]

    def text(self, number: int) -> None:
        key = "text/" + hashlib.sha256(str(number).encode()).hexdigest()[:16]
        self.graph.add_node(key, type="SourceText", name=f"关于促进就业工作的通知{number}", title=f"关于促进就业工作的通知{number}",
                            source=f"texts/{number}.txt", date=f"{2010 + number % 15}-03-01")  # fmt: skip
        self.words, self.length = [], 0
        for _ in range(15):
            subject, predicate, target = self.chance.choice(FACTS)
            self.fact(key, self.near(subject, number), predicate, self.near(target, number))
        self.link(key, "appliesTo", self.near("Region", number))
        self.graph.graph["texts"][key] = "".join(self.words)

    def fact(self, text: str, subject: str, predicate: str, target: str) -> None:
        """Write a sentence that states a fact, with its evidence, the mentions in it and sometimes a provision."""
        names = [self.graph.nodes[each]["name"] for each in (subject, target)]
        middle = "".join(self.chance.sample(WORDS, 12))
        sentence = f"{names[0]}{middle}，{names[1]}{''.join(self.chance.sample(WORDS, 8))}。"
        start = self.length
        claim = self.quote(text, start, sentence, sentence, subject=subject, predicate=predicate, object=target)
        if self.graph.has_edge(subject, target, predicate):
            data = self.graph.edges[subject, target, predicate]
            data["evidence"] = sorted([*data["evidence"], claim])
            data["weight"] += 1
        else:
            self.graph.add_edge(subject, target, predicate, weight=1, confidence=0.8, evidence=[claim])
        for node, name in zip((subject, target), names, strict=True):
            self.link(node, "hasEvidence", self.quote(text, start + sentence.index(name), name, sentence, node=node))
        if predicate == "targets":
            key = "provision/" + hashlib.sha256(f"{text}{start}".encode()).hexdigest()[:16]
            self.graph.add_node(key, type="Provision", name=names[0], text=text, start=start, end=start + len(sentence), sentence=sentence,
                                confidence=0.8, rule="test", realisation="planned")  # fmt: skip
            for edge, end in (("ofMeasure", subject), ("targets", target), ("inText", text)):
                self.link(key, edge, end)
        self.words.append(sentence)
        self.length += len(sentence)

    def quote(self, text: str, start: int, exact: str, sentence: str, **of: str) -> str:
        node = of.pop("node", "")
        key = "evidence/" + hashlib.sha256(f"{text}{start}{exact}{node}{sorted(of.items())}".encode()).hexdigest()[:16]
        self.graph.add_node(key, type="Evidence", text=text, start=start, end=start + len(exact), exact=exact, sentence=sentence,
                            confidence=0.8, rule="test-rule", **of)  # fmt: skip
        self.link(key, "inText", text)
        return key

    def link(self, subject: str, predicate: str, target: str) -> None:
        self.graph.add_edge(subject, target, predicate, weight=1, confidence=1.0, evidence=[])
