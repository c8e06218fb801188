"""What a student does from the first day to the grade, in a real browser, in both languages."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from tests.stack.clients import Person, eventually
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.visit import Visit, words

pytestmark = pytest.mark.stack

PHONE: ViewportSize = {"width": 390, "height": 800}
DESK: ViewportSize = {"width": 1280, "height": 800}
MOST_TABS = 80


def _exam(course: Course) -> str:
    """Open now, with one question, whose answers a teacher releases."""
    terms = {"title": "Midterm", "duration": 60, "examDate": datetime.now(UTC).isoformat(), "release": "manual"}
    exam: str = course.done(course.teacher, "POST", "/exams", {"courseId": course.id, **terms})["id"]
    question = {"questionText": "Is it?", "kind": "truefalse", "correctAnswer": True, "explanation": "It is."}
    course.done(course.teacher, "POST", f"/exams/{exam}/questions", question)
    course.done(course.teacher, "PUT", f"/exams/{exam}", {"published": True})
    return exam


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_student_enrols_learns_sits_an_exam_and_sees_the_grade(
    browser: Browser, stack: StackUnderTest, language: str
) -> None:
    said = words(language)
    course = Course(stack, "Agents that plan")
    exam = _exam(course)
    student = Person(stack, f"learner-{uuid4()}").joined()
    visit = Visit(browser, stack)
    page = visit.page

    def press(target: Locator, key: str = "Enter") -> None:
        """In English by the keyboard alone."""
        if language != "en":
            return target.click()
        expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return page.keyboard.press(key)
            page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {target}")

    def click(key: str, role: Literal["button", "link"] = "button") -> None:
        press(page.get_by_role(role, name=said[key], exact=True).first)

    def see(key: str) -> None:
        expect(page.get_by_text(said[key], exact=True).first).to_be_visible()

    def is_for_everybody() -> None:
        for size, colours in product((DESK, PHONE), ("light", "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
            barriers = visit.barriers()
            assert not barriers, barriers
            assert visit.width() <= size["width"]

    # Whoever is not signed in sees what the course teaches, and comes back to it.
    page.goto("/")
    page.evaluate("language => localStorage.setItem('lms.language', language)", language)
    page.goto(f"/app/courses/{course.id}")
    click("anybody.course.signIn", "link")
    visit.fill_in(student, language)

    click("student.course.enroll")
    see("student.course.firstIs")
    # It is in passing, and over what is looked at.
    page.locator(".toast").get_by_role("button").click()
    is_for_everybody()
    page.set_viewport_size(PHONE)
    click("student.course.begin", "link")
    expect(page.get_by_role("heading", name="A first agent")).to_be_visible()
    # On a phone the outline is closed beside a lesson, and one press away.
    lesson = page.get_by_role("navigation", name=said["student.course.contents"]).get_by_role(
        "link", name="A first agent"
    )
    expect(lesson).to_be_hidden()
    click("student.course.contents")
    expect(lesson).to_be_visible()
    is_for_everybody()
    click("student.lesson.finish")
    see("student.course.allDone")
    press(page.get_by_role("radio").first, "Space")
    click("student.feedback.send")
    see("student.feedback.thanks")

    page.set_viewport_size(DESK)
    click("student.nav.exams", "link")
    click("exam.begin", "link")
    click("sit.begin.now")
    press(page.get_by_label(said["sit.true"]), "Space")
    click("sit.submit")
    press(page.get_by_role("dialog").get_by_role("button", name=said["sit.submit"]))
    path = f"/exams/{exam}/attempts"
    eventually(lambda: course.done(course.teacher, "GET", path)["items"][0]["submittedAt"])
    course.done(course.teacher, "POST", f"/exams/{exam}/release", {"closeNow": True})

    # Their notification leads there.
    message = eventually(lambda: _message(student, "result_released"))
    page.goto("/app/notifications")
    press(page.get_by_role("listitem").filter(has_text=message).get_by_role("link"))
    see("resultStatus.passed")
    is_for_everybody()

    page.set_viewport_size(DESK)
    click("student.nav.reportCards", "link")
    see("student.reportCards.how")
    expect(page.get_by_role("link", name="Midterm")).to_be_visible()
    is_for_everybody()
    visit.context.close()
    assert not visit.complaints, visit.complaints


def test_a_student_sees_exactly_what_to_pay_and_by_when(browser: Browser, stack: StackUnderTest) -> None:
    course = Course(stack, "Agents that pay")
    student = Person(stack, f"payer-{uuid4()}").joined()
    due = datetime.now(UTC).date() + timedelta(days=30)
    voucher = {"course_id": course.id, "quarter": "Spring", "fee": "12500.50", "due_date": str(due)}
    voucher["student_id"] = student.call("GET", "/auth/profile").json()["id"]
    number = course.done(course.admin, "POST", "/payments/vouchers", voucher)["voucher_no"]
    visit = Visit(browser, stack)
    visit.sign_in_as(student)
    for language in ("en", "ur"):
        visit.open(f"/app/payments/{number}", language)
        shown = visit.page.get_by_role("listitem").filter(has_text=number)
        # In some languages a browser rounds rupees.
        expect(shown).to_contain_text("12,500.50")
        expect(shown.locator(f"time[datetime='{due}']")).to_be_visible()
        assert not (barriers := visit.barriers()), barriers
    visit.context.close()
    assert not visit.complaints, visit.complaints


def _message(student: Person, kind: str) -> str | None:
    """The words of the newest notification of a kind."""
    me = student.call("GET", "/auth/profile").json()["id"]
    listed = student.call("GET", f"/notifications/{me}/list").json()["items"]
    return next((str(each["message"]).splitlines()[0] for each in listed if each["type"] == kind), None)
