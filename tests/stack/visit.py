"""A page in a real browser, which is looked at as strictly as the screens promise."""

import json
from functools import cache
from typing import Any

from jose import jwt
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from operations.source import ROOT
from tests.stack.clients import Person
from tests.stack.conftest import StackUnderTest

_AXE = ROOT / "tests" / "console" / "vendor" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of what passes, axe would describe every element.
_FIND = """async ([within, tags]) =>
  (await axe.run(within ?? document, { runOnly: tags, resultTypes: ['violations'] })).violations"""
# 0 where the focus is, else on which side of it.
_SIDE = """target => {
  const at = document.activeElement;
  if (at === target) return 0;
  return at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""
_MOST_TABS = 150
_WORDS = ROOT / "functions" / "console" / "static" / "words"


@cache
def words(language: str) -> dict[str, Any]:
    """What the screens say, by key."""
    read: dict[str, Any] = {}
    for path in (_WORDS / language).glob("*.json"):
        read |= json.loads(path.read_text())
    return read


def barriers_of(page: Page, within: str | None = None) -> list[Any]:
    """What axe finds, in the whole page or within what a selector finds: each rule, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_AXE.read_text()};0")
    found = page.evaluate(_FIND, [within, _TAGS])
    return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]


def sign_in(page: Page, name: str, password: str) -> None:
    """As the sign-in screen leaves it, without the screen: that costs more than most of what comes after it."""
    form = {"username": name, "password": password}
    answer = page.request.post("/auth/session", form=form, headers={"X-Requested-With": "console"})
    assert answer.ok, answer.text()
    claims = jwt.get_unverified_claims(answer.json()["access_token"])
    person = {"id": claims["sub"], "role": claims["role"], "username": claims["username"]}
    # Of the console's host, and nothing that runs.
    page.goto("/service-worker.js")
    page.evaluate("person => localStorage.setItem('lms.person', JSON.stringify(person))", person)


class Keyboard:
    """A page that is used by keys alone."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def reach(self, target: Locator) -> None:
        """By Tab, or Shift and Tab where it stands before."""
        expect(target).to_be_visible()
        for _ in range(_MOST_TABS):
            side = target.evaluate(_SIDE)
            if side == 0:
                return
            self._page.keyboard.press("Tab" if side > 0 else "Shift+Tab")
        raise AssertionError(f"no way by Tab to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.reach(target)
        self._page.keyboard.press(key)

    def type(self, target: Locator, text: str) -> None:
        """In the place of what stands there; of a list, the entry that begins so."""
        self.reach(target)
        self._page.keyboard.press("Control+a")
        self._page.keyboard.type(text)

    def tab(self, name: str) -> None:
        """Of tabs beside one another, arrows choose."""
        self.reach(self._page.get_by_role("tab", selected=True))
        chosen = self._page.get_by_role("tab", selected=True, name=name)
        for _ in range(_MOST_TABS):
            if chosen.is_visible():
                return
            self._page.keyboard.press("ArrowRight")
        raise AssertionError(f"no tab {name}")

    def date(self, target: Locator, value: str) -> None:
        """The parts of a date are the browser's own."""
        self.reach(target)
        target.fill(value)

    def file(self, target: Locator, file: Any) -> None:
        """By the browser's own window for files."""
        with self._page.expect_file_chooser() as chooser:
            self.press(target)
        chooser.value.set_files(file)


class Visit:
    """A page whose complaints, and requests to other hosts, are noted."""

    def __init__(self, browser: Browser, stack: StackUnderTest) -> None:
        self._demo_password = stack.settings.demo_password
        self._own = (stack.settings.gateway_url, stack.settings.emulator_url, "data:", "blob:")
        self.complaints: list[str] = []
        self.context = browser.new_context(base_url=stack.settings.gateway_url)
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

    def sign_in_by_click(self, role: str) -> None:
        """As one of the demo people, on the sign-in screen."""
        self.page.goto("/app/sign-in")
        self.page.get_by_role("button", name={"admin": "Administrator"}.get(role, role.capitalize())).click()
        self.page.wait_for_url("**/app")

    def sign_in(self, role: str) -> None:
        """As one of the demo people; no screen is open yet."""
        sign_in(self.page, f"{role}@demo.example", self._demo_password)

    def sign_in_as(self, person: Person) -> None:
        """No screen is open yet."""
        sign_in(self.page, person.name, person.password)

    def fill_in(self, person: Person, language: str) -> None:
        """What the sign-in screen asks, wherever it stands."""
        said = words(language)
        self.page.get_by_label(said["signIn.username"]).fill(person.name)
        self.page.get_by_label(said["password.label"], exact=True).fill(person.password)
        self.page.get_by_role("button", name=said["signIn.title"]).click()

    def open(self, path: str, language: str) -> None:
        """A screen, loaded whole."""
        self._remember(language)
        self.page.goto(path)
        self._wait(language)

    def _remember(self, language: str) -> None:
        self.page.evaluate("language => localStorage.setItem('lms.language', language)", language)

    def _wait(self, language: str) -> None:
        self.page.wait_for_selector(f"html[lang={language}] h1")
        self.page.wait_for_load_state("networkidle")
        # On a busy machine, half a second without a request is no sign that the header has its name.
        expect(self.page.locator(".brand bdi:empty")).to_have_count(0, timeout=60_000)

    def choose(self, language: str) -> None:
        """The language, in the menu of the screen that is shown; one without the menu is loaded anew."""
        shown = self.page.evaluate("document.documentElement.lang")
        if shown == language:
            return
        if not self.page.locator(".header").is_visible():
            self._remember(language)
            self.page.reload()
            self._wait(language)
            return
        name = words(shown)["frame.language"].replace("{name}", "")
        self.page.get_by_role("button", name=name).click()
        self.page.locator(f".menu-list button[lang={language}]").click()
        self.page.locator(".menu-list").wait_for(state="hidden")
        self.page.wait_for_selector(f"html[lang={language}] h1")
        # Its letters have come, and what is shown is laid out with them.
        self.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")

    def barriers(self, within: str | None = None) -> list[Any]:
        """What axe finds on the page, or in what a selector finds there."""
        return barriers_of(self.page, within)

    def width(self) -> int:
        """What the screen needs, which is what it has unless something stands out."""
        needed: int = self.page.evaluate("document.documentElement.scrollWidth")
        return needed
