"""Make agencies: full official name with its jurisdiction, context-free aliases, category and level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.extract.agency_hits import BodyClass
from kg.extract.names import canonical, entity_id
from kg.model import Entity

if TYPE_CHECKING:
    from kg.domain import Domain
    from kg.domain.agencies import Kind, KnownAgency
    from kg.domain.divisions import Division
    from kg.extract.jurisdiction import Jurisdiction


def agency(  # noqa: PLR0913 - the keywords are one node's attributes
    name: str, region: Division | None, domain: Domain, *, category: str = "", level: str = "", aliases: tuple[str, ...] = ()
) -> Entity:
    """Return an agency; its level is the region's unless one is given (``county`` …)."""
    attributes: dict[str, Any] = {}
    if category:
        attributes["category"] = category
    curie = domain.divisions.words["levels"].get(level or (region.level if region else ""), level if level.startswith("lvl:") else "")
    if curie:
        attributes["level"] = curie
    if region is not None:
        attributes["region"] = region.id
    name = canonical(name)
    return Entity(entity_id("Agency", name), "Agency", name, attributes, tuple(sorted({canonical(alias) for alias in aliases} - {name})))


def known(found: KnownAgency, domain: Domain) -> Entity:
    """Return an agency of the lexicon."""
    region = domain.divisions.get(found.region) if found.region else None
    return agency(found.name, region, domain, category=found.category, level=found.level, aliases=found.aliases)


def prefix(region: Division | None, domain: Domain) -> str:
    """Return the region's words in an agency's name; a district's bodies carry its city (广州市天河区财政局).

    Bodies of Hong Kong, Macau and Taiwan go by the short name (香港劳工处).
    """
    if region is None:
        return ""
    if region.key in domain.divisions.outside:
        return min((region.key, *region.short), key=len)
    district = region.level == "county" and region.name.endswith(domain.agencies.words["region_words"]["district"])
    return region.parent + region.name if district and region.key == region.name else region.key


def sign(before: Jurisdiction, domain: Domain) -> str:
    """Return the level's word for a body whose region the text does not give: a 县妇联 of no known county is no 妇联 of all texts."""
    if before.region is not None or not before.deictic or before.is_class or before.split:
        return ""
    return before.quantifier or before.words.lstrip(domain.agencies.words["deictic"]["own"])


def department(kind: Kind, unit: str, region: Division | None, domain: Domain, level: str = "") -> Entity:
    """Return a department: 省人社厅 -> 辽宁省人力资源和社会保障厅.

    Args:
        kind: Kind of the department.
        unit: Unit word as written, empty where the text gives none; then the one usual at the region's level.
        region: Its region; None leaves the name without.
        domain: Gives words and levels.
        level: Level, where the region is unknown.
    """
    words = domain.agencies.words
    if region is not None and region.level == "national":
        central = domain.agencies.known.get(kind.national)
        if central is not None:
            return known(central, domain)
    usual = (
        kind.province
        if region is not None and region.level == "provincial" and region.key not in domain.divisions.municipalities
        else kind.city
    )
    official = words["units"].get(unit, unit) or usual
    if kind.id == "tax" and region is not None:
        name = words["tax"]["prefix"] + prefix(region, domain) + words["tax"]["unit"]
        return agency(name, region, domain, category=kind.category, level=level, aliases=(prefix(region, domain) + words["tax"]["unit"],))
    aliases = _aliases(kind, unit or official, region, domain) if region is not None else ()
    if region is not None and kind.id in words["government"]["bodies"] and official == usual and kind.stem:
        start = prefix(region, domain)
        name, aliases = start + words["government"]["name"] + kind.stem + official, (*aliases, start + kind.stem + official)
        return agency(name, region, domain, category=kind.category, level=level, aliases=aliases)
    return agency(prefix(region, domain) + kind.stem + official, region, domain, category=kind.category, level=level, aliases=aliases)


