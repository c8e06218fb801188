"""Payment on moto: people with tokens, a course in the Roster, short ways to vouchers and signed notices."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from payment import tick
from payment.tables import Voucher
from tests.at_once import meanwhile, whole_calls
from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person
from tests.template import ENVIRONMENT
from tests.world import World

__all__ = ["meanwhile", "whole_calls"]


@pytest.fixture
def payment(aws: None, clock: Clock) -> "Payment":
    return Payment(clock)


class Payment(World):
    """The payment service, and a course."""

    service = "payment"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.course = self.add_course("Generative AI")

    def day(self, days: int = 0) -> str:
        """Today, or so many days on."""
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
        tick.handler({}, Minute(at_most))


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
    return list(Voucher.scan(Voucher.status.exists()))
