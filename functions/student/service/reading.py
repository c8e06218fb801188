"""Reading many items of several tables at once."""

from collections.abc import Sequence
from typing import Any

from lms.dynamo import Key, read_together

_AT_ONCE = 100


def read_all(keys: Sequence[Key]) -> list[Any]:
    """As `read_together`, of any number of keys."""
    parts = (keys[begin : begin + _AT_ONCE] for begin in range(0, len(keys), _AT_ONCE))
    return [item for part in parts for item in read_together(part)]
