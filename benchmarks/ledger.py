"""What each kind of work of a long run took, while several threads do it; and how far it has come."""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.meter import Cost, Tally

_REDRAW_SECONDS = 0.2
_BAR = 30


@dataclass
class _Work:
    done: int = 0
    seconds: float = 0
    calls: int = 0
    read_units: float = 0
    write_units: float = 0

    def add(self, done: int, seconds: float, cost: Cost) -> None:
        self.done += done
        self.seconds += seconds
        self.calls += len(cost.calls)
        self.read_units += cost.read_units
        self.write_units += cost.write_units


class Ledger:
    """Adds up work by its kind."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._work: dict[str, _Work] = {}

    def run(self, kind: str, where: str, steps: Iterable[int], whole: int | None = None) -> None:
        """Takes the steps, each of which says how many things it did, under a bar."""
        bar = _Bar(f"{where}: {kind}", whole)
        begun = time.monotonic()
        with self._tally.running() as cost:
            for step in steps:
                bar.move(step)
        bar.clear()
        self._work.setdefault(kind, _Work()).add(bar.done, time.monotonic() - begun, cost)

    def table(self) -> str:
        """Each kind: how many, how fast, and what one of them asks of DynamoDB."""
        lines = [
            f"{'':20} {'number':>8} {'seconds':>8} {'a second':>8} {'calls':>6} {'read':>6} {'write':>6}  for each"
        ]
        for kind, work in self._work.items():
            each = max(work.done, 1)
            lines.append(
                f"{kind:20} {work.done:8} {work.seconds:8.1f} {work.done / work.seconds:8.1f}"
                f" {work.calls / each:16.2f} {work.read_units / each:11.2f} {work.write_units / each:12.2f}"
            )
        return "\n".join(lines)


class _Bar:
    """Drawn on a terminal; elsewhere nothing is."""

    def __init__(self, label: str, whole: int | None) -> None:
        self.done = 0
        self._label, self._whole = label, whole
        self._drawn = 0.0

    def move(self, step: int) -> None:
        self.done += step
        if not sys.stderr.isatty() or time.monotonic() - self._drawn < _REDRAW_SECONDS:
            return
        self._drawn = time.monotonic()
        part = min(1.0, self.done / self._whole) if self._whole else 0
        bar = f"{'#' * int(_BAR * part):{_BAR}} {part:4.0%}" if self._whole else ""
        print(f"\r{self._label:34} {self.done:7} {bar}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if sys.stderr.isatty():
            print(end="\r\033[K", file=sys.stderr, flush=True)
