"""Measure how a build grows: documents per second by workers, and time, memory and bytes from 1,000 to 10,000 documents.

    python -m bench.scale                            # 1,000, 3,000 and 10,000 documents of about 2,000 characters, then one and two workers
    python -m bench.scale --sizes 200 400 --turns 0  # quicker
    python -m bench.scale --write                    # also writes bench/scale.md

Documents are made of sentences of the seed texts, shuffled with a fixed seed, with names and numbers changed, so that
no two are equal. Figures are of `kg build --stream --no-cache` in a process of its own. Absolute figures are the machine's; what must
hold anywhere is that time and memory grow with the documents and no faster.
"""

from __future__ import annotations

import argparse
import contextlib
import json
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
    """Build in a process of its own; return seconds, CPU seconds, the largest memory of parent and worker in megabytes, and most bytes on disk."""
    arguments = [sys.executable, "-m", "bench.scale", "--inside", command, str(texts), str(output), str(workers)]
    before, most = resource.getrusage(resource.RUSAGE_CHILDREN), 0
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 - this very script
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                printed, _ = process.communicate(timeout=2)
                break
            most = max(most, held(output))
    if process.returncode:
        sys.exit(process.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "disk": max(most, held(output)), **json.loads(printed.splitlines()[-1])}


def held(folder: Path) -> int:
    """Return the bytes of the files in a folder, which may come and go."""
    size = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            size += path.lstat().st_size
    return size


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
    from kg.run.limits import cores

    workers = cores()
    lines = [
        "# How a build grows",
        "",
        f"Made by `python -m bench.scale --write`: `kg build --stream --no-cache`, documents of about {LENGTH:,} characters, {workers} workers on as",
        f"many cores, Python {sys.version.split()[0]} on {sys.platform}. A worker's memory is what it shows as resident, pages shared with the others",
        "included; the disk is what the output folder held at most, looked at every other second.",
        "",
        "| documents | seconds | documents/s | CPU ms a document | parent MB | worker MB | KB a document: `graph.nq` | tables | `records.jsonl` | disk |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for size in sizes:
        texts, output = folder / f"texts-{size}", folder / f"out-{size}"
        texts.mkdir()
        make_texts(texts, size)
        found = run(texts, output, workers)
        files = {path.name: path.stat().st_size / size / 1_000 for path in output.iterdir()}
        tables = files["nodes.csv"] + files["edges.csv"]
        lines.append(
            f"| {size:,} | {found['build']:.0f} | {size / found['build']:.1f} | {found['cpu'] / size * 1000:.0f} | {found['parent']:.0f} "
            f"| {found['worker']:.0f} | {files['graph.nq']:,.0f} | {tables:,.0f} | {files['records.jsonl']:,.0f} | {found['disk'] / size / 1_000:,.0f} |"
        )
        print(lines[-1], flush=True)
        shutil.rmtree(output)
        shutil.rmtree(texts)
    return lines


def speed_up(count: int, turns: int, folder: Path) -> str:
    """Return how much faster two workers are than one, in turns, so that a busy machine meets both."""
    texts = folder / "texts"
    texts.mkdir()
    make_texts(texts, count)
    ratios: dict[str, list[float]] = {"extract": [], "build --stream": []}
    for command, found in ratios.items():
        for _ in range(turns):
            one, two = (run(texts, folder / "out", workers, command.split()[0]) for workers in (1, 2))
            found.append(one["build"] / two["build"])
            print(
                f"{command}: {one['build']:.1f} s by one, {two['build']:.1f} s by two; CPU {one['cpu']:.1f} s, {two['cpu']:.1f} s",
                flush=True,
            )
    shown = "; ".join(f"`{name}` {sorted(found)[turns // 2]:.2f} ({min(found):.2f} to {max(found):.2f})" for name, found in ratios.items())
    return f"Two workers against one with {count:,} documents, {turns} turns, the middle one: {shown} times as fast."


def main() -> None:
    """Measure and print, or write bench/scale.md."""
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 3_000, 10_000])
    parser.add_argument("--pairs", type=int, default=700, help="documents with which two workers are compared with one")
    parser.add_argument("--turns", type=int, default=3, help="how often they are compared; 0 leaves it out")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the texts and outputs stand while it runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        lines = measure(given.sizes, Path(folder))
        if given.turns:
            lines += ["", speed_up(given.pairs, given.turns, Path(folder))]
            print(lines[-1])
    if given.write:
        (ROOT / "bench" / "scale.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
