"""Writes the measured parts of docs/performance.md anew, with their drawings in docs/figures/.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.page [PART ...]     (`make bench` does)

A part is what one benchmark prints. Without names it measures all but `learnhouse`, which needs that platform running;
what a failed one has printed is not written.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import bars, tables_of
from operations.source import ROOT

PARTS = ("cold_start", "warm", "events", "memory", "load", "imports", "calls", "growth", "console", "journal", "month")
PAGE = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "docs" / "figures"


@dataclass(frozen=True)
class Plot:
    """A drawing of one column of a part's table; `labels` are the columns that name a bar."""

    title: str
    table: int
    labels: Sequence[str]
    value: str
    goal: float | None = None


PLOTS = {
    "cold_start": Plot("CPU time of a cold start / a bare function's", 0, ["function"], "ratio", 0.9),
    "warm": Plot("CPU time of a warm request / a bare function's", 0, ["a warm request"], "ratio", 1.5),
    "learnhouse": Plot("CPU time of a learner's request / LearnHouse's", 0, ["a learner's request"], "ratio", 0.5),
    "load": Plot("95 % of all requests are answered within, ms", 1, ["step", "clients"], "p95 ms"),
    "journal": Plot("time of a write / the same without the journal", 0, ["a write", "clients", ""], "ratio with", 1.1),
}


def main() -> None:
    failed = []
    for part in sys.argv[1:] or PARTS:
        print(f"measuring {part}", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{part}"], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout, flush=True)
        if done.returncode:
            failed.append(part)
        else:
            _write(part, done.stdout)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def with_part(page: str, part: str, content: str) -> str:
    """A page with other content between the marks of a part."""
    begin, end = f"<!-- measured: {part} -->", "<!-- end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    replaced, count = pattern.subn(lambda _: f"{begin}\n{content.strip()}\n{end}", page)
    if count != 1:
        raise ValueError(f"{count} places for {part}")
    return replaced


def _write(part: str, printed: str) -> None:
    content = f"{_machine()}\n\n"
    if plot := PLOTS.get(part):
        FIGURES.mkdir(exist_ok=True)
        rows = tables_of(printed)[plot.table]
        values = [(" ".join(row[label] for label in plot.labels), float(row[plot.value])) for row in rows]
        (FIGURES / f"{part}.svg").write_text(bars(plot.title, values, plot.goal))
        content += f"![{plot.title}](figures/{part}.svg)\n\n"
    PAGE.write_text(with_part(PAGE.read_text(), part, content + printed))


def _machine() -> str:
    """When, and on what kind of machine."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text() if cpuinfo.exists() else "", re.MULTILINE)
    kind = found[1] if found else platform.machine()
    load = os.getloadavg()[0]
    python, day = platform.python_version(), datetime.now(UTC).date()
    return f"{day}, {os.cpu_count()} cores ({kind}), Python {python}, a load of {load:.0f} at the end."


if __name__ == "__main__":
    main()
