"""Of which facts people hear: not of those published again to fill a projection, and not of yesterday's."""

from datetime import timedelta
from typing import Any

import pytest

from lms.events.enrollments import InstructorAssigned
from lms.events.users import UserDisabled, UserPasswordChanged
from notification.tables import Broadcast, Contact, Notification
from tests.conftest import stored
from tests.notification.world import School

NO_NEWS: Any = pytest.mark.parametrize(
    "how", [{"republished": True}, {"ago": timedelta(hours=25)}], ids=["republished", "old"]
)


@NO_NEWS
def test_nobody_hears_of_what_is_no_news(school: School, how: dict[str, Any]) -> None:
    """As after the loss of every table: nothing is left that could show that people know already."""
    student = school.student.id
    school.process(
        school.registered(),
        school.profile(previous_email="old@example.org"),
        school.reset_requested(version=6),
        UserPasswordChanged(user_id=student, version=7),
        school.enrolled(),
        InstructorAssigned(version=1, course_id=school.course, teacher_id=school.teacher.id),
        school.published(1, "A lesson"),
        school.scheduled(1),
        school.changed(2, opens_in=timedelta(days=4)),
        school.result(),
        school.issued(),
        school.requested(),
        UserDisabled(user_id=student, version=8),
        **how,
    )
    school.pass_time(minutes=10)

    assert list(Notification.scan()) == []
    assert school.deliveries.bodies() == []


@NO_NEWS
def test_addresses_are_learned_all_the_same(school: School, how: dict[str, Any]) -> None:
    school.process(school.registered(), **how)

    assert Contact.get(school.student.id).email == "ada@example.org"


@NO_NEWS
def test_what_is_still_to_come_arrives_at_its_time(school: School, how: dict[str, Any]) -> None:
    later = school.clock.now + timedelta(days=2, minutes=30)
    school.process(school.scheduled(), school.issued(), school.requested(send_at=later), **how)
    assert school.kinds() == []

    school.pass_time(days=2)
    assert school.kinds() == ["exam_reminder"]
    school.pass_time(minutes=30)
    assert school.kinds() == ["announcement", "exam_reminder"]
    school.pass_time(hours=22, minutes=40)
    assert school.kinds() == ["announcement", "exam_reminder", "exam_reminder"]
    school.pass_time(days=5)
    assert "payment_due_soon" in school.kinds()


@NO_NEWS
def test_a_paid_voucher_and_a_cancelled_exam_stay_silent(school: School, how: dict[str, Any]) -> None:
    school.process(school.issued(), school.scheduled(), **how)
    school.process(school.paid(), school.cancelled(2), **how)
    school.pass_time(days=12)

    assert school.kinds() == []
    assert all(planned.kind != "payment_confirmed" for planned in stored(Broadcast))


def test_what_happens_after_a_projection_was_filled_anew_is_news(school: School) -> None:
    school.process(school.scheduled(), republished=True)
    school.process(school.changed(2, opens_in=timedelta(days=5)))

    assert school.kinds() == ["exam_moved"]


def test_a_days_delay_is_still_news(school: School) -> None:
    school.process(school.enrolled(), ago=timedelta(hours=23))

    assert school.kinds() == ["enrolled"]
