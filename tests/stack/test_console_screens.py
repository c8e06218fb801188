"""Every screen, in a real browser: no barrier that axe finds, no error, nothing from elsewhere, nothing sideways."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.stack.conftest import StackUnderTest
from tests.template import ROOT

pytestmark = pytest.mark.stack

AXE = ROOT / "tests" / "console" / "vendor" / "axe.min.js"
WIDTHS = (1280, 390)
NARROWEST = 360
LANGUAGES = ("en", "ur")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# A new screen's address goes here.
SCREENS: dict[str, tuple[str, ...]] = {
    "": (
        "/",
        "/?q=nothing",
        "/app/sign-in",
        "/app/register",
        "/app/forgot-password",
        "/app/reset-password#token=x",
        "/app/unsubscribe?token=x",
        "/app/nowhere",
    ),
    "student": ("/app",),
    "teacher": ("/app",),
    "admin": ("/app",),
}


class Visit:
    """A page whose complaints, and requests to other hosts, are noted."""

    def __init__(self, browser: Browser, stack: StackUnderTest) -> None:
        self._own = (stack.settings.gateway_url, stack.settings.emulator_url, "data:", "blob:")
        self.complaints: list[str] = []
        self.context = browser.new_context(base_url=stack.settings.gateway_url)
        self.context.add_init_script(path=AXE)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._watch)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith(self._own):
            self.complaints.append(f"{request.url} is elsewhere")

    def sign_in(self, role: str) -> None:
        """As one of the demo people, by one click."""
        self.page.goto("/app/sign-in")
        self.page.get_by_role("button", name={"admin": "Administrator"}.get(role, role.capitalize())).click()
        self.page.wait_for_url("**/app")

    def open(self, path: str, language: str) -> None:
        """A screen, loaded whole."""
        self.page.evaluate("language => localStorage.setItem('lms.language', language)", language)
        # From elsewhere, so that a `#` in the address loads it anew too.
        self.page.goto("about:blank")
        self.page.goto(path)
        self.page.wait_for_selector(f"html[lang={language}] h1")
        self.page.wait_for_load_state("networkidle")

    def barriers(self) -> list[Any]:
        """What axe finds: each rule, and where."""
        found = self.page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)
        return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]]

    def width(self) -> int:
        """What the screen needs, which is what it has unless something stands out."""
        needed: int = self.page.evaluate("document.documentElement.scrollWidth")
        return needed


@pytest.fixture(params=SCREENS)
def visit(request: pytest.FixtureRequest, browser: Browser, school: StackUnderTest) -> Iterator[tuple[Visit, str]]:
    visit, role = Visit(browser, school), request.param
    if role:
        visit.sign_in(role)
    else:
        visit.page.goto("/")
    yield visit, role
    visit.context.close()


def test_every_screen_of_a_role_is_for_everybody(visit: tuple[Visit, str]) -> None:
    shown, role = visit
    faults = {}
    for path in SCREENS[role]:
        for language in LANGUAGES:
            shown.open(path, language)
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
