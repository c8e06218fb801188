"""Real people on the real stack: through the gateway, by mail."""

import httpx
import pytest

from tests.stack.clients import Person, code_in, demo_person
from tests.stack.conftest import StackUnderTest

pytestmark = pytest.mark.stack


def test_a_newcomer_registers_is_welcomed_logs_in_and_reads_their_profile(stack: StackUnderTest) -> None:
    ayesha = Person(stack, "ayesha").joined()
    profile = ayesha.call("GET", "/auth/profile").json()
    assert profile["username"] == "ayesha"
    assert profile["is_type"] == "student"
    assert len(profile["roll_no"]) == 10
    # Nobody has confirmed the address: what a stranger typed is not sent there.
    assert "ayesha" not in ayesha.mail("elcome")


def test_a_forgotten_password_is_reset_by_the_code_in_the_mail_and_ends_every_session(stack: StackUnderTest) -> None:
    bilal = Person(stack, "bilal").joined()
    asked = bilal.http.post("/auth/forgot-password", json={"email": bilal.email})
    assert asked.status_code == 202
    reset_id = asked.json()["reset_id"]
    code = code_in(bilal.mail(reset_id))
    answer = bilal.http.post(
        "/auth/reset-password", json={"reset_id": reset_id, "code": code, "new_password": "another-Walk-8"}
    )
    assert answer.status_code == 200, answer.text
    assert bilal.call("GET", "/auth/profile").status_code == 401
    assert bilal.http.post("/auth/refresh", json={"refresh_token": bilal.refresh_token}).status_code == 401
    assert bilal.try_login().status_code == 401
    bilal.password = "another-Walk-8"
    assert bilal.login().call("GET", "/auth/profile").status_code == 200


def test_an_administrator_reads_anothers_profile_and_others_do_not(stack: StackUnderTest) -> None:
    student, teacher, admin = (demo_person(stack, role) for role in ("student", "teacher", "admin"))
    student_id = student.call("GET", "/auth/profile").json()["id"]
    assert admin.call("GET", f"/auth/profile/{student_id}").json()["email"] == student.email
    assert teacher.call("GET", f"/auth/profile/{student_id}").status_code == 403


def test_a_disabled_user_is_stopped_at_the_gateway_on_the_next_request(stack: StackUnderTest) -> None:
    carim, admin = Person(stack, "carim").joined(), demo_person(stack, "admin")
    carim_id = carim.call("GET", "/auth/profile").json()["id"]
    answer = admin.call("PATCH", f"/auth/users/{carim_id}", json={"status": "disabled"})
    assert answer.status_code == 200, answer.text
    refused = carim.call("GET", "/auth/profile")
    assert refused.status_code == 401
    assert refused.json()["message"] == "No credentials found for given 'iss'"
    assert carim.try_login().status_code == 403
    assert admin.call("PATCH", f"/auth/users/{carim_id}", json={"status": "active"}).status_code == 200
    assert carim.login().call("GET", "/auth/profile").status_code == 200


def test_teachers_alone_sign_in_as_instructors(stack: StackUnderTest) -> None:
    password = stack.settings.demo_password
    with httpx.Client(base_url=stack.settings.gateway_url, timeout=60, trust_env=False) as client:
        form = {"username": "teacher@demo.example", "password": password}
        assert client.post("/instructors/login", data=form).status_code == 200
        assert client.post("/instructors/login", data={**form, "username": "demo-student"}).status_code == 403


def test_the_screen_behind_the_links_in_mails_is_served(stack: StackUnderTest) -> None:
    url = f"{stack.settings.gateway_url}/auth/reset-password"
    answer = httpx.get(url, follow_redirects=True, trust_env=False, timeout=60)
    assert (answer.status_code, answer.url.path) == (200, "/app/reset-password")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_first_administrator_is_made_once(stack: StackUnderTest) -> None:
    refused = stack.command("admin", "somebody@example.com")
    assert refused.returncode != 0
    assert "There is already an active administrator" in refused.stderr
