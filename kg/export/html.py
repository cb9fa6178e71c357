"""Write the explorer: one HTML file that holds the built front end and the graph, and asks nobody for anything.

A content security policy forbids every request, and every script and style but the two whose digests it names. What comes
from documents stands in a data block that no parser takes for markup, and the front end only ever makes text nodes of it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from kg.domain import Domain

#: JSON above this many bytes is packed. Below, the page is readable, differs by lines, and its bytes depend on no zlib.
PLAIN = 1_500_000
_LINE = 20_000


def write_html(graph: MultiDiGraph, domain: Domain, *, plain: int = PLAIN) -> dict[str, bytes]:
    """Return ``explorer.html``.

    Args:
        graph: As ``docs/model.md`` part 2 describes it.
        domain: Gives the words of the page and the names of classes, relations and concepts.
        plain: Bytes of data up to which they are not packed.
    """
    from kg.export.page_data import page_data

    return {"explorer.html": page(page_data(graph, domain), plain=plain)}


def page(data: dict[str, Any], *, plain: int = PLAIN) -> bytes:
    """Return the page that shows some data."""
    script, style, skeleton = (_part(name) for name in ("explorer.js", "explorer.css", "explorer.html"))
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    kind, block = data_block(data, plain=plain)
    parts = {"policy": policy, "style": style, "kind": kind, "data": block, "script": script}
    pieces = skeleton.split("%%")  # odd pieces are names
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces)).encode()


def data_block(data: dict[str, Any], *, plain: int = PLAIN) -> tuple[str, str]:
    r"""Return media type and content of the data block: JSON without ``<``, ``>`` and ``&``, or gzip in base64.

    >>> data_block({"a": "</script>"})
    ('application/json', '\n{\n"a":"\\u003c/script\\u003e"}\n')
    """
    lines = ",\n".join(f"{_json(key)}:{_json(value)}" for key, value in data.items())
    text = "\n{\n" + lines + "}\n"
    if len(text) <= plain and len(content := text.encode()) <= plain:
        return "application/json", content.decode()
    packed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")
    return "application/gzip", "\n".join(packed[start : start + _LINE] for start in range(0, len(packed), _LINE))


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _part(name: str) -> str:
    """Return a built file of the front end."""
    return files("kg.export").joinpath("web", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the digest by which a policy allows an inline script or style. Source: CSP3, 2.3.1."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
