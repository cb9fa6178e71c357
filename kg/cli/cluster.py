"""Offer ``kg build --engine spark``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import finding_line
from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from kg.run import Options

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: Options that a build on a cluster cannot take, with what to do instead.
_NOT_HERE = {"meta": "give it to kg pack", "store": "load the shards with the store's own loader (docs/scale.md)"}


class Place(click.Path):
    """Take a path of this machine as :class:`~pathlib.Path`, or the URL of another file system as it is written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or the URL."""
        if isinstance(value, str) and _URL.match(value):
            return value
        return super().convert(value, param, ctx)


_OPTIONS = (
    click.option("--engine", type=click.Choice(("local", "spark")), default="local", show_default=True, help="Where to build."),
    click.option("--master", metavar="URL", help="With --engine spark: the cluster, as spark://HOST:7077, yarn, or local[N]."),
    click.option("--conf", multiple=True, metavar="NAME=VALUE", help="With --engine spark: a setting of Spark's (may be repeated)."),
)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--engine``, ``--master`` and ``--conf``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_cluster_options(values: Mapping[str, Any], places: Sequence[Path | str]) -> None:
    """Refuse what only ``--engine spark`` takes: its options, and addresses as places.

    Raises:
        UsageError: One of them is given.
    """
    for place in places:
        if isinstance(place, str):
            raise UsageError(place, "is a URL", "add --engine spark, or name a path of this machine")
    for name in ("master", "conf"):
        if values[name]:
            raise UsageError(f"--{name}", "is for a cluster", "add --engine spark")


def build_there(packs: Sequence[Path | str], output: Path | str, options: Options, values: Mapping[str, Any]) -> int:
    """Build on a cluster and print what came of it; return the number of quarantined inputs.

    Raises:
        UsageError: An option does not fit.
    """
    from kg.cluster.job import Cluster, build_on_cluster

    for name, hint in _NOT_HERE.items():
        if values[name]:
            raise UsageError(f"--{name}", "cannot be used with --engine spark", hint)
    if options.min_confidence > 0:
        raise UsageError("--min-confidence", "needs the whole graph in memory", "leave it out, or leave --engine out")
    quiet = bool(values["quiet"])
    cluster = Cluster(values["master"], _settings(values["conf"]))
    report = build_on_cluster(packs, output, options, cluster, None if quiet else lambda stage: click.echo(f"{stage} ...", err=True))
    from kg.model import Finding

    for one in report["quarantined"]:
        click.echo(finding_line(Finding(**one)), err=True)
    counts = report["inputs"]
    if not quiet:
        parts = ", ".join(f"{counts[name]} {name}" for name in ("built", "duplicates", "quarantined", "skipped"))
        click.echo(f"{counts['total']} inputs: {parts}", err=True)
        nodes, edges = sum(report["nodes"].values()), sum(report["edges"].values())
        click.echo(f"{output}: {nodes} nodes, {edges} edges in {', '.join(one['name'] for one in report['files'])}, report.json, report.md")
    quarantined: int = counts["quarantined"]
    return quarantined


def _settings(given: Sequence[str]) -> dict[str, str]:
    settings = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.startswith("spark."):
            raise UsageError("--conf", f"{one!r} is no setting of Spark's", "write it as spark.executor.memory=4g")
        settings[name] = value
    return settings
