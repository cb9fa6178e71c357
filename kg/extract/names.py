"""Make canonical names and ids: the same thing gets the same id in every document."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from kg.model import SEGMENTS

_OUTER = {"“": "”", "《": "》", "〈": "〉", "<": ">", "‘": "’", '"': '"'}
# What no IRI's path may hold (RFC 3987: [ ] %, private use and noncharacters too), and what nobody sees.
_REFUSED = re.compile(
    r"[\x00-\x20%#\[\]<>\"{}|^`\\\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


@lru_cache(maxsize=1 << 14)
def canonical(name: str) -> str:
    """Return a name without outer quotation marks and white space, compatibility forms folded (NFKC).

    >>> canonical("“技能辽宁行动”")
    '技能辽宁行动'
    """
    name = "".join(unicodedata.normalize("NFKC", name).split())
    while len(name) > 1 and _OUTER.get(name[0]) == name[-1] and name[0] not in name[1:-1]:
        name = name[1:-1]
    for opening, closing in ("“”", "‘’"):  # a sign that lost its other half, at a border that was cut wrongly
        if name.count(opening) != name.count(closing):
            name = name.replace(opening, "").replace(closing, "")
    return name


@lru_cache(maxsize=1 << 14)
def entity_id(type_: str, name: str) -> str:
    """Return the id of a canonical name; a name that an IRI refuses becomes ``x-`` and 12 hex of its sha256.

    >>> entity_id("Agency", "国务院")
    'agency/国务院'
    """
    if not name or _REFUSED.search(name) or name != name.strip("/"):
        name = "x-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{SEGMENTS[type_]}/{name}"
