"""Invoking `republish` as an operator does, and what consumers are left with by it."""

from typing import Any
from unittest.mock import patch

import lms.republish
from tests.conftest import Outbox


class Context:
    """Lambda's, with time for so many pages."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def get_remaining_time_in_millis(self) -> int:
        self._rows -= 1
        return 900_000 if self._rows > 0 else 1_000


def republish(handler: Any, rows: int = 1_000) -> list[Any]:
    """All answers until everything was republished, so many rows at a time."""
    answers, after = [], None
    with patch.object(lms.republish, "PAGE", lms.republish.PAGE if rows > lms.republish.PAGE else 1):
        while not answers or after is not None:
            answers.append(handler({"action": "republish", **({"after": after} if after else {})}, Context(rows)))
            after = answers[-1]["next"]
    return answers


def last_words(outbox: Outbox, skip: int = 0) -> dict[str, Any]:
    """Each entity's last event, as a consumer would remember it; without the first so many."""
    last: dict[str, Any] = {}
    for event in outbox.all()[skip:]:
        if event.subject not in last or event.version >= last[event.subject].version:
            last[event.subject] = event
    return last


def facts(events: dict[str, Any]) -> dict[str, Any]:
    """What events say, under whatever type."""
    return {subject: event.model_dump() for subject, event in events.items()}
