"""Measure what each finder and rule group adds: ``python -m bench.ablation [--folds 6 [--silver]] [--only WORD]``.

The pipeline runs with one part switched off at a time, over the documents with gold but those of ``ASIDE``; the table gives the change
against the whole. Without ``--folds`` the shipped models run, which have been trained on these documents and are therefore trusted
too much; with it every document gets models that have not seen it (trained once, minutes). The models are not trained again without
the part, so that what leans on it is lost with it; only ``--silver`` trains again, without the texts that we annotated ourselves.
Switches replace parts of ``kg`` while they are on; ``kg`` itself knows nothing of them.
"""

from __future__ import annotations

import argparse
import importlib
import json
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from bench import train, train_pairs
from bench.causes import ASIDE
from kg.domain import Domain, load_domain
from kg.domain.spanmodel import SpanModel
from kg.extract import extract
from kg.extract.relate import _PLACE_NAMES
from kg.extract.scorer import Scorer

MEASURES = ("relaxed", "core", "strict", "relations")
#: What bench/quality.py trains with.
SETTINGS = SimpleNamespace(strength=0.1, weight=1.5, pair_strength=0.012, pair_weight=1.2, keep=None)


# Each of these takes what a switch replaces and returns what stands there while the part is off.


def nothing(_):
    return lambda *_, **__: []


def no_headings(_):
    return lambda *_: ()


def no_prefix(_):
    return lambda *_, **__: ""


def without_places(*names):
    """Leave out the pairs whose other end stands in some places."""

    def replacement(whole):
        def pairs(self, judgements=None):
            for pair in whole(self, judgements):
                if _PLACE_NAMES.get(pair.place, "inside") not in names:
                    yield pair

        return pairs

    return replacement


def without_basis(whole):
    return lambda *arguments: whole(*arguments[:4], [])


def without_headings(whole):
    return lambda tokens, vocabulary, _, known=(): whole(tokens, vocabulary, [], known)


def without_lexicon(whole):
    return lambda *arguments: whole(*arguments[:3])


def without_network(_):
    return lru_cache(maxsize=8)(lambda domain: Scorer(domain.span_model))


def first_only(_):
    """Take what the first look takes from the probabilities on that were best without a second one."""
    least = {"Measure": 0.21, "TargetGroup": 0.24, "Program": 0.25}
    return lambda found, *_: {kind: [each for each in held if each.probability >= least.get(kind, 0.0)] for kind, held in found.items()}


def unjoined(_):
    return lambda mentions, _: list(mentions)


def unswallowed(whole):
    return lambda found, _: whole(found, [])


_EXTRACT = "kg.extract."
#: Part to what replaces what: module and attribute, and what makes the replacement.
SWITCHES = {
    "finder: documents": [("documents.find_documents", nothing)],
    "finder: agencies": [("agencies.find_agencies", nothing)],
    "finder: programs, groups, measures": [("phrases.find_phrases", nothing)],
    "finder: regions": [("regions.find_regions", nothing)],
    "finder: observations": [("observations.find_observations", nothing)],
    "agencies: departments composed of region and kind": [("agency_grammar._departments", nothing)],
    "agencies: governments, Party, congresses, mass bodies": [
        (f"agency_grammar.{name}", nothing) for name in ("governments_hits", "parties_hits", "congresses_hits", "mass_hits")
    ],
    "agencies: known by name (lexicon)": [("agency_grammar._known", nothing)],
    "agencies: region in the name (registry composition)": [("agency_names.prefix", no_prefix)],
    "agencies: institutions, alliances": [("agencies._institutions", nothing)],
    "agencies: bodies that deliver": [("agencies._deliverers", nothing)],
    "agencies: mass bodies without region": [("agencies._bare_mass", nothing)],
    "agencies: open names, lists of responsibility": [(f"agencies.{name}", nothing) for name in ("open_hits", "listed_hits")],
    "agencies: found by the span model": [("agency_spans.find_further_agencies", nothing)],
    "agencies: deixis": [("agencies._own_words", nothing)],
    "agencies: short names, collective words": [(f"agencies.{name}", nothing) for name in ("_short_names", "_collective")],
    "agencies: issuers inside titles and numbers": [("agencies._document_issuers", nothing)],
    "phrases: lexicon features of the span model": [("phrases.make_lattice", without_lexicon)],
    "phrases: network": [("phrases._scorer", without_network)],
    "phrases: second look": [("phrases.look_again", first_only)],
    "phrases: variants of a measure's name": [("phrases.join_variants", unjoined)],
    "phrases: short forms of programs": [("phrases.settle_programs", lambda _: lambda mentions, *_: list(mentions))],
    "phrases: programs of the lexicon": [("phrases._by_lexicon", nothing)],
    "phrases: swallowed by documents and agencies": [("phrases.settle", unswallowed)],
    "headings: feature of the span model": [("phrases.make_lattice", without_headings)],
    "headings: all that hold for a sentence": [("segment.Segmentation.headings", no_headings)],
    "pairs: place `heading`": [("pairs.Layout.pairs", without_places("heading"))],
    "pairs: place `before`": [("pairs.Layout.pairs", without_places("before"))],
    "pairs: place `lead`": [("pairs.Layout.pairs", without_places("lead"))],
    "pairs: place `duties`": [("pairs.Layout.pairs", without_places("duties"))],
    "pairs: place `own`": [("pairs.Layout.pairs", without_places("document"))],
    "pairs: all places above": [("pairs.Layout.pairs", without_places("heading", "before", "lead", "duties", "document"))],
    "pairs: what rules say of documents and numbers": [("relate.make_layout", without_basis)],
    "relations: parts": [("parts.relate_parts", nothing)],
    "relations: documents": [("documents.relate_documents", nothing)],
    "relations: who joined whom": [("relate._roles", nothing)],
}


