"""Write the golden results of the named questions on ``exports/`` anew.

    python scripts/refresh_golden.py

Read the difference before committing it: a golden result is what a person found right.
"""

from __future__ import annotations

from pathlib import Path

from kg.domain import load_domain
from kg.store.query import open_graph, run_query
from kg.store.questions import load_questions
from kg.store.results import to_csv

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "queries"


def main() -> None:
    """Write one file a question; files of questions that are gone are removed."""
    domain = load_domain()
    graph = open_graph(ROOT / "exports", domain)
    questions = load_questions(domain.field / "queries")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in sorted(GOLDEN.glob("*.csv")):
        if path.stem not in questions:
            path.unlink()
    for name, question in questions.items():
        written = to_csv(run_query(graph, question.text, name))
        (GOLDEN / f"{name}.csv").write_bytes(written.encode())
        rows = len(written.splitlines()) - 1
        print(f"{name}: {rows} rows{'' if rows or question.empty_on_seeds else '  <- add # empty-on-seeds: reason'}")


if __name__ == "__main__":
    main()
