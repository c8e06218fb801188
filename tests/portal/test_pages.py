"""The pages and what they are made of, as any HTTP client gets them; `tests/stack/test_pages.py` has a browser."""

import base64
import gzip
import re
from typing import Any

import pytest

from tests.clients import Client

PAGES = ("/docs", "/docs/api", "/docs/events")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody_and_runs_nothing_that_is_not_from_here(portal: Client, path: str) -> None:
    answer = portal.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=", answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_everything_that_a_page_names_here_is_here(portal: Client, path: str) -> None:
    named = set(re.findall(r'(?:href|src)="?(/[^"#> ]+)', portal.get(path).text))
    assert len(named) >= 4
    for link in named:
        assert portal.get(link).status == 200, link


def test_nothing_comes_from_another_host(portal: Client) -> None:
    for path in PAGES:
        assert not re.search(r'(?:src|href)="?(?:https?:)?//', portal.get(path).text)


def test_the_front_page_shows_health_and_services(portal: Client) -> None:
    text = portal.get("/docs").text
    assert "Everything is running" in text
    assert '<a href="/docs/api#/exam">exam</a>' in text


def test_demo_users_and_mails_are_shown_on_a_local_stack_alone(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import front_page

    assert "student@demo.example" not in portal.get("/docs").text
    monkeypatch.setattr(front_page, "_DEMO_PASSWORD", "a<b>c-password")
    monkeypatch.setattr(front_page, "_MAIL_PAGE", "http://127.0.0.1:8025")
    text = portal.get("/docs").text
    assert "student@demo.example" in text
    assert "a&lt;b&gt;c-password" in text
    assert 'href="http://127.0.0.1:8025"' in text


def test_the_description_is_the_file_in_docs(portal: Client) -> None:
    from operations.documents.openapi import PATH

    answer = portal.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == PATH.read_text()


def test_the_description_is_not_sent_again_to_who_has_it(portal: Client) -> None:
    for encoding in ("identity", "gzip"):
        asked = {"accept-encoding": encoding}
        first = portal.get("/openapi.json", headers=asked)
        again = portal.get("/openapi.json", headers={**asked, "if-none-match": first.headers["etag"]})
        assert (first.status, first.headers["cache-control"]) == (200, "no-cache")
        assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css", "page.css", "docs.js"])
def test_a_file_comes_compressed_to_who_takes_it(portal: Client, name: str) -> None:
    from portal import api

    plain = portal.get(f"/docs/files/{name}")
    assert plain.headers["cache-control"] == "public, max-age=3600"
    raw: dict[str, Any] = {}

    def keep(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raw.update(api.handler(event, context))
        return {"statusCode": raw["statusCode"], "headers": raw["headers"]}

    answer = Client(keep).get(f"/docs/files/{name}", headers={"accept-encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(raw["body"])).decode() == plain.text


@pytest.mark.parametrize("name", ["api.py", "openapi.json", "..%2Fapi.py", "swagger-ui.js", "LICENSE"])
def test_no_other_file_is_given(portal: Client, name: str) -> None:
    answer = portal.get(f"/docs/files/{name}")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
