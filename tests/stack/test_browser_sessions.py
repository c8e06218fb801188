"""A browser's session by cookie, in a real Chromium through the gateway."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack

_FETCH = """async ([method, url, form]) => {
  const headers = {"X-Requested-With": "fetch"}
  const body = form ? new URLSearchParams(form) : null
  try {
    const answer = await fetch(url, {method, headers, body, credentials: "include"})
    return {status: answer.status, body: await answer.text()}
  } catch (error) {
    return {status: 0, body: String(error)}
  }
}"""


def _call(page: Page, method: str, url: str, form: dict[str, str] | None = None) -> Any:
    return page.evaluate(_FETCH, [method, url, form])


@pytest.fixture
def two_tabs(browser: Browser, stack: StackUnderTest) -> Any:
    """Two tabs of a browser in which the demo's student has signed in, in the first."""
    context = browser.new_context(base_url=stack.settings.gateway_url)
    first, second = context.new_page(), context.new_page()
    for tab in (first, second):
        tab.set_default_timeout(60_000)
        tab.goto("/docs/events")
    form = {"username": "student@demo.example", "password": stack.settings.demo_password}
    answer = _call(first, "POST", "/auth/session", form)
    assert answer["status"] == 200, answer
    yield first, second
    context.close()


def test_a_browser_on_this_machine_keeps_the_cookie_away_from_scripts_and_other_paths(two_tabs: Any) -> None:
    first, _ = two_tabs
    [cookie] = first.context.cookies()
    kept = {name: cookie[name] for name in ("name", "path", "httpOnly", "secure", "sameSite")}
    flags = {"path": "/auth/session", "httpOnly": True, "secure": True, "sameSite": "Strict"}
    assert kept == {"name": "refresh_token", **flags}
    assert first.evaluate("document.cookie") == ""


def test_tabs_that_refresh_at_once_stay_signed_in_until_one_signs_out(two_tabs: Any) -> None:
    first, second = two_tabs
    first.evaluate(f"window.under = ({_FETCH})(['POST', '/auth/session/refresh', null])")
    assert _call(second, "POST", "/auth/session/refresh")["status"] == 200
    assert first.evaluate("window.under")["status"] == 200
    for tab in (second, first):
        assert _call(tab, "POST", "/auth/session/refresh")["status"] == 200
    assert _call(first, "DELETE", "/auth/session")["status"] == 204
    assert first.context.cookies() == []
    assert _call(second, "POST", "/auth/session/refresh")["status"] == 401


def test_a_page_of_another_port_cannot_use_the_session(two_tabs: Any, stack: StackUnderTest) -> None:
    first, second = two_tabs
    second.goto(stack.settings.mail_url)
    for method, path in (("POST", "/auth/session/refresh"), ("DELETE", "/auth/session")):
        assert _call(second, method, stack.settings.gateway_url + path)["status"] == 0
    # A form needs no leave, has the cookie sent (it is the same site), and lacks the header.
    with second.expect_response("**/auth/session/refresh") as sent:
        second.evaluate(
            """url => {
              const form = Object.assign(document.createElement("form"), {method: "POST", action: url})
              document.body.append(form)
              form.submit()
            }""",
            f"{stack.settings.gateway_url}/auth/session/refresh",
        )
    assert sent.value.status == 403
    assert _call(first, "POST", "/auth/session/refresh")["status"] == 200
