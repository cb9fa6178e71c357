"""Offer ``kg lexicon``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import PATH, domain_option

if TYPE_CHECKING:
    from pathlib import Path


@click.group(short_help="Check tables of names of your own.")
def lexicon() -> None:
    """Check tables of names of your own, before they go to `kg build --lexicon`."""


@lexicon.command()
@click.argument("files", type=PATH, nargs=-1, required=True, metavar="FILE...")
@domain_option
def check(files: tuple[Path, ...], domain: Path | None) -> None:
    """Lay the tables over the shipped lexicon and explain each clash with file and line; exit 2 if there is one."""
    from kg.domain import load_domain

    names = load_domain(domain, lexicons=files).lexicon
    own = sum(entry.own for entry in names.entries.values())
    click.echo(f"{', '.join(str(file) for file in files)}: clean, {own} names laid over {len(names.entries) - own}")
