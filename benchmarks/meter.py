"""Counts what DynamoDB is asked, and what it charges for it."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lms import dynamo
from tests.clients import Answer

_READS = ("GetItem", "BatchGetItem", "Query", "TransactGetItems")
_READ_UNIT_BYTES = 4096


@dataclass(frozen=True)
class Row:
    """One call to measure, and how often it may ask DynamoDB at most."""

    endpoint: str
    caller: str
    call: Callable[[], Answer]
    most_calls: int


@dataclass
class Cost:
    """The calls by name, in order, and the units that they consumed."""

    calls: list[str] = field(default_factory=list)
    read_units: float = 0
    write_units: float = 0


class Tally:
    """Adds up calls as they are reported, by however many threads."""

    def __init__(self) -> None:
        self._cost = Cost()
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator[Cost]:
        """The cost of what the block does; complete when it ends."""
        self._cost = Cost()
        yield self._cost
        self._cost = Cost()

    def count(self, name: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """One call, which has to ask for the total of the capacity."""
        units = _units(name, asked, answer)
        with self._lock:
            self._cost.calls.append(name)
            if name in _READS:
                self._cost.read_units += units
            else:
                self._cost.write_units += units


class Meter(Tally):
    """Listens to the one client that all tables of a worker share, while one thread works."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, Any] = {}
        events = dynamo._connection().client.meta.events
        events.register("before-parameter-build.dynamodb", self._ask)
        events.register("after-call.dynamodb", self._answered)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"
        self._asked = params

    def _answered(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.count(model.name, self._asked, parsed)


def _units(name: str, asked: dict[str, Any], answer: dict[str, Any]) -> float:
    if "Error" in answer:
        # Somebody was first. DynamoDB charges for a refused write too, but the emulator does not say how much.
        return 0
    if name == "BatchGetItem":
        return _batch_units(asked["RequestItems"], answer["Responses"])
    consumed = answer["ConsumedCapacity"]
    units: float = sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))
    return units


def _batch_units(asked: dict[str, Any], found: dict[str, Any]) -> float:
    """What DynamoDB's rules charge for a batch of reads, on which the emulator is silent: each item rounded up alone,
    and one unit for what does not exist; half of it where a read need not be consistent."""
    units = 0.0
    for table, wanted in asked.items():
        items = found.get(table, [])
        sizes = [_bytes(item) for item in items] + [1] * (len(wanted["Keys"]) - len(items))
        units += sum(math.ceil(size / _READ_UNIT_BYTES) for size in sizes) * (
            1 if wanted.get("ConsistentRead") else 0.5
        )
    return units


def _bytes(item: dict[str, dict[str, Any]]) -> int:
    """The size of an item of texts, numbers, flags and bytes."""
    values = {name: next(iter(value.values())) for name, value in item.items()}
    return sum(len(name) + len(value if isinstance(value, bytes) else str(value)) for name, value in values.items())
