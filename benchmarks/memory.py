"""What the stack holds in memory at rest: its processes' proportional set sizes, in which shared pages count once.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.memory     (`make bench` does)

It starts a stack of its own with the demo people, lets it rest for REST_SECONDS (60), and stops it. Linux alone tells
what processes share.
"""

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import table
from benchmarks.own_stack import own_stack
from localstack.process import PidFile

REST_SECONDS = float(os.environ.get("REST_SECONDS", "60"))
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def main() -> None:
    with own_stack() as stack:
        time.sleep(REST_SECONDS)
        held = _held(stack.settings.run)
    rows = [[group, len(sizes), f"{sum(sizes) / 1024:.0f}"] for group, sizes in sorted(held.items())]
    every = [size for sizes in held.values() for size in sizes]
    print(table(["at rest", "processes", "MB"], [*rows, ["together", len(every), f"{sum(every) / 1024:.0f}"]]))


def _held(run: Path) -> dict[str, list[int]]:
    """The KB of each process of a running stack, by what it belongs to."""
    leaders = {pid: file.stem for file in run.glob("*.pid") if (pid := PidFile(file).pid())}
    held: dict[str, list[int]] = defaultdict(list)
    for process, session in _sessions():
        if group := leaders.get(session):
            # The emulator starts the functions.
            name = "functions" if group == "emulator" and int(process.name) != session else group
            held[name].append(int(_PSS.findall((process / "smaps_rollup").read_text())[0]))
    return held


def _sessions() -> Iterator[tuple[Path, int]]:
    """Every process of this machine that still runs, and the one that leads its session."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # What follows the name in brackets: state, parent, group, session.
            yield process, int((process / "stat").read_text().rpartition(")")[2].split()[3])
        except FileNotFoundError:
            continue


if __name__ == "__main__":
    main()
