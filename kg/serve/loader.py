"""Copy a graph into a store on disk; run as ``python -m kg.serve.loader`` with an order on standard input.

The answer on standard output is one JSON object: ``prefixes``, or ``error`` (where, what, hint) and ``exit``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kg.errors import KgError, OutputError, UsageError


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Make the copy.

    Args:
        order: ``source``, ``domain`` (or None) and ``folder``, which exists and is empty.

    Raises:
        KgError: The source cannot be read, or the copy not written.
    """
    from pyoxigraph import Store

    from kg.domain import load_domain
    from kg.store.query import fill, known_prefixes, stored_file

    source, folder = stored_file(Path(order["source"])), Path(order["folder"])
    domain = load_domain(Path(order["domain"]) if order["domain"] else None)
    try:
        source.open("rb").close()
    except OSError as error:
        raise UsageError(str(source), f"cannot be read ({error.strerror})", "check its permissions") from error
    try:
        store = Store(str(folder / "store"))
        fill(store, source, domain)
        store.flush()
    except (OSError, KgError) as error:
        if not isinstance(error, OSError) and not isinstance(error.__cause__, OSError):
            raise
        cause = error if isinstance(error, OSError) else error.__cause__
        raise OutputError(str(folder), f"cannot be written ({cause})", "set TMPDIR to a folder with space") from error
    return {"prefixes": known_prefixes(domain)}


def main() -> None:
    """Read the order, carry it out, say how it went."""
    try:
        told = load(json.load(sys.stdin))
    except KgError as error:
        told = {"error": [error.where, error.what, error.hint], "exit": error.exit_code}
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode())


if __name__ == "__main__":
    main()
