"""Count why the extraction errs: ``python -m bench.errors DUMP [--folds 6]``.

DUMP holds the left-out records, as ``python -m bench.quality --dump DUMP`` writes them. Each error gets one cause (``bench/causes.py``).
With ``--folds`` the left-out models are trained again (minutes), and what stayed under a threshold is told apart by how far. The
documents of ``ASIDE`` are left out altogether.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench import train
from bench.causes import ASIDE, Case, endings, first_name, missed_entity, missed_relation, wrong_entity, wrong_relation
from kg.domain import load_domain

KINDS = ("missed entity", "wrong entity", "missed relation", "wrong relation")


class Error(NamedTuple):
    """Hold one error: its kind, the type or predicate, why it happened, where, and its words."""

    kind: str
    what: str
    cause: str
    doc: str
    example: str


def causes(golds, found, domain=None, domains=None):
    """Return every error with its cause.

    Args:
        golds: The gold annotations.
        found: Left-out record by document.
        domain: Gives rules and lexicon; the shipped one by default.
        domains: By document the domain whose models have not seen it; tells how far under a threshold something stayed.
    """
    domain = domain or load_domain()
    known = endings(domain)
    out = []
    for gold in golds:
        if not gold["doc"].startswith(ASIDE):
            case = Case(gold, found[gold["doc"]], domain, (domains or {}).get(gold["doc"]))
            out += [Error(kind, what, cause, case.doc, example) for kind, what, cause, example in errors_of(case, known)]
    return out


def errors_of(case, known):
    """Yield kind, type or predicate, cause and words of each error of one document."""
    for e in case.theirs.values():
        if e.id not in case.back:
            yield "missed entity", e.type, missed_entity(case, e, known), first_name(e.raw)
    for n in case.ours.values():
        if n.id not in case.paired:
            yield "wrong entity", n.type, wrong_entity(case, n), first_name(n.raw)
    wanted = {(s, p, o) for s, p, o, *_ in case.gold["relations"]}
    held = {(case.paired.get(s, "?" + s), p, case.paired.get(o, "?" + o)): (s, p, o) for s, p, o in case.edges}
    for s, p, o in sorted(wanted - held.keys()):
        yield "missed relation", p, missed_relation(case, s, p, o), f"{case.label(s)} → {case.label(o)}"
    for key in sorted(held.keys() - wanted):
        s, p, o = held[key]
        yield "wrong relation", p, wrong_relation(case, held[key], wanted), f"{case.label(s)} → {case.label(o)}"


def examples(errors, count=2):
    """Return the first errors as words, of different documents if there are."""
    first = list({e.doc: e for e in reversed(errors)}.values())[::-1]
    chosen = [*first, *(e for e in errors if e not in first)][:count]
    return "; ".join(f"{e.example.replace('|', '/')[:60]} ({e.doc.split('_')[0]})" for e in chosen)


def markdown(errors, most=30):
    """Return the lines of the tables: causes by kind of error, then the most frequent causes by type or predicate, with examples."""
    totals = Counter(e.kind for e in errors)
    lines = [
        "## Why it errs (left out, without the documents set aside)",
        "",
        "| | cause | count | share of its kind |",
        "| --- | --- | --- | --- |",
    ]
    for kind in KINDS:
        counts = Counter(e.cause.split(" (")[0].split(":")[0] for e in errors if e.kind == kind)
        lines += [
            f"| {kind} | {cause} | {n} | {n / totals[kind]:.0%} |" for cause, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))
        ]
    groups: dict[tuple[str, str, str], list[Error]] = {}
    for e in errors:
        groups.setdefault((e.kind, e.what, e.cause), []).append(e)
    ranked = sorted(groups.items(), key=lambda x: (-len(x[1]), x[0]))[:most]
    lines += ["", f"The {len(ranked)} most frequent, by type or predicate:", "", "| | | cause | count | share of its kind | for example |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for (kind, what, cause), held in ranked:
        lines.append(f"| {kind} | {what} | {cause} | {len(held)} | {len(held) / totals[kind]:.1%} | {examples(held)} |")
    return lines


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", type=Path, help="left-out records, made by python -m bench.quality --dump")
    ap.add_argument(
        "--folds", type=int, default=0, help="train the left-out models again in so many folds, the number the dump was made with"
    )
    ap.add_argument("--most", type=int, default=30)
    args = ap.parse_args()
    records = [json.loads(line) for line in args.dump.read_text("utf-8").splitlines()]
    found = {Path(record["doc"]["source"]).stem: record for record in records}
    golds = [json.loads((train.EVAL / "gold" / f"{name}.json").read_text("utf-8")) for name in sorted(found) if not name.startswith(ASIDE)]
    domains = None
    if args.folds:
        from bench.ablation import unseen

        domains = unseen(args.folds)
    print("\n".join(markdown(causes(golds, found, domains=domains), args.most)))


if __name__ == "__main__":
    main()
