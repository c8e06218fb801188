"""The administrator's journey in a real browser: an institute from a spreadsheet to a payment, and its name."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.conftest import StackUnderTest
from tests.stack.visit import Keyboard, Visit

pytestmark = pytest.mark.stack
expect.set_options(timeout=30_000)

PEOPLE = """name,email,is_type,roll_no
Rabia {mark},rabia-{mark}@example.com,student,R-{mark}
Tariq {mark},tariq-{mark}@example.com,teacher,
Nobody,not an address,student,
"""


@pytest.fixture
def visit(browser: Browser, stack: StackUnderTest) -> Iterator[Visit]:
    visit = Visit(browser, stack)
    visit.sign_in("admin")
    visit.page.goto("/app")
    yield visit
    visit.context.close()


def _says(page: Page, text: str) -> None:
    expect(page.locator(".toasts")).to_contain_text(text)


def _menu(keys: Keyboard, page: Page, name: str) -> None:
    keys.press(page.get_by_role("navigation", name="Menu").get_by_role("link", name=name, exact=True))
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_administrator_sets_up_a_course_from_a_list_to_a_payment_by_keys_alone(visit: Visit) -> None:
    page, mark = visit.page, uuid4().hex[:8]
    keys = Keyboard(page)
    sheet = {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.format(mark=mark).encode()}
    student, teacher = f"Rabia {mark}", f"Tariq {mark}"

    _menu(keys, page, "People")
    keys.press(page.get_by_role("link", name="Import a list"))
    keys.file(page.get_by_role("button", name="Choose a file").last, sheet)
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.get_by_role("row", name="not an address")).to_contain_text("Refused")
    keys.press(page.get_by_role("button", name="Import 2 rows"))
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    keys.press(page.get_by_role("link", name="See all people"))
    keys.type(page.get_by_label("Name, e-mail or roll number"), mark)
    keys.press(page.get_by_role("button", name="Show", exact=True))
    expect(page.get_by_role("row", name=student)).to_contain_text("Invited")

    _menu(keys, page, "Terms")
    keys.press(page.get_by_role("button", name="New term"))
    keys.type(page.get_by_label("Title"), f"Spring {mark}")
    keys.date(page.get_by_label("First day"), "2031-03-01")
    keys.date(page.get_by_label("Last day"), "2031-06-30")
    keys.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("row", name=f"Spring {mark}")).to_be_visible()

    _menu(keys, page, "Programs")
    keys.press(page.get_by_role("button", name="New program"))
    keys.type(page.get_by_label("Title"), f"Program {mark}")
    keys.press(page.get_by_role("button", name="Create"))
    expect(page.get_by_role("heading", name=f"Program {mark}")).to_be_visible()
    keys.press(page.get_by_role("button", name="New course"))
    keys.type(page.get_by_label("Title"), f"Course {mark}")
    keys.type(page.get_by_label("Term"), f"Spring {mark}")
    keys.type(page.get_by_label("Fee"), "5000")
    keys.press(page.get_by_role("button", name="Create"))
    expect(page.get_by_role("heading", name=f"Course {mark}")).to_be_visible()

    keys.tab("Teachers")
    keys.type(page.get_by_label("Assign a teacher"), teacher)
    keys.press(page.get_by_role("button", name=teacher))
    _says(page, f"{teacher} now teaches this course.")

    keys.tab("Students")
    keys.press(page.get_by_role("button", name="Enrol students"))
    keys.type(page.get_by_role("textbox", name="Students"), f"R-{mark}\nnobody@example.com")
    keys.press(page.get_by_role("button", name="Enrol", exact=True))
    expect(page.get_by_role("row", name="nobody@example.com")).to_contain_text("No such student")
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Close").last)
    expect(page.get_by_role("row", name=student)).to_contain_text("Active")

    keys.tab("Payments")
    keys.press(page.get_by_role("button", name="Issue vouchers"))
    keys.type(page.get_by_label("Quarter"), "Q1")
    keys.date(page.get_by_label("Due"), "2031-03-15")
    keys.press(page.get_by_role("button", name="Issue", exact=True))
    expect(page.get_by_role("dialog")).to_contain_text("1 voucher issued.")
    keys.press(page.get_by_role("dialog").get_by_role("button", name="Close").last)
    keys.press(page.get_by_role("button", name="Confirm payment of"))
    keys.press(page.get_by_role("button", name="Confirm payment", exact=True))
    expect(page.get_by_role("row", name=student)).to_contain_text("Paid")

    _menu(keys, page, "People")
    keys.type(page.get_by_label("Name, e-mail or roll number"), f"R-{mark}")
    keys.press(page.get_by_role("button", name="Show", exact=True))
    keys.press(page.get_by_role("link", name=student))
    keys.press(page.get_by_role("link", name="What was changed"))
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
