"""Cut the font of the pictures out of Noto Sans CJK: ``python scripts/make_font.py NotoSansCJK-Regular.ttc Unihan_OtherMappings.txt.bz2``.

The first file is in Debian's ``fonts-noto-cjk``, the second in ``unicode-data``. Kept are the 8,105 characters of the
General Standard Chinese Characters (Unihan's kTGH), GB 2312, the commoner half of Big5, every character that
``ontology/`` (but for the fold table) and ``seeds/`` use, Latin, Greek, Cyrillic, and punctuation. The glyphs themselves are not changed; hints and
layout rules for vertical text are left out. Licence: SIL Open Font License 1.1 (``OFL.txt`` beside the font).
"""

from __future__ import annotations

import bz2
import re
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "kg" / "analyse" / "draw" / "font" / "NotoSansSC-Regular.subset.woff"
#: Number of the Simplified Chinese face in Debian's collection.
_FACE = 2


def _standard(unihan: Path) -> set[str]:
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        return {chr(int(match[1], 16)) for line in lines if (match := re.match(r"U\+(\w+)\tkTGH\t", line))}


def _decoded(encoding: str, leads: range, trails: range) -> set[str]:
    return set("".join(bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails))


def characters(unihan: Path) -> set[str]:
    """Return the characters that the font shall hold, if the original has them."""
    wanted = _standard(unihan) | _decoded("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    wanted |= _decoded("big5", range(0xA4, 0xC7), range(0x40, 0xFF))
    for folder in ("ontology", "seeds"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.name != "fold.tsv" and path.suffix in {".tsv", ".toml", ".ttl", ".txt", ".rq"}:
                wanted |= set(path.read_text(encoding="utf-8"))
    ranges = (
        (0x20, 0x7F),
        (0xA0, 0x180),
        (0x370, 0x460),
        (0x2000, 0x2070),
        (0x2100, 0x2200),
        (0x2460, 0x2500),
        (0x3000, 0x3040),
        (0xFF00, 0xFFEF),
    )
    return wanted | {chr(code) for low, high in ranges for code in range(low, high)}


def main(collection: Path, unihan: Path) -> None:
    """Write the subset and tell its size."""
    font = TTFont(collection, fontNumber=_FACE, recalcTimestamp=False)
    options = Options()
    options.layout_features, options.hinting, options.desubroutinize = ["kern"], False, False
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "DSIG", "GSUB", "GPOS"]
    options.name_IDs, options.notdef_outline, options.recalc_timestamp = [0, 1, 2, 3, 4, 5, 6, 13, 14], True, False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters(unihan)])
    subsetter.subset(font)
    font.flavor = "woff"
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
