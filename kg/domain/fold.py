"""Fold traditional to simplified script and full-width forms to ASCII, one code point for one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.domain.tables import read_tsv

if TYPE_CHECKING:
    from pathlib import Path

#: Signs that occur in many shapes, to the one that patterns are written with.
_SIGNS = {
    "\u3000": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\t": " ", "\v": "\n", "\f": "\n", "\u2028": "\n", "\u2029": "\n",
    "「": "“", "」": "”", "『": "“", "』": "”", "﹁": "“", "﹂": "”", "〝": "“", "〞": "”", "＂": '"', "〈": "〈", "＜": "<", "＞": ">",
    "・": "·", "•": "·", "‧": "·", "･": "·", "―": "—", "─": "—", "–": "—", "﹣": "-", "﹐": ",", "﹑": "、", "､": "、", "｡": "。", "﹔": ";", "﹕": ":",
    "﹝": "〔", "﹞": "〕", "∶": ":", "％": "%", "﹪": "%", "～": "~", "∼": "~", "〜": "~", "Ο": "〇", "○": "〇", "◯": "〇",
}  # fmt: skip
#: Up to as many different code points are replaced one by one.
_FEW = 24
_PLANE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Fold:
    """Hold the folding table; folding never changes the length, so an offset holds in both copies."""

    table: dict[int, str]
    changing: re.Pattern[str]
    particle: re.Pattern[str]
    particle_to: str
    after: tuple[tuple[re.Pattern[str], str], ...]

    def __call__(self, text: str) -> str:
        """Return the folded text, of equal length."""
        folded = self._signs(text)
        for pattern, to in self.after:
            folded = pattern.sub(to, folded)
        return self.particle.sub(self.particle_to, folded)

    def _signs(self, text: str) -> str:
        """Return the text with each code point by the table; the few of a text in simplified script are faster replaced one by one."""
        table = self.table
        changed = {char for char in self.changing.findall(text) if ord(char) in table}
        if len(changed) > _FEW or any(table[ord(char)] in changed for char in changed):
            return text.translate(table)
        for char in changed:
            text = text.replace(char, table[ord(char)])
        return text


def load_fold(base: Path, settings: dict[str, Any]) -> Fold:
    """Read ``fold.tsv`` and build the table.

    Args:
        base: The folder of language data.
        settings: The table ``[fold]`` of ``segmentation.toml``: the particle that depends on its word, and the words that keep it.
    """
    table = {ord(row["from"]): row["to"] for row in read_tsv(base / "fold.tsv")}
    for code in range(0xFF01, 0xFF5F):
        table[code] = chr(code - 0xFEE0)
    for block in (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00)):
        for code in block:
            composed = unicodedata.normalize("NFKC", chr(code))
            if len(composed) == 1:
                table[code] = table.get(ord(composed), composed)
    table.update({ord(sign): to for sign, to in _SIGNS.items()})
    source, target = settings["verb_particle"]
    before = "|".join(f"(?<={re.escape(word[: word.index(source)])})" for word in settings["keep"] if word.index(source))
    after = "|".join(re.escape(word[word.index(source) + 1 :]) for word in settings["keep"] if word.index(source) == 0)
    keep = f"(?:{before}){re.escape(source)}|{re.escape(source)}(?:{after})"
    # The character goes first and what stands around it is looked up after, since re finds a plain character a hundred times faster.
    particle = re.compile(f"{re.escape(source)}(?<=(?!{keep}){re.escape(source)})")
    contextual = tuple((re.compile(f"{char}(?<=[{before}]{char})"), to) for char, to, before in settings["after"])
    # re has a fast form of a class for the first plane only.
    changing = re.compile(f"[{re.escape(''.join(chr(code) for code in sorted(table) if code <= _PLANE))}{chr(_PLANE + 1)}-\U0010ffff]")
    return Fold(table, changing, particle, target, contextual)
