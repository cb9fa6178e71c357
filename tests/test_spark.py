"""A build on a cluster gives the facts of a build on one machine, whatever dies on the way: a worker of the cluster, or a document.

The master and the workers of a real standalone cluster are processes of their own on this machine.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from kg.cluster.account import Account
from kg.cluster.merging import judge
from kg.cluster.pack import pack
from kg.cluster.scene import Scene
from kg.errors import UsageError
from kg.rdf import read_graph
from kg.read.packed import TEXTS
from kg.run import Effort, Limits, Options, build, build_folder
from kg.run.build import load

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers need fork")

#: Java that is quick to start, and small.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
#: Kilobytes of address space that a process of the cluster may have: nothing that goes wrong here may hurt the machine.
ADDRESS_SPACE = 12_000_000

#: Put in front of every Python of the tests' cluster: extraction takes its time, notes what it does, and dies of one text.
SITE = """
import ctypes, os, time
from kg.run import one, outcome

def extract_one(raw, domain, plain=one.extract_one):
    if raw.source:
        with open(os.environ["KG_TEST_TRACE"], "a", encoding="utf-8") as trace:
            trace.write(f"{os.getppid()} {raw.source}\\n")
        if "killer" in raw.source:
            ctypes.string_at(0)
        time.sleep(0.15)
    return plain(raw, domain)

