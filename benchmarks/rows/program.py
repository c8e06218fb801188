"""Program's endpoints, on the real curriculum's largest outline.

Whatever shows courses reads twice: the courses with what is beside them, then the names of their teachers and terms,
whose ids the first read has.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.meter import Row
from tests.clients import Answer
from tests.conftest import Clock
from tests.content.conftest import CURRICULUM, Content
from tests.people import Person, publish_key, sign_in
from tests.program.conftest import Program


def rows() -> Iterator[Row]:
    publish_key()
    program, content = Program(Clock()), Content(Clock())
    course_id = program.new_course()
    content.course = UUID(course_id)
    content.assign(content.teacher, content.course)
    outline = content.put_outline(CURRICULUM["courses"][0]["modules"])
    yield from _reading(program, content, course_id, {"chapterId": outline.json["modules"][0]["id"]})
    yield from _enrolling(program, course_id)
    yield from _managing(program)


def _row(program: Program, endpoint: str, caller: Person, path: str, body: Any = None, *, most_calls: int) -> Row:
    def call() -> Answer:
        return program.http(endpoint.partition(" ")[0], path, body, token=caller.token)

    return Row(endpoint, caller.role, call, most_calls=most_calls)


def _reading(program: Program, content: Content, course_id: str, chapter: dict[str, str]) -> Iterator[Row]:
    query = {"courseId": course_id, **chapter}
    program.enroll(course_id, content.student)
    for caller in (sign_in("student"), content.student, content.teacher, program.admin):
        yield _row(program, "GET /courses/{id}/details", caller, f"/courses/{course_id}/details", most_calls=2)
        yield Row(
            "GET /courses/topics",
            caller.role,
            lambda caller=caller: program.http.get("/courses/topics", token=caller.token, query=query),
            most_calls=1,
        )
    yield Row(
        "GET /courses/schedule",
        content.student.role,
        lambda: program.http.get("/courses/schedule", token=content.student.token, query={"courseId": course_id}),
        most_calls=3,
    )


def _enrolling(program: Program, course_id: str) -> Iterator[Row]:
    student, admin = program.student, program.admin
    enrollments = f"/courses/{course_id}/enrollments"
    one, many = "/courses/{id}/enrollments", [sign_in("student").email for _ in range(24)]
    yield _row(program, f"POST {one}", student, enrollments, most_calls=2)
    yield _row(program, f"DELETE {one}/{{id}}", student, f"{enrollments}/{student.id}", most_calls=2)
    yield _row(program, f"POST {one} (again)", student, enrollments, most_calls=2)
    yield _row(program, f"POST {one}/bulk (24)", admin, f"{enrollments}/bulk", {"students": many}, most_calls=6)
    yield _row(program, f"GET {one}", admin, enrollments, most_calls=3)
    done = {"status": "completed"}
    yield _row(program, f"PATCH {one}/{{id}}", admin, f"{enrollments}/{student.id}", done, most_calls=2)


def _managing(program: Program) -> Iterator[Row]:
    admin, new = program.admin, {"title": "A program of its own"}
    yield _row(program, "POST /programs/create", admin, "/programs/create", new, most_calls=1)
    yield _row(program, "GET /programs/list", admin, "/programs/list", most_calls=1)
    path, other = f"/programs/{program.id}", program.new_program("Another program")["id"]
    yield _row(program, "GET /programs/{id}/details", admin, f"{path}/details", most_calls=1)
    yield _row(program, "PUT /programs/{id}/update", admin, f"{path}/update", {"description": "x"}, most_calls=2)
    yield _row(program, "DELETE /programs/{id}/delete", admin, f"/programs/{other}/delete", most_calls=3)
    course = {"title": "AI-202"}
    yield _row(program, "POST /programs/{id}/courses/create", admin, f"{path}/courses/create", course, most_calls=3)
    yield _row(program, "GET /programs/{id}/courses", admin, f"{path}/courses", most_calls=3)
    empty = program.new_course("AI-301")
    yield _row(program, "PUT /courses/{id}/update", admin, f"/courses/{empty}/update", {"capacity": 9}, most_calls=4)
    yield _row(program, "DELETE /courses/{id}/delete", admin, f"/courses/{empty}/delete", most_calls=3)
