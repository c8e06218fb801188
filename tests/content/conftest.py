"""Content on moto: people with tokens, courses in the Roster, and short ways to outlines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest

from tests.clients import Answer, Client
from tests.conftest import Clock
from tests.people import Person, publish_key, sign_in
from tests.template import REGION, ROOT, resources

CURRICULUM = json.loads(Path(ROOT / "localstack" / "curriculum.json").read_text())


@pytest.fixture
def content(aws: None, clock: Clock) -> Iterator["Content"]:
    from content import api
    from lms import clock as clock_module

    publish_key()
    api.app.dependency_overrides[clock_module.now] = clock
    yield Content(clock)
    api.app.dependency_overrides.clear()


@pytest.fixture
def bucket(content: "Content") -> Any:
    """The bucket of files, and a client to look into it with."""
    (name,) = resources("AWS::S3::Bucket")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=name.lower(), CreateBucketConfiguration={"LocationConstraint": REGION})
    return boto3.resource("s3").Bucket(name.lower())


class Content:
    """The content service, a course with its teacher and a student, and an administrator."""

    def __init__(self, clock: Clock) -> None:
        from content import api

        self.http = Client(api.handler)
        self.clock = clock
        self.admin, self.teacher, self.student = sign_in("admin"), sign_in("teacher"), sign_in("student")
        self.course = self.new_course()
        self.assign(self.teacher, self.course)
        self.enroll(self.student, self.course)

    def new_course(self) -> UUID:
        from lms import roster
        from lms.dynamo import transaction

        course_id = uuid4()
        with transaction() as tx:
            roster.put_course(tx, course_id, title="Agents", program_id=uuid4(), requires_payment=False, version=1)
        return course_id

    def delete_course(self, course_id: UUID) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.remove_course(tx, course_id)

    def assign(self, teacher: Person, course_id: UUID) -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.put_assignment(tx, teacher.id, course_id, version=1)

    def enroll(self, student: Person, course_id: UUID, status: Any = "active") -> None:
        from lms import roster
        from lms.dynamo import transaction

        with transaction() as tx:
            roster.put_enrollment(tx, student.id, course_id, status, version=1)

    def add_module(self, title: str = "Week 1", **fields: Any) -> Any:
        answer = self.http.post(f"/courses/{self.course}/modules", {"title": title, **fields}, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def add_lesson(self, module_id: str, title: str = "Intro", **fields: Any) -> Any:
        answer = self.http.post(f"/modules/{module_id}/lessons", {"title": title, **fields}, token=self.teacher.token)
        assert answer.status == 201, answer
        return answer.json

    def modules(self, as_: Person | None = None, **query: str) -> Any:
        token = (as_ or self.teacher).token
        answer = self.http.get(f"/courses/{self.course}/modules", token=token, query=query)
        assert answer.status == 200, answer
        return answer.json["items"]

    def lessons(self, module_id: str, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/modules/{module_id}/lessons", token=(as_ or self.teacher).token)
        assert answer.status == 200, answer
        return answer.json["items"]

    def outline(self, as_: Person | None = None) -> Any:
        answer = self.http.get(f"/courses/{self.course}/outline", token=(as_ or self.teacher).token)
        assert answer.status == 200, answer
        return answer.json

    def put_outline(self, modules: Any, **kwargs: Any) -> Answer:
        body = {"modules": modules}
        return self.http.put(f"/courses/{self.course}/outline", body, token=self.teacher.token, **kwargs)
