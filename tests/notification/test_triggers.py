import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from lms.events import (
    InstructorAssigned,
    Person,
    StudentEnrolled,
    UserDisabled,
    UserEnabled,
    UserErased,
    UserPasswordChanged,
    UserProfileUpdated,
    UserProvisioned,
    UserRegistered,
)
from notification.tables import Contact, Notification
from tests.notification.school import School
from tests.notification.world import MailServer, Queue, html_of, registered, text_of
from tests.people import remove_card, sign_in


def enrolled(school: School, version: int = 1) -> StudentEnrolled:
    return StudentEnrolled(version=version, course_id=school.course, student_id=school.student.id)


def profile(
    user_id: UUID, version: int, *, email: str, mobile_verified: bool = False, disabled: bool = False
) -> UserProfileUpdated:
    person = Person(username="ada", email=email, name="Ada", mobile_number="+923001234567")
    return UserProfileUpdated(
        user_id=user_id,
        version=version,
        is_type="student",
        roll_no=None,
        person=person,
        email_verified=True,
        mobile_verified=mobile_verified,
        disabled=disabled,
    )


def test_who_enrolled_hears_of_it_in_the_application_and_by_mail_once(school: School) -> None:
    school.settle(enrolled(school), enrolled(school))

    assert school.told() == ["enrolled"]
    assert school.told(channel="email") == ["enrolled"]
    assert school.row_of("enrolled").message == "You are now enrolled in Agents."
    assert school.row_of("enrolled").status == "sent"


def test_who_was_assigned_hears_of_it(school: School) -> None:
    school.settle(InstructorAssigned(version=1, course_id=school.course, teacher_id=school.teacher.id))

    assert school.told(school.teacher) == ["assigned"]


def test_a_course_without_a_title_leaves_no_hole(school: School) -> None:
    school.settle(StudentEnrolled(version=1, course_id=uuid4(), student_id=school.student.id))

    assert school.row_of("enrolled").message == "You are now enrolled in your course."


def test_security_messages_go_whatever_is_switched_off(school: School) -> None:
    school.prefer(channels={group: [] for group in ("course", "exam", "payment", "announcement")})

    school.settle(
        enrolled(school),
        UserPasswordChanged(user_id=school.student.id, version=5),
        UserDisabled(user_id=school.student.id, version=6),
    )

    assert school.told(channel="email") == ["account_disabled", "password_changed"]
    assert school.told() == []


def test_a_password_that_was_reset_by_sms_is_told_as_that(school: School) -> None:
    school.settle(UserPasswordChanged(user_id=school.student.id, version=5, reset_by="sms"))
    school.settle(UserPasswordChanged(user_id=school.student.id, version=6, reset_by="email"))

    assert school.told(channel="email") == ["password_changed", "password_reset_by_sms"]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_mail_has_text_of_its_reader_only_where_the_address_is_confirmed(school: School, confirmed: bool) -> None:
    typed = Person(username="Buy-at-evil.example", email="a@example.org", name="Buy at evil.example")
    who: dict[str, Any] = {"user_id": school.student.id, "is_type": "student", "roll_no": None, "person": typed}
    school.settle(
        UserRegistered(version=1, **who),
        UserProvisioned(version=2, email_verified=confirmed, **who),
        UserProfileUpdated(version=3, email_verified=confirmed, mobile_verified=False, mobile_change="set", **who),
        UserPasswordChanged(user_id=school.student.id, version=4, reset_by="sms"),
        enrolled(school),
        UserDisabled(user_id=school.student.id, version=5),
    )

    mails = {row.type: row for row in Notification.scan() if row.channel == "email"}
    assert {kind for kind, row in mails.items() if "evil" in json.dumps([row.name, row.facts])} == (
        {"mobile_number_set", "password_reset_by_sms", "enrolled", "account_disabled"} if confirmed else set()
    )
    assert {"welcome", "mobile_number_set", "password_reset_by_sms", "enrolled", "account_disabled"} == set(mails)
    assert not any("evil" in (row.message or "") for row in mails.values())


