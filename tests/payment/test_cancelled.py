"""Vouchers that an administrator cancels: nothing is to be paid, and the number stays known."""

import pytest

from lms.events.audit import Audited
from lms.events.payments import PaymentConfirmed, VoucherCancelled
from tests.clients import Answer
from tests.conftest import Outbox
from tests.payment.conftest import Payment, stored


def cancel(payment: Payment, voucher_no: str, **headers: str) -> Answer:
    return payment.http.delete(f"/payments/vouchers/{voucher_no}", token=payment.admin.token, headers=headers)


def show(payment: Payment, voucher_no: str) -> Answer:
    return payment.http.get(f"/payments/vouchers/{voucher_no}", token=payment.admin.token)


def test_a_voucher_is_read_by_its_number(payment: Payment) -> None:
    voucher = payment.issue()
    answer = show(payment, voucher["voucher_no"].lower())
    assert (answer.status, answer.json) == (200, voucher)
    assert show(payment, "NOSUCHNUMBER").status == 404


@pytest.mark.parametrize("days", [0, 3])
def test_an_unpaid_voucher_is_cancelled_overdue_or_not(payment: Payment, outbox: Outbox, days: int) -> None:
    voucher = payment.issue(quarter="Q4", due_date=payment.day(1))
    payment.clock.advance(days=days)
    payment.tick()
    assert cancel(payment, voucher["voucher_no"]).status == 204
    assert show(payment, voucher["voucher_no"]).json["status"] == "cancelled"
    [cancelled] = outbox.of(VoucherCancelled)
    assert (cancelled.voucher_no, cancelled.student_id) == (voucher["voucher_no"], payment.student.id)
    assert cancelled.version > 1
    [audited] = [event for event in outbox.of(Audited) if event.action == "voucher.cancelled"]
    assert (audited.actor_id, audited.before["fee"]) == (payment.admin.id, "5000.00")
    assert payment.post(quarter="Q4", due_date=payment.day(9)).status == 201
    payment.clock.advance(days=2)
    payment.tick()
    assert [item.status for item in stored()].count("cancelled") == 1


def test_who_owes_nothing_any_more_is_shown_nothing(payment: Payment) -> None:
    kept, gone = payment.issue()["voucher_no"], payment.issue()["voucher_no"]
    cancel(payment, gone)
    assert [item["VoucherNo"] for item in payment.own()] == [kept]
    assert [item["voucher_no"] for item in payment.vouchers(status="cancelled")] == [gone]
    assert {item["voucher_no"] for item in payment.vouchers()} == {kept, gone}


def test_a_voucher_is_cancelled_once_and_as_it_was_read(payment: Payment) -> None:
    voucher_no = payment.issue()["voucher_no"]
    assert cancel(payment, voucher_no, **{"if-match": '"99"'}).status == 412
    assert cancel(payment, voucher_no, **{"if-match": show(payment, voucher_no).headers["etag"]}).status == 204
    assert cancel(payment, voucher_no).status == 404


def test_a_paid_voucher_is_not_cancelled(payment: Payment) -> None:
    voucher_no = payment.issue()["voucher_no"]
    payment.confirm(voucher_no)
    assert cancel(payment, voucher_no).problem == (409, "paid")


def test_a_payment_of_a_cancelled_voucher_pays_nothing_and_is_kept(payment: Payment, outbox: Outbox) -> None:
    voucher_no = payment.issue()["voucher_no"]
    cancel(payment, voucher_no)
    assert payment.confirm(voucher_no).problem == (409, "cancelled")
    for _ in range(2):
        assert payment.report(payment.notice(voucher_no)).problem == (409, "cancelled")
    assert [notice["reason"] for notice in show(payment, voucher_no).json["notices"]] == ["cancelled"]
    assert not outbox.of(PaymentConfirmed)
