"""Own sign-ins: GET /auth/sessions, DELETE /auth/sessions/{sessionId}."""

from typing import Any

import pytest

from auth.devices import describe
from auth.tables import Session
from tests.auth.conftest import PASSWORD, Auth
from tests.clients import Answer
from tests.conftest import stored

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def _sign_in(auth: Auth, agent: str = CHROME, ip: str = "203.0.113.7") -> Any:
    headers = {"user-agent": agent, "x-real-ip": ip}
    return auth.http.post("/auth/login", form={"username": "amina", "password": PASSWORD}, headers=headers).json


def _listed(auth: Auth, token: str) -> list[Any]:
    return auth.http.list_all("/auth/sessions", limit=2, token=token)


def _end(auth: Auth, session: str, token: str) -> Answer:
    return auth.http.delete(f"/auth/sessions/{session}", token=token)


def test_people_see_since_when_and_from_where_they_are_signed_in(auth: Auth) -> None:
    auth.clock.advance(minutes=-21)
    auth.student()
    auth.clock.advance(minutes=1)
    begun = auth.clock()
    phone = _sign_in(auth, SAFARI, "198.51.100.4")
    auth.clock.advance(minutes=10)
    desk = _sign_in(auth)
    auth.clock.advance(minutes=10)
    headers = {"user-agent": SAFARI, "x-real-ip": "198.51.100.9"}
    token = auth.http.post("/auth/refresh", {"refresh_token": phone["refresh_token"]}, headers=headers).json
    newest, phones, _ = _listed(auth, desk["access_token"])
    assert (newest["client"], newest["address"], newest["current"]) == ("Chrome on Windows", "203.0.113.7", True)
    assert (phones["client"], phones["address"], phones["current"]) == ("Safari on iPhone", "198.51.100.9", False)
    times = [begun.strftime("%FT%TZ"), auth.clock().strftime("%FT%TZ")]
    assert [phones["started_at"][:19] + "Z", phones["last_used_at"][:19] + "Z"] == times
    assert [each["current"] for each in _listed(auth, token["access_token"])] == [False, True, False]


def test_a_sign_in_is_ended_by_its_owner_and_by_nobody_else(auth: Auth) -> None:
    amina, bilal = auth.student(), auth.student("bilal")
    other = _sign_in(auth)
    session = next(each["id"] for each in _listed(auth, amina.token) if not each["current"])
    assert _end(auth, session, bilal.token).status == 404
    assert _end(auth, session, amina.token).status == 204
    assert auth.refresh(other["refresh_token"]).status == 401
    assert auth.refresh(amina.refresh_token).status == 200
    assert _end(auth, session, amina.token).status == 404
    assert len(_listed(auth, amina.token)) == 1


def test_what_has_ended_is_not_listed(auth: Auth) -> None:
    auth.clock.advance(days=-31)
    auth.student()
    auth.clock.advance(days=31)
    present = _sign_in(auth)
    assert len(_listed(auth, present["access_token"])) == 1
    assert auth.http.post("/auth/logout", {"everywhere": True}, token=present["access_token"]).status == 204
    assert len(_listed(auth, _sign_in(auth)["access_token"])) == 1


def test_an_erased_persons_sign_ins_are_deleted(auth: Auth) -> None:
    student, other = auth.student(), auth.student("bilal")
    _sign_in(auth)
    auth.desk.erase(student.id)
    auth.process_events()
    assert str(student.id) not in [str(session.user_id) for session in stored(Session)]
    assert len(_listed(auth, other.token)) == 1


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        (CHROME, "Chrome on Windows"),
        (SAFARI, "Safari on iPhone"),
        (f"{CHROME} Edg/140.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPad"),
        ("curl/8.14.1", "curl"),
        ("Mozilla/5.0 (compatible)", "Unknown client"),
        ("<script>", "Unknown client"),
        ("", "Unknown client"),
    ],
)
def test_a_client_has_a_name_that_people_know(agent: str, client: str) -> None:
    assert describe(agent) == client