def test_who_is_disabled_hears_of_courses_no_more_until_enabled(school: School) -> None:
    school.settle(registered(user_id=school.student.id), UserDisabled(user_id=school.student.id, version=6))
    school.settle(enrolled(school))
    assert school.told() == []

    school.settle(UserEnabled(user_id=school.student.id, version=7), UserDisabled(user_id=school.student.id, version=6))
    school.settle(enrolled(school))
    assert school.told() == ["enrolled"]


@pytest.mark.parametrize("first", [0, 1])
def test_who_is_disabled_stays_so_when_all_is_told_again_in_either_order(school: School, first: int) -> None:
    again = profile(school.student.id, 6, email="a@example.org", disabled=True)
    told = [UserDisabled(user_id=school.student.id, version=6), again]
    school.settle(told[first], told[1 - first], profile(school.student.id, 5, email="a@example.org"))
    school.settle(enrolled(school))
    assert school.told() == []
    assert school.told(channel="email") == ["account_disabled"]


def test_who_was_told_to_be_disabled_is_reached_again_once_all_is_told_again(school: School) -> None:
    school.settle(UserDisabled(user_id=school.student.id, version=6))
    school.settle(profile(school.student.id, 7, email="a@example.org"), enrolled(school))
    assert school.told() == ["enrolled"]


def test_the_newest_address_counts_in_whatever_order_it_is_told(school: School) -> None:
    school.settle(
        profile(school.student.id, 3, email="new@example.org"), profile(school.student.id, 2, email="old@example.org")
    )
    school.settle(enrolled(school))

    assert school.row_of("enrolled", channel="email").destination == "new@example.org"


def test_a_person_of_whom_nothing_was_told_is_reached_by_their_card(school: School) -> None:
    school.settle(enrolled(school))

    assert school.row_of("enrolled", channel="email").destination == school.student.email


def test_who_was_erased_is_forgotten_for_good(school: School) -> None:
    school.settle(profile(school.student.id, 3, email="ada@example.org"))
    remove_card(school.student)
    school.settle(UserErased(user_id=school.student.id, version=9))
    school.settle(profile(school.student.id, 8, email="ada@example.org"), enrolled(school))

    contact = Contact.get(school.student.id)
    assert (contact.name, contact.email, contact.mobile_number) == (None, None, None)
    assert school.told() == school.told(channel="email") == []


def test_sms_goes_to_a_confirmed_number_of_who_asked_for_it(school: School) -> None:
    school.prefer(channels={"course": ["sms"]})
    school.settle(profile(school.student.id, 3, email="a@example.org"), enrolled(school))
    assert school.told(channel="sms") == []

    school.settle(profile(school.student.id, 4, email="a@example.org", mobile_verified=True), enrolled(school))
    assert school.told(channel="sms") == ["enrolled"]
    assert school.told() == school.told(channel="email") == []


def test_a_number_that_no_network_knows_is_not_kept(school: School) -> None:
    told = profile(school.student.id, 3, email="a@example.org", mobile_verified=True)
    school.settle(told.model_copy(update={"person": told.person.model_copy(update={"mobile_number": "0300-1234567"})}))

    assert Contact.get(school.student.id).mobile_number is None


def test_thirty_lessons_published_within_a_minute_give_one_notice(school: School) -> None:
    for version in range(1, 31):
        school.consume(school.published(version, f"Lesson {version}"))
        school.clock.advance(seconds=2)
        school.tick()
    assert school.told() == []

    school.pass_time(minutes=5)
    school.pass_time(minutes=5)

    assert school.told() == ["new_material"]
    assert school.told(channel="email") == ["new_material"]
    told = school.row_of("new_material").message
    assert told.startswith("New in Agents:\n- Lesson 1\n")
    assert told.endswith("- Lesson 10\nand 20 more")


