"""Student on moto: people with cards in the Roster, courses as program and instructor would write them, and events of
exam, progress and auth."""

import io
import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pynamodb.connection import Connection

from lms import roster
from lms.dynamo import read_together, transaction
from lms.events.courses import CourseUpdated, ProgramUpdated
from lms.events.enrollments import InstructorAssigned, InstructorUnassigned
from lms.events.exams import ExamChanged, ResultRecorded
from lms.events.progress import AttendanceRecorded, ProgressUpdated
from lms.events.users import UserProfileUpdated
from lms.ids import uuid7
from tests.at_once import meanwhile, whole_calls
from tests.clients import Answer
from tests.conftest import Clock
from tests.people import Person
from tests.template import ENVIRONMENT
from tests.world import World

__all__ = ["meanwhile", "whole_calls"]

DAY = "2026-09-07"


class Auth:
    """The auth function, as Lambda lets student see it."""

    def __init__(self) -> None:
        self.password = "correct-horse-7"
        self.asked: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:
        assert FunctionName == ENVIRONMENT["AUTH_INTERNAL_FUNCTION"]
        question = json.loads(Payload)
        self.asked.append(question)
        answer = self._change(question) if question["action"] == "change" else self._update(question)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _change(self, question: dict[str, Any]) -> dict[str, Any]:
        if len(question["new_password"]) < 8:
            return {**_REFUSED, "errors": [{"msg": "too short", "type": "weak_password"}]}
        if question["current_password"] != self.password:
            return _WRONG_PASSWORD
        self.password = question["new_password"]
        return {"status": 200}

    def _update(self, question: dict[str, Any]) -> dict[str, Any]:
        update = question["update"]
        if "mobile_number" in update and update.get("current_password") != self.password:
            return _WRONG_PASSWORD
        change_account(UUID(question["user_id"]), **update)
        return {"status": 200}


_REFUSED = {"status": 422, "detail": None, "code": None}
_WRONG_PASSWORD = {"status": 403, "detail": "wrong", "code": "wrong-password"}


def change_account(user_id: UUID, **fields: Any) -> None:
    """What auth writes of a changed profile."""
    card, profile = read_together([roster.user_key(user_id), roster.profile_key(user_id)])
    names = ("mobile_number", "city", "country", "additional_details")
    before = {name: getattr(profile, name) if profile else None for name in names}
    after = {name: fields.get(name, before[name]) for name in names}
    version = card.version + 1
    with transaction() as tx:
        roster.put_user(
            tx,
            user_id,
            role=card.role,
            status=card.status,
            name=fields.get("name", card.name),
            email=card.email,
            email_confirmed=True,
            roll_no=card.roll_no,
            version=version,
        )
        roster.put_profile(
            tx,
            user_id,
            **{**after, "additional_details": after["additional_details"] or {}},
            version=version,
        )


@pytest.fixture
def auth(monkeypatch: pytest.MonkeyPatch) -> Auth:
    from lms import credentials

    fake = Auth()
    monkeypatch.setattr(credentials, "_lambda", lambda: fake)
    return fake


