"""Train the two models of observations: ``python -m bench.train_kind [--all] [--write]``.

One tells of a number whether it is data and of which kind (``models/kinds.tsv``), the other chooses the words that name it
(``models/names.tsv``). They learn from gold and from the development half of the texts that we annotated or made (an even sum of code points in the stem);
the figures printed are by set: those of the halves ``-held`` and of the texts set aside are of numbers not learnt from (other mentions come from the shipped models).
With ``--all``, which ``--write`` needs, they learn from everything but the texts set aside.
Needs scikit-learn (extra ``[train]``).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bench.train import EVAL, listed, load, read_gold, text_paths
from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract import find_mentions
from kg.extract.observations import find_observations
from kg.extract.view import to_view
from kg.extract.weighing import NONE, judge

sys.path.insert(0, str(EVAL))
import score as kit

norm = kit.norm
KINDS = ("result", "target", "funding", "standard", NONE)
ASIDE = ("d023", "d031", "d047", "d081", "d084")
#: Least probability of being data, and the fewest numbers that a feature is learnt from.
LEAST, FEWEST = 0.45, 3
SMALLEST = 0.02
#: Strength of the prior (the larger the weaker), and the most steps of the names' training.
STRENGTH, STEPS = 0.3, 120
#: Added to the rules' own name, so that another one is taken only where it is clearly likelier.
PREFERENCE = "r:eq", 1.2


def group(path):
    """Return the set that a text belongs to: gold, aside, or the halves of silver and made."""
    if path.parent.name == "texts":
        return "aside" if path.stem.startswith(ASIDE) else "gold"
    return path.parent.name + ("-dev" if sum(map(ord, path.stem)) % 2 == 0 else "-held")


class Case:
    """One text with everything found before its numbers are weighed."""

    def __init__(self, path, domain):
        self.group, self.gold = group(path), read_gold(path)
        self.scene, _, mentions = find_mentions(load(path, domain), domain)
        self.taken = [m for m in mentions if m.entity.type != "Observation"]
        self.places = gold_places(self.scene.document, self.gold)

    def teach(self):
        """Read the text as if all numbers before had been judged rightly; fills ``rows`` and, for the names, ``choices``."""
        self.rows, self.choices, self.sought = [], [], set()
        find_observations(self.scene, self.taken, self._label, self._choose)
        return self

    def _label(self, found, quantity):
        near = self.places.get(abs(float(quantity.value)), ())
        hits = [(kind, names) for start, end, kind, names in near if start < quantity.span.end and quantity.span.start < end]
        self.rows.append((found, hits[0][0] if hits else NONE))
        self.sought = hits[0][1] if hits else set()
        return (hits[0][0], 1.0) if hits else (KINDS[0], 0.0)

    def _choose(self, wording):
        right = [norm(candidate.name) in self.sought for candidate in wording.candidates]
        self.choices.append(([wording.features(candidate) for candidate in wording.candidates], right))
        return wording.candidates[right.index(True) if any(right) else 0], 1.0

    def read(self, kinds, names):
        """Return the observations that the models find, as nodes of a record."""
        nodes = {}
        found = find_observations(self.scene, self.taken, lambda found, _: judge(found, kinds), lambda wording: wording.best(names))
        for m in found:
            span = self.scene.document.to_text(m.span)
            node = nodes.setdefault(m.entity.id, {"id": m.entity.id, "type": "Observation", "name": m.entity.name, "mentions": []})
            node.update(m.entity.attributes)
            node["mentions"].append([span.start, span.end])
        return list(nodes.values())


def gold_places(document, gold):
    """Return by value the places in the view where a gold observation stands, with its kind and its names."""
    places = {}
    for e in gold["entities"]:
        names = {norm(name) for name in listed(e["name"])}
        for form in (e["mentions"] or listed(e["name"])) if e["type"] == "Observation" else ():
            at = document.text.find(form)
            while at >= 0:
                place = to_view(document.origin, at), to_view(document.origin, at + len(form)), e["kind"], names
                places.setdefault(abs(float(e["value"])), []).append(place)
                at = document.text.find(form, at + 1)
    return places


def table(rows):
    """Return rows of features as a matrix, and its columns by feature."""
    counts = Counter(feature for group in rows for feature in {f for found in group for f in found})
    columns = {feature: i for i, feature in enumerate(sorted(f for f, n in counts.items() if n >= FEWEST))}
    indices, ends = [], [0]
    for group in rows:
        for found in group:
            indices += [columns[feature] for feature in found if feature in columns]  # a feature counts as often as it is there
            ends.append(len(indices))
    return sparse.csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(ends) - 1, len(columns))), columns


def rounded(weights):
    """Return weights with three decimals, without those too small to tell."""
    return {f: tuple(round(float(w), 3) for w in row) for f, row in weights.items() if f == "B" or max(map(abs, row)) >= SMALLEST}


def fit_kinds(rows):
    """Return the weights by feature: multinomial logistic regression."""
    matrix, columns = table([[found] for found, _ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=400)
    model.fit(matrix, [KINDS.index(kind) for _, kind in rows])
    weights = {feature: model.coef_[:, column] for feature, column in columns.items()}
    weights["B"] = weights["B"] + model.intercept_
    return rounded(weights)


def fit_names(choices):
    """Return the weights by feature: the likelihood, among a number's candidates, of those that gold has, at its largest."""
    choices = [(found, right) for found, right in choices if any(right) and not all(right)]
    matrix, columns = table([found for found, _ in choices])
    sizes = [len(right) for _, right in choices]
    starts, number = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(sizes)), sizes)
    right = np.concatenate([np.array(right, dtype=float) for _, right in choices])

    def loss(weights):
        scores = matrix @ weights
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[number])
        every, good = np.add.reduceat(powers, starts), np.add.reduceat(powers * right, starts)
        slope = matrix.T @ (powers / every[number] - powers * right / good[number])
        return (np.log(every) - np.log(good)).sum() + weights @ weights / (2 * STRENGTH), slope + weights / STRENGTH

    found = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    preferred, more = PREFERENCE
    return rounded({feature: (found[column] + more * (feature == preferred),) for feature, column in columns.items()})


