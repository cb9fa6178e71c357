"""Be the command ``kg``: the only place that prints or exits.

A command's module is imported when the command is called, so that ``kg --help`` loads nothing but click.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib import import_module
from typing import Any

import click

from kg.errors import KgError, OutputError

#: Command to its module and its line in ``kg --help``.
COMMANDS = {
    "build": ("kg.cli.build", "Read texts and write their graph, records and report into a folder."),
    "extract": ("kg.cli.extract", "Read texts and write their extraction records, one JSON object a line."),
    "pack": ("kg.cli.pack", "Put texts of any form into one Parquet file, for kg build on a cluster."),
    "check": ("kg.cli.check", "Check a built graph against shapes and texts."),
    "load": ("kg.cli.load", "Load built graphs into a store folder, or into a triple store that runs elsewhere."),
    "query": ("kg.cli.query", "Answer a named question, or any SPARQL, on a built graph."),
    "explain": ("kg.cli.explain", "Show what a built graph says of one thing, each fact with its sentence."),
    "matrix": ("kg.cli.matrix", "Compare what texts provide: measure types by target groups, for each region or year."),
    "cascade": ("kg.cli.cascade", "Show how documents and programs go from the centre to province and city, with evidence."),
    "series": ("kg.cli.series", "Show indicators over time by region, results against targets."),
    "plot": ("kg.cli.plot", "Draw an overview of a built graph, or its network, as SVG or PNG."),
    "diff": ("kg.cli.diff", "Show which entities and facts differ between two built graphs, with evidence."),
    "export": ("kg.cli.export", "Write a built graph in one of the formats."),
    "serve": ("kg.cli.serve", "Serve a built graph for reading: SPARQL endpoint, query page, pages of the nodes."),
    "score": ("kg.cli.score", "Compare extraction records with gold annotations."),
    "lexicon": ("kg.cli.lexicon", "Check tables of names of your own."),
    "cache": ("kg.cli.cache", "Show or clear the cache of finished records."),
}
_INTERRUPTED = 130


class _Lazy(click.Group):
    """Import commands when they are called, and turn every known error into one line and its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which one meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None for a name that is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say what went wrong in one line on standard error."""
        try:
            return super().invoke(ctx)
        except KgError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as error:
            click.echo(str(error) or "interrupted; nothing was written", err=True)
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:  # the reader, such as `head`, has had enough
            _close_output()
            ctx.exit(0)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; a disk that is full under standard output is one line and exit 4, whatever command or help was printing."""
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            _close_output()
            sys.exit(0)
        except OSError as error:
            if error.filename is not None:  # no stream, but a file that should have been looked after
                raise
            _close_output()
            failure = OutputError("standard output", f"cannot be written ({error.strerror})", "free some space, or name another file")
            with contextlib.suppress(OSError):
                click.echo(str(failure), err=True)
            sys.exit(failure.exit_code)


def _close_output() -> None:
    """Lead what is still buffered for standard output to nowhere, so that leaving does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value and not ctx.resilient_parsing:
        from kg import __version__

        click.echo(f"kg {__version__}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version and exit.")
def main() -> None:
    """Read Chinese employment-policy texts and make a checked, explained knowledge graph: every fact with its sentence.

    Start with `kg build seeds -o exports`, then `kg query --list` and `kg explain NAME`.

    Exit codes: 0 done; 1 a check found violations or a floor was missed; 2 bad usage or no usable input; 3 quarantined inputs
    under --strict; 4 output not writable; 130 interrupted.
    """
