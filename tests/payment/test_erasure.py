"""Erased students: amounts stay, what payers wrote goes."""

from lms.events import UserErased
from payment.tables import Voucher
from tests.clients import kafka_event
from tests.payment.conftest import Payment


def _erase(payment: Payment) -> None:
    from payment import consumer

    consumer.handler(kafka_event(UserErased(user_id=payment.student.id, version=9)), None)


def _stored() -> str:
    return repr([voucher.attribute_values for voucher in Voucher.scan()])


def test_what_payers_wrote_goes_and_what_was_paid_stays(payment: Payment) -> None:
    voucher = payment.issue()
    number = voucher["voucher_no"]
    payment.tell(payment.notice(number, event_id="evt-0", amount="1.00", reference="from Amina Khan"))
    payment.tell(payment.notice(number, reference="of Amina Khan, Karachi"))
    assert _stored().count("Amina Khan") == 2
    before = payment.own()
    _erase(payment)
    _erase(payment)
    assert "Amina" not in _stored()
    assert [(line["Payment"], line["Fee"], line["Date"]) for line in payment.own()] == [
        (line["Payment"], line["Fee"], line["Date"]) for line in before
    ]


def test_vouchers_of_others_keep_their_references(payment: Payment) -> None:
    other = payment.issue()
    payment.tell(payment.notice(other["voucher_no"], reference="bank-12"))
    from tests.people import sign_in

    payment.student = sign_in("student")
    _erase(payment)
    assert "bank-12" in _stored()
