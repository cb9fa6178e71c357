"""Measure the speed of the whole extraction beside jieba's tagger: ``python -m bench.speed [--write]``.

Extraction is everything between a decoded text and its record; ``jieba.posseg.cut`` and ``jieba.cut`` get the same texts, folded to
simplified script and ASCII signs as the extraction folds them for itself (jieba's own time does not hold the folding). Each of the three has a process of its own (so that peak memory is its own), all on one core, and they take turns: every repeat gives one ratio,
the median counts. Times are CPU seconds. The figures asked for: at least twice as fast as ``jieba.posseg.cut``, below 400 MB.

The texts are those of ``seeds/`` and ``tests/eval/texts``. Unfolded, jieba's tagger would be a hundred times slower on traditional script
than on simplified, and two traditional texts would decide the ratio. Texts in simplified script are measured by themselves too, over
and over up to a stated size, and they decide. What the caches of the extraction gain by repeating is told apart: *first pass* has seen
none of the texts before. ``jieba`` comes with the extra ``[test]``.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import stages

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "bench" / "speed.md"
TASKS = {"extraction": "whole extraction", "posseg": "jieba.posseg.cut", "cut": "jieba.cut"}
#: What is asked for: times as fast as jieba.posseg.cut, and megabytes.
LEAST_RATIO = 2.0
MOST_MEMORY = 400


#: Share of characters that differ from their simplified form, from which a text counts as traditional.
TRADITIONAL = 0.04


def read_texts() -> dict[str, list[str]]:
    """Return the decoded texts, each once: all of them, and those in simplified script."""
    from kg.domain import load_domain

    paths = [*sorted((ROOT / "seeds").glob("*.txt")), *sorted((ROOT / "tests" / "eval" / "texts").glob("*.txt"))]
    texts = list(dict.fromkeys(path.read_text("utf-8") for path in paths))
    fold = load_domain().fold
    changed = {text: sum(a != b for a, b in zip(text, fold(text), strict=True) if a >= "\u3400") for text in texts}
    return {"all": texts, "simplified": [text for text in texts if changed[text] <= TRADITIONAL * len(text)]}


def repeated(texts: list[str], size: int) -> list[str]:
    """Return the texts, again and again in their order, until they hold so many code points."""
    out, total = [], 0
    while total < size:
        for text in texts:
            if total >= size:
                break
            out.append(text)
            total += len(text)
    return out


def peak_megabytes() -> float | None:
    """Return this process's peak of resident memory, None where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def prepare(task: str):
    """Import what a task needs and return the function from a text to nothing that matters; this is the start-up."""
    if task == "extraction":
        from kg.domain import load_domain
        from kg.extract import extract, view

        domain = load_domain()
        domain.read_all()
        gc.freeze()  # as a build's workers do
        extract(view.text_document("就业。", domain), domain)
        return lambda text: extract(view.text_document(text, domain), domain)
    import logging

    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    work = jieba.posseg.cut if task == "posseg" else jieba.cut
    list(work("就业。"))
    return lambda text: list(work(text))


def inputs(task: str, texts: list[str]) -> list[str]:
    """Return what a task gets of the texts: extraction gets them as read, jieba gets them folded."""
    from kg.domain import load_domain

    return texts if task == "extraction" else [load_domain().fold(text) for text in texts]


def work(task: str) -> None:
    """Serve as worker: a line on standard input names the texts and how many code points of them, the answer is one line of JSON."""
    start = time.process_time()
    run = prepare(task)
    print(json.dumps({"seconds": time.process_time() - start}), flush=True)
    texts = {name: inputs(task, listed) for name, listed in read_texts().items()}
    for line in sys.stdin:
        name, size = line.split()
        if name == "stages":
            print(json.dumps(stages.measure(run, texts["simplified"])), flush=True)
            continue
        todo = repeated(texts[name], int(size)) if int(size) else texts[name]
        start = time.process_time()
        for text in todo:
            run(text)
        seconds = time.process_time() - start
        print(json.dumps({"seconds": seconds, "characters": sum(map(len, todo)), "memory": peak_megabytes()}), flush=True)


class Worker:
    """Hold the process of one task."""

    def __init__(self, task: str) -> None:
        command = [sys.executable, "-m", "bench.speed", "--worker", task]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout
        self.start = self._answer()

    def _answer(self):
        line = self.answers.readline()
        if not line:
            raise SystemExit("bench.speed: a worker died; its message stands above")
        return json.loads(line)

    def ask(self, name: str, size: int = 0):
        """Let the worker go through so many code points of the texts of a name, 0 for each text once, and return what it tells."""
        self.requests.write(f"{name} {size}\n")
        self.requests.flush()
        return self._answer()

    def close(self) -> None:
        self.requests.close()
        self.process.wait()


