"""Erased students: amounts stay, what payers wrote goes."""

from lms.events.users import UserErased
from payment.tables import Voucher
from tests.at_once import Meanwhile
from tests.conftest import aws_client
from tests.payment.conftest import Payment, stored
from tests.people import remove_card, sign_in


def _erase(payment: Payment) -> None:
    """What auth and payment do."""
    remove_card(payment.student)
    payment.consume(UserErased(user_id=payment.student.id, version=9))


def _text() -> str:
    """All that is stored."""
    return repr(aws_client("dynamodb").scan(TableName=Voucher.Meta.table_name)["Items"])


def test_what_payers_wrote_goes_and_what_was_paid_stays(payment: Payment) -> None:
    voucher = payment.issue()
    number = voucher["voucher_no"]
    payment.report(payment.notice(number, event_id="evt-0", amount="1.00", reference="from Amina Khan"))
    payment.report(payment.notice(number, reference="of Amina Khan, Karachi"))
    assert _text().count("Amina Khan") == 2
    before = payment.own()
    _erase(payment)
    _erase(payment)
    assert "Amina" not in _text()
    assert [(line["Payment"], line["Fee"], line["Date"]) for line in payment.own()] == [
        (line["Payment"], line["Fee"], line["Date"]) for line in before
    ]


def test_an_administrator_still_sees_the_vouchers_of_an_erased_student(payment: Payment) -> None:
    number = payment.issue()["voucher_no"]
    payment.report(payment.notice(number, amount="1.00", reference="from Amina Khan"))
    _erase(payment)
    for seen in (payment.vouchers(), payment.vouchers(student_id=str(payment.student.id))):
        [voucher] = seen
        assert [(notice["amount"], notice["reference"]) for notice in voucher["notices"]] == [("1.00", None)]


def test_vouchers_of_others_keep_their_references(payment: Payment) -> None:
    other = payment.issue()
    payment.report(payment.notice(other["voucher_no"], reference="bank-12"))
    payment.student = sign_in("student")
    _erase(payment)
    assert "bank-12" in _text()


def test_what_is_paid_for_an_erased_student_is_noted_without_the_payers_words(payment: Payment) -> None:
    number = payment.issue()["voucher_no"]
    _erase(payment)
    assert payment.report(payment.notice(number, reference="from Amina Khan")).status == 200
    assert payment.report(payment.notice(number, event_id="evt-2", reference="Amina Khan again")).status == 200
    [voucher] = stored()
    assert (voucher.status, len(voucher.notices)) == ("paid", 1)
    assert "Amina" not in _text()


def test_a_payment_that_comes_while_its_student_is_erased_keeps_no_words(
    payment: Payment, meanwhile: Meanwhile
) -> None:
    number = payment.issue()["voucher_no"]
    meanwhile(lambda: _erase(payment))
    assert payment.report(payment.notice(number, reference="from Amina Khan")).status == 200
    [voucher] = stored()
    assert voucher.status == "paid"
    assert "Amina" not in _text()
