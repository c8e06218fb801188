"""What instructors wrote: listed, and taken back while it waits for its time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from notification.service import broadcasts
from notification.tables import Broadcast
from tests.clients import Answer
from tests.conftest import Calls
from tests.notification.world import School
from tests.people import Person, sign_in


def messages(school: School, person: Person | None = None, **query: str) -> Any:
    who = person or school.teacher
    answer = school.http.get(f"/instructors/{who.id}/messages", token=who.token, query=query)
    assert answer.status == 200, answer
    return answer.json


def take_back(school: School, message: Any, person: Person | None = None) -> Answer:
    who = person or school.teacher
    return school.http.delete(f"/instructors/{who.id}/messages/{message['id']}", token=who.token)


def waiting(school: School, **changes: Any) -> Any:
    """A message to the class for in an hour, as its sender sees it."""
    event = school.requested(send_at=school.clock.now + timedelta(hours=1), accepted=1, **changes)
    school.process(event)
    return event, messages(school)["items"][0]


def test_who_wrote_a_message_sees_when_and_to_how_many_it_goes(school: School) -> None:
    _, message = waiting(school, subject_line="The lab")
    assert (
        message.items()
        >= {
            "type": "announcement",
            "course_id": str(school.course),
            "course_title": "Agents",
            "subject": "The lab",
            "message": "Hello class",
            "channels": ["in_app", "email"],
            "recipients": 1,
            "status": "waiting",
            "sent_at": None,
        }.items()
    )
    school.pass_time(hours=1)
    [message] = messages(school)["items"]
    assert (message["status"], message["sent_at"]) == ("sent", message["send_at"])


def test_messages_are_listed_newest_first_in_pages_of_two_reads(school: School, calls: Calls) -> None:
    for text in ("first", "second", "third"):
        school.process(school.requested(message=text))
        school.clock.advance(seconds=1)
    messages(school)
    calls.clear()
    page = messages(school, limit="2")
    assert [operation for operation, _ in calls] == ["BatchGetItem", "Query"]
    assert [item["message"] for item in page["items"]] == ["third", "second"]
    assert [item["message"] for item in messages(school, cursor=page["next"])["items"]] == ["first"]
    assert messages(school, sign_in("teacher"))["items"] == []


def test_what_an_administrator_sends_for_an_instructor_is_in_the_instructors_list(school: School) -> None:
    school.process(school.requested(sender_id=school.admin.id, teacher_id=school.teacher.id))
    assert len(messages(school)["items"]) == 1
    assert messages(school, school.admin)["items"] == []


def test_a_message_that_is_taken_back_goes_to_nobody_even_if_its_event_comes_again(school: School) -> None:
    event, message = waiting(school)
    assert take_back(school, message).status == 204
    assert take_back(school, message).status == 404
    assert messages(school)["items"] == []
    school.consume(event)
    school.pass_time(hours=1)
    school.process(event)
    assert school.kinds() == []


def test_a_message_that_is_sent_is_not_taken_back(school: School) -> None:
    school.process(school.requested())
    [message] = messages(school)["items"]
    answer = take_back(school, message)
    assert (answer.status, answer.json["type"]) == (409, "urn:lms:problem:sent")


def test_a_message_that_is_taken_back_as_it_is_handed_on_goes_to_nobody(school: School) -> None:
    _, message = waiting(school)
    school.clock.advance(hours=1)
    school.tick()
    assert take_back(school, message).status == 204
    school.fan_out()
    assert school.kinds() == []


def test_what_goes_out_first_decides(school: School) -> None:
    """The fan-out has read a message that is taken back before it begins."""
    _, message = waiting(school)
    [read] = Broadcast.scan()
    assert take_back(school, message).status == 204
    assert not broadcasts.begin(read, school.clock.now)


def test_nobody_takes_back_what_another_wrote(school: School) -> None:
    _, message = waiting(school)
    assert take_back(school, message, sign_in("teacher")).status == 404
    assert take_back(school, {"id": uuid4()}).status == 404
    as_admin = school.http.delete(
        f"/instructors/{school.teacher.id}/messages/{message['id']}", token=school.admin.token
    )
    assert as_admin.status == 204
