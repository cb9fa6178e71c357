"""Offer ``kg cache``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotations

import click

from kg.cli.options import PATH, domain_option, lexicon_option

_folder_option = click.option("--cache", "folder", type=PATH, default=None, metavar="DIR", help="The cache, if it is not the usual one.")


@click.command(short_help="Show or clear the cache of finished records.")
@click.option("--clear", is_flag=True, help="Remove all records.")
@click.option("--stale", is_flag=True, help="Remove the records that another version, domain or lexicon left.")
@_folder_option
@domain_option
@lexicon_option
def cache(*, clear: bool, stale: bool, folder: Path | None, domain: Path | None, lexicons: tuple[Path, ...]) -> None:
    """Show where the records of finished texts are kept, how many there are, and how many a build with this domain and these lexicons would use
    again; with --clear or --stale, remove them.

    A record is used again only if the text, what is stated about it, the domain's files, the lexicons and the code that made it are the same.
    """  # noqa: D205 - click shows the docstring
    from kg.domain import load_domain
    from kg.run.cache import Cache, default_folder, file_in, shape_of

    place = folder or default_folder()
    shape = shape_of(load_domain(domain, lexicons=lexicons))
    with Cache(place, shape, write=(clear or stale) and file_in(place).exists()) as held:
        if held.problem and file_in(place).exists():
            click.echo(f"{held.path}: {held.problem}", err=True)
        if (clear or stale) and file_in(place).exists():
            click.echo(f"{held.clear(stale=not clear)} records removed")
        usage = held.usage()
    click.echo(f"{usage.path}: {usage.records} records, {usage.usable} usable with this domain, {usage.bytes:,} bytes")
