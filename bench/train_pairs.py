"""Train the pair model from gold relations: ``python -m bench.train_pairs [--folds N] [--write]`` (extra ``[train]``)."""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bench.train import listed, load, read_gold, text_paths
from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract.context import resolve_context
from kg.extract.pairs import SIGNATURES, make_layout
from kg.extract.phrases import lattice_of
from kg.extract.relate import score
from kg.extract.scene import Scene
from kg.extract.segment import segment
from kg.extract.view import to_view
from kg.model import Entity, Mention, Span

PREDICATES = tuple(SIGNATURES)


def gold_mentions(document, gold, domain):
    """Return every place of every gold entity; within a type the longest form wins."""
    from kg.extract.categories import categorise

    out = []
    for type_ in sorted({e["type"] for e in gold["entities"]}):
        forms = sorted(((f, e) for e in gold["entities"] if e["type"] == type_ for f in {*e["mentions"]}), key=lambda x: (-len(x[0]), x[0]))
        taken = bytearray(len(document.view))
        for form, e in forms:
            at = document.text.find(form)
            while at >= 0:
                a, b = to_view(document.origin, at), to_view(document.origin, at + len(form))
                if b > a and not all(taken[a:b]) and not any(taken[a:b]):
                    taken[a:b] = b"\x01" * (b - a)
                    name = domain.fold(listed(e["name"])[0])
                    category = categorise(domain, type_, name)
                    out.append(Mention(Span(a, b), Entity(e["id"], type_, name, {"category": category} if category else {}), "gold"))
                at = document.text.find(form, at + 1)
    return out


class Case:
    def __init__(self, path, domain):
        self.name = path.stem
        document = load(path, domain)
        self.silver = path.parent.name == "silver"
        self.gold = read_gold(path)
        segmentation = segment(document, domain)
        context = resolve_context(document, segmentation, domain)
        scene = Scene(document, segmentation, context, domain)
        mentions = gold_mentions(document, self.gold, domain)
        own = None
        if context.document:
            names = {context.document.name, *context.document.aliases, str(context.document.attributes.get("number"))}
            docs = [m for m in mentions if m.entity.type == "PolicyDocument"]
            own = next(
                (
                    m
                    for m in docs
                    if m.entity.name in names
                    or {
                        domain.fold(n)
                        for e in self.gold["entities"]
                        if e["id"] == m.entity.id
                        for n in [*listed(e["name"]), *e["mentions"]]
                    }
                    & names
                ),
                None,
            )
        self.own = own.entity.name if own else None
        quotes = {}
        for s, p, o, quote in self.gold["relations"]:
            at = document.text.find(quote)
            quotes.setdefault((s, p, o), []).append(Span(to_view(document.origin, at), to_view(document.origin, at + len(quote))))
        self.pairs, self.labels = [], []
        for pair in make_layout(scene, lattice_of(scene), mentions, own).pairs():
            key = (pair.subject.entity.id, pair.predicate, pair.object.entity.id)
            spots = quotes.get(key)
            label = 0
            if spots:
                at = segmentation.sentences[pair.sentences[-1]].span
                label = 1 if any(q.overlaps(at) or q.overlaps(pair.subject.span) or q.overlaps(pair.object.span) for q in spots) else -1
            self.pairs.append(pair)
            self.labels.append(label)
        self.reach = {(p.subject.entity.id, p.predicate, p.object.entity.id) for p in self.pairs}


