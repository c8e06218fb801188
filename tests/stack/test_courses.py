"""A course on the real stack: entered, taught, learned, and closed to everybody else."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from localstack.demo.school import CURRICULUM
from operations.kong.generate import declared_routes
from tests.stack.clients import Person, demo_person, eventually
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

MODULES: Any = json.loads(CURRICULUM.read_text())["courses"][0]["modules"]


@dataclass
class School:
    """An administrator, a teacher, and twenty students who are not enrolled in anything new."""

    admin: Person
    teacher: Person
    students: list[Person]
    program: str

    def new_course(self, **fields: Any) -> str:
        path = f"/programs/{self.program}/courses/create"
        course: str = made(self.admin.call("POST", path, json={"title": "Agents", **fields}))["id"]
        return course

    def taught_course(self) -> str:
        """A course with the whole outline, and the teacher."""
        course = self.new_course()
        answer = self.admin.call("PUT", f"/courses/{course}/outline", json={"modules": MODULES})
        assert answer.status_code == 200, answer.text
        path = f"/instructors/{id_of(self.teacher)}/courses/{course}"
        assert self.admin.call("PUT", path).status_code == 200
        return course


@pytest.fixture(scope="module")
def people(school: StackUnderTest) -> School:
    with ThreadPoolExecutor(4) as pool:
        students = list(pool.map(lambda _: Person(school, f"student-{uuid4()}").joined(), range(20)))
    admin, teacher = demo_person(school, "admin"), demo_person(school, "teacher")
    program = made(admin.call("POST", "/programs/create", json={"title": f"A program {uuid4()}"}))["id"]
    return School(admin, teacher, students, program)


@pytest.fixture(scope="module")
def course(people: School) -> str:
    """Read by the tests, changed by none."""
    course = people.taught_course()
    enroll(people.students[0], course)
    return course


def made(answer: httpx.Response) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.json()


def id_of(person: Person) -> str:
    return str(person.call("GET", "/auth/profile").json()["id"])


def enroll(student: Person, course: str) -> httpx.Response:
    answer = student.call("POST", f"/courses/{course}/enrollments")
    made(answer)
    return answer


def all_at_once(students: list[Person], do: Callable[[Person], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(students)) as pool:
        return list(pool.map(do, students))


def links(details: Any) -> Iterator[str | None]:
    for chapter in details["tableOfContents"]:
        for topic in chapter["topics"]:
            yield from (subtopic["githubRepoLink"] for subtopic in topic["subtopics"])


def test_anybody_browses_the_catalogue_and_signs_in_for_the_contents(people: School, course: str) -> None:
    stranger = people.admin.http
    titles = [program["title"] for program in stranger.get("/programs/list").json()["items"]]
    assert "Certified Agentic & Robotic AI Engineer" in titles
    assert stranger.get(f"/programs/{people.program}/details").status_code == 200
    listed = stranger.get(f"/programs/{people.program}/courses").json()["items"]
    assert course in [item["id"] for item in listed]
    assert stranger.get(f"/courses/{course}/details").status_code == 401


def test_all_see_what_is_taught_and_those_who_belong_to_the_course_its_links(people: School, course: str) -> None:
    enrolled, outsider = people.students[:2]
    for person, belongs in ((people.admin, True), (people.teacher, True), (enrolled, True), (outsider, False)):
        details = person.call("GET", f"/courses/{course}/details").json()
        assert [chapter["title"] for chapter in details["tableOfContents"]] == [module["title"] for module in MODULES]
        assert len(list(links(details))) == 153
        assert all(link is not None for link in links(details)) == belongs
        chapter = {"courseId": course, "chapterId": details["tableOfContents"][0]["chapterId"]}
        topics = person.call("GET", "/courses/topics", params=chapter).json()
        assert topics == details["tableOfContents"][0]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/courses/{course}/outline", {"admin", "teacher", "enrolled"}),
        ("GET", "/courses/{course}/modules", {"admin", "teacher", "enrolled"}),
        ("GET", "/courses/{course}/enrollments", {"admin", "teacher"}),
        ("PUT", "/courses/{course}/update", {"admin", "teacher"}),
    ],
)
def test_each_may_do_what_their_part_in_the_course_allows(
    school: StackUnderTest, people: School, course: str, method: str, path: str, allowed: set[str]
) -> None:
    persons = {
        "admin": people.admin,
        "teacher": people.teacher,
        "another teacher": demo_person(school, "nadia.farooq"),
        "enrolled": people.students[0],
        "outsider": people.students[1],
    }
    body = {"json": {}} if method == "PUT" else {}
    answers = {
        name: person.call(method, path.format(course=course), **body).status_code for name, person in persons.items()
    }
    assert answers == {name: 200 if name in allowed else 403 for name in persons}


def test_twenty_students_who_enrol_at_once_each_read_on_their_next_request(people: School) -> None:
    course = people.taught_course()

    def enrol_and_read(student: Person) -> tuple[int, int, bool]:
        enrolled = student.call("POST", f"/courses/{course}/enrollments")
        modules = student.call("GET", f"/courses/{course}/modules")
        details = student.call("GET", f"/courses/{course}/details").json()
        return enrolled.status_code, len(modules.json().get("items", ())), None not in links(details)

    assert all_at_once(people.students, enrol_and_read) == [(201, len(MODULES), True)] * 20
    classes = f"/instructors/{id_of(people.teacher)}/classes"

    def counted() -> bool | None:
        sizes = {one["course_id"]: one["students"] for one in people.teacher.call("GET", classes).json()["items"]}
        return True if sizes[course] == 20 else None

    eventually(counted)


def test_of_twenty_students_at_once_exactly_five_get_the_last_five_seats(people: School) -> None:
    course = people.new_course(capacity=5)
    answers = all_at_once(people.students, lambda student: student.call("POST", f"/courses/{course}/enrollments"))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 15
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"urn:lms:problem:full"}
    listed = people.admin.call("GET", f"/courses/{course}/enrollments").json()["items"]
    assert {row["studentId"] for row in listed} == {
        answer.json()["studentId"] for answer in answers if answer.status_code == 201
    }


def test_a_lesson_that_is_taken_back_is_gone_for_students_on_their_next_request(people: School) -> None:
    course, student = people.taught_course(), people.students[0]
    enroll(student, course)
    module = people.teacher.call("GET", f"/courses/{course}/modules").json()["items"][1]["id"]
    lessons = f"/modules/{module}/lessons"
    lesson = people.teacher.call("GET", lessons).json()["items"][0]

    def seen_by(person: Person) -> tuple[bool, bool]:
        listed = [item["id"] for item in person.call("GET", lessons).json()["items"]]
        return lesson["id"] in listed, lesson["id"] in person.call("GET", f"/courses/{course}/details").text

    for published in (False, True):
        changed = people.teacher.call("PUT", f"/lessons/{lesson['id']}", json={"published": published})
        assert changed.status_code == 200, changed.text
        assert seen_by(student) == (published, published)
        assert seen_by(people.teacher) == (True, True)


def test_every_path_under_courses_reaches_the_function_that_serves_it(school: StackUnderTest, people: School) -> None:
    callers = {"admin": people.admin, "teacher": people.teacher, "student": people.students[0]}
    routes = [route for route in declared_routes() if route.path.startswith("/courses/")]
    assert {route.name.partition("-")[0] for route in routes} == {"program", "content", "exam", "exchange", "student"}
    for route in routes:
        path = re.sub(r"\{\w+\}", lambda _: str(uuid4()), route.path)
        caller = next(callers[role] for role in sorted(route.roles or callers))
        # HEAD is GET without the body that would tell.
        for method in set(route.methods) - {"HEAD"}:
            answer = caller.call(method, f"{path}?nobody=knows-this")
            assert answer.status_code in (403, 404, 422), (method, path, answer.text)
            # A function that has no such route says no more than this.
            assert answer.json()["detail"] not in ("Not Found", "Method Not Allowed"), (method, path, answer.text)
