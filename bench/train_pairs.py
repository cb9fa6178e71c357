"""Train the pair model from gold relations: ``python -m bench.train_pairs [--folds N] [--write]`` (extra ``[train]``)."""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from bench.train import EVAL, THRESHOLDS, TYPES, listed, load, read_gold, text_paths
from bench.train import Case as SpanCase
from bench.train import train as train_spans
from bench.train_second import cases_by_domain
from kg.domain import Domain, load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract import find_mentions, own_mention
from kg.extract.documents import relate_documents
from kg.extract.observations import relate_observations
from kg.extract.pairs import SIGNATURES, SOUGHT, make_layout
from kg.extract.relate import score
from kg.extract.spans import Vocabulary
from kg.extract.view import to_view
from kg.model import Entity, Mention, Span

PREDICATES = tuple(SIGNATURES)
#: Pairs less likely than this say nothing about what is claimed.
LEAST_CALIBRATED = 0.15
#: Least probabilities, chosen by the left-out figures.
PAIR_THRESHOLDS = ("0.33", "0.38", "0.40", "0.36")


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
    """One text's pairs with their labels, from gold mentions or, given a domain that has not seen the text, from found ones."""

    def __init__(self, path, domain, *, found=False):
        self.name = path.stem
        self.silver = path.parent.name != "texts"
        self.gold = read_gold(path)
        document = load(path, domain)
        scene, lattice, mentions = find_mentions(document, domain)
        own = own_mention(scene, mentions)
        if found:
            identity = self._paired(document, mentions)
        else:
            mentions = gold_mentions(document, self.gold, domain)
            own = self._own_gold(scene, mentions, domain)
            identity = {m.entity.id: m.entity.id for m in mentions}
        self.own = own.entity.name if own else None
        quotes = {}
        for s, p, o, quote in self.gold["relations"]:
            at = document.text.find(quote)
            quotes.setdefault((s, p, o), []).append(Span(to_view(document.origin, at), to_view(document.origin, at + len(quote))))
        self.pairs, self.labels, self.keys = [], [], []
        for pair in make_layout(
            scene, lattice, mentions, own, [*relate_documents(scene, mentions), *relate_observations(scene, mentions)]
        ).pairs():
            key = (
                identity.get(pair.subject.entity.id, "?" + pair.subject.entity.id),
                pair.predicate,
                identity.get(pair.object.entity.id, "?" + pair.object.entity.id),
            )
            spots = quotes.get(key)
            label = 0
            if spots:
                at = scene.segmentation.sentences[pair.sentences[-1]].span
                label = 1 if any(q.overlaps(at) or q.overlaps(pair.subject.span) or q.overlaps(pair.object.span) for q in spots) else -1
            self.pairs.append(pair)
            self.labels.append(label)
            self.keys.append(key)
        # One mention in the lead or of the text itself is paired with every measure: such a group counts as few decisions, not as many.
        groups = Counter(map(self._group, self.pairs))
        self.shares = [groups[self._group(pair)] ** -0.5 for pair in self.pairs]
        self.reach = set(self.keys)

    def _group(self, pair):
        place = next(f for f in pair.features if "@" in f).partition("@")[2][:3]
        if place not in {"lea", "own", "hea", "reg", "lis"}:
            return id(pair)
        other = pair.subject if pair.predicate in SOUGHT else pair.object
        return pair.predicate, place, other.span, pair.sentences[0]

    def _own_gold(self, scene, mentions, domain):
        own = scene.context.document
        if own is None:
            return None
        names = {own.name, *own.aliases, str(own.attributes.get("number"))}
        known = {e["id"]: {domain.fold(n) for n in [*listed(e["name"]), *e["mentions"]]} for e in self.gold["entities"]}
        return next((m for m in mentions if m.entity.type == "PolicyDocument" and known[m.entity.id] & names), None)

    def _paired(self, document, mentions):
        """Return the gold id of each found entity, as the scorer pairs them."""
        kit = scorer()
        held = {}
        for m in mentions:
            span = document.to_text(m.span)
            node = held.setdefault(
                m.entity.id, {"id": m.entity.id, "type": m.entity.type, "name": m.entity.name, "mentions": [], **m.entity.attributes}
            )
            node["mentions"].append([span.start, span.end])
        ours = [kit.Entity(node, document.text) for node in held.values()]
        return kit.pair([kit.Entity(e, document.text) for e in self.gold["entities"]], ours, kit.RELAXED)


