"""Messages that teachers and administrators wrote."""

from datetime import timedelta

from tests.notification.servers import MailServer, html_of, text_of
from tests.notification.world import School
from tests.people import sign_in


def test_what_a_teacher_typed_is_escaped_in_the_mail(school: School, mail_server: MailServer) -> None:
    school.settle(school.requested(message="<b>bold</b>\nsecond line", subject_line="Read <this>"))

    school.deliver()

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

    assert school.kinds() == school.kinds(completed) == ["announcement"]
    assert school.kinds(dropped) == school.kinds(school.teacher) == []


def test_a_message_for_later_waits_for_its_time(school: School) -> None:
    school.settle(school.requested(send_at=school.clock.now + timedelta(hours=2)))
    school.pass_time(hours=1)
    assert school.kinds() == []

    school.pass_time(hours=1)
    assert school.kinds() == ["announcement"]
