"""List the input files under the paths that a user names, in an order that no file system decides."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, UsageError
from kg.read.conversions import advice
from kg.read.file import LARGEST
from kg.read.inputs import BUILT, METADATA_NAME, TABLES_ABOUT, Discovery, Input, Skipped, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["METADATA_NAME", "Discovery", "Input", "Skipped", "discover", "shown"]

#: Files that hold many texts; each part is an input of its own.
CONTAINERS = frozenset({".zip", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})


def discover(paths: Iterable[Path | str], extensions: Collection[str], largest: int = LARGEST) -> Discovery:
    """List the files under the paths; folders are walked, symbolic links inside them are not followed.

    Every file seen is either an input or skipped, so that nothing is lost from the count; a hidden folder counts as one. A file that
    holds many texts counts as its parts, each an input or skipped; one that cannot be opened counts as one input.

    Args:
        paths: Files and folders.
        extensions: Those that a reader exists for (the keys of ``READERS``).
        largest: Bytes of a text; a larger part is not read.

    Raises:
        UsageError: A path does not exist, or no file is an input.
    """
    inputs: dict[str, Input] = {}
    skipped: dict[str, Skipped] = {}
    tables: set[Path] = set()
    named = [Path(path) for path in paths]
    for path in named:
        if not os.path.lexists(path) or (path.is_symlink() and not path.exists()):
            raise UsageError(shown(str(path)), "no such file or folder", "check the path")
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link and change its name
        for file, hidden in _walk(absolute):
            source = shown(os.path.relpath(file, absolute.parent))
            reason = _reason_to_skip(file, extensions, hidden=hidden, named=file == absolute)
            if file.name == METADATA_NAME and not hidden:
                tables.add(file)
            key = os.path.realpath(file.parent) + os.sep + file.name
            if reason:
                skipped.setdefault(key, Skipped(source, reason))
            elif key not in inputs or source < inputs[key].source:
                inputs[key] = Input(file, source, file.suffix.lower(), file == absolute, _problem(file, source, named=file == absolute))
    texts: list[Input] = []
    left_out = list(skipped.values())
    for one in inputs.values():
        found, passed_over = _parts(one, extensions, largest)
        texts += found
        left_out += passed_over
    if not texts:
        raise UsageError(*_nothing(named, left_out, extensions))
    return Discovery(
        tuple(sorted(texts, key=lambda one: (one.source, str(one.path)))),
        tuple(sorted(left_out, key=lambda one: (one.source, one.reason))),
        tuple(sorted(tables)),
    )


def _parts(one: Input, extensions: Collection[str], largest: int) -> tuple[list[Input], list[Skipped]]:
    """Return the texts inside a file that holds many, and what else is in it; any other file as it is."""
    if one.problem is not None or one.extension not in CONTAINERS:
        return [one], []
    from kg.domain import shipped_ontology
    from kg.domain.columns import load_columns
    from kg.domain.encodings import load_common_characters

    base = shipped_ontology() / "base"
    try:
        if one.extension == ".zip":
            return _members(one, extensions, largest)
        if one.extension == ".parquet":
            from kg.read.packed import is_packed, list_packed
            from kg.read.parquet import list_parquet, open_parquet

            packed = is_packed(open_parquet(one.path, one.source).schema_arrow.names)
            return list_packed(one) if packed else (list_parquet(one, load_columns(base)), [])
        from kg.read.rows import list_csv, list_jsonl

        columns = load_columns(base)
        if one.extension in {".csv", ".tsv"}:
            rows = list_csv(one, columns, largest, load_common_characters(base))
        else:
            rows = list_jsonl(one, columns, largest)
    except InputError as error:
        is_about = error.code == "no-text-column" and one.extension == ".tsv"  # as tables about the texts often are
        return ([], [Skipped(one.source, "metadata")]) if is_about else ([replace(one, problem=error)], [])
    return rows, []


def _members(one: Input, extensions: Collection[str], largest: int) -> tuple[list[Input], list[Skipped]]:
    """Return the texts in an archive, of the tables in it their rows, and what else is in it.

    Raises:
        InputError: As :func:`kg.read.archive.list_zip`.
    """
    from kg.read.archive import list_zip

    inputs: list[Input] = []
    members, skipped = list_zip(one, extensions, largest)
    for member in members:
        found, passed_over = _parts(member, extensions, largest)
        inputs += found
        skipped += passed_over
    return inputs, skipped


def _nothing(named: list[Path], skipped: list[Skipped], extensions: Collection[str]) -> tuple[str, str, str]:
    where = ", ".join(shown(str(path)) for path in named) or "no path"
    known = " ".join(sorted({*extensions, *CONTAINERS}))
    seen = f"no documents ({len(skipped)} skipped: {', '.join(sorted({one.reason for one in skipped}))})" if skipped else "no documents"
    return where, seen, "; ".join([*advice(skipped), f"texts are files that end in {known}"])


def _walk(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield each file under the path, and whether it is hidden; a hidden folder is yielded itself and not entered."""
    if not path.is_dir():
        yield path, False
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield folder, False
            continue
        for entry in entries:
            if entry.name.startswith("."):
                yield Path(entry.path), True
            elif entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            else:
                yield Path(entry.path), False


def _reason_to_skip(file: Path, extensions: Collection[str], *, hidden: bool, named: bool) -> str:
    if hidden:
        return "hidden"
    if file.name in TABLES_ABOUT:
        return "metadata"
    if file.name in BUILT and not named:
        return "output"
    if file.is_symlink() or file.is_dir():  # a link or an unreadable folder is quarantined, whatever its name
        return ""
    suffix = file.suffix.lower()
    return "" if suffix in extensions or suffix in CONTAINERS else "extension"


def _problem(file: Path, source: str, *, named: bool) -> InputError | None:
    if named:
        mode = file.stat().st_mode
    else:
        try:
            mode = file.lstat().st_mode
        except OSError as error:
            return InputError(source, f"cannot be read ({error.strerror})", "check that it still exists", code="io")
        if stat.S_ISLNK(mode):
            return InputError(source, "is a symbolic link, which is not followed", "name its target as a path of its own", code="link")
    if stat.S_ISDIR(mode):
        return InputError(source, "folder cannot be listed", "check its permissions", code="io")
    if not stat.S_ISREG(mode):
        return InputError(source, "is no regular file", "copy its content into a file", code="not-regular")
    return None
