"""Payment on moto: people with tokens, a course in the Roster, short ways to vouchers and signed notices."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.at_once import meanwhile, whole_calls
from tests.clients import Answer, Client
from tests.conftest import Clock
from tests.people import Person, publish_key, sign_in
from tests.template import ENVIRONMENT

__all__ = ["meanwhile", "whole_calls"]


@pytest.fixture
def payment(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["Payment"]:
    from lms import clock as clock_module
    from lms import due
    from payment import api

    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    monkeypatch.setattr(due, "now", clock)
    yield Payment(clock)
    api.app.dependency_overrides.clear()


class Payment:
    """The payment service, a course, an administrator and a student."""

    def __init__(self, clock: Clock) -> None:
        from payment import api

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self.course = self.open("Generative AI")

    def open(self, title: str) -> UUID:
        from lms import roster
        from lms.dynamo import transaction

        course_id = uuid4()
        with transaction() as tx:
            roster.put_course(tx, course_id, title=title, program_id=uuid4(), requires_payment=True, version=1)
        return course_id

    def close(self, course_id: UUID) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.remove_course(tx, course_id)

    def day(self, days: int = 0) -> str:
        """Today, or so many days on."""
        from datetime import timedelta

        return (self.clock() + timedelta(days=days)).date().isoformat()

    def body(self, student: Person | None = None, **fields: Any) -> dict[str, Any]:
        return {
            "student_id": str((student or self.student).id),
            "course_id": str(self.course),
            "quarter": "Q4",
            "fee": "5000.00",
            "due_date": self.day(10),
            **fields,
        }

    def post(self, student: Person | None = None, *, key: str | None = None, **fields: Any) -> Answer:
        headers = {"idempotency-key": key} if key else None
        return self.http.post(
            "/payments/vouchers", self.body(student, **fields), token=self.admin.token, headers=headers
        )

    def issue(self, student: Person | None = None, **fields: Any) -> Any:
        """A new voucher, for a quarter of its own unless one is named; one whose day is past was issued on that day."""
        fields = {"quarter": f"Q4 {uuid4()}", **fields}
        with self.on_day(fields.get("due_date", self.day())):
            answer = self.post(student, **fields)
        assert answer.status == 201, answer
        return answer.json

    @contextmanager
    def on_day(self, day: str) -> Iterator[None]:
        """Lets it be that day, unless it is still to come."""
        now = self.clock.now
        self.clock.now = min(now, datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        yield
        self.clock.now = now

    def vouchers(self, **query: str) -> Any:
        answer = self.http.get("/payments/vouchers", token=self.admin.token, query=query)
        assert answer.status == 200, answer
        return answer.json["items"]

    def own(self, student: Person | None = None, **query: str) -> Any:
        answer = self.http.get("/student/payment", token=(student or self.student).token, query=query)
        assert answer.status == 200, answer
        return answer.json["items"]

    def confirm(self, voucher_no: str) -> Answer:
        return self.http.post(f"/payments/vouchers/{voucher_no}/confirm", token=self.admin.token)

    def notice(self, voucher_no: str, **fields: Any) -> dict[str, Any]:
        return {
            "event_id": "evt-1",
            "voucher_no": voucher_no,
            "amount": "5000.00",
            "currency": "PKR",
            "paid_at": "2027-01-05T10:00:00+05:00",
            "reference": "bank-77",
            **fields,
        }

    def report(self, notice: Any, **kwargs: Any) -> Answer:
        """A notice as the payment provider sends it."""
        raw = json.dumps(notice).encode()
        return self.send(raw, kwargs.pop("signature", None) or self.sign(raw, **kwargs))

    def send(self, raw: bytes, signature: str | None) -> Answer:
        headers = {"content-type": "application/json"} | ({"x-signature": signature} if signature is not None else {})
        return self.http.post("/payments/webhook", raw=raw, headers=headers)

    def sign(self, raw: bytes, *, age: int = 0, secret: str = ENVIRONMENT["WEBHOOK_SECRET"]) -> str:
        at = str(int(self.clock().timestamp()) - age)
        return f"t={at},v1={hmac.new(secret.encode(), at.encode() + b'.' + raw, hashlib.sha256).hexdigest()}"

    def tick(self, at_most: int = 1_000) -> None:
        from payment import tick

        tick.handler({}, Minute(at_most))

    def walk(self, path: str, *, limit: int, token: str, **query: str) -> list[Any]:
        """All items of a list, page after page."""
        items, cursor = [], None
        while True:
            asked = {**query, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
            answer = self.http.get(path, token=token, query=asked)
            assert answer.status == 200, answer
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            cursor = answer.json["next"]
            if cursor is None:
                return items


class Minute:
    """Lambda's context, with time to mark so many vouchers as overdue."""

    def __init__(self, at_most: int) -> None:
        self._end = self._marked() + at_most

    def get_remaining_time_in_millis(self) -> int:
        return 55_000 if self._marked() < self._end else 1_000

    def _marked(self) -> int:
        return [voucher.status for voucher in stored()].count("overdue")


def stored() -> list[Any]:
    """Every voucher as it is stored."""
    from payment.tables import Voucher

    return list(Voucher.scan(Voucher.status.exists()))


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer
    return answer.status, answer.json["type"].removeprefix("urn:lms:problem:")
