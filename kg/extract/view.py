"""Make the view of a text that patterns are matched on, with the way back to the text.

The view folds the script, masks markup, drops zero-width characters and takes out line breaks that only wrap a line. What it
leaves out is only left out of matching: offsets of the record always point into the text as read.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from kg.model import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.domain import Domain
    from kg.model import Finding

#: The first whole numbers, to take runs of offsets from.
_OFFSETS = array("q", range(1 << 15))
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
#: Blanks that only separate a number or a sign from the Chinese around it.
_LOOSE_BLANK = re.compile(
    rf" (?:(?<=[{_CJK}] )(?=[0-9%(])|(?<=[0-9%)] )(?=[{_CJK}])|(?<=[(“《] )(?=[{_CJK}0-9])|(?<=[{_CJK}0-9] )(?=[)”》]))"
)
_CHINESE = re.compile(f"[{_CJK}]")
_LINE = re.compile(r"[^\n]+")
#: What a text holds that has anything to mask.
_MARKED = ("&", "<", "\\", "://")
_REWRITTEN = _MARKED[1:]
_TITLE = re.compile(r"《[^《》\n]{2,120}》")
_STRAIGHT = re.compile(r'(?<!\\)"([^"\n,:;。{}\[\]]{1,30})"')
_ESCAPED = re.compile(r"\\u([2-9a-fA-F][0-9a-fA-F]{3})")
_SENTENCE_END = frozenset("。!?;:…”》)")
#: A text is taken as hard-wrapped when this share of its longer lines has nearly one length, and this share does not end a sentence.
_WRAPPED_SHARE = 0.35
_ALIKE = 4
_SHORT_LINE = 12
#: In a wrapped text hardly a line is much wider than the others.
_WIDER = 1.6
_WIDER_SHARE = 0.1
_LONGEST_WRAPPED = 75
_FEWEST_LINES = 12


class ReadText(Protocol):
    """Say what a reader hands on (``kg.read.RawText`` has it)."""

    @property
    def source(self) -> str: ...  # noqa: D102 - see kg.read.RawText
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def metadata(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def findings(self) -> Sequence[Finding]: ...  # noqa: D102


def text_document(text: str, domain: Domain, source: str = "text", metadata: Mapping[str, str] | None = None) -> Document:
    """Return the document of a string that no reader has read; its id comes from the string's UTF-8 bytes."""
    view, origin = make_view(text, domain)
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(f"text/{sha256[:16]}", source, sha256, text, view, origin, metadata=dict(metadata or {}))


def make_document(raw: ReadText, domain: Domain) -> Document:
    """Return the document of a text as read: its view, the way back, and everything the reader found.

    Args:
        raw: Text with its source, encoding and findings.
        domain: Gives the fold and the markup that is masked.
    """
    view, origin = make_view(raw.text, domain)
    return Document(
        id=f"text/{raw.sha256[:16]}",
        source=raw.source,
        sha256=raw.sha256,
        text=raw.text,
        view=view,
        origin=origin,
        encoding=raw.encoding,
        metadata=raw.metadata,
        findings=tuple(raw.findings),
    )


def make_view(text: str, domain: Domain) -> tuple[str, array[int]]:
    r"""Return the view of a text and, for each of its code points, the offset in the text.

    >>> from kg.domain import load_domain
    >>> view, origin = make_view("<p>技能遼寧\u200b行動</p>", load_domain())
    >>> view.strip(), origin[view.index("行")]
    ('技能辽宁行动', 8)
    """
    keep = bytearray(b"\x01") * len(text)
    folded = _quote(_mask(domain.fold(text), keep, domain))
    for match in _ZERO_WIDTH.finditer(text):
        keep[match.start()] = 0
    _unwrap(folded, keep)
    for match in _LOOSE_BLANK.finditer(folded):
        keep[match.start()] = 0
    for match in _TITLE.finditer(folded):
        if " " in match.group():
            for offset in range(match.start(), match.end()):
                if folded[offset] == " ":
                    keep[offset] = 0
    return _kept(folded, keep)


