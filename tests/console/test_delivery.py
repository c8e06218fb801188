"""The page, and the files that it loads, as any HTTP client gets them; `tests/stack/test_console.py` has a browser."""

import base64
import gzip
import hashlib
import re
import shutil
from pathlib import Path

import brotli
import pytest

from compress import main as compress
from console import files, shell
from tests.clients import Client

PAGES = ("/", "/app", "/app/exams/0190163d-8694-739b-aea5-966c26f8ad90")
LARGEST_FIRST_LOAD = 60 * 1024


@pytest.mark.parametrize("path", PAGES)
def test_every_screen_is_one_page_that_runs_nothing_that_is_not_from_here(console: Client, path: str) -> None:
    answer = console.get(path)
    policy = answer.headers["content-security-policy"]
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r'<style|\son\w+=|\sstyle=|(?:src|href)="(?:https?:)?//', answer.text)
    [import_map] = re.findall(r'<script type="importmap">(.*?)</script>', answer.text)
    assert base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode() in policy
    # What is left is loaded, or data that no browser runs.
    kinds = re.findall(r"<script ([^>]*)>", answer.text)
    assert all(re.search(r'type="(?:importmap|application/json)"|src="/static/', kind) for kind in kinds)


@pytest.mark.parametrize("path", PAGES)
def test_whatever_a_page_names_is_there_for_good(console: Client, path: str) -> None:
    named = set(re.findall(r'"(/static/[^"]+\.\w+)"', console.get(path).text))
    assert len(named) > 20
    for name in named:
        answer = console.get(name)
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable"), name


def test_a_page_is_asked_for_each_time_and_sent_only_when_it_is_another(console: Client) -> None:
    first = console.get("/")
    again = console.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (first.headers["cache-control"], again.status) == ("no-cache", 304)


def test_files_of_another_version_are_not_mixed_with_these(console: Client) -> None:
    assert console.get(f"/static/{files.version()}/app.js").status == 200
    assert console.get("/static/0123456789ab/app.js").problem[0] == 404


@pytest.mark.parametrize("name", ["../api.py", "index.html", "app.js.br", "nothing.js", "words", "/etc/passwd"])
def test_no_other_file_is_given(console: Client, name: str) -> None:
    assert console.get(f"/static/{files.version()}/{name}").status == 404


def test_the_service_worker_keeps_the_page_and_what_an_exam_needs(console: Client) -> None:
    answer = console.get("/service-worker.js")
    assert answer.headers["cache-control"] == "no-cache"
    for name in (
        "app.js",
        "screens/student/sit-exam.js",
        "vendor/marked.js",
        "words/en/anybody.json",
        "words/en/student.json",
        "words/ur/anybody.json",
        "words/ur/student.json",
        "style/base.css",
    ):
        assert f'"{files.address(name)}"' in answer.text


def test_a_file_comes_as_small_as_the_browser_takes_it(
    console: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    shutil.copytree(files.STATIC, static)
    compress(static)
    monkeypatch.setattr(files, "STATIC", static)
    plain = (static / "app.js").read_bytes()
    for accepted, encoding, open_it in (
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("", None, bytes),
    ):
        answer = console.get(files.address("app.js"), headers={"accept-encoding": accepted})
        assert (answer.headers.get("content-encoding"), open_it(answer.body)) == (encoding, plain)
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_first_load_is_small(console: Client, language: str) -> None:
    names = [*shell.modules(shell.APP, shell.FRONT), *shell.STYLES, f"words/{language}/anybody.json"]
    parts = [console.get("/").body, *(files.read(name) for name in names)]
    assert sum(len(brotli.compress(part, quality=11)) for part in parts) <= LARGEST_FIRST_LOAD


def test_demo_people_are_named_on_a_local_stack_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> str:
        shell.made.cache_clear()
        return bytes(shell.page().body).decode()

    assert '"demo": null' in page()
    monkeypatch.setattr(shell, "_DEMO_PASSWORD", "</script>-password")
    assert r"\u003c/script>-password" in page()
    shell.made.cache_clear()
