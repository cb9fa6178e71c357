"""The command line does what its help says, says what went wrong in one line, and exits with the code of its case."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import bad_inputs
import pytest

import kg
from kg.check import check_graph
from kg.cli import COMMANDS
from kg.cli.options import progress, summary_lines
from kg.domain import load_domain
from kg.graph import filter_confidence
from kg.model import Finding
from kg.rdf import read_graph

LEXICONS = Path(__file__).resolve().parent / "data" / "lexicons"
BUILT = {
    "graph.ttl",
    "graph.nq",
    "graph.jsonld",
    "graph.gexf",
    "graph-simple.gexf",
    "graph.graphml",
    "nodes.csv",
    "edges.csv",
    "explorer.html",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory, seeds):
    """Build the seeds once."""
    folder = tmp_path_factory.mktemp("built") / "exports"
    finished = subprocess.run(
        [sys.executable, "-m", "kg", "build", seeds, "-o", folder], capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return folder, finished


def one_line(finished, code):
    """Return the message of a run that failed as it should."""
    assert finished.returncode == code, finished
    assert "Traceback" not in finished.stderr
    assert finished.stderr.count("\n") == 1
    return finished.stderr.rstrip("\n")


@pytest.mark.smoke
def test_the_package_that_is_tested(run_kg):
    if os.environ.get("KG_TEST_WHEEL"):
        assert Path(kg.__file__).is_relative_to(Path(sysconfig.get_path("purelib")))
    assert run_kg("--version").stdout == f"kg {kg.__version__}\n"


@pytest.mark.smoke
def test_help_names_every_command(run_kg):
    listed = run_kg("--help").stdout
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in listed
        assert line.split()[0] in listed


@pytest.mark.smoke
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run_kg, name):
    finished = run_kg(name, "--help")
    assert finished.returncode == 0
    assert finished.stdout.startswith(f"Usage: kg {name}")


@pytest.mark.smoke
def test_build_writes_everything_and_says_so(built):
    folder, finished = built
    assert {path.name for path in folder.iterdir()} == BUILT | {"records.jsonl", "report.json", "report.md"}
    assert "inputs: 5 built, 0 duplicates, 0 quarantined, 1 skipped" in finished.stderr  # SOURCES.tsv
    assert "nodes" in finished.stdout
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert [one["source"] for one in report["documents"]] == sorted(one["source"] for one in report["documents"])
    assert all(one["nodes"] > 10 for one in report["documents"])


@pytest.mark.smoke
def test_doubts_of_one_kind_take_one_line_and_the_report_has_all(built):
    folder, finished = built
    checks = json.loads((folder / "report.json").read_text(encoding="utf-8"))["checks"]
    doubts = [one["code"] for one in checks if one["severity"] != "info"]
    lines = [line for line in finished.stderr.splitlines() if ": warning: " in line]
    assert len(lines) == len(set(doubts))
    for line in lines:
        code = line.split(": ")[2]
        assert line.endswith(f"({doubts.count(code) - 1} more of this kind: {folder / 'report.json'})") == (doubts.count(code) > 1)


def test_doubts_without_a_report_have_a_line_each():
    doubts = [Finding("warning", "duplicate", where, "twice") for where in ("a", "b")] + [Finding("info", "ocr", "c", "read")]
    assert len(list(summary_lines(doubts, ""))) == 2
    assert list(summary_lines(doubts, "report.json")) == ["a: warning: duplicate: twice (1 more of this kind: report.json)"]


def test_check_of_the_seeds_is_clean(run_kg, built):
    finished = run_kg("check", "--graph", built[0])
    assert (finished.returncode, "violation:" in finished.stdout) == (0, False), finished.stdout


def test_the_order_of_paths_and_hashes_makes_no_difference(run_kg, built, tmp_path, seeds):
    (tmp_path / "seeds").mkdir()
    paths = sorted(seeds.glob("*.txt"), reverse=True)
    for path in paths:
        (tmp_path / "seeds" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "seeds" / "SOURCES.tsv").write_bytes((seeds / "SOURCES.tsv").read_bytes())
    assert run_kg("build", tmp_path / "seeds", "-o", tmp_path / "out", "--quiet", PYTHONHASHSEED="7").returncode == 0
    for path in built[0].iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes(), path.name


def test_extract_to_a_file_is_extract_to_the_screen_and_what_build_writes(run_kg, built, tmp_path, seeds):
    finished = run_kg("extract", seeds, "-o", tmp_path / "r.jsonl")
    assert finished.returncode == 0, finished.stderr
    content = (tmp_path / "r.jsonl").read_text(encoding="utf-8")
    assert run_kg("extract", seeds, "-q").stdout == content
    assert (built[0] / "records.jsonl").read_text(encoding="utf-8") == content


def test_export_writes_what_build_writes(run_kg, built, tmp_path):
    for form, name in (("turtle", "graph.ttl"), ("graphml", "graph.graphml")):
        assert run_kg("export", form, "--graph", built[0], "-o", tmp_path / name).returncode == 0
        assert (tmp_path / name).read_bytes() == (built[0] / name).read_bytes()
    assert run_kg("export", "csv", "--graph", built[0], "-o", tmp_path / "tables").returncode == 0
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {"nodes.csv", "edges.csv"}
    assert "several files" in one_line(run_kg("export", "csv", "--graph", built[0], "-o", tmp_path / "x.zip"), 2)


def test_score_knows_floors(run_kg, built):
    gold = Path(__file__).resolve().parent / "eval" / "gold"
    arguments = ("score", "--gold", gold, built[0] / "records.jsonl", "--doc", "000_11eebace99fd4470")
    finished = run_kg(*arguments, "--json", "--floor", "grounded=1")
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["grounded"] == 1.0
    assert "mean_relaxed_f1 is 0." in one_line(run_kg(*arguments, "--floor", "mean_relaxed_f1=1"), 1)
    assert "no figure 'mean'" in one_line(run_kg(*arguments, "--floor", "mean=1"), 2)
    assert "gives no number" in one_line(run_kg(*arguments, "--floor", "mean"), 2)


def test_a_short_form_that_no_text_uses_is_explained_all_the_same(run_kg, built):
    for name in ("辽宁省人社厅", "遼寧省人社廳", "Agency/辽宁省人社厅"):
        finished = run_kg("explain", name, "--graph", built[0])
        assert finished.returncode == 0, finished.stderr
        assert "agency/辽宁省人力资源和社会保障厅" in finished.stdout.split("\n")[0]


def test_what_any_floor_of_confidence_leaves_of_the_seeds_is_clean(built):
    """A number of which the text does not say clearly what it is about is a warning before the filter too; the filter adds nothing."""
    domain = load_domain()
    graph = read_graph(built[0], domain)
    before = {(one.code, one.where) for one in check_graph(graph, domain) if one.severity != "info"}
    assert {code for code, _ in before} <= {"S7-subject"}
    for minimum in (0.3, 0.5, 0.6, 0.8, 0.9):
        found = check_graph(filter_confidence(graph, minimum), domain)
        assert {(one.code, one.where) for one in found if one.severity != "info"} <= before, minimum


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("build", "--help"), ("--version",), ("query", "measures-without-numbers"), ("query", "--list"), ("check",),
     ("explain", "辽宁省"), ("extract", "SEEDS", "-q", "-o", "-")],
)  # fmt: skip
def test_a_full_disk_under_standard_output_is_one_line(built, seeds, arguments):
    arguments = [str(seeds) if one == "SEEDS" else one for one in arguments]
    if arguments[-1] != "--help" and arguments[0] in {"query", "check", "explain"} and "--list" not in arguments:
        arguments += ["--graph", str(built[0])]
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "kg", *arguments], stdout=full, stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False
        )
    assert one_line(finished, 4).startswith("standard output: cannot be written")


def test_gold_that_is_none_is_said_with_its_file(run_kg, built, tmp_path):
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert "x.json: doc is missing" in one_line(run_kg("score", "--gold", tmp_path, built[0] / "records.jsonl"), 2)


# Bad usage and bad input: one line, the right code, nothing else lost.


@pytest.mark.smoke
def test_bad_inputs_cost_only_themselves(run_kg, tmp_path):
    """Take a few rows of the table of bad inputs; ``test_bad_inputs.py`` takes all."""
    texts, expected = tmp_path / "texts", {}
    for number, variant in enumerate(one for one in bad_inputs.TABLE.variants if one.number in {2, 5, 11, 13, 16, 20, 21, 34}):
        folder = texts / f"{number:02}"
        folder.mkdir(parents=True)
        variant.make(folder)
        expected |= {f"texts/{folder.name}/{name}": outcome for name, outcome in variant.expected.items()}
    finished = run_kg("build", texts, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    found = {one["where"]: one["code"] for one in report["quarantined"]}
    assert found == {name: outcome.codes[0] for name, outcome in expected.items() if outcome.kind == "quarantined"}
    taken = {name for name, outcome in expected.items() if outcome.kind.startswith("accepted")}
    assert taken <= {source for one in report["documents"] for source in (one["source"], *one["alsoAt"])}
    for name, code in found.items():
        assert f"{name}: error: {code}: " in finished.stderr
    assert "Traceback" not in finished.stderr
    assert run_kg("build", texts, "-o", tmp_path / "out", "--strict", "-q").returncode == 3


@pytest.mark.smoke
def test_what_cannot_be_done_is_said_in_one_line(run_kg, tmp_path, seeds):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "no such file or folder" in one_line(run_kg("build", tmp_path / "none", "-o", tmp_path / "o"), 2)
    assert "no documents" in one_line(run_kg("build", tmp_path / "empty", "-o", tmp_path / "o"), 2)
    assert "file: is a file, not a folder" in one_line(run_kg("build", seeds, "-o", tmp_path / "file" / "o"), 4)
    assert "file: is a file, not a folder" in one_line(run_kg("extract", seeds, "-o", tmp_path / "file" / "o"), 4)
    assert "file: is a file, not a folder" in one_line(run_kg("build", seeds, "-o", tmp_path / "file"), 4)
    (tmp_path / "folder").mkdir()
    message = one_line(run_kg("extract", seeds, "-q", "-o", tmp_path / "folder"), 4)
    assert "folder: is a folder" in message
    assert ".kg-tmp" not in message
    (tmp_path / "empty.ttl").write_text("", encoding="utf-8")
    assert "holds an empty graph" in one_line(run_kg("check", "--graph", tmp_path / "empty.ttl"), 2)
    assert "no such file or folder" in one_line(run_kg("extract", tmp_path / "none"), 2)
    assert "kg build" in one_line(run_kg("check", "--graph", tmp_path / "empty"), 2)
    assert "kg build" in one_line(run_kg("export", "gexf", "--graph", tmp_path / "none", "-o", tmp_path / "x.gexf"), 2)
    assert not (tmp_path / "o").exists()


@pytest.mark.smoke
def test_a_clash_in_a_lexicon_is_explained_with_file_and_line(run_kg, seeds, tmp_path):
    message = one_line(run_kg("lexicon", "check", LEXICONS / "clash.tsv"), 2)
    assert "clash.tsv:3: " in message
    assert " — " in message
    assert "clash.tsv:3: " in one_line(run_kg("build", seeds, "-o", tmp_path / "o", "--lexicon", LEXICONS / "clash.tsv"), 2)
    assert not (tmp_path / "o").exists()
    assert "no type" in one_line(run_kg("lexicon", "check", LEXICONS / "unknown-type.tsv"), 2)
    finished = run_kg("lexicon", "check", LEXICONS / "good-lexicon.tsv")
    assert (finished.returncode, "clean" in finished.stdout) == (0, True), finished.stderr


def test_a_pattern_whose_own_example_fails_does_not_load(run_kg, seeds, tmp_path):
    domain = tmp_path / "domain"
    shutil.copytree(Path(__file__).resolve().parent.parent / "ontology" / "employment", domain)
    broken = min((domain / "patterns").glob("*.toml"))
    text = broken.read_text(encoding="utf-8")
    at = text.index("\nexample = ")
    broken.write_text(text[:at] + '\nexample = "no such thing"' + text[text.index("\n", at + 1) :], encoding="utf-8")
    message = one_line(run_kg("build", seeds, "-o", tmp_path / "o", "--domain", domain), 2)
    assert broken.name in message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("models/spans.tsv", ""),
        ("models/spans.tsv", "feature\tMeasure\n"),
        ("models/spans.tsv", "feature\tMeasure\nthreshold\thigh\nB\t1\n"),
        ("models/pairs.tsv", "no model\nat all\n\n"),
        ("models/pairs.tsv", "feature\ttargets\nthreshold\t0.3\nB\t1\t2\n"),
        ("policy.ttl", "epm:broken"),
        ("policy.ttl", ""),
        ("concepts/lmp.ttl", "broken"),
    ],
)
def test_a_damaged_file_of_the_domain_is_named_and_no_text_is_blamed(run_kg, seeds, tmp_path, name, content):
    domain = tmp_path / "domain"
    shutil.copytree(Path(__file__).resolve().parent.parent / "ontology" / "employment", domain)
    (domain / name).write_text(content, encoding="utf-8")
    message = one_line(run_kg("build", seeds, "-o", tmp_path / "o", "--domain", domain), 2)
    assert message.startswith(f"{domain / name}")
    assert not (tmp_path / "o").exists()


def test_what_is_not_known_or_not_found_is_a_finding(run_kg, tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("全市对高校毕业生给予一次性求职补贴。\n", encoding="utf-8")
    (texts / "b.txt").write_text("今天天气很好。\n", encoding="utf-8")
    garbled = "辽宁省人力资源和社会保障厅发放一次性求职补贴。".encode()
    (texts / "c.txt").write_text(garbled.decode("latin-1"), encoding="utf-8")
    (texts / "d.txt").write_text(garbled.decode("cp1252", errors="ignore") + "café", encoding="utf-8")
    (texts / "metadata.tsv").write_text("path\tregion\na.txt\t营口士\n", encoding="utf-8")
    finished = run_kg("build", texts, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    found = {(one["where"].removeprefix("texts/"), one["severity"], one["code"]) for one in report["findings"]}
    assert found >= {("a.txt", "warning", "unknown-region"), ("b.txt", "info", "nothing-found")}
    assert {where for where, _, code in found if code == "mojibake"} == {"c.txt", "d.txt"}
    assert "营口士" in finished.stderr


def test_a_name_of_ones_own_is_found(run_kg, tmp_path):
    (tmp_path / "a.txt").write_text("省人力资源和社会保障厅组织实施海棠归巢工程，支持高校毕业生就业创业。\n", encoding="utf-8")
    finished = run_kg("extract", tmp_path / "a.txt", "-q", "--lexicon", LEXICONS / "good-lexicon.tsv")
    assert finished.returncode == 0, finished.stderr
    names = {(node["type"], node["name"]) for node in json.loads(finished.stdout)["nodes"]}
    assert ("Program", "海棠归巢工程") in names


def test_an_interrupt_ends_with_130(seeds, tmp_path):
    code = (
        "import importlib, signal\n"
        "module = importlib.import_module('kg.run.one')\n"
        "module.read_input = lambda *_, **__: signal.raise_signal(signal.SIGINT)\n"
        "from kg.cli import main\n"
        f"main(['build', {str(seeds)!r}, '-o', {str(tmp_path / 'o')!r}, '--workers', '0'])\n"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (process.returncode, process.stderr) == (130, "interrupted; nothing was written\n")
    assert not (tmp_path / "o").exists()


def test_a_reader_that_has_had_enough_is_no_error(seeds):
    command = f"'{sys.executable}' -m kg extract '{seeds}' -q | head -c 100"
    finished = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in finished.stderr
    assert len(finished.stdout) == 100


def test_the_bar_on_a_terminal_shows_sources_only(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(quiet=False) as show:
        for number in range(3):
            show(number, 3, f"seeds/00{number}.txt")
    shown = terminal.getvalue()
    assert "None" not in shown
    assert "seeds/002.txt" in shown
