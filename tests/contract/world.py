"""One of everything that the API knows, and doors to all functions."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from lms.events.catalogue import CATALOGUE
from lms.outbox import OutboxItem
from operations.source import ROOT, services_with_api
from tests.auth.conftest import Auth, SignedIn
from tests.clients import Answer, Client, kafka_event

CONSUMERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/consumer.py"))


class World:
    """A course of a program with its teacher and student, and what they have to do with."""

    def __init__(self, auth: Auth) -> None:
        self.doors = {module.__name__.partition(".")[0]: Client(module.handler) for module in self.services()}
        self.reset: Callable[[], None] = lambda: None
        self._delivered: set[UUID] = set()
        self.admin = auth.staff("admin")
        self.teacher = auth.staff("teacher")
        self.student = auth.student("amina")
        self.other = auth.student("bilal")
        self.invited: str = auth.desk_of(self.admin).create().json["user_id"]
        self.deliver()
        now = auth.clock()
        self.program = self._make("program", "/programs/create", {"title": "Agentic AI"})
        course = {"title": "AI-201"}
        self.course = self._make("program", f"/programs/{self.program}/courses/create", course)
        self._do("instructor", "PUT", f"/instructors/{self.teacher.id}/courses/{self.course}", None, self.admin)
        self._do("program", "POST", f"/courses/{self.course}/enrollments", {}, self.student)
        self.deliver()
        self.module = self._make("content", f"/courses/{self.course}/modules", {"title": "Week 1"})
        self.lesson = self._make("content", f"/modules/{self.module}/lessons", {"title": "What an agent is"})
        exam = {"courseId": self.course, "title": "Midterm", "duration": 60, "examDate": _written(now)}
        self.exam = self._make("exam", "/exams", exam)
        question = {"questionText": "Why?", "kind": "text"}
        self.question = self._make("exam", f"/exams/{self.exam}/questions", question)
        self._do("exam", "PUT", f"/exams/{self.exam}", {"published": True}, self.admin)
        begun = self._do("exam", "POST", f"/exams/{self.exam}/attempts", None, self.student)
        self.attempt = begun.json["id"]
        self.draft = self._make("exam", "/exams", {**exam, "title": "Final"})
        self.draft_question = self._make("exam", f"/exams/{self.draft}/questions", question)
        banked = {**question, "tags": ["loops"]}
        self.bank_question = self._make("exam", f"/courses/{self.course}/questionBank", banked)
        self.drawn = self._make("exam", "/exams", {**exam, "title": "Drawn"})
        draws = {"draws": [{"tag": "loops", "count": 1}]}
        added = self._do("exam", "POST", f"/exams/{self.drawn}/questions/fromBank", draws, self.teacher)
        self.draw = added.json["draws"][0]["id"]
        self.paper = self._make("exam", "/exams", {**exam, "title": "On paper", "paper": True, "published": True})
        progress = {"studentId": self.student.id, "courseId": self.course}
        self.progress = self._do("progress", "POST", "/progress", progress, self.student).json["id"]
        self.session = "2027-03-04"
        attendance = {"courseId": self.course, "date": self.session, "records": []}
        self._do("progress", "POST", "/attendance", attendance, self.admin)
        later = now + timedelta(days=30)
        due = later.date().isoformat()
        voucher = {"student_id": self.student.id, "course_id": self.course, "quarter": "Q1", "fee": "10.00"}
        issued = self._do("payment", "POST", "/payments/vouchers", {**voucher, "due_date": due}, self.admin)
        self.voucher = issued.json["voucher_no"]
        self.imported = self._read_import()
        self.course_export = self._make("exchange", f"/courses/{self.course}/exports", {"format": "gift"})
        asked = self._do("institute", "POST", f"/people/{self.student.id}/export", None, self.student)
        self.export = asked.json["id"]
        opened = self._do("institute", "POST", "/calendar", None, self.student)
        self.calendar = opened.headers["location"].removeprefix("/calendar/").removesuffix(".ics")
        term = {"title": "Spring", "startsOn": "2027-02-01", "endsOn": "2027-06-30"}
        self.term = self._make("institute", "/terms", term)
        written = {"course_id": self.course, "message": "Hello", "type": "announcement", "send_at": _written(later)}
        self._do("instructor", "POST", f"/instructors/{self.teacher.id}/messages", written, self.teacher)
        self.deliver()
        sent = self._do("notification", "GET", f"/instructors/{self.teacher.id}/messages", None, self.teacher)
        self.message = sent.json["items"][0]["id"]
        listed = self._do("notification", "GET", f"/notifications/{self.student.id}/list", None, self.student)
        self.notification = listed.json["items"][0]["id"]
        self.failure = self._fail_delivery(now)

    def parameters(self, operation: str, path: str, who: SignedIn) -> dict[str, str]:
        """What the parameters of a path may stand for, so that the caller finds something there."""
        known = {
            "attemptId": self.attempt,
            "bankQuestionId": self.bank_question,
            "courseId": self.course,
            "course_id": self.course,
            "date": self.session,
            "drawId": self.draw,
            "examId": self.exam,
            "exportId": self.export,
            "importId": self.imported,
            "instructorId": self.teacher.id,
            "lessonId": self.lesson,
            "moduleId": self.module,
            "personId": self.student.id if operation == "getExport" and who.id == self.admin.id else who.id,
            "programId": self.program,
            "questionId": self.draft_question,
            "sessionId": str(UUID(who.refresh_token.partition(".")[0])),
            "recipientId": who.id,
            "studentId": self.student.id,
            "student_id": self.student.id,
            "termId": self.term,
            "token": self.calendar,
            "user_id": self.invited if operation == "inviteUser" else self.other.id,
            "voucher_no": self.voucher,
            "id": {
                "cancelMessage": self.message,
                "listExams": self.course,
                "markNotificationRead": self.notification,
                "retryDelivery": self.failure,
                "updateProgress": self.progress,
            }.get(operation, self.draft),
        }
        if operation in ("deleteDraw", "listDraws"):
            known["examId"] = self.drawn
        if operation == "getCourseExport":
            known["exportId"] = self.course_export
        if operation in ("copyBankQuestions", "createQuestion", "regradeExam", "reorderQuestions"):
            known["examId"] = self.draft
        return {name: known[name] for name in re.findall(r"\{(\w+)\}", path)}

    @staticmethod
    def services() -> list[Any]:
        """The `api` modules of all functions."""
        return [import_module(f"{name}.api") for name in services_with_api()]

    def fields(self, operation: str) -> dict[str, Any]:
        """What fields of bodies stand for, so that the request of an operation can be accepted."""
        of_operation: dict[str, dict[str, Any]] = {
            "copyBankQuestions": {"questionIds": [self.bank_question], "draws": []},
            "createExam": {"paper": True, "published": True},
            "enrollStudent": {"studentId": self.other.id},
            "enrollStudents": {"students": [self.other.id]},
            "issueVoucher": {"due_date": "2199-12-31"},
            "logoutUser": {"everywhere": True},
            "requestPasswordReset": {"email": self.student.email, "mobile_number": None},
            "updateExam": {"title": "Finals", "paper": True, "published": True, "closesAt": None},
        }
        return {
            "courseId": self.course,
            "course_id": self.course,
            "currentModule": self.module,
            "examId": self.paper,
            "instructorId": self.teacher.id,
            "programId": self.program,
            "questionId": self.draft_question,
            "questionIds": [self.draft_question],
            "recipient_ids": [self.student.id],
            "studentId": self.student.id,
            "student_id": self.student.id,
            "termId": self.term,
            "voucher_no": self.voucher,
            **of_operation.get(operation, {}),
        }

    def _read_import(self) -> str:
        """An import whose file was read: one question."""
        from exchange.tables import Import

        made = self._make("exchange", f"/courses/{self.course}/imports", {"fileName": "bank.gift"})
        row = Import.find(UUID(made), "")
        assert row is not None
        row.state, row.format, row.parts, row.done, row.total = "ready", "gift", [["bank", 1]], 1, 1
        row.contents = {"modules": 0, "lessons": 0, "files": 0, "questions": 1, "exams": 0}
        row.outcomes = {"taken": 1, "changed": 0, "left_out": 0}
        row.save()
        return made

    def deliver(self) -> int:
        """Hands every event that is new in the Outbox to every consumer; how many there were."""
        items = [item for item in OutboxItem.scan() if item.event_id not in self._delivered]
        events = [CATALOGUE[item.type].model_validate_json(item.data) for item in items]
        for name in CONSUMERS:
            import_module(f"{name}.consumer").handler(kafka_event(*events), None)
        self._delivered |= {item.event_id for item in items}
        return len(events)

    def _fail_delivery(self, now: datetime) -> str:
        """Lets a mail to the student fail."""
        from notification.tables import Notification

        [mail] = [row for row in Notification.scan() if (row.type, row.channel) == ("enrolled", "email")]
        mail.status, mail.reason, mail.failed_year, mail.failed_at = "failed", "SMTP 550", now.year, now
        mail.save()
        return str(mail.id)

    def _make(self, service: str, path: str, body: Any) -> str:
        identity: str = self._do(service, "POST", path, body, self.admin).json["id"]
        return identity

    def _do(self, service: str, method: str, path: str, body: Any, who: SignedIn) -> Answer:
        answer = self.doors[service](method, path, body, token=who.token)
        assert answer.status < 300, answer
        return answer


def _written(moment: Any) -> str:
    text: str = moment.isoformat().replace("+00:00", "Z")
    return text


def meant(value: Any, fields: dict[str, Any]) -> Any:
    """A body that speaks of what is in the world, by its `fields`."""
    if isinstance(value, list):
        return [meant(part, fields) for part in value]
    if not isinstance(value, dict):
        return value
    return {key: fields[key] if key in fields else meant(part, fields) for key, part in value.items()}
