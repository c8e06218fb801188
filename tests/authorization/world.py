"""A course with every kind of caller around it, and a good request of each operation for each of them."""

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from lms.roster import find_user
from operations.documents.authorization import Row
from operations.source import ROOT
from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, SignedIn
from tests.clients import Answer
from tests.conftest import aws_client
from tests.contract.world import World, meant
from tests.documented import find_operation
from tests.template import ENVIRONMENT

_PATHS = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
# Staff who ask about somebody else than themselves, and the student who does.
_ASK_ABOUT_OTHERS = ("another student", "other teacher", "administrator")
_CHOICES = {"kind": "single", "choices": [{"id": "a", "text": "Yes"}, {"id": "b", "text": "No"}], "correctAnswer": "a"}


class AuthorizationWorld(World):
    """`student` is the enrolled one, in the midst of an exam, and `other` was never in the course."""

    def __init__(self, auth: Auth) -> None:
        super().__init__(auth)
        self._auth = auth
        self.doors["auth"].headers["x-requested-with"] = "fetch"
        self._now = auth.clock()
        self.dropped = auth.student("chand")
        self.classmate = auth.student("dina")
        self.other_teacher = auth.staff("teacher", "other-teacher")
        self.callers: dict[str, SignedIn | None] = {
            "no token": None,
            "not enrolled": self.other,
            "enrolled": self.student,
            "dropped": self.dropped,
            "another student": self.classmate,
            "teacher": self.teacher,
            "other teacher": self.other_teacher,
            "administrator": self.admin,
        }
        self.deliver()
        self._open_courses()
        self._learn()
        self._examine()
        self.empty_program = self._make("program", "/programs/create", {"title": "Nothing yet"})
        for course in (self.course, self.lab):
            self._do("program", "DELETE", f"/courses/{course}/enrollments/{self.dropped.id}", None, self.dropped)
        self.deliver()
        self.notifications = {who.id: self._first_notification(who) for who in self._signed_in()}
        reset_id = auth.forget(email=self.student.email)
        self.reset_code = {"reset_id": reset_id, "code": auth.sent(reset_id).code}
        self.roll_numbers = {who.id: _roll_no(who) for who in (self.student, self.other, self.dropped, self.classmate)}

    def _open_courses(self) -> None:
        """Another course of the same people in which nothing is recorded, and one of the other teacher's."""
        courses = f"/programs/{self.program}/courses/create"
        self.lab = self._make("program", courses, {"title": "Lab"})
        self.other_course = self._make("program", courses, {"title": "AI-301"})
        for teacher, course in ((self.teacher, self.lab), (self.other_teacher, self.other_course)):
            self._do("instructor", "PUT", f"/instructors/{teacher.id}/courses/{course}", None, self.admin)
        self.uploaded = self._make("exchange", f"/courses/{self.course}/imports", {"fileName": "bank.gift"})
        for who in (self.dropped, self.classmate):
            self._do("program", "POST", f"/courses/{self.course}/enrollments", {}, who)
        for who in (self.student, self.dropped, self.classmate):
            self._do("program", "POST", f"/courses/{self.lab}/enrollments", {}, who)
        self.deliver()

    def _learn(self) -> None:
        # With one lesson alone, who has done it would have completed the course.
        self._make("content", f"/modules/{self.module}/lessons", {"title": "What an agent is not"})
        self.deliver()
        for who in (self.student, self.dropped):
            done = f"/progress/{who.id}/{self.course}/lessons/{self.lesson}"
            self._do("progress", "PUT", done, None, who)
        self.deliver()
        self.progress_of = {who.id: self._progress_id(who) for who in (self.student, self.dropped)}

    def _examine(self) -> None:
        """A second attempt at the exam that is under way, an exam with results, and one that waits for its release."""
        self.attempts = {self.student.id: self.attempt, self.dropped.id: self._begin(self.exam, self.dropped)}
        self.quiz = self._exam(title="Quiz", release="onSubmit")
        listed = self._do("exam", "GET", f"/exams/{self.quiz}/questions", None, self.admin)
        self.quiz_question = listed.json["items"][0]["id"]
        self.unreleased = self._exam(title="Oral", release="manual")
        in_course = f"/courses/{self.lab}/accommodations/{self.student.id}"
        self._do("exam", "PUT", in_course, {"extraPercent": 25}, self.admin)
        granted = f"/exams/{self.quiz}/accommodations/{self.student.id}"
        self._do("exam", "PUT", granted, {"extraMinutes": 5}, self.admin)
        for who in (self.student, self.dropped):
            attempt = self._begin(self.quiz, who)
            self._do("exam", "POST", f"/attempts/{attempt}/submit", None, who)
            if who is self.student:
                self.submitted = attempt

    def _exam(self, **fields: str) -> str:
        body = {"courseId": self.course, "duration": 60, "examDate": _text(self._now), **fields}
        exam = self._make("exam", "/exams", body)
        self._make("exam", f"/exams/{exam}/questions", {"questionText": "Is it?", **_CHOICES})
        self._do("exam", "PUT", f"/exams/{exam}", {"published": True}, self.admin)
        return exam

    def _begin(self, exam: str, who: SignedIn) -> str:
        attempt: str = self._do("exam", "POST", f"/exams/{exam}/attempts", None, who).json["id"]
        return attempt

    def _progress_id(self, who: SignedIn) -> str:
        shown = self._do("progress", "GET", f"/progress/{who.id}/{self.course}", None, who)
        return str(shown.json["id"])

    def _first_notification(self, who: SignedIn) -> str:
        listed = self._do("notification", "GET", f"/notifications/{who.id}/list", None, who)
        return str(listed.json["items"][0]["id"])

    def _signed_in(self) -> list[SignedIn]:
        return [who for who in self.callers.values() if who is not None]

    # Requests.

    def call(self, row: Row, caller: str) -> Answer:
        """What a caller is answered to a good request."""
        operation = _PATHS[row.path][row.method.lower()]
        name = operation["operationId"]
        sent = self._request(name, operation, caller)
        path = row.path.format(**self._parameters_of(name, row.path, caller))
        return self.doors[operation["tags"][0]](row.method, path, token=self.token_of(caller), **sent)

    def good(self, row: Row, caller: str) -> dict[str, Any]:
        """Query and body of a good request."""
        operation = _PATHS[row.path][row.method.lower()]
        return self._request(operation["operationId"], operation, caller)

    def example(self, row: Row, caller: str) -> Any:
        """The document's example of a body, about what is in the world; None where there is none."""
        operation = _PATHS[row.path][row.method.lower()]
        return self._example(operation["operationId"], operation, caller)

    def send(self, row: Row, caller: str | None, ids: dict[str, str] | None = None, **request: Any) -> Answer:
        """What a caller (None: without a token) is answered to any request of an operation.

        Its path names what they would find there, but for these `ids`.
        """
        operation = _PATHS[row.path][row.method.lower()]
        known = self._parameters_of(operation["operationId"], row.path, caller or "no token")
        path = row.path.format(**{**known, **(ids or {})})
        token = self.token_of(caller) if caller else None
        return self.doors[operation["tags"][0]](row.method, path, token=token, **request)

    def token_of(self, caller: str) -> str | None:
        who = self.callers[caller]
        return None if who is None else who.token

    def read(self, location: str, token: str) -> Answer:
        """What is found at a `Location`."""
        path, _, query = location.partition("?")
        operation = find_operation("get", path)
        assert operation is not None, location
        return self.doors[operation["tags"][0]]("GET", path, token=token, query=dict(parse_qsl(query)))

    def token_of_newcomer(self) -> str:
        """Signs in whom `POST /auth/register` made, as soon as the account is provisioned."""
        self.deliver()
        answer: str = self._auth.login("newcomer").json["access_token"]
        return answer

    def _student_of(self, caller: str) -> SignedIn:
        """Of whom a caller speaks."""
        who = self.callers[caller]
        is_themself = caller in ("not enrolled", "enrolled", "dropped")
        return who if who is not None and is_themself else self.student

    def _session_of(self, caller: str) -> str:
        who = self.callers[caller] or self.student
        return str(UUID(who.refresh_token.partition(".")[0]))

    def _recipient_of(self, caller: str) -> SignedIn:
        who = self.callers[caller]
        return self.student if who is None or caller in _ASK_ABOUT_OTHERS else who

    def _parameters_of(self, name: str, path: str, caller: str) -> dict[str, str]:
        student, recipient = self._student_of(caller), self._recipient_of(caller)
        of_operation = {
            "assignInstructor": {"instructorId": self.other_teacher.id},
            "deleteCourse": {"courseId": self.other_course},
            "deleteProgram": {"programId": self.empty_program},
            "listQuestions": {"examId": self.exam},
            "listResults": {"examId": self.quiz},
            "readImport": {"importId": self.uploaded},
            "markAttempt": {"attemptId": self.submitted},
            "reopenAttempt": {"attemptId": self.submitted},
            "deleteAccommodation": {"examId": self.quiz},
            "deleteCourseAccommodation": {"courseId": self.lab},
            "markNotificationRead": {"id": self.notifications[recipient.id]},
            "regradeExam": {"examId": self.quiz},
            "releaseResults": {"examId": self.unreleased},
            "retryDelivery": {"id": self.failure},
            "getResult": {"examId": self.quiz},
            "updateProgress": {"id": self.progress_of.get(student.id, self.progress)},
        }
        known = {
            **self.parameters(name, path, recipient),
            "attemptId": self.attempts.get(student.id, self.attempt),
            "studentId": student.id,
            "student_id": student.id,
            "sessionId": self._session_of(caller),
            "user_id": self.invited if name == "inviteUser" else self.student.id,
            **of_operation.get(name, {}),
        }
        return {parameter: known[parameter] for parameter in re.findall(r"\{(\w+)\}", path)}

    def _request(self, name: str, operation: dict[str, Any], caller: str) -> dict[str, Any]:
        """Query and body: what is special to an operation, else the document's own example."""
        query = self._query(name, operation, caller)
        if name == "receivePaymentNotice":
            return self._payment_notice()
        if name in ("loginUser", "loginInstructor", "startSession"):
            who = self.teacher if name == "loginInstructor" else self.student
            return {"form": {"username": who.username, "password": PASSWORD}}
        if name == "refreshSession":
            return {"headers": {"cookie": f"refresh_token={self.student.refresh_token}"}}
        return {"query": query, "body": self._body(name, caller) or self._example(name, operation, caller)}

    def _example(self, name: str, operation: dict[str, Any], caller: str) -> Any:
        """The document's own body, about what is in the world; None where there is none."""
        if "requestBody" not in operation:
            return None
        [media] = operation["requestBody"]["content"].values()
        return meant(media["example"], self._fields_of(name, caller))

    def _query(self, name: str, operation: dict[str, Any], caller: str) -> dict[str, str]:
        from notification import unsubscribe_links

        known = {
            "chapterId": self.module,
            "courseId": self.course,
            "StudentRollNo": self.roll_numbers[self._student_of(caller).id],
            "token": unsubscribe_links.make_token(UUID(self.student.id), "course"),
        }
        parameters = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
        needed = [each["name"] for each in parameters if each.get("required") or each["name"] == "StudentRollNo"]
        return {parameter: known[parameter] for parameter in needed}

    def _fields_of(self, name: str, caller: str) -> dict[str, Any]:
        student = self._student_of(caller)
        return {
            **self.fields(name),
            "recipient_ids": [self.student.id],
            "studentId": student.id,
            "student_id": student.id,
            "students": [self.other.id],
        }

    def _body(self, name: str, caller: str) -> Any:
        who = self.callers[caller]
        if name == "readImport":
            aws_client("s3").put_object(
                Bucket=ENVIRONMENT["ASSETS_BUCKET"], Key=f"uploads/imports/{self.uploaded}/upload", Body=b"::Q::{T}"
            )
        if name == "startVerification" and who is not None:
            self._auth.set_mobile(who.token, "+4915799887701")
        if name == "confirmVerification" and who is not None:
            self._auth.set_mobile(who.token, "+4915799887701")
            verify_id = self._auth.start_mobile(who.token).json["verify_id"]
            return {"verify_id": verify_id, "code": self._auth.sent(verify_id).code}
        person = {"username": "newcomer", "email": "newcomer@example.com", "is_type": "student"}
        exam = {"courseId": self.course, "title": "Resit", "duration": 60, "examDate": _text(self._now)}
        due = (self._now + timedelta(days=30)).date().isoformat()
        voucher = {"student_id": self.student.id, "course_id": self.course, "quarter": "Q2", "fee": "5.00"}
        bodies: dict[str, Any] = {
            "copyBankQuestions": {"questionIds": [self.bank_question]},
            "createBankQuestion": {"questionText": "Why not?", "kind": "text"},
            "createQuestion": {"questionText": "Why not?", "kind": "text"},
            "createLesson": {"title": "Another agent"},
            "updateLesson": {"title": "An agent"},
            "changePassword": {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
            "updateBankQuestion": {"questionText": "Why not?"},
            "updateQuestion": {"questionText": "Why not?"},
            "checkPayment": {"StudentRollNo": self.roll_numbers[self.student.id], "Password": PASSWORD},
            "createExam": exam,
            "createProgress": {"studentId": self._student_of(caller).id, "courseId": self.lab},
            "createUser": person,
            "enrollStudent": self._enrollment(caller),
            "importUsers": {"people": [{**person, "name": "New Comer"}]},
            "issueVoucher": {**voucher, "due_date": due},
            "markAttempt": {"marks": {self.quiz_question: 1}, "reason": "It is."},
            "refreshTokens": {"refresh_token": self.student.refresh_token},
            "regradeExam": {"questionId": self.quiz_question, "correctAnswer": "b", "reason": "It is not."},
            "registerStudent": {**person, "password": PASSWORD},
            "releaseResults": {"closeNow": True},
            "resetPassword": {**self.reset_code, "new_password": NEW_PASSWORD},
            "replaceOutline": {"modules": [{"title": "Week 1"}]},
            "requestPasswordReset": {"email": self.student.email},
            "saveAnswers": {self.question: "Because."},
            "setAccommodation": {"extraMinutes": 30},
            "updateUser": {"status": "disabled"},
            "startVerification": {"channel": "mobile_number", "current_password": PASSWORD},
            "updateCourse": {"title": "AI-202"},
            "updateEnrollment": {"status": "completed"},
            "updateExam": {"title": "Last of all"},
            "updateOwnAccount": {"city": "Lahore"},
            "updateOwnProfile": {"city": "Lahore"},
        }
        return bodies.get(name)

    def _enrollment(self, caller: str) -> dict[str, str]:
        """Students enrol themselves, administrators somebody who is not enrolled."""
        if caller in ("not enrolled", "enrolled", "dropped"):
            return {}
        return {"studentId": self.other.id if caller == "administrator" else self.student.id}

    def _payment_notice(self) -> dict[str, Any]:
        notice = {
            "event_id": "evt-1",
            "voucher_no": self.voucher,
            "amount": "10.00",
            "currency": "PKR",
            "paid_at": _text(self._now),
            "reference": "bank-1",
        }
        return self.signed(json.dumps(notice).encode())

    def signed(self, raw: bytes) -> dict[str, Any]:
        """A request with a body that the payment provider has signed."""
        at = str(int(self._now.timestamp()))
        signature = hmac.new(ENVIRONMENT["WEBHOOK_SECRET"].encode(), at.encode() + b"." + raw, hashlib.sha256)
        headers = {"content-type": "application/json", "x-signature": f"t={at},v1={signature.hexdigest()}"}
        return {"raw": raw, "headers": headers}


def _roll_no(student: SignedIn) -> str:
    card = find_user(UUID(student.id))
    assert card is not None
    return str(card.roll_no)


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