def test_a_class_hears_of_new_material_at_most_once_an_hour(school: School) -> None:
    school.consume(school.published(1, "First"))
    school.pass_time(minutes=5)
    school.consume(school.published(2, "Second"))
    school.pass_time(minutes=54)
    assert len(school.told()) == 1

    school.pass_time(minutes=7)
    assert len(school.told()) == 2


def test_material_told_twice_and_out_of_order_is_counted_once(school: School) -> None:
    school.consume(school.published(7, "B"), school.published(5, "A"), school.published(7, "B"))
    school.pass_time(minutes=6)

    assert sorted(school.row_of("new_material").message.splitlines()[1:]) == ["- A", "- B"]
    school.consume(school.published(5, "A"), school.published(7, "B"))
    school.pass_time(hours=3)
    assert len(school.told()) == 1


def test_an_exam_is_told_when_scheduled_and_a_day_and_an_hour_before(school: School) -> None:
    school.settle(school.scheduled(), school.scheduled())
    assert school.told() == ["exam_scheduled"]

    school.pass_time(days=2, minutes=-1)
    assert school.told() == ["exam_scheduled"]
    school.pass_time(minutes=2)
    assert school.told() == ["exam_reminder", "exam_scheduled"]
    school.pass_time(hours=23)
    assert school.told() == ["exam_reminder", "exam_reminder", "exam_scheduled"]
    school.pass_time(hours=2)
    assert len(school.told()) == 3


def test_a_moved_exam_moves_its_reminders(school: School) -> None:
    school.settle(school.scheduled())
    school.settle(school.changed(2, opens_in=timedelta(days=5)))
    assert school.told() == ["exam_moved", "exam_scheduled"]

    school.pass_time(days=3)
    assert school.told() == ["exam_moved", "exam_scheduled"]
    school.pass_time(days=2)
    assert school.told() == ["exam_moved", "exam_reminder", "exam_reminder", "exam_scheduled"]


def test_an_exam_that_is_moved_away_and_back_is_reminded_of_once_at_its_time(school: School) -> None:
    school.settle(school.scheduled(opens_in=timedelta(days=3)))
    school.settle(school.changed(2, opens_in=timedelta(days=5)), school.changed(3, opens_in=timedelta(days=3)))

    school.pass_time(days=2)
    assert school.told().count("exam_reminder") == 1
    school.pass_time(hours=23)
    assert school.told().count("exam_reminder") == 2


def test_a_reminder_that_fell_due_while_the_exam_was_elsewhere_is_made_up_for_by_the_notice_of_the_move(
    school: School,
) -> None:
    back = school.changed(3, opens_in=timedelta(days=3))
    school.settle(school.scheduled(opens_in=timedelta(days=3)))
    school.settle(school.changed(2, opens_in=timedelta(days=5)))
    school.pass_time(days=2, hours=1)
    assert school.told() == ["exam_moved", "exam_scheduled"]

    school.settle(back)
    school.pass_time(minutes=1)
    assert school.told() == ["exam_moved", "exam_moved", "exam_scheduled"]
    school.pass_time(hours=22)
    assert school.told().count("exam_reminder") == 1


def test_a_reminder_that_is_on_its_way_when_the_exam_moves_away_and_back_is_told(school: School) -> None:
    back = school.changed(3, opens_in=timedelta(days=3))
    school.settle(school.scheduled(opens_in=timedelta(days=3)))
    school.clock.advance(days=2)
    school.tick()
    school.consume(school.changed(2, opens_in=timedelta(days=5)), back)
    school.fan_out()

    assert school.told().count("exam_reminder") == 1


def test_a_change_that_moves_nothing_is_not_told(school: School) -> None:
    school.settle(school.scheduled(), school.changed(2, title="Midterm I"))

    assert school.told() == ["exam_scheduled"]


