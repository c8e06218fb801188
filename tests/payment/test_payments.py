"""Payments: confirmed by administrators or reported by the provider, and what they open."""

import json
from typing import Any
from uuid import UUID

import pytest

from lms.events.payments import PaymentConfirmed
from tests.conftest import Outbox
from tests.payment.conftest import Payment
from tests.program.conftest import Program, program
from tests.template import ENVIRONMENT

__all__ = ["program"]


def _voucher(payment: Payment) -> Any:
    [voucher] = payment.vouchers()
    return voucher


def test_a_voucher_is_confirmed_once_and_again_gets_the_same_answer(payment: Payment, outbox: Outbox) -> None:
    number = payment.issue()["voucher_no"]
    paid_at = payment.clock().isoformat().replace("+00:00", "Z")
    first = payment.confirm(number)
    payment.clock.advance(hours=1)
    second = payment.confirm(number.lower())
    assert (first.status, first.json) == (second.status, second.json)
    assert (first.json["status"], first.json["paid_at"], first.json["version"]) == ("paid", paid_at, 2)
    [emitted] = outbox.of(PaymentConfirmed)
    assert (emitted.voucher_no, emitted.version, emitted.student_id, emitted.course_id) == (
        number,
        2,
        payment.student.id,
        payment.course,
    )
    [own] = payment.own()
    assert (own["Payment"], own["Date"]) == ("Paid", paid_at)


def test_the_provider_reports_a_payment(payment: Payment, outbox: Outbox) -> None:
    number = payment.issue()["voucher_no"]
    answer = payment.report(payment.notice(number))
    assert (answer.status, answer.json) == (
        200,
        {"voucher_no": number, "status": "paid", "paid_at": "2027-01-05T05:00:00Z"},
    )
    voucher = _voucher(payment)
    assert (voucher["status"], voucher["paid_at"], voucher["reference"]) == ("paid", "2027-01-05T05:00:00Z", "bank-77")
    [emitted] = outbox.of(PaymentConfirmed)
    assert emitted.paid_at.isoformat() == "2027-01-05T05:00:00+00:00"


def test_an_amount_is_the_same_however_it_is_written(payment: Payment) -> None:
    assert payment.report(payment.notice(payment.issue()["voucher_no"], amount="5000")).status == 200


def test_an_event_counts_once(payment: Payment, outbox: Outbox) -> None:
    notice = payment.notice(payment.issue()["voucher_no"])
    answers = [payment.report(notice) for _ in range(3)]
    assert {(answer.status, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(outbox.of(PaymentConfirmed)) == 1
    assert _voucher(payment)["notices"] == []


def test_an_event_with_other_content_is_refused(payment: Payment) -> None:
    number, other = payment.issue()["voucher_no"], payment.issue()["voucher_no"]
    payment.report(payment.notice(number))
    for notice in (
        payment.notice(other),
        payment.notice(number, amount="1.00"),
        payment.notice(number, currency="USD"),
    ):
        answer = payment.report(notice)
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "event_id"])
    assert payment.own()[0]["Payment"] == "Unpaid"


@pytest.mark.parametrize(("field", "value"), [("amount", "4999.99"), ("amount", "5000.01"), ("currency", "USD")])
def test_another_amount_or_currency_pays_nothing_and_is_kept(
    payment: Payment, outbox: Outbox, field: str, value: str
) -> None:
    notice = payment.notice(payment.issue()["voucher_no"], **{field: value})
    for _ in range(2):
        answer = payment.report(notice)
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", field])
    voucher = _voucher(payment)
    assert voucher["status"] == "unpaid"
    [kept] = voucher["notices"]
    assert kept.items() >= {"event_id": "evt-1", "reason": field, "reference": "bank-77", field: value}.items()
    assert not outbox.of(PaymentConfirmed)
    assert payment.report(payment.notice(voucher["voucher_no"], event_id="evt-2")).status == 200


def test_a_payment_for_what_is_paid_changes_nothing_and_is_kept(payment: Payment, outbox: Outbox) -> None:
    number = payment.issue()["voucher_no"]
    paid = payment.confirm(number).json
    answer = payment.report(payment.notice(number))
    assert (answer.status, answer.json["paid_at"]) == (200, paid["paid_at"])
    voucher = _voucher(payment)
    assert (voucher["paid_at"], voucher["reference"]) == (paid["paid_at"], None)
    assert [kept["reason"] for kept in voucher["notices"]] == ["already-paid"]
    assert len(outbox.of(PaymentConfirmed)) == 1


def test_the_newest_twenty_notices_are_kept(payment: Payment) -> None:
    number = payment.issue()["voucher_no"]
    for n in range(22):
        payment.report(payment.notice(number, event_id=f"evt-{n}", amount="1.00"))
    assert [kept["event_id"] for kept in _voucher(payment)["notices"]] == [f"evt-{n}" for n in range(2, 22)]


def test_an_unknown_voucher_is_404_and_may_be_reported_again(payment: Payment) -> None:
    assert payment.report(payment.notice("UNHEARDOF")).status == 404
    number = payment.issue()["voucher_no"]
    assert payment.report(payment.notice(number)).status == 200


