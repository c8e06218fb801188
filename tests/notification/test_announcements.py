"""Messages that teachers and administrators wrote."""

from datetime import timedelta

from lms.events.messages import MessageRequested
from lms.events.users import UserErased
from tests.conftest import Outbox
from tests.notification.servers import MailServer, html_of, text_of
from tests.notification.world import School
from tests.people import sign_in


def test_what_a_teacher_typed_is_escaped_in_the_mail(school: School, mail_server: MailServer) -> None:
    school.process(school.requested(message="<b>bold</b>\nsecond line", subject_line="Read <this>"))

    school.deliver()

    (mail,) = mail_server.mails
    assert mail["Subject"] == "Read <this>"
    assert "<b>bold</b>\nsecond line" in text_of(mail).replace("\r\n", "\n")
    assert "&lt;b&gt;bold&lt;/b&gt;<br>second line" in html_of(mail)


def test_a_message_to_a_class_reaches_active_and_completed_students_once(school: School) -> None:
    completed = school.enroll(sign_in("student"), "completed")
    dropped = school.enroll(sign_in("student"), "dropped")
    request = school.requested()

    school.process(request, request)
    school.process(request)

    assert school.kinds() == school.kinds(completed) == ["announcement"]
    assert school.kinds(dropped) == school.kinds(school.teacher) == []


def test_a_message_for_later_waits_for_its_time(school: School) -> None:
    school.process(school.requested(send_at=school.clock.now + timedelta(hours=2)))
    school.pass_time(hours=1)
    assert school.kinds() == []

    school.pass_time(hours=1)
    assert school.kinds() == ["announcement"]


def test_an_administrator_writes_to_everybody_or_to_a_role(school: School, outbox: Outbox) -> None:
    people = {role: sign_in(role) for role in ("student", "teacher", "admin")}
    for role, person in people.items():
        school.consume(school.registered(user_id=person.id, role=role, roll_no=None))
    for audience, reached in (
        ("everybody", ["student", "teacher", "admin"]),
        ("students", ["student"]),
        ("teachers", ["teacher"]),
    ):
        answer = school.send(school.admin, audience=audience, subject=audience)
        assert (answer.status, answer.json) == (202, {"accepted": len(reached)})
        before = {role: school.kinds(person).count("announcement") for role, person in people.items()}
        school.process(outbox.of(MessageRequested)[-1])
        after = {role: school.kinds(person).count("announcement") for role, person in people.items()}
        assert [role for role in people if after[role] > before[role]] == reached


def test_an_audience_is_for_administrators_and_stands_alone(school: School) -> None:
    assert school.send(school.teacher, audience="students").status == 403
    assert school.send(school.admin, audience="students", course_id=str(school.course)).status == 422
    assert school.send(school.admin, audience="parents").status == 422
    assert school.send(school.admin).status == 422


def test_who_was_erased_or_changed_their_role_is_no_longer_among_the_old_one(school: School) -> None:
    person, other = sign_in("student"), sign_in("student")
    for one in (person, other):
        school.consume(school.registered(user_id=one.id, role="student"))
    assert school.send(school.admin, audience="students").json == {"accepted": 2}
    school.consume(school.profile(5, user_id=person.id, role="teacher"), UserErased(user_id=other.id, version=9))
    assert school.send(school.admin, audience="students").json == {"accepted": 0}
    assert school.send(school.admin, audience="teachers").json == {"accepted": 1}
