"""What a newcomer finds after the first start."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localstack.demo.api import Api
from localstack.demo.school import TEACHERS, make_school
from localstack.deployed import Deployed
from tests.stack.clients import Person, demo_person, eventually
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

PROGRAM = "Certified Agentic & Robotic AI Engineer"


def _courses(person: Person) -> list[Any]:
    programs = person.http.get("/programs/list").json()["items"]
    [program] = [program["id"] for program in programs if program["title"] == PROGRAM]
    courses: list[Any] = person.http.get(f"/programs/{program}/courses").json()["items"]
    return courses


def test_the_demo_student_finds_the_whole_real_curriculum(school: StackUnderTest) -> None:
    student = demo_person(school, "student")
    courses = [student.call("GET", f"/courses/{course['id']}/details").json() for course in _courses(student)]
    chapters = [chapter for course in courses for chapter in course["tableOfContents"]]
    topics = [topic for chapter in chapters for topic in chapter["topics"]]
    subtopics = [subtopic for topic in topics for subtopic in topic["subtopics"]]
    assert [len(parts) for parts in (courses, chapters, topics, subtopics)] == [3, 21, 91, 291]
    assert all(subtopic["githubRepoLink"].startswith("https://github.com/") for subtopic in subtopics)


def test_every_course_has_a_teacher_and_a_class(school: StackUnderTest) -> None:
    courses = {course["id"] for course in _courses(demo_person(school, "student"))}
    teachers = [demo_person(school, email.partition("@")[0]) for email in TEACHERS]
    # Everybody learns with the demo teacher: once the news of all enrolments has arrived.
    eventually(lambda: True if sorted(_class_sizes(teachers, courses)) == [(1, 7), (1, 7), (1, 13)] else None)


def test_every_list_of_the_demo_teachers_course_has_something_to_look_at(school: StackUnderTest) -> None:
    admin, teacher, student = (demo_person(school, name) for name in ("admin", "teacher", "student"))
    course, teacher_id = _courses(student)[0]["id"], teacher.call("GET", "/auth/profile").json()["id"]

    def items(person: Person, path: str) -> Any:
        return person.call("GET", path).json()["items"]

    def of_course(person: Person, path: str) -> list[Any]:
        return [item for item in items(person, path) if item["courseId"] == course]

    assert {exam["state"] for exam in of_course(student, "/student/exams?limit=100")} == {"upcoming", "open", "over"}
    quiz, essay, *_ = (exam for exam in items(teacher, f"/courses/{course}/exams") if exam["release"] == "manual")
    results = {result["status"] for result in items(teacher, f"/exams/{quiz['id']}/results")}
    assert results == {"passed", "failed", "missed"}
    assert {attempt["status"] for attempt in items(teacher, f"/exams/{essay['id']}/attempts")} == {"pending", "graded"}
    assert of_course(teacher, f"/instructors/{teacher_id}/marking")
    assert len(items(teacher, f"/attendance/{course}")) == 3
    assert len(items(teacher, f"/feedback/{course}")) == 3
    vouchers = items(admin, f"/payments/vouchers?course_id={course}")
    assert {"paid", "cancelled"} < {voucher["status"] for voucher in vouchers}
    messages = [one for one in items(teacher, f"/instructors/{teacher_id}/messages") if one["course_id"] == course]
    assert {message["status"] for message in messages} == {"waiting", "sent"}
    granted = items(teacher, f"/exams/{essay['id']}/accommodations")
    assert [one["extraPercent"] for one in granted] == [25]
    assert len(student.http.get("/terms").json()["items"]) >= 2


def _class_sizes(teachers: list[Person], courses: set[str]) -> Iterator[tuple[int, int]]:
    """For each teacher: how many of the courses are theirs, and how many students learn in those."""
    for teacher in teachers:
        path = f"/instructors/{teacher.call('GET', '/auth/profile').json()['id']}/classes"
        classes = [one for one in teacher.call("GET", path).json()["items"] if one["course_id"] in courses]
        yield len(classes), sum(one["students"] for one in classes)


def test_a_first_start_that_was_interrupted_goes_on_where_it_stopped(school: StackUnderTest) -> None:
    student = demo_person(school, "student")
    before = _courses(student)
    with httpx.Client(base_url=school.settings.gateway_url, timeout=60, trust_env=False) as client:
        make_school(Api(school.settings, client), Deployed(school.settings), print)
    assert _courses(student) == before
