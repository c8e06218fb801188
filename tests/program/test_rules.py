"""The rules of enrolment."""

from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrollment import EnrollmentStatus
from lms.errors import Problem
from lms.refusals import NotInGoodStanding
from program import rules

STATUSES = st.sampled_from(["active", "completed", "dropped", None])
APPLICANTS = st.lists(
    st.builds(
        rules.Applicant,
        is_student=st.booleans(),
        in_good_standing=st.booleans(),
        status=STATUSES,
        paid=st.booleans(),
    ),
    max_size=12,
)
TERMS = st.builds(
    rules.Admission,
    open=st.booleans(),
    capacity=st.none() | st.integers(1, 10),
    taken=st.integers(0, 12),
    requires_payment=st.booleans(),
)


WHO_MAY = rules.Applicant(is_student=True, in_good_standing=True, status=None, paid=False)
ROOM = rules.Admission(open=True, capacity=4, taken=1, requires_payment=False)


@pytest.mark.parametrize(
    ("applicant", "admission", "refusal"),
    [
        ({}, {}, None),
        ({}, {"taken": 3}, None),
        ({}, {"capacity": None, "taken": 9_999}, None),
        ({"status": "dropped"}, {}, None),
        ({"paid": True}, {"requires_payment": True}, None),
        ({"is_student": False}, {}, rules.UnknownStudent),
        ({"in_good_standing": False}, {}, NotInGoodStanding),
        ({"status": "active"}, {}, rules.AlreadyEnrolled),
        ({"status": "completed"}, {}, rules.AlreadyEnrolled),
        ({"status": "dropped", "may_return": False}, {}, rules.LeftBefore),
        ({}, {"open": False}, rules.EnrollmentClosed),
        ({}, {"taken": 4}, rules.CourseFull),
        ({}, {"requires_payment": True}, rules.CourseUnpaid),
    ],
)
def test_who_is_refused_hears_why(applicant: Any, admission: Any, refusal: type[Problem] | None) -> None:
    [answer] = rules.judge([replace(WHO_MAY, **applicant)], replace(ROOM, **admission))
    assert (None if answer is None else type(answer)) is refusal


def test_seats_go_to_those_who_come_first_and_none_to_those_who_are_refused() -> None:
    suspended = replace(WHO_MAY, in_good_standing=False)
    answers = rules.judge([WHO_MAY, suspended, WHO_MAY, WHO_MAY, WHO_MAY], ROOM)
    assert [answer and type(answer) for answer in answers] == [None, NotInGoodStanding, None, None, rules.CourseFull]


@pytest.mark.parametrize(("capacity", "taken", "left"), [(30, 12, 18), (12, 12, 0), (10, 12, 0)])
def test_a_course_has_as_many_seats_left_as_nobody_took(capacity: int, taken: int, left: int) -> None:
    assert rules.seats_left(capacity, taken) == left


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("active", "completed", None),
        ("completed", "active", rules.CourseFull),
        ("completed", "completed", None),
        ("dropped", "active", rules.EnrollmentDropped),
    ],
)
def test_a_change_of_status_takes_a_seat_where_it_makes_somebody_active(old: Any, new: Any, refusal: Any) -> None:
    with nullcontext() if refusal is None else pytest.raises(refusal):
        rules.require_changeable(old, new, replace(ROOM, taken=4))
    if refusal is rules.CourseFull:
        rules.require_changeable(old, new, ROOM)


def test_a_course_that_was_completed_cannot_be_dropped() -> None:
    rules.require_droppable("active")
    with pytest.raises(rules.EnrollmentCompleted):
        rules.require_droppable("completed")


@given(APPLICANTS, TERMS)
def test_nobody_gets_a_seat_that_is_not_there(applicants: list[rules.Applicant], admission: rules.Admission) -> None:
    accepted = rules.judge(applicants, admission).count(None)
    if admission.capacity is not None:
        assert accepted <= max(0, admission.capacity - admission.taken)


@given(APPLICANTS, TERMS)
def test_whoever_may_enrol_does_while_there_is_room(
    applicants: list[rules.Applicant], admission: rules.Admission
) -> None:
    answers = rules.judge(applicants, admission)
    may = [
        a.is_student
        and a.in_good_standing
        and a.status in (None, "dropped")
        and (a.paid or not admission.requires_payment)
        for a in applicants
    ]
    room = len(applicants) if admission.capacity is None else max(0, admission.capacity - admission.taken)
    assert answers.count(None) == (min(sum(may), room) if admission.open else 0)


@given(st.lists(st.sampled_from(["active", "completed", "dropped"]), min_size=1))
def test_a_student_who_goes_through_any_states_ends_on_one_seat_or_none(statuses: list[EnrollmentStatus]) -> None:
    seats = 0
    for old, new in zip(["dropped", *statuses], statuses, strict=False):
        seats -= rules.seats_freed(old, new)
    assert seats == (statuses[-1] == "active")


AMOUNTS = st.decimals("0.01", "9999999999.99", places=2)
PAYMENTS = st.lists(st.tuples(AMOUNTS, st.sampled_from(["PKR", "USD"])), min_size=1, max_size=8)


@given(PAYMENTS, AMOUNTS)
def test_a_fee_is_paid_by_payments_in_its_currency_that_reach_it_in_any_order(
    payments: list[tuple[Decimal, str]], fee: Decimal
) -> None:
    reached = sum(int(amount * 100) for amount, currency in payments if currency == "PKR") >= int(fee * 100)
    assert rules.is_paid(payments, fee, "PKR") == rules.is_paid(payments[::-1], fee, "PKR") == reached


@given(PAYMENTS)
def test_without_a_fee_any_payment_is_enough_and_none_is_not(payments: list[tuple[Decimal, str]]) -> None:
    assert rules.is_paid(payments, None, "PKR")
    assert not rules.is_paid([], None, "PKR")
    assert not rules.is_paid([], Decimal("0.01"), "PKR")


def test_words_of_a_title_count_once_and_only_so_many() -> None:
    assert rules.words_of("Agents, agents & Tools") == ["agents", "tools"]
    assert rules.words_of(" ".join(f"w{number}" for number in range(50))) == [f"w{number}" for number in range(40)]


@pytest.mark.parametrize(
    ("word", "searched", "is_match"),
    [
        ("", ["age"], True),
        ("agent", ["age"], True),
        ("agents", ["age"], False),
        ("tools", ["age"], False),
        ("agent", ["to", "agen"], True),
        ("tools", ["to", "agen"], False),
        ("agent", ["agen", "x"], False),
        ("", ["x"], False),
    ],
)
def test_of_a_titles_words_the_first_that_the_longest_searched_one_begins_finds_it(
    word: str, searched: list[str], is_match: bool
) -> None:
    assert rules.is_match(["agents", "agent", "tools"], word, searched) is is_match
