"""Vouchers through their door: issued, listed, shown to students, overdue in time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.events.payments import VoucherIssued
from tests.conftest import Outbox
from tests.payment.conftest import Payment, stored
from tests.people import sign_in
from tests.world import set_currency


def test_a_voucher_is_in_the_institutes_currency_unless_another_is_named(payment: Payment) -> None:
    set_currency("USD")
    assert payment.issue()["currency"] == "USD"
    assert payment.issue(currency="EUR")["currency"] == "EUR"


def test_a_voucher_is_issued_and_published(payment: Payment, outbox: Outbox) -> None:
    answer = payment.post()
    assert answer.status == 201
    assert answer.headers["location"] == f"/payments/vouchers/{answer.json['voucher_no']}"
    voucher = answer.json
    assert (
        voucher.items()
        >= {
            "student_id": str(payment.student.id),
            "course_id": str(payment.course),
            "student_name": "A student",
            "course_title": "Generative AI",
            "quarter": "Q4",
            "fee": "5000.00",
            "currency": "PKR",
            "due_date": payment.day(10),
            "status": "unpaid",
            "paid_at": None,
            "reference": None,
            "notices": [],
            "version": 1,
        }.items()
    )
    [emitted] = outbox.of(VoucherIssued)
    assert (emitted.voucher_no, emitted.version, str(emitted.fee), emitted.currency) == (
        voucher["voucher_no"],
        1,
        "5000.00",
        "PKR",
    )
    assert (emitted.student_id, emitted.course_id, emitted.due_date.isoformat()) == (
        payment.student.id,
        payment.course,
        payment.day(10),
    )
    assert payment.vouchers() == payment.vouchers(student_id=str(payment.student.id)) == [voucher]


def test_students_see_their_own_vouchers_in_the_founding_shape_the_newest_first(payment: Payment) -> None:
    numbers = [payment.issue(quarter=f"Q{n}")["voucher_no"] for n in range(1, 4)]
    payment.issue(sign_in("student"))
    listed = payment.http.list_all("/student/payment", limit=2, token=payment.student.token)
    assert [item["VoucherNo"] for item in listed] == numbers[::-1]
    assert listed[0] == {
        "Course": "Generative AI",
        "Quarter": "Q3",
        "Fee": "5000 Rs",
        "VoucherNo": numbers[2],
        "Payment": "Unpaid",
        "Date": None,
        "due_date": payment.day(10),
        "course_id": str(payment.course),
        "fee_amount": "5000.00",
        "currency": "PKR",
    }


@pytest.mark.parametrize(
    ("fee", "currency", "shown", "kept"),
    [
        ("5000", "PKR", "5000 Rs", "5000.00"),
        ("5000.5", "PKR", "5000.50 Rs", "5000.50"),
        ("0.01", "PKR", "0.01 Rs", "0.01"),
        ("100", "USD", "100.00 USD", "100.00"),
        ("9999999999.99", "EUR", "9999999999.99 EUR", "9999999999.99"),
    ],
)
def test_a_fee_is_kept_and_shown_exactly(payment: Payment, fee: str, currency: str, shown: str, kept: str) -> None:
    assert payment.issue(fee=fee, currency=currency)["fee"] == kept
    assert payment.own()[0]["Fee"] == shown


@given(st.decimals("0.01", "9999999999.99", places=2), st.sampled_from(["PKR", "USD"]))
def test_what_people_read_is_the_fee(fee: Any, currency: str) -> None:
    from decimal import Decimal

    from payment.rules import fee_text

    amount, unit = fee_text(fee, currency).split()
    assert Decimal(amount) == fee
    assert unit == ("Rs" if currency == "PKR" else "USD")


def test_numbers_are_unique_and_say_nothing_of_one_another(payment: Payment) -> None:
    from payment.rules import new_voucher_no

    numbers = {new_voucher_no() for _ in range(2_000)}
    assert len(numbers) == 2_000
    assert all(len(number) == 12 and number.isalnum() for number in numbers)
    assert len({number[:3] for number in numbers}) > 1_500


def test_a_number_that_is_taken_is_not_given_again(payment: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.outbox import OutboxItem
    from payment import rules

    drawn = iter(["ONE", "ONE", "TWO"])
    monkeypatch.setattr(rules, "new_voucher_no", lambda: next(drawn))
    assert payment.issue()["voucher_no"] == "ONE"
    # Once published, events expire; the number stays taken.
    for item in OutboxItem.scan():
        item.delete()
    assert payment.issue()["voucher_no"] == "TWO"


def test_a_voucher_cannot_be_due_before_today(payment: Payment) -> None:
    answer = payment.post(due_date=payment.day(-1))
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", "due_date"])
    assert payment.post(due_date=payment.day()).status == 201


def test_a_student_has_one_unpaid_voucher_for_a_course_and_quarter(payment: Payment, outbox: Outbox) -> None:
    first = payment.issue(quarter="Q4 2026", due_date=payment.day())
    for quarter in ("Q4 2026", "q4  2026"):
        assert payment.post(quarter=quarter).problem == (409, "unpaid-voucher")
    assert payment.post(quarter="Q1 2027").status == 201
    assert payment.post(quarter="Q4 2026", course_id=str(payment.add_course("Robotics"))).status == 201
    assert payment.post(sign_in("student"), quarter="Q4 2026").status == 201
    payment.clock.advance(days=2)
    payment.tick()
    assert payment.post(quarter="Q4 2026").problem == (409, "unpaid-voucher")
    assert len(outbox.of(VoucherIssued)) == 4
    payment.confirm(first["voucher_no"])
    assert payment.post(quarter="Q4 2026").status == 201


@pytest.mark.parametrize("how", ["confirmed", "reported"])
def test_what_is_paid_frees_its_place_once(payment: Payment, how: str) -> None:
    first = payment.issue(quarter="Q4")["voucher_no"]
    notice = payment.notice(first)
    paid = payment.confirm(first) if how == "confirmed" else payment.report(notice)
    assert paid.status == 200
    assert payment.post(quarter="Q4").status == 201
    payment.confirm(first)
    payment.report(notice)
    assert payment.post(quarter="Q4").problem == (409, "unpaid-voucher")


def test_a_payment_of_another_amount_frees_nothing(payment: Payment) -> None:
    payment.report(payment.notice(payment.issue(quarter="Q4")["voucher_no"], amount="1.00"))
    assert payment.post(quarter="Q4").problem == (409, "unpaid-voucher")


def test_the_same_request_for_a_voucher_is_answered_again_and_not_refused(payment: Payment) -> None:
    first = payment.post(key="one")
    assert payment.post(key="one").text == first.text
    assert payment.post(key="two").problem == (409, "unpaid-voucher")


def test_a_voucher_is_for_a_student_and_a_course_that_exist(payment: Payment) -> None:
    assert payment.post(course_id=str(uuid4())).status == 404
    for field, value in (("student_id", uuid4()), ("student_id", payment.teacher.id)):
        answer = payment.post(**{field: str(value)})
        assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", field])


def test_a_voucher_is_overdue_from_the_day_after_on_schedule_or_not(payment: Payment) -> None:
    payment.issue(due_date=payment.day(0))
    assert payment.own()[0]["Payment"] == "Unpaid"
    payment.tick()
    assert payment.vouchers(status="unpaid")
    payment.clock.now = (payment.clock() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    for _ in range(2):
        assert payment.own()[0]["Payment"] == "Overdue"
        assert [voucher["status"] for voucher in payment.vouchers(status="overdue")] == ["overdue"]
        assert payment.vouchers(status="unpaid") == []
        payment.tick()
    assert payment.vouchers()[0]["version"] == 2


def test_a_voucher_that_was_paid_is_never_overdue_nor_looked_at_by_the_schedule(payment: Payment) -> None:
    voucher = payment.issue(due_date=payment.day(0))
    payment.confirm(voucher["voucher_no"])
    assert [item.due_shard for item in stored()] == [None]
    payment.clock.advance(days=2)
    payment.tick()
    assert payment.own()[0]["Payment"] == "Paid"
    assert payment.vouchers(status="overdue") == []


def test_what_one_minute_does_not_allow_is_left_to_the_next(payment: Payment) -> None:
    for _ in range(5):
        payment.issue(due_date=payment.day(-1))
    payment.tick(at_most=2)
    assert [item.status for item in stored()].count("overdue") == 2
    payment.tick()
    assert [item.status for item in stored()].count("overdue") == 5
    assert all(item.due_shard is None for item in stored())


def test_vouchers_are_listed_by_status_in_the_order_in_which_they_are_due(payment: Payment) -> None:
    days = {n: payment.issue(sign_in("student"), due_date=payment.day(n))["voucher_no"] for n in (3, -2, 5, -1, 1, 4)}
    payment.confirm(days[4])
    token = payment.admin.token

    def listed(**query: str) -> list[str]:
        return [v["voucher_no"] for v in payment.http.list_all("/payments/vouchers", limit=2, token=token, **query)]

    assert listed(status="overdue") == [days[-2], days[-1]]
    payment.tick()
    assert listed(status="Overdue") == [days[-2], days[-1]]
    assert listed(status="unpaid") == [days[1], days[3], days[5]]
    assert listed(status="paid") == [days[4]]
    assert sorted(listed()) == sorted(days.values())


def test_the_next_page_comes_after_midnight_too(payment: Payment) -> None:
    for n in (0, 0, 1):
        payment.issue(due_date=payment.day(n))
    for status in ("unpaid", "overdue"):
        query = {"status": status, "limit": "1"}
        first = payment.http.get("/payments/vouchers", token=payment.admin.token, query=query)
        payment.clock.advance(days=1)
        answer = payment.http.get(
            "/payments/vouchers", token=payment.admin.token, query=query | {"cursor": first.json["next"]}
        )
        assert answer.status == 200, answer


def test_a_students_vouchers_are_listed_by_status_too(payment: Payment) -> None:
    paid, unpaid, overdue = (payment.issue(due_date=payment.day(n))["voucher_no"] for n in (1, 1, -1))
    payment.confirm(paid)
    for status, number in (("paid", paid), ("unpaid", unpaid), ("overdue", overdue)):
        found = payment.vouchers(student_id=str(payment.student.id), status=status)
        assert [voucher["voucher_no"] for voucher in found] == [number]
    assert payment.vouchers(student_id=str(uuid4())) == []


def test_a_courses_vouchers_are_listed_the_newest_first(payment: Payment) -> None:
    numbers = [payment.issue(sign_in("student"))["voucher_no"] for _ in range(3)]
    payment.issue(course_id=str(payment.add_course("Robotics")))
    query = {"course_id": str(payment.course)}
    listed = payment.http.list_all("/payments/vouchers", limit=2, token=payment.admin.token, **query)
    assert [voucher["voucher_no"] for voucher in listed] == numbers[::-1]
    payment.confirm(numbers[1])
    assert [voucher["voucher_no"] for voucher in payment.vouchers(**query, status="paid")] == [numbers[1]]
    assert payment.vouchers(**query, student_id=str(payment.student.id)) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dues=st.lists(st.integers(-2, 2), max_size=6), limit=st.integers(1, 4))
def test_all_pages_together_have_each_voucher_once(payment: Payment, dues: list[int], limit: int) -> None:
    student = sign_in("student")
    issued = [payment.issue(student, due_date=payment.day(n))["voucher_no"] for n in dues]
    token, by_student = payment.admin.token, {"student_id": str(student.id)}
    walks = [
        payment.http.list_all("/payments/vouchers", limit=limit, token=token, **by_student),
        payment.http.list_all("/student/payment", limit=limit, token=student.token),
    ]
    assert [[item.get("voucher_no", item.get("VoucherNo")) for item in walk] for walk in walks] == [issued[::-1]] * 2
    every = [item["voucher_no"] for item in payment.http.list_all("/payments/vouchers", limit=limit, token=token)]
    assert len(every) == len(set(every))
    assert set(issued) <= set(every)


def test_a_course_that_is_gone_keeps_its_name_on_vouchers(payment: Payment) -> None:
    payment.issue()
    payment.delete_course(payment.course)
    assert payment.own()[0]["Course"] == payment.vouchers()[0]["course_title"] == "Generative AI"


def test_a_voucher_sent_twice_with_one_key_is_issued_once(payment: Payment, outbox: Outbox) -> None:
    first, second = (payment.post(key="v-1") for _ in range(2))
    assert (first.status, first.json) == (second.status, second.json)
    assert first.headers["location"] == second.headers["location"]
    assert len(outbox.of(VoucherIssued)) == 1
    assert payment.post(key="v-1", fee="1.00").status == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("fee", 5000),
        ("fee", 5000.0),
        ("fee", "5000.001"),
        ("fee", "-1"),
        ("fee", "0"),
        ("fee", "0.00"),
        ("fee", "1e3"),
        ("fee", "NaN"),
        ("fee", "٥٠٠٠"),
        ("fee", "12345678901"),
        ("fee", None),
        ("currency", "XXX"),
        ("currency", "pkr"),
        ("currency", None),
        ("due_date", "2027-02-29"),
        ("due_date", "2027-01-01T00:00:00Z"),
        ("due_date", 0),
        ("quarter", ""),
        ("quarter", "Q\u00004"),
        ("quarter", None),
        ("student_id", "x"),
        ("course_id", None),
        ("status", "paid"),
        ("voucher_no", "ABC"),
    ],
)
def test_a_bad_voucher_is_refused_field_by_field(payment: Payment, field: str, value: Any) -> None:
    answer = payment.post(**{field: value})
    assert (answer.status, answer.json["errors"][0]["loc"]) == (422, ["body", field])


def test_refusals_come_in_order(payment: Payment) -> None:
    calls = [("POST", "/payments/vouchers"), ("GET", "/payments/vouchers"), ("POST", "/payments/vouchers/X/confirm")]
    bad = {"limit": "0"}
    for method, path in calls:
        assert payment.http(method, path, {"bad": 1}, query=bad).status == 401
        for person in (payment.student, payment.teacher):
            assert payment.http(method, path, {"bad": 1}, query=bad, token=person.token).status == 403
    assert payment.http.get("/payments/vouchers", query={"status": "lost"}, token=payment.admin.token).status == 422
    assert payment.http.get("/payments/vouchers", query={"student_id": "x"}, token=payment.admin.token).status == 422
    assert payment.confirm("UNHEARDOF").status == 404
    assert payment.confirm("X" * 65).status == 422
    assert payment.http.get("/student/payment").status == 401
    for person in (payment.admin, payment.teacher):
        assert payment.http.get("/student/payment", token=person.token, query=bad).status == 403
    assert payment.http.get("/student/payment", token=payment.student.token, query=bad).status == 422
