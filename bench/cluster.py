"""Measure what a build on Spark costs a document, and work out from it what a million and a hundred million documents take.

    python -m bench.cluster                     # 60 and 240 documents of about 2,000 characters, on Spark with local[2]
    python -m bench.cluster --sizes 200 1000 --write     # also writes bench/cluster.md

Needs the extra [spark], Java and Linux. CPU time is Java's as the kernel counts it, and that of the executors' Python measured apart; the
difference of two sizes tells what a document costs. The plan is arithmetic on these figures: it was not run at that size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from bench.scale import make_texts

ROOT = Path(__file__).resolve().parent.parent
_SETTINGS = {
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
}
#: A machine of the plan, and how busy its cores are in practice.
CORES, BUSY = 32, 0.7
#: Copies that a file system such as HDFS keeps.
COPIES = 3


def run(command: str, *arguments: object) -> dict[str, float]:
    """Do one thing in a process of its own and return what it prints; ``cpu`` is that of the process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "bench.cluster", "--inside", command, *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - this script
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, **json.loads(done.stdout.splitlines()[-1])}


def stream(texts: str, output: str) -> dict[str, float]:
    """Build on this machine alone."""
    from kg.run import Effort, Options, stream_folder

    stream_folder([texts], Path(output), Options(effort=Effort(workers=2)))
    return {}


def stages(packed: str) -> dict[str, float]:
    """Do what the executors' Python does, without Spark; return its CPU seconds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kg.cluster.extraction import Extraction
    from kg.cluster.merging import PoolNodes, Say
    from kg.cluster.scene import Scene
    from kg.run import Limits, Options
    from kg.run.build import load

    scene = Scene.of(Options(), load(Options()))
    scene.domain()
    rows = pa.RecordBatch.from_pylist([{**row, "id": row["number"]} for row in pq.read_table(packed).to_pylist()])
    started = _cpu()
    made = [row for batch in Extraction(scene, Limits())([rows]) for row in batch.to_pylist()]
    records = pa.RecordBatch.from_pylist([{"line": row["line"], "also": None} for row in made])
    said = [row for batch in Say(scene, SimpleNamespace(value={}))([records]) for row in batch.to_pylist() if row["kind"] == "share"]
    shares = pa.RecordBatch.from_pylist(sorted(said, key=lambda row: row["key"]))
    for batch in PoolNodes(scene)([shares]):
        del batch
    return {"python": _cpu() - started}


def _cpu() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def spark(packed: str, output: str) -> dict[str, float]:
    """Build on Spark; return bytes by what was written, and Java's CPU seconds (Linux)."""
    from kg.cluster import job
    from kg.cluster.session import Place
    from kg.run import Options

    found: dict[str, float] = {"pack": Path(packed).stat().st_size}

    class Watched(Place):
        def remove(self, name: str) -> None:
            if name == "_work":
                found["work"] = self.size(name)
                fields = Path(f"/proc/{self.session.sparkContext._gateway.proc.pid}/stat").read_text(encoding="ascii").split()  # noqa: SLF001
                found["java"] = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
            super().remove(name)

    job.Place = Watched
    report = job.build_on_cluster([Path(packed)], Path(output), Options(), job.Cluster("local[2]", _SETTINGS))
    return {**found, **{one["name"]: one["bytes"] for one in report["files"]}}


def measure(sizes: list[int], folder: Path) -> dict[str, float]:
    """Return bytes and CPU seconds a document, by what needs them; ``start`` is what Java needs before the first."""
    from kg.cluster.pack import pack

    runs: list[dict[str, float]] = []
    for size in sizes:
        texts, packed = folder / f"texts-{size}", folder / f"texts-{size}.parquet"
        texts.mkdir()
        make_texts(texts, size)
        pack([texts], packed)
        alone = run("stream", texts, folder / f"stream-{size}")["cpu"]
        runs.append({**run("spark", packed, folder / f"spark-{size}"), "stream": alone, "python": run("stages", packed)["python"]})
        print(size, {name: round(value, 1) for name, value in runs[-1].items()}, flush=True)
    (low, high), (first, last) = sizes, runs
    each = {name: (last[name] - first[name]) / (high - low) for name in last if name != "cpu"}
    return {**each, "start": first["java"] - each["java"] * low}


def plan(cost: dict[str, float], documents: int, machines: int) -> str:
    """Return a row of the plan."""
    hours = (cost["python"] + cost["java"]) * documents / 3_600
    wall = hours / (machines * CORES * BUSY)
    kept = sum(value for name, value in cost.items() if name.endswith("/")) * documents
    shown = [f"{value * COPIES / 1e12:,.2f}" for value in (cost["work"] * documents, kept)]
    return f"| {documents:,} | {hours:,.0f} | {machines} | {wall:,.1f} | {' | '.join(shown)} |"


def report(sizes: list[int], cost: dict[str, float]) -> list[str]:
    """Return the lines of bench/cluster.md."""
    kinds = {"work": "held on the way", "quads/": "N-Quads, gzip", "records/": "records, gzip"}
    tables = sum(cost[name] for name in ("nodes/", "edges/", "evidence/", "inputs/"))
    return [
        "# What a build on Spark costs",
        "",
        f"Made by `python -m bench.cluster --sizes {' '.join(map(str, sizes))} --write`: documents of about 2,000 characters, `local[2]`, two cores,",
        f"Python {sys.version.split()[0]}; from the difference of the two sizes. Starting takes Java {cost['start']:.0f} CPU-s.",
        "",
        "| a document | |",
        "| --- | --- |",
        f"| Python: reading, extracting, merging | {cost['python'] * 1000:.0f} CPU-ms |",
        f"| Java: moving, sorting, compressing | {cost['java'] * 1000:.0f} CPU-ms |",
        f"| for comparison, `--stream` on one machine | {cost['stream'] * 1000:.0f} CPU-ms |",
        *(f"| {words} | {cost[name] / 1000:,.0f} KB |" for name, words in kinds.items()),
        f"| Parquet tables | {tables / 1000:,.0f} KB |",
        "",
        f"Not run at that size: machines of {CORES} cores that are busy {BUSY:.0%} of the time; disk in TB, {COPIES} copies of everything.",
        "",
        "| documents | CPU hours | machines | hours | disk on the way | disk for the results |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            plan(cost, documents, machines)
            for documents, machines in ((1_000_000, 1), (1_000_000, 4), (100_000_000, 32), (100_000_000, 128))
        ),
    ]


def main() -> None:
    """Measure and print, or write bench/cluster.md."""
    if sys.argv[1:2] == ["--inside"]:
        command = {"stream": stream, "stages": stages, "spark": spark}[sys.argv[2]]
        print(json.dumps(command(*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs=2, default=[60, 240])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = report(given.sizes, measure(given.sizes, Path(folder)))
    print("\n".join(lines))
    if given.write:
        (ROOT / "bench" / "cluster.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
