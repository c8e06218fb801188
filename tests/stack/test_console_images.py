"""Images in questions: sent in the console by a teacher, and seen by a student who sits the exam."""

import base64
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.stack.clients import demo_person
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.visit import Visit

pytestmark = pytest.mark.stack
expect.set_options(timeout=30_000)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _is_seen(page: Page, name: str) -> None:
    image = page.get_by_role("img", name=name).first
    expect(image).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth === 1", arg=image.element_handle())


def test_an_image_that_a_teacher_puts_into_a_question_is_seen_by_its_students(
    browser: Browser, stack: StackUnderTest
) -> None:
    course = Course(stack, f"Images {uuid4()}")
    student = demo_person(stack, "student")
    Course.done(student, "POST", f"/courses/{course.id}/enrollments")
    terms = {"title": "Images", "duration": 60, "examDate": datetime.now(UTC).isoformat(), "courseId": course.id}
    exam = Course.done(course.teacher, "POST", "/exams", terms)["id"]

    visit = Visit(browser, stack)
    page = visit.page
    visit.sign_in("teacher")
    page.evaluate("localStorage.setItem('lms.language', 'en')")
    page.goto(f"/app/teach/exams/{exam}")
    page.get_by_role("button", name="Add a question").click()
    dialog = page.get_by_role("dialog")
    choice = dialog.get_by_label("Choice 1", exact=True)
    choice.fill("Left ")
    _send(dialog, "A [tree].png")
    expect(choice).to_have_value(re.compile(r"^Left !\[A  tree \]\(image:[0-9a-f-]{36}\.png\)$"))
    text = dialog.get_by_label("Question", exact=True)
    text.fill("Look: ")
    _send(dialog, "A loop.png")
    expect(text).to_have_value(re.compile(r"^Look: !\[A loop\]\(image:"))
    assert visit.barriers() == []
    dialog.get_by_label("Choice 2", exact=True).fill("Right")
    dialog.get_by_label("Choice 1 is right").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).not_to_be_visible()
    _is_seen(page, "A loop")
    _is_seen(page, "A  tree ")
    assert (visit.barriers(), visit.complaints) == ([], [])

    Course.done(course.teacher, "PUT", f"/exams/{exam}", {"published": True})
    Course.done(student, "POST", f"/exams/{exam}/attempts")
    visit = Visit(browser, stack)
    visit.sign_in("student")
    visit.page.goto(f"/app/exams/{exam}/sit")
    _is_seen(visit.page, "A loop")
    _is_seen(visit.page, "A  tree ")
    assert (visit.barriers(), visit.complaints) == ([], [])


def _send(dialog: Locator, name: str) -> None:
    image: Any = {"name": name, "mimeType": "image/png", "buffer": PNG}
    dialog.get_by_label("Add an image").set_input_files(image)
