"""A person of unmistakable words, and everything that people do with and about them."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from lms.clock import now
from tests.clients import Answer, kafka_event
from tests.journeys.world import System
from tests.notification.servers import MailServer, Twilio, text_of
from tests.template import ENVIRONMENT

WORD = "zqmark"
"""Is in every text that is the person's or about them, and in no other."""
_HEAD, _CLASSMATE = "head@school.example", "classmate@school.example"
"""People who stay."""
PHONE, OTHER_PHONE = "+4915799887766", "+4915799887755"
BIRTHDAY = "1987-06-05"
PASSWORD, NEW_PASSWORD = "Zqmark-secret-7", "Zqmark-secret-8"
STAFF_PASSWORD = "a-Staff-secret-9"
PICTURE = b"\x89PNG\r\n\x1a\n" + WORD.encode() * 20


class School:
    """`secrets` collects what was given out: tokens, codes, links."""

    def __init__(self, system: System, mail_server: MailServer, twilio: Twilio, bucket: Any) -> None:
        self.system = system
        self.secrets: set[str] = {PASSWORD, NEW_PASSWORD, STAFF_PASSWORD}
        self._mail_server = mail_server
        self._twilio = twilio
        self._bucket = bucket
        self._now = now()
        self._keys = 0
        self.admin = self._first_admin()

    # The institute: an administrator, a teacher, a course.

    def _first_admin(self) -> str:
        from auth import operations

        command = {"action": "create_admin", "email": _HEAD}
        assert "user_id" in operations.handler(command, None)
        self.system.process_events()
        return self._join(_HEAD, STAFF_PASSWORD)[1]

    def open_course(self) -> None:
        program = self._done("program", "POST", "/programs/create", {"title": "Computing"})
        body = {"title": "Agents", "enrollment": "open"}
        path = f"/programs/{program['programId'] if 'programId' in program else program['id']}/courses/create"
        course = self._done("program", "POST", path, body)
        self.course = course["courseId"] if "courseId" in course else course["id"]
        self._done("instructor", "PUT", f"/instructors/{self.teacher_id}/courses/{self.course}")
        module = self._done("content", "POST", f"/courses/{self.course}/modules", {"title": "One", "published": True})
        lesson = {"title": "First", "published": True}
        self.lesson = self._done("content", "POST", f"/modules/{module['id']}/lessons", lesson)["id"]

    def invite(self, role: str, name: str) -> str:
        """Registers somebody by an administrator, with every field; their id."""
        body = {**self._person(name), "is_type": role}
        user_id: str = self._done("auth", "POST", "/auth/users", body)["user_id"]
        self.system.process_events()
        return user_id

    def hire(self) -> None:
        """A teacher who is the person of unmistakable words, too."""
        self.teacher_id = self.invite("teacher", f"{WORD}-teacher")
        self.teacher = self._join(f"{WORD}-teacher@{WORD}.example", STAFF_PASSWORD)[1]

    # The person.

    def enter(self) -> None:
        """Registers, confirms number and address, moves to another address, and loses the password once."""
        body = {**self._person(WORD), "password": PASSWORD}
        self.student_id = self._done("auth", "POST", "/auth/register", body, token=None)["user_id"]
        self.system.process_events()
        self._login(WORD, "a-wrong-Guess-1", good=401)
        token = self._login(WORD, PASSWORD)
        for channel in ("mobile_number", "email"):
            self._confirm(token, channel)
        moved = {"email": f"{WORD}-new@{WORD}.example", "current_password": PASSWORD, "city": f"{WORD}-town"}
        self._done("auth", "PUT", "/auth/profile", moved, token=token)
        self.system.process_events()
        self._confirm(token, "email")
        asked = self._done("auth", "POST", "/auth/forgot-password", {"email": moved["email"]}, token=None, good=202)
        self.system.process_events()
        code = self._code(moved["email"])
        reset = {"reset_id": asked["reset_id"], "code": code, "new_password": NEW_PASSWORD}
        self._done("auth", "POST", "/auth/reset-password", reset, token=None)
        self._done("auth", "POST", "/auth/forgot-password", {"mobile_number": PHONE}, token=None, good=202)
        self._done("auth", "POST", "/auth/forgot-password", {"email": moved["email"]}, token=None, good=202)
        self.system.process_events()
        self.student = self._login(WORD, NEW_PASSWORD)

    def describe(self) -> None:
        """Fills in the profile, with a picture, and uploads another."""
        body = {
            "name": f"{WORD} Khan",
            "address": f"12 {WORD} street",
            "date_of_birth": BIRTHDAY,
            "additional_details": {f"{WORD}-key": f"{WORD}-value"},
            "city": f"{WORD}-city",
            "profile_picture": self._upload(),
        }
        self._done("student", "POST", "/student/updateProfile", body, token=self.student)
        self._upload()
        self._done("student", "PATCH", f"/students/{self.student_id}", {"program": "BSc", "enrollment_year": 2026})

    def learn(self) -> None:
        student, course = self.student, self.course
        enrolled = {"studentId": self.student_id}
        self._done("program", "POST", f"/courses/{course}/enrollments", enrolled)
        self.system.process_events()
        self._done("progress", "PUT", f"/progress/{self.student_id}/{course}/lessons/{self.lesson}", token=student)
        said = {"courseId": course, "rating": 5, "comment": f"{WORD} liked it"}
        self._done("progress", "POST", "/feedback", said, token=student)
        said = {**said, "comment": f"{WORD} of the teacher", "instructorId": self.teacher_id}
        self._done("progress", "POST", "/feedback", said, token=student)
        records = [{"studentId": self.student_id, "status": "late"}]
        attended = {"courseId": course, "date": self._now.date().isoformat(), "records": records}
        self._done("progress", "POST", "/attendance", attended, token=self.teacher)
        self.system.process_events()

    def bring(self) -> None:
        """The teacher begins to bring a file along."""
        body = {"fileName": f"{WORD}.gift"}
        self._done("exchange", "POST", f"/courses/{self.course}/imports", body, token=self.teacher)

    def judge(self) -> None:
        """Somebody else, who stays, writes about the teacher."""
        body = {"username": "classmate", "email": _CLASSMATE, "is_type": "student"}
        classmate_id = self._done("auth", "POST", "/auth/users", body)["user_id"]
        self.system.process_events()
        token = self._join(_CLASSMATE, STAFF_PASSWORD)[1]
        self._done("program", "POST", f"/courses/{self.course}/enrollments", {"studentId": classmate_id})
        said = {"courseId": self.course, "instructorId": self.teacher_id, "rating": 1, "comment": f"{WORD} shouts"}
        self._done("progress", "POST", "/feedback", said, token=token)

    def examine(self) -> None:
        """Two attempts at an exam, one of them under way, marked, with reasons; and one on paper."""
        teacher, student = self.teacher, self.student
        exam = self._exam(attemptsAllowed=2, release="onSubmit")
        question = {"questionText": "Why?", "kind": "text", "points": 4}
        question_id = self._done("exam", "POST", f"/exams/{exam}/questions", question, token=teacher)["id"]
        self._done("exam", "PUT", f"/exams/{exam}", {"published": True}, token=teacher)
        for words in ("first", "second"):
            attempt = self._done("exam", "POST", f"/exams/{exam}/attempts", token=student)["id"]
            answers = {question_id: f"{WORD} {words}"}
            self._done("exam", "PUT", f"/attempts/{attempt}/answers", answers, token=student)
            if words == "first":
                self._done("exam", "POST", f"/attempts/{attempt}/submit", token=student)
                self._done("exam", "PUT", f"/attempts/{attempt}/marks", {"marks": {question_id: 1}}, token=teacher)
                marks = {"marks": {question_id: 2}, "reason": f"{WORD} complained"}
                self._done("exam", "PUT", f"/attempts/{attempt}/marks", marks, token=teacher)
        granted = f"/exams/{exam}/accommodations/{self.student_id}"
        self._done("exam", "PUT", granted, {"extraMinutes": 30}, token=teacher)
        paper = self._exam(paper=True, published=True)
        for score, reason in ((50, {}), (60, {"reason": f"{WORD} was ill"})):
            result = {"examId": paper, "studentId": self.student_id, "score": score, **reason}
            self._done("exam", "POST", "/results", result, token=teacher)
        self.system.process_events()
        remarks = {"remarks": f"{WORD} is shy", "grade": "B", "reason": f"{WORD} was ill"}
        path = f"/students/{self.student_id}/reportCards/{self.course}"
        self._done("student", "PUT", path, remarks, token=teacher)

    def pay(self) -> None:
        for quarter in ("Q1", "Q2"):
            voucher = {
                "student_id": self.student_id,
                "course_id": self.course,
                "quarter": quarter,
                "fee": "500.00",
                "due_date": (self._now + timedelta(days=20)).date().isoformat(),
            }
            number = self._done("payment", "POST", "/payments/vouchers", voucher)["voucher_no"]
            self.system.process_events()
            if quarter == "Q1":
                self._notice("evt-0", number, "1.00", good=422)
                self._notice("evt-1", number, "500.00")
        self.system.process_events()

    def write(self) -> None:
        """Messages to the person and by the person, sent and still to be sent, and which of them the person wants."""
        wanted = {"quiet_hours": {"from": "22:00", "until": "06:00"}, "time_zone": "Asia/Karachi"}
        preferences = f"/notifications/{self.student_id}/preferences"
        self._done("notification", "PUT", preferences, wanted, token=self.student)
        later = {"send_at": (self._now + timedelta(days=9)).isoformat()}
        for when in ({}, later):
            message = {"course_id": self.course, "message": f"Dear {WORD}", "type": "announcement", **when}
            message = {**message, "recipient_ids": [self.student_id], "subject": f"For {WORD}"}
            self._done("notification", "POST", "/notifications/send", message, token=self.teacher, good=202)
            path = f"/instructors/{self.teacher_id}/messages"
            self._done("instructor", "POST", path, message, token=self.teacher, good=202)
        self.system.process_events()
        self._done("notification", "POST", f"/notifications/{self.student_id}/readAll", token=self.student)

    def whole_life(self) -> None:
        self.hire()
        self.open_course()
        self.enter()
        self.describe()
        self.learn()
        self.judge()
        self.bring()
        self.examine()
        self.pay()
        self.write()
        self._done("institute", "POST", "/calendar", token=self.student)
        self.invited_id = self.invite("student", f"{WORD}-invited")
        self._login(WORD, "another-wrong-Guess", good=401)
        self.system.tick()
        users = self._done("auth", "GET", "/auth/users")["items"]
        self.roll_numbers = [user["roll_no"] for user in users if user["roll_no"] and user["id"] in self.ids]

    @property
    def ids(self) -> tuple[str, str, str]:
        return self.student_id, self.teacher_id, self.invited_id

    def grades(self) -> Any:
        """What is stored of the student's grades."""
        from exam.tables import StoredStanding
        from student.tables import ReportCard

        rows = StoredStanding.scan(StoredStanding.attempts.exists())
        grades = sorted((str(row.exam_id), row.score, row.status) for row in rows)
        cards = ReportCard.scan(ReportCard.facts.exists())
        return grades, [(card.override.grade, card.facts.results) for card in cards]

    def park(self) -> None:
        """The last news of everybody cannot be published, ever."""
        for user_id in self.ids:
            self.system.refuse(user_id)
        self._done("auth", "PUT", "/auth/profile", {"city": f"{WORD}-exile"}, token=self.student)
        self.system.process_events()
        for user_id in self.ids:
            self.system.take_again(user_id)

    def refused(self) -> None:
        """Requests that cannot be carried out, whose words are in the refusal or in the path."""
        person = self._person(f"{WORD}-refused")
        for fields in ({"email": f"{WORD} at home"}, {"mobile_number": WORD}, {"country": WORD}, {WORD: WORD}):
            body = {**person, "password": PASSWORD, **fields}
            self._done("auth", "POST", "/auth/register", body, token=None, good=422)
        self._done("auth", "POST", "/auth/register", raw=f'{{"username": "{WORD}'.encode(), token=None, good=422)
        self._done("auth", "GET", f"/auth/profile/{WORD}", good=422)
        self._done("auth", "GET", f"/auth/{WORD}", good=404)
        self._done("auth", "GET", "/auth/users", query={"email": f"{WORD}@{WORD}.example"})
        self._done("auth", "GET", "/auth/profile", token=WORD, good=401)
        self._done("student", "GET", "/student/courseHistory", query={"StudentRollNo": WORD}, good=404)
        self._done(
            "payment", "POST", "/student/payment", {"StudentRollNo": WORD, "Password": WORD}, token=None, good=401
        )
        self.invite("student", f"{WORD}-refused")

    def poisoned(self) -> None:
        """An event that no consumer can take."""
        from lms.events.users import Person, UserRegistered

        person = Person(username=WORD, email=f"{WORD}@{WORD}.example", name=WORD)
        event = UserRegistered(user_id=uuid4(), version=1, role="student", roll_no=WORD, person=person)
        incoming = kafka_event(event)
        [[record]] = incoming["records"].values()
        value = {**json.loads(event.model_dump_json()), "role": WORD, "roll_no": {WORD: WORD}}
        record["value"] = base64.b64encode(json.dumps(value).encode()).decode()
        self.system.consume(incoming)

    def export(self, bucket: Any) -> Any:
        """Everything that the system holds about the student, as they get it."""
        asked = self._done("institute", "POST", f"/people/{self.student_id}/export", token=self.student)
        self.system.process_events()
        path = f"/people/{self.student_id}/export/{asked['id']}"
        assert self._done("institute", "GET", path, token=self.student)["status"] == "complete"
        return json.loads(bucket.Object(f"exports/{self.student_id}/{asked['id']}/export.json").get()["Body"].read())

    def erase(self) -> None:
        """Erases everybody, and lets everything happen that follows."""
        for user_id in self.ids:
            self._done("auth", "DELETE", f"/auth/users/{user_id}")
        self.system.process_events()
        self.system.tick()

    # Short ways.

    def _done(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        good: int = 0,
        **rest: Any,
    ) -> Any:
        """A request that succeeds, by the administrator unless it is said by whom, each with a key of its own."""
        token = self.admin if token == "" else token
        self._keys += 1
        headers = {"idempotency-key": f"key-{self._keys}"} if token and method == "POST" else {}
        client = self.system.client(service)
        answer: Answer = client(method, path, body, token=token, headers={**headers, **rest.pop("headers", {})}, **rest)
        assert answer.status == good if good else answer.status < 300, (method, path, answer)
        return answer.json if answer.text else None

    def _person(self, name: str) -> dict[str, Any]:
        return {
            "username": name,
            "email": f"{name}@{WORD}.example",
            "name": f"{name} of Karachi",
            "mobile_number": PHONE if name == WORD else OTHER_PHONE,
            "city": f"{WORD}-village",
            "country": "PK",
            "additional_details": {"guardian": f"{WORD}-guardian"},
        }

    def _login(self, username: str, password: str, good: int = 200) -> str:
        form = {"username": username, "password": password}
        # Who is not erased keeps a session, and so the address of it.
        headers = {"x-real-ip": "203.0.113.1"} if username in (_HEAD, _CLASSMATE) else {}
        pair = self._done("auth", "POST", "/auth/login", token=None, form=form, headers=headers, good=good)
        if good != 200:
            return ""
        self.secrets |= {pair["access_token"], pair["refresh_token"]}
        return str(pair["access_token"])

    def _join(self, email: str, password: str) -> tuple[str, str]:
        """Uses the invitation in the newest mail; username and token."""
        text = self._mail(email)
        [link] = re.findall(r"token=([\w.-]+)", text)
        self.secrets.add(link)
        body = {"token": link, "new_password": password}
        self._done("auth", "POST", "/auth/reset-password", body, token=None)
        self.system.process_events()
        return email, self._login(email, password)

    def _confirm(self, token: str, channel: str) -> None:
        password = {"current_password": PASSWORD} if channel == "mobile_number" else {}
        asked = {"channel": channel, **password}
        started = self._done("auth", "POST", "/auth/verify/start", asked, token=token, good=202)
        self.system.process_events()
        profile = self._done("auth", "GET", "/auth/profile", token=token)
        code = self._code(profile["email"] if channel == "email" else PHONE)
        confirmed = {"verify_id": started["verify_id"], "code": code}
        self._done("auth", "POST", "/auth/verify", confirmed, token=token)
        self.system.process_events()

    def _mail(self, address: str) -> str:
        mails = [mail for mail in self._mail_server.mails if address in str(mail["To"])]
        return text_of(mails[-1])

    def _code(self, destination: str) -> str:
        if "@" in destination:
            text = self._mail(destination)
        else:
            text = next(fields["Body"] for _, _, fields in reversed(self._twilio.calls) if fields["To"] == destination)
        [code] = set(re.findall(r"(?<![\w.=/-])\d{6}(?![\w-])", text))
        self.secrets.add(code)
        return str(code)

    def _upload(self) -> str:
        form = self._done("student", "POST", "/student/profilePicture", token=self.student)
        self._bucket.put_object(Key=form["upload"]["fields"]["key"], Body=PICTURE)
        return str(form["key"])

    def _exam(self, **fields: Any) -> str:
        body = {"courseId": self.course, "title": "Final", "duration": 60, "examDate": self._now.isoformat()}
        closes = {} if fields.get("paper") else {"closesAt": (self._now + timedelta(hours=3)).isoformat()}
        return str(self._done("exam", "POST", "/exams", {**body, **closes, **fields}, token=self.teacher)["id"])

    def _notice(self, event_id: str, number: str, amount: str, good: int = 200) -> None:
        body = {
            "event_id": event_id,
            "voucher_no": number,
            "amount": amount,
            "currency": "PKR",
            "paid_at": self._now.isoformat(),
            "reference": f"from {WORD}",
        }
        raw, at = json.dumps(body).encode(), str(int(self._now.timestamp()))
        signature = hmac.new(ENVIRONMENT["WEBHOOK_SECRET"].encode(), at.encode() + b"." + raw, hashlib.sha256)
        headers = {"content-type": "application/json", "x-signature": f"t={at},v1={signature.hexdigest()}"}
        self._done("payment", "POST", "/payments/webhook", token=None, raw=raw, headers=headers, good=good)
