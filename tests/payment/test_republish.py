"""Republishing vouchers and payments."""

from typing import Any

import pytest

from tests.conftest import Outbox
from tests.payment.conftest import Payment
from tests.republishing import facts, last_words, republish


def republished(outbox: Outbox, rows: int = 1_000) -> tuple[list[Any], list[Any]]:
    """The answers, and what was emitted."""
    from payment.operations import handler

    before = len(outbox.all())
    return republish(handler, rows), outbox.all()[before:]


@pytest.fixture
def till(payment: Payment) -> Payment:
    """Vouchers of every status, one of them paid twice."""
    payment.issue()
    overdue = [payment.issue(due_date=payment.day(1))["voucher_no"] for _ in range(2)]
    payment.clock.advance(days=3)
    payment.tick()
    payment.confirm(overdue[0])
    paid = payment.issue()["voucher_no"]
    payment.confirm(paid)
    assert payment.report(payment.notice(paid)).status == 200
    return payment


def test_everything_is_republished_at_the_version_of_its_latest_event(till: Payment, outbox: Outbox) -> None:
    before = last_words(outbox)
    [answer], again = republished(outbox)
    assert answer["republished"] == len(again) == len(before) == 4
    assert {event.subject: event.model_dump() for event in again} == facts(before)
    assert {event.subject: type(event) for event in again} == {key: type(event) for key, event in before.items()}


@pytest.mark.parametrize("rows", [1, 3])
def test_republishing_goes_on_where_it_stopped(till: Payment, outbox: Outbox, rows: int) -> None:
    answers, again = republished(outbox, rows)
    assert sum(answer["republished"] for answer in answers) == 4
    assert len({event.subject for event in again}) == len(again) == 4
