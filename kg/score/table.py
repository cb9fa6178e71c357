"""Print the figures as the evaluation kit's scorer does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def as_table(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that the kit's scorer prints."""
    for title, key in (("entities, strict", "entities_strict"), ("entities, relaxed", "entities_relaxed"), ("relations", "relations")):
        yield f"{title:<20} {'P':>7} {'R':>7} {'F1':>7} {'tp':>6} {'pred':>6} {'gold':>6}"
        for name, row in result[key].items():
            yield f"  {name:<18} {row['p']:7.3f} {row['r']:7.3f} {row['f1']:7.3f} {row['tp']:6d} {row['pred']:6d} {row['gold']:6d}"
    yield f"{'document':<44} {'strict':>7} {'relaxed':>7} {'core':>7} {'relat.':>7}"
    for row in result["per_doc"]:
        relations = "      -" if row["relations"] is None else f"{row['relations']:7.3f}"
        yield f"  {row['doc']:<42} {row['strict']:7.3f} {row['relaxed']:7.3f} {row['core']:7.3f} {relations}"
    if result["missing_docs"]:
        yield "no record for: " + ", ".join(result["missing_docs"])
    for kind, rows in result.get("errors", {}).items():
        yield f"-- {kind}"
        yield from (f"   {row}" for row in rows)
    yield (
        f"docs {result['docs']}  mean F1: entities strict {result['mean_strict_f1']:.3f} relaxed {result['mean_relaxed_f1']:.3f}  core four "
        f"relaxed {result['mean_core_f1']:.3f}  relations {result['mean_relations_f1']:.3f}  canonical names {result['canonical_names']:.3f}  "
        f"grounded {result['grounded']:.3f}"
    )
