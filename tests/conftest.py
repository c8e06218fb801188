"""A world for the services: the tables and queues of `template.yaml` on moto, and a clock that tests can set."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import hypothesis
import pytest
from pynamodb.connection import Connection

from tests import moto_patches
from tests.rights import check_rights, in_request, in_threads
from tests.template import ENVIRONMENT, REGION, create_queues, create_tables
from tests.unused_rights import (
    pytest_addoption,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

__all__ = ["pytest_addoption", "pytest_sessionfinish", "pytest_terminal_summary", "pytest_testnodedown"]

# What a developer has set for their own stack, containers or AWS account is not for the tests.
for _name in list(os.environ):
    if _name.startswith(("LMS_", "AWS_", "LOCALSTACK_", "COMPOSE_", "KONG_")) and _name != "LMS_IMPORT_MATERIAL":
        del os.environ[_name]
# Before any service is imported: its settings are read at import. A developer's own files of AWS say nothing either.
os.environ.update({**ENVIRONMENT, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull})

# A run finds what the last one found, not something new while something else is to land: that takes
# `pytest --hypothesis-profile=default`.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")

moto_patches.apply()


@cache
def aws_client(service: str) -> Any:
    """The one client of a service for all tests: making one takes as long as a whole test, and 8 MB."""
    return boto3.client(service)


@cache
def _s3() -> Any:
    """boto3's objects of S3, which take longer to make than most tests."""
    return boto3.resource("s3")


@cache
def _made_tables() -> dict[str, Any]:
    # Through the API once; to make them for each test would take longer than most tests.
    create_tables(aws_client("dynamodb"))
    return dict(moto_patches.tables())


@cache
def _made_queues() -> dict[str, Any]:
    create_queues(aws_client("sqs"))
    return dict(moto_patches.queues())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty tables and queues, as the template declares them, and the rights that it gives."""
    from lms.http import LambdaHandler
    from lms.institute import kept

    monkeypatch.setattr(Connection, "dispatch", check_rights(Connection.dispatch))
    monkeypatch.setattr(ThreadPoolExecutor, "submit", in_threads(ThreadPoolExecutor.submit))
    monkeypatch.setattr(LambdaHandler, "__call__", in_request(LambdaHandler.__call__))
    with moto_patches.Mock():
        made = _made_tables()
        for table in made.values():
            table.items.clear()
            if table.stream_shard:
                table.stream_shard.items.clear()
        moto_patches.tables().update(made)
        moto_patches.queues().update({name: moto_patches.another(queue) for name, queue in _made_queues().items()})
        kept.forget()
        yield


@pytest.fixture
def bucket(aws: None) -> Any:
    """The empty bucket of files, and a client to look into it with."""
    location = {"LocationConstraint": REGION}
    return _s3().create_bucket(Bucket=ENVIRONMENT["ASSETS_BUCKET"], CreateBucketConfiguration=location)


def stored(model: type[Any]) -> list[Any]:
    """Every row of a model, without those of models that share its table."""
    from lms.dynamo import Table, TypedKey

    def kind(of: type[Any]) -> tuple[str, str]:
        keys = (of._hash_key_attribute(), of._range_key_attribute())
        return tuple(key.serialize("") if isinstance(key, TypedKey) else "" for key in keys)  # type: ignore[return-value]

    def is_of(values: tuple[str, str], prefixes: tuple[str, str]) -> bool:
        return values[0].startswith(prefixes[0]) and values[1].startswith(prefixes[1])

    table, own = model.Meta.table_name, kind(model)
    others = {kind(of) for of in Table.__subclasses__() if of.Meta.table_name == table} - {own, ("", "")}
    names = [key.attr_name for key in (model._hash_key_attribute(), model._range_key_attribute()) if key]
    found = [
        ((*(item[name].get("S", "") for name in names), "")[:2], item)
        for item in aws_client("dynamodb").scan(TableName=table)["Items"]
    ]
    return [
        model.from_raw_data(item)
        for values, item in found
        if is_of(values, own) and not any(is_of(values, other) for other in others)
    ]


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        # Tokens are verified against the real clock by python-jose, so time starts now.
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of all functions."""
    from lms import clock as clock_module

    clock = Clock()
    # Where `now` reads it, so that it is the same for whoever imported `now` under whatever name.
    monkeypatch.setattr(clock_module, "datetime", SimpleNamespace(now=lambda _: clock()))
    return clock


Calls = list[tuple[str, Any]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Every call to DynamoDB from now on: the operation, and what it was given."""
    made: Calls = []
    dispatch = Connection.dispatch

    def record(self: Connection, operation: str, kwargs: Any) -> Any:
        made.append((operation, kwargs))
        return dispatch(self, operation, kwargs)

    monkeypatch.setattr(Connection, "dispatch", record)
    return made


@pytest.fixture
def outbox(aws: None) -> "Outbox":
    return Outbox()


class Outbox:
    """What was emitted."""

    def all(self) -> list[Any]:
        """The events of what changed, without those of the audit trail, which tell who changed it."""
        from lms.events.audit import Audited

        return [event for event in self._everything() if not isinstance(event, Audited)]

    def of(self, event: type) -> list[Any]:
        return [emitted for emitted in self._everything() if type(emitted) is event]

    def _everything(self) -> list[Any]:
        from lms.events.catalogue import CATALOGUE
        from lms.outbox import OutboxItem

        items = sorted(OutboxItem.scan(), key=lambda item: str(item.event_id))
        return [CATALOGUE[item.type].model_validate_json(item.data) for item in items]


@pytest.fixture
def dead_letters(aws: None) -> "DeadLetters":
    return DeadLetters()


class DeadLetters:
    """What was given up, with its reason."""

    def all(self) -> list[Any]:
        import json

        answer = aws_client("sqs").receive_message(QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]