def scorer():
    """Return the evaluation kit's scorer, which stands beside its data."""
    sys.path.insert(0, str(EVAL))
    import score as kit

    return kit


def made_of(paths, domain, args):
    """Return a digest of all that the models of spans are trained from: texts, annotations, word classes, lexicon, strengths."""
    beside = [path.with_suffix(".json") for path in paths if path.with_suffix(".json").exists()]
    known = [EVAL / "gold" / f"{path.stem}.json" for path in paths if path.parent.name == "texts"]
    words = [domain.field / "patterns" / "words.toml", *sorted((domain.field / "lexicon").glob("*"))]
    digest = hashlib.sha256(f"{args.strength} {args.weight}".encode())
    for path in [*paths, *beside, *known, *words]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def unseen_domains(paths, folds, args):
    """Return for each text a domain whose span model, network, second look and models of numbers have not seen it.

    ``args.keep`` names a folder that keeps each fold's models (PyTorch takes minutes for each) for the next run on the same texts.
    """
    from bench import train_kind, train_network, train_second

    shipped = load_domain()
    vocabulary = Vocabulary(shipped.patterns("words").words)
    cases = [SpanCase(path, shipped, vocabulary) for path in paths]
    numbers = {path.stem: train_kind.Case(path, shipped).teach() for path in paths}
    texts, key = [], made_of(paths, shipped, args)
    domains = {}
    for fold in range(folds):
        out = {path.stem for path in paths[fold::folds]}
        file = args.keep / f"fold{fold}.pkl" if args.keep else None
        held = pickle.loads(file.read_bytes()) if file and file.exists() else {}  # noqa: S301 - a file that this program wrote
        if held.get("key") != key or held.get("out") != sorted(out):
            texts = texts or [train_network.Prepared(case) for case in cases]
            spans = train_spans([c for c in cases if c.name not in out], args.strength, args.weight)
            held = {
                "key": key,
                "out": sorted(out),
                "spans": spans,
                "network": train_network.arrays(*train_network.train([t for t in texts if t.name not in out])),
            }
        domain = Domain(shipped.base, shipped.field)
        domain.__dict__["span_model"] = SpanModel(TYPES, held["spans"], tuple(map(float, THRESHOLDS)))
        domain.__dict__["network"] = train_network.as_network(held["network"])
        if "numbers" not in held:
            held["numbers"] = train_kind.fit([case for name, case in numbers.items() if name not in out])
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(pickle.dumps(held))
        kinds, names = held["numbers"]
        domain.__dict__.update(kind_model=kinds, name_model=names)
        domains |= dict.fromkeys(out, domain)
        print(f"models without fold {fold + 1} of {folds}", flush=True)
    looked = train_second.cases_by_domain(paths, domains, train_second.Case)
    for domain in dict.fromkeys(domains.values()):
        domain.__dict__["second_model"] = train_second.fit([case for case in looked if domains[case.name] is not domain])
    return domains


def decisions(cases, model):
    """Return by text each pair that gold could grant: predicate, probability by the model, and whether gold grants it."""
    out = {}
    for c in cases:
        best = {}
        for pair, key in zip(c.pairs, c.keys, strict=True):
            best[key] = max(best.get(key, 0.0), score(model, pair, PREDICATES.index(pair.predicate)))
        granted = {(s, p, o) for s, p, o, *_ in c.gold["relations"]}
        out[c.name] = [(key[1], probability, key in granted) for key, probability in best.items()]
    return out