def measure(size: int, repeats: int):
    """Return the figures: by task its start-up, speeds and memory, and by texts the paired ratios to the extraction's time."""
    workers = {task: Worker(task) for task in TASKS}
    rounds: dict[str, list[dict[str, dict[str, float]]]] = {"first": [], "simplified": [], "all": []}
    try:
        plan = [("first", "simplified", 0)] + [("simplified", "simplified", size)] * repeats + [("all", "all", 0)] * 2
        for n, (label, name, count) in enumerate(plan):
            order = list(workers) if n % 2 == 0 else list(reversed(workers))
            held = {task: workers[task].ask(name, count) for task in order}
            rounds[label].append(held)
            print(f"{label}: " + ", ".join(f"{task} {held[task]['seconds']:.2f} s" for task in TASKS), flush=True)
        spent = workers["extraction"].ask("stages")
    finally:
        for worker in workers.values():
            worker.close()
    out: dict[str, dict[str, Any]] = {"characters": {label: held[0]["cut"]["characters"] for label, held in rounds.items()}}
    out["start"] = {task: worker.start["seconds"] for task, worker in workers.items()}
    out["stages"] = spent
    out["memory"] = {task: rounds["all"][-1][task]["memory"] for task in TASKS}
    for label, turns in rounds.items():
        out[label] = {
            task: {
                "speed": median(held[task]["characters"] / held[task]["seconds"] for held in turns),
                "ratios": sorted(held[task]["seconds"] / held["extraction"]["seconds"] for held in turns),
            }
            for task in TASKS
        }
    return out


def verdict(out) -> dict[str, bool]:
    """Return what is asked for, and whether it is so; without a figure for memory only the speed is asked for."""
    memory = out["memory"]["extraction"]
    asked = {
        f"at least {LEAST_RATIO:g} times as fast as jieba.posseg.cut, {name}": median(out[label]["posseg"]["ratios"]) >= LEAST_RATIO
        for label, name in (("simplified", "simplified script"), ("all", "all texts"))
    }
    return asked if memory is None else asked | {f"below {MOST_MEMORY} MB": memory < MOST_MEMORY}


def markdown(out, repeats: int) -> str:
    """Return the report."""
    versions = f"Python {platform.python_version()}, jieba {importlib.metadata.version('jieba')}"
    core = "pinned to one core" if hasattr(os, "sched_setaffinity") else "not pinned to a core"
    count = out["characters"]
    lines = [
        "# Speed of the extraction",
        "",
        f"Made by `python -m bench.speed --write`, {core}, {versions}, {platform.system()} on {platform.machine()}. Speeds are code points",
        "per CPU second, ratios the task's time by the extraction's in the same turn; medians. Start-up stands apart.",
        "",
        f"* *Simplified*: {count['simplified']:,} code points of texts in simplified script a turn, {repeats} turns; this one decides.",
        f"* *First pass*: each of these texts once ({count['first']:,} code points), none seen before.",
        f"* *All*: every text once ({count['all']:,} code points), those in traditional script too, 2 turns. jieba gets all texts folded.",
        "",
        "| | simplified | ratio (least to most) | first pass | ratio | all | ratio | start-up s | peak MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for task, name in TASKS.items():
        rows = [out[label][task] for label in ("simplified", "first", "all")]
        speeds, ratios = [f"{row['speed']:,.0f}" for row in rows], [f"{median(row['ratios']):.2f}" for row in rows]
        ratios[0] += f" ({rows[0]['ratios'][0]:.2f} to {rows[0]['ratios'][-1]:.2f})"
        cells = [cell for pair in zip(speeds, ratios, strict=True) for cell in pair]
        memory = out["memory"][task]
        lines.append(f"| {name} | {' | '.join(cells)} | {out['start'][task]:.1f} | {'?' if memory is None else f'{memory:.0f}'} |")
    lines += ["", *(f"* {what}: {'yes' if so else '**no**'}" for what, so in verdict(out).items())]
    lines += ["", "Where the time goes, in texts seen before (of each text the least of five times):", ""]
    lines += stages.table(out["stages"], count["first"])
    return "\n".join(lines) + "\n"


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--size", type=int, default=150_000, help="code points of simplified script a turn (default: %(default)s)")
    ap.add_argument("--repeats", type=int, default=7, help="turns (default: %(default)s)")
    ap.add_argument("--write", action="store_true", help="write bench/speed.md")
    ap.add_argument("--worker", choices=TASKS, help=argparse.SUPPRESS)
    args = ap.parse_args()
    if args.worker:
        work(args.worker)
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the workers inherit it
    out = measure(args.size, args.repeats)
    text = markdown(out, args.repeats)
    if args.write:
        REPORT.write_text(text, "utf-8")
    print(text)
    return 0 if all(verdict(out).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
