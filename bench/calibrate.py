"""Fit what turns finders' scores into proven shares: ``python -m bench.calibrate DUMP [--write]`` (extra ``[train]``).

DUMP holds left-out records (``python -m bench.quality --dump DUMP``). For each type a slope and a shift are fitted on the logits of the
confidences against right or wrong (Platt 1999), on top of the calibration that the records were made with, so that it may be repeated.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sklearn.linear_model import LogisticRegression

from bench.train import EVAL
from kg.domain import load_domain
from kg.extract.confidence import logit

#: Fewer entities than this prove nothing.
FEWEST = 30
#: A slope under this means that the scores of a type do not tell right from wrong; they are left as they are.
LEAST = 0.2
sys.path.insert(0, str(EVAL))
import score as kit  # noqa: E402 - the oracle stands beside its data


def outcomes(path):
    """Return by type the confidence of each entity and whether gold has it."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        gold = json.loads((EVAL / "gold" / f"{Path(record['doc']['source']).stem}.json").read_text("utf-8"))
        ours = [kit.Entity(node, record["text"]) for node in record["nodes"]]
        paired = kit.pair([kit.Entity(e, record["text"]) for e in gold["entities"]], ours, kit.RELAXED)
        for node in record["nodes"]:
            found.setdefault(node["type"], []).append((node["confidence"], node["id"] in paired))
    return found


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("dump", type=Path)
    ap.add_argument("--write", action="store_true")
    args = ap.parse_args()
    domain = load_domain()
    rows = []
    for type_, held in sorted(outcomes(args.dump).items()):
        before = domain.calibration.get(type_, (1.0, 0.0))
        right = [outcome for _, outcome in held]
        if len(held) < FEWEST or len(set(right)) < 2:
            if before != (1.0, 0.0):
                rows.append((type_, *before))
            continue
        model = LogisticRegression(C=1.0).fit([[logit(c)] for c, _ in held], right)
        slope, shift = float(model.coef_[0][0]), float(model.intercept_[0])
        if slope > LEAST:
            rows.append((type_, before[0] * slope, before[1] * slope + shift))
    lines = ["# Slope and shift of confidences by type, fitted on left-out records by bench/calibrate.py.", "type\tslope\tshift"]
    lines += [f"{type_}\t{slope:.3f}\t{shift:.3f}" for type_, slope, shift in rows]
    print("\n".join(lines))
    if args.write:
        (domain.field / "models" / "confidence.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
