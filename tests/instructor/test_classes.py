"""Classes and their students."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.events.exams import ExamCancelled, ExamScheduled, MarkingChanged
from lms.ids import uuid7
from tests.at_once import at_once, whole_calls
from tests.conftest import Calls
from tests.instructor.conftest import School, enrollment
from tests.people import Person, remove_card, sign_in

__all__ = ["whole_calls"]


def test_classes_come_with_their_program_and_number_of_active_students(school: School) -> None:
    busy, empty = school.add_course("Busy"), school.add_course("Empty")
    school.assign_teacher(busy)
    school.assign_teacher(empty)
    people = [sign_in("student") for _ in range(5)]
    for person in people:
        school.enroll(busy, person)
    school.enroll(busy, people[0], "dropped", 2)
    school.enroll(busy, people[1], "completed", 2)
    waits = {"attempts_to_mark": 0, "next_exam": None}
    common = {"program_id": str(school.program), "program_title": "Agentic AI", **waits}
    assert school.classes() == [
        {"course_id": str(busy), "title": "Busy", "students": 3, **common},
        {"course_id": str(empty), "title": "Empty", "students": 0, **common},
    ]


def test_classes_are_read_in_pages(school: School) -> None:
    courses = [school.add_course(f"Course {n}") for n in range(7)]
    for course in courses:
        school.assign_teacher(course)
    path = f"/instructors/{school.teacher.id}/classes"
    listed = school.list_all(path, token=school.teacher.token, limit=3)
    assert [item["course_id"] for item in listed] == [str(course) for course in courses]
    cursor = school.http.get(path, token=school.teacher.token, query={"limit": "1"}).json["next"]
    assert school.http.get(path, token=school.admin.token, query={"cursor": cursor}).status == 422


def test_students_are_those_active_and_completed_in_the_courses_taught(school: School) -> None:
    first, second, foreign = school.add_course(), school.add_course(), school.add_course()
    school.assign_teacher(first)
    school.assign_teacher(second)
    active, done, dropped = (sign_in("student") for _ in range(3))
    school.enroll(first, active)
    school.enroll(first, done, "completed")
    school.enroll(first, dropped, "dropped")
    school.enroll(second, active)
    school.enroll(foreign, dropped)
    path = f"/instructors/{school.teacher.id}/students"
    for limit in (1, 2, 25):
        listed = school.list_all(path, token=school.teacher.token, limit=limit)
        assert [(item["course_id"], item["student_id"], item["status"]) for item in listed] == [
            (str(first), str(active.id), "active"),
            (str(first), str(done.id), "completed"),
            (str(second), str(active.id), "active"),
        ]
    [row] = school.list_all(path, token=school.admin.token, course_id=str(second))
    assert row == {
        "student_id": str(active.id),
        "course_id": str(second),
        "course_title": "AI-201",
        "roll_no": active.roll_no,
        "name": active.name,
        "email": active.email,
        "status": "active",
    }
    assert school.list_all(path, token=school.teacher.token, course_id=str(foreign)) == []
    assert school.http.get(path, token=school.teacher.token, query={"course_id": "x"}).status == 422


def test_an_erased_student_is_listed_without_their_person(school: School) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    school.enroll(course, school.student, "completed")
    remove_card(school.student)
    [row] = school.list_all(f"/instructors/{school.teacher.id}/students", token=school.teacher.token)
    assert (row["student_id"], row["name"], row["email"], row["roll_no"]) == (str(school.student.id), None, None, None)


def size(school: School, course: Any) -> int:
    [taught] = [taught for taught in school.classes() if taught["course_id"] == str(course)]
    return int(taught["students"])


STATES = st.lists(st.sampled_from(["active", "dropped", "completed"]), min_size=1, max_size=4)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STATES, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_size_of_a_class_is_right_whatever_comes_twice_or_late(school: School, lives: Any, random: Any) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    events = [
        enrollment(course, student, state, version)
        for student, life in zip([uuid4() for _ in lives], lives, strict=True)
        for version, state in enumerate(life, 1)
    ]
    deliveries = events + random.sample(events, random.randint(0, len(events)))
    random.shuffle(deliveries)
    school.consume(*deliveries)
    assert size(school, course) == sum(life[-1] == "active" for life in lives)
    school.unassign_teacher(course)


@pytest.mark.usefixtures("whole_calls")
def test_a_class_is_counted_right_by_many_at_once(school: School) -> None:
    from instructor.service import classes

    course = school.add_course()
    school.assign_teacher(course)
    students = [uuid4() for _ in range(10)] * 2
    at_once([lambda student=student: classes.count(course, student, 1, active=True) for student in students])
    assert size(school, course) == 10


def test_a_class_shows_the_exam_that_is_open_or_opens_next(school: School) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    at = school.clock()
    over, running, ahead = (
        scheduled(course, title, at + timedelta(hours=hours))
        for title, hours in (("Over", -5), ("Now", -1), ("Next", 4))
    )
    school.consume(ahead, over, running)
    assert school.classes()[0]["next_exam"]["title"] == "Now"
    school.consume(ExamCancelled(version=2, exam_id=running.exam_id, course_id=course), running)
    assert school.classes()[0]["next_exam"] == {
        "exam_id": str(ahead.exam_id),
        "title": "Next",
        "opens_at": (at + timedelta(hours=4)).isoformat().replace("+00:00", "Z"),
        "closes_at": (at + timedelta(hours=6)).isoformat().replace("+00:00", "Z"),
    }
    school.clock.advance(hours=7)
    assert school.classes()[0]["next_exam"] is None


def test_a_class_counts_the_attempts_that_wait_for_marks_whatever_the_order_of_events(school: School) -> None:
    course = school.add_course()
    school.assign_teacher(course)
    exam = uuid7()

    def waiting(student: Person, number: int, version: int) -> MarkingChanged:
        return MarkingChanged(version=version, exam_id=exam, course_id=course, student_id=student.id, waiting=number)

    one, other = sign_in("student"), sign_in("student")
    school.consume(waiting(one, 2, 2), waiting(one, 1, 1), waiting(other, 1, 1), waiting(other, 1, 1))
    assert school.classes()[0]["attempts_to_mark"] == 3
    school.consume(waiting(one, 0, 3), waiting(one, 2, 2))
    assert school.classes()[0]["attempts_to_mark"] == 1


def test_a_hundred_classes_are_read_page_by_page_in_three_calls_each(school: School, calls: Calls) -> None:
    courses = [school.add_course(f"Course {number}") for number in range(100)]
    for course in courses:
        school.assign_teacher(course)
    path, token = f"/instructors/{school.teacher.id}/classes", school.teacher.token
    calls.clear()
    page = school.http.get(path, token=token, query={"limit": "100"}).json
    assert ([operation for operation, _ in calls], len(page["items"])) == (
        ["GetItem", "BatchGetItem", "BatchGetItem"],
        50,
    )
    assert len(school.list_all(path, token=token, limit=100)) == 100


def scheduled(course_id: UUID, title: str, opens_at: datetime) -> ExamScheduled:
    return ExamScheduled(
        version=1,
        exam_id=uuid7(),
        course_id=course_id,
        title=title,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration=60,
        weight=Decimal(1),
        pass_mark=Decimal(50),
        paper=False,
    )