def _kept(folded: str, keep: bytearray) -> tuple[str, array[int]]:
    """Return what is kept of a text and its offsets, a run at a time."""
    parts, origin = [], array("q")
    start = keep.find(1)
    while start >= 0:
        end = keep.find(0, start)
        end = len(keep) if end < 0 else end
        parts.append(folded[start:end])
        origin.extend(_OFFSETS[start:end] if end <= len(_OFFSETS) else array("q", range(start, end)))
        start = keep.find(1, end)
    return "".join(parts), origin


def to_view(origin: array[int], offset: int) -> int:
    """Return the offset in the view that stands at or after an offset of the text."""
    return bisect_left(origin, offset)


def _mask(folded: str, keep: bytearray, domain: Domain) -> str:
    """Return the text with markup, escapes and addresses as blanks; only the first code point of each stays, as a break or blank."""
    if not any(sign in folded for sign in _MARKED):
        return folded
    settings = domain.base_patterns("segmentation").settings["mask"]
    chars = list(folded)
    for reference, sign in settings["entities"].items() if "&" in folded else ():
        for match in re.finditer(re.escape(reference), folded):
            _replace(chars, keep, match, sign)
    if "\\u" in folded:
        for match in _ESCAPED.finditer(folded):
            _replace(chars, keep, match, domain.fold(chr(int(match.group(1), 16))))
        folded = "".join(chars)
    if not any(sign in folded for sign in _REWRITTEN):
        return "".join(chars)
    for kind, sign in (("line", "\n"), ("space", " "), ("drop", "")):
        for regex in settings[kind]:
            for match in re.finditer(regex, folded, re.DOTALL):
                _replace(chars, keep, match, sign)
        folded = "".join(chars)
    return folded


def _replace(chars: list[str], keep: bytearray, match: re.Match[str], sign: str) -> None:
    start, end = match.span()
    for offset in range(start, end):
        chars[offset] = " "
        keep[offset] = 0
    if sign:
        chars[start] = sign
        keep[start] = 1


def _quote(folded: str) -> str:
    """Turn pairs of straight quotation marks around a short Chinese phrase into typographic ones."""
    return _STRAIGHT.sub(lambda match: f"“{match[1]}”" if _CHINESE.search(match[1]) else match[0], folded)


def _unwrap(text: str, keep: bytearray) -> None:
    """Drop the line breaks of a hard-wrapped text (as PDF readers and old agencies' pages give it) inside sentences."""
    if text.count("\n") < _FEWEST_LINES - 1:
        return
    lines = [match.span() for match in _LINE.finditer(text)]
    lines = [(start, end) for start, end in lines if not text[start:end].isspace()]
    lengths = [len(text[start:end].strip()) for start, end in lines]
    longer = [length for length in lengths if length > _SHORT_LINE]
    if len(longer) < _FEWEST_LINES:
        return
    counts = Counter(longer)
    width = max(sorted(counts), key=lambda length: counts[length - 1] + counts[length] + counts[length + 1])
    if width > _LONGEST_WRAPPED:
        return
    alike = sum(abs(length - width) <= _ALIKE for length in longer)
    open_lines = [
        i for i, length in enumerate(lengths) if length >= width - _ALIKE and text[slice(*lines[i])].rstrip()[-1] not in _SENTENCE_END
    ]
    wider = sum(length > _WIDER * width for length in longer)
    if wider > _WIDER_SHARE * len(longer) or min(alike, len(open_lines)) < _WRAPPED_SHARE * len(longer):
        return
    for i in open_lines:
        if i + 1 < len(lines) and text.count("\n", lines[i][1], lines[i + 1][0]) == 1:
            _join(text, keep, lines[i], lines[i + 1])


def _join(text: str, keep: bytearray, line: tuple[int, int], following: tuple[int, int]) -> None:
    start, end = line[1], following[0]
    while start > line[0] and text[start - 1] == " ":
        start -= 1
    while end < following[1] and text[end] == " ":
        end += 1
    for offset in range(start, end):
        keep[offset] = 0