def _aliases(kind: Kind, unit: str, region: Division, domain: Domain) -> tuple[str, ...]:
    """Return the shorter forms that mean the same in any text: 辽宁省人社厅, 辽宁省人力资源社会保障厅."""
    units = {unit, domain.agencies.words["units"].get(unit, unit)}
    starts = sorted({region.key, prefix(region, domain)})
    stems = (*kind.variants, kind.class_stem) if len(starts) == 1 else (kind.stem, *kind.variants, kind.class_stem)
    return tuple(start + stem + one for start in starts for stem in stems for one in sorted(units))


def class_words(kind: Kind, domain: Domain) -> str:
    """Return the usual words of a class of departments (人社部门)."""
    return kind.class_stem + str(domain.agencies.words["class_units"]["plain"])


def class_body(kind: Kind, jurisdiction: Jurisdiction, home: Division | None, words: str) -> BodyClass:
    """Return what a class of departments is made of; 人民政府 belongs to it behind words that name levels (县级以上人民政府财政部门)."""
    quantifier = jurisdiction.quantifier + jurisdiction.government if jurisdiction.quantifier else ""
    return BodyClass(kind, jurisdiction.region or home, quantifier, words)


def body_class(body: BodyClass, domain: Domain) -> Entity:
    """Return the class of all bodies of a kind in a region: 各级人社部门 -> 辽宁省人社部门."""
    name = prefix(body.region, domain) + body.quantifier + body.words
    return agency(name, body.region, domain, category=body.kind.category, level=class_level(body.quantifier, domain))


def class_level(quantifier: str, domain: Domain) -> str:
    """Return the level of a class by its words, empty when they tell none."""
    for level, words in domain.agencies.words["governing"].items():
        if any(word in quantifier for word in words):
            return "lvl:township" if level == "township" else level
    return ""


def government(jurisdiction: Jurisdiction, part: str, home: Division | None, domain: Domain) -> Entity:
    """Return a people's government or a part of it: 省政府新闻办 -> 辽宁省人民政府新闻办公室."""
    words = domain.agencies.words["government"]
    region = jurisdiction.region or (home if jurisdiction.is_class else None)
    province = domain.divisions.province_of(region.key) if region is not None else None
    body = words["short"] if province is not None and province.key in domain.divisions.outside else words["name"]
    official = words["official"].get(part, part)
    whole = region is not None and region.key in domain.divisions.outside and not jurisdiction.is_class
    base = (region.key if region is not None and whole else prefix(region, domain)) + (
        jurisdiction.quantifier or sign(jurisdiction, domain)
    )
    level = class_level(jurisdiction.quantifier, domain) or ("" if region else jurisdiction.deictic)
    aliases = (base + words["short"] + part, base + words["name"] + part) if region is not None else ()
    return agency(base + body + official, region, domain, category="ak:government", level=level, aliases=aliases)


def party(jurisdiction: Jurisdiction, part: str, home: Division | None, domain: Domain) -> Entity:
    """Return a Party committee or a department of it: 省委组织部 -> 中共辽宁省委组织部."""
    words = domain.agencies.words["party"]
    region = jurisdiction.region or (home if jurisdiction.is_class else None)
    category = words["parts"].get(part, "ak:party")
    if region is None and jurisdiction.deictic and not jurisdiction.is_class:
        return agency(sign(jurisdiction, domain) + words["short"] + part, None, domain, category=category, level=jurisdiction.deictic)
    if jurisdiction.is_class or region is None:
        name = prefix(region, domain) + jurisdiction.quantifier + words["class"] + part
        return agency(name, region, domain, category=category, level=jurisdiction.deictic)
    short = words["class"] if region.name.endswith(tuple(words["autonomous"])) else words["short"]
    name = prefix(region, domain) + short
    official = words["official"].get(part, part)
    return agency(words["prefix"] + name + official, region, domain, category=category, aliases=(name + part, name + official))
