"""Offer ``kg check``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kg.cli.options import domain_option, finding_line, graph_option, quiet_option

if TYPE_CHECKING:
    from pathlib import Path

_VIOLATED = 1


@click.command(short_help="Check a built graph against shapes and texts.")
@graph_option
@click.option("--full", is_flag=True, help="Also run every SHACL shape with pySHACL (slow).")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@domain_option
@quiet_option
@click.pass_context
def check(ctx: click.Context, /, graph: Path, domain: Path | None, **flags: bool) -> None:
    """Check a built graph: the SHACL shapes, and that every offset points to the words it claims.

    Each finding names node, shape and message in Chinese and English. Exit 0: clean; 1: violations; 2: no graph that can be read.
    """
    from kg.run import check_file

    problems = check_file(graph, domain, full=flags["full"])
    if flags["as_json"]:
        click.echo(json.dumps([one.as_dict() for one in problems], ensure_ascii=False, indent=1))
    else:
        for one in problems:
            click.echo(finding_line(one))
    violations = sum(one.severity in {"error", "violation"} for one in problems)
    if not flags["quiet"] and not flags["as_json"]:
        click.echo(f"{graph}: {violations} violations, {len(problems) - violations} other findings" if problems else f"{graph}: clean")
    ctx.exit(_VIOLATED if violations else 0)
