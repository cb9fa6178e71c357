"""Train the span model from gold and from the texts that we annotated or made: ``python -m bench.train [--folds N] [--write]``.

Needs scikit-learn (extra ``[train]``). ``--folds`` scores each document with gold by a model that has not seen it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract.scorer import Scorer, best
from kg.extract.segment import segment
from kg.extract.spans import Lattice, Vocabulary, make_lattice
from kg.extract.tokens import tokenise
from kg.extract.view import make_document, to_view

TYPES = ("Measure", "TargetGroup", "Program", "Agency")
#: Least probabilities, chosen by the left-out figures.
THRESHOLDS = ("0.12", "0.12", "0.12", "0.55")
ROOT = Path(__file__).resolve().parent.parent
EVAL = ROOT / "tests" / "eval"


def load(path: Path, domain):
    raw = path.read_bytes()
    text = raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return make_document(
        SimpleNamespace(text=text, sha256=hashlib.sha256(raw).hexdigest(), source=path.name, encoding="utf-8", metadata={}, findings=()),
        domain,
    )


def listed(name):
    return name if isinstance(name, list) else [name]


def gold_spans(document, gold, type_):
    """Return the places in the view where a gold mention of a type stands, longest mention first, without overlap."""
    forms = sorted(
        {form for e in gold["entities"] if e["type"] == type_ for form in [*e["mentions"], *listed(e["name"])]}, key=lambda f: (-len(f), f)
    )
    taken = bytearray(len(document.view))
    found = set()
    for form in forms:
        start = document.text.find(form)
        while start >= 0:
            a, b = to_view(document.origin, start), to_view(document.origin, start + len(form))
            if b > a and not any(taken[a:b]):
                taken[a:b] = b"\x01" * (b - a)
                found.add((a, b))
            start = document.text.find(form, start + 1)
    return found


def read_gold(path: Path):
    """Return the annotation of a text: gold, or for the texts that we annotated ourselves the file beside it."""
    beside = path.with_suffix(".json")
    return json.loads((beside if beside.exists() else EVAL / "gold" / f"{path.stem}.json").read_text("utf-8"))


def text_paths(skip):
    """Return the texts to train on: those with gold, then those that we annotated ourselves, then those that we made."""
    texts = [path for folder in ("texts", "silver", "made") for path in sorted((EVAL / folder).glob("*.txt"))]
    return [path for path in texts if not (skip and path.stem.startswith(skip))]


class Case:
    def __init__(self, path: Path, domain, vocabulary):
        self.name = path.stem
        self.silver = path.parent.name != "texts"
        self.document = load(path, domain)
        self.gold = read_gold(path)
        segmentation = segment(self.document, domain)
        headings = [(s.span.start, s.span.end) for s in segmentation.sentences if s.is_heading]
        known = [(a, b, e.type) for a, b, e in domain.lexicon.find(self.document.view)]
        self.lattice = make_lattice(tokenise(self.document.view), vocabulary, headings, known)
        self.spans = list(self.lattice.spans())
        starts = self.lattice.tokens.starts
        self.labels = []
        self.lost = {}
        offsets = [(starts[i], starts[j + 1]) for i, j in self.spans]
        for type_ in TYPES:
            wanted = gold_spans(self.document, self.gold, type_)
            wanted |= (
                {(a + 1, b - 1) for a, b in wanted if self.document.view[a] == "“" and self.document.view[b - 1] == "”"}
                if type_ != "Program"
                else set()
            )
            self.labels.append(np.array([o in wanted for o in offsets], dtype=np.int8))
            self.lost[type_] = sorted(wanted - set(offsets))
        self.features = features(self.lattice, self.spans)


def features(lattice: Lattice, spans):
    lefts = [lattice.left(i) for i in range(len(lattice.words))]
    rights = [lattice.right(i) for i in range(len(lattice.words))]
    insides = [lattice.inside(i) for i in range(len(lattice.words))]
    rows = []
    for i, j in spans:
        row = [*lefts[i], *rights[j], *lattice.joint(i, j)]
        for k in range(i, j + 1):
            row += insides[k]
        rows.append(row)
    return rows


def matrix(cases, vocabulary=None, fewest=2):
    if vocabulary is None:
        counts = {}
        for case in cases:
            seen = {}
            for row in case.features:
                for f in set(row):
                    seen[f] = seen.get(f, 0) + 1
            for f, n in seen.items():
                counts[f] = counts.get(f, 0) + n
        vocabulary = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= fewest))}
    data, indices, indptr = [], [], [0]
    for case in cases:
        for row in case.features:
            held = {}
            for f in row:
                k = vocabulary.get(f)
                if k is not None:
                    held[k] = held.get(k, 0) + 1
            indices += held.keys()
            data += held.values()
            indptr.append(len(indices))
    return sparse.csr_matrix(
        (np.array(data, dtype=np.float64), np.array(indices), np.array(indptr)), shape=(len(indptr) - 1, len(vocabulary))
    ), vocabulary


def train(cases, strength=0.3, weight=1.0):
    X, vocabulary = matrix(cases)
    columns = []
    for t, _ in enumerate(TYPES):
        y = np.concatenate([case.labels[t] for case in cases])
        model = LogisticRegression(C=strength, solver="liblinear", class_weight={0: 1.0, 1: weight}, max_iter=200, tol=1e-3)
        model.fit(X, y)
        columns.append((model.coef_[0], model.intercept_[0]))
    weights = {}
    for f, k in vocabulary.items():
        row = tuple(round(float(c[k]), 3) for c, _ in columns)
        if any(abs(w) >= 0.02 for w in row):
            weights[f] = row
    weights["B"] = tuple(round(float(b), 3) for _, b in columns)
    return weights


def predict(case, model):
    scored = best(list(Scorer(model).probabilities(case.lattice)))
    starts = case.lattice.tokens.starts
    out = [[] for _ in TYPES]
    for s in scored:
        out[s.type].append((starts[s.first], starts[s.last + 1], s.probability))
    return out


def record(case, found, limits):
    """Return a record with the found spans as nodes, one a name, for the scorer."""
    nodes = {}
    for t, type_ in enumerate(TYPES):
        for a, b, p in found[t]:
            if p < limits[t]:
                continue
            name = case.document.view[a:b].strip("“”")
            span = case.document.to_text(SimpleNamespace(start=a, end=b))
            node = nodes.setdefault((type_, name), {"id": f"{type_}/{name}", "type": type_, "name": name, "mentions": []})
            node["mentions"].append([span.start, span.end])
    return {"doc": {"source": case.name + ".txt"}, "text": case.document.text, "nodes": list(nodes.values()), "edges": []}


def score(cases, records):
    sys.path.insert(0, str(EVAL))
    import score as kit

    golds = [{**c.gold, "entities": [e for e in c.gold["entities"] if e["type"] in TYPES], "relations": []} for c in cases]
    return kit.score(golds, {r["doc"]["source"][:-4]: r for r in records}, None)


def show(label, out):
    cells = [
        f"{t[:6]} {out['entities_relaxed'][t]['p']:.2f}/{out['entities_relaxed'][t]['r']:.2f}/{out['entities_relaxed'][t]['f1']:.3f} s{out['entities_strict'][t]['f1']:.3f}"
        for t in TYPES
    ]
    print(f"{label:<14}", "  ".join(cells), f" mean relaxed {out['mean_relaxed_f1']:.3f} strict {out['mean_strict_f1']:.3f}", flush=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--folds", type=int, default=0)
    ap.add_argument("--strength", type=float, default=0.1)
    ap.add_argument("--weight", type=float, default=1.5)
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--skip", default="d023,d031,d047,d081,d084")
    args = ap.parse_args()
    domain = load_domain()
    vocabulary = Vocabulary(domain.patterns("words").words)
    skip = tuple(filter(None, args.skip.split(",")))
    every = [Case(p, domain, vocabulary) for p in text_paths(skip)]
    cases, silver = [c for c in every if not c.silver], [c for c in every if c.silver]
    for t, type_ in enumerate(TYPES):
        print(
            type_, "gold spans", sum(int(c.labels[t].sum()) for c in cases), "not on word borders", sum(len(c.lost[type_]) for c in cases)
        )
    print("spans", sum(len(c.spans) for c in cases))
    if args.folds:
        found = {}
        n = min(len(cases), args.folds)
        for fold in range(n):
            test = cases[fold::n]
            weights = train([c for c in cases if c not in test] + silver, args.strength, args.weight)
            model = SpanModel(TYPES, weights, (0.05,) * len(TYPES))
            for c in test:
                found[c.name] = predict(c, model)
        for limit in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
            show(f"left out {limit}", score(cases, [record(c, found[c.name], (limit,) * len(TYPES)) for c in cases]))
    if args.write:
        weights = train(every, args.strength, args.weight)
        path = domain.field / "models" / "spans.tsv"
        lines = [
            "# Weights of the span model (kg/extract/spans.py), trained by bench/train.py on tests/eval (gold, silver, made).",
            "feature\t" + "\t".join(TYPES),
            "threshold\t" + "\t".join(THRESHOLDS),
        ]
        lines += [f + "\t" + "\t".join(f"{w:g}" for w in weights[f]) for f in sorted(weights)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("wrote", len(weights), path.stat().st_size)


if __name__ == "__main__":
    main()
