"""The calendar of a person, as calendar programs read it: three parsers that nobody here wrote."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import icalendar
import ics
import pytest
import recurring_ical_events

from tests.clients import Answer
from tests.conftest import stored
from tests.institute.conftest import Institute
from tests.people import Person, put_card


@pytest.fixture
def course(institute: Institute) -> UUID:
    """A course of the student's and the teacher's."""
    from lms import roster
    from lms.dynamo import transaction

    course_id = uuid4()
    with transaction() as tx:
        roster.put_course(tx, course_id, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
        roster.put_enrollment(tx, institute.student.id, course_id, "active", version=1)
        roster.put_assignment(tx, institute.teacher.id, course_id, version=1)
    return course_id


def test_a_student_sees_exams_payments_and_terms(institute: Institute, course: UUID) -> None:
    opens_at = institute.clock() + timedelta(days=3)
    exam, voucher = exam_of(course, opens_at), voucher_of(institute.student, course)
    institute.consume(exam)
    institute.consume(voucher)
    institute.new_term()
    file = feed(institute, institute.student)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert times(file) == {
        "Midterm (Agents)": (opens_at, opens_at + timedelta(hours=2)),
        "Payment due: 5000.00 PKR (Agents, Q1)": (voucher.due_date, voucher.due_date + timedelta(days=1)),
        "Spring 2027 begins": (date(2027, 2, 1), date(2027, 2, 2)),
        "Spring 2027 ends": (date(2027, 6, 30), date(2027, 7, 1)),
    }


def test_other_programs_read_the_same(institute: Institute, course: UUID) -> None:
    opens_at = institute.clock() + timedelta(days=3)
    institute.set({"timeZone": "America/New_York", "name": "Karachi, and; others"})
    institute.consume(
        exam_of(course, opens_at, title="Mid, term; \\ \u0627\u0645\u062a\u062d\u0627\u0646 " + "x" * 150)
    )
    institute.new_term()
    file = feed(institute, institute.student)
    expected = {title: begin for title, (begin, _) in times(file).items()}

    lenient = {event.name: event.begin for event in ics.Calendar(file.text).events}
    assert {name: begin.datetime for name, begin in lenient.items() if name.startswith("Mid")} == {
        title: begin for title, begin in expected.items() if title.startswith("Mid")
    }
    assert {name: begin.date() for name, begin in lenient.items() if name.startswith("Spring")} == {
        title: begin for title, begin in expected.items() if title.startswith("Spring")
    }

    calendar = icalendar.Calendar.from_ical(file.body)
    occurrences = recurring_ical_events.of(calendar).between(opens_at - timedelta(days=1), date(2027, 12, 31))
    assert {str(event["SUMMARY"]): event.start for event in occurrences} == expected
    assert calendar["X-WR-CALNAME"] == "Karachi, and; others"


def test_times_are_in_the_zone_that_the_person_chose_else_in_the_institutes(institute: Institute, course: UUID) -> None:
    from lms.events.users import UserPreferencesChanged

    institute.consume(exam_of(course, datetime(2027, 7, 1, 9, tzinfo=UTC)))
    assert b"DTSTART:20270701T090000Z" in feed(institute, institute.student).body
    institute.set({"timeZone": "Asia/Karachi"})
    forget_settings()
    assert b"DTSTART;TZID=Asia/Karachi:20270701T140000" in feed(institute, institute.student).body

    def chosen(zone: str, version: int) -> Any:
        return UserPreferencesChanged(version=version, user_id=institute.student.id, time_zone=zone)

    institute.consume(chosen("Europe/Berlin", 3), chosen("Asia/Tokyo", 2))
    file = feed(institute, institute.student)
    assert b"DTSTART;TZID=Europe/Berlin:20270701T110000" in file.body
    [zone] = icalendar.Calendar.from_ical(file.body).timezones
    at = datetime(2027, 7, 1, 11)  # noqa: DTZ001 (what the zone is asked for)
    assert zone.to_tz().utcoffset(at) == ZoneInfo("Europe/Berlin").utcoffset(at)


def test_titles_are_in_the_language_that_the_person_chose_else_in_the_institutes(
    institute: Institute, course: UUID
) -> None:
    from lms.events.users import UserPreferencesChanged

    def payment() -> str:
        [title] = times(feed(institute, institute.student))
        return title

    def chosen(language: Any, version: int) -> Any:
        return UserPreferencesChanged(version=version, user_id=institute.student.id, time_zone=None, language=language)

    institute.consume(voucher_of(institute.student, course))
    assert payment() == "Payment due: 5000.00 PKR (Agents, Q1)"
    institute.consume(chosen("ur", 3), chosen("en", 2))
    assert payment() == "ادائیگی کی آخری تاریخ: 5000.00 PKR (Agents, Q1)"
    institute.set({"languages": ["ur", "en"]})
    forget_settings()
    institute.consume(chosen("en", 4))
    assert payment().startswith("Payment due")
    institute.consume(chosen(None, 5))
    assert payment().startswith("ادائیگی")


def test_every_language_has_the_titles_of_calendars() -> None:
    from institute.words import words
    from lms.languages import Language

    [english, urdu] = [words(language) for language in get_args(Language)]
    assert urdu.keys() == english.keys()
    for key, text in english.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", urdu[key])


def test_a_teacher_sees_the_exams_of_courses_taught_and_nobody_elses(institute: Institute, course: UUID) -> None:
    institute.consume(exam_of(course, institute.clock()))
    institute.consume(exam_of(uuid4(), institute.clock(), title="Elsewhere"))
    institute.consume(voucher_of(institute.student, course))
    assert list(times(feed(institute, institute.teacher))) == ["Midterm (Agents)"]


def test_whoever_dropped_a_course_sees_its_exams_no_longer(institute: Institute, course: UUID) -> None:
    from lms import roster
    from lms.dynamo import transaction

    institute.consume(exam_of(course, institute.clock()))
    with transaction() as tx:
        roster.put_enrollment(tx, institute.student.id, course, "dropped", version=2)
    assert times(feed(institute, institute.student)) == {}


def test_exams_move_and_are_cancelled_whatever_comes_late(institute: Institute, course: UUID) -> None:
    from lms.events.exams import ExamCancelled

    begin = institute.clock() + timedelta(days=1)
    first, moved = exam_of(course, begin), exam_of(course, begin + timedelta(days=1), version=2)
    moved = moved.model_copy(update={"exam_id": first.exam_id})
    institute.consume(moved, first, moved)
    assert times(feed(institute, institute.student))["Midterm (Agents)"][0] == begin + timedelta(days=1)
    institute.consume(ExamCancelled(version=3, exam_id=first.exam_id, course_id=course), moved)
    assert times(feed(institute, institute.student)) == {}


@pytest.mark.parametrize("how", ["paid", "cancelled"])
def test_what_is_paid_or_cancelled_is_due_no_longer(institute: Institute, course: UUID, how: str) -> None:
    from lms.events.payments import PaymentConfirmed, VoucherCancelled

    issued = voucher_of(institute.student, course)
    facts = {**issued.model_dump(), "version": 2}
    closed = VoucherCancelled(**facts) if how == "cancelled" else PaymentConfirmed(**facts, paid_at=institute.clock())
    institute.consume(closed, issued)
    assert times(feed(institute, institute.student)) == {}


def test_what_ended_more_than_a_year_ago_is_left_out(institute: Institute, course: UUID) -> None:
    institute.consume(exam_of(course, institute.clock() - timedelta(days=370)))
    institute.consume(exam_of(course, institute.clock() - timedelta(days=300), title="Last"))
    assert list(times(feed(institute, institute.student))) == ["Last (Agents)"]


def test_a_calendar_that_nothing_changed_in_stays_the_same_file(institute: Institute, course: UUID) -> None:
    institute.consume(exam_of(course, institute.clock()))
    path = opened(institute, institute.student)
    first = institute.http.get(path)
    institute.clock.advance(hours=1)
    again = institute.http.get(path, headers={"if-none-match": first.headers["etag"]})
    assert again.status == 304


def test_a_new_address_ends_the_old_one_and_closing_ends_both(institute: Institute) -> None:
    old, new = opened(institute, institute.student), opened(institute, institute.student)
    assert institute.http.get(old).status == 404
    assert institute.http.get(new).status == 200
    token = institute.student.token
    assert institute.http.delete("/calendar", token=token).status == 204
    assert institute.http.get(new).status == 404
    assert institute.http.delete("/calendar", token=token).status == 404


def test_an_address_cannot_be_read_from_what_is_stored(institute: Institute) -> None:
    from institute.tables import Calendar, CalendarToken

    token = opened(institute, institute.student).removeprefix("/calendar/").removesuffix(".ics")
    assert len(token) == 43
    rows = [row.attribute_values for model in (Calendar, CalendarToken) for row in stored(model)]
    assert rows
    assert token not in repr(rows)
    assert institute.http.get("/calendar/nothing.ics").status == 404


def test_a_disabled_persons_calendar_shows_nothing(institute: Institute) -> None:
    path = opened(institute, institute.student)
    put_card(institute.student, status="disabled", version=2)
    assert institute.http.get(path).status == 404


def test_an_erased_persons_calendar_is_gone(institute: Institute, course: UUID) -> None:
    from institute.tables import Calendar, CalendarToken, DueVoucher, PersonPreferences
    from lms.events.users import UserErased, UserPreferencesChanged

    path = opened(institute, institute.student)
    institute.consume(voucher_of(institute.student, course))
    institute.consume(UserPreferencesChanged(version=1, user_id=institute.student.id, time_zone="Asia/Karachi"))
    erased = UserErased(version=9, user_id=institute.student.id)
    institute.consume(erased)
    institute.consume(erased)
    assert institute.http.get(path).status == 404
    assert [row for model in (Calendar, CalendarToken, DueVoucher, PersonPreferences) for row in stored(model)] == []


def test_what_comes_late_of_an_erased_person_is_not_kept(institute: Institute, course: UUID) -> None:
    from institute.tables import DueVoucher, PersonPreferences
    from lms import roster
    from lms.dynamo import transaction
    from lms.events.users import UserErased, UserPreferencesChanged

    student = institute.student.id
    with transaction() as tx:
        roster.remove_user(tx, student, email="gone@example.com", roll_no=None)
    institute.consume(UserErased(version=9, user_id=student))
    institute.consume(voucher_of(institute.student, course))
    institute.consume(UserPreferencesChanged(version=1, user_id=student, time_zone="Asia/Karachi"))
    assert [row for model in (DueVoucher, PersonPreferences) for row in stored(model)] == []


def opened(institute: Institute, person: Person) -> str:
    """The path of a new address of a person's calendar."""
    answer = institute.http.post("/calendar", token=person.token)
    assert answer.status == 201, answer
    assert answer.json["url"] == f"http://127.0.0.1:8000{answer.headers['location']}"
    return answer.headers["location"]


def feed(institute: Institute, person: Person) -> Answer:
    answer = institute.http.get(opened(institute, person))
    assert answer.status == 200, answer
    return answer


def times(file: Answer) -> dict[str, tuple[Any, Any]]:
    """When what happens, by title."""
    events = icalendar.Calendar.from_ical(file.body).events
    return {str(event["SUMMARY"]): (event.start, event.end) for event in events}


def exam_of(course_id: UUID, opens_at: datetime, *, title: str = "Midterm", version: int = 1) -> Any:
    from lms.events.exams import ExamScheduled

    return ExamScheduled(
        version=version,
        exam_id=uuid4(),
        course_id=course_id,
        title=title,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration=60,
        weight=1,
        pass_mark=50,
        paper=False,
    )


def voucher_of(student: Person, course_id: UUID) -> Any:
    from lms.events.payments import VoucherIssued

    return VoucherIssued(
        version=1,
        voucher_no="7KD2M9QXA1B2",
        student_id=student.id,
        course_id=course_id,
        quarter="Q1",
        fee="5000.00",
        currency="PKR",
        due_date=date(2027, 3, 31),
    )


def forget_settings() -> None:
    from lms.institute import kept

    kept.forget()