one.extract_one = outcome.extract_one = extract_one
"""


@pytest.fixture(scope="module")
def texts(tmp_path_factory, seeds):
    """Two seed texts, short ones that speak of the same things, every form of input, duplicates, and what cannot be read."""
    folder = tmp_path_factory.mktemp("spark") / "texts"
    folder.mkdir()
    for path in sorted(seeds.glob("*.txt"), key=lambda path: path.stat().st_size)[:2]:
        (folder / path.name).write_bytes(path.read_bytes())
    made = [
        f"{('大连市', '盖州市', '沈阳市')[number % 3]}人力资源和社会保障局关于做好{2015 + number}年就业工作的通知\n根据《辽宁省人民政府关于稳定就业的意见》"
        f"（辽政发〔{2015 + number % 4}〕{number + 3}号），市财政局对高校毕业生给予一次性求职补贴{number + 1}00元。全省城镇新增就业{number + 40}万人。\n"
        for number in range(14)
    ]
    for number, text in enumerate(made[:8]):
        (folder / f"t{number:02}.txt").write_text(text, encoding="utf-8")
    reprint = min(seeds.glob("*.txt"), key=lambda path: path.stat().st_size).read_text(encoding="utf-8")
    (folder / "reprint.txt").write_text(f"转发：就业政策\n{reprint}", encoding="utf-8")
    (folder / "same.txt").write_bytes((folder / "t03.txt").read_bytes())
    (folder / "zz-gb.txt").write_bytes(made[4].encode("gb18030"))
    (folder / "page.html").write_text(f"<html><body><nav>首页</nav><article><p>{made[8] * 3}</p></article></body></html>", encoding="utf-8")
    rows = [{"text": made[9], "date": "2024-05-06", "title": "关于就业的通知"}, {"text": ""}, {"text": made[10], "date": "?"}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (folder / "rows.csv").write_text(f'text,region\n"{made[11]}",辽宁省\n', encoding="utf-8")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("inner/a.txt", made[12])
        archive.writestr("inner/b.xyz", "x")
    (folder / "killer.txt").write_text(made[13], encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "note.xyz").write_bytes(b"x")
    (folder / "metadata.tsv").write_text("path\tregion\nt01.txt\t辽宁省\nnone.txt\t\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def packed(texts):
    """The texts in one file."""
    target = texts.parent / "texts.parquet"
    result = pack([texts], target)
    assert (result.texts, len(result.quarantined), len(result.skipped)) == (20, 1, 3)
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder that makes extraction slow and one text deadly, with the trace of what was extracted."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(SITE, encoding="utf-8")
    root = str(Path(__file__).resolve().parent.parent)
    held = [part for part in (os.environ.get("PYTHONPATH"), None if os.environ.get("KG_TEST_WHEEL") else root) if part]
    return {"PYTHONPATH": os.pathsep.join([str(folder), *held]), "KG_TEST_TRACE": str(folder / "trace"), "PYTHONUTF8": "1"}


def test_a_pack_builds_like_the_paths_that_went_into_it(texts, packed, tmp_path):
    options = Options(effort=Effort(0, Limits()))
    reports = []
    for name, path in (("plain", texts), ("packed", packed)):
        build_folder([path], tmp_path / name, options)
        reports.append(json.loads((tmp_path / name / "report.json").read_bytes()))
    assert (tmp_path / "packed" / "records.jsonl").read_bytes() == (tmp_path / "plain" / "records.jsonl").read_bytes()
    assert (tmp_path / "packed" / "graph.nq").read_bytes() == (tmp_path / "plain" / "graph.nq").read_bytes()
    for key in ("inputs", "duplicates", "quarantined", "skipped", "nodes", "edges"):
        assert reports[0][key] == reports[1][key], key


def test_pack_names_what_it_could_not_fetch_and_leaves_no_half_file(run_kg, texts, tmp_path):
    done = run_kg("pack", texts, "-o", tmp_path / "a.parquet")
    assert done.returncode == 0, done.stderr
    assert "texts/empty.txt: error: empty: is empty" in done.stderr
    assert "24 inputs: 20 packed, 1 quarantined, 3 skipped (2 extension, 1 metadata)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert run_kg("pack", texts, "-o", tmp_path / "b.parquet", "--strict", "-q").returncode == 3
    assert "does not end in .parquet" in run_kg("pack", texts, "-o", tmp_path / "c.txt").stderr
    assert run_kg("pack", texts / "empty.txt", "-o", tmp_path / "d.parquet").returncode == 2
    assert not (tmp_path / "d.parquet").exists()
    (tmp_path / "wall").write_bytes(b"")
    assert run_kg("pack", texts, "-o", tmp_path / "wall" / "e.parquet").returncode == 4


def test_row_groups_stay_small(texts, tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    monkeypatch.setattr("kg.cluster.pack._ROWS", 5)
    pack([texts], tmp_path / "a.parquet")
    described = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [described.row_group(index).num_rows for index in range(described.num_row_groups)] == [5, 5, 5, 5, 5]
    monkeypatch.setattr("kg.cluster.pack._ROWS", 1_000)
    monkeypatch.setattr("kg.cluster.pack._BYTES", 1)
    pack([texts], tmp_path / "a.parquet")
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups > 15


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--master", "local[1]"], "--master: is for a cluster"),
        (["--engine", "spark", "--meta", "m.tsv"], "give it to kg pack"),
        (["--engine", "spark", "--min-confidence", "0.5"], "needs the whole graph"),
        (["--engine", "spark", "--store", "s"], "loader"),
        (["-o", "s3a://bucket/out"], "add --engine spark"),
        (["--engine", "spark", "--conf", "memory"], "is no setting of Spark's"),
    ],
)
def test_options_that_do_not_fit_are_refused(run_kg, packed, tmp_path, options, message):
    done = run_kg("build", packed, "-o", tmp_path / "out", *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_pyspark_or_a_master_one_line_says_so(monkeypatch, tmp_path, packed):
    from kg.cluster.session import opened

    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(UsageError, match=r"pyspark is missing — pip install 'policy-measure-kg\[spark\]'"), opened("local[1]", {}):
        pass
    monkeypatch.undo()
    require_spark()
    with pytest.raises(UsageError, match="--master: is missing"), opened(None, {}):
        pass
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Java is missing"), opened("local[1]", {}):
        pass


class Folder:
    """Stand for the place of a build: names only."""

    root = "out"

    def __init__(self, *names):
        self.held, self.order = set(names), []

    def names(self):
        """Return what is there."""
        return sorted(self.held)

    def make(self, name):
        """Make a folder."""
        self.held.add(name)
        self.order.append(f"+{name}")

    def remove(self, name):
        """Remove a name."""
        self.held.discard(name)
        self.order.append(name)


def test_an_earlier_result_goes_mark_first_and_stays_known_as_ours_until_it_is_gone():
    from kg.cluster.job import _clear

    folder = Folder("_SUCCESS", "quads", "records", "notes.txt")
    _clear(folder)
    assert folder.held == {"notes.txt"}
    assert folder.order == ["+_work", "_SUCCESS", "quads", "records", "_work"]
    for foreign in (("_SUCCESS", "part-0.parquet"), ("quads",)):
        with pytest.raises(UsageError, match="holds other files"):
            _clear(Folder(*foreign))
    left = Folder("_work", "records")
    _clear(left)
    assert left.held == set()


def test_a_shard_that_is_cut_is_named(tmp_path):
    from kg.rdf.read import read_graph

    quad = b'<https://w3id.org/epm/id/a> <http://www.w3.org/2000/01/rdf-schema#label> "a" .\n'
    shards = {
        "quads/part-00000.nq.gz": gzip.compress(quad * 500),
        "records/part-00000.jsonl.gz": gzip.compress(b'{"doc": {"id": "1"}, "text": ""}\n'),
    }
    (tmp_path / "_SUCCESS").touch()
    for name in ("quads", "records"):
        (tmp_path / name).mkdir()
    for cut in shards:
        for name, data in shards.items():
            (tmp_path / name).write_bytes(data[: len(data) // 2] if name == cut else data)
        with pytest.raises(UsageError, match=rf"{Path(cut).name}: does not parse"):
            read_graph(tmp_path)


def test_spark_is_imported_by_nothing_else():
    code = "import sys, kg, kg.cli, kg.cli.build, kg.cluster.job, kg.cluster.pack, kg.run; sys.exit(any(m in sys.modules for m in ('pyspark', 'py4j', 'pyarrow')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, check=False).returncode == 0


def rows_of(packed):
    """Return the texts of a pack as Spark hands them over."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{**row, "id": row["number"]} for row in pq.read_table(packed).to_pylist() if row["kind"] in TEXTS]
    return pa.RecordBatch.from_pylist(rows)


