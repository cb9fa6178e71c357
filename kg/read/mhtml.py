"""Read pages that a browser saved whole (.mhtml, .mht): the page's own part, with the encoding that its header states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import InputError
from kg.read.html import read_html

if TYPE_CHECKING:
    from kg.read.encoding import Decoded


def read_mhtml(data: bytes, where: str, common: frozenset[str]) -> Decoded:
    """Take the running text out of a saved page; pictures and frames beside it are left alone.

    Raises:
        InputError: ``corrupt`` without a page inside, else as :func:`kg.read.html.read_html`.
    """
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                label = part.get_content_charset()
                return read_html(content, where, common, label)
    raise InputError(where, "holds no web page", "save the page again", code="corrupt")
