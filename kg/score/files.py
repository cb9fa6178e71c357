"""Read what is compared: gold documents and extraction records, each refused with its file and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_GOLD = "write gold as in tests/eval/gold: doc, entities (id, type, name), relations (subject, predicate, object)"
_MAKE = "make it with `kg extract`"


def load_gold(folder: Path, wanted: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Read the gold documents of a folder, sorted by file name.

    Args:
        folder: Holds one ``.json`` a document.
        wanted: Only these documents; all if empty.

    Raises:
        UsageError: No gold there, a wanted document is not among them, or a file is no gold document.
    """
    documents = [_gold_document(path) for path in sorted(folder.glob("*.json"))]
    known = {document["doc"] for document in documents}
    unknown = sorted(set(wanted) - known)
    if not documents:
        raise UsageError(str(folder), "holds no gold", "name a folder of .json files")
    if unknown:
        raise UsageError(str(folder), f"no gold called {', '.join(unknown)}", f"there are {', '.join(sorted(known))}")
    return [document for document in documents if not wanted or document["doc"] in wanted]


def _gold_document(path: Path) -> dict[str, Any]:
    where = str(path)
    document = _parsed(_text(path, _GOLD), where, _GOLD)
    _require(document, dict, "the file", where, _GOLD)
    _require(document.get("doc"), str, "doc", where, _GOLD)
    _require(document.get("entities"), list, "entities", where, _GOLD)
    _require(document.get("relations"), list, "relations", where, _GOLD)
    for number, entity in enumerate(document["entities"]):
        _check_entity(entity, f"entities[{number}]", where, _GOLD)
    for number, relation in enumerate(document["relations"]):
        _require(relation, list, f"relations[{number}]", where, _GOLD)
        if len(relation) < 3 or not all(isinstance(part, str) for part in relation[:3]):  # noqa: PLR2004 - subject, predicate, object
            raise UsageError(where, f"relations[{number}] is no subject, predicate and object", _GOLD)
    return document  # type: ignore[no-any-return]  # checked above


def _check_entity(entity: Any, name: str, where: str, hint: str) -> None:
    """Refuse an entity of gold or record that cannot be compared."""
    _require(entity, dict, name, where, hint)
    for key in ("id", "type"):
        _require(entity.get(key), str, f"{name}.{key}", where, hint)
    _require(entity.get("name"), (str, list), f"{name}.name", where, hint)
    if not entity["name"] or not all(isinstance(form, str) for form in entity["name"]):
        raise UsageError(where, f"{name}.name names nothing", hint)
    _require(entity.get("mentions", []), list, f"{name}.mentions", where, hint)
    for mention in entity.get("mentions", ()):
        if not isinstance(mention, str) and not _is_span(mention):
            raise UsageError(where, f"{name}.mentions holds {mention!r}, neither words nor two offsets", hint)
    if entity["type"] == "Observation":
        _require(entity.get("value"), (int, float), f"{name}.value", where, hint)
        _require(entity.get("unit"), str, f"{name}.unit", where, hint)


def _is_span(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, int) for part in value)  # noqa: PLR2004 - start, end


def load_records(path: Path) -> dict[str, dict[str, Any]]:
    """Read extraction records, by the file name of their source without ``.txt``.

    Raises:
        UsageError: The file cannot be read, or a line is no record.
    """
    records = {}
    for number, line in enumerate(_text(path, _MAKE).split("\n"), 1):
        if line.strip():
            record = _record(line, f"{path}:{number}")
            records[Path(record["doc"]["source"]).name.removesuffix(".txt")] = record
    return records


def _record(line: str, where: str) -> dict[str, Any]:
    record = _parsed(line, where, _MAKE)
    _require(record, dict, "the line", where, _MAKE)
    _require(record.get("doc"), dict, "doc", where, _MAKE)
    _require(record["doc"].get("source"), str, "doc.source", where, _MAKE)
    _require(record.get("text"), str, "text", where, _MAKE)
    _require(record.get("nodes"), list, "nodes", where, _MAKE)
    _require(record.get("edges"), list, "edges", where, _MAKE)
    for number, node in enumerate(record["nodes"]):
        _check_entity(node, f"nodes[{number}]", where, _MAKE)
    for number, edge in enumerate(record["edges"]):
        _require(edge, dict, f"edges[{number}]", where, _MAKE)
        for key in ("subject", "predicate", "object"):
            _require(edge.get(key), str, f"edges[{number}].{key}", where, _MAKE)
        if not all(map(_is_span, edge.get("evidence", ()))):
            raise UsageError(where, f"edges[{number}].evidence holds something else than pairs of offsets", _MAKE)
    return record  # type: ignore[no-any-return]  # checked above


def _text(path: Path, hint: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(str(path), f"cannot be read ({error.strerror})", hint) from error
    except UnicodeDecodeError as error:
        raise UsageError(str(path), f"is not UTF-8 (byte {error.start})", hint) from error


def _parsed(text: str, where: str, hint: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(where, f"is not JSON ({error})", hint) from error


_KINDS = {dict: "an object", list: "a list", str: "a text", (str, list): "a text or a list of them", (int, float): "a number"}


def _require(value: Any, kind: type | tuple[type, ...], name: str, where: str, hint: str) -> None:
    if value is None:
        raise UsageError(where, f"{name} is missing", hint)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UsageError(where, f"{name} is not {_KINDS[kind]}", hint)
