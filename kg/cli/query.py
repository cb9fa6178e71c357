"""Offer ``kg query``."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import domain_option, graph_option
from kg.errors import QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.domain import Domain
    from kg.store.query import OpenGraph
    from kg.store.questions import Question

_HERE = "kg query"
_FORMATS = ("table", "csv", "json", "xml", "ttl")


@click.command(short_help="Answer a named question, or any SPARQL, on a built graph.")
@click.argument("what", required=False, metavar="NAME|FILE|-")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@graph_option
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A value for a parameter of the question (may be repeated).")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="csv, json and xml are SPARQL 1.1 results; ttl is for CONSTRUCT and DESCRIBE.",
)
@click.option("--list", "listing", is_flag=True, help="List the named questions with their parameters and exit.")
@click.option("--show", is_flag=True, help="Print the question's SPARQL, values filled in, instead of running it.")
@click.option("--data-only", is_flag=True, help="Query what the file holds alone, without classes, properties and all concepts.")
@click.option("--labels", is_flag=True, help="Add a column with the label of each node, in every format.")
@click.option("--evidence", is_flag=True, help="Add a column with the sentences that each row rests on: file:start-end sentence.")
@click.option("--endpoint", metavar="URL", help="Ask a server that `kg load --endpoint` loaded, instead of a file.")
@click.option("--default-graph", metavar="IRI", help="With --endpoint: the graph of facts, as given to kg load.")
@click.option("--user", metavar="NAME", help="With --endpoint: name to log in with; the password comes from KG_PASSWORD or a netrc file.")
@domain_option
def query(  # noqa: PLR0913 - one argument an option
    *,
    what: str | None,
    values: tuple[str, ...],
    graph: Path,
    params: tuple[str, ...],
    form: str,
    listing: bool,
    show: bool,
    domain: Path | None,
    **how: Any,
) -> None:
    r"""Answer a named question (see --list), the SPARQL in a file, or the SPARQL on standard input (-).

    \b
    kg query measures-for-group group=农民工
    kg query texts-mentioning entity=program/舒心就业 --format csv
    echo 'SELECT * { ?s a epm:Program } LIMIT 5' | kg query -

    A value is a label, an alias, a code, a file name, a CURIE (tg:graduates), an id (agency/…) or an IRI; traditional script will do.
    Prefixes need no declaration. SELECT, ASK, CONSTRUCT and DESCRIBE run; updates, SERVICE and LOAD do not.
    """
    from kg.domain import load_domain

    loaded = load_domain(domain)
    if listing:
        _list(loaded)
        return
    if what is None:
        raise UsageError(_HERE, "names no question", "give a name, a file or -; kg query --list shows the names")
    question = _question(what, loaded)
    opened = _open(graph, loaded, how)
    _answer(question, _pairs((*values, *params)), loaded, (opened, form, show, how))


def _open(path: Path, loaded: Domain, how: dict[str, Any]) -> OpenGraph:
    """Open a file, a store folder or a server."""
    if how["endpoint"] is None:
        if how["user"] or how["default_graph"]:
            raise UsageError(_HERE, "--user and --default-graph are for --endpoint", "name the server's address")
        from kg.store.query import open_graph

        return open_graph(path, loaded, data_only=how["data_only"])
    if how["data_only"]:
        raise UsageError(_HERE, "--data-only is for files and store folders", "leave it out")
    from kg.store.query import open_server
    from kg.store.remote import FACTS
    from kg.store.server import connect

    return open_server(connect(how["endpoint"], user=how["user"] or ""), loaded, how["default_graph"] or FACTS)


def _answer(question: Question, values: dict[str, str], loaded: Domain, given: tuple[OpenGraph, str, bool, dict[str, Any]]) -> None:
    """Bind, run and print."""
    from kg.store.evidence import with_evidence, with_labels
    from kg.store.query import Rows, run_query
    from kg.store.questions import bind
    from kg.store.results import write

    graph, form, show, how = given
    text = bind(question, values, graph, loaded.fold)
    if show:
        _print(text, on_terminal=sys.stdout.isatty())
        return
    with _interruptible():
        answer = run_query(graph, text, question.name)
        if (how["evidence"] or how["labels"]) and not isinstance(answer, Rows):
            raise UsageError(question.name, "--evidence and --labels are for SELECT", "leave them out")
        if isinstance(answer, Rows) and how["evidence"]:
            answer = with_evidence(answer, text, graph)
        if isinstance(answer, Rows) and how["labels"]:
            answer = with_labels(answer, graph)
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    _print(write(answer, form, graph, limit), on_terminal=sys.stdout.isatty())


def _question(what: str, loaded: Domain) -> Question:
    """Return the question of a name, a file or standard input, names first."""
    from kg.store.questions import find_question, load_questions, parse_question

    if what == "-":
        return parse_question("standard input", _decode(sys.stdin.buffer.read(), "standard input"), "standard input")
    questions = load_questions(loaded.field / "queries")
    path = Path(what)
    if what not in questions and path.is_file():
        try:
            return parse_question(what, _decode(path.read_bytes(), what), what)
        except OSError as error:
            raise UsageError(what, f"cannot be read ({error.strerror})", "check the file and its permissions") from error
    if any(sign in what for sign in "{}?\n"):
        raise QueryError(_HERE, "takes no SPARQL as argument", "put it into a file, or send it in: echo '…' | kg query -")
    return find_question(questions, what)


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise QueryError(where, f"is not UTF-8 (byte {error.start})", "save the query as UTF-8") from error


def _pairs(values: Sequence[str]) -> dict[str, str]:
    """Return values by parameter; of two values for one parameter the last counts."""
    found = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not equals or not name or not value.strip():
            where = f"{_HERE}, {each!r}"
            raise UsageError(where, "is no NAME=VALUE", "write for instance year=2023")
        found[name.strip()] = value.strip()
    return found


def _list(loaded: Domain) -> None:
    from kg.store.questions import load_questions

    for question in load_questions(loaded.field / "queries").values():
        click.echo(click.style(question.name, bold=True))
        click.echo(f"  {question.zh}\n  {question.en}")
        for parameter in question.parameters:
            click.echo(f"    {parameter.name}={parameter.default}  ({parameter.kind})")


def _print(text: str, *, on_terminal: bool) -> None:
    """Write as it is to a file or pipe; to a terminal without characters that could steer it."""
    if on_terminal:
        from kg.store.table import clean

        click.echo("\n".join(clean(line) for line in text.replace("\r\n", "\n").split("\n")), nl=False)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process while the engine runs: it cannot be told to stop, and Python would wait for it."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
