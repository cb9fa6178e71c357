"""Choose the media type of an answer by the request's Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Offer(NamedTuple):
    """Hold one form of an answer: the name that ``format=`` takes, and the media type it is sent as."""

    name: str
    media: str


#: Forms of SELECT and ASK; the first is sent to whoever takes anything. The last two are what some clients ask for instead.
ROWS = (
    Offer("json", "application/sparql-results+json"),
    Offer("xml", "application/sparql-results+xml"),
    Offer("csv", "text/csv"),
    Offer("tsv", "text/tab-separated-values"),
    Offer("json", "application/json"),
    Offer("xml", "application/xml"),
)
#: Forms of CONSTRUCT, DESCRIBE, graphs and nodes.
TRIPLES = (
    Offer("ttl", "text/turtle"),
    Offer("nt", "application/n-triples"),
    Offer("jsonld", "application/ld+json"),
    Offer("rdf", "application/rdf+xml"),
)
HTML = Offer("html", "text/html")


class _Range(NamedTuple):
    kind: str
    subtype: str
    quality: float


def choose(accept: str | None, offers: Sequence[Offer], form: str = "") -> Offer | None:
    """Return the best offer, None if the client takes none of them.

    The most specific range that fits an offer tells its quality; of equal qualities the offer named by the more specific range wins,
    then the earlier one.

    Args:
        accept: The header's value; None or empty takes anything.
        offers: In the server's order of preference.
        form: A name asked for by ``format=`` in the address, which wins over the header where it is on offer.

    Example:
        >>> choose("text/csv;q=0.5, application/*;q=0.1", ROWS).name
        'csv'
        >>> choose("image/png", ROWS) is None
        True
    """
    named = next((offer for offer in offers if offer.name == form), None)
    if named is not None:
        return named
    if not accept or not accept.strip():
        return offers[0]
    ranges = _ranges(accept)
    best, best_key = None, (0.0, 0)
    for offer in offers:
        key = _quality(offer, ranges)
        if key[0] > 0 and key > best_key:
            best, best_key = offer, key
    return best


def _ranges(accept: str) -> list[_Range]:
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        kind, slash, subtype = media.lower().partition("/")
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = _number(value)
        if slash:
            found.append(_Range(kind, subtype, quality))
    return found


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0.0 <= value <= 1.0 else 0.0


def _quality(offer: Offer, ranges: Sequence[_Range]) -> tuple[float, int]:
    """Return quality and specificity (3 named, 2 ``type/*``, 1 ``*/*``, 0 not taken)."""
    kind, _, subtype = offer.media.partition("/")
    fitting = [
        (3 if each.subtype != "*" else 2 if each.kind != "*" else 1, each.quality)
        for each in ranges
        if each.kind in {kind, "*"} and each.subtype in {subtype, "*"} and (each.kind != "*" or each.subtype == "*")
    ]
    if not fitting:
        return 0.0, 0
    specific = max(fitting)[0]
    return max(quality for rank, quality in fitting if rank == specific), specific
