"""Whatever belongs to a deleted course is 404, by every route that names a course or something of it.

Results, report cards and vouchers stay: they are read by other routes. Exams have a test of their own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from operations.source import ROOT
from tests.clients import Answer, Client
from tests.people import Person, publish_key, sign_in

_NAMES = {"courseId", "course_id", "moduleId", "lessonId", "chapterId"}
# Their own id names something of a course too.
_OPAQUE = {("PUT", "/progress/{id}")}
_OF_EXAM = (
    "/exams",
    "/courses/{courseId}/exams",
    "/courses/{courseId}/accommodations",
    "/courses/{courseId}/questionBank",
    "/courses/{courseId}/questionImages",
)
DAY = "2026-03-01"
"""Each course has a session on it."""


@dataclass(frozen=True)
class Course:
    """A course with everything that belongs to one: nobody is active there but `mover`, where there is one."""

    id: str
    module: str
    lesson: str
    progress: str
    learner: Person
    mover: Person


class Institute:
    """All services that know of courses."""

    def __init__(self) -> None:
        from content import api as content
        from exchange import api as exchange
        from instructor import api as instructor
        from notification import api as notification
        from payment import api as payment
        from program import api as program
        from progress import api as progress
        from student import api as student

        self.clients = {
            module.__name__.partition(".")[0]: Client(module.handler)
            for module in (content, exchange, instructor, notification, payment, program, progress, student)
        }
        self.admin, self.teacher = sign_in("admin"), sign_in("teacher")
        self.program_id = self.made("program", "POST", "/programs/create", {"title": "Agentic AI"})["id"]

    def call(self, service: str, method: str, path: str, body: Any = None, *, by: Person, **query: str) -> Answer:
        return self.clients[service](method, path, body, token=by.token, query=query)

    def made(self, service: str, method: str, path: str, body: Any = None, *, by: Person | None = None) -> Any:
        answer = self.call(service, method, path, body, by=by or self.admin)
        assert answer.status in (200, 201), answer
        return answer.json

    def course(self, title: str, *, with_mover: bool) -> Course:
        path = f"/programs/{self.program_id}/courses/create"
        course = self.made("program", "POST", path, {"title": title})["id"]
        self.made("instructor", "PUT", f"/instructors/{self.teacher.id}/courses/{course}")
        module = self.made("content", "POST", f"/courses/{course}/modules", {"title": "Basics"})["id"]
        lesson = {"title": "Agents", "contentUrl": "https://example.com/agents", "duration": 60}
        lesson_id = self.made("content", "POST", f"/modules/{module}/lessons", lesson)["id"]
        learner, mover = sign_in("student"), sign_in("student")
        for student in (learner, mover):
            self.made("program", "POST", f"/courses/{course}/enrollments", by=student)
        done = f"/progress/{learner.id}/{course}/lessons/{lesson_id}"
        progress = self.made("progress", "PUT", done, by=learner)["id"]
        attended = {"courseId": course, "date": DAY, "records": [{"studentId": str(learner.id), "status": "late"}]}
        self.made("progress", "POST", "/attendance", attended, by=self.teacher)
        for student in (learner,) if with_mover else (learner, mover):
            path = f"/courses/{course}/enrollments/{student.id}"
            self.made("program", "PATCH", path, {"status": "completed"})
        return Course(course, module, lesson_id, progress, learner, mover)


Call = Callable[[Institute, Course], Answer]


def _by_staff(service: str, method: str, path: str, body: Any = None, **query: str) -> list[Call]:
    """A call that teachers of the course and administrators may make; `{...}` names parts of the course."""
    return [
        lambda school, course: _call(school, course, service, method, path, body, school.admin, query),
        lambda school, course: _call(school, course, service, method, path, body, school.teacher, query),
    ]


def _by_admin(service: str, method: str, path: str, body: Any = None, **query: str) -> list[Call]:
    return _by_staff(service, method, path, body, **query)[:1]


def _by_learner(service: str, method: str, path: str, body: Any = None, **query: str) -> list[Call]:
    return [lambda school, course: _call(school, course, service, method, path, body, course.learner, query)]


def _by_all(service: str, method: str, path: str, body: Any = None, **query: str) -> list[Call]:
    return [*_by_staff(service, method, path, body, **query), *_by_learner(service, method, path, body, **query)]


def _call(
    school: Institute,
    course: Course,
    service: str,
    method: str,
    path: str,
    body: Any,
    by: Person,
    query: dict[str, str],
) -> Answer:
    parts = {
        "{course}": course.id,
        "{module}": course.module,
        "{lesson}": course.lesson,
        "{progress}": course.progress,
        "{learner}": str(course.learner.id),
        "{mover}": str(course.mover.id),
        "{teacher}": str(school.teacher.id),
        "{newcomer}": str(sign_in("student").id),
    }

    def filled(text: str) -> str:
        for name, value in parts.items():
            text = text.replace(name, value)
        return text

    sent = None if body is None else json.loads(filled(json.dumps(body)))
    return school.call(
        service, method, filled(path), sent, by=by, **{name: filled(value) for name, value in query.items()}
    )


MODULE, LESSON = {"title": "More"}, {"title": "More", "contentUrl": "https://example.com/more", "duration": 60}
MESSAGE = {"course_id": "{course}", "message": "Hello", "type": "announcement"}
BILL = {"quarter": "Q1", "fee": "10.00", "due_date": "2100-01-01"}
VOUCHER = {"student_id": "{learner}", "course_id": "{course}", **BILL}
SESSION = {"courseId": "{course}", "date": "2026-03-02", "records": [{"studentId": "{learner}", "status": "late"}]}
ENROLLMENTS, CLASS = "/courses/{course}/enrollments", "/instructors/{teacher}/courses/{course}"

# In an order in which each call finds what it is about: what ends something comes last.
ROUTES: dict[tuple[str, str], list[Call]] = {
    ("PUT", "/courses/{courseId}/update"): _by_staff("program", "PUT", "/courses/{course}/update", {"quarter": "Q1"}),
    ("POST", "/courses/{courseId}/copy"): _by_admin("program", "POST", "/courses/{course}/copy", {"title": "Copied"}),
    ("GET", "/courses/{courseId}/details"): _by_all("program", "GET", "/courses/{course}/details"),
    ("GET", "/courses/{courseId}/catalogue"): _by_all("program", "GET", "/courses/{course}/catalogue"),
    ("GET", "/courses/topics"): _by_all("program", "GET", "/courses/topics", courseId="{course}", chapterId="{module}"),
    ("GET", "/courses/schedule"): _by_all("program", "GET", "/courses/schedule", courseId="{course}"),
    ("POST", "/courses/{courseId}/enrollments"): _by_admin("program", "POST", ENROLLMENTS, {"studentId": "{newcomer}"}),
    ("POST", "/courses/{courseId}/enrollments/bulk"): _by_admin(
        "program", "POST", f"{ENROLLMENTS}/bulk", {"students": ["{newcomer}"]}
    ),
    ("GET", "/courses/{courseId}/enrollments"): _by_staff("program", "GET", ENROLLMENTS),
    ("PATCH", "/courses/{courseId}/enrollments/{studentId}"): _by_staff(
        "program", "PATCH", f"{ENROLLMENTS}/{{learner}}", {"status": "completed"}
    ),
    ("POST", "/progress"): [
        lambda school, course: _call(
            school, course, "progress", "POST", "/progress", _own(course.mover), course.mover, {}
        )
    ],
    ("DELETE", "/courses/{courseId}/enrollments/{studentId}"): _by_admin(
        "program", "DELETE", f"{ENROLLMENTS}/{{mover}}"
    ),
    ("GET", "/courses/{courseId}/outline"): _by_all("content", "GET", "/courses/{course}/outline"),
    ("GET", "/courses/{courseId}/modules"): _by_all("content", "GET", "/courses/{course}/modules"),
    ("POST", "/courses/{courseId}/modules"): _by_staff("content", "POST", "/courses/{course}/modules", MODULE),
    ("PUT", "/modules/{moduleId}"): _by_staff("content", "PUT", "/modules/{module}", MODULE),
    ("GET", "/modules/{moduleId}/lessons"): _by_all("content", "GET", "/modules/{module}/lessons"),
    ("POST", "/modules/{moduleId}/lessons"): _by_staff("content", "POST", "/modules/{module}/lessons", LESSON),
    ("GET", "/lessons/{lessonId}"): _by_all("content", "GET", "/lessons/{lesson}"),
    ("PUT", "/lessons/{lessonId}"): _by_staff("content", "PUT", "/lessons/{lesson}", {"title": "Agents, again"}),
    ("POST", "/lessons/{lessonId}/asset"): _by_staff(
        "content", "POST", "/lessons/{lesson}/asset", {"contentType": "application/pdf"}
    ),
    ("GET", "/progress/{studentId}/{courseId}"): _by_all("progress", "GET", "/progress/{learner}/{course}"),
    ("PUT", "/progress/{id}"): [
        call
        for by in (_by_staff, _by_learner)
        for call in by("progress", "PUT", "/progress/{progress}", {"currentModule": "{module}"})[-1:]
    ],
    ("PUT", "/progress/{studentId}/{courseId}/lessons/{lessonId}"): _by_learner(
        "progress", "PUT", "/progress/{learner}/{course}/lessons/{lesson}"
    ),
    ("DELETE", "/progress/{studentId}/{courseId}/lessons/{lessonId}"): _by_learner(
        "progress", "DELETE", "/progress/{learner}/{course}/lessons/{lesson}"
    ),
    ("POST", "/attendance"): _by_staff("progress", "POST", "/attendance", SESSION),
    ("GET", "/attendance/{courseId}"): _by_all("progress", "GET", "/attendance/{course}"),
    ("DELETE", "/attendance/{courseId}/{date}"): _by_admin("progress", "DELETE", f"/attendance/{{course}}/{DAY}"),
    ("POST", "/feedback"): _by_learner("progress", "POST", "/feedback", {"courseId": "{course}", "rating": 4}),
    ("GET", "/feedback/{courseId}"): _by_all("progress", "GET", "/feedback/{course}"),
    ("POST", "/payments/vouchers"): _by_admin("payment", "POST", "/payments/vouchers", VOUCHER),
    ("POST", "/notifications/send"): _by_staff("notification", "POST", "/notifications/send", MESSAGE),
    ("GET", "/courses/{courseId}/reportCards"): _by_staff("student", "GET", "/courses/{course}/reportCards"),
    ("PUT", "/students/{student_id}/reportCards/{course_id}"): _by_staff(
        "student", "PUT", "/students/{learner}/reportCards/{course}", {"remarks": "Well done."}
    ),
    ("GET", "/instructors/{instructorId}/students"): _by_staff(
        "instructor", "GET", "/instructors/{teacher}/students", course_id="{course}"
    ),
    ("POST", "/instructors/{instructorId}/messages"): _by_staff(
        "instructor", "POST", "/instructors/{teacher}/messages", MESSAGE
    ),
    ("PUT", "/instructors/{instructorId}/courses/{courseId}"): _by_admin("instructor", "PUT", CLASS),
    ("POST", "/courses/{courseId}/imports"): _by_staff(
        "exchange", "POST", "/courses/{course}/imports", {"fileName": "bank.gift"}
    ),
    ("POST", "/courses/{courseId}/exports"): _by_staff(
        "exchange", "POST", "/courses/{course}/exports", {"format": "gift"}
    ),
    ("GET", "/courses/{courseId}/imports"): _by_staff("exchange", "GET", "/courses/{course}/imports"),
    ("DELETE", "/lessons/{lessonId}"): _by_admin("content", "DELETE", "/lessons/{lesson}"),
    ("DELETE", "/modules/{moduleId}"): _by_admin("content", "DELETE", "/modules/{module}"),
    ("PUT", "/courses/{courseId}/outline"): _by_staff("content", "PUT", "/courses/{course}/outline", {"modules": []}),
}
OTHERWISE = {
    # Vouchers stay, and are listed.
    ("GET", "/payments/vouchers"),
    # This is how the other course goes.
    ("DELETE", "/courses/{courseId}/delete"),
    # Ends an assignment that is left over.
    ("DELETE", "/instructors/{instructorId}/courses/{courseId}"),
}


def _own(student: Person) -> dict[str, str]:
    return {"studentId": str(student.id), "courseId": "{course}"}


@pytest.fixture
def school(aws: None) -> Institute:
    publish_key()
    return Institute()


def test_whatever_belongs_to_a_deleted_course_is_not_found(school: Institute) -> None:
    present, deleted = school.course("Present", with_mover=True), school.course("Deleted", with_mover=False)
    path = f"/courses/{deleted.id}/delete"
    assert school.call("program", "DELETE", path, by=school.admin).status == 204
    assert school.call("program", "DELETE", path, by=school.admin).status == 404
    answers = {
        (*route, number): (call(school, present).status, call(school, deleted).status)
        for route, calls in ROUTES.items()
        for number, call in enumerate(calls)
    }
    wrong = {route: statuses for route, statuses in answers.items() if not (statuses[0] < 300 and statuses[1] == 404)}
    assert wrong == {}


def test_report_cards_and_vouchers_of_a_deleted_course_stay(school: Institute) -> None:
    from lms.events.courses import CourseCreated
    from lms.events.exams import ResultRecorded
    from student import consumer
    from tests.clients import kafka_event

    course = school.course("Deleted", with_mover=False)
    learner = course.learner
    voucher = {"student_id": str(learner.id), "course_id": course.id, **BILL}
    school.made("payment", "POST", "/payments/vouchers", voucher)
    result = {
        "exam_id": UUID(int=1),
        "course_id": course.id,
        "student_id": learner.id,
        "score": "91",
        "status": "passed",
        "weight": "1",
        "version": 1,
    }
    created = {
        "course_id": course.id,
        "program_id": school.program_id,
        "title": "Deleted",
        "short_description": "",
        "quarter": None,
        "capacity": None,
        "enrollment": "open",
        "requires_payment": False,
        "version": 1,
    }
    consumer.handler(
        kafka_event(CourseCreated.model_validate(created), ResultRecorded.model_validate(result)),
        None,  # type: ignore[arg-type]  # Lambda's context, which it does not use
    )
    assert school.call("program", "DELETE", f"/courses/{course.id}/delete", by=school.admin).status == 204
    [card] = school.call("student", "GET", "/student/reportCards", by=learner).json["items"]
    assert (card["course_id"], card["grade"]) == (course.id, "A")
    history = school.call("student", "GET", "/student/courseHistory", by=learner).json
    assert [one["Grade"] for program in history["Programs"] for one in program["Courses"]] == ["A"]
    [payment] = school.call("payment", "GET", "/student/payment", by=learner).json["items"]
    assert payment["Course"] == "Deleted"


def test_every_route_that_names_a_course_or_something_of_it_is_tried() -> None:
    document = json.loads((ROOT / "functions" / "portal" / "files" / "openapi.json").read_text())

    def fields(schema: dict[str, Any]) -> set[str]:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        parts = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]
        return set(schema.get("properties", {})).union(*map(fields, parts))

    found = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("parameters", "head", "options") or path.startswith(_OF_EXAM):
                continue
            parameters = [*operation.get("parameters", []), *operations.get("parameters", [])]
            bodies = operation.get("requestBody", {}).get("content", {}).values()
            named = {parameter.get("name") for parameter in parameters}
            if named.union(*(fields(body["schema"]) for body in bodies)) & _NAMES:
                found.add((method.upper(), path))
    assert found | _OPAQUE == {*ROUTES, *OTHERWISE}
