"""Weigh decodings by how many of their characters are common ones."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

#: What pages call an encoding, and what its bytes are in practice.
_PRACTICE = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs", "cp936": "gb18030"}
_CODECS = ("gb18030", "big5hkscs")
#: Bytes of the longest character of these encodings.
_LONGEST = 4
#: How far apart two shares may be for a declared label to decide.
_TIE = 0.05
#: A file is mixed when each of two encodings holds at least this share of its non-ASCII bytes.
_MIXED = 0.1
_GOOD = 0.6


_HAN = re.compile(r"[\u3400-\u9fff]")
#: The three bytes of a Chinese character in UTF-8, each read as a character of Latin-1 or Windows-1252.
_LATIN_TRIPLE = re.compile(
    r"[\xe3-\xe9](?:[\x80-\xbf]|[\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]){2}"
)
_FEWEST_TRIPLES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold one way to decode a file.

    Attributes:
        share: Share of common characters among those beyond ASCII.
        bad: Number of places that became U+FFFD.
    """

    encoding: str
    text: str
    share: float
    bad: int = 0


def practical_name(label: str) -> str | None:
    """Return the encoding that a label means in practice, None for one that Python does not know.

    >>> practical_name("GB2312")
    'gb18030'
    """
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # the latter for a label with a null character in it
        return None
    return _PRACTICE.get(name, name)


def score(text: str, common: frozenset[str]) -> float:
    """Return the share of common characters among those beyond ASCII; for pure ASCII the share of printable ones."""
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return sum(character.isprintable() or character in "\t\r\n" for character in text) / max(1, len(text))
    return sum(character in common for character in beyond) / len(beyond)


def candidates(data: bytes, common: frozenset[str], label: str | None) -> list[Candidate]:
    """Return the strict decodings, best first; a file cut inside its last character still counts."""
    found = []
    for encoding in _CODECS:
        try:
            found.append(_scored(encoding, data.decode(encoding), common))
        except UnicodeDecodeError as error:
            if error.start >= len(data) - (_LONGEST - 1) and "incomplete" in error.reason:
                found.append(_scored(encoding, data[: error.start].decode(encoding) + "\ufffd", common))
    declared = practical_name(label) if label else None
    return sorted(found, key=lambda one: one.share + (_TIE if one.encoding == declared else 0.0), reverse=True)


def _scored(encoding: str, text: str, common: frozenset[str]) -> Candidate:
    return Candidate(encoding, text, score(text, common), text.count("\ufffd"))


def mixed(data: bytes, common: frozenset[str]) -> bool:
    """Tell whether some lines are Chinese in UTF-8 and others Chinese in GB18030 or Big5."""
    utf8 = other = 0
    for line in data.splitlines():
        high = sum(byte > 0x7F for byte in line)  # noqa: PLR2004 - the last ASCII byte
        if not high:
            continue
        try:
            utf8 += high if score(line.decode("utf-8"), common) >= _GOOD else 0
        except UnicodeDecodeError:
            ranked = candidates(line, common, None)
            if ranked and ranked[0].share >= _GOOD:
                other += high
            else:
                first, second = _crossing(line, common)
                utf8 += first
                other += second
    total = utf8 + other
    return bool(total) and min(utf8, other) >= _MIXED * total


def _crossing(line: bytes, common: frozenset[str]) -> tuple[int, int]:
    """Return how many bytes of a line are UTF-8 and how many another encoding, if it goes over from one to the other; else 0, 0."""
    whole = line.decode("utf-8", errors="replace")
    before, after = whole.partition("\ufffd")[0], whole.rpartition("\ufffd")[2]
    start, end = len(before.encode()), len(line) - len(after.encode())
    for text, rest in ((before, line[start:]), (after, line[:end])):
        ranked = candidates(rest, common, None)
        if score(text, common) >= _GOOD and not text.isascii() and ranked and ranked[0].share >= _GOOD:
            return len(text.encode()), len(rest)
    return 0, 0


def is_mojibake(text: str) -> bool:
    """Tell whether most of a text beyond ASCII is UTF-8 that was decoded as Latin-1 or Windows-1252 and saved so.

    >>> is_mojibake("辽宁省人社厅发放补贴".encode().decode("latin-1"))
    True
    """
    triples = len(_LATIN_TRIPLE.findall(text))
    beyond = sum(character > "\x7f" for character in text)
    return triples >= _FEWEST_TRIPLES and 2 * 3 * triples >= beyond and len(_HAN.findall(text)) < triples
