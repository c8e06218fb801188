from uuid import uuid4

from lms.event_secrets import encrypt_secret
from notification.tables import Notification
from tests.notification.servers import MailServer
from tests.notification.world import LINK_TOKEN, School
from tests.people import sign_in


def notify(school: School, times: int = 1) -> None:
    """As many messages to the student, a minute apart."""
    for _ in range(times):
        school.process(school.enrolled(course_id=uuid4()))
        school.clock.advance(minutes=1)


def unread(school: School) -> int:
    answer = school.http.get(school.path("unread"), token=school.student.token)
    assert answer.status == 200, answer
    count: int = answer.json["count"]
    return count


def test_a_list_is_newest_first_and_comes_page_after_page(school: School) -> None:
    notify(school, 5)
    path, listed, cursor = school.path("list"), [], None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = school.http.get(path, token=school.student.token, query=query)
        listed += answer.json["items"]
        cursor = answer.json["next"]
        if cursor is None:
            break

    times = [item["created_at"] for item in listed]
    assert len(listed) == 5
    assert times == sorted(times, reverse=True)


def test_a_notification_says_whom_it_is_for_and_how_it_is(school: School) -> None:
    school.process(school.enrolled())

    (item,) = school.inbox()
    assert (item["recipient_id"], item["recipient_name"]) == (str(school.student.id), "A student")
    assert (item["subject"], item["message"]) == ("You are enrolled in Agents", "You are now enrolled in Agents.")
    assert (item["type"], item["status"], item["read_at"]) == ("enrolled", "sent", None)
    assert item["created_at"].endswith("Z")


def test_a_notification_leads_to_what_it_is_about(school: School) -> None:
    school.process(school.enrolled(), school.scheduled(), school.result(), school.issued())
    course = {"course_id": str(school.course), "course_title": "Agents"}
    exam = {**course, "exam_id": str(school.exam), "exam_title": "Midterm"}
    about = {item["type"]: {name: item[name] for name in (*exam, "voucher_no", "link")} for item in school.inbox()}
    nothing = {"exam_id": None, "exam_title": None, "voucher_no": None}
    assert about == {
        "enrolled": {**nothing, **course, "link": f"/app/courses/{school.course}"},
        "exam_scheduled": {**exam, "voucher_no": None, "link": f"/app/exams/{school.exam}"},
        "result_released": {**exam, "voucher_no": None, "link": f"/app/exams/{school.exam}/result"},
        "voucher_issued": {**nothing, **course, "voucher_no": "1133UUD", "link": "/app/payments/1133UUD"},
    }


def test_a_link_with_a_secret_is_in_the_mail_alone(school: School) -> None:
    school.process(school.reset_requested(), school.registered(invitation=encrypt_secret(LINK_TOKEN)))
    assert [item["link"] for item in school.inbox()] == [None, None]


def test_a_message_shows_its_own_subject_or_the_institutes(school: School) -> None:
    school.process(
        school.requested(subject_line="The lab"), school.requested(course_id=None, recipient_ids=(school.student.id,))
    )
    assert {item["subject"] for item in school.inbox()} == {"The lab", "A message from Education LMS"}


def test_the_unread_are_counted(school: School) -> None:
    notify(school, 3)
    assert unread(school) == 3
    for _ in range(2):
        school.http.post(f"/notifications/{school.inbox()[1]['id']}/read", token=school.student.token)
    assert unread(school) == len(school.inbox(unread="true")) == 2
    school.http.post(school.path("readAll"), token=school.student.token)
    assert unread(school) == 0
    school.clock.advance(minutes=1)
    school.process(school.registered())
    assert unread(school) == 1


def test_the_welcome_is_in_the_list_with_what_became_of_its_mail(school: School, mail_server: MailServer) -> None:
    school.process(school.registered())
    assert [(item["type"], item["status"]) for item in school.inbox()] == [("welcome", "pending")]

    school.deliver()
    assert [(item["type"], item["status"]) for item in school.inbox()] == [("welcome", "sent")]


def test_an_administrator_reads_anybodys_list_and_nobody_else_does(school: School) -> None:
    for person in (school.teacher, sign_in("student")):
        for recipient in (school.student.id, uuid4()):
            answer = school.http.get(f"/notifications/{recipient}/list", token=person.token)
            assert answer.status == 403, answer
    assert school.http.get(school.path("list"), token=school.admin.token).status == 200


def test_what_was_read_is_not_among_the_unread(school: School) -> None:
    notify(school, 3)
    newest = school.inbox()[0]

    for _ in range(2):
        answer = school.http.post(f"/notifications/{newest['id']}/read", token=school.student.token)
        assert answer.status == 200
        assert answer.json["read_at"] == school.clock.now.isoformat().replace("+00:00", "Z")

    assert len(school.inbox(unread="true")) == 2
    assert len(school.inbox()) == 3


def test_another_persons_notification_is_not_to_be_found(school: School) -> None:
    notify(school)
    (item,) = school.inbox()

    for caller in (school.teacher, school.admin):
        assert school.http.post(f"/notifications/{item['id']}/read", token=caller.token).status == 404
    assert school.http.post(f"/notifications/{uuid4()}/read", token=school.student.token).status == 404
    assert school.inbox()[0]["read_at"] is None


def test_the_mail_of_a_message_is_no_second_notification(school: School) -> None:
    notify(school)
    mail = school.row_of("enrolled", channel="email")

    assert school.http.post(f"/notifications/{mail.id}/read", token=school.student.token).status == 404


def test_all_read_holds_for_what_was_there_and_not_for_what_comes(school: School) -> None:
    notify(school, 3)
    assert school.http.post(school.path("readAll"), token=school.student.token).status == 200
    assert school.inbox(unread="true") == []
    assert all(item["read_at"] for item in school.inbox())

    school.clock.advance(minutes=1)
    notify(school)
    assert len(school.inbox(unread="true")) == 1


def test_a_mail_that_is_marked_as_read_on_its_way_is_sent_once(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "450 greylisted"
    school.process(school.registered())
    school.deliver()
    (item,) = school.inbox()

    assert school.http.post(f"/notifications/{item['id']}/read", token=school.student.token).status == 200
    mail_server.to_recipient = "250 OK"
    assert school.deliver() == 0

    assert len(mail_server.mails) == 1
    assert Notification.get(item["id"]).status == "sent"


def test_the_log_of_tries_is_for_administrators_and_names_no_address(school: School, mail_server: MailServer) -> None:
    mail_server.to_recipient = "450 greylisted"
    school.process(school.registered())
    school.deliver()
    mail_server.to_recipient = "550 unknown"
    school.deliver()

    answer = school.http.get(school.path("deliveries"), token=school.admin.token)

    (delivery,) = answer.json["items"]
    assert [tried["outcome"] for tried in delivery["tries"]] == [
        "SMTP 450: recipient refused",
        "SMTP 550: recipient refused",
    ]
    assert (delivery["channel"], delivery["status"]) == ("email", "failed")
    assert "example.org" not in answer.text
    assert school.http.get(school.path("deliveries"), token=school.student.token).status == 403
