"""Sessions of browsers, by cookie: POST and DELETE /auth/session, POST /auth/session/refresh."""

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
    answers = at_once([browser.refresh] * 4)
    assert {answer.status for answer in answers} == {200}
    assert len({tuple(answer.cookies) for answer in answers}) == 1
    auth.clock.advance(minutes=20)
    assert browser.refresh().status == 200


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


def test_a_new_password_and_a_logout_everywhere_end_the_browsers_session(auth: Auth, browser: Browser) -> None:
    token = browser.refresh().json["access_token"]
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = auth.http.post("/auth/change-password", body, token=token)
    assert changed.status == 200
    assert browser.refresh().status == 401
    token = browser.sign_in(password=NEW_PASSWORD).json["access_token"]
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=token).status == 204
    assert browser.refresh().status == 401