def test_a_text_that_crashes_hangs_or_eats_memory_costs_itself_only(packed, monkeypatch):
    """What runs inside an executor's Python, run here."""
    module = importlib.import_module("kg.cluster.extraction")
    plain = module.extract_one

    def extract_one(raw, domain):
        if "t00" in raw.source:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "t01" in raw.source:
            time.sleep(60)
        if "t02" in raw.source and sys.platform != "darwin":  # which keeps no limit of memory
            return bytearray(8_000_000_000)
        return plain(raw, domain)

    monkeypatch.setattr(module, "extract_one", extract_one)
    scene = Scene.of(Options(), load(Options()))
    batch = rows_of(packed)
    made = [row for found in module.Extraction(scene, Limits(timeout=6.0, memory=1_000_000_000))([batch]) for row in found.to_pylist()]
    assert [row["id"] for row in made] == batch["id"].to_pylist()
    expected = {"texts/rows.jsonl:2": "empty", "texts/t00.txt": "crashed", "texts/t01.txt": "timeout"}
    expected |= {} if sys.platform == "darwin" else {"texts/t02.txt": "memory"}
    assert {row["source"]: row["code"] for row in made if row["line"] is None} == expected
    assert len([row for row in made if row["line"]]) == 20 - len(expected)


def test_an_executor_with_other_code_or_files_is_refused():
    with pytest.raises(UsageError, match="another version of kg or of a library"):
        Scene("0" * 64, None, ()).domain()


