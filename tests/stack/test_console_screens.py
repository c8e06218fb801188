"""Every screen, in a real browser: no barrier that axe finds, no error, nothing from elsewhere, nothing sideways."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.stack.conftest import StackUnderTest
from tests.stack.visit import Visit, words

pytestmark = pytest.mark.stack

WIDTHS = (1280, 390)
NARROWEST = 360
LANGUAGES = ("en", "ur")

# A new screen's address goes here; `{course}` is one of the demo school's.
SCREENS: dict[str, tuple[str, ...]] = {
    "": (
        "/",
        "/?q=nothing",
        "/app/courses/{course}",
        "/app/sign-in",
        "/app/register",
        "/app/forgot-password",
        "/app/reset-password#token=x",
        "/app/invitation#token=x",
        "/app/unsubscribe?token=x",
        "/app/nowhere",
    ),
    "student": (
        "/app",
        "/app/exams",
        "/app/report-cards",
        "/app/transcript",
        "/app/attendance",
        "/app/payments",
        "/app/notifications",
        "/app/profile",
        "/app/preferences",
        "/app/sign-ins",
        "/app/calendar",
        "/app/my-data",
    ),
    "teacher": ("/app", "/app/profile"),
    "admin": (
        "/app",
        "/app/profile",
        "/app/admin/people",
        "/app/admin/people/import-list",
        "/app/admin/programs",
        "/app/admin/vouchers",
        "/app/admin/messages",
        "/app/admin/terms",
        "/app/admin/failures",
        "/app/admin/audit",
        "/app/admin/institute",
    ),
}

# What a button of a screen opens: the person's menu, and dialogs.
OPENED = {
    "/app": ("frame.person",),
    "/app/admin/people": ("administrator.people.invite",),
    "/app/admin/programs": ("administrator.programs.new",),
    "/app/admin/vouchers": ("administrator.vouchers.issue",),
    "/app/admin/terms": ("administrator.terms.new",),
}
_OPEN = ".menu-list, dialog[open]"


@pytest.fixture(params=SCREENS)
def visit(request: pytest.FixtureRequest, browser: Browser, school: StackUnderTest) -> Iterator[tuple[Visit, str]]:
    visit, role = Visit(browser, school), request.param
    if role:
        visit.sign_in_by_click(role)
    else:
        visit.page.goto("/")
    yield visit, role
    visit.context.close()


def test_every_screen_of_a_role_is_for_everybody(visit: tuple[Visit, str]) -> None:
    shown, role = visit
    course = _course(shown)
    faults = {}
    for number, path in enumerate(SCREENS[role]):
        # Each is loaded once, in the one language or the other: a load costs as much as all that is looked at.
        shown.open(path.format(course=course), LANGUAGES[number % 2])
        for language in LANGUAGES[number % 2 :] + LANGUAGES[: number % 2]:
            shown.choose(language)
            for key in OPENED.get(path, ()):
                name = words(language)[key].partition("{")[0].strip()
                shown.page.get_by_role("button", name=name).first.click()
                shown.page.locator(_OPEN).wait_for()
                # A menu hides a part of what is below it.
                if barriers := shown.barriers(within=_OPEN):
                    faults[path, language, key] = barriers
                shown.page.keyboard.press("Escape")
            for width in WIDTHS:
                shown.page.set_viewport_size({"width": width, "height": 800})
                for colours in ("light", "dark"):
                    shown.page.emulate_media(color_scheme=colours)
                    if barriers := shown.barriers():
                        faults[path, language, width, colours] = barriers
            shown.page.set_viewport_size({"width": NARROWEST, "height": 800})
            if shown.width() > NARROWEST:
                faults[path, language, NARROWEST, "sideways"] = [shown.width()]
    assert not faults, faults
    assert not shown.complaints, shown.complaints


def _course(shown: Visit) -> str:
    """The first course of the first program."""
    ask = shown.context.request
    program = ask.get("/programs/list").json()["items"][0]["id"]
    return str(ask.get(f"/programs/{program}/courses").json()["items"][0]["id"])
