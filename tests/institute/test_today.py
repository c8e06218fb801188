"""The numbers of today, and what could not be processed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from lms.events.enrollments import StudentEnrolled
from lms.events.users import Person, UserRegistered
from tests.clients import kafka_event
from tests.conftest import DeadLetters
from tests.institute.conftest import Institute


def today(institute: Institute) -> Any:
    answer = institute.http.get("/institute/today", token=institute.admin.token)
    assert answer.status == 200, answer
    return answer.json


def registered() -> UserRegistered:
    person = Person(username="ada", email="ada@example.org", name="Ada")
    return UserRegistered(version=1, user_id=uuid4(), role="student", roll_no="7Q2M5K9XTA", person=person)


def enrolled() -> StudentEnrolled:
    return StudentEnrolled(version=1, student_id=uuid4(), course_id=uuid4())


def consume(institute: Institute, *events: Any, **how: Any) -> Any:
    from institute import consumer

    batch = kafka_event(*events, emitted_at=institute.clock(), **how)
    consumer.handler(batch, None)
    return batch


def test_what_happens_is_counted_once_however_often_its_event_comes(institute: Institute) -> None:
    from institute import consumer

    batch = consume(institute, registered(), registered(), enrolled())
    consumer.handler(batch, None)
    shown = today(institute)
    assert (shown["registered"], shown["enrolled"], shown["paid"]) == (2, 1, 0)
    consume(institute, registered(), republished=True)
    assert today(institute)["registered"] == 2


def test_a_day_begins_where_the_institute_is(institute: Institute) -> None:
    institute.clock.now = institute.clock.now.replace(hour=18, minute=30)
    institute.set({"timeZone": "Asia/Karachi"})
    consume(institute, registered())
    first = today(institute)
    assert first["registered"] == 1
    institute.clock.now += timedelta(minutes=45)
    second = today(institute)
    assert (second["registered"], second["date"] > first["date"]) == (0, True)


def test_dead_letters_are_shown_with_their_reason_and_stay_where_they_are(
    institute: Institute, dead_letters: DeadLetters
) -> None:
    from institute import consumer

    assert today(institute)["deadLetters"] == {"count": 0, "reasons": []}
    poison = kafka_event(registered())
    for records in poison["records"].values():
        records[0]["value"] = "e30="
    consumer.handler(poison, None)
    shown = today(institute)["deadLetters"]
    assert shown["count"] == 1
    [reason] = shown["reasons"]
    assert reason["count"] == 1
    assert reason["reason"].startswith("tests lms.user: Poison: not a lms.user.registered.v1")
    assert "ada" not in str(shown)
    assert len(dead_letters.all()) == 1
