"""Who is reached, at which address, and who is not."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from lms.events.enrollments import InstructorAssigned
from lms.events.users import (
    Person,
    UserDisabled,
    UserEnabled,
    UserErased,
    UserPasswordChanged,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
)
from notification.tables import Contact, Notification
from tests.notification.servers import MailServer
from tests.notification.world import School
from tests.people import remove_card


def test_who_enrolled_hears_of_it_in_the_application_and_by_mail_once(school: School) -> None:
    school.process(school.enrolled(), school.enrolled())

    assert school.kinds() == ["enrolled"]
    assert school.kinds(channel="email") == ["enrolled"]
    assert school.listed("enrolled")["message"] == "You are now enrolled in Agents."
    assert school.row_of("enrolled").status == "sent"


def test_who_was_assigned_hears_of_it(school: School) -> None:
    school.process(InstructorAssigned(version=1, course_id=school.course, teacher_id=school.teacher.id))

    assert school.kinds(school.teacher) == ["assigned"]


def test_a_course_without_a_title_leaves_no_hole(school: School) -> None:
    school.process(school.enrolled(course_id=uuid4()))

    assert school.listed("enrolled")["message"] == "You are now enrolled in your course."


def test_security_messages_go_whatever_is_switched_off(school: School) -> None:
    school.prefer(channels={group: [] for group in ("course", "exam", "payment", "announcement")})

    school.process(
        school.enrolled(),
        UserPasswordChanged(user_id=school.student.id, version=5),
        UserDisabled(user_id=school.student.id, version=6),
    )

    assert school.kinds(channel="email") == ["account_disabled", "password_changed"]
    assert school.kinds() == []


def test_a_password_that_was_reset_by_sms_has_a_message_of_its_own(school: School) -> None:
    school.process(UserPasswordChanged(user_id=school.student.id, version=5, reset_by="sms"))
    school.process(UserPasswordChanged(user_id=school.student.id, version=6, reset_by="email"))

    assert school.kinds(channel="email") == ["password_changed", "password_reset_by_sms"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_mail_has_text_of_its_reader_only_where_the_address_is_confirmed(school: School, confirmed: bool) -> None:
    typed = Person(username="Buy-at-evil.example", email="a@example.org", name="Buy at evil.example")
    who: dict[str, Any] = {"user_id": school.student.id, "role": "student", "roll_no": None, "person": typed}
    school.process(
        UserRegistered(version=1, **who),
        UserProvisioned(version=2, email_verified=confirmed, **who),
        UserProfileUpdated(version=3, email_verified=confirmed, mobile_verified=False, mobile_change="set", **who),
        UserPasswordChanged(user_id=school.student.id, version=4, reset_by="sms"),
        school.enrolled(),
        UserDisabled(user_id=school.student.id, version=5),
    )

    mails = {row.type: row for row in Notification.scan() if row.channel == "email"}
    assert {kind for kind, row in mails.items() if "evil" in json.dumps([row.name, row.facts])} == (
        {"mobile_number_set", "password_reset_by_sms", "enrolled", "account_disabled"} if confirmed else set()
    )
    assert {"welcome", "mobile_number_set", "password_reset_by_sms", "enrolled", "account_disabled"} == set(mails)
    assert not any("evil" in item["message"] for item in school.inbox())


def test_who_is_disabled_hears_of_courses_no_more_until_enabled(school: School) -> None:
    school.process(school.registered(), UserDisabled(user_id=school.student.id, version=6))
    school.process(school.enrolled())
    assert school.kinds() == []

    school.process(
        UserEnabled(user_id=school.student.id, version=7), UserDisabled(user_id=school.student.id, version=6)
    )
    school.process(school.enrolled())
    assert school.kinds() == ["enrolled"]


@pytest.mark.parametrize("first", [0, 1])
def test_who_is_disabled_stays_so_when_everything_is_republished_in_either_order(school: School, first: int) -> None:
    again = school.profile(6, email="a@example.org", disabled=True)
    both = [UserDisabled(user_id=school.student.id, version=6), again]
    school.process(both[first], both[1 - first], school.profile(5, email="a@example.org"))
    school.process(school.enrolled())
    assert school.kinds() == []
    assert school.kinds(channel="email") == ["account_disabled"]


def test_who_was_disabled_is_reached_again_once_republished_as_enabled(school: School) -> None:
    school.process(UserDisabled(user_id=school.student.id, version=6))
    school.process(school.profile(7, email="a@example.org"), school.enrolled())
    assert school.kinds() == ["enrolled"]


def test_the_newest_address_counts_in_whatever_order_the_events_come(school: School) -> None:
    school.process(school.profile(3, email="new@example.org"), school.profile(2, email="old@example.org"))
    school.process(school.enrolled())

    assert school.row_of("enrolled", channel="email").destination == "new@example.org"


def test_a_person_of_whom_no_event_came_is_reached_by_their_card(school: School) -> None:
    school.process(school.enrolled())

    assert school.row_of("enrolled", channel="email").destination == school.student.email


def test_who_was_erased_is_forgotten_for_good(school: School) -> None:
    school.process(school.profile(3, email="ada@example.org"))
    remove_card(school.student)
    school.process(UserErased(user_id=school.student.id, version=9))
    school.process(school.profile(8, email="ada@example.org"), school.enrolled())

    contact = Contact.get(school.student.id)
    assert (contact.name, contact.email, contact.mobile_number) == (None, None, None)
    assert school.kinds() == school.kinds(channel="email") == []


def test_sms_goes_to_a_confirmed_number_of_who_asked_for_it(school: School) -> None:
    school.prefer(channels={"course": ["sms"]})
    school.process(school.profile(3, email="a@example.org"), school.enrolled())
    assert school.kinds(channel="sms") == []

    school.process(school.profile(4, email="a@example.org", mobile_verified=True), school.enrolled())
    assert school.kinds(channel="sms") == ["enrolled"]
    assert school.kinds() == school.kinds(channel="email") == []


def test_a_number_that_no_network_knows_is_not_kept(school: School) -> None:
    school.process(school.profile(3, mobile_number="0300-1234567", mobile_verified=True))

    assert Contact.get(school.student.id).mobile_number is None


def test_quiet_hours_where_the_reader_lives_delay_mail_but_not_the_list(
    school: School, mail_server: MailServer
) -> None:
    there = school.clock.now.astimezone(ZoneInfo("Asia/Karachi"))
    begin, end = there - timedelta(hours=1), there + timedelta(hours=1)
    school.prefer(quiet_hours={"from": f"{begin:%H:%M}", "until": f"{end:%H:%M}"}, time_zone="Asia/Karachi")
    school.process(school.enrolled())
    assert school.kinds() == ["enrolled"]
    school.tick()
    assert school.deliveries.bodies() == []

    school.pass_time(hours=1, minutes=1)
    school.deliver()
    assert [mail["Subject"] for mail in mail_server.mails] == ["You are enrolled in Agents"]
