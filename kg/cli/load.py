"""Offer ``kg load``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import PATH, domain_option, quiet_option
from kg.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from kg.domain import Domain
    from kg.store.units import Unit

_HERE = "kg load"


@click.command(short_help="Load built graphs into a store folder, or into a triple store that runs elsewhere.")
@click.argument("graphs", type=PATH, nargs=-1, metavar="GRAPH...")
@click.option("--store", type=PATH, metavar="DIR", help="Store folder on this machine; made if missing.")
@click.option("--endpoint", metavar="URL", help="SPARQL endpoint of a running server: Virtuoso, Oxigraph, Fuseki, GraphDB, …")
@click.option("--files", type=PATH, metavar="DIR", help="Write files for the bulk loaders of other stores instead of loading.")
@click.option("--exact", is_flag=True, help="Also remove the texts that the graphs do not hold.")
@click.option("--remove", multiple=True, metavar="TEXT", help="Remove a text, by file name or id, from --store (may be repeated).")
@click.option("--materialise", is_flag=True, help="Also write out what follows from superclasses and superproperties.")
@click.option("--list", "listing", is_flag=True, help="List what the store holds and exit.")
@click.option(
    "--default-graph", metavar="IRI", help="With --endpoint: graph for the facts of all texts; `default` is the server's own default graph."
)
@click.option("--user", metavar="NAME", help="With --endpoint: name to log in with; the password comes from KG_PASSWORD or a netrc file.")
@click.option(
    "--update-url", metavar="URL", help="With --endpoint: address for SPARQL updates, where kg cannot tell it from the endpoint's."
)
@click.option(
    "--graph-store-url", metavar="URL", help="With --endpoint: address of the Graph Store Protocol; `none` loads by updates alone."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help="With --endpoint: wait for one answer.",
)
@domain_option
@quiet_option
def load(*, graphs: tuple[Path, ...], store: Path | None, endpoint: str | None, files: Path | None, **others: Any) -> None:
    r"""Load what `kg build` wrote (folders, .nq or .ttl files): the facts, a named graph for each text, classes and concepts.

    \b
    kg load exports --store store
    kg load exports --endpoint http://127.0.0.1:7878/query

    What is there already is not loaded again; a text whose file changed takes the place of the old one. A load that is broken
    off leaves whole texts only, and goes on where it was when it is run again. See docs/store.md.
    """
    targets = [name for name, value in (("--store", store), ("--endpoint", endpoint), ("--files", files)) if value is not None]
    if len(targets) != 1:
        what = "names no store" if not targets else f"takes one of {' and '.join(targets)}"
        raise UsageError(_HERE, what, "give --store DIR, --endpoint URL or --files DIR")
    if store is not None:
        _into_folder(graphs, store, others)
        return
    if others["remove"] or others["listing"]:
        raise UsageError(_HERE, "--remove and --list are for --store", "texts on a server go with --exact")
    if not graphs:
        raise UsageError(_HERE, "names no graph", "give a build folder")
    if endpoint is not None:
        _into_server(graphs, endpoint, others)
    elif files is not None:
        _into_files(graphs, files, others)


def _into_folder(graphs: tuple[Path, ...], store: Path, others: dict[str, Any]) -> None:
    from kg.store.embedded import open_snapshot

    if others["listing"]:
        _list(store)
    elif graphs:
        keep(graphs, store, others["materialise"], **{name: others[name] for name in ("domain", "remove", "exact", "quiet")})
    elif others["remove"]:
        open_snapshot(store).lock.release()  # nothing to remove from where nothing is
        keep((), store, remove=others["remove"], quiet=others["quiet"])
    else:
        raise UsageError(_HERE, "names no graph", "give a build folder, or --remove TEXT")


def keep(  # noqa: PLR0913 - one argument an option
    graphs: tuple[Path, ...],
    store: Path,
    materialise: bool = False,
    *,
    domain: Path | None = None,
    remove: tuple[str, ...] = (),
    exact: bool = True,
    quiet: bool = False,
) -> None:
    """Load graphs into a store folder, remove texts from it, and say in one line what it holds then.

    Raises:
        UsageError: A graph or the store cannot be used; nothing was changed.
        OutputError: The disk is full or the like.
    """
    from kg.domain import load_domain
    from kg.store.embedded import Writer
    from kg.store.notes import counts
    from kg.store.place import prepare

    prepare(store)  # a folder that cannot be used is known before the graphs are read
    units = read_all(graphs, load_domain(domain), materialise=materialise) if graphs else []
    with Writer(store) as writer:
        gone = [_text_named(each, writer) for each in remove]
        done = writer.load(units, exact=exact and bool(graphs))
        writer.remove(gone)
        found, total = counts(writer.store)
    if not quiet:
        parts = [f"{len(getattr(done, name))} {name}" for name in ("added", "replaced", "unchanged")]
        parts.append(f"{len(done.removed) + len(gone)} removed")
        click.echo(f"{store}: {', '.join(parts)}; {len(found)} named graphs, {total} triples in the default graph")


def read_all(graphs: tuple[Path, ...], domain: Domain, *, materialise: bool = False) -> list[Unit]:
    """Return the units of some graphs, and those of the domain; of a text that several hold the last counts."""
    from kg.store.rules import materialised
    from kg.store.units import read_domain_units, read_units

    units = {unit.name: unit for unit in read_domain_units(domain)}
    for graph in graphs:
        units.update({unit.name: unit for unit in read_units(graph, domain)})
    return materialised(list(units.values())) if materialise else list(units.values())


def _list(store: Path) -> None:
    """Print one line for each named graph: name, triples, path of the text."""
    from kg.rdf.folder import open_database
    from kg.store.embedded import open_snapshot
    from kg.store.notes import counts, paths

    with open_snapshot(store) as snapshot:
        data = open_database(store, snapshot.path)
        known = {name: path for path, name in paths(data).items()}
        for name, number in counts(data)[0].items():
            click.echo(f"{name[1:-1]}\t{number}\t{known.get(name, '')}")


def _text_named(text: str, writer: Any) -> str:
    """Return the graph of a text that is named by its id, its path or its file's name.

    Raises:
        UsageError: The store holds no such text, or several of that name.
    """
    from kg.rdf.namespaces import ID
    from kg.store.notes import paths

    held = paths(writer.store)
    names = set(held.values())
    wanted = f"<{ID}{text}>"
    found = {wanted} & names or {name for path, name in held.items() if text in (path, path.rpartition("/")[2], name[1:-1])}
    if len(found) != 1:
        what = f"holds {len(found)} texts named {text}" if found else f"holds no text named {text}"
        raise UsageError(str(writer.folder), what, "kg load --list --store DIR shows all")
    return found.pop()


def _into_server(graphs: tuple[Path, ...], endpoint: str, others: dict[str, Any]) -> None:
    from kg.domain import load_domain
    from kg.store.remote import FACTS, load_server
    from kg.store.server import connect, shown

    server = connect(
        endpoint,
        update=others["update_url"] or "",
        graphs=others["graph_store_url"] or "",
        user=others["user"] or "",
        timeout=others["timeout"],
    )
    units = read_all(graphs, load_domain(others["domain"]), materialise=others["materialise"])
    facts = others["default_graph"] or FACTS
    done = load_server(units, server, facts=facts, exact=others["exact"], progress=None if others["quiet"] else _tell)
    if others["quiet"]:
        return
    for name, number in done.counts.items():
        click.echo(f"{name.strip('<>')}\t{number}\t{'unchanged' if name in done.unchanged else 'loaded'}")
    click.echo(
        f"{shown(endpoint)}: {len(done.sent)} loaded, {len(done.unchanged)} unchanged, {len(done.removed)} removed; all counted again"
    )


def _tell(number: int, total: int, name: str) -> None:
    click.echo(f"{number + 1} of {total}: {name.strip('<>')}", err=True)


def _into_files(graphs: tuple[Path, ...], files: Path, others: dict[str, Any]) -> None:
    from kg.domain import load_domain
    from kg.run import write_atomically
    from kg.store.bulk import bulk_files
    from kg.store.remote import FACTS

    units = read_all(graphs, load_domain(others["domain"]), materialise=others["materialise"])
    for name, content in bulk_files(units, others["default_graph"] or FACTS):
        write_atomically(files / name, content.encode())
        if not others["quiet"]:
            click.echo(str(files / name))
