"""Write the table of bad inputs in docs/reliability.md from the cases that the tests run; ``--check`` only compares.

Run from the checkout: ``python scripts/reliability_table.py``. Exit 1 if ``--check`` finds another table in the document.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- table: scripts/reliability_table.py writes it -->\n", "<!-- end of the table -->\n"


def table() -> str:
    """Return the table of the cases under ``tests/bad_inputs``."""
    sys.path.insert(0, str(ROOT / "tests"))
    bad_inputs = importlib.import_module("bad_inputs")
    return str(bad_inputs.markdown(bad_inputs.TABLE))


def main() -> int:
    """Write or compare the table; return the exit code."""
    before = PAGE.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        print(f"{PAGE.relative_to(ROOT)}: the marks of the table are missing")
        return 1
    after = f"{head}{BEGIN}\n{table()}\n{END}{tail}"
    if "--check" in sys.argv[1:]:
        if after != before:
            print(f"{PAGE.relative_to(ROOT)}: the table is not that of tests/bad_inputs: run scripts/reliability_table.py")
        return int(after != before)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
