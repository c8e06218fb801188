"""What everybody does with their own account, in a real browser: a student here, whose screens have everything."""

import struct
import zlib
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.clients import Person, code_in
from tests.stack.conftest import StackUnderTest
from tests.stack.visit import Visit, words

pytestmark = pytest.mark.stack

SAID = words("en")


def _png() -> bytes:
    """One white pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


@pytest.fixture
def student(stack: StackUnderTest) -> Person:
    return Person(stack, f"owner-{uuid4()}").joined()


@pytest.fixture
def page(browser: Browser, stack: StackUnderTest, student: Person) -> Iterator[Page]:
    visit = Visit(browser, stack)
    visit.sign_in_as(student)
    yield visit.page
    visit.context.close()
    assert not visit.complaints, visit.complaints


def _press(page: Page, key: str) -> None:
    page.get_by_role("button", name=SAID[key], exact=True).click()


def _done(page: Page, key: str) -> None:
    """What the screen says of it; closed, so that the same words are new the next time."""
    toast = page.locator(".toast").filter(has_text=SAID[key])
    expect(toast).to_be_visible()
    toast.get_by_role("button").click()


def test_somebody_changes_what_is_known_of_them(page: Page, student: Person) -> None:
    page.goto("/app/profile")
    page.get_by_label(SAID["account.profile.name"]).fill("Ayesha Khan")
    page.get_by_label(SAID["country"]).select_option("PK")
    page.locator("[type=date]").fill("2004-05-06")
    page.get_by_role("button", name=SAID["save"]).first.click()
    _done(page, "saved")
    page.locator("[type=file]").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": _png()})
    _done(page, "account.picture.changed")
    expect(page.get_by_alt_text(SAID["account.picture.alt"])).to_be_visible()
    profile = student.call("GET", "/student/profile").json()
    assert (profile["name"], profile["country"], profile["date_of_birth"]) == ("Ayesha Khan", "PK", "2004-05-06")
    assert profile["profile_picture_url"]


def test_somebody_confirms_an_address_and_changes_the_password(page: Page, student: Person) -> None:
    page.goto("/app/profile")
    _press(page, "account.contact.confirmEmail")
    _press(page, "account.contact.send")
    page.get_by_label(SAID["account.contact.code"]).fill(code_in(student.mail("code")))
    _press(page, "account.contact.check")
    _done(page, "account.contact.isConfirmed")
    expect(page.get_by_text(SAID["account.contact.confirmed"], exact=True)).to_be_visible()

    page.get_by_label(SAID["account.password.current"]).fill(student.password)
    page.get_by_label(SAID["account.password.new"]).fill("another-long-Walk-8")
    _press(page, "account.password.change")
    _done(page, "account.password.changed")
    # This browser stays signed in, also after its page is loaded anew; all else is signed out.
    page.goto("/app/sign-ins")
    expect(page.get_by_text(SAID["account.signIns.current"])).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=SAID["account.signIns.lastUsed"])).to_have_count(1)
    assert student.try_login().status_code == 401


def test_somebody_ends_another_sign_in(page: Page) -> None:
    page.goto("/app/sign-ins")
    # The test's own, by which it registered.
    page.get_by_role("button", name=SAID["account.signIns.end"]).click()
    page.get_by_role("dialog").get_by_role("button", name=SAID["account.signIns.end"]).click()
    _done(page, "account.signIns.ended")
    expect(page.get_by_role("button", name=SAID["account.signIns.end"])).to_have_count(0)


def test_somebody_chooses_what_to_be_told_and_takes_it_along(page: Page, student: Person) -> None:
    page.goto("/app/preferences")
    page.get_by_role("group", name=SAID["account.preferences.group.course"]).get_by_label(
        SAID["channel.email"]
    ).uncheck()
    page.get_by_label(SAID["account.preferences.quietOn"]).check()
    _press(page, "save")
    _done(page, "saved")
    me = student.call("GET", "/auth/profile").json()["id"]
    chosen = student.call("GET", f"/notifications/{me}/preferences").json()
    assert (chosen["channels"]["course"], chosen["quiet_hours"]) == (["in_app"], {"from": "22:00", "until": "07:00"})

    page.goto("/app/calendar")
    _press(page, "account.calendar.make")
    address = page.locator("code").inner_text()
    assert student.http.get(address).text.startswith("BEGIN:VCALENDAR")
    _press(page, "account.calendar.end")
    page.get_by_role("dialog").get_by_role("button", name=SAID["account.calendar.end"]).click()
    _done(page, "account.calendar.ended")
    assert student.http.get(address).status_code == 404

    page.goto("/app/my-data")
    _press(page, "account.myData.request")
    file = page.get_by_role("link", name=SAID["account.myData.download"]).get_attribute("href")
    assert student.email in student.http.get(str(file)).text


def test_what_the_api_refuses_is_said_in_the_readers_language(
    browser: Browser, stack: StackUnderTest, student: Person
) -> None:
    said = words("ur")
    visit = Visit(browser, stack)
    visit.sign_in_as(student)
    for path in (f"/app/courses/{uuid4()}", f"/app/exams/{uuid4()}", f"/app/exams/{uuid4()}/sit"):
        visit.open(path, "ur")
        expect(visit.page.get_by_text(said["problem.404"])).to_be_visible()
    expect(visit.page.get_by_role("link", name=said["sit.back"])).to_be_visible()
    visit.open("/app/profile", "ur")
    visit.page.get_by_label(said["account.password.current"]).fill(student.password)
    visit.page.get_by_label(said["account.password.new"]).fill("password1")
    visit.page.get_by_role("button", name=said["account.password.change"]).click()
    expect(visit.page.get_by_text(said["fault.weak_password"])).to_be_visible()
    visit.context.close()
