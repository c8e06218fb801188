"""What progress refuses in its own way; what all routes refuse is in `tests/contract/test_refusals.py`."""

from typing import Any

from progress import api
from tests import hostile
from tests.people import sign_in
from tests.progress.conftest import School


def test_a_caller_who_does_not_belong_to_the_course_in_the_path_gets_403_whatever_else_is_wrong(school: School) -> None:
    _, [lesson] = school.outline.add_module(lessons=1)
    ids = {"studentId": school.student.id, "courseId": school.course, "lessonId": lesson}
    wrong: dict[str, Any] = {"query": {"limit": "0", "cursor": "x"}, "headers": {"if-match": "x"}}
    refused = 0
    for method, path, roles in hostile.routes(api.app):
        if "{courseId}" in path and path != "/feedback/{courseId}":
            for role in {*(roles or ())} - {"admin"}:
                answer = school.http(method, path.format(**ids), token=sign_in(role).token, **wrong)
                assert answer.status == 403, (method, path, role)
                refused += 1
    assert refused == 6
