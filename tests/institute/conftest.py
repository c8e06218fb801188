"""Institute on moto: an administrator, a teacher and a student, and the trail of what they did."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.at_once import whole_calls
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock
from tests.people import publish_key, sign_in

__all__ = ["whole_calls"]  # For the tests beside this file.
TERM = {"title": "Spring 2027", "startsOn": "2027-02-01", "endsOn": "2027-06-30"}


@pytest.fixture
def institute(aws: None, clock: Clock) -> Iterator["Institute"]:
    from institute import api
    from lms import clock as clock_module

    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    yield Institute(clock)
    api.app.dependency_overrides.clear()


class Institute:
    """The institute service, and what was emitted to it."""

    def __init__(self, clock: Clock) -> None:
        from institute import api

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self._delivered: set[UUID] = set()

    def set(self, body: Any, **kwargs: Any) -> Answer:
        return self.http.put("/institute", body, token=self.admin.token, **kwargs)

    def shown(self) -> Any:
        return self.http.get("/institute").json

    def new_term(self, **fields: Any) -> Answer:
        return self.http.post("/terms", {**TERM, **fields}, token=self.admin.token)

    def delete_term(self, term_id: str) -> Answer:
        return self.http.delete(f"/terms/{term_id}", token=self.admin.token)

    def audited(self, action: str = "attempt.marked", at: datetime | None = None, **fields: Any) -> Any:
        """The event of a change by the teacher, about the student where nothing else is said."""
        from lms.events.audit import Audited
        from lms.ids import uuid7

        facts = {
            "actor_id": self.teacher.id,
            "about": {"exam": str(uuid4()), "user": str(self.student.id)},
            "service": "exam",
            **fields,
        }
        return Audited(version=1, audit_id=uuid7(), at=at or self.clock(), action=action, **facts)

    def trail(self, **query: str) -> list[Any]:
        """All entries of the trail, page after page."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.http.get("/audit", token=self.admin.token, query={**query, **cursor})
            assert answer.status == 200, answer
            items += answer.json["items"]
            if answer.json["next"] is None:
                return items
            cursor = {"cursor": answer.json["next"]}

    def consume(self, *events: Any) -> None:
        from institute import consumer

        consumer.handler(kafka_event(*events), None)

    def deliver(self) -> None:
        """Hands the service what it emitted itself since the last time."""
        from lms.events.catalogue import CATALOGUE
        from lms.outbox import OutboxItem

        items = [item for item in OutboxItem.scan() if item.event_id not in self._delivered]
        self._delivered |= {item.event_id for item in items}
        self.consume(*(CATALOGUE[item.type].model_validate_json(item.data) for item in items))
