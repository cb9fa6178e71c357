"""Build packed texts on a cluster: the stages of a streaming build, each written to disk before the next one begins.

::

    _work/outcomes    what became of each text, its record among it (the long stage)
    _work/said        what each text says alone
    _work/pooled      what all texts say of a node
    quads/            N-Quads in shards; nodes/, edges/, evidence/ Parquet; inputs/ what became of each input; records/ JSON Lines
    report.json       and report.md
    _SUCCESS          written when all is there: without it the folder is not to be trusted
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.cluster.extraction import OUTCOME, Extraction
from kg.cluster.merging import ROWS, CountEdges, Finish, PoolNodes, Say, emitted
from kg.cluster.scene import Scene
from kg.cluster.session import Place, explained, location, opened
from kg.cluster.tables import EDGES, EVIDENCE, NODES, Rows, schema
from kg.errors import UsageError
from kg.read.packed import COLUMNS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from kg.domain import Domain
    from kg.run.harvest import Options

#: Everything a build writes; nothing else in the folder is touched.
_MADE = ("_SUCCESS", "_work", "quads", "nodes", "edges", "evidence", "inputs", "records", "report.json", "report.md")
#: Places of a pack's number; the numbers of several packs do not meet.
_BITS = 40
#: Texts that a task of the long stage holds at best, and tasks at most; below so many changes a table of them goes to every executor.
_TEXTS, _TASKS, _FEW = 200, 20_000, 500_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Hold where and how Spark runs.

    Attributes:
        master: As for :func:`kg.cluster.session.opened`.
        settings: Spark's own, by their names.
    """

    master: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def build_on_cluster(
    packs: Sequence[Path | str], output: Path | str, options: Options, cluster: Cluster, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Build the graph of packed texts; return the report.

    The statements are those of :func:`kg.run.stream_folder`.

    Args:
        packs: Files of :func:`kg.cluster.pack.pack`, as paths or URLs that every executor reaches.
        output: Folder, new or with an earlier result, that every executor reaches.
        options: Domain, lexicons and limits.
        cluster: Where to run it.
        progress: Called with the name of each stage as it begins.

    Raises:
        UsageError: A pack is none, no text could be used, the folder holds something else, or Spark failed.
        DomainError: The domain's files or a lexicon are faulty.
    """
    from kg.run.build import load

    domain = load(options)
    scene = Scene.of(options, domain)
    with opened(cluster.master, cluster.settings) as session, explained():
        place = Place(session, location(output))
        _clear(place)
        job = _Job(place, scene, domain, cluster.settings, progress or _silent)
        return job.run([location(one) for one in packs], options)


def _silent(stage: str) -> None:
    del stage


def _clear(place: Place) -> None:
    """Remove an earlier result; its mark first, so that it is never trusted while it goes.

    Raises:
        UsageError: The folder holds something else.
    """
    there = place.names()
    if there and "_work" not in there and not {"_SUCCESS", "quads"} <= set(there):
        raise UsageError(place.root, "holds other files", "name a new folder, or one with an earlier result of --engine spark")
    if there:
        place.make("_work")  # so that what is left of a removal that was stopped is known as ours
    for name in _MADE:
        if name in there and name != "_work":
            place.remove(name)
    place.remove("_work")


class _Job:
    """Hold what the stages share."""

    def __init__(self, place: Place, scene: Scene, domain: Domain, settings: Mapping[str, str], progress: Callable[[str], None]) -> None:
        self._session, self._place, self._scene, self._domain = place.session, place, scene, domain
        self._settings, self._progress = settings, progress

    def run(self, packs: list[str], options: Options) -> dict[str, Any]:
        """Run the stages one after the other."""
        from kg.cluster.account import Account
        from kg.run.report import as_json, as_markdown

        rows = self._packed(packs)
        self._progress("reading and extracting")
        texts = self._spread(rows.where(rows.kind.isin(*TEXTS)))
        self._keep("outcomes", texts.mapInArrow(Extraction(self._scene, options.effort.limits), schema(OUTCOME)))
        outcomes = self._kept("outcomes")
        self._progress("telling duplicates")
        account = Account(rows, outcomes, self._place)
        account.require()
        self._progress("what each text says")
        records = self._records(outcomes, account)
        stands = self._session.sparkContext.broadcast(account.stands(records))
        self._keep("said", records.select("line", "also").mapInArrow(Say(self._scene, stands), schema(ROWS)), "kind")
        self._progress("what all texts say")
        self._session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2000")  # short rows from here on
        self._pool()
        self._progress("writing")
        counts = self._write(records)
        report = account.report(counts, records)
        self._place.write("report.json", as_json(report))
        self._place.write("report.md", as_markdown(report, self._domain))
        self._place.write("_SUCCESS", b"")
        self._place.remove("_work")
        return report

    def _packed(self, packs: list[str]) -> Any:
        """Return the rows of all packs, each with a number of its own."""
        from functools import reduce

        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        tables = []
        for number, pack in enumerate(packs):
            table = self._session.read.parquet(pack)
            if table.columns != list(COLUMNS):
                raise UsageError(pack, "is no packed file", "make one with `kg pack PATH... -o FILE.parquet`")
            tables.append(table.withColumn("id", F.col("number") + F.lit(number << _BITS)))
        return reduce(lambda one, other: one.union(other), tables)

    def _spread(self, texts: Any) -> Any:
        """Cut the long stage into enough tasks that all cores have work to the end, and a lost one costs little."""
        count, cores = texts.count(), self._session.sparkContext.defaultParallelism
        if "spark.sql.shuffle.partitions" not in self._settings:
            self._session.conf.set("spark.sql.shuffle.partitions", str(min(_TASKS, max(2 * cores, count // 2_000))))
        wanted = min(count, _TASKS, max(4 * cores, count // _TEXTS))
        if texts.rdd.getNumPartitions() >= wanted:
            return texts
        return texts.repartition(max(1, wanted), "id")

    def _records(self, outcomes: Any, account: Any) -> Any:
        """Return the records to build: id, source, doc, line, claims, findings, and the other sources of the same text."""
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        read = outcomes.where(F.col("line").isNotNull())
        changes = account.changes()
        count = changes.count()
        if not count:
            return read.withColumn("also", F.lit(None).cast("array<string>"))
        joined = read.join(F.broadcast(changes) if count < _FEW else changes, "id", "left")
        return joined.where(~F.coalesce("dropped", F.lit(False))).drop("dropped")  # noqa: FBT003 - a column of false

    def _pool(self) -> None:
        """Bring the shares of each node together, and say what is left when all nodes are known."""
        from kg.run.pool import Pool

        said = self._kept("said")
        shares = said.where(said.kind == "share").repartition("key").sortWithinPartitions("key").select(*ROWS)
        self._keep("pooled", shares.mapInArrow(PoolNodes(self._scene), schema(ROWS)), "kind")
        pooled = self._kept("pooled")
        keys = {kind: pooled.where(pooled.kind == kind).select("key").distinct() for kind in ("label", "wanted", "region")}
        rows = Rows(self._domain)
        pool = Pool(self._domain, listen=rows.of_pool)
        pool.absorb((), (row.key for row in keys["region"].collect()), {})
        missing = [row.key for row in keys["wanted"].join(keys["label"], "key", "left_anti").collect()]
        last = list(emitted(pool.close(missing), rows))
        last += [("count", f"nodes/{type_}", str(count).encode()) for type_, count in pool.counts.items()]
        last.append(("none", "", b""))  # a table of no rows would have no form
        self._keep("last", self._session.createDataFrame([(k, key, bytearray(value)) for k, key, value in last], schema(ROWS)), "kind")

    def _write(self, records: Any) -> dict[str, dict[str, int]]:
        """Write the outputs; return the numbers of nodes and edges."""
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        merged = self._kept("pooled").unionByName(self._kept("last"))
        rows = self._kept("said").unionByName(merged)
        parts = rows.where(rows.kind == "part").select("key", F.col("value").cast("string").alias("text"))
        labels = merged.where(merged.kind == "label").select("key", F.col("value").cast("string").alias("said")).distinct()
        labelled = parts.join(labels, "key").select(_in_graph(F).cast("binary").alias("value"))
        shared = rows.where(rows.kind == "shared").select("value").union(labelled).distinct()
        self._keep("shared", shared)
        own = rows.where(rows.kind == "own").select("value")
        self._text("quads", own.union(self._kept("shared")).select(F.col("value").cast("string")), ".nq")
        self._text("records", records.select("line", "also").mapInArrow(Finish(), "value string"), ".jsonl")
        self._tables(rows)
        edges = self._kept("shared").mapInArrow(CountEdges(), schema(ROWS))
        counted = rows.where(rows.kind == "count").select("key", "value").union(edges.select("key", "value"))
        found = counted.groupBy("key").agg(F.sum(F.col("value").cast("string").cast("bigint")).alias("n")).collect()
        counts: dict[str, dict[str, int]] = {"nodes": {}, "edges": {}}
        for row in found:
            group, _, name = row.key.partition("/")
            counts[group][name] = int(row.n)
        return counts

    def _tables(self, rows: Any) -> None:
        """Write nodes, edges and evidence as Parquet."""
        from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

        def table(kind: str, columns: Mapping[str, str]) -> Any:
            values = rows.where(rows.kind == kind).select(F.col("value").cast("string").alias("value"))
            return values.select(F.from_json("value", schema(columns)).alias("row")).select("row.*")

        edges = table("edge", EDGES).groupBy("subject", "predicate", "object")
        first = F.min(F.when(F.col("text").isNotNull(), F.struct("text", "sentence"))).getField("sentence")
        merged = edges.agg(
            F.greatest(F.count_distinct("text"), F.lit(1)).alias("weight"),
            F.coalesce(F.max("confidence"), F.lit(1.0)).alias("confidence"),
            F.sum("count").alias("evidence_count"),
            first.alias("sentence"),
        )
        for name, made in (("nodes", table("node", NODES)), ("edges", merged), ("evidence", table("evidence", EVIDENCE))):
            made.write.parquet(self._place.at(name))

    def _text(self, name: str, lines: Any, suffix: str) -> None:
        """Write lines as compressed shards that loaders know by their names."""
        self._keep("lines", lines, form="text", compression="gzip")
        self._place.make(name)
        shards = [one for one in self._place.names("_work/lines") if re.match(r"part-", one)]
        for number, shard in enumerate(shards):
            self._place.move(f"_work/lines/{shard}", f"{name}/part-{number:05}{suffix}.gz")
        self._place.write(f"{name}/_SUCCESS", b"")

    def _keep(self, name: str, table: Any, by: str = "", *, form: str = "parquet", **options: str) -> None:
        writer = table.write.mode("overwrite").format(form).options(**options)
        (writer.partitionBy(by) if by else writer).save(self._place.at(f"_work/{name}"))

    def _kept(self, name: str) -> Any:
        return self._session.read.parquet(self._place.at(f"_work/{name}"))


def _in_graph(functions: Any) -> Any:
    """Return the column of a statement about a node in the graph of a text."""
    from kg.rdf.namespaces import ID

    begin, middle, end = (functions.lit(words) for words in (f"<{ID}", "> ", f" <{ID}"))
    return functions.concat(begin, "key", middle, "said", end, "text", functions.lit("> ."))