def calibrate(rows):
    """Return the rows ``slope`` and ``shift`` that turn a probability into how often claims of it are right (Platt 1999)."""
    fitted = []
    for predicate in PREDICATES:
        held = [(p, right) for name, p, right in rows if name == predicate and p >= LEAST_CALIBRATED]
        if len({right for _, right in held}) < 2:
            fitted.append((1.0, 0.0))
            continue
        p = np.clip(np.array([p for p, _ in held]), 1e-6, 1 - 1e-6)
        model = LogisticRegression(C=1.0).fit(np.log(p / (1 - p))[:, None], [right for _, right in held])
        fitted.append((round(float(model.coef_[0][0]), 3), round(float(model.intercept_[0]), 3)))
    return {name: tuple(pair[i] for pair in fitted) for i, name in enumerate(("slope", "shift"))}


def train(cases, strength, weight, fewest=2):
    weights, types = {}, PREDICATES
    for column, predicate in enumerate(types):
        rows = [
            (pair.features, label, share)
            for c in cases
            for pair, label, share in zip(c.pairs, c.labels, c.shares, strict=True)
            if pair.predicate == predicate and label >= 0
        ]
        counts = Counter(f for features, _, _ in rows for f in set(features))
        index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= fewest))}
        if not index or not any(row[1] for row in rows):
            weights[f"B:{predicate}"] = tuple(-9.0 if i == column else 0.0 for i in range(len(types)))
            continue
        X = sparse.lil_matrix((len(rows), len(index)))
        for r, (features, _, _) in enumerate(rows):
            for f in set(features):
                if f in index:
                    X[r, index[f]] = 1
        y = np.array([label for _, label, _ in rows])
        model = LogisticRegression(C=strength, solver="liblinear", class_weight={0: 1.0, 1: weight}, tol=1e-3)
        model.fit(X.tocsr(), y, sample_weight=np.array([share for _, _, share in rows]))
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
    ap.add_argument("--folds", type=int, default=6)
    ap.add_argument("--strength", type=float, default=0.1, help="of the span models that find unseen texts' mentions")
    ap.add_argument("--weight", type=float, default=1.5)
    ap.add_argument("--pair-strength", type=float, default=0.012)
    ap.add_argument("--pair-weight", type=float, default=1.2)
    ap.add_argument("--from-gold", action="store_true", help="train on gold mentions too")
    ap.add_argument("--keep", type=Path, help="folder that keeps the models of each fold")
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--skip", default="d023,d031,d047,d081,d084")
    args = ap.parse_args()
    shipped = load_domain()
    paths = text_paths(tuple(filter(None, args.skip.split(","))))
    domains = unseen_domains(paths, 6, args)
    found = cases_by_domain(paths, domains, partial(Case, found=True))
    gold = [Case(path, shipped) for path in paths] if args.from_gold else []
    every = found + gold
    rows, scores = [], {}
    test_cases = [c for c in found if not c.silver]
    for fold in range(args.folds):
        test = test_cases[fold :: args.folds]
        out = {c.name for c in test}
        weights = train([c for c in every if c.name not in out], args.pair_strength, args.pair_weight)
        model = SpanModel(PREDICATES, weights, (0.0,) * len(PREDICATES))
        rows += [row for held in decisions(test, model).values() for row in held]
        for c in test:
            held = scores.setdefault(c.name, {})
            for pair, key in zip(c.pairs, c.keys, strict=True):
                held[key] = max(held.get(key, 0.0), score(model, pair, PREDICATES.index(pair.predicate)))
    for limit in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        evaluate(test_cases, scores, limit)
    if args.write:
        weights = train(every, args.pair_strength, args.pair_weight) | calibrate(rows)
        path = shipped.field / "models" / "pairs.tsv"
        lines = [
            "# Weights of the pair model (kg/extract/around.py, pair_parts.py), trained by bench/train_pairs.py.",
            "feature\t" + "\t".join(PREDICATES),
            "threshold\t" + "\t".join(PAIR_THRESHOLDS),
        ]
        lines += [f + "\t" + "\t".join(f"{w:g}" for w in weights[f]) for f in sorted(weights)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("wrote", len(weights), path.stat().st_size)


if __name__ == "__main__":
    main()