@contextmanager
def switched_off(part):
    """Run with a part switched off."""
    with ExitStack() as stack:
        for target, make in SWITCHES[part]:
            module, _, rest = target.partition(".")
            owner = importlib.import_module(_EXTRACT + module)
            *inner, name = rest.split(".")
            for one in inner:
                owner = getattr(owner, one)
            stack.enter_context(patch.object(owner, name, make(getattr(owner, name))))
        yield


def run(golds, domain_of):
    """Return the scores of all documents, the same domain's documents one after the other (its scorer is kept)."""
    kit = train_pairs.scorer()
    names = sorted((gold["doc"] for gold in golds), key=lambda name: (id(domain_of(name)), name))
    found = {}
    for name in names:
        domain = domain_of(name)
        found[name] = extract(train.load(train.EVAL / "texts" / f"{name}.txt", domain), domain)
    out = kit.score(golds, found, train.EVAL / "texts")
    return {m: out[f"mean_{m}_f1"] for m in MEASURES} | {"names": out["canonical_names"]}


def ablate(golds, domain_of, only=""):
    """Return the scores of the whole pipeline (under the empty name) and without each part.

    Args:
        golds: The gold annotations.
        domain_of: Gives the domain of a document by its name: the shipped one, or one whose models have not seen it.
        only: Words that the names of the parts must hold.
    """
    out = {"": run(golds, domain_of)}
    for part in SWITCHES:
        if only in part:
            with switched_off(part):
                out[part] = run(golds, domain_of)
    return out


def unseen(folds, args=SETTINGS, *, silver=True):
    """Return for each text with gold a domain whose span and pair models have not seen it (as bench/quality.py's left-out records)."""
    shipped = load_domain()
    training = [path for path in train.text_paths(ASIDE) if silver or path.parent.name == "texts"]
    domains = train_pairs.unseen_domains(training, folds, args)
    cases = [train_pairs.Case(path, domains[path.stem], found=True) for path in training]
    for fold in range(folds):
        out = {path.stem for path in training[fold::folds]}
        pairs = train_pairs.train([c for c in cases if c.name not in out], args.pair_strength, args.pair_weight)
        domain: Domain = domains[next(iter(out))]
        plain = {"slope": (1.0,) * len(train_pairs.PREDICATES), "shift": (0.0,) * len(train_pairs.PREDICATES)}
        domain.__dict__["pair_model"] = SpanModel(train_pairs.PREDICATES, pairs | plain, shipped.pair_model.thresholds)
    return domains


def markdown(out, label):
    """Return the lines of the table: the whole, then the change without each part, in thousandths."""
    whole = out[""]
    lines = [f"## What each part adds ({label})", "", "Change in thousandths of F1 when the part is switched off; mean over documents.", ""]
    lines += ["| without | relaxed | core four | strict | relations | canonical names |", "| --- | --- | --- | --- | --- | --- |"]
    lines.append(f"| *(the whole)* | {' | '.join(f'{value:.3f}' for value in whole.values())} |")
    for part, scores in out.items():
        if part:
            cells = [round(1000 * (scores[m] - whole[m])) for m in whole]
            lines.append(f"| {part} | {' | '.join(f'{cell:+d}' if cell else '0' for cell in cells)} |")
    return lines


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--folds", type=int, default=0, help="use models that have not seen the document, trained in so many folds")
    ap.add_argument("--silver", action="store_true", help="train also on the texts with gold only (needs --folds)")
    ap.add_argument("--keep", type=Path, help="folder that keeps the models of each fold")
    ap.add_argument("--only", default="", help="only the parts whose names hold this")
    args = ap.parse_args()
    if args.silver and not args.folds:
        ap.error("--silver needs --folds")
    paths = sorted(path for path in (train.EVAL / "gold").glob("*.json") if not path.stem.startswith(ASIDE))
    golds = [json.loads(path.read_text("utf-8")) for path in paths]
    shipped = load_domain()
    SETTINGS.keep = args.keep
    domains = unseen(args.folds) if args.folds else {}
    out = ablate(golds, lambda name: domains.get(name, shipped), args.only)
    if args.silver:
        SETTINGS.keep = None
        domains = unseen(args.folds, silver=False)
        out["training: texts that we annotated or made"] = run(golds, domains.__getitem__)
    print("\n".join(markdown(out, f"left out, {args.folds} folds" if args.folds else "shipped models, documents seen in training")))


if __name__ == "__main__":
    main()