def test_overdue_vouchers_can_still_be_paid(payment: Payment) -> None:
    first, second = (payment.issue(due_date=payment.day(-3))["voucher_no"] for _ in range(2))
    payment.tick()
    assert payment.confirm(first).json["status"] == "paid"
    assert payment.report(payment.notice(second)).status == 200
    assert [own["Payment"] for own in payment.own()] == ["Paid", "Paid"]


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_a_signature_counts_for_five_minutes_either_way(payment: Payment, age: int) -> None:
    assert payment.report(payment.notice(payment.issue()["voucher_no"]), age=age).status == 200


@pytest.mark.parametrize("age", [-301, 301, 86_400])
def test_an_old_signature_or_one_of_the_future_is_refused(payment: Payment, age: int) -> None:
    assert payment.report(payment.notice(payment.issue()["voucher_no"]), age=age).status == 401


def test_what_the_provider_did_not_sign_is_refused(payment: Payment) -> None:
    raw = json.dumps(payment.notice(payment.issue()["voucher_no"])).encode()
    good = payment.sign(raw)
    moment, code = good.removeprefix("t=").split(",v1=")
    forged = [
        None,
        "",
        "t=,v1=",
        f"v1={code}",
        f"t={moment}",
        f"t={moment},v1={code[:-1]}",
        f"t={moment},v1={code[:-1]}{'0' if code[-1] != '0' else '1'}",
        f"t={int(moment) + 1},v1={code}",
        f"t={moment},v0={code}",
        f"t={moment},v1={code},v1={code}",
        f"t={moment}, v1={code}",
        f"t=9{'9' * 30},v1={code}",
        f"t={moment},v1={'é' * 64}",
        payment.sign(raw, secret="another-secret-of-somebody-0123456789"),
        payment.sign(raw + b" "),
    ]
    for signature in forged:
        assert payment.send(raw, signature).status == 401, signature
    assert payment.send(raw.replace(b"5000", b"0001"), good).status == 401
    assert _voucher(payment)["version"] == 1
    assert payment.send(raw, f"t={moment},v1={code.upper()}").status == 200


def test_the_signature_is_looked_at_before_the_body(payment: Payment) -> None:
    assert payment.report({"bad": 1}, signature="t=1,v1=0").status == 401
    assert payment.report({"bad": 1}).status == 422


def test_while_the_secret_is_changed_a_notice_is_signed_with_the_new_or_the_old(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payment.service import payments

    new, old = "new-webhook-secret-0123456789-0123456789", "old-webhook-secret-0123456789-0123456789"
    monkeypatch.setattr(payments, "_WEBHOOK_SECRETS", [new.encode(), old.encode()])
    raw = json.dumps(payment.notice(payment.issue()["voucher_no"])).encode()
    for secret, status in ((new, 200), (old, 200), (f"{new} {old}", 401), (ENVIRONMENT["WEBHOOK_SECRET"], 401)):
        headers = {"x-signature": payment.sign(raw, secret=secret), "content-type": "application/json"}
        assert payment.http.post("/payments/webhook", raw=raw, headers=headers).status == status


def test_the_body_is_signed_as_it_was_sent(payment: Payment) -> None:
    notice = payment.notice(payment.issue()["voucher_no"])
    raw = json.dumps(notice, indent=3, sort_keys=True).encode() + b"\n"
    assert payment.send(raw, payment.sign(raw)).status == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 5000),
        ("amount", "5000.000"),
        ("amount", "-5000"),
        ("currency", "XYZ"),
        ("paid_at", "2027-01-05T10:00:00"),
        ("paid_at", "yesterday"),
        ("paid_at", "0001-01-01T00:00:00+14:00"),
        ("event_id", ""),
        ("event_id", "x" * 201),
        ("event_id", None),
        ("reference", None),
        ("voucher_no", 7),
        ("status", "paid"),
    ],
)
def test_a_bad_notice_is_refused_field_by_field(payment: Payment, field: str, value: Any) -> None:
    answer = payment.report({**payment.notice(payment.issue()["voucher_no"]), field: value})
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", field])


@pytest.mark.parametrize("how", ["confirmed", "reported"])
def test_who_has_paid_may_enrol(payment: Payment, program: Program, outbox: Outbox, how: str) -> None:
    course = program.new_course(requiresPayment=True)
    payment.course = UUID(course)
    number = payment.issue()["voucher_no"]
    assert program.enroll(course, payment.student).problem == (409, "unpaid")
    answer = payment.confirm(number) if how == "confirmed" else payment.report(payment.notice(number))
    assert answer.status == 200
    for _ in range(2):
        program.consume(*outbox.of(PaymentConfirmed))
    assert program.enroll(course, payment.student).status == 201


def test_a_paid_voucher_below_the_fee_does_not_open_a_course(
    payment: Payment, program: Program, outbox: Outbox
) -> None:
    course = program.new_course(requiresPayment=True, fee="5000.00")
    payment.course = UUID(course)
    payment.confirm(payment.issue(fee="10.00", quarter="Q1")["voucher_no"])
    program.consume(*outbox.of(PaymentConfirmed))
    assert program.enroll(course, payment.student).problem == (409, "unpaid")
    payment.confirm(payment.issue(fee="4990.00", quarter="Q2")["voucher_no"])
    program.consume(*reversed(outbox.of(PaymentConfirmed)))
    assert program.enroll(course, payment.student).status == 201
