"""The administrator's journey in a real browser: an institute from a spreadsheet to a payment, and its name."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.conftest import StackUnderTest
from tests.stack.test_console_screens import Visit

pytestmark = pytest.mark.stack

PEOPLE = """name,email,is_type,roll_no
Rabia {mark},rabia-{mark}@example.com,student,R-{mark}
Tariq {mark},tariq-{mark}@example.com,teacher,
Nobody,not an address,student,
"""


@pytest.fixture
def visit(browser: Browser, stack: StackUnderTest) -> Iterator[Visit]:
    visit = Visit(browser, stack)
    visit.sign_in("admin")
    yield visit
    visit.context.close()


def _says(page: Page, text: str) -> None:
    expect(page.locator(".toasts")).to_contain_text(text)


def _menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Menu").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_administrator_sets_up_a_course_from_a_list_to_a_payment(visit: Visit) -> None:
    page, mark = visit.page, uuid4().hex[:8]
    sheet = {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.format(mark=mark).encode()}
    student, teacher = f"Rabia {mark}", f"Tariq {mark}"

    _menu(page, "People")
    page.get_by_role("link", name="Import a list").click()
    page.get_by_label("Choose a file").set_input_files(sheet)
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.get_by_role("row", name="not an address")).to_contain_text("Refused")
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    page.get_by_role("link", name="See all people").click()
    page.get_by_label("Name, e-mail or roll number").fill(mark)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("row", name=student)).to_contain_text("Invited")

    _menu(page, "Terms")
    page.get_by_role("button", name="New term").click()
    page.get_by_label("Title").fill(f"Spring {mark}")
    page.get_by_label("First day").fill("2031-03-01")
    page.get_by_label("Last day").fill("2031-06-30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=f"Spring {mark}")).to_be_visible()

    _menu(page, "Programs")
    page.get_by_role("button", name="New program").click()
    page.get_by_label("Title").fill(f"Program {mark}")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=f"Program {mark}")).to_be_visible()
    page.get_by_role("button", name="New course").click()
    page.get_by_label("Title").fill(f"Course {mark}")
    page.get_by_label("Term").select_option(f"Spring {mark}")
    page.get_by_label("Fee").fill("5000")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=f"Course {mark}")).to_be_visible()

    page.get_by_role("tab", name="Teachers").click()
    page.get_by_label("Assign a teacher").fill(teacher)
    page.get_by_role("button", name=teacher).click()
    _says(page, f"{teacher} now teaches this course.")

    page.get_by_role("tab", name="Students").click()
    page.get_by_role("button", name="Enrol students").click()
    page.get_by_role("textbox", name="Students").fill(f"R-{mark}\nnobody@example.com")
    page.get_by_role("button", name="Enrol", exact=True).click()
    expect(page.get_by_role("row", name="nobody@example.com")).to_contain_text("No such student")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    expect(page.get_by_role("row", name=student)).to_contain_text("Active")

    page.get_by_role("tab", name="Payments").click()
    page.get_by_role("button", name="Issue vouchers").click()
    page.get_by_label("Quarter").fill("Q1")
    page.get_by_label("Due").fill("2031-03-15")
    page.get_by_role("button", name="Issue", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("1 voucher issued.")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="Confirm payment of").click()
    page.get_by_role("button", name="Confirm payment", exact=True).click()
    expect(page.get_by_role("row", name=student)).to_contain_text("Paid")

    _menu(page, "People")
    page.get_by_label("Name, e-mail or roll number").fill(f"R-{mark}")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name=student).click()
    page.get_by_role("link", name="What was changed").click()
    for action in ("Account created", "Enrolment changed", "Voucher issued"):
        expect(page.get_by_role("row", name=action)).to_contain_text(student)
    expect(page.get_by_role("row", name="Payment confirmed")).to_contain_text("admin")
    assert visit.complaints == []


def test_the_institute_s_name_is_changed_and_seen_by_everybody(visit: Visit) -> None:
    page = visit.page
    page.goto("/app/admin/institute")
    before = page.get_by_label("Name").input_value()
    # The old name comes back, for the tests after this one.
    for wanted in (f"Institute {uuid4().hex[:8]}", before):
        page.get_by_label("Name").fill(wanted)
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("banner")).to_contain_text(wanted)
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_have_text(wanted)
        page.goto("/app/admin/institute")
    assert visit.complaints == []


def test_what_was_typed_stays_when_another_field_is_refused(visit: Visit) -> None:
    page = visit.page
    page.goto("/app/admin/people?q=student@demo.example")
    page.get_by_role("link", name="Demo Student").click()
    page.get_by_label("Name", exact=True).fill("Another name")
    page.get_by_label("Username", exact=True).fill("teacher@")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Username", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Another name")
    # The browser itself says that an answer was a refusal.
    assert all("422" in complaint for complaint in visit.complaints)
