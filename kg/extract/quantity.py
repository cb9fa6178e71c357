"""Read numbers with their units in running text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from kg.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.domain.quantities import Quantities

_HALF = Decimal(50)
#: Above this a value is a serial number, not a measurement.
_LARGEST = Decimal(10) ** 16
#: As many numbers as written are kept with what they say; texts repeat most of them.
_KEPT = 1 << 12
#: A quotation this short is a name or a slogan; numbers inside are part of it.
_TERM = re.compile(r"“[^“”]{0,15}”")


class Quantity(NamedTuple):
    """Hold one number with its unit.

    Attributes:
        span: From the number to its unit, and what follows it of the comparator (``6万名以上``).
        before: Where the comparator before the number starts; ``span.start`` without one.
        value: Upper end of a range, multipliers expanded.
        unit: Unit counted in, without what follows a slash; empty if none is written.
        unit_text: The unit as written.
        measures: What the unit measures (``kg.domain.quantities.MEASURES``); empty without unit.
        lower: Lower end of a range.
        arabic: Written with digits 0-9.
        frequency: Preceded by a word for "each" (``每3年``): says how often, not how much.
    """

    span: Span
    before: int
    value: Decimal
    unit: str
    unit_text: str
    measures: str
    concept: str
    comparator: str
    lower: Decimal | None
    arabic: bool
    frequency: bool


def number(value: Decimal) -> int | float:
    """Return a value as the int or float that a record holds."""
    return int(value) if value == value.to_integral_value() else float(value)


def find_quantities(view: str, span: Span, quantities: Quantities) -> list[Quantity]:
    """Return the numbers with their units inside a span of the view, in order.

    Ordinals (``第3``), article and document numbers have no unit that counts and come out with measure ``never`` or none.

    >>> from kg.domain import load_domain
    >>> [found] = find_quantities("贴息1—2.5万元", Span(0, 9), load_domain().quantities)
    >>> found.value, found.lower, found.unit, found.comparator
    (Decimal('25000'), Decimal('10000'), '元', 'le')
    """
    found = [
        made
        for match in quantities.scan_quantity.finditer(view, span.start, span.end)
        if (made := _quantity(view, match, quantities)) is not None
    ]
    halves = list(_halves(view, span, quantities))
    return sorted(found + halves, key=lambda quantity: quantity.span) if halves else found


def find_unreadable(view: str, span: Span, quantities: Quantities) -> list[Span]:
    """Return what looks like a number and cannot be read as one (``1e400``, broken groups of digits)."""
    return [Span(*match.span()) for match in quantities.scan_suspicious.finditer(view, span.start, span.end)]


def quoted(view: str, span: Span) -> list[Span]:
    """Return the short quotations inside a span; numbers in them belong to a name or slogan."""
    return [Span(*match.span()) for match in _TERM.finditer(view, span.start, span.end)]


def _quantity(view: str, match: re.Match[str], quantities: Quantities) -> Quantity | None:
    groups, signs = match.groups(), quantities.numerals["signs"]
    start, ahead = match.start(), match["before"]
    head = start + len(ahead) if ahead else start
    if head and view[head - 1] in signs["ordinal_before"]:
        return None
    kept = quantities.readings
    if groups not in kept:
        if len(kept) > _KEPT:
            kept.clear()
        kept[groups] = _reading(match, quantities)
    read = kept[groups]
    if read is None:
        return None
    return Quantity._make((Span(head, match.end()), start, *read, start > 0 and view[start - 1] in signs["each_before"]))


def _reading(match: re.Match[str], quantities: Quantities) -> tuple[Any, ...] | None:
    """Return what the words of a number say wherever they stand: the fields of a :class:`Quantity` from ``value`` to ``arabic``."""
    written, ahead, form = match.group("number", "before", "unit")
    signs = quantities.numerals["signs"]
    value = quantities.value(written)
    bare = not ahead and written[0] in quantities.numerals["large"] and signs["of"] not in written
    if value is None or value > _LARGEST or bare:
        return None
    unit, unit_text = None, ""
    if form:
        plain = form.partition("/")[0]
        unit = quantities.units.get(plain)
        unit_text = form.replace(plain, unit.unit, 1) if unit else ""
    elif share := _share(written, quantities):
        unit, unit_text = quantities.units[share], share
    counted = (unit.unit, unit_text, unit.measures, unit.concept) if unit else ("", unit_text, "", "")
    return (value, *counted, _comparator(match, quantities), _lower(match, written, quantities), written[0].isascii())


def _share(written: str, quantities: Quantities) -> str:
    """Return the sign of the share that a number states by its words, empty if it states none."""
    signs = quantities.numerals["signs"]
    if written.startswith(tuple(signs["permille_words"])):
        return "‰"
    return "%" if "/" in written or signs["of"] in written or signs["tenth"] in written else ""


def _comparator(match: re.Match[str], quantities: Quantities) -> str:
    """Weigh the words before and after the number: a bound wins over an approximation."""
    if match["first"]:
        return "le"
    found = []
    if match["before"]:
        found.append(_last(match["before"], quantities.before))
    if match["fill"]:
        found.append(str(quantities.numerals["fill"]["comparator"]))
    if match["after"]:
        found.append(_last(match["after"], quantities.after))
    return next((name for name in found if name != "approx"), found[0] if found else "eq")


def _last(text: str, words: dict[str, str]) -> str:
    return next(words[text[i:]] for i in range(len(text)) if text[i:] in words)


def _lower(match: re.Match[str], written: str, quantities: Quantities) -> Decimal | None:
    """Return a range's lower end; it shares the upper end's multiplier when only that is written (``3-5万``)."""
    first = match["first"]
    if not first:
        return None
    lower, upper = quantities.value(first), quantities.value(written)
    if lower is None or upper is None:
        return None
    multiplier = written[-1]
    if not match["first_unit"] and first.replace(".", "").isdigit() and multiplier in quantities.numerals["large"]:
        scaled = lower * quantities.numerals["large"][multiplier]
        lower = scaled if scaled <= upper else lower
    return lower


def _halves(view: str, span: Span, quantities: Quantities) -> Iterator[Quantity]:
    """Yield what is written as a half (``学费减半``) as 50 %."""
    percent = quantities.units["%"]
    for word in quantities.numerals["signs"]["half"]:
        start = view.find(word, span.start, span.end)
        while start >= 0:
            end = start + len(word)
            yield Quantity(
                Span(start, end),
                start,
                _HALF,
                percent.unit,
                percent.unit,
                percent.measures,
                percent.concept,
                "eq",
                lower=None,
                arabic=True,
                frequency=False,
            )
            start = view.find(word, end, span.end)
