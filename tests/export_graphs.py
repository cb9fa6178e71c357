"""Make graphs as ``docs/model.md`` part 2 describes them, of any size, the same each time (no texts needed)."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise
from typing import Any

import networkx as nx

PROVINCES = ("辽宁省", "湖南省", "四川省", "广东省", "浙江省", "河北省", "云南省", "甘肃省", "吉林省", "福建省")
CITIES = ("安和市", "平川市", "临江市", "长宁市", "东岭市", "西河市", "南浦市", "北原市")
DEPARTMENTS = ("人力资源和社会保障厅", "财政厅", "教育厅", "民政厅", "发展和改革委员会", "总工会", "残疾人联合会")
GROUPS = ("高校毕业生", "退役军人", "就业困难人员", "农民工", "残疾人", "失业人员", "中小微企业", "个体工商户", "脱贫人口", "女性")
MEASURES = ("职业技能培训", "招聘活动", "创业担保贷款", "就业见习", "社会保险补贴", "职业指导", "公益性岗位", "稳岗返还")
INDICATORS = ("城镇新增就业", "培训人数", "岗位数", "贷款发放额", "招聘活动场次")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Maker:
    """Build one graph, text by text, from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.graph = nx.MultiDiGraph(texts={})

    def node(self, segment: str, kind: str, name: str, **attributes: Any) -> str:
        """Add a node, or one more text that names it, and return its key."""
        key = f"{segment}/{name}"
        if key not in self.graph:
            self.graph.add_node(key, type=kind, name=name, texts=1, confidence=0.9, **attributes)
        else:
            self.graph.nodes[key]["texts"] += 1
        return key

    def claim(self, subject: str, predicate: str, target: str, text: str) -> None:
        """Add an edge with its evidence."""
        sentence = f"句子：{subject.partition('/')[2]}，{predicate}，{target.partition('/')[2]}。"
        start = self.random.randrange(5000)
        key = "evidence/" + _digest(f"{text}|{start}|{start + len(sentence)}|{subject}|{predicate}|{target}")
        self.graph.add_node(
            key, type="Evidence", text=text, exact=sentence, start=start, end=start + len(sentence), sentence=sentence, rule="test",
            confidence=0.9, subject=subject, predicate=predicate, object=target,
        )  # fmt: skip
        if self.graph.has_edge(subject, target, predicate):
            data = self.graph.edges[subject, target, predicate]
            data["weight"] += 1
            data["evidence"] = sorted([*data["evidence"], key])
        else:
            self.graph.add_edge(subject, target, predicate, weight=1, confidence=0.9, evidence=[key])
        self.link(key, "inText", text)

    def mention(self, node: str, text: str) -> None:
        """Add a place that names the node."""
        name, start = self.graph.nodes[node]["name"], self.random.randrange(5000)
        key = "evidence/" + _digest(f"{text}|{start}|{start + len(name)}|{node}")
        self.graph.add_node(
            key, type="Evidence", text=text, exact=name, start=start, end=start + len(name), sentence=name, rule="test", confidence=0.9
        )
        self.link(node, "hasEvidence", key)
        self.link(key, "inText", text)

    def link(self, subject: str, predicate: str, target: str) -> None:
        """Add an edge of structure, without evidence."""
        self.graph.add_edge(subject, target, predicate, weight=1, confidence=1.0, evidence=[])

    def text(self, number: int) -> None:
        """Add what one policy text says: programs with measures, each with groups, agencies and figures."""
        pick = self.random.choice
        province = pick(PROVINCES)
        region = self.node("region", "Region", province, level="lvl:province")
        city = self.node("region", "Region", province + pick(CITIES), level="lvl:prefecture")
        self.link(city, "isPartOf", region)
        name = f"{province}促进就业工作方案{number}"
        text = f"text/{_digest(name)}"
        self.graph.graph["texts"][text] = name
        self.graph.add_node(
            text,
            type="SourceText",
            title=name,
            source=f"seeds/{number}.txt",
            date=f"20{self.random.randrange(15, 25)}-03-01",
            alsoAt=[],
            number=None,
        )
        agencies = [self.node("agency", "Agency", province + d, region=region, category="ak:hrss", aliases=[d, province[:1] + d])
                    for d in self.random.sample(DEPARTMENTS, 3)]  # fmt: skip
        document = self.node(
            "doc", "PolicyDocument", name, date="2024-03-01", number=f"{province[:1]}政发〔2024〕{number}号", region=region
        )
        self.claim(text, "isFormatOf", document, text)
        self.claim(document, "issuedBy", agencies[0], text)
        if number:
            self.claim(text, "cites", sorted(n for n in self.graph if n.startswith("doc/"))[self.random.randrange(number)], text)
        programs = [self.node("program", "Program", f"{pick(CITIES)[:2]}就业行动{self.random.randrange(number + 3)}") for _ in range(3)]
        for program in programs:
            self.claim(program, "implementedBy", pick(agencies), text)
            for _ in range(self.random.randrange(2, 6)):
                self.measure(program, text, region, pick(agencies))
        for first, second in pairwise(programs):
            if first != second:
                self.claim(first, "partOf", second, text)
        for node in [*agencies, document, region, *programs]:
            self.mention(node, text)

    def measure(self, program: str, text: str, region: str, agency: str) -> None:
        """Add a measure with its group, agency, provision and figures."""
        pick = self.random.choice
        measure = self.node(
            "measure", "Measure", pick(MEASURES) + pick(("", "", "补助", f"第{self.random.randrange(60)}批")), category="mt:training"
        )
        self.claim(program, "hasMeasure", measure, text)
        self.claim(measure, "partOf", program, text)
        self.claim(measure, "implementedBy", agency, text)
        group = self.node("group", "TargetGroup", pick(GROUPS) + pick(("", f"（{pick(CITIES)}）")))
        self.claim(measure, "targets", group, text)
        provision = f"provision/{_digest(text + measure)}"
        self.graph.add_node(
            provision, type="Provision", sentence="句子", confidence=0.9, periodStart="2024-01-01", eligibility=["离校2年内"]
        )
        self.link(provision, "ofMeasure", measure)
        self.link(provision, "inText", text)
        for _ in range(self.random.randrange(0, 3)):
            indicator, value = pick(INDICATORS), self.random.randrange(10, 10**6) / pick((1, 1, 10))
            key = f"observation/{indicator}-{_digest(text + measure + str(value))[:12]}"
            self.graph.add_node(
                key, type="Observation", name=indicator, value=value, unit="人", kind=pick(("result", "target")), period="2024-01-01..2024-06-30",
                region=region, texts=1, confidence=0.85, category="ind:new-jobs",
            )  # fmt: skip
            self.claim(measure, "hasObservation", key, text)
            self.link(provision, "hasObservation", key)
            self.link(key, "appliesTo", region)
            self.mention(key, text)


def policy_graph(texts: int = 12, seed: int = 1) -> nx.MultiDiGraph:
    """Return the graph of so many made-up policy texts."""
    maker = Maker(seed)
    for number in range(texts):
        maker.text(number)
    return maker.graph
