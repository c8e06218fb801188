"""The recorded events of payment, each as its function takes it."""

from tests.payment.conftest import Minute, Payment
from tests.recorded import event


def test_a_recorded_request_lists_a_students_vouchers(payment: Payment) -> None:
    payment.issue()
    answer = payment.http.replay("payment_own", payment.student.token)
    assert [item["Payment"] for item in answer.json["items"]] == ["Unpaid"]


def test_a_recorded_tick_marks_what_is_overdue(payment: Payment) -> None:
    from payment import tick
    from payment.tables import Voucher

    payment.issue(due_date=payment.day(1))
    payment.clock.advance(days=2)
    tick.handler(event("payment_tick"), Minute(1))
    assert [voucher.status for voucher in Voucher.query(payment.student.id)] == ["overdue"]
