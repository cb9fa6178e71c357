"""Train the second look (kg/extract/second_look.py): ``python -m bench.train_second [--write]`` (extra ``[train]``).

It learns from what models that have not seen a text take there, and so needs the models of each fold (``--keep``, as ``bench.train_pairs``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.train import gold_spans, load, read_gold, text_paths
from kg.domain import load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract.context import resolve_context
from kg.extract.phrases import first_look, joints, lattice_of
from kg.extract.scene import Scene
from kg.extract.second_look import FEATURES, weigh
from kg.extract.segment import segment

TYPES = ("Measure", "TargetGroup", "Program")
#: Least probabilities, chosen by the left-out figures.
SECOND_THRESHOLDS = ("0.27", "0.26", "0.38")
#: What a made text weighs against a real one.
MADE_WEIGHT = 0.5
STRENGTH = 0.1


class Case:
    """One text's spans as its domain's models take them, with what the second look weighs and whether gold has them."""

    def __init__(self, path, domain):
        self.name = path.stem
        self.weight = MADE_WEIGHT if path.parent.name == "made" else 1.0
        document = load(path, domain)
        segmentation = segment(document, domain)
        scene = Scene(document, segmentation, resolve_context(document, segmentation, domain), domain)
        found = first_look(scene, lattice_of(scene))
        sentences = [sentence.span.start for sentence in segmentation.sentences]
        self.rows, self.labels = {}, {}
        for type_ in TYPES:
            wanted = gold_spans(document, read_gold(path), type_)
            if type_ != "Program":
                wanted |= {(a + 1, b - 1) for a, b in wanted if document.view[a] == "“" and document.view[b - 1] == "”"}
            self.rows[type_] = weigh(found, type_, scene.view, sentences, joints(domain))
            self.labels[type_] = [(taken.span.start, taken.span.end) in wanted for taken in found[type_]]


def fit(cases):
    """Return the model of some texts."""
    columns = []
    for type_ in TYPES:
        rows = np.array([row for case in cases for row in case.rows[type_]])
        labels = [label for case in cases for label in case.labels[type_]]
        weights = [case.weight for case in cases for _ in case.labels[type_]]
        mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
        model = LogisticRegression(C=STRENGTH, max_iter=500).fit((rows - mean) / spread, labels, weights)
        slopes = model.coef_[0] / spread
        columns.append([*slopes, float(model.intercept_[0] - slopes @ mean)])
    held = {name: tuple(round(float(column[n]), 4) for column in columns) for n, name in enumerate([*FEATURES, "B"])}
    return SpanModel(TYPES, held, tuple(map(float, SECOND_THRESHOLDS)))


def cases_by_domain(paths, domains, make):
    """Return what is made of each text and its domain, in the texts' order; domain after domain, as only few scorers are kept."""
    made = {}
    for domain in dict.fromkeys(domains[path.stem] for path in paths):
        made |= {path: make(path, domain) for path in paths if domains[path.stem] is domain}
    return [made[path] for path in paths]


def main():
    from bench.train_pairs import unseen_domains

    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--strength", type=float, default=0.1, help="of the span models")
    ap.add_argument("--weight", type=float, default=1.5)
    ap.add_argument("--keep", type=Path, help="folder that keeps the models of each fold")
    ap.add_argument("--write", action="store_true")
    ap.add_argument("--skip", default="d023,d031,d047,d081,d084")
    args = ap.parse_args()
    paths = text_paths(tuple(filter(None, args.skip.split(","))))
    model = fit(cases_by_domain(paths, unseen_domains(paths, 6, args), Case))
    if args.write:
        path = load_domain().field / "models" / "second.tsv"
        lines = [
            "# Weights of the second look (kg/extract/second_look.py), trained by bench/train_second.py on what unseen texts' models take.",
            "feature\t" + "\t".join(TYPES),
            "threshold\t" + "\t".join(SECOND_THRESHOLDS),
            *(name + "\t" + "\t".join(f"{weight:g}" for weight in model.weights[name]) for name in (*FEATURES, "B")),
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("wrote", path)


if __name__ == "__main__":
    main()
