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
    # Ten students each, and the demo student: once the news of all enrolments has arrived.
    eventually(lambda: True if sorted(_class_sizes(teachers, courses)) == [(1, 11)] * 3 else None)


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
