"""Instructor's endpoints, for a teacher of one course with thirty students."""

from collections.abc import Iterator
from typing import Any

from benchmarks.meter import Row
from tests.conftest import Clock
from tests.instructor.conftest import School
from tests.people import Person, publish_key, sign_in


def rows() -> Iterator[Row]:
    publish_key()
    school = School(Clock())
    admin, teacher = school.admin, school.teacher
    course, other = school.add_course(), school.add_course("AI-202")
    school.assign_teacher(course)
    for _ in range(30):
        school.enroll(course, sign_in("student"))
    own = f"/instructors/{teacher.id}"
    message = {"course_id": str(course), "message": "Bring a laptop.", "type": "announcement"}

    def row(endpoint: str, caller: Person, path: str, body: Any = None, *, most_calls: int) -> Row:
        method = endpoint.partition(" ")[0]
        return Row(
            endpoint, caller.role, lambda: school.http(method, path, body, token=caller.token), most_calls=most_calls
        )

    yield row("GET /instructors", admin, "/instructors", most_calls=1)
    yield row("GET /instructors/{id}", teacher, own, most_calls=1)
    yield row("GET /instructors/{id}/classes", teacher, f"{own}/classes", most_calls=4)
    yield row("GET /instructors/{id}/students", teacher, f"{own}/students", most_calls=4)
    # The class is counted, active and completed: a call for each, and one more for every megabyte of members.
    yield row("POST /instructors/{id}/messages", teacher, f"{own}/messages", message, most_calls=5)
    yield row("PUT /instructors/{id}/courses/{id}", admin, f"{own}/courses/{other}", most_calls=4)
    yield row("DELETE /instructors/{id}/courses/{id}", admin, f"{own}/courses/{other}", most_calls=2)