@pytest.fixture
def reads(aws: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What DynamoDB is asked, by operation."""
    asked: list[str] = []
    dispatch = Connection.dispatch

    def note(connection: Connection, operation: str, arguments: Any) -> Any:
        asked.append(operation)
        return dispatch(connection, operation, arguments)

    monkeypatch.setattr(Connection, "dispatch", note)
    return asked


@pytest.fixture
def school(aws: None, clock: Clock, auth: Auth) -> "School":
    return School(clock)


class School(World):
    """The student service, and a course with the teacher and the student."""

    service = "student"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.program = self.add_program("Agentic AI")
        self.course = self.add_course()
        self.assign(self.teacher, self.course)
        self.add_student(self.student, self.course)

    def add_program(self, title: str) -> UUID:
        program_id = uuid7()
        with transaction() as tx:
            roster.put_program(tx, program_id, title=title, version=1)
        return program_id

    def add_course(self, title: str = "AI-201", program_id: UUID | None = None) -> UUID:
        return super().add_course(title, program_id or self.program)

    def fill(self, number: int) -> None:
        """Has the student in so many courses, of which all events have come."""
        self.consume(self.program_event("Agentic AI"))
        for index in range(number):
            course = self.add_course(f"AI-{300 + index}") if index else self.course
            self.add_student(self.student, course)
            self.consume(self.course_event(f"AI-{300 + index}", 1, course=course), self.assigned(course=course))
            self.consume(self.progress(index, course_id=course))

    def add_class(self, number: int, status: str = "active") -> list[UUID]:
        """Students as auth and program write them, without the requests."""
        from lms.roster.memberships import EnrollmentRow
        from lms.roster.users import UserRow

        ids = [uuid4() for _ in range(number)]
        with UserRow.batch_write() as users, EnrollmentRow.batch_write() as enrollments:
            for each in ids:
                common = {"role": "student", "status": "active", "email": f"{each}@example.com"}
                users.save(UserRow(each, name=f"Student {each}", roll_no=each.hex[:8].upper(), version=1, **common))
                membership = f"{self.course}#student#{status}"
                enrollments.save(
                    EnrollmentRow(each, self.course, person_id=each, membership=membership, status=status, version=1)
                )
        return ids

    def course_event(
        self, title: str, version: int, event: Any = CourseUpdated, *, course: UUID | None = None, **fields: Any
    ) -> Any:
        usual: dict[str, Any] = {
            "program_id": self.program,
            "short_description": "",
            "quarter": None,
            "capacity": None,
            "enrollment": "open",
            "requires_payment": False,
        }
        return event(course_id=course or self.course, title=title, version=version, **{**usual, **fields})

    def program_event(self, title: str, version: int = 1) -> Any:
        return ProgramUpdated(program_id=self.program, title=title, version=version)

    def assigned(self, version: int = 1, *, course: UUID | None = None, teacher: Person | None = None) -> Any:
        return InstructorAssigned(
            course_id=course or self.course, teacher_id=(teacher or self.teacher).id, version=version
        )

    def unassigned(self, version: int) -> Any:
        return InstructorUnassigned(course_id=self.course, teacher_id=self.teacher.id, version=version)

    def own_courses(self, student: Person | None = None) -> Any:
        """What a student's first screen shows."""
        answer = self.http.get("/student/courses", token=(student or self.student).token)
        assert answer.status == 200, answer
        return answer.json["items"]

    def result(self, score: str, *, exam_id: UUID | None = None, version: int = 1, **fields: Any) -> Any:
        """A result of the student in the course, unless `fields` say otherwise."""
        usual: dict[str, Any] = {
            "course_id": self.course,
            "student_id": self.student.id,
            "status": "passed",
            "weight": Decimal(1),
        }
        return ResultRecorded(exam_id=exam_id or uuid4(), score=Decimal(score), version=version, **{**usual, **fields})

    def exam(self, exam_id: UUID, weight: str, *, version: int = 1) -> Any:
        return ExamChanged(
            exam_id=exam_id,
            course_id=self.course,
            title="Midterm",
            opens_at=self.clock(),
            closes_at=self.clock(),
            duration=60,
            weight=Decimal(weight),
            pass_mark=Decimal(50),
            paper=True,
            version=version,
        )

    def progress(self, percentage: int, *, version: int = 1, **fields: Any) -> Any:
        usual: dict[str, Any] = {"course_id": self.course, "student_id": self.student.id}
        return ProgressUpdated(
            current_module=None,
            completion_percentage=percentage,
            completed=percentage == 100,
            version=version,
            **{**usual, **fields},
        )

    def session(self, statuses: dict[UUID, str], *, day: str = DAY, version: int = 1) -> Any:
        records = [{"student_id": student_id, "status": status} for student_id, status in statuses.items()]
        return AttendanceRecorded.model_validate(
            {"course_id": self.course, "date": day, "records": records, "version": version}
        )

    def attended(self, *statuses: str) -> list[Any]:
        """Sessions of the student, one a day."""
        return [
            self.session({self.student.id: status}, day=f"2026-09-{day:02}") for day, status in enumerate(statuses, 1)
        ]

    def profile_event(self, *, version: int, student: Person | None = None, **fields: Any) -> Any:
        student = student or self.student
        person = {"username": "amina", "email": student.email, "name": student.name, **fields}
        return UserProfileUpdated.model_validate(
            {
                "user_id": student.id,
                "role": student.role,
                "roll_no": student.roll_no,
                "person": person,
                "email_verified": True,
                "mobile_verified": False,
                "version": version,
            }
        )

    def card(self, student: Person | None = None, course: UUID | None = None) -> Any:
        """A report card as its student sees it."""
        student = student or self.student
        answer = self.http.get("/student/reportCards", token=student.token)
        assert answer.status == 200, answer
        (card,) = (card for card in answer.json["items"] if card["course_id"] == str(course or self.course))
        return card

    def profile(self, student: Person | None = None) -> Any:
        answer = self.http.get("/student/profile", token=(student or self.student).token)
        assert answer.status == 200, answer
        return answer.json

    def update(self, **fields: Any) -> Answer:
        return self.http.post("/student/updateProfile", fields, token=self.student.token)

    def write(
        self, card: str | None = None, *, as_: Person | None = None, headers: Any = None, **fields: Any
    ) -> Answer:
        path = card or f"/students/{self.student.id}/reportCards/{self.course}"
        return self.http.put(path, fields, token=(as_ or self.teacher).token, headers=headers)


def fault(answer: Answer) -> tuple[int, str]:
    """Status and the code of the first field at fault."""
    return answer.status, answer.json["errors"][0]["type"]
