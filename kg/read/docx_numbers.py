"""Count the numbers of Word's automatic lists, which stand in no paragraph's words; headings are read by them.

Source: ECMA-376, Office Open XML, part 1, section 17.9 (numbering) and 17.18.59 (number formats).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COUNTED = frozenset(
    ["chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting"]
)
_DIGITAL = frozenset({"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"})
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
          (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_CIRCLED = 0x2460
_MOST_CIRCLED, _LETTERS = 20, 26
#: Levels of a list; Word has nine.
_LEVELS = 9
_MOST_STYLES = 20


class Numbering:
    """Count the paragraphs of one document's lists.

    Args:
        numbering: Root of ``numbering.xml``, None if the document has no lists.
        styles: Root of ``styles.xml``; a style may put its paragraphs into a list.
    """

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._levels: dict[str, dict[int, tuple[int, str, str]]] = {}
        self._lists: dict[str, tuple[str, frozenset[int]]] = {}
        self._styles: dict[str, tuple[Any, str]] = {}
        self._counts: dict[str, list[int]] = {}
        self._started: set[str] = set()
        if numbering is not None:
            self._read(numbering)
        for style in styles.iter(f"{W}style") if styles is not None else ():
            above = style.find(f"{W}basedOn")
            self._styles[_value(style, "styleId")] = (style.find(f"{W}pPr/{W}numPr"), _value(above, "val"))

    def next_number(self, paragraph: Any) -> str:
        """Return the number that Word shows before a paragraph, with what separates it; empty for none."""
        name, level = self._list_of(paragraph)
        if name not in self._lists:
            return ""
        abstract, restarts = self._lists[name]
        levels = self._levels.get(abstract, {})
        if level not in levels or level >= _LEVELS:
            return ""
        counts = self._counts.setdefault(abstract, [0] * _LEVELS)
        if name not in self._started:
            self._started.add(name)
            for restarted in restarts:
                counts[restarted] = 0
        counts[level] = counts[level] + 1 if counts[level] else levels[level][0]
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        return self._shown(levels, counts, level)

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.iter(f"{W}abstractNum"):
            self._levels[_value(abstract, "abstractNumId")] = dict(_level(one) for one in abstract.iter(f"{W}lvl"))
        for number in numbering.iter(f"{W}num"):
            restarts = frozenset(
                _number(_value(one, "ilvl")) for one in number.iter(f"{W}lvlOverride") if one.find(f"{W}startOverride") is not None
            ) & frozenset(range(_LEVELS))
            self._lists[_value(number, "numId")] = (_value(number.find(f"{W}abstractNumId"), "val"), restarts)

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """Return the list and level of a paragraph: its own, else those of its style or of the styles that it is based on."""
        properties = paragraph.find(f"{W}pPr/{W}numPr")
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"), "val")
        for _ in range(_MOST_STYLES):
            if properties is not None or style not in self._styles:
                break
            properties, style = self._styles[style]
        if properties is None:
            return "", 0
        return _value(properties.find(f"{W}numId"), "val"), _number(_value(properties.find(f"{W}ilvl"), "val"))

    @staticmethod
    def _shown(levels: dict[int, tuple[int, str, str]], counts: list[int], level: int) -> str:
        def fill(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            start, kind, _ = levels.get(index, (1, "decimal", ""))
            return shown_number(counts[index] or start, kind)

        _, kind, pattern = levels[level]
        if kind in {"bullet", "none"}:
            return ""
        text = re.sub(r"%([1-9])", fill, pattern)
        return text + " " if text and text[-1].isascii() else text


def shown_number(number: int, kind: str) -> str:
    """Return a list's number in one of Word's formats.

    >>> shown_number(12, "chineseCounting"), shown_number(3, "upperRoman"), shown_number(2, "decimalEnclosedCircle")
    ('十二', 'III', '②')
    """
    if kind in _COUNTED:
        return _chinese(number, _signs("digits")[0] if kind.endswith("Thousand") else _digits()[0])
    if kind in _DIGITAL:
        return "".join(_digits()[int(digit)] for digit in str(number))
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= _MOST_CIRCLED:
        return chr(_CIRCLED + number - 1)
    if kind in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in {"lowerRoman", "upperRoman"}:
        rest, letters = number, ""
        for value, sign in _ROMAN:
            letters += sign * (rest // value)
            rest %= value
        return letters if kind == "lowerRoman" else letters.upper()
    return str(number)


def _chinese(number: int, zero: str) -> str:
    """Return a number below ten thousand as it is counted in Chinese, ten without a one before it; the zero is written as given."""
    digits, tens = _digits(), _tens()
    if not 0 < number < 10_000:  # noqa: PLR2004 - Word counts no further in lists
        return str(number)
    words, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            words += (zero if gap else "") + digits[digit] + (tens[10**power] if power else "")
            gap = False
        else:
            gap = bool(words)
    ten = digits[1] + tens[10]
    return words[1:] if words.startswith(ten) else words


@lru_cache(maxsize=1)
def _digits() -> dict[int, str]:
    return _signs("digits") | {0: _signs("digits", last=True)[0]}


@lru_cache(maxsize=1)
def _tens() -> dict[int, str]:
    return _signs("tens")


def _signs(table: str, *, last: bool = False) -> dict[int, str]:
    """Return the signs of a table of numerals by their values; of several the first, or the last."""
    from kg.domain import shipped_ontology
    from kg.domain.tables import read_toml

    rows = list(read_toml(shipped_ontology() / "base" / "numerals.toml")[table].items())
    return {value: sign for sign, value in (rows if last else reversed(rows))}


def _level(level: Any) -> tuple[int, tuple[int, str, str]]:
    """Return a level's number with its start, format and pattern."""
    start = _number(_value(level.find(f"{W}start"), "val"), 1)
    kind, pattern = _value(level.find(f"{W}numFmt"), "val"), _value(level.find(f"{W}lvlText"), "val")
    return _number(_value(level, "ilvl")), (start, kind or "decimal", pattern)


def _value(node: Any, name: str) -> str:
    return str(node.get(f"{W}{name}") or "") if node is not None else ""


def _number(text: str, default: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LEVELS else default
