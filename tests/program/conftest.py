"""Program on moto: people with tokens and cards in the Roster, and short ways to programs, courses and enrolments."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt

from lms.security import Role
from tests.clients import Answer, Client, kafka_event
from tests.conftest import Clock

_KEY = ec.generate_private_key(ec.SECP256R1())
_PEM = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Person:
    id: UUID
    role: Role
    token: str
    email: str
    roll_no: str | None


@pytest.fixture
def program(aws: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator["Program"]:
    from lms import clock as clock_module
    from lms.security import JWKS_NAME, PublicKeys, key_ring
    from program import api, consumer

    public = {**jwk.construct(_PEM, "ES256").public_key().to_dict(), "kid": "key-1"}
    PublicKeys(name=JWKS_NAME, jwks=json.dumps({"keys": [public]})).save()
    key_ring.forget()
    api.app.dependency_overrides[clock_module.now] = clock
    monkeypatch.setattr(consumer, "now", clock)
    yield Program(clock)
    api.app.dependency_overrides.clear()


class Program:
    """The program service, an administrator, and a program."""

    def __init__(self, clock: Clock) -> None:
        from program import api

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = self.person("admin"), self.person("teacher"), self.person("student")
        self.id = self.new_program("Agentic AI")["id"]

    def person(self, role: Role, status: str = "active") -> Person:
        """Somebody whom auth knows, signed in."""
        from lms import roster
        from lms.dynamo import transaction

        user_id, now = uuid4(), int(time.time())
        email, roll_no = f"{user_id.hex}@example.com", user_id.hex[:10].upper() if role == "student" else None
        with transaction() as tx:
            roster.put_user(
                tx,
                user_id,
                role=role,
                status=status,
                name=f"A {role}",
                email=email,
                roll_no=roll_no,
                version=1,
            )
        claims = {
            "iss": "an-issuer",
            "sub": str(user_id),
            "role": role,
            "username": f"a-{role}",
            "iat": now,
            "nbf": now,
            "exp": now + 900,
            "jti": str(uuid4()),
        }
        token = jwt.encode(claims, _PEM, "ES256", {"kid": "key-1"})
        return Person(user_id, role, token, email, roll_no)

    def new_program(self, title: str, **fields: Any) -> Any:
        answer = self.http.post("/programs/create", {"title": title, **fields}, token=self.admin.token)
        assert answer.status == 201, answer
        return answer.json

    def new_course(self, title: str = "AI-201", *, teacher: Person | None = None, **fields: Any) -> str:
        answer = self.http.post(
            f"/programs/{self.id}/courses/create", {"title": title, **fields}, token=self.admin.token
        )
        assert answer.status == 201, answer
        course_id: str = answer.json["id"]
        if teacher:
            self.assign(teacher, course_id)
        return course_id

    def assign(self, teacher: Person, course_id: str) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.put_assignment(tx, teacher.id, UUID(course_id), version=1)

    def enroll(self, course_id: str, student: Person | None = None, **kwargs: Any) -> Answer:
        student = student or self.student
        return self.http.post(f"/courses/{course_id}/enrollments", token=student.token, **kwargs)

    def drop(self, course_id: str, student: Person | None = None) -> Answer:
        student = student or self.student
        return self.http.delete(f"/courses/{course_id}/enrollments/{student.id}", token=student.token)

    def set_status(self, course_id: str, student: Person, status: str, **kwargs: Any) -> Answer:
        path = f"/courses/{course_id}/enrollments/{student.id}"
        return self.http.patch(path, {"status": status}, token=self.admin.token, **kwargs)

    def seats_taken(self, course_id: str) -> int:
        from program.tables import Seats

        return int(Seats.get(UUID(course_id)).taken)

    def consume(self, *events: Any) -> None:
        from program import consumer

        consumer.handler(kafka_event(*events), None)

    def walk(self, path: str, *, limit: int, token: str | None = None) -> list[Any]:
        """All items of a list, page after page."""
        items, cursor = [], None
        while True:
            query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
            answer = self.http.get(path, token=token, query=query)
            assert answer.status == 200, answer
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            cursor = answer.json["next"]
            if cursor is None:
                return items


def problem(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer
    return answer.status, answer.json["type"].removeprefix("urn:lms:problem:")
