"""Sessions of browsers, by cookie: POST and DELETE /auth/session, POST /auth/session/refresh."""

from copy import copy
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest

from tests.auth.conftest import NEW_PASSWORD, PASSWORD, Auth, at_once
from tests.clients import Answer


class Browser:
    """Keeps the cookie as a browser does, and sends it with the header that its scripts send."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self.cookie = ""

    def __call__(self, method: str, path: str = "/auth/session", **request: Any) -> Answer:
        headers = {"x-requested-with": "fetch", **({"cookie": self.cookie} if self.cookie else {})}
        answer = self._auth.http(method, path, headers=headers, **request)
        if answer.cookies:
            self.cookie = answer.cookies[0].partition(";")[0]
        return answer

    def sign_in(self, username: str = "amina", password: str = PASSWORD) -> Answer:
        return self("POST", form={"username": username, "password": password})

    def refresh(self) -> Answer:
        return self("POST", "/auth/session/refresh")


@pytest.fixture
def browser(auth: Auth) -> Browser:
    auth.student()
    browser = Browser(auth)
    assert browser.sign_in().status == 200
    return browser


def test_the_refresh_token_is_in_a_cookie_that_no_script_reads_and_nowhere_else(auth: Auth) -> None:
    auth.student()
    answer = Browser(auth).sign_in()
    assert set(answer.json) == {"access_token", "token_type", "expires_in"}
    assert auth.profile(answer.json["access_token"])["username"] == "amina"
    [line] = answer.cookies
    [(name, cookie)] = SimpleCookie(line).items()
    assert auth.refresh(cookie.value).status == 200
    assert name == "refresh_token"
    flags = ("max-age", "path", "httponly", "secure", "samesite", "domain")
    assert [cookie[flag] for flag in flags] == [str(30 * 24 * 3600), "/auth/session", True, True, "strict", ""]


def test_a_cookie_is_exchanged_for_a_new_one_with_an_access_token(auth: Auth, browser: Browser) -> None:
    first = browser.cookie
    answer = browser.refresh()
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in"}
    assert browser.cookie != first
    assert browser.refresh().status == 200


@pytest.mark.usefixtures("whole_calls")
def test_tabs_that_refresh_at_once_all_stay_signed_in(auth: Auth, browser: Browser) -> None:
    # All send the cookie of now, however soon the first is answered.
    tabs = [copy(browser) for _ in range(4)]
    answers = at_once([tab.refresh for tab in tabs])
    assert {answer.status for answer in answers} == {200}
    assert len({tuple(answer.cookies) for answer in answers}) == 1
    auth.clock.advance(minutes=20)
    assert tabs[0].refresh().status == 200


def test_without_the_header_that_only_scripts_send_nothing_happens(auth: Auth, browser: Browser) -> None:
    for method, path in (("POST", ""), ("POST", "/refresh"), ("DELETE", "")):
        form = {"username": "amina", "password": PASSWORD} if (method, path) == ("POST", "") else None
        answer = auth.http(method, f"/auth/session{path}", form=form, headers={"cookie": browser.cookie})
        assert answer.problem == (403, "no-requested-with")
        assert answer.cookies == []
    assert browser.refresh().status == 200


def test_a_wrong_password_is_refused_as_by_login_and_sets_no_cookie(auth: Auth, browser: Browser) -> None:
    refused = browser.sign_in(password="wrong-horse-7")
    assert (refused.status, refused.json["detail"]) == (401, auth.login(password="wrong-horse-7").json["detail"])
    assert refused.cookies == []
    auth.register("bilal")
    assert browser.sign_in("bilal").problem == (409, "provisioning")


def test_signing_out_ends_the_session_and_deletes_the_cookie(auth: Auth, browser: Browser) -> None:
    kept = browser.cookie
    answer = browser("DELETE")
    assert answer.status == 204
    assert "Max-Age=0" in answer.cookies[0]
    assert "Path=/auth/session" in answer.cookies[0]
    assert browser("DELETE").status == 204
    browser.cookie = kept
    assert browser.refresh().status == 401


def test_signing_out_while_another_tab_refreshes_ends_the_session(auth: Auth, browser: Browser) -> None:
    other_tab = Browser(auth)
    other_tab.cookie = browser.cookie
    assert other_tab.refresh().status == 200
    assert browser("DELETE").status == 204
    assert other_tab.refresh().status == 401


def test_cookies_that_nobody_was_given_sign_nobody_in_or_out(auth: Auth, browser: Browser) -> None:
    family = browser.cookie.partition("=")[2].partition(".")[0]
    stranger = Browser(auth)
    for value in ("", "x", ".", f"{family}", f"{'f' * 32}.x", "x" * 4_000 + ".y", "\x00.\x00"):
        stranger.cookie = f"refresh_token={value}"
        assert stranger.refresh().status == 401, value
    stranger.cookie = f"refresh_token={family}.guess"
    assert stranger("DELETE").status == 204
    assert browser.refresh().status == 200


def test_a_change_of_password_renews_the_browsers_cookie_and_ends_all_other_sessions(
    auth: Auth, browser: Browser
) -> None:
    other, elsewhere = Browser(auth), auth.login().json["refresh_token"]
    token = other.sign_in().json["access_token"]
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = other("POST", "/auth/change-password", body=body, token=token)
    assert changed.status == 200
    assert (changed.json["refresh_token"], changed.json["refresh_expires_in"]) == (None, None)
    assert auth.profile(changed.json["access_token"])["username"] == "amina"
    assert "Path=/auth/session" in changed.cookies[0]
    assert browser.refresh().status == auth.refresh(elsewhere).status == 401
    assert [other.refresh().status for _ in range(2)] == [200, 200]


def test_a_change_of_password_by_a_program_sets_no_cookie(auth: Auth, browser: Browser) -> None:
    student = auth.login().json
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = browser("POST", "/auth/change-password", body=body, token=student["access_token"])
    assert changed.cookies == []
    assert auth.refresh(changed.json["refresh_token"]).status == 200


def test_an_answer_that_was_lost_long_ago_is_made_up_for_once(auth: Auth, browser: Browser) -> None:
    spent = browser.cookie
    assert browser.refresh().status == 200
    lost = browser.cookie
    auth.clock.advance(hours=1)
    browser.cookie = spent
    assert browser.refresh().status == 200
    assert browser.cookie not in (spent, lost)
    renewed = browser.cookie
    assert browser.refresh().status == 200

    # The next answer may be lost as well.
    browser.cookie, auth.clock.now = renewed, auth.clock.now + timedelta(hours=1)
    assert browser.refresh().status == 200


def test_whoever_holds_the_answer_that_counted_as_lost_ends_the_session(auth: Auth, browser: Browser) -> None:
    thief = Browser(auth)
    thief.cookie = browser.cookie
    assert browser.refresh().status == 200
    auth.clock.advance(hours=1)
    assert thief.refresh().status == 200
    assert browser.refresh().status == 401
    assert thief.refresh().status == 401


def test_a_spent_cookie_counts_on_the_device_that_spent_it_alone_and_once(auth: Auth, browser: Browser) -> None:
    def come_back(*, times: int, **headers: str) -> list[int]:
        tab = Browser(auth)
        tab.sign_in()
        spent = tab.cookie
        tab.refresh()
        statuses = []
        for _ in range(times):
            auth.clock.advance(minutes=1)
            sent = {"x-requested-with": "fetch", "cookie": spent, **headers}
            statuses.append(auth.http.post("/auth/session/refresh", headers=sent).status)
        return statuses

    assert come_back(times=2) == [200, 401]
    assert come_back(times=1, **{"user-agent": "curl/8"}) == [401]
    assert come_back(times=1, **{"x-real-ip": "198.51.100.9"}) == [401]


def test_a_logout_everywhere_ends_the_browsers_session(auth: Auth, browser: Browser) -> None:
    token = browser.refresh().json["access_token"]
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=token).status == 204
    assert browser.refresh().status == 401