def test_a_cancelled_exam_is_told_and_its_reminders_fall_silent(school: School) -> None:
    school.settle(school.scheduled())
    school.settle(school.cancelled(2))
    school.pass_time(days=3)

    assert school.told() == ["exam_cancelled", "exam_scheduled"]
    assert school.row_of("exam_cancelled").message == "Midterm in Agents has been cancelled."


def test_an_exam_that_is_withdrawn_and_published_again_unchanged_is_no_news(school: School) -> None:
    opens_in = timedelta(days=3)
    school.settle(school.scheduled(opens_in=opens_in))
    for version in (2, 4):
        same = school.scheduled(version + 1, opens_in=opens_in, title="Midterm I")
        school.settle(school.cancelled(version, withdrawn=True))
        school.settle(same)
    assert school.told() == ["exam_scheduled"]
    school.pass_time(days=2)
    school.pass_time(hours=23)
    assert school.told() == ["exam_reminder", "exam_reminder", "exam_scheduled"]


def test_an_exam_that_is_moved_while_it_is_withdrawn_is_told_as_moved(school: School) -> None:
    school.settle(school.scheduled())
    school.settle(school.cancelled(2, withdrawn=True), school.scheduled(3, opens_in=timedelta(days=5)))
    school.pass_time(days=3)
    assert school.told() == ["exam_moved", "exam_scheduled"]


def test_an_exam_that_is_withdrawn_before_anybody_heard_of_it_is_announced_when_it_comes_back(school: School) -> None:
    school.consume(school.scheduled(), school.cancelled(2, withdrawn=True))
    school.fan_out()
    assert school.told() == []
    school.settle(school.scheduled(3))
    assert school.told() == ["exam_scheduled"]


def test_an_exam_that_stays_withdrawn_is_told_as_cancelled_a_day_before_it_would_have_opened(school: School) -> None:
    back = school.scheduled(3, opens_in=timedelta(days=3))
    school.settle(school.scheduled())
    school.settle(school.cancelled(2, withdrawn=True))
    school.pass_time(days=2, minutes=-1)
    assert school.told() == ["exam_scheduled"]
    school.pass_time(minutes=1)
    assert school.told() == ["exam_cancelled", "exam_scheduled"]
    school.settle(back)
    assert school.told() == ["exam_cancelled", "exam_scheduled", "exam_scheduled"]


def test_an_exam_that_is_withdrawn_on_its_day_is_told_as_cancelled_in_an_hour(school: School) -> None:
    school.settle(school.scheduled(opens_in=timedelta(minutes=30)))
    school.settle(school.cancelled(2, withdrawn=True))
    school.pass_time(minutes=59)
    assert school.told() == ["exam_scheduled"]
    school.pass_time(minutes=1)
    assert school.told() == ["exam_cancelled", "exam_scheduled"]


def test_a_withdrawn_exam_that_is_deleted_is_told_as_cancelled_once(school: School) -> None:
    school.settle(school.scheduled())
    school.settle(school.cancelled(2, withdrawn=True))
    school.settle(school.cancelled(3))
    assert school.told() == ["exam_cancelled", "exam_scheduled"]
    school.pass_time(days=4)
    assert school.told() == ["exam_cancelled", "exam_scheduled"]


def test_a_withdrawn_exam_that_is_deleted_after_all_heard_that_it_is_off_is_not_told_again(school: School) -> None:
    school.settle(school.scheduled())
    school.settle(school.cancelled(2, withdrawn=True))
    school.pass_time(days=2)
    school.settle(school.cancelled(3))
    assert school.told() == ["exam_cancelled", "exam_scheduled"]


def test_exams_told_out_of_order_end_as_the_newest_says(school: School) -> None:
    school.settle(school.cancelled(3), school.scheduled(1), school.changed(2, opens_in=timedelta(days=4)))
    school.pass_time(days=4)

    assert school.told() == []


