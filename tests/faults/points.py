"""Build one text again and again, each time with a fault at the next write, fsync or rename; print what each left, a JSON object a line.

Run with ``faults.so`` preloaded: ``python points.py FOLDER build|stream``. The folder ``FOLDER/out`` is watched.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

from kg.errors import OutputError
from kg.run import Effort, Options, build_folder, stream_folder

KINDS = {"write": 1, "fsync": 2, "rename": 3}
SENTENCE = "辽宁省人力资源和社会保障厅发放求职补贴{}万元，全省城镇新增就业26.8万人。\n"
#: A build that has come no further after so many calls has none of a kind any more, or goes on for ever.
MOST = 400


def contents(folder: Path) -> dict[str, bytes]:
    """Return what the files hold, those on the way left out."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def main() -> None:
    """Print one line an attempt: kind, way, number, exit status, files by ``old`` and ``new``, and what lies about."""
    place, make = Path(sys.argv[1]).resolve(), {"build": build_folder, "stream": stream_folder}[sys.argv[2]]
    faults = ctypes.CDLL(None)
    options = Options(effort=Effort(cache=place / "cache"))
    text, out = place / "a.txt", place / "out"

    def build(folder: Path, number: int) -> dict[str, bytes]:
        text.write_text(SENTENCE.format(number), encoding="utf-8")
        make([text], folder, options)
        return contents(folder)

    build(out, 0)
    turn = 0
    for kind, number in KINDS.items():
        for kills in (1, 0):
            turn += 1
            old, new = contents(out), build(place / "new", turn)
            for call in range(1, MOST):
                sys.stdout.flush()
                pid = os.fork()
                if not pid:
                    status = 9
                    try:
                        faults.fault_arm(number, call, kills, os.fsencode(out))
                        make([text], out, options)
                        status = 8 if faults.fault_came() else 0
                    except OutputError:
                        status = 4
                    finally:
                        os._exit(status)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                left = contents(out)
                states = {
                    name: "old" if data == old.get(name) else "new" if data == new.get(name) else "broken" for name, data in left.items()
                }
                loose = sorted(path.name for path in out.iterdir() if path.name.startswith("."))
                line = {
                    "kind": kind,
                    "kills": kills,
                    "call": call,
                    "status": status,
                    "states": states,
                    "loose": loose,
                    "names": sorted(old),
                }
                sys.stdout.write(json.dumps(line) + "\n")
                if not status:
                    break


if __name__ == "__main__":
    main()
