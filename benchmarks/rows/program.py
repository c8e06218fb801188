"""Program's endpoints that show a whole course, on the real curriculum's largest outline."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.meter import Row
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
    chapter = {"courseId": course_id, "chapterId": outline.json["modules"][0]["id"]}

    def row(path: str, caller: Person, *, most_calls: int, named: str, query: Any = None) -> Row:
        return Row(
            f"GET {named}",
            caller.role,
            lambda: program.http.get(path, token=caller.token, query=query),
            most_calls=most_calls,
        )

    program.enroll(course_id, content.student)
    stranger = sign_in("student")
    for caller in (stranger, content.student, content.teacher, program.admin):
        yield row(f"/courses/{course_id}/details", caller, most_calls=2, named="/courses/{id}/details")
        yield row("/courses/topics", caller, most_calls=2, named="/courses/topics", query=chapter)
