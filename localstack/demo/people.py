"""An administrator, a teacher and a student."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from localstack import emulator
from localstack.demo.api import Api, DemoFailed
from localstack.deployed import Deployed
from localstack.settings import DEFAULT_DEMO_PASSWORD, HOST, Settings

ADMIN, TEACHER, STUDENT = (f"{role}@demo.example" for role in ("admin", "teacher", "student"))
_MADE_OR_THERE = frozenset({201, 409})


def make_people(api: Api, deployed: Deployed, report: Callable[[str], None]) -> None:
    """Each step takes what an interrupted earlier run has already done as done."""
    report("making the demo people")
    if api.login(ADMIN).status_code != 200:
        answer = create_admin(api.settings, deployed, ADMIN)
        if "errorMessage" in answer:
            raise DemoFailed(f"AuthOperationsFunction failed: {answer['errorMessage']}")
        api.accept_invitation(ADMIN)
    register(api, STUDENT, "Demo Student")
    invite_teachers(api, api.token(ADMIN), {TEACHER: "Demo Teacher"})
    api.token(STUDENT)
    report("the demo people can log in")


def register(api: Api, email: str, name: str) -> None:
    """A student's own registration."""
    body = {**_person(email, name, "student"), "password": api.settings.demo_password}
    api.call("POST", "/auth/register", body, good=_MADE_OR_THERE)


def invite_teachers(api: Api, admin: str, names: dict[str, str]) -> dict[str, str]:
    """Teachers by e-mail address and name, who set their passwords; their access tokens."""
    for email, name in names.items():
        api.call("POST", "/auth/users", _person(email, name, "teacher"), token=admin, good=_MADE_OR_THERE)
    for email in names:
        if api.login(email).status_code == 401:
            api.accept_invitation(email)
    return {email: api.token(email) for email in names}


def with_known_password(settings: Settings, deployed: Deployed) -> list[str]:
    """Which of them still have the password that the documents name."""
    return [email for email in (ADMIN, TEACHER, STUDENT) if _has_known_password(settings, deployed, email)]


def _has_known_password(settings: Settings, deployed: Deployed, email: str) -> bool:
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    question = {
        "action": "check",
        "identifier": email,
        "password": DEFAULT_DEMO_PASSWORD,
        "client_ip": HOST,
        "request_id": "start",
    }
    answer = client.invoke(FunctionName=deployed.physical("AuthCheckFunction"), Payload=json.dumps(question).encode())
    return bool(json.loads(answer["Payload"].read()).get("status") == 200)


def create_admin(settings: Settings, deployed: Deployed, email: str) -> dict[str, Any]:
    """Have the operations function invite the first administrator.

    Answers what it says: `error` is a refusal, `errorMessage` the function's own failure.
    """
    client = emulator.session().client("lambda", endpoint_url=settings.emulator_url)
    payload = json.dumps({"action": "create_admin", "email": email}).encode()
    answer = client.invoke(FunctionName=deployed.physical("AuthOperationsFunction"), Payload=payload)
    return dict(json.loads(answer["Payload"].read()))


def _person(email: str, name: str, role: str) -> dict[str, str]:
    # Names such as "student" are reserved.
    return {"username": f"demo-{email.partition('@')[0]}", "email": email, "is_type": role, "name": name}
