"""The floors of quality: what the extraction reaches on gold must not be lost again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.domain import load_domain
from kg.extract import extract
from kg.read import RawText
from kg.score import load_gold, score

EVAL = Path(__file__).parent / "eval"
SEEDS = ("000_", "001_", "002_", "003_", "004_")
#: Set aside: no model was trained on them and no rule was written from them (d031 was opened once by mistake, tests/eval/silver/README.md).
ASIDE = ("d023", "d031", "d047", "d081", "d084")


@pytest.fixture(scope="module")
def records() -> dict[str, dict[str, object]]:
    """Return the record of every text with gold."""
    from kg.extract.view import make_document

    domain = load_domain()
    made = {}
    for path in sorted((EVAL / "texts").glob("*.txt")):
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        made[path.stem] = extract(make_document(RawText(source=path.name, sha256="0" * 64, text=text), domain), domain)
    return made


def _scored(records: dict[str, dict[str, object]], wanted: tuple[str, ...]) -> dict[str, float]:
    gold = [g for g in load_gold(EVAL / "gold") if g["doc"].startswith(wanted)]
    return score(gold, {g["doc"]: records[g["doc"]] for g in gold}, EVAL / "texts")


def test_seeds_reach_the_floors_of_the_main_path(records: dict[str, dict[str, object]]) -> None:
    """Relaxed .75, core four .70, relations .45, canonical names .95, every mention and claim grounded."""
    result = _scored(records, SEEDS)
    assert result["mean_relaxed_f1"] >= 0.76
    assert result["mean_core_f1"] >= 0.70
    assert result["mean_relations_f1"] >= 0.45
    assert result["canonical_names"] >= 0.95
    assert result["grounded"] == 1.0


def test_all_texts_with_gold_reach_the_floors_of_extraction(records: dict[str, dict[str, object]]) -> None:
    """The floors of the extraction level, on all documents with gold (14 of which trained the models), and no type under .65 relaxed."""
    result = _scored(records, ("",))
    assert result["mean_relaxed_f1"] >= 0.80
    assert result["mean_core_f1"] >= 0.76
    assert result["mean_strict_f1"] >= 0.68
    assert result["mean_relations_f1"] >= 0.50
    assert result["canonical_names"] >= 0.96
    assert result["grounded"] == 1.0
    assert {type_: row["f1"] for type_, row in result["entities_relaxed"].items() if row["f1"] < 0.65} == {}


def test_texts_set_aside_keep_what_was_reached(records: dict[str, dict[str, object]]) -> None:
    """On the five texts that train nothing the means stay near what the last models reached (a text is a fifth of each mean)."""
    result = _scored(records, ASIDE)
    assert result["mean_relaxed_f1"] >= 0.76
    assert result["mean_core_f1"] >= 0.75
    assert result["mean_strict_f1"] >= 0.73
    assert result["mean_relations_f1"] >= 0.42
    assert result["grounded"] == 1.0


def test_records_are_plain_json(records: dict[str, dict[str, object]]) -> None:
    """A record survives the way through JSON unchanged."""
    for record in records.values():
        assert json.loads(json.dumps(record, ensure_ascii=False)) == record