def test_the_users_domain_and_lexicon_go_with_the_scene(tmp_path):
    from kg.domain import shipped_ontology
    from kg.read import RawText
    from kg.run.one import extract_one

    shutil.copytree(shipped_ontology() / "employment", tmp_path / "field")
    lexicon = tmp_path / "mine.tsv"
    lexicon.write_text("type\tname\taliases\nProgram\t北辰扬帆\t\n", encoding="utf-8")
    options = Options(domain=tmp_path / "field", lexicons=(lexicon,))
    scene = Scene.of(options, load(options))
    shutil.rmtree(tmp_path / "field")
    lexicon.unlink()
    record = extract_one(RawText("a.txt", "0" * 64, "市政府组织北辰扬帆，帮助高校毕业生。\n"), scene.domain())
    assert "program/北辰扬帆" in {node["id"] for node in record["nodes"]}


def test_duplicates_are_told_as_on_one_machine():
    def member(number, source, sha256, content, doc="text/1"):
        return {"id": number, "source": source, "sha256": sha256, "content": content, "doc": doc}

    one, two, text = "aa", "bb", "cc"
    found = {row["id"]: row for row in judge([member(3, "c", two, text), member(1, "a", one, one, None), member(2, "b", one, text)])}
    assert [found[number]["status"] for number in (1, 2, 3)] == ["quarantined", "built", "duplicate"]
    assert (found[3]["of"], found[3]["first"], found[3]["same"]) == ("b", 2, "text")


@pytest.mark.parametrize(
    ("crashed", "built", "message"),
    [(20, 30, ""), (60, 940, "60 of 1,000 texts ended their workers"), (50, 950, ""), (3, 0, "no usable text: 3 quarantined")],
)
def test_where_too_many_texts_end_their_workers_the_cluster_is_at_fault(monkeypatch, crashed, built, message):
    account = object.__new__(Account)
    account.__dict__["_tallies"] = {("quarantined", "crashed"): crashed, ("built", None): built}
    monkeypatch.setattr(Account, "_quarantined", lambda *_: [])
    if not message:
        account.require()
        return
    with pytest.raises(UsageError, match=message):
        account.require()


