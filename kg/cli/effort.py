"""Share the options that say how a job is to be done: workers, limits and cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from kg.run import Effort

_OPTIONS = (
    click.option(
        "--workers",
        type=click.IntRange(0),
        default=None,
        metavar="N",
        help="Processes that read and extract; the default is one for each core, 0 does all in this process, without the limits of time and memory.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0.1),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="What one text may take.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(50),
        default=1500,
        show_default=True,
        metavar="MB",
        help="What one text may need.",
    ),
    click.option(
        "--max-size",
        type=click.FloatRange(0.001),
        default=20.0,
        show_default=True,
        metavar="MB",
        help="How large one file may be.",
    ),
    click.option("--cache", type=PATH, default=None, metavar="DIR", help="Where finished records are kept; `kg cache` shows it."),
    click.option("--no-cache", is_flag=True, help="Do every text again, and keep nothing."),
)


def effort_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers``, ``--timeout``, ``--memory``, ``--max-size``, ``--cache`` and ``--no-cache``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def effort_of(values: Mapping[str, Any]) -> Effort:
    """Return what the options say."""
    from kg.run import Effort, Limits
    from kg.run.cache import default_folder
    from kg.run.limits import cores

    workers = values["workers"]
    limits = Limits(values["timeout"], values["memory"] * 1_000_000, int(values["max_size"] * 1_000_000))
    cache: Path | None = None if values["no_cache"] else values["cache"] or default_folder()
    return Effort(cores() if workers is None else workers, limits, cache)
