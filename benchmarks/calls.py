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

if TYPE_CHECKING:
    from benchmarks.meter import Meter, Row

SERVICES = ("content", "instructor", "program")


def main() -> None:
    with emulated():
        print(f"{'endpoint':42} {'caller':8} {'calls':>5} {'read':>6} {'write':>6}  DynamoDB is asked")
        from benchmarks.meter import Meter

        meter = Meter()
        over = [row for service in SERVICES for row in _measured(_rows(service), meter)]
    if over:
        raise SystemExit(f"more calls than allowed: {', '.join(row.endpoint for row in over)}")


def _rows(service: str) -> Iterable["Row"]:
    rows: Any = importlib.import_module(f"benchmarks.rows.{service}")
    return rows.rows()


def _measured(rows: Iterable["Row"], meter: "Meter") -> Iterable["Row"]:
    """Prints the rows' costs; those that asked more often than they may."""
    for row in rows:
        with meter.running() as cost:
            answer = row.call()
        if answer.status >= 400:
            raise RuntimeError(f"{row.endpoint}: {answer}")
        units = f"{cost.read_units:6.1f} {cost.write_units:6.1f}"
        print(f"{row.endpoint:42} {row.caller:8} {len(cost.calls):5} {units}  {', '.join(cost.calls)}")
        if len(cost.calls) > row.most_calls:
            yield row


if __name__ == "__main__":
    main()
