r"""Decode bytes as Chinese texts come, and tell every doubt instead of guessing silently.

Order: byte-order mark, NUL pattern (UTF-16, UTF-32 without a mark), strict UTF-8, UTF-8 with a few bad bytes, then GB18030 and Big5 by the share
of common characters, a declared label deciding ties, last UTF-16 without any NUL. Big5 decodes strictly as GB18030 more often than not, so only the
characters tell the two apart: rightly decoded text has 80 to 95 % common ones, wrongly decoded text less than 20 %.

Source: the table of bad inputs, rows 11 to 26; https://encoding.spec.whatwg.org/ for the names.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from kg.errors import InputError
from kg.model import Finding
from kg.read.plausible import Candidate, candidates, is_mojibake, mixed, practical_name, score

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
#: Share of undecodable bytes up to which a text is still taken.
_BAD_SHARE = 0.01
#: Share of NULs up to which they are removed; above, the file is binary.
_NUL_SHARE = 0.001
#: Below this many bytes the share of common characters is chance.
_SHORT = 40
_GOOD, _AHEAD = 0.6, 0.15

_SURROGATE = re.compile("[\ud800-\udfff]")
_DOUBTFUL = (
    ("control-characters", re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"), "control characters"),
    ("bidi", re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]"), "bidirectional control characters"),
    ("zero-width", re.compile("[\u200b-\u200d\u2060\ufeff]"), "zero-width characters"),
    ("private-use", re.compile("[\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"), "private-use or unassigned characters"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold a text out of bytes, the encoding that was used, and what was doubtful."""

    text: str
    encoding: str
    findings: tuple[Finding, ...] = ()
    html: bool = False


def decode(data: bytes, where: str, common: frozenset[str], label: str | None = None) -> Decoded:
    r"""Decode bytes; line ends become ``\n``, NULs go, bytes that fit nowhere become U+FFFD, each with a finding.

    Args:
        data: The file's bytes.
        where: The file's name for messages.
        common: The commonest characters (``kg.domain.encodings``).
        label: An encoding that the file declares itself; decides between equally plausible ones only.

    Raises:
        InputError: ``empty``, ``binary``, ``mixed-encoding`` or ``undecodable``.
    """
    findings: list[Finding] = []
    best = _choose(data, where, common, label, findings)
    return Decoded(clean(best.text.removeprefix("\ufeff"), where, findings), best.encoding, tuple(findings))


