"""`GET /health`: whether requests can be served, and whether events leave."""

from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.clients import Client
from tests.conftest import Clock


def _emit(clock: Clock) -> None:
    from lms.dynamo import transaction
    from lms.events.users import UserErased
    from lms.outbox import emit

    with transaction() as tx:
        emit(tx, UserErased(user_id=uuid4(), version=1), clock())


def test_a_system_whose_tables_answer_and_whose_events_leave_is_well(portal: Client) -> None:
    answer = portal.get("/health")
    assert answer.status == 200
    assert answer.json["status"] == "ok"
    assert answer.json["parts"] == {"api": "ok", "tables": "ok", "events": "ok"}


def test_an_event_that_was_just_written_is_no_delay(portal: Client, clock: Clock) -> None:
    _emit(clock)
    assert portal.get("/health").json["parts"]["events"] == "ok"


def test_an_event_that_waits_for_minutes_is_reported_and_requests_are_served_all_the_same(
    portal: Client, clock: Clock
) -> None:
    _emit(clock)
    clock.advance(minutes=5)
    answer = portal.get("/health")
    assert answer.status == 200
    assert (answer.json["status"], answer.json["parts"]["events"]) == ("impaired", "delayed")


def test_tables_that_cannot_be_reached_are_down(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal import health

    def unreachable() -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example.com")

    monkeypatch.setattr(health, "read_jwks", unreachable)
    answer = portal.get("/health")
    assert answer.status == 503
    assert (answer.json["status"], answer.json["parts"]["tables"]) == ("down", "unreachable")
    assert "dynamodb" not in answer.text


def test_frequent_callers_get_what_was_checked_up_to_five_seconds_ago(portal: Client, clock: Clock) -> None:
    first = portal.get("/health").json
    clock.advance(seconds=4)
    assert portal.get("/health").json == first
    clock.advance(seconds=1)
    assert portal.get("/health").json["checked_at"] > first["checked_at"]
