"""What has happened in the demo teacher's course: something in every list that a screen shows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from localstack.demo import exams
from localstack.demo.api import Api
from localstack.demo.exams import Exam
from localstack.demo.people import STUDENT

# Calls wait more than they work.
AT_ONCE = 4
_OK, _CREATED, _ACCEPTED, _NO_CONTENT = (frozenset({status}) for status in (200, 201, 202, 204))
_SESSIONS = (21, 14, 7)  # days ago
_ABSENCES = {0: {3: "absent", 7: "late"}, 1: {1: "excused", 5: "absent"}, 2: {3: "absent", 9: "late"}}
_FEEDBACK = {
    1: (5, "Every lesson ends with something that runs. I have never learned so fast."),
    2: (4, "اسباق بہت واضح ہیں، مشقیں کچھ زیادہ ہو سکتی تھیں۔"),
    4: (3, "The pace is high. One more week for memory and state would help."),
}
FEE = "12000.00"
_LESSONS_DONE = 5
_MESSAGES = (
    ("Office hours", "This week I am there on Thursday from 16:00 to 18:00. Bring your agent.", None),
    ("خوش آمدید", "اس کورس میں خوش آمدید۔ پہلا سبق کھول لیجیے، کوئی سوال ہو تو مجھے لکھیے۔", None),
    ("Project week", "Next week there are no lectures: build something with two agents.", timedelta(days=7)),
)


@dataclass(frozen=True)
class Course:
    """A course, with the tokens of those who act in it."""

    id: str
    api: Api
    admin: str
    teacher: str
    teacher_id: str
    now: datetime


@dataclass(frozen=True)
class Class:
    """Its students' ids by e-mail address, the demo student first; and the tokens of those who do something."""

    students: dict[str, str]
    tokens: dict[str, str]


def set_exams(course: Course) -> list[str]:
    """The ids of the course's exams. Before anybody is enrolled, so that nobody gets a mail for each."""
    listed = course.api.call("GET", f"/courses/{course.id}/exams", token=course.teacher, good=_OK).json()["items"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda exam: _set(course, exam, listed), exams.EXAMS))


def _set(course: Course, exam: Exam, listed: list[Any]) -> str:
    there = next((item for item in listed if item["title"] == exam.title), None)
    if there and there["published"]:
        return str(there["id"])
    if there:
        course.api.call("DELETE", f"/exams/{there['id']}", token=course.teacher, good=_NO_CONTENT)
    return exams.publish(course.api, course.teacher, exam, course.id, course.now)


def make_activity(course: Course, students: dict[str, str], exam_ids: list[str], report: Callable[[str], None]) -> None:
    """Each step takes what an interrupted earlier run has already done as done."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Signing in keeps a core busy: only those do who act.
        acting = list(students)[: exams.MOST_STUDENTS]
        class_ = Class(students, dict(zip(acting, pool.map(course.api.token, acting), strict=True)))
        _grant_more_time(course, students[acting[2]])
        steps = (_attendance, _feedback, _vouchers, _messages, _progress)
        under_way = [
            *(pool.submit(_hold, course, class_, *exam) for exam in zip(exams.EXAMS, exam_ids, strict=True)),
            *(pool.submit(step, course, class_) for step in steps),
        ]
        for future in under_way:
            future.result()
    report(f"{len(exam_ids)} exams, attendance, feedback, vouchers and messages are there to look at")


def _hold(course: Course, class_: Class, exam: Exam, exam_id: str) -> None:
    api, teacher = course.api, course.teacher
    if api.call("GET", f"/exams/{exam_id}/details", token=teacher, good=_OK).json()["releasedAt"]:
        return
    exams.sit(api, class_.tokens, exam, exam_id)
    exams.mark(api, teacher, exam, exam_id)
    exams.record(api, teacher, exam, exam_id, list(class_.students.values()))
    if exam.released:
        api.call("POST", f"/exams/{exam_id}/release", {"closeNow": True}, token=teacher, good=_OK)


def _grant_more_time(course: Course, student: str) -> None:
    path = f"/courses/{course.id}/accommodations/{student}"
    course.api.call("PUT", path, {"extraPercent": 25}, token=course.teacher, good=_OK)


def _attendance(course: Course, class_: Class) -> None:
    for days_ago, others in zip(_SESSIONS, _ABSENCES.values(), strict=True):
        records = [
            {"studentId": student, "status": others.get(index, "present")}
            for index, student in enumerate(class_.students.values())
        ]
        day = (course.now - timedelta(days=days_ago)).date().isoformat()
        body = {"courseId": course.id, "date": day, "records": records}
        course.api.call("POST", "/attendance", body, token=course.teacher, good=_CREATED | _OK)


def _feedback(course: Course, class_: Class) -> None:
    for index, (rating, comment) in _FEEDBACK.items():
        body = {"courseId": course.id, "rating": rating, "comment": comment}
        course.api.call("POST", "/feedback", body, token=list(class_.tokens.values())[index], good=_CREATED | _OK)


def _vouchers(course: Course, class_: Class) -> None:
    """To be paid, paid, cancelled, and overdue from tomorrow on, since none is issued for a day that has passed."""
    path, (own, second, third, *_others) = "/payments/vouchers", class_.students.values()
    if course.api.call("GET", f"{path}?course_id={course.id}", token=course.admin, good=_OK).json()["items"]:
        return
    today = course.now.date()
    issued = {}
    for student, quarter, due in (
        (own, "First half", today + timedelta(days=1)),
        (own, "Second half", today + timedelta(days=30)),
        (second, "First half", today),
        (third, "First half", today + timedelta(days=14)),
    ):
        body = {"student_id": student, "course_id": course.id, "quarter": quarter, "fee": FEE}
        issued[student, quarter] = course.api.call(
            "POST", path, {**body, "due_date": due.isoformat()}, token=course.admin, good=_CREATED
        ).json()["voucher_no"]
    course.api.call("POST", f"{path}/{issued[own, 'First half']}/confirm", token=course.admin, good=_OK)
    course.api.call("DELETE", f"{path}/{issued[third, 'First half']}", token=course.admin, good=_NO_CONTENT)


def _messages(course: Course, _: Class) -> None:
    path = f"/instructors/{course.teacher_id}/messages"
    listed = course.api.call("GET", path, token=course.teacher, good=_OK).json()["items"]
    written = {message["subject"] for message in listed}
    for subject, text, later in _MESSAGES:
        if subject not in written:
            body = {"course_id": course.id, "type": "announcement", "subject": subject, "message": text}
            at = {} if later is None else {"send_at": (course.now + later).isoformat()}
            content = {**body, **at, "channels": ["in_app"]}
            course.api.call("POST", "/notifications/send", content, token=course.teacher, good=_ACCEPTED)


def _progress(course: Course, class_: Class) -> None:
    outline: Any = course.api.call("GET", f"/courses/{course.id}/outline", token=course.teacher, good=_OK).json()
    lessons = [lesson["id"] for module in outline["modules"] for lesson in module["lessons"]]
    for lesson in lessons[:_LESSONS_DONE]:
        path = f"/progress/{class_.students[STUDENT]}/{course.id}/lessons/{lesson}"
        course.api.call("PUT", path, token=class_.tokens[STUDENT], good=_OK)