def clean(text: str, where: str, findings: list[Finding]) -> str:
    r"""Return a text with line ends as ``\n``, without NULs and lone surrogates; what is doubtful is added to the findings.

    Raises:
        InputError: ``empty`` or ``binary``.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _without_nul(text, where, findings)
    lone = len(_SURROGATE.findall(text))
    if lone:
        findings.append(Finding("warning", "surrogate", where, f"{lone} halves of a character became U+FFFD"))
        text = _SURROGATE.sub("\ufffd", text)
    if not text.strip():
        raise InputError(where, "holds no text, only blanks", "leave it out, or download it again", code="empty")
    for code, pattern, what in _DOUBTFUL:
        count = len(pattern.findall(text))
        if count:
            findings.append(Finding("warning", code, where, f"{count} {what}, kept in the text and left out of names"))
    if is_mojibake(text):
        hint = "it was decoded wrongly before it was saved; download it again"
        findings.append(Finding("warning", "mojibake", where, f"reads like UTF-8 taken for Latin-1: {hint}"))
    return text


def _choose(data: bytes, where: str, common: frozenset[str], label: str | None, findings: list[Finding]) -> Candidate:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _tolerant(data[len(mark) :], encoding, where, findings)
    if b"\x00" in data:
        wide = _wide(data, common, _allowed_wide(data))
        if wide:
            findings.append(Finding("warning", "encoding-guess", where, f"read as {wide.encoding}: no byte-order mark, by its NUL bytes"))
            return wide
        zeros = data.count(b"\x00")
        if zeros > _NUL_SHARE * len(data):
            what = f"is binary ({zeros:,} NUL bytes of {len(data):,})"
            raise InputError(where, what, "convert it to text", code="binary")
    try:
        return Candidate("utf-8", data.decode("utf-8"), 1.0)
    except UnicodeDecodeError:
        return _not_utf8(data, where, common, label, findings)


def _not_utf8(data: bytes, where: str, common: frozenset[str], label: str | None, findings: list[Finding]) -> Candidate:
    """Decide between damaged UTF-8, GB18030, Big5 and UTF-16 without a mark."""
    damaged = data.decode("utf-8", errors="replace")
    good, high = _count_utf8(damaged), sum(byte > 0x7F for byte in data)  # noqa: PLR2004 - the last ASCII byte
    if good >= (1 - 5 * _BAD_SHARE) * high and (good > 0 or high <= _BAD_SHARE * len(data)):
        return _tolerant(data, "utf-8", where, findings)
    if mixed(data, common):
        hint = "convert each half on its own, or download it again"
        raise InputError(where, "is partly UTF-8 and partly another encoding", hint, code="mixed-encoding")
    ranked = candidates(data, common, label)
    if not ranked or ranked[0].share < _GOOD:
        wide = _wide(data, common, ("utf-16-le", "utf-16-be")) if len(data) % 2 == 0 else None
        if wide:
            findings.append(Finding("warning", "encoding-guess", where, f"read as {wide.encoding}: no byte-order mark, by its characters"))
            return wide
    if not ranked:
        return _damaged_chinese(data, where, common, findings)
    best = ranked[0]
    if best.bad:
        findings.append(_bad_bytes(best, where))
    ahead = best.share - max((other.share for other in ranked[1:]), default=0.0)
    if best.share < _GOOD or ahead < _AHEAD or len(data) < _SHORT:
        how = f"{best.share:.0%} of its characters are common ones"
        findings.append(Finding("warning", "encoding-guess", where, f"read as {best.encoding}: {how}; save it as UTF-8 to be sure"))
    elif label and practical_name(label) not in {best.encoding, None}:
        findings.append(Finding("info", "encoding-label", where, f"declares {label}, but its bytes are {best.encoding}"))
    return best


def _count_utf8(damaged: str) -> int:
    """Return how many bytes of the text are parts of well-formed non-ASCII sequences."""
    return len("".join(character for character in damaged if character > "\x7f" and character != "\ufffd").encode())


def _tolerant(data: bytes, encoding: str, where: str, findings: list[Finding]) -> Candidate:
    """Decode with U+FFFD for what does not fit, if that is little.

    Raises:
        InputError: ``undecodable``.
    """
    try:
        return Candidate(encoding, data.decode(encoding), 1.0)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    bad = text.count("\ufffd") - data.count("\ufffd".encode(encoding))
    if bad == 1 and text.endswith("\ufffd"):
        findings.append(Finding("warning", "truncated", where, "ends in the middle of a character, which became U+FFFD"))
    elif bad > _BAD_SHARE * len(text):
        what = f"{bad:,} places that are no {encoding}"
        raise InputError(where, what, "download it again, or save it as UTF-8", code="undecodable")
    else:
        findings.append(Finding("warning", "undecodable", where, f"{bad} places are no {encoding} and became U+FFFD"))
    return Candidate(encoding, text, 1.0, bad)


def _damaged_chinese(data: bytes, where: str, common: frozenset[str], findings: list[Finding]) -> Candidate:
    """Take GB18030 or Big5 with a few bad bytes, when neither decodes strictly."""
    tries = []
    for encoding in ("gb18030", "big5hkscs"):
        text = data.decode(encoding, errors="replace")
        tries.append(Candidate(encoding, text, score(text, common), text.count("\ufffd")))
    best = max(tries, key=lambda one: one.share)
    if best.bad > _BAD_SHARE * len(best.text) or best.share < _GOOD:
        raise InputError(where, "is in no encoding that kg knows", "save it as UTF-8", code="undecodable")
    findings.append(_bad_bytes(best, where))
    return best


def _bad_bytes(one: Candidate, where: str) -> Finding:
    if one.bad == 1 and one.text.endswith("\ufffd"):
        return Finding("warning", "truncated", where, "ends in the middle of a character, which became U+FFFD")
    return Finding("warning", "undecodable", where, f"{one.bad} places are no {one.encoding} and became U+FFFD")


def _allowed_wide(data: bytes) -> tuple[str, ...]:
    """Return the wide encodings that the positions of the NULs allow, the likelier first."""
    found: list[str] = []
    if len(data) % 4 == 0:
        found += ["utf-32-le", "utf-32-be"]
    if len(data) % 2 == 0:
        odd, even = data[1::2].count(0), data[0::2].count(0)
        found += ["utf-16-le", "utf-16-be"] if odd >= even else ["utf-16-be", "utf-16-le"]
    return tuple(found)


def _wide(data: bytes, common: frozenset[str], encodings: tuple[str, ...]) -> Candidate | None:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        share = score(text, common)
        if "\x00" not in text and share >= _GOOD:
            return Candidate(encoding, text, share)
    return None


def _without_nul(text: str, where: str, findings: list[Finding]) -> str:
    count = text.count("\x00")
    if not count:
        return text
    if count > _NUL_SHARE * len(text):
        raise InputError(where, f"is binary ({count:,} NUL characters of {len(text):,})", "convert it to text", code="binary")
    findings.append(Finding("warning", "nul", where, f"{count} NUL characters removed"))
    return text.replace("\x00", "")