def train(cases, strength, weight, fewest=2):
    weights, types = {}, PREDICATES
    for column, predicate in enumerate(types):
        rows = [
            (pair.features, label)
            for c in cases
            for pair, label in zip(c.pairs, c.labels, strict=True)
            if pair.predicate == predicate and label >= 0
        ]
        counts = Counter(f for features, _ in rows for f in set(features))
        index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= fewest))}
        if not index or not any(label for _, label in rows):
            weights[f"B:{predicate}"] = tuple(-9.0 if i == column else 0.0 for i in range(len(types)))
            continue
        X = sparse.lil_matrix((len(rows), len(index)))
        for r, (features, _) in enumerate(rows):
            for f in set(features):
                if f in index:
                    X[r, index[f]] = 1
        y = np.array([label for _, label in rows])
        model = LogisticRegression(C=strength, solver="liblinear", class_weight={0: 1.0, 1: weight}, tol=1e-3)
        model.fit(X.tocsr(), y)
        for f, i in index.items():
            w = round(float(model.coef_[0][i]), 3)
            if abs(w) >= 0.02:
                weights[f] = tuple(w if k == column else 0.0 for k in range(len(types)))
        weights[f"B:{predicate}"] = tuple(round(float(model.intercept_[0]), 3) if i == column else 0.0 for i in range(len(types)))
    return weights


def evaluate(cases, scores, limit):
    per, tp, npred, ngold = [], Counter(), Counter(), Counter()
    for c in cases:
        gold = {(s, p, o) for s, p, o, *_ in c.gold["relations"] if p in PREDICATES}
        pred = {key for key, pr in scores[c.name].items() if pr >= limit}
        for _, p, _ in gold:
            ngold[p] += 1
        for _, p, _ in pred:
            npred[p] += 1
        for _, p, _ in gold & pred:
            tp[p] += 1
        if gold:
            per.append(2 * len(gold & pred) / (len(gold) + len(pred)) if gold or pred else 0)
    cells = [
        f"{p} {tp[p] / max(npred[p], 1):.2f}/{tp[p] / max(ngold[p], 1):.2f}/{2 * tp[p] / max(npred[p] + ngold[p], 1):.3f}"
        for p in PREDICATES
    ]
    print(f"limit {limit}", "  ".join(cells), f"mean {sum(per) / len(per):.3f}", flush=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--folds", type=int, default=0)
    ap.add_argument("--strength", type=float, default=0.2)
    ap.add_argument("--weight", type=float, default=1.5)
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--skip", default="d023,d031,d047,d081,d084")
    args = ap.parse_args()
    domain = load_domain()
    skip = tuple(filter(None, args.skip.split(",")))
    every = [Case(p, domain) for p in text_paths(skip)]
    cases, silver = [c for c in every if not c.silver], [c for c in every if c.silver]
    for c in cases:
        gold = [(s, p, o) for s, p, o, *_ in c.gold["relations"] if p in PREDICATES]
        missed = Counter(k[1] for k in gold if k not in c.reach)
        print(c.name[:12], len(c.pairs), sum(1 for x in c.labels if x == 1), "gold", len(gold), "out of reach", dict(missed), "own", c.own)
    if args.folds:
        scores = {}
        n = min(args.folds, len(cases))
        for fold in range(n):
            test = cases[fold::n]
            model = SpanModel(PREDICATES, train([c for c in cases if c not in test] + silver, args.strength, args.weight), (0.0,) * 4)
            for c in test:
                held = scores.setdefault(c.name, {})
                for pair in c.pairs:
                    key = (pair.subject.entity.id, pair.predicate, pair.object.entity.id)
                    held[key] = max(held.get(key, 0.0), score(model, pair, PREDICATES.index(pair.predicate)))
        for limit in (0.25, 0.35, 0.45, 0.55):
            evaluate(cases, scores, limit)
    if args.write:
        weights = train(every, args.strength, args.weight)
        path = domain.field / "models" / "pairs.tsv"
        lines = [
            "# Weights of the pair model (kg/extract/pairs.py), trained by bench/train_pairs.py on tests/eval/gold.",
            "feature\t" + "\t".join(PREDICATES),
            "threshold\t" + "\t".join(["0.4"] * 4),
        ]
        lines += [f + "\t" + "\t".join(f"{w:g}" for w in weights[f]) for f in sorted(weights)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("wrote", len(weights), path.stat().st_size)


if __name__ == "__main__":
    main()
