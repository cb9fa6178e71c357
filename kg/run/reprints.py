"""Tell texts that are nearly another's: a reprint with a header of its own, other blanks, a sentence less.

Each text is known by a sketch, the smallest hashes of its sentences; what two sketches share is about the share of sentences that the texts do.

Source: A. Broder, On the resemblance and containment of documents (1997).
"""

from __future__ import annotations

import hashlib
import re
from array import array

from kg.model import Finding

#: Hashes of a sketch; how many of them lead to other texts; characters of a sentence that tells something; share from which on it is a reprint.
_HASHES, _LEADS = 8, 2
_SHORTEST = 8
_NEAR = 0.8
#: Sentences that a text must have: two short ones may be alike by chance.
_FEWEST = 5
_ENDS = re.compile("[。！？；!?;\n]")


def sketch(text: str) -> tuple[int, ...]:
    """Return the smallest hashes of the sentences of a text, punctuation and blanks left out, in ascending order; none of a short text."""
    sentences = {kept for part in _ENDS.split(text) if len(kept := "".join(filter(str.isalnum, part))) >= _SHORTEST}
    hashes = sorted(int.from_bytes(hashlib.blake2b(each.encode(), digest_size=8).digest(), "big") for each in sentences)
    return tuple(hashes[:_HASHES]) if len(hashes) >= _FEWEST else ()


class Reprints:
    """Know the sketches of the texts so far, in some hundred bytes a text."""

    def __init__(self) -> None:
        self._sketches = array("Q")
        self._ends = array("Q", [0])
        self._sources: list[str] = []
        self._first: dict[int, int] = {}

    def finding(self, source: str, made: tuple[int, ...]) -> Finding | None:
        """Return the finding that a text is nearly an earlier one, if it is; the text is known from then on."""
        leads = made[:_LEADS]
        near = [(self._share(made, number), -number) for number in {self._first[each] for each in leads if each in self._first}]
        for each in leads:
            self._first.setdefault(each, len(self._sources))
        self._sources.append(source)
        self._sketches.extend(made)
        self._ends.append(len(self._sketches))
        share, number = max(near, default=(0.0, 0))
        if share < _NEAR:
            return None
        message = f"is nearly the text of {self._sources[-number]}: about {share:.0%} of their sentences are the same"
        return Finding("info", "reprint", source, message)

    def _share(self, made: tuple[int, ...], number: int) -> float:
        other = self._sketches[self._ends[number] : self._ends[number + 1]]
        smallest = sorted({*made, *other})[: max(len(made), len(other))]
        return len({*smallest} & {*made} & {*other}) / len(smallest)
