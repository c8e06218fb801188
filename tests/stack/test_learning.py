"""A course taught, examined and paid for, on the real stack: what one service does, the others know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.stack.clients import Person, eventually
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course

pytestmark = pytest.mark.stack

QUESTION = {
    "questionText": "Which of them plans?",
    "kind": "single",
    "choices": [{"id": "agent", "text": "The agent"}, {"id": "tool", "text": "The tool"}],
    "correctAnswer": "agent",
}


def test_an_exam_is_sat_and_the_report_card_shows_it_with_lessons_and_attendance(stack: StackUnderTest) -> None:
    course, student = Course(stack, "Examined"), Person(stack, "exam-sitter").joined()
    done, teacher = course.done, course.teacher
    student_id = done(student, "GET", "/auth/profile")["id"]
    done(student, "POST", f"/courses/{course.id}/enrollments", {})
    now = datetime.now(UTC)
    exam = done(
        teacher,
        "POST",
        "/exams",
        {
            "courseId": course.id,
            "title": "Final",
            "duration": 30,
            "examDate": (now - timedelta(minutes=1)).isoformat(),
            "closesAt": (now + timedelta(hours=1)).isoformat(),
            "release": "onSubmit",
        },
    )
    question = done(teacher, "POST", f"/exams/{exam['id']}/questions", QUESTION)
    done(teacher, "PUT", f"/exams/{exam['id']}", {"published": True})

    def scheduled() -> Any:
        return done(student, "GET", f"/courses/schedule?courseId={course.id}")["items"] or None

    assert [item["title"] for item in eventually(scheduled)] == ["Final"]
    attempt = done(student, "POST", f"/exams/{exam['id']}/attempts")
    assert "correctAnswer" not in str(attempt)
    done(student, "PUT", f"/attempts/{attempt['id']}/answers", {question["id"]: "agent"})
    done(student, "POST", f"/attempts/{attempt['id']}/submit")
    lesson = course.outline["modules"][0]["lessons"][0]["id"]
    done(student, "PUT", f"/progress/{student_id}/{course.id}/lessons/{lesson}")
    day = now.date().isoformat()
    records = [{"studentId": student_id, "status": "present"}]
    done(teacher, "POST", "/attendance", {"courseId": course.id, "date": day, "records": records})

    def whole_card() -> Any:
        cards = done(student, "GET", "/student/reportCards")["items"]
        card = next((card for card in cards if card["course_id"] == course.id), None)
        facts = card and (card["grade"], card["completion_percentage"], card["attendance"])
        return card if facts == ("A", 100, 100) else None

    eventually(whole_card)
    history = done(student, "GET", "/student/courseHistory")
    [shown] = [c for p in history["Programs"] for c in p["Courses"] if c["CourseId"] == course.id]
    assert (shown["Grade"], shown["CompletionPercentage"]) == ("A", 100)
    assert shown["Chapters"][0]["Topics"][0]["Title"] == "A first agent"


def test_a_course_that_costs_takes_whoever_has_paid(stack: StackUnderTest) -> None:
    course, student = Course(stack, "Paid", requiresPayment=True, fee="5000.00"), Person(stack, "payer").joined()
    done, enrollments = course.done, f"/courses/{course.id}/enrollments"
    profile = done(student, "GET", "/auth/profile")
    refused = student.call("POST", enrollments, json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:lms:problem:unpaid")
    voucher = done(
        course.admin,
        "POST",
        "/payments/vouchers",
        {
            "student_id": profile["id"],
            "course_id": course.id,
            "quarter": "Q4",
            "fee": "5000.00",
            "due_date": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
        },
    )
    number = voucher.get("voucher_no") or voucher["VoucherNo"]
    pair = {"StudentRollNo": profile["roll_no"], "Password": student.password}
    status = student.http.post("/student/payment", json=pair)
    assert status.status_code == 200, status.text
    shown = status.json()
    assert (shown["Course"], shown["Fee"], shown["Payment"], shown["Date"]) == ("Paid", "5000 Rs", "Unpaid", None)
    wrong = student.http.post("/student/payment", json={**pair, "Password": "not-the-password"})
    assert wrong.status_code == 401
    done(course.admin, "POST", f"/payments/vouchers/{number}/confirm")

    def enrolled() -> Any:
        answer = student.call("POST", enrollments, json={})
        assert answer.status_code in (201, 409), answer.text
        return answer if answer.status_code == 201 else None

    eventually(enrolled)
    assert student.http.post("/student/payment", json=pair).json()["Payment"] == "Paid"
