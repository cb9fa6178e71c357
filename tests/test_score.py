"""``kg score`` gives the figures of the evaluation kit's own scorer, on anything."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.score import as_table, load_gold, load_records, normalise, score, similarity

EVAL = Path(__file__).resolve().parent / "eval"
#: Set aside until the extraction is measured on them; a scorer needs no look at them.
ASIDE = ("d023", "d031", "d047", "d081", "d084")


@pytest.fixture(scope="module")
def oracle():
    spec = importlib.util.spec_from_file_location("kit_score", EVAL / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gold():
    paths = [path for path in sorted((EVAL / "gold").glob("*.json")) if not path.name.startswith(ASIDE)]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def noisy_records(gold, seed):
    """Return records made of gold: some entities and relations gone, some wrong, some names cut, one document missing."""
    chance = random.Random(seed)  # noqa: S311 - repeatable noise
    records = {}
    for document in gold[seed % 2 :]:
        text = (EVAL / "texts" / f"{document['doc']}.txt").read_text(encoding="utf-8")
        nodes, edges = [], []
        for number, entity in enumerate(document["entities"]):
            names = entity["name"] if isinstance(entity["name"], list) else [entity["name"]]
            name = names[0][: max(1, len(names[0]) - chance.choice((0, 0, 0, 1, 3)))]
            places = [(text.find(form), len(form)) for form in entity.get("mentions", []) if isinstance(form, str) and form in text]
            node = {key: value for key, value in entity.items() if key not in ("name", "mentions")}
            node |= {"id": f"n{number}", "name": name, "mentions": [[start, start + size] for start, size in places]}
            if chance.random() < 0.1:
                node["mentions"].append([0, len(text) + 5])
            if chance.random() < 0.05:
                node["type"] = "Program"
            if node["type"] != "Observation" or "value" in node:
                nodes.append((entity["id"], node))
        chance.shuffle(nodes)
        nodes = nodes[: int(len(nodes) * 0.8)]
        ids = {old: node["id"] for old, node in nodes}
        for subject, predicate, object_, *_ in document["relations"]:
            if subject in ids and object_ in ids:
                far = chance.choice(sorted(ids.values())) if chance.random() < 0.2 else ids[object_]
                edges.append(
                    {"subject": ids[subject], "predicate": predicate, "object": far, "evidence": [[0, 5]] if chance.random() < 0.9 else []}
                )
        edges.append({"subject": "x", "predicate": "implements", "object": "y", "evidence": [[0, 1]]})
        records[document["doc"]] = {
            "doc": {"source": f"texts/{document['doc']}.txt"},
            "text": text,
            "nodes": [node for _, node in nodes],
            "edges": [edge for edge in edges if edge["subject"] != "x"] + edges[-1:],
        }
    return records


@pytest.mark.parametrize("seed", range(2))
def test_same_figures_as_the_kit(oracle, gold, seed):
    records = noisy_records(gold, seed)
    for record in records.values():  # the kit's label table knows no end that is no node
        record["edges"] = [edge for edge in record["edges"] if edge["subject"] != "x"]
    assert score(gold, records, EVAL / "texts", errors=30) == oracle.score(gold, records, EVAL / "texts", 30)
    assert 0.3 < score(gold, records)["mean_relaxed_f1"] < 0.95


def test_gold_against_itself_is_perfect_but_for_nothing(gold):
    assert score(gold, {}, None)["mean_relaxed_f1"] == 0.0
    records = {
        document["doc"]: {
            "text": "",
            "nodes": [{**entity, "mentions": []} for entity in document["entities"]],
            "edges": [{"subject": s, "predicate": p, "object": o} for s, p, o, *_ in document["relations"]],
        }
        for document in gold
    }
    result = score(gold, records)
    assert result["mean_strict_f1"] == result["mean_relations_f1"] == result["canonical_names"] == 1.0


@pytest.mark.parametrize("name", ["《就業促進法》", "辽宁省人力资源和社会保障厅", "ＡＢＣ－１２", "著力 “四個並重”", ""])
def test_names_are_normalised_as_the_kit_does(oracle, name):
    assert normalise(name) == oracle.norm(name)


@pytest.mark.parametrize(
    "pair",
    [("", ""), ("a", ""), ("技能辽宁行动", "技能辽宁"), ("高校毕业生", "毕业生"), ("补贴", "社保补贴"), ("甲乙", "乙甲"), ("甲", "甲乙")],
)
def test_similarity_as_the_kit(oracle, pair):
    assert similarity(*pair) == oracle.similar(*pair)


def test_table_ends_with_the_line_that_counts(gold):
    lines = list(as_table(score(gold, noisy_records(gold, 1), errors=3)))
    assert lines[-1].startswith(f"docs {len(gold)}  mean F1: entities strict 0.")
    assert any(line.startswith("no record for: ") for line in lines)
    assert "-- missed" in lines


def test_errors_name_file_and_line(tmp_path):
    with pytest.raises(UsageError, match="holds no gold"):
        load_gold(tmp_path)
    file = tmp_path / "r.jsonl"
    file.write_text('{"doc": {"source": "a/b.txt"}, "text": "", "nodes": [], "edges": []}\n{"x": 1}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.jsonl:2: doc is missing"):
        load_records(file)
    file.write_text('{"doc": \n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.jsonl:1: is not JSON"):
        load_records(file)
    with pytest.raises(UsageError, match="no gold called nope"):
        load_gold(EVAL / "gold", ["nope"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{}", "doc is missing"),
        ("[]", "the file is not an object"),
        ("{", "is not JSON"),
        ('{"doc": "a", "entities": {}, "relations": []}', "entities is not a list"),
        ('{"doc": "a", "entities": [{"id": "e1", "type": "Agency"}], "relations": []}', r"entities\[0\]\.name is missing"),
        ('{"doc": "a", "entities": [{"id": "e1", "type": "Agency", "name": []}], "relations": []}', r"entities\[0\]\.name names nothing"),
        ('{"doc": "a", "entities": [{"id": "e", "type": "Observation", "name": "x", "unit": "x"}], "relations": []}', "value is missing"),
        ('{"doc": "a", "entities": [{"id": "e", "type": "Agency", "name": "x", "mentions": [3]}], "relations": []}', "mentions holds 3"),
        ('{"doc": "a", "entities": [], "relations": [["x", "y"]]}', r"relations\[0\] is no subject"),
    ],
)
def test_gold_of_another_shape_is_named_with_its_fault(tmp_path, content, what):
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.json: .*" + what):
        load_gold(tmp_path)


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ({"text": None}, "text is missing"),
        ({"nodes": [{"id": "a", "type": "Agency"}]}, r"nodes\[0\]\.name is missing"),
        ({"edges": [{"subject": "a", "predicate": "targets"}]}, r"edges\[0\]\.object is missing"),
        ({"edges": [{"subject": "a", "predicate": "targets", "object": "b", "evidence": [[1]]}]}, "evidence holds"),
    ],
)
def test_a_record_of_another_shape_is_named_with_its_fault(tmp_path, part, what):
    record = {"doc": {"source": "a.txt"}, "text": "", "nodes": [], "edges": []} | part
    (tmp_path / "r.jsonl").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UsageError, match=what):
        load_records(tmp_path / "r.jsonl")
