"""Fuzz kg by coverage: atheris looks for bytes that reach code which none before them reached, and for crashes, hangs and broken promises on the way.

Run by hand, on Linux, from the checkout: ``pip install atheris``, then

    python scripts/fuzz.py --seconds 300 --corpus /tmp/corpus          # every target, 300 seconds each
    python scripts/fuzz.py read.html --seconds 3600 --corpus /tmp/corpus

What was found interesting is kept in the corpus and is where the next run begins; what fails is kept there as ``crash-…`` and shown. The promises
are those of ``tests/test_fuzz_inputs.py``, which CI keeps with examples that hypothesis draws.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
#: Formats whose bytes are fuzzed as they are, and the properties of the tests whose draws are.
FORMATS = (".txt", ".html", ".mhtml", ".docx", ".pdf", ".zip", ".jsonl", ".csv", ".tsv", ".parquet")
PROPERTIES = {
    "segmentation": "test_sections_and_sentences_lie_in_the_view_and_lose_nothing",
    "quantities": "test_quantities_are_finite_and_lie_where_they_stand",
    "extraction": "test_any_text_gives_a_record_whose_offsets_are_valid",
    "iris": "test_any_name_gives_an_iri_that_others_accept",
    "tables": "test_gexf_graphml_and_csv_are_read_back",
    "rdf": "test_turtle_and_nquads_of_any_texts_are_read_back",
}
TARGETS = (*(f"read{extension}" for extension in FORMATS), *PROPERTIES)
#: Modules that are imported only when they are used, and would not be watched then.
_LATE = ("kg.export.gexf", "kg.export.graphml", "kg.export.neo4j", "kg.rdf", "kg.rdf.mapping", "kg.rdf.terms", "kg.read.rows")
_DONE = re.compile(r"Done (\d+) runs? in (\d+) second")
_COVER = re.compile(r"cov: (\d+)")


def reading(extension: str, tests: object, folder: Path) -> Callable[[bytes], None]:
    """Return what reads bytes as a file of a format."""
    from kg.errors import UsageError

    def read(data: bytes) -> None:
        if data:
            with contextlib.suppress(UsageError):  # nothing in it that could be a text
                tests.read_file(folder, extension, data)  # type: ignore[attr-defined]

    return read


def inside(target: str, corpus: Path, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    with atheris.instrument_imports(include=["kg"]):
        for name in _LATE:
            importlib.import_module(name)
        import test_fuzz_inputs as tests  # type: ignore[import-not-found,unused-ignore]
    corpus.mkdir(parents=True, exist_ok=True)
    if target in PROPERTIES:
        work = getattr(tests, PROPERTIES[target]).hypothesis.fuzz_one_input
    else:
        extension = target.removeprefix("read")
        sound = tests.sound.__wrapped__() if hasattr(tests.sound, "__wrapped__") else tests.sound.__pytest_wrapped__.obj()
        (corpus / "sound").write_bytes(sound.get(extension, b"text\tx\n" + tests.SENTENCE.strip().encode() + b"\t1\n"))
        work = reading(extension, tests, Path(tempfile.mkdtemp()))
    options = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=4000", "-max_len=6000", f"-artifact_prefix={corpus}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], work)
    atheris.Fuzz()


def run(target: str, corpus: Path, seconds: int) -> bool:
    """Fuzz one target in a process of its own and print what came of it; return whether nothing failed."""
    command = [sys.executable, __file__, "--inside", target, "--seconds", str(seconds), "--corpus", str(corpus)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env={**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S603 - this script
    finished = _DONE.search(done.stderr)
    cover = _COVER.findall(done.stderr)
    counts = f"{int(finished[1]):,} runs, {cover[-1] if cover else '?'} edges" if finished else "stopped"
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(f"{target}: {spent:.0f} CPU seconds, {counts}, {'nothing found' if done.returncode == 0 else 'FAILED'}", flush=True)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-6000:], flush=True)
    return done.returncode == 0


def main() -> int:
    """Fuzz the targets that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], metavar="TARGET", help=f"of {', '.join(TARGETS)}; all without one")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--corpus", type=Path, required=True, help="folder for what is found, kept from run to run")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        inside(given.targets[0], given.corpus, given.seconds)
        return 0
    results = [run(target, given.corpus / target, given.seconds) for target in given.targets or TARGETS]
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
