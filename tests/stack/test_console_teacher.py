"""What a teacher does from setting an exam to the gradebook, in a real browser."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.stack.clients import Person, eventually
from tests.stack.conftest import StackUnderTest
from tests.stack.taught import Course
from tests.stack.visit import Keyboard, Visit

pytestmark = pytest.mark.stack
expect.set_options(timeout=30_000)

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
NARROWEST = {"width": 360, "height": 800}
OF_A_COURSE = (
    "",
    "/gradebook",
    "/exams",
    "/exams/new",
    "/bank",
    "/outline",
    "/attendance",
    "/extra-time",
    "/message",
    "/feedback",
    "/imports",
    "/settings",
)
OF_AN_EXAM = ("", "/settings", "/preview", "/attempts", "/extra-time", "/results")
GIFT = """
$CATEGORY: loops

::First::Loops repeat.{TRUE}

::Second::Loops end.{TRUE}
"""


def _student(stack: StackUnderTest, course: Course, name: str) -> Person:
    """Somebody of the course, whose name its teacher reads."""
    student = Person(stack, f"learner-{uuid4()}").joined()
    course.done(student, "PUT", "/auth/profile", {"name": name})
    course.done(student, "POST", f"/courses/{course.id}/enrollments")
    return student


def _waits(teacher: Person, path: str, exam: str) -> bool | None:
    """Whether the exam is among what the teacher has to mark, which they hear of by an event."""
    return any(attempt["examId"] == exam for attempt in Course.done(teacher, "GET", path)["items"]) or None


def _sit(student: Person, exam: str, answers: dict[str, Any]) -> str:
    """An attempt with an answer for each kind of question, submitted."""
    attempt = Course.done(student, "POST", f"/exams/{exam}/attempts")
    given = {question["id"]: answers[question["kind"]] for question in attempt["questions"]}
    Course.done(student, "PUT", f"/attempts/{attempt['id']}/answers", given)
    Course.done(student, "POST", f"/attempts/{attempt['id']}/submit")
    return str(attempt["id"])


def test_a_teacher_sets_an_exam_marks_it_and_releases_the_grades_by_keys_alone(
    browser: Browser, stack: StackUnderTest
) -> None:
    course = Course(stack, f"Agents that mark {uuid4()}")
    name = f"Zainab {uuid4()}"
    student = _student(stack, course, name)
    visit = Visit(browser, stack)
    page = visit.page
    keys = Keyboard(page)

    def click(name: str, role: Any = "button") -> None:
        keys.press(page.get_by_role(role, name=name, exact=True).first)

    visit.sign_in("teacher")
    page.evaluate("localStorage.setItem('lms.language', 'en')")
    page.goto(f"/app/teach/courses/{course.id}")
    expect(page.get_by_role("rowheader", name=name)).to_be_visible()

    # Two questions come from elsewhere, and each attempt is to have one of them.
    click("Import and export", "link")
    chosen = {"name": "loops.gift", "mimeType": "text/plain", "buffer": GIFT.encode()}
    keys.file(page.get_by_role("button", name="Choose a file").last, chosen)
    expect(page.get_by_text("Ready to apply")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("button", name="All (3)")).to_be_visible()
    assert visit.barriers() == []
    click("Apply")
    expect(page.get_by_text("2 added")).to_be_visible(timeout=120_000)
    click("Open the question bank", "link")
    expect(page.get_by_text("Loops repeat.")).to_be_visible()
    click("Edit")
    keys.type(page.get_by_label("Difficulty").last, "Easy")
    click("Save")
    expect(page.get_by_role("listitem").get_by_text("Easy")).to_be_visible()
    keys.type(page.get_by_role("search").get_by_label("Difficulty"), "Hard")
    click("Show")
    expect(page.get_by_text("No question fits.")).to_be_visible()

    click("Exams", "link")
    click("New exam", "link")
    keys.type(page.get_by_label("Title"), "Midterm")
    opens, closes = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC) + timedelta(days=1)
    keys.date(page.get_by_label("Opens"), _typed(page, opens))
    keys.date(page.get_by_label("Closes"), _typed(page, closes))
    keys.type(page.get_by_label("Results are shown"), "When I release")
    click("Create the exam")

    click("Add a question")
    keys.type(page.get_by_label("Question", exact=True), "Which one plans?")
    keys.type(page.get_by_label("Choice 1", exact=True), "An agent")
    keys.type(page.get_by_label("Choice 2", exact=True), "A stone")
    keys.press(page.get_by_label("Choice 1 is right"), "Space")
    click("Save")
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    click("Add a question")
    keys.type(page.get_by_label("Kind"), "Text")
    keys.type(page.get_by_label("Question", exact=True), "Why?")
    click("Save")
    expect(page.get_by_role("heading", name="Question 2")).to_be_visible()
    click("Add a question")
    keys.type(page.get_by_label("Kind"), "Matching")
    keys.type(page.get_by_label("Question", exact=True), "Which **unit** belongs to what?")
    for label, typed in {"Choice 1": "Newton", "Choice 2": "Watt", "Match 1": "Force", "Match 2": "Power"}.items():
        keys.type(page.get_by_label(label, exact=True), typed)
    keys.type(page.get_by_label("Right choice for match 1"), "Newton")
    keys.type(page.get_by_label("Right choice for match 2"), "Watt")
    assert visit.barriers() == []
    click("Save")
    expect(page.locator(".pairs").get_by_text("Newton")).to_be_visible()
    expect(page.locator("strong", has_text="unit")).to_be_visible()
    keys.press(page.get_by_role("button", name="Delete the question").last)
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Delete the question"))
    expect(page.get_by_role("heading", name="Question 3")).to_be_hidden()
    click("From the question bank")
    keys.tab("Draw at random")
    keys.type(page.get_by_label("Tag"), "loops")
    keys.type(page.get_by_label("Questions for each attempt"), "1")
    click("Add the draw")
    expect(page.get_by_role("heading", name="Drawn at random: 1 question")).to_be_visible()
    click("Publish")
    expect(page.get_by_text("Students see this exam.")).to_be_visible()
    assert visit.barriers() == []

    exam = page.url.rsplit("/", 1)[-1]
    _sit(student, exam, {"single": "a", "text": "It looks ahead.", "truefalse": True})
    teacher = Course.done(course.teacher, "GET", "/auth/profile")["id"]
    eventually(lambda: _waits(course.teacher, f"/instructors/{teacher}/marking", exam))

    click("Marking", "link")
    page.get_by_label("Marks for question 1").wait_for()
    # The demo teacher has more to mark than this.
    while not page.get_by_role("heading", name=name).is_visible():
        page.get_by_label("Marks for question 1").wait_for()
        click("Later")
    expect(page.get_by_text("It looks ahead.")).to_be_visible()
    expect(page.get_by_label("Marks for question 1")).to_be_focused()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"The marks of {name} were saved.")).to_be_visible()

    page.goto(f"/app/teach/exams/{exam}/results")
    click("Release the results")
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Close the exam and release"))
    expect(page.get_by_text("The results are released.")).to_be_visible()
    expect(page.get_by_role("row", name=name).get_by_text("Passed")).to_be_visible()
    assert visit.barriers() == []

    path = f"/courses/{course.id}/reportCards"
    eventually(lambda: Course.done(course.teacher, "GET", path)["items"][0]["grade"])
    page.goto(f"/app/teach/courses/{course.id}/gradebook")
    keys.reach(page.get_by_role("rowheader", name=name))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("gridcell", name="Grade A, change")).to_be_focused()
    page.keyboard.press("Enter")
    assert visit.barriers() == []
    keys.type(page.get_by_role("dialog").get_by_label("Grade"), "B")
    keys.type(page.get_by_label("Reason"), "Late by a day.")
    click("Save")
    expect(page.get_by_role("gridcell", name="Grade B, change")).to_be_visible()
    with page.expect_download() as downloaded:
        click("Download CSV")
    assert name in downloaded.value.path().read_text()
    visit.context.close()
    assert not visit.complaints, visit.complaints


def test_each_day_of_a_class_has_its_own_attendance(browser: Browser, stack: StackUnderTest) -> None:
    course = Course(stack, f"Agents that come {uuid4()}")
    name = f"Bilal {uuid4()}"
    _student(stack, course, name)
    visit = Visit(browser, stack)
    page = visit.page
    visit.sign_in("teacher")
    page.goto(f"/app/teach/courses/{course.id}/attendance?date=2026-03-04")
    absent = page.get_by_role("radiogroup", name=name).get_by_label("Absent")
    Keyboard(page).press(page.get_by_role("radiogroup", name=name).get_by_label("Present"), "a")
    expect(absent).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="The day before").click()
    page.wait_for_url("**date=2026-03-03")
    expect(absent).not_to_be_checked()
    expect(page.get_by_text("1 student is not marked yet.")).to_be_visible()
    page.get_by_role("button", name="The day after").click()
    expect(absent).to_be_checked()
    visit.context.close()
    assert not visit.complaints, visit.complaints


def _typed(page: Any, moment: datetime) -> str:
    """A moment as the browser's own zone has it in a field."""
    minutes: int = page.evaluate("moment => new Date(moment).getTimezoneOffset()", moment.isoformat())
    return (moment - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("role", ["teacher", "admin"])
def test_every_screen_of_a_course_and_its_exams_is_for_everybody(
    browser: Browser, stack: StackUnderTest, role: str
) -> None:
    course = Course(stack, "Agents that teach")
    student = _student(stack, course, "Nadia Akhtar")
    terms = {"duration": 60, "examDate": datetime.now(UTC).isoformat(), "release": "manual", "published": True}
    body = {"courseId": course.id, "title": "Midterm", **terms, "published": False}
    exam = course.done(course.teacher, "POST", "/exams", body)["id"]
    course.done(course.teacher, "POST", f"/exams/{exam}/questions", {"questionText": "Why?", "kind": "text"})
    course.done(course.teacher, "PUT", f"/exams/{exam}", {"published": True})
    _sit(student, exam, {"text": "کیونکہ"})
    paper = course.done(course.teacher, "POST", "/exams", {**body, "title": "Spoken", "paper": True, "published": True})
    student_id = course.done(student, "GET", "/auth/profile")["id"]
    course.done(student, "POST", "/feedback", {"courseId": course.id, "rating": 4, "comment": "Good."})
    question = {"questionText": "Is **it**?", "kind": "truefalse", "correctAnswer": True, "tags": ["loops"]}
    asked = course.done(course.teacher, "POST", f"/courses/{course.id}/questionBank", question)["id"]
    brought = course.done(course.teacher, "POST", f"/courses/{course.id}/imports", {"fileName": "loops.gift"})["id"]
    lesson = course.outline["modules"][0]["lessons"][0]["id"]
    of_the_course = (*OF_A_COURSE, f"/outline/{lesson}", f"/bank/{asked}", f"/imports/{brought}")
    screens = [
        *(f"/app/teach/courses/{course.id}{part}" for part in of_the_course),
        *(f"/app/teach/exams/{exam}{part}" for part in (*OF_AN_EXAM, f"/results/{student_id}")),
        f"/app/teach/exams/{paper['id']}/results",
        *(["/app", "/app/teach/marking", "/app/teach/messages"] if role == "teacher" else []),
    ]
    visit = Visit(browser, stack)
    visit.sign_in(role)
    faults: dict[tuple[str, ...], Any] = {}
    shown = (("en", DESK, "light"), ("ur", PHONE, "dark"))
    for path in screens:
        visit.open(path, "en")
        # What an administrator sees differs in nothing but the menu.
        for language, size, colours in shown if role == "teacher" else shown[:1]:
            visit.page.set_viewport_size(size)  # type: ignore[arg-type]
            visit.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
            visit.choose(language)
            if barriers := visit.barriers():
                faults[path, language] = barriers
            visit.page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
            if visit.width() > NARROWEST["width"]:
                faults[path, language, "sideways"] = [visit.width()]
    visit.context.close()
    assert not faults, faults
    assert not visit.complaints, visit.complaints