def test_an_exam_that_is_over_when_first_heard_of_is_no_news(school: School) -> None:
    school.settle(school.scheduled(opens_in=timedelta(days=-3)))

    assert school.told() == []


def test_times_are_read_in_the_zone_of_the_reader(school: School) -> None:
    school.prefer(time_zone="Asia/Karachi")
    opens_at = school.clock.now + timedelta(days=3)
    school.settle(school.scheduled())

    local = datetime.fromisoformat(opens_at.isoformat()) + timedelta(hours=5)
    assert f"{local:%H:%M} (UTC+5)" in school.row_of("exam_scheduled").message


def test_a_result_is_told_once_a_version_and_not_when_taken_back(school: School) -> None:
    school.settle(school.scheduled(), school.result(1), school.result(1))
    assert school.row_of("result_released").message == "You passed Midterm in Agents with 85%."

    school.settle(school.result(3, released=False))
    school.settle(school.result(2))
    assert school.told().count("result_released") == 1


def test_a_voucher_is_told_when_issued_before_it_is_due_and_when_overdue(school: School) -> None:
    school.settle(school.issued())
    assert "PKR 5,000.00" in school.row_of("voucher_issued").message
    school.pass_time(days=7)
    assert school.told() == ["payment_due_soon", "voucher_issued"]
    school.pass_time(days=4)
    assert school.told() == ["payment_due_soon", "payment_overdue", "voucher_issued"]


def test_who_paid_is_thanked_and_reminded_no_more(school: School) -> None:
    school.settle(school.paid(), school.issued())
    school.pass_time(days=12)

    assert school.told() == ["payment_confirmed"]


def test_a_payment_after_its_voucher_silences_the_reminders(school: School) -> None:
    school.settle(school.issued())
    school.settle(school.paid())
    school.pass_time(days=12)

    assert school.told() == ["payment_confirmed", "voucher_issued"]


def test_quiet_hours_where_the_reader_lives_delay_mail_but_not_the_list(
    school: School, queue: Queue, mail_server: MailServer
) -> None:
    there = school.clock.now.astimezone(ZoneInfo("Asia/Karachi"))
    begin, end = there - timedelta(hours=1), there + timedelta(hours=1)
    school.prefer(quiet_hours={"from": f"{begin:%H:%M}", "until": f"{end:%H:%M}"}, time_zone="Asia/Karachi")
    school.settle(enrolled(school))
    assert school.told() == ["enrolled"]
    school.tick()
    assert queue.bodies() == []

    school.pass_time(hours=1, minutes=1)
    queue.deliver()
    assert [mail["Subject"] for mail in mail_server.mails] == ["You are enrolled in Agents"]


def test_what_a_teacher_typed_is_escaped_in_the_mail(school: School, queue: Queue, mail_server: MailServer) -> None:
    school.settle(school.requested(message="<b>bold</b>\nsecond line", subject_line="Read <this>"))

    queue.deliver()

    (mail,) = mail_server.mails
    assert mail["Subject"] == "Read <this>"
    assert "<b>bold</b>\nsecond line" in text_of(mail).replace("\r\n", "\n")
    assert "&lt;b&gt;bold&lt;/b&gt;<br>second line" in html_of(mail)


def test_a_message_to_a_class_reaches_active_and_completed_students_once(school: School) -> None:
    completed = school.enroll(sign_in("student"), "completed")
    dropped = school.enroll(sign_in("student"), "dropped")
    request = school.requested()

    school.settle(request, request)
    school.settle(request)

    assert school.told() == school.told(completed) == ["announcement"]
    assert school.told(dropped) == school.told(school.teacher) == []


def test_a_message_for_later_waits_for_its_time(school: School) -> None:
    school.settle(school.requested(send_at=school.clock.now + timedelta(hours=2)))
    school.pass_time(hours=1)
    assert school.told() == []

    school.pass_time(hours=1)
    assert school.told() == ["announcement"]
