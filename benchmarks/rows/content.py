"""Content's endpoints, on a course with the real curriculum's largest outline."""

from collections.abc import Iterator
from typing import Any

from benchmarks.meter import Row
from tests.conftest import Clock
from tests.content.conftest import CURRICULUM, Content
from tests.people import Person, publish_key


def rows() -> Iterator[Row]:
    publish_key()
    content = Content(Clock())
    teacher, student, admin = content.teacher, content.student, content.admin
    modules: Any = CURRICULUM["courses"][0]["modules"]
    outline, course_modules = f"/courses/{content.course}/outline", f"/courses/{content.course}/modules"

    def row(endpoint: str, caller: Person, path: str, body: Any = None, *, most_calls: int) -> Row:
        method = endpoint.partition(" ")[0]
        return Row(
            endpoint, caller.role, lambda: content.http(method, path, body, token=caller.token), most_calls=most_calls
        )

    yield row("GET /courses/{id}/outline (empty)", student, outline, most_calls=2)
    yield row("PUT /courses/{id}/outline (new)", teacher, outline, {"modules": modules}, most_calls=6)
    kept = content.outline()["modules"]
    module, lesson = kept[-1]["id"], kept[-1]["lessons"][0]["id"]
    yield row("PUT /courses/{id}/outline (kept)", teacher, outline, {"modules": kept}, most_calls=3)
    for caller in (student, teacher, admin):
        yield row("GET /courses/{id}/outline", caller, outline, most_calls=1)
    yield row("GET /courses/{id}/modules", student, course_modules, most_calls=1)
    yield row("GET /modules/{id}/lessons", student, f"/modules/{module}/lessons", most_calls=2)
    yield row("POST /courses/{id}/modules", teacher, course_modules, {"title": "x"}, most_calls=4)
    yield row("PUT /modules/{id}", teacher, f"/modules/{module}", {"title": "x"}, most_calls=3)
    yield row("POST /modules/{id}/lessons", teacher, f"/modules/{module}/lessons", {"title": "x"}, most_calls=4)
    yield row("PUT /lessons/{id}", teacher, f"/lessons/{lesson}", {"title": "x"}, most_calls=3)
    yield row("DELETE /lessons/{id}", teacher, f"/lessons/{lesson}", most_calls=3)
    yield row("DELETE /modules/{id}", teacher, f"/modules/{module}", most_calls=3)
