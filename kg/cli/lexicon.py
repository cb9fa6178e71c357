"""Offer ``kg lexicon``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH, domain_option
from kg.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path


@click.group(short_help="Check tables of names of your own.")
def lexicon() -> None:
    """Check tables of names of your own, before they go to `kg build --lexicon`."""


@lexicon.command()
@click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")
@domain_option
@click.pass_context
def check(ctx: click.Context, /, files: tuple[Path, ...], domain: Path | None) -> None:
    """Lay the tables over the shipped lexicon and explain each fault with file and line; exit 2 if there is one.

    Faults are unknown types, categories and columns, rows without a name, and forms that two rows of yours give to two names of one type.
    Your rows win over the shipped ones: a shipped name in your column `name` gets your category, in your column `aliases` it is renamed, and
    what changes is told as info. Names of one character, and forms that you give to two types, are warnings.
    """
    from kg.domain import load_domain
    from kg.domain.lexicon import lay_over, load_lexicon, warnings

    loaded = load_domain(domain)
    names = load_lexicon(loaded.field / "lexicon", (), loaded.fold)
    shipped = len(names.entries)
    faults = [fault for file in files for fault in lay_over(names, file, loaded.fold, loaded.concepts)]
    for fault in faults:
        click.echo(str(fault), err=True)
    for line in names.notes:
        click.echo(f"info: {line}", err=True)
    for line in warnings(names):
        click.echo(f"warning: {line}", err=True)
    if faults:
        ctx.exit(DomainError.exit_code)
    own = sum(entry.own for entry in names.entries.values())
    click.echo(f"{', '.join(str(file) for file in files)}: clean, {own} names laid over {shipped}")
