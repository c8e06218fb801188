"""What each endpoint costs in DynamoDB: calls, read units and write units, once a worker is warm.

    PYTHONPATH=functions:layers/shared .venv/bin/python -m benchmarks.calls      (`make bench` does)

Each service has a table of its own (`benchmarks/rows/<service>.py`): a label, who calls, and the call. The figures are
DynamoDB's own (`ReturnConsumedCapacity`) as the emulator reckons them, on the largest course of the real curriculum.
Fails when an endpoint asks more often than its row allows.
"""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from benchmarks.emulated import emulated
from benchmarks.figures import table

if TYPE_CHECKING:
    from benchmarks.meter import Cost, Meter, Row

SERVICES = ("content", "instructor", "program", "progress", "student")


def main() -> None:
    with emulated():
        from benchmarks.meter import Meter

        meter = Meter()
        costs = [(row, _measured(row, meter)) for service in SERVICES for row in _rows(service)]
    columns = ["endpoint", "caller", "calls", "read units", "write units", "DynamoDB is asked"]
    print(table(columns, [[row.endpoint, row.caller, *_shown(cost)] for row, cost in costs]))
    over = [row for row, cost in costs if len(cost.calls) > row.most_calls]
    if over:
        raise SystemExit(f"more calls than allowed: {', '.join(row.endpoint for row in over)}")


def _rows(service: str) -> Iterable["Row"]:
    rows: Any = importlib.import_module(f"benchmarks.rows.{service}")
    return rows.rows()


def _measured(row: "Row", meter: "Meter") -> "Cost":
    with meter.running() as cost:
        answer = row.call()
    if answer.status >= 400:
        raise RuntimeError(f"{row.endpoint}: {answer}")
    return cost


def _shown(cost: "Cost") -> list[object]:
    return [len(cost.calls), f"{cost.read_units:.1f}", f"{cost.write_units:.1f}", ", ".join(cost.calls)]


if __name__ == "__main__":
    main()
