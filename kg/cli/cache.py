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
    from kg.errors import OutputError
    from kg.run.cache import Cache, default_folder, shape_of

    place = folder or default_folder()
    shape = shape_of(load_domain(domain, lexicons=lexicons))
    if (clear or stale) and (place / "records.sqlite").exists():
        with Cache(place, shape, write=True) as held:
            removed = held.clear(stale=not clear)
            if held.problem:
                raise OutputError(str(held.path), held.problem, "remove the file")
        click.echo(f"{removed} records removed")
    with Cache(place, shape, write=False) as held:
        usage = held.usage()
        click.echo(f"{usage.path}: {usage.records} records, {usage.usable} usable with this domain, {usage.bytes:,} bytes")
        if held.problem and usage.path.exists():
            click.echo(f"{usage.path}: {held.problem}", err=True)
