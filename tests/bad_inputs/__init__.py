"""The table of bad inputs: a generator for every case, with what must become of it (``docs/reliability.md`` shows it)."""

from __future__ import annotations

from . import archives, encodings, files, hostile, markup, tables
from .case import TABLE, Act, Outcome, Table, Variant, markdown

__all__ = ["TABLE", "Act", "Outcome", "Table", "Variant", "archives", "encodings", "files", "hostile", "markdown", "markup", "tables"]