def fit(cases):
    """Return the model of kinds and that of names, learnt from cases that were taught."""
    rows, choices = ([item for case in cases for item in getattr(case, part)] for part in ("rows", "choices"))
    return SpanModel(KINDS, fit_kinds(rows), (LEAST,) * len(KINDS)), SpanModel(("name",), fit_names(choices), (0.0,))


def write(weights, path, classes, least):
    """Write a table of weights."""
    lines = [
        "# Weights of the models of observations (kg/extract/weighing.py, kg/extract/wording.py), trained by bench/train_kind.py.",
        "feature\t" + "\t".join(classes),
        "threshold\t" + "\t".join([str(least)] * len(classes)),
    ]
    lines += [feature + "\t" + "\t".join(f"{w:g}" for w in weights[feature]) for feature in sorted(weights)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("wrote", len(weights), "weights,", path.stat().st_size, "bytes")


def figures(cases, kinds, names):
    """Print by set how many observations are found, and of those found how many have the kind and one of the names of gold."""
    counts = {}
    for case in cases:
        text, count = case.scene.document.text, counts.setdefault(case.group, Counter())
        golds = {e["id"]: kit.Entity(e, text) for e in case.gold["entities"] if e["type"] == "Observation"}
        found = {node["id"]: kit.Entity(node, text) for node in case.read(kinds, names)}
        pairs = kit.pair(list(golds.values()), list(found.values()), kit.RELAXED)
        count.update(gold=len(golds), found=len(found), right=len(pairs))
        for mine, theirs in pairs.items():
            count["near"] += max(kit.similar(a, b) for a in found[mine].names for b in golds[theirs].names) >= kit.RELAXED
            count["kind"] += found[mine].raw["kind"] == golds[theirs].raw["kind"]
            count["name"] += bool(found[mine].names & golds[theirs].names)
    for name, c in sorted(counts.items()):
        right = max(c["right"], 1)
        shares = c["right"] / max(c["found"], 1), c["right"] / max(c["gold"], 1), 2 * c["right"] / max(c["found"] + c["gold"], 1)
        cells = zip(("P", "R", "F1", "kind", "name", "near"), (*shares, *(c[key] / right for key in ("kind", "name", "near"))), strict=True)
        print(f"{name:<12} gold {c['gold']:<5}", " ".join(f"{label} {value:.3f}" for label, value in cells))


def main():
    """Train, show the figures of the texts not learnt from, and write the weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if args.write and not args.all:
        parser.error("--write needs --all: what is shipped learns from everything but the texts set aside")
    domain = load_domain()
    cases = [Case(path, domain) for path in text_paths(())]
    learnt = [c for c in cases if c.group != "aside" and (args.all or not c.group.endswith("-held"))]
    for case in learnt:
        case.teach()
    rows, choices = ([item for case in learnt for item in getattr(case, part)] for part in ("rows", "choices"))
    print(Counter(kind for _, kind in rows), len(choices), "names,", sum(any(right) for _, right in choices), "within reach")
    kinds, names = fit(learnt)
    figures(cases, kinds, names.thousandths)
    if args.write:
        write(kinds.weights, domain.field / "models" / "kinds.tsv", KINDS, LEAST)
        write(names.weights, domain.field / "models" / "names.tsv", ("name",), 0)


if __name__ == "__main__":
    main()
