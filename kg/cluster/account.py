"""Tell what became of every input of a build on a cluster, and say so in the report."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.cluster.merging import VERDICTS, Judgement
from kg.cluster.tables import schema
from kg.errors import UsageError
from kg.graph.aliases import join_aliases
from kg.model import Finding
from kg.read.packed import NOTE, QUARANTINED, SKIPPED
from kg.run.harvest import Duplicate
from kg.run.reprints import Reprints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.cluster.session import Place

#: What the report lists of each sort; it counts all, and ``inputs/`` has them.
_LISTED = 1_000
#: Texts that may end their workers before the cluster is taken to be at fault: their number, and share.
_LOST, _SHARE = 20, 0.05
#: Texts up to which the driver looks for reprints, and up to which it takes their sketches at once.
_SKETCHES, _FEW = 5_000_000, 100_000
_ENDINGS = frozenset({"crashed", "timeout", "memory"})
#: Status of an input, with its name in the report.
_STATUS = {"built": "built", "duplicate": "duplicates", "quarantined": "quarantined", "skipped": "skipped"}


class Account:
    """Judge the inputs, and keep the verdicts as ``inputs/``.

    Args:
        rows: Of the packs, each with its ``id``.
        outcomes: Of the texts.
        place: The output folder.
    """

    def __init__(self, rows: Any, outcomes: Any, place: Place) -> None:
        self._place, self._rows = place, rows
        _judged(rows, outcomes).write.parquet(place.at("inputs"))
        self._inputs = place.session.read.parquet(place.at("inputs"))

    @cached_property
    def counts(self) -> dict[str, int]:
        """Return the number of inputs by what became of them, and in all."""
        parts = {label: sum(n for (status, _), n in self._tallies.items() if status == name) for name, label in _STATUS.items()}
        return {"total": sum(parts.values()), **parts}

    @cached_property
    def _tallies(self) -> dict[tuple[str, str | None], int]:
        """Return the number of inputs by what became of them, and the reason."""
        return {(row.status, row.code): int(row["count"]) for row in self._inputs.groupBy("status", "code").count().collect()}

    def require(self) -> None:
        """Refuse to go on without a text, or if so many ended their workers that the cluster must be at fault.

        Raises:
            UsageError: See above.
        """
        counts = self.counts
        if not counts["built"]:
            shown = "".join(f"\n  {one['where']}: {one['code']}: {one['message']}" for one in self._quarantined(10))
            raise UsageError("input", f"no usable text: {counts['quarantined']} quarantined, {counts['skipped']} skipped{shown}")
        lost = sum(n for (status, code), n in self._tallies.items() if status == "quarantined" and code in _ENDINGS)
        if lost > max(_LOST, _SHARE * (counts["total"] - counts["skipped"])):
            first = "; ".join(f"{one['where']}: {one['message']}" for one in self._quarantined(3))
            hint = "see whether the executors have the memory that --memory and their cores ask for"
            raise UsageError("cluster", f"{lost:,} of {counts['total']:,} texts ended their workers ({first})", hint)

    def changes(self) -> Any:
        """Return the records that are not built (``dropped``), and those whose text has other sources (``also``), by ``id``."""
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        twice = self._inputs.where(F.col("status") == "duplicate")
        nowhere, none = F.lit(None).cast("array<string>"), F.lit(None).cast("boolean")
        dropped = twice.select("id", F.lit(True).alias("dropped"), nowhere.alias("also"))  # noqa: FBT003 - a column of truth
        elsewhere = (
            twice.where(F.col("source") != F.col("of")).groupBy(F.col("first").alias("id")).agg(F.collect_set("source").alias("also"))
        )
        return dropped.union(elsewhere.select("id", none.alias("dropped"), "also"))

    def stands(self, records: Any) -> dict[str, str]:
        """Return the id that stands for an id, of all texts."""
        claims: set[tuple[str, str]] = set()
        for row in records.where(records.claims.isNotNull()).select("claims").distinct().collect():
            claims.update((one, other) for one, other in json.loads(row.claims))
        return join_aliases(claims)

    def report(self, counts: Mapping[str, Mapping[str, int]], records: Any) -> dict[str, Any]:
        """Return the report, as of a streaming build; files are folders, and without a digest."""
        duplicates = self._listed("duplicate")
        findings, tallies = self._findings(records)
        files = [
            {"name": f"{name}/", "bytes": self._place.size(name), "sha256": ""}
            for name in ("quads", "nodes", "edges", "evidence", "inputs", "records")
        ]
        return {
            "inputs": self.counts,
            "documents": [],
            "duplicates": [Duplicate(row.source, row.of, row.same)._asdict() for row in duplicates],
            "quarantined": self._quarantined(_LISTED),
            "skipped": [{"source": row.source, "reason": row.code} for row in self._listed("skipped")],
            **{group: dict(sorted(found.items())) for group, found in counts.items()},
            "findings": findings,
            "findingCounts": tallies,
            "checks": None,
            "files": files,
            "minConfidence": 0.0,
        }

    def _listed(self, status: str, count: int = _LISTED) -> list[Any]:
        if not self.counts[_STATUS[status]]:
            return []
        found = self._inputs.where(self._inputs.status == status)
        rows: list[Any] = found.orderBy("source", "code" if status == "skipped" else "id").limit(count).collect()
        return rows

    def _quarantined(self, count: int) -> list[dict[str, str]]:
        return [Finding("error", row.code, row.source, row.message).as_dict() for row in self._listed("quarantined", count)]

    def _findings(self, records: Any) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        """Return the first findings in the order of the inputs, and the numbers of all."""
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        said = records.where(F.col("findings").isNotNull()).select("source", "id", "findings")
        form = "array<struct<severity string, code string>>"
        each = said.select(F.explode(F.from_json("findings", form)).alias("one")).select("one.*")
        tallies = {(row.severity, row.code): int(row["count"]) for row in each.groupBy("severity", "code").count().collect()}
        listed = [
            (row.source, row.id, Finding(**one))
            for row in said.orderBy("source", "id").limit(_LISTED).collect()
            for one in json.loads(row.findings)
        ]
        listed += [(row.source, row.id, Duplicate(row.source, row.of, row.same).finding) for row in self._listed("duplicate")]
        reprints = self._reprints(records)
        listed += reprints
        listed.sort(key=lambda one: one[:2])
        notes = [Finding("warning", row.code, row.source, row.message) for row in self._rows.where(self._rows.kind == NOTE).collect()]
        for key, count in (
            (("warning", "duplicate"), self.counts["duplicates"]),
            (("warning", "metadata-unused"), len(notes)),
            (("info", "reprint"), len(reprints)),
        ):
            if count:
                tallies[key] = tallies.get(key, 0) + count
        found = [one.as_dict() for *_, one in listed] + [one.as_dict() for one in notes]
        return found[:_LISTED], [{"severity": s, "code": c, "count": n} for (s, c), n in sorted(tallies.items())]

    def _reprints(self, records: Any) -> list[tuple[str, int, Finding]]:
        """Return the findings about texts that are nearly another's: of all texts, in their order; none if there are too many for one machine."""
        if self.counts["built"] > _SKETCHES:
            return []
        rows = records.select("source", "doc", "id", "sketch").orderBy("source", "doc", "id")
        known = Reprints()
        sketched = rows.collect() if self.counts["built"] < _FEW else rows.toLocalIterator()
        found = ((row.source, row.id, known.finding(row.source, tuple(json.loads(row.sketch or "[]")))) for row in sketched)
        return [(source, number, one) for source, number, one in found if one is not None]


