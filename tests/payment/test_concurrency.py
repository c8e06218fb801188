"""Many at once: what the conditions of the transactions hold."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from lms.events.payments import PaymentConfirmed
from tests.auth.conftest import at_once, whole_calls
from tests.conftest import Outbox
from tests.payment.conftest import Payment

__all__ = ["whole_calls"]
pytestmark = pytest.mark.usefixtures("whole_calls")


def statuses(calls: list[Callable[[], Any]]) -> list[int]:
    return sorted(answer.status for answer in at_once(calls))


def test_a_voucher_confirmed_ten_times_at_once_is_paid_once(payment: Payment, outbox: Outbox) -> None:
    number = payment.issue()["voucher_no"]
    answers = at_once([lambda: payment.confirm(number)] * 10)
    assert {(answer.status, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(outbox.of(PaymentConfirmed)) == 1


def test_an_event_reported_ten_times_at_once_counts_once(payment: Payment, outbox: Outbox) -> None:
    notice = payment.notice(payment.issue()["voucher_no"])
    assert statuses([lambda: payment.report(notice)] * 10) == [200] * 10
    assert len(outbox.of(PaymentConfirmed)) == 1
    assert payment.vouchers()[0]["notices"] == []


def test_confirmed_and_reported_at_once_it_is_paid_once(payment: Payment, outbox: Outbox) -> None:
    for n in range(5):
        number = payment.issue()["voucher_no"]
        notice = payment.notice(number, event_id=f"evt-{n}")
        confirm = lambda number=number: payment.confirm(number)  # noqa: E731
        assert statuses([confirm, lambda notice=notice: payment.report(notice)]) == [200, 200]
    assert len(outbox.of(PaymentConfirmed)) == 5
    assert {voucher["status"] for voucher in payment.vouchers()} == {"paid"}


def test_what_is_paid_while_the_schedule_looks_stays_paid(payment: Payment) -> None:
    for _ in range(5):
        number = payment.issue(due_date=payment.day(-1))["voucher_no"]
        at_once([lambda number=number: payment.confirm(number), payment.tick])
    assert {voucher["status"] for voucher in payment.vouchers()} == {"paid"}


def test_of_ten_vouchers_at_once_for_one_course_and_quarter_exactly_one_is_issued(payment: Payment) -> None:
    assert statuses([payment.post] * 10) == [201] + [409] * 9
    assert len(payment.own()) == 1


def test_twenty_vouchers_at_once_have_numbers_of_their_own(payment: Payment) -> None:
    answers = at_once([partial(payment.post, quarter=f"Q{n}") for n in range(20)])
    assert [answer.status for answer in answers] == [201] * 20
    assert len({answer.json["voucher_no"] for answer in answers}) == 20
    assert len(payment.own()) == 20
