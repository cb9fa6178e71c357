"""Say how files that are not read become such that are."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.read.inputs import Skipped

_OFFICE = "save as .docx, for example `soffice --headless --convert-to docx FILE`"
_SHEET = "save as .csv with a column of texts"
_PICTURE = "recognise the text: put the pictures into a PDF, and pip install 'policy-measure-kg[ocr]'"
#: How texts in other formats are brought into one that is read; of other files nothing can be said.
_HOW = {
    **dict.fromkeys((".doc", ".wps", ".rtf", ".odt", ".pages", ".ppt", ".pptx", ".epub"), _OFFICE),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".et"), _SHEET),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"), _PICTURE),
    **dict.fromkeys((".md", ".markdown", ".rst", ".text", ".log", ".tex"), "rename to .txt"),
    **dict.fromkeys((".json", ".xml"), "make .jsonl of it, one object with the key 'text' a line"),
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "unpack it, or pack it as .zip"),
    ".ofd": "print to PDF",
    ".caj": "print to PDF",
}


def advice(skipped: Iterable[Skipped]) -> list[str]:
    """Return a line for each kind of file that was skipped and can be converted, the commonest first.

    >>> from kg.read.inputs import Skipped
    >>> advice([Skipped("a/b.md", "extension"), Skipped("a/c.MD", "extension"), Skipped("a/.git", "hidden")])
    ['2 files .md skipped: rename to .txt']
    """
    counts = Counter(PurePosixPath(one.source).suffix.lower() for one in skipped if one.reason == "extension")
    known = sorted((suffix for suffix in counts if suffix in _HOW), key=lambda suffix: (-counts[suffix], suffix))
    return [f"{counts[suffix]} file{'s' if counts[suffix] > 1 else ''} {suffix} skipped: {_HOW[suffix]}" for suffix in known]
