"""`Idempotency-Key`: sent twice, done once."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from pynamodb.exceptions import DoesNotExist

from lms.dependencies import Idempotent
from lms.dynamo import Stale, retry_stale, transaction
from lms.errors import Conflict
from lms.http import LambdaHandler, create_app
from lms.idempotency import IdempotencyRecord, IdempotentAnswer
from lms.security import AnySignedIn, Student
from tests.clients import Answer, Client
from tests.conftest import Clock
from tests.lms.conftest import Signer, Thing, Wire

PERSON = UUID(int=7)


class Taken(Conflict):
    detail = "This seat is taken."


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    place: int


class Receipt(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    id: UUID
    place: int = Field(serialization_alias="seatNumber")


class World:
    """A create that can be made to fail, before or after its transaction, and to be beaten to it."""

    def __init__(self, signer: Signer) -> None:
        app = create_app("tests")
        self.created = 0
        self.fails: Exception | None = None
        self.dies: Exception | None = None
        self.while_running: Any = None
        self._client = Client(LambdaHandler(app), documented=False)
        self._signer = signer

        @retry_stale
        def create(order: Order, idempotent: IdempotentAnswer) -> Receipt:
            receipt = Receipt(id=uuid4(), place=order.place)
            self.created += 1
            if self.while_running:
                self.while_running()
            if self.fails:
                raise self.fails
            with transaction() as tx:
                tx.put(Thing("seats", order.place), Thing.owner.does_not_exist(), refuse=Taken())
                idempotent.record(tx, receipt, location=f"/seats/{order.place}")
            if self.dies:
                raise self.dies
            return receipt

        @app.post("/seats", status_code=201)
        def seats(order: Order, response: Response, idempotent: Idempotent, _: Student) -> Receipt:
            response.headers["Location"] = f"/seats/{order.place}"
            return create(order, idempotent)

        @app.post("/seats/{kind}", status_code=201)
        def seats_of(kind: str, order: Order, idempotent: Idempotent, _: AnySignedIn) -> Receipt:
            return create(order, idempotent)

    def post(
        self,
        place: object = 1,
        *,
        key: str | None = "k",
        person: UUID = PERSON,
        path: str = "/seats",
        role: str = "student",
    ) -> Answer:
        headers = {"idempotency-key": key} if key is not None else {}
        return self._client.post(path, {"place": place}, token=self._signer.token(role, person), headers=headers)


@pytest.fixture
def world(things: type[Thing], signer: Signer, clock: Clock) -> Iterator[World]:
    return World(signer)


def test_the_same_request_again_gets_the_first_answer(world: World) -> None:
    first, second = world.post(), world.post()
    assert (first.status, second.status) == (201, 201)
    assert second.json == first.json
    assert second.json["seatNumber"] == 1
    assert second.headers["location"] == first.headers["location"] == "/seats/1"
    assert second.headers["content-type"] == first.headers["content-type"] == "application/json"
    assert world.created == 1


def test_without_a_key_every_request_counts(world: World) -> None:
    assert world.post(key=None).status == 201
    assert world.post(key=None).status == 409
    assert world.created == 2


def test_the_same_key_with_another_body_is_422_and_does_nothing(world: World) -> None:
    world.post(1)
    answer = world.post(2)
    assert answer.status == 422
    assert answer.json["errors"][0]["loc"] == ["header", "Idempotency-Key"]
    assert world.created == 1


def test_a_key_belongs_to_caller_method_and_path(world: World) -> None:
    assert world.post(1).status == 201
    assert world.post(2, person=uuid4()).status == 201
    assert world.post(3, path="/seats/front").status == 201
    assert world.post(4, path="/seats/back").status == 201
    assert world.created == 4


def test_a_twin_that_still_runs_is_409_with_retry_after(world: World) -> None:
    twins: list[Answer] = []

    def twin() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        twins.append(world.post())
        asyncio.get_event_loop().close()

    def beside() -> None:
        world.while_running = None
        thread = Thread(target=twin)
        thread.start()
        thread.join()

    world.while_running = beside
    assert world.post().status == 201
    assert twins[0].status == 409
    assert twins[0].json["type"] == "urn:lms:problem:still-running"
    assert twins[0].headers["retry-after"] == "1"
    assert world.created == 1


def test_a_refusal_leaves_the_key_free(world: World) -> None:
    world.fails = Conflict()
    assert world.post().status == 409
    world.fails = None
    assert world.post().status == 201


def test_a_refused_transaction_leaves_the_key_free_too(world: World) -> None:
    world.post(1, key=None)
    assert world.post(1).json["detail"] == "This seat is taken."
    Thing("seats", 1, version=1).delete()
    assert world.post(1).status == 201


@pytest.mark.parametrize("place", ["x", None])
def test_a_body_that_is_corrected_may_keep_its_key(world: World, place: object) -> None:
    assert world.post(place).status == 422
    assert world.post(1).status == 201


def test_a_key_is_not_taken_by_one_who_may_not_call(world: World) -> None:
    assert world.post(role="teacher").status == 403
    assert list(IdempotencyRecord.scan()) == []


def test_a_crash_before_the_transaction_leaves_the_key_free(world: World) -> None:
    world.fails = RuntimeError("crash")
    assert world.post().status == 500
    world.fails = None
    assert world.post().status == 201


def test_a_crash_after_the_transaction_keeps_the_answer(world: World) -> None:
    world.dies = RuntimeError("crash")
    assert world.post().status == 500
    world.dies = None
    assert world.post().status == 201
    assert world.created == 1


def test_a_worker_that_died_holds_its_key_for_half_a_minute(world: World, clock: Clock) -> None:
    class Died(BaseException):
        """As when Lambda ends a worker: nothing more reaches the table."""

    world.fails = Died()  # type: ignore[assignment]
    assert world.post().status == 500
    world.fails = None
    clock.advance(seconds=29)
    assert world.post().status == 409
    clock.advance(seconds=1)
    assert world.post().status == 201


def test_an_answer_is_kept_for_24_hours(world: World, clock: Clock) -> None:
    world.post()
    clock.advance(hours=23, minutes=59)
    assert world.post().status == 201
    assert world.created == 1
    clock.advance(minutes=1)
    # Expired, though the table's own clean-up may be days late.
    assert world.post().status == 409
    assert world.created == 2


def test_a_create_that_was_stale_at_first_is_answered_again_as_it_ended(
    world: World, wire: Wire, pauses: list[float]
) -> None:
    def overtake() -> None:
        world.while_running = None
        raise Stale

    world.while_running = overtake
    first = world.post()
    assert first.status == 201
    assert world.post().json == first.json
    assert world.created == 2


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_a_key_has_1_to_128_characters(world: World, key: str) -> None:
    assert world.post(key=key).status == 422
    assert world.created == 0


def test_a_record_holds_hashes_of_key_and_body_and_goes_in_time(world: World, clock: Clock) -> None:
    world.post(key="my-key")
    (record,) = IdempotencyRecord.scan()
    assert "my-key" not in record.key
    # By its service's name, to which IAM holds each function.
    assert record.key.startswith("tests#")
    assert record.expires_at == record.valid_until == clock.now + timedelta(hours=24)


def test_a_record_that_vanishes_meanwhile_asks_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.post()

    def gone(*_: object, **__: object) -> IdempotencyRecord:
        raise DoesNotExist

    monkeypatch.setattr(IdempotencyRecord, "get", gone)
    assert world.post().status == 409


def test_what_was_answered_is_not_to_be_read_in_the_table(world: World) -> None:
    answer = world.post()
    [record] = IdempotencyRecord.scan()
    assert answer.json["id"].encode() not in record.body
    assert "seatNumber" not in repr(record.attribute_values)
