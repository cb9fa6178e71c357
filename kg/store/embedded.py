"""Keep graphs in a store folder on disk: loading replaces and removes whole texts, each in one transaction.

One process writes, others read what was published last (``kg.rdf.folder`` tells the layout). A load that is broken off at any
moment leaves whole texts only: those that it had taken in are there, the others are as they were before.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Self, cast

from kg.errors import OutputError, UsageError
from kg.rdf.folder import (
    CURRENT,
    LIVE,
    SNAPSHOTS,
    UNPUBLISHED,
    WRITER_LOCK,
    Lock,
    check_marker,
    current_snapshot,
)
from kg.store.notes import Blocks, counts, data_block, default_blocks, digests, named_blocks, node, notes_of, paths, triple_of
from kg.store.place import prepare, unwritable, write_small
from kg.store.units import REST, STATUS, Unit, context_name, is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from pyoxigraph import Quad, Store

    from kg.rdf.folder import Snapshot

#: From this many triples an empty store is filled by the bulk loader, in a folder of its own.
_BULK = 20_000


@dataclass
class Loaded:
    """Tell what a load did.

    Attributes:
        added: Names of the graphs that are new.
        replaced: Names of those whose content changed; a text that took the place of one of the same path counts here.
        unchanged: Names of those that were there already.
        removed: Names of the texts that are gone.
        counts: Triples of each named graph now, by name.
        total: Triples of the default graph now.
    """

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0


class Writer:
    """Hold a store folder for writing; use it as a context manager. Leaving publishes what was written.

    Args:
        folder: Made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: Lock | None = None
        self._store: Store | None = None

    def __enter__(self) -> Self:
        """Make the folder, or take it over.

        Raises:
            UsageError: Another process writes there, or the folder is something else.
            OutputError: It cannot be written.
        """
        try:
            prepare(self.folder)
            self._lock = _only_writer(self.folder)
            for leftover in (*self.folder.glob("*.kg-tmp"), *(self.folder / SNAPSHOTS).glob("*.kg-tmp")):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            self._store = self._open(self.folder / LIVE)
        except OSError as error:
            self._close()
            raise unwritable(self.folder, error) from error
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Publish what is whole, also after an error, and let the folder go."""
        try:
            if kind is None:
                self.publish()
            else:
                with contextlib.suppress(OutputError):
                    self.publish()
        finally:
            self._close()

    @property
    def store(self) -> Store:
        """Return the database."""
        assert self._store is not None, "use it as a context manager"
        return self._store

    def digests(self) -> dict[str, str]:
        """Return the digest of each unit that is there, by the graph's name."""
        return dict(digests(self.store))

    def load(self, units: Iterable[Unit], *, exact: bool = False, progress: Callable[[int, int, str], None] | None = None) -> Loaded:
        """Take in units: each that is new or changed in a transaction of its own.

        Args:
            units: Of one or more graphs; of two for one name the last counts.
            exact: Remove the texts that are not among the units.
            progress: Called with number, total and name before each unit.

        Raises:
            OutputError: The disk is full or the like; what was taken in until then stays.
        """
        wanted = {unit.name: unit for unit in units}
        present = self.digests()
        done = Loaded()
        try:
            if not present and sum(len(unit.said) for unit in wanted.values()) >= _BULK:
                self._fill(list(wanted.values()))
                done.added = sorted(wanted)
            else:
                self._take(wanted, present, done, progress)
                gone = [name for name in present if is_text(name) and name not in wanted and name not in done.removed] if exact else []
                for name in gone:
                    self._replace(Unit(name, []))
                done.removed += gone
            self.store.flush()
        except OSError as error:
            raise unwritable(self.folder, error) from error
        return done

    def remove(self, names: Iterable[str]) -> None:
        """Remove units with everything that only they say, each in one transaction.

        Raises:
            OutputError: The disk is full or the like.
        """
        try:
            for name in names:
                self._replace(Unit(name, []))
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def publish(self) -> None:
        """Let readers see what is there now; nothing happens if they do already.

        Raises:
            OutputError: The disk is full or the like; readers go on with what they have.
        """
        if not (self.folder / UNPUBLISHED).exists():
            return
        try:
            self.store.flush()
            name = f"{max([int(path.name) for path in self._snapshots()], default=0) + 1:06}"
            target = self.folder / SNAPSHOTS / name
            temporary = target.with_name(f"{name}.kg-tmp")
            self.store.backup(str(temporary))
            target.with_name(f"{name}.lock").touch()
            temporary.rename(target)
            write_small(self.folder / CURRENT, name + "\n")
            (self.folder / UNPUBLISHED).unlink()
        except OSError as error:
            raise unwritable(self.folder, error) from error
        self._prune(name)

    def _take(
        self, wanted: dict[str, Unit], present: dict[str, str], done: Loaded, progress: Callable[[int, int, str], None] | None
    ) -> None:
        sources = paths(self.store)
        for number, unit in enumerate(wanted.values()):
            if progress:
                progress(number, len(wanted), unit.name)
            if present.get(unit.name) == unit.digest:
                done.unchanged.append(unit.name)
                continue
            before = sources.get(unit.source, "") if unit.source else ""
            former = before if before != unit.name and before not in wanted else ""
            if unit.name == REST and REST in present:  # nobody vouches for these: they only ever add up
                unit = Unit(REST, [], sorted({*unit.context, *(triple_of(quad) for quad in self._quads(context_name(REST)))}))  # noqa: PLW2901
            self._replace(unit, former)
            (done.replaced if former or unit.name in present else done.added).append(unit.name)
            if former:
                done.removed.append(former)

    def _replace(self, unit: Unit, former: str = "") -> None:
        """Put a unit in the place of what bears its name (and of another one) in one transaction; an empty unit removes."""
        names = [unit.name, former] if former else [unit.name]
        graphs = {name for each in names for name in (each, context_name(each))}
        old = {(graph, triple_of(quad)): quad for graph in graphs for quad in self._quads(graph)}
        kept = set(unit.said) | set(unit.context)
        new = [(unit.name, triple) for triple in unit.said] + [(context_name(unit.name), triple) for triple in unit.context]
        gone = {triple: quad for (_, triple), quad in old.items() if triple not in kept and not self._is_said_elsewhere(quad, graphs)}
        out = [(graph, triple) for graph, triple in old.keys() - set(new)] + [("", triple) for triple in gone]
        known = {triple for _, triple in old}
        into = [pair for pair in new if pair not in old] + [("", triple) for triple in sorted(kept - known)]
        notes = [(STATUS, note) for note in notes_of(unit)] if kept else []
        past = [(STATUS, triple_of(quad)) for name in names for quad in self._notes(name)]
        empty = graphs - {graph for graph, _ in new}
        drop = "".join(f" ;\nDROP SILENT GRAPH {graph}" for graph in sorted(empty))
        (self.folder / UNPUBLISHED).touch()
        self.store.update(f"DELETE DATA {{\n{data_block(past + out)}}} ;\nINSERT DATA {{\n{data_block(notes + into)}}}{drop}")

    def _is_said_elsewhere(self, quad: Quad, graphs: set[str]) -> bool:
        found = self.store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        names = (str(other.graph_name) for other in found)
        return any(name not in graphs and name != "DEFAULT" for name in names)

    def _fill(self, units: list[Unit]) -> None:
        """Fill the empty store by the bulk loader beside it, and put that in its place when it is complete."""
        from pyoxigraph import RdfFormat, Store

        new, live = self.folder / f"{LIVE}.kg-tmp", self.folder / LIVE
        filled = Store(str(new))
        # Units are in canonical form, so that they need no second look. Graph by graph the engine's files overlap least.
        filled.bulk_load(cast("IO[bytes]", Blocks(default_blocks(units))), RdfFormat.N_TRIPLES, lenient=True)
        filled.bulk_load(cast("IO[bytes]", Blocks(named_blocks(units))), RdfFormat.N_QUADS, lenient=True)
        filled.flush()
        del filled
        self._store = None  # closes it
        (self.folder / UNPUBLISHED).touch()
        shutil.rmtree(live)
        new.rename(live)
        self._store = self._open(live)

    def _quads(self, graph: str) -> Iterator[Quad]:
        return self.store.quads_for_pattern(None, None, None, node(graph))

    def _notes(self, name: str) -> Iterator[Quad]:
        return self.store.quads_for_pattern(node(name), None, None, node(STATUS))

    def _snapshots(self) -> list[Path]:
        return [path for path in (self.folder / SNAPSHOTS).iterdir() if path.is_dir() and path.name.isdecimal()]

    def _prune(self, current: str) -> None:
        """Remove the states that nobody reads any more."""
        for path in self._snapshots():
            if path.name == current:
                continue
            lock_file = path.with_name(f"{path.name}.lock")
            with contextlib.suppress(OSError):
                lock = Lock.take(lock_file)
                if lock is not None:
                    shutil.rmtree(path)
                    lock_file.unlink()
                    lock.release()

    def _open(self, path: Path) -> Store:
        from pyoxigraph import Store

        try:
            return Store(str(path))
        except RuntimeError as error:  # how the engine tells of damage
            raise UsageError(str(self.folder), f"is damaged ({error})", "load the graph into a new folder") from error

    def _close(self) -> None:
        self._store = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def load_store(
    units: Iterable[Unit], folder: Path, *, exact: bool = False, progress: Callable[[int, int, str], None] | None = None
) -> Loaded:
    """Load units into a store folder and publish them; see :meth:`Writer.load`.

    Raises:
        UsageError: Another process writes there, or the folder is something else.
        OutputError: It cannot be written.
    """
    with Writer(folder) as writer:
        done = writer.load(units, exact=exact, progress=progress)
        done.counts, done.total = counts(writer.store)
    return done


def _only_writer(folder: Path) -> Lock:
    lock = Lock.take(folder / WRITER_LOCK)
    if lock is None:
        raise UsageError(str(folder), "another process is loading into this store", "wait for it, or load into another folder")
    return lock


def open_snapshot(folder: Path) -> Snapshot:
    """Hold the newest state of a store; what a writer that was killed left whole is published first.

    Raises:
        UsageError: The folder is no store of this version, or holds nothing yet.
    """
    check_marker(folder)
    if (folder / UNPUBLISHED).exists():
        # Somebody may be writing, or we may not write: then what is published will do.
        with contextlib.suppress(UsageError, OutputError), Writer(folder):
            pass
    return current_snapshot(folder)
