"""Say what a build did: ``report.json`` for programs, ``report.md`` for people, in Chinese and English."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.domain.messages import load_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import networkx as nx

    from kg.domain import Domain
    from kg.domain.messages import Messages
    from kg.model import Finding, Record
    from kg.run.harvest import Harvest

#: Findings of one code that report.md lists one by one; report.json has all.
_SHOWN = 20


def summarise(result: Harvest, graph: nx.MultiDiGraph, problems: Sequence[Finding], files: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the report as it stands in ``report.json``.

    Args:
        result: What became of the inputs.
        graph: The graph that was built.
        problems: What the check of the graph found.
        files: Name, size and digest of the files beside the report, by name.
    """
    return {
        "inputs": result.counts,
        "documents": [_document(record) for record in result.records],
        "duplicates": [one._asdict() for one in result.duplicates],
        "quarantined": [one.as_dict() for one in result.quarantined],
        "skipped": [{"source": source, "reason": reason} for source, reason in result.skipped],
        "nodes": _counted(kind for _, kind in graph.nodes(data="type")),
        "edges": _counted(predicate for _, _, predicate in graph.edges(keys=True)),
        "findings": [one.as_dict() for one in result.findings],
        "checks": [one.as_dict() for one in problems],
        "files": list(files.values()),
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _document(record: Record) -> dict[str, Any]:
    doc = record["doc"]
    kept = {key: doc.get(key) for key in ("id", "source", "title", "date", "region", "encoding", "alsoAt")}
    return {**kept, "characters": len(record["text"]), "nodes": len(record["nodes"]), "edges": len(record["edges"])}


def as_json(report: Mapping[str, Any]) -> bytes:
    """Return the report as ``report.json``."""
    return (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def as_markdown(report: Mapping[str, Any], domain: Domain) -> bytes:
    """Return the report as ``report.md``."""
    words = load_messages(domain.base)
    lines = [f"# {words.both('report.title')}", ""]
    counts = report["inputs"]
    lines += [
        f"{counts['total']} {words.both('report.total')} = " + " + ".join(f"{counts[k]} {words.both('report.' + k)}" for k in _PARTS),
        "",
    ]
    lines += _documents(report, words)
    lines += _left_out(report, words)
    for key, column in (("nodes", "type"), ("edges", "predicate")):
        rows = sorted(report[key].items(), key=lambda row: (-row[1], row[0]))
        lines += _table(words.both(f"report.{key}"), [words.both(f"report.{column}"), words.both("report.count")], rows)
    lines += _findings(report["findings"], words, "report.findings", report.get("findingCounts"))
    if report["checks"] is None:
        lines += [f"## {words.both('report.checks')}", "", f"{words.both('report.none-made')} (`kg check --graph`)", ""]
    else:
        lines += _findings(report["checks"], words, "report.checks")
    if unchecked := report.get("unchecked"):
        lines += [f"{words.both('report.unchecked')}: {', '.join(unchecked)} (`kg check --graph`)", ""]
    rows = [(one["name"], f"{one['bytes']:,}", f"`{one['sha256'][:16]}…`" if one["sha256"] else None) for one in report["files"]]
    lines += _table(words.both("report.files"), [words.both("report.file"), words.both("report.bytes"), "sha256"], rows)
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", errors="replace")


_PARTS = ("built", "duplicates", "quarantined", "skipped")


def _documents(report: Mapping[str, Any], words: Messages) -> list[str]:
    columns = ("source", "name", "date", "region", "encoding", "characters", "nodes", "edges")
    rows = [
        (one["source"], one["title"], one["date"], one["region"], one["encoding"], one["characters"], one["nodes"], one["edges"])
        for one in report["documents"]
    ]
    return _table(words.both("report.documents"), [words.both(f"report.{column}") for column in columns], rows)


def _left_out(report: Mapping[str, Any], words: Messages) -> list[str]:
    lines: list[str] = []
    rows: list[tuple[Any, ...]]
    source, reason, message = (words.both(f"report.{key}") for key in ("source", "reason", "message"))
    if report["quarantined"]:
        rows = [(one["where"], words.both(f"code.{one['code']}"), one["message"]) for one in report["quarantined"]]
        lines += _table(words.both("report.quarantined"), [source, reason, message], rows)
    if report["duplicates"]:
        rows = [(one["source"], one["of"]) for one in report["duplicates"]]
        lines += _table(words.both("report.duplicates"), [source, words.both("report.of")], rows)
    if report["skipped"]:
        rows = [(one["source"], words.both(f"code.{one['reason']}")) for one in report["skipped"][:_SHOWN]]
        lines += _table(words.both("report.skipped"), [source, reason], rows)
        lines += _rest(report["skipped"])
    return lines


def _findings(
    findings: Sequence[Mapping[str, str]], words: Messages, key: str, counts: Sequence[Mapping[str, Any]] | None = None
) -> list[str]:
    """Return one table of counts by code, then the single findings, the first of each code.

    Args:
        findings: Those that are listed.
        words: The messages.
        key: Message of the title.
        counts: Of all findings, where not all are listed.
    """
    title = words.both(key)
    if not findings:
        return [f"## {title}", "", words.both("report.clean"), ""]
    if counts is None:
        found = Counter((one["severity"], one["code"]) for one in findings)
    else:
        found = Counter({(one["severity"], one["code"]): one["count"] for one in counts})
    rows = [(words.both(f"severity.{severity}"), words.both(f"code.{code}"), count) for (severity, code), count in sorted(found.items())]
    lines = _table(title, [words.both(f"report.{name}") for name in ("severity", "reason", "count")], rows)
    seen: Counter[str] = Counter()
    for one in findings:
        seen[one["code"]] += 1
        if seen[one["code"]] <= _SHOWN:
            lines.append(f"- `{_cell(one['where'])}` {one['code']}: {_cell(one['message'])}")
    if found.total() > len(findings):
        lines += ["", f"{words.both('report.first')}: {len(findings)} / {found.total()}"]
    return [*lines, *_rest(findings if max(seen.values()) > _SHOWN else ()), ""]


def _rest(listed: Sequence[Any]) -> list[str]:
    return [f"… {len(listed)} in `report.json`", ""] if len(listed) > _SHOWN else []


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    lines = [f"## {title}", "", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _cell(value: Any) -> str:
    """Return a value that cannot break out of its cell: no line break, bar, control character or markup."""
    if value is None:
        return "–"
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