def _judged(rows: Any, outcomes: Any) -> Any:
    """Return what became of each input: id, source, status, reason, and of a duplicate what it repeats.

    Inputs of equal bytes or equal text meet in one group. Bytes may be read in two ways (as a page, as plain text); then the plain
    text's digest names the group.
    """
    from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

    known = outcomes.select("id", "source", "sha256", "content", "doc", "code", "message")
    digested = known.where(F.col("sha256").isNotNull())
    texts = digested.groupBy("sha256").agg(F.min(F.when(F.col("content") != F.col("sha256"), F.col("content"))).alias("text"))
    named = digested.join(texts, "sha256").withColumn("group", F.coalesce("text", "sha256"))
    members = F.collect_list(F.struct("id", "source", "sha256", "content", "doc")).alias("members")
    groups = named.groupBy("group").agg(members).where(F.size("members") > 1).select("members")
    verdicts = groups.mapInArrow(Judgement(), schema(VERDICTS))
    alone = F.when(F.col("doc").isNotNull(), "built").otherwise("quarantined")
    judged = known.join(verdicts, "id", "left").withColumn("status", F.coalesce("status", alone))
    columns = ("id", "source", "status", "code", "message", "of", "first", "same")
    others = rows.where(rows.kind.isin(QUARANTINED, SKIPPED)).withColumn("status", rows.kind)
    for name in ("of", "same"):
        others = others.withColumn(name, F.lit(None).cast("string"))
    others = others.withColumn("first", F.lit(None).cast("bigint"))
    return judged.select(*columns).union(others.select(*columns))
