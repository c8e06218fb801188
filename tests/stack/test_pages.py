"""The pages at the gateway: over plain HTTP, and in a real browser where there is one."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def http(stack: StackUnderTest) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.settings.gateway_url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def page(browser: Browser, stack: StackUnderTest) -> Iterator[Page]:
    """A fresh page, whose every complaint fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    context = browser.new_context(base_url=stack.settings.gateway_url)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} failed"))
    yield page
    context.close()
    assert not complaints


def test_the_system_is_well(http: httpx.Client) -> None:
    answer = http.get("/health")
    assert answer.status_code == 200, answer.text
    assert answer.json()["parts"] == {"api": "ok", "tables": "ok", "events": "ok"}


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/api", "/docs/events", "/docs/files/swagger-ui-bundle.js", "/openapi.json"]
)
def test_a_page_and_its_parts_come_through_the_gateway_compressed_or_not(http: httpx.Client, path: str) -> None:
    plain = http.get(path, headers={"Accept-Encoding": "identity"})
    squeezed = http.get(path, headers={"Accept-Encoding": "gzip"})
    assert plain.status_code == squeezed.status_code == 200
    assert len(plain.text) > 500
    if path != "/docs":
        assert squeezed.headers["Content-Encoding"] == "gzip"
        assert squeezed.text == plain.text


def test_the_page_for_developers_shows_health_and_the_way_in(page: Page, stack: StackUnderTest) -> None:
    page.goto("/docs")
    expect(page.get_by_role("heading", name="Everything is running")).to_be_visible()
    expect(page.get_by_text("student@demo.example")).to_be_visible()
    expect(page.get_by_role("link", name="Sent messages")).to_have_attribute("href", stack.settings.mail_url)
    page.get_by_role("link", name="Events", exact=True).click()
    expect(page.get_by_role("heading", name="lms.enrollment")).to_be_visible()


def test_the_catalogue_opens_an_event_with_its_fields(page: Page) -> None:
    page.goto("/docs/events")
    page.get_by_text("lms.student.enrolled.v1").click()
    expect(page.locator("[id='lms.student.enrolled.v1'] td").get_by_text("student_id")).to_be_visible()


def test_somebody_signs_in_on_the_api_page_and_calls_an_endpoint(page: Page, stack: StackUnderTest) -> None:
    page.goto("/docs/api")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("username").fill("student@demo.example")
    page.get_by_label("password").fill(stack.settings.demo_password)
    page.locator(".auth-btn-wrapper .authorize").click()
    expect(page.get_by_role("heading", name="Authorized")).to_be_visible()
    page.get_by_role("button", name="Close").click()

    assert _called(page, "auth", "getOwnAccount")["username"] == "demo-student"


def _called(page: Page, tag: str, operation: str) -> Any:
    """What the page shows that an operation answered, called with what the page filled in."""
    page.locator(f"#operations-tag-{tag}").click()
    block = page.locator(f"#operations-{tag}-{operation}")
    block.locator(".opblock-summary").click()
    block.get_by_role("button", name="Execute").click()
    live = block.locator(".live-responses-table")
    expect(live.locator(".response-col_status").last).to_contain_text("200")
    return json.loads(live.locator(".highlight-code code, pre.microlight").first.inner_text())
