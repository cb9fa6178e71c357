"""Give outlines and widths of characters from font files; no character is ever drawn as an empty box.

A character that no font holds is drawn as its simplified or plain form if a font has that, else as its code point (``U+20BB7``),
which a reader can look up. Pictures use the font shipped beside this module (a subset of Noto Sans SC), never the
system's, so that they do not differ between machines; ``files`` adds further fonts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Units of an em in the outlines that :class:`Font` gives, whatever the file's own.
EM = 1000
BUNDLED = Path(__file__).parent / "font" / "NotoSansSC-Regular.subset.woff"
_INSTALL = "pip install 'policy-measure-kg[plot]'"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Glyph:
    """Hold one character's outline as SVG path data (y upwards, ``EM`` units an em), its width, and a name unique within the font."""

    name: str
    path: str
    width: int


class Face(NamedTuple):
    """Hold an opened font: glyph names by code point, the glyphs, and ``EM`` over its own units an em."""

    names: Mapping[int, str]
    glyphs: Any
    scale: float


@dataclass(eq=False)
class Font:
    """Look characters up in several font files, the first that has one gives it.

    Attributes:
        faces: Opened fonts in the order of trust.
        fold: Gives the simplified form of a text of equal length.
        missing: Characters that no face had and that were drawn as code points, as they turn up.
    """

    faces: Sequence[Face]
    fold: Callable[[str], str] = str
    missing: set[str] = field(default_factory=set)
    _glyphs: dict[str, tuple[Glyph, ...]] = field(default_factory=dict)

    def glyphs(self, text: str) -> list[Glyph]:
        """Return what is drawn for a text, in order; control and combining characters that a font lacks are left out."""
        return [glyph for character in text for glyph in self._of(character)]

    def width(self, text: str, size: float) -> float:
        """Return the length of a line of text, in the unit of ``size`` (one em)."""
        return sum(glyph.width for glyph in self.glyphs(text)) * size / EM

    def shorten(self, text: str, size: float, room: float) -> str:
        """Return the text, cut with an ellipsis where it is longer than ``room``."""
        if self.width(text, size) <= room:
            return text
        kept = text
        while kept and self.width(kept + "…", size) > room:
            kept = kept[:-1]
        return kept.rstrip() + "…"

    def wrap(self, text: str, size: float, room: float, most: int = 99) -> list[str]:
        """Return the text in lines of at most ``room``, broken between any two Chinese characters and at blanks; the last of ``most`` is cut."""
        lines: list[str] = []
        rest = text.strip()
        while rest and len(lines) < most - 1 and self.width(rest, size) > room:
            at = self._break(rest, size, room)
            lines.append(rest[:at].rstrip())
            rest = rest[at:].lstrip()
        return [*lines, self.shorten(rest, size, room)] if rest else lines

    def _break(self, text: str, size: float, room: float) -> int:
        at, used = 0, 0.0
        while at < len(text) and used + self.width(text[at], size) <= room:
            used += self.width(text[at], size)
            at += 1
        at = max(at, 1)
        word = at
        while word and _is_word(text[word - 1]) and word < len(text) and _is_word(text[word]):
            word -= 1
        if word:
            at = word
        # Closing signs do not begin a line.
        while 1 < at < len(text) and text[at] in "，。、；：！？）》”’〕】,.;:!?)]":
            at -= 1
        return at

    def _of(self, character: str) -> tuple[Glyph, ...]:
        if character not in self._glyphs:
            self._glyphs[character] = self._find(character)
        return self._glyphs[character]

    def _find(self, character: str) -> tuple[Glyph, ...]:
        for form in dict.fromkeys((character, self.fold(character), unicodedata.normalize("NFKC", character))):
            found = [self._in_faces(each) for each in form]
            if form and all(found):
                return tuple(glyph for glyph in found if glyph)
        if unicodedata.category(character) in _INVISIBLE:
            return ()
        if character.isspace():
            return self._of(" ")
        self.missing.add(character)
        return tuple(glyph for each in f"U+{ord(character):04X}" for glyph in self._of(each))

    def _in_faces(self, character: str) -> Glyph | None:
        for number, face in enumerate(self.faces):
            name = face.names.get(ord(character))
            if name is not None:
                return _glyph(face, name, f"g{number}-{ord(character):x}")
        return None


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-_.%")


def _glyph(face: Face, name: str, label: str) -> Glyph:
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    pen = SVGPathPen(face.glyphs, ntos=lambda value: str(round(value)))
    face.glyphs[name].draw(TransformPen(pen, (face.scale, 0, 0, face.scale, 0, 0)))
    return Glyph(label, pen.getCommands(), round(face.glyphs[name].width * face.scale))


def load_font(files: tuple[Path, ...] = (), fold: Callable[[str], str] = str) -> Font:
    """Return the bundled font, the given files after it.

    Args:
        files: Further fonts (TrueType, OpenType, WOFF, or the first face of a collection) for what the bundled one lacks.
        fold: Gives the simplified form of a text.

    Raises:
        UsageError: The library that reads fonts is not installed, or a file is no font.
    """
    return Font([_face(path) for path in (BUNDLED, *files)], fold)


@lru_cache(maxsize=8)
def _face(path: Path) -> Face:
    try:
        from fontTools.ttLib import TTFont, TTLibError
    except ImportError as error:
        raise UsageError("pictures", "need the library fonttools", _INSTALL) from error
    try:
        font = TTFont(BytesIO(path.read_bytes()), lazy=True, fontNumber=0)
        names = font.getBestCmap()
        if names is None:
            raise UsageError(str(path), "has no table of characters", "name another font")
        return Face(names, font.getGlyphSet(), EM / font["head"].unitsPerEm)
    except (TTLibError, OSError, AssertionError, KeyError) as error:
        raise UsageError(str(path), f"is no font that can be read ({error})", "name a .ttf, .otf, .ttc or .woff file") from error