def require_spark() -> Path:
    """Return the folder of pyspark; without it or Java the test is skipped, and with CI=true it fails."""
    found = importlib.util.find_spec("pyspark")
    if found is None or not shutil.which("java"):
        message = "the cluster test needs Java 17 and pip install 'policy-measure-kg[spark]' (.ci/run installs it)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    assert found.origin is not None
    return Path(found.origin).parent


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, site):
    """Start a master and two workers of one core each; give the address, the workers, and a lookout for what they have extracted."""
    home = require_spark()
    folder = tmp_path_factory.mktemp("cluster")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"spark://127.0.0.1:{port}"
    values = {**os.environ, **site, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "160m", "SPARK_DAEMON_JAVA_OPTS": JAVA}
    values |= {"SPARK_WORKER_DIR": str(folder), "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable}
    started = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        log = (folder / f"{len(started)}.log").open("wb")
        limited = f'ulimit -v {ADDRESS_SPACE}; exec "$0" "$@"'
        command = ["bash", "-c", limited, str(home / "bin" / "spark-class"), *arguments]
        started.append(subprocess.Popen(command, env=values, stdout=log, stderr=log, start_new_session=True))
        log.close()
        return started[-1]

    start("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
    options = ("--cores", "1", "--memory", "600m", "--webui-port", "0", "--host", "127.0.0.1")
    workers = [start("org.apache.spark.deploy.worker.Worker", *options, address) for _ in range(2)]
    try:
        deadline = time.monotonic() + 200
        while (folder / "0.log").read_text(errors="replace").count("Registering worker") < 2:
            assert time.monotonic() < deadline, (folder / "0.log").read_text(errors="replace")[-3000:]
            time.sleep(0.2)
        yield address, workers
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


SETTINGS = {
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.default.parallelism": "1",  # four tasks of some texts each
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
}


@pytest.fixture(scope="module")
def built(cluster, site, packed, texts):
    """Build on the cluster and kill one worker in the middle; build the same on this machine alone."""
    address, workers = cluster
    output, trace = texts.parent / "out", Path(site["KG_TEST_TRACE"])
    settings = [part for name, value in SETTINGS.items() for part in ("--conf", f"{name}={value}")]
    command = [sys.executable, "-m", "kg", "build", packed, "-o", output, "--engine", "spark", "--master", address, *settings]
    with (texts.parent / "driver.log").open("wb") as log:
        process = subprocess.Popen([*map(str, command)], env={**os.environ, **site}, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 400
        while (victim := in_hand(trace)) is None:
            assert process.poll() is None, (texts.parent / "driver.log").read_text(errors="replace")
            assert time.monotonic() < deadline, (texts.parent / "driver.log").read_text(errors="replace")
            time.sleep(0.01)
        os.killpg(next(worker.pid for worker in workers if worker.pid in ancestors(victim)), signal.SIGKILL)
        before = extracted(trace)
        assert not (output / "_work" / "outcomes" / "_SUCCESS").exists()
        process.wait(600)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, (texts.parent / "driver.log").read_text(errors="replace")
    after = extracted(trace)
    trace.write_text("", encoding="utf-8")
    alone = [sys.executable, "-m", "kg", "build", str(texts), "-o", str(texts.parent / "alone"), "--workers", "2", "--no-cache", "-q"]
    subprocess.run(alone, env={**os.environ, **site}, check=True, timeout=400)
    return output, texts.parent / "alone", before, after


def in_hand(trace: Path) -> int | None:
    """Return a Python that is in the middle of its first task while another works too."""
    found = extracted(trace)
    return next((int(worker) for worker, sources in found.items() if len(sources) == 2), None) if len(found) > 1 else None


def ancestors(process: int) -> list[int]:
    """Return the processes that a process descends from."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(tuple(map(int, line.split())) for line in listed.splitlines())
    found = []
    while process := parents.get(process, 0):
        found.append(process)
    return found


def extracted(trace: Path) -> dict[str, list[str]]:
    """Return what was extracted so far by each Python of an executor."""
    found: dict[str, list[str]] = {}
    for line in trace.read_text(encoding="utf-8").splitlines() if trace.exists() else ():
        worker, _, source = line.partition(" ")
        found.setdefault(worker, []).append(source)
    return found


def lines(output: Path, name: str) -> list[bytes]:
    """Return the lines of all shards."""
    return [
        line
        for shard in sorted((output / name).glob("part-*.gz"))
        for line in gzip.decompress(shard.read_bytes()).splitlines(keepends=True)
    ]


def test_a_worker_died_in_the_middle_and_its_texts_were_done_again(built):
    _, _, before, after = built
    done = [source for sources in after.values() for source in sources]
    assert len(before) == 2
    assert len(set(done)) == 19  # one more is blank
    assert {source for source in done if done.count(source) > 1} - {"texts/killer.txt"}


def test_the_statements_are_those_of_one_machine(built):
    output, alone, *_ = built
    made = lines(output, "quads")
    assert len(set(made)) == len(made)
    assert b"".join(sorted(made)) == (alone / "graph.nq").read_bytes()
    assert sorted(lines(output, "records")) == sorted((alone / "records.jsonl").read_bytes().splitlines(keepends=True))


def test_the_deadly_text_cost_itself_only_and_is_named(built):
    output, alone, *_ = built
    reports = [json.loads((folder / "report.json").read_bytes()) for folder in (output, alone)]
    named = [one for one in reports[0]["quarantined"] if one["where"] == "texts/killer.txt"]
    assert [one["code"] for one in named] == ["crashed"]
    assert "SIGSEGV" in named[0]["message"]
    assert reports[0]["inputs"] == {"total": 24, "built": 16, "duplicates": 2, "quarantined": 3, "skipped": 3}
    for key in ("inputs", "duplicates", "quarantined", "skipped", "nodes", "edges"):
        assert reports[0][key] == reports[1][key], key
    assert sorted(map(str, reports[0]["findings"])) == sorted(map(str, reports[1]["findings"]))
    assert {"duplicate", "reprint", "metadata-unused", "metadata-date"} <= {one["code"] for one in reports[0]["findings"]}
    assert "killer.txt" in (output / "report.md").read_text(encoding="utf-8")


def test_shards_load_in_bulk(built, tmp_path):
    from pyoxigraph import RdfFormat, Store

    output, alone, *_ = built
    store = Store(str(tmp_path / "store"))
    for shard in sorted((output / "quads").glob("part-*.nq.gz")):
        with gzip.open(shard) as file:
            store.bulk_load(file, RdfFormat.N_QUADS)
    assert len(store) == (alone / "graph.nq").read_bytes().count(b"\n")


def test_parquet_holds_the_nodes_edges_and_evidence_of_the_graph(built, site, texts):
    import pyarrow.parquet as pq

    output, *_ = built
    graph = build([texts / path.name for path in texts.iterdir() if path.name != "killer.txt"])
    nodes, edges, evidence = (pq.read_table(output / name).to_pylist() for name in ("nodes", "edges", "evidence"))
    kinds = dict(graph.nodes(data="type"))
    assert {row["id"]: row["type"] for row in nodes} == {node: kind for node, kind in kinds.items() if kind != "Evidence"}
    assert len(nodes) == len({row["id"] for row in nodes})
    for row in nodes:
        data = graph.nodes[row["id"]]
        assert (row["name"], row["confidence"], row["texts"]) == (data["name"], data.get("confidence"), data.get("texts")), row
        assert row["aliases"] == data.get("aliases")
    stated = {(s, p, o): d for s, o, p, d in graph.edges(keys=True, data=True) if p != "hasEvidence" and kinds[s] != "Evidence"}
    found = {(row["subject"], row["predicate"], row["object"]): row for row in edges}
    assert len(found) == len(edges)
    assert set(found) == set(stated)
    for key, data in stated.items():
        row = found[key]
        assert (row["weight"], row["confidence"], row["evidence_count"]) == (data["weight"], data["confidence"], len(data["evidence"])), key
        assert bool(row["sentence"]) == bool(data["evidence"])
    held = {row["id"]: row for row in evidence}
    assert set(held) == {node for node, kind in kinds.items() if kind == "Evidence"}
    for node, row in held.items():
        data = graph.nodes[node]
        for name in ("text", "start", "end", "exact", "sentence", "rule", "confidence", "subject", "predicate", "object"):
            assert row[name] == data.get(name), (node, name)
        assert (row["node"] is None) == (row["subject"] is not None)
        assert row["node"] is None or graph.has_edge(row["node"], node, key="hasEvidence")


def test_other_commands_read_the_shards_and_trust_them_with_their_mark_only(built, run_kg, tmp_path):
    output, alone, *_ = built
    graphs = [read_graph(path) for path in (output, alone / "graph.nq")]
    assert graphs[0].graph["texts"] == graphs[1].graph["texts"]
    assert sorted(graphs[0].nodes(data=True)) == sorted(graphs[1].nodes(data=True))
    assert sorted(graphs[0].edges(keys=True)) == sorted(graphs[1].edges(keys=True))
    assert run_kg("check", "--graph", output).returncode == run_kg("check", "--graph", alone).returncode
    assert "holds a graph in shards" in run_kg("query", "measures-for-group", "--graph", output).stderr
    shutil.copytree(output, tmp_path / "half")
    (tmp_path / "half" / "_SUCCESS").unlink()
    with pytest.raises(UsageError, match="is not whole: it has no _SUCCESS"):
        read_graph(tmp_path / "half")


def test_the_result_is_whole_and_nothing_else_is_left(built):
    output, *_ = built
    made = {path.name for path in output.iterdir() if not path.name.startswith(".")}
    assert made == {"_SUCCESS", "quads", "nodes", "edges", "evidence", "inputs", "records", "report.json", "report.md"}
    for name in ("quads", "nodes", "edges", "evidence", "inputs", "records"):
        assert (output / name / "_SUCCESS").exists(), name
