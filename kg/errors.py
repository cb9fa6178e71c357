"""Define what can go wrong, each with where it happened, what it is and what to do."""

from __future__ import annotations


class KgError(Exception):
    """Carry one message of the form ``where: what — hint``.

    Args:
        where: File, file:line or object that the error is about.
        what: What is wrong, in one clause.
        hint: What the user can do about it.
    """

    exit_code = 2

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        self.where, self.what, self.hint = where, what, hint
        super().__init__(f"{where}: {what}" + (f" — {hint}" if hint else ""))


class DomainError(KgError):
    """Report a fault in the files under ``ontology/`` or in a user's lexicon."""


class UsageError(KgError):
    """Report a command or call that cannot be carried out as given."""


class InputError(KgError):
    """Report an input that cannot be read; a build quarantines it and goes on.

    Args:
        code: Short code of the case, as in the table of bad inputs (``empty``, ``binary``, ``io`` …).
    """

    def __init__(self, where: str, what: str, hint: str = "", *, code: str = "input") -> None:
        super().__init__(where, what, hint)
        self.code = code


class OutputError(KgError):
    """Report an output that cannot be written; what stood there before is untouched."""

    exit_code = 4


class QueryError(KgError):
    """Report a query that does not parse or names something that does not exist."""
