"""Measure how a build grows: documents per second by workers, and time, memory and bytes from 1,000 to 10,000 documents.

    python -m bench.scale                      # 1,000, 3,000 and 10,000 documents of about 2,000 characters, one and two workers
    python -m bench.scale --sizes 200 400      # quicker
    python -m bench.scale --write              # also writes bench/scale.md

Documents are made of sentences of the seed texts, shuffled with a fixed seed, with names and numbers changed, so that
no two are equal. Figures are of `kg build --stream --no-cache` in a process of its own. Absolute figures are the machine's; what must
hold anywhere is that time and memory grow with the documents and no faster.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 2_000
_NUMBER = re.compile(r"\d+")
_PLACES = ("大连市", "沈阳市", "成都市", "绵阳市", "杭州市", "宁波市", "广州市", "深圳市", "武汉市", "宜昌市", "西安市", "宝鸡市")


def make_texts(folder: Path, count: int, seed: int = 1) -> int:
    """Write documents, one file each, and return the number of their characters."""
    sentences = [
        sentence
        for path in sorted((ROOT / "seeds").glob("*.txt"))
        for sentence in re.findall(r"[^。\n]{8,200}。", path.read_text(encoding="utf-8"))
    ]
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    characters = 0
    for number in range(count):
        place = chance.choice(_PLACES)
        parts = [f"{place}人力资源和社会保障局关于做好{2010 + number % 15}年就业工作的通知（第{number}号）\n"]
        while sum(map(len, parts)) < LENGTH:
            sentence = _NUMBER.sub(lambda found: str(max(1, int(found.group()) + chance.randrange(-3, 4))), chance.choice(sentences))
            parts.append(sentence + ("\n" if chance.random() < 0.3 else ""))
        text = "".join(parts)
        characters += len(text)
        target = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return characters


def run(texts: Path, output: Path, workers: int, command: str = "build") -> dict[str, float]:
    """Build in a process of its own; return seconds, CPU seconds, and the largest memory of the parent and of a worker in megabytes."""
    arguments = [sys.executable, "-m", "bench.scale", "--inside", command, str(texts), str(output), str(workers)]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - this very script
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - started, "cpu": cpu, **json.loads(done.stdout.splitlines()[-1])}


def inside(command: str, texts: str, output: str, workers: int) -> None:
    """Run one build and print the largest resident memory of this process and of its largest worker."""
    from kg.run import Effort, Options, extract_records, stream_folder

    options = Options(effort=Effort(workers=workers))
    started = time.perf_counter()
    if command == "build":
        stream_folder([texts], Path(output), options)
    else:
        extract_records([texts], options)
    took = time.perf_counter() - started
    unit = 1_000 if sys.platform == "darwin" else 1
    own, child = (resource.getrusage(who).ru_maxrss / 1_000 / unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"build": took, "parent": own, "worker": child}))


def measure(sizes: list[int], folder: Path) -> list[str]:
    """Return the report's lines."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    lines = [
        "# How a build grows",
        "",
        f"Made by `python -m bench.scale --write`: `kg build --stream --no-cache`, documents of about {LENGTH:,} characters, {cores} cores,",
        f"Python {sys.version.split()[0]} on {sys.platform}. A worker's memory is what it shows as resident, shared pages included.",
        "",
        "| documents | workers | seconds | documents/s | CPU ms a document | parent MB | worker MB | N-Quads bytes a document | records bytes a document |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for size in sizes:
        texts, output = folder / f"texts-{size}", folder / f"out-{size}"
        texts.mkdir()
        make_texts(texts, size)
        found = run(texts, output, cores)
        quads, records = ((output / name).stat().st_size / size for name in ("graph.nq", "records.jsonl"))
        lines.append(
            f"| {size:,} | {cores} | {found['build']:.0f} | {size / found['build']:.1f} | {found['cpu'] / size * 1000:.0f} | {found['parent']:.0f} "
            f"| {found['worker']:.0f} | {quads:,.0f} | {records:,.0f} |"
        )
        print(lines[-1], flush=True)
        shutil.rmtree(output)
    return [*lines, "", *speed_up(folder / f"texts-{sizes[0]}", folder, cores)]


def speed_up(texts: Path, folder: Path, cores: int) -> list[str]:
    """Return how much faster two workers are than one, in turns, so that a busy machine meets both."""
    ratios: dict[str, list[float]] = {"extract": [], "build": []}
    for command, found in ratios.items():
        for _ in range(3):
            one, two = (run(texts, folder / "out", workers, command)["build"] for workers in (1, min(2, cores)))
            found.append(one / two)
    shown = "; ".join(f"`{name}` {sorted(found)[1]:.2f} ({min(found):.2f} to {max(found):.2f})" for name, found in ratios.items())
    lines = [f"Two workers against one, three turns, the middle one: {shown} times as fast."]
    print(lines[0], flush=True)
    return lines


def main() -> None:
    """Measure and print, or write bench/scale.md."""
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the texts and outputs stand while it runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        lines = measure(given.sizes, Path(folder))
    if given.write:
        (ROOT / "bench" / "scale.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
