"""Transactions, their retries, and the one client of a worker."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from pynamodb.attributes import UnicodeAttribute, VersionAttribute
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from lms import dynamo
from lms.dynamo import (
    Stale,
    Table,
    Transaction,
    TypedKey,
    UUIDAttribute,
    read_together,
    retry_stale,
    table_name,
    transaction,
)
from lms.errors import Conflict, NotFound, Unavailable
from lms.faults import condition_failed, is_transient
from lms.idempotency import IdempotencyRecord
from lms.outbox import OutboxItem
from lms.roster.users import UserRow
from lms.settings import SettingsError
from tests.lms.conftest import Thing, Wire
from tests.template import TEMPLATE

Write = Callable[[Transaction], None]


def _labels() -> dict[tuple[str, int], str | None]:
    return {(thing.owner, int(thing.place)): thing.label for thing in Thing.scan(consistent_read=True)}


def _put(place: int, refuse: Exception | None = None) -> Write:
    return lambda tx: tx.put(Thing("a", place, label="new"), Thing.owner.does_not_exist(), refuse=refuse)


def _commit(*writes: Write) -> None:
    with transaction() as tx:
        for write in writes:
            write(tx)


def test_a_transaction_writes_all_it_collected(things: type[Thing]) -> None:
    Thing("a", 1, label="old").save()
    Thing("a", 2, label="old").save()
    with transaction() as tx:
        tx.put(Thing("a", 3, label="new"))
        tx.update(Thing.get("a", 1), [Thing.label.set("changed")])
        tx.delete(Thing.get("a", 2))
        tx.check(Thing, "a", 4, Thing.owner.does_not_exist())
    assert _labels() == {("a", 1): "changed", ("a", 3): "new"}


def test_a_refused_write_takes_all_others_with_it(things: type[Thing]) -> None:
    Thing("a", 2, label="old").save()
    with pytest.raises(Stale):
        _commit(_put(1), _put(2))
    assert _labels() == {("a", 2): "old"}


def test_nothing_is_written_when_the_block_raises(things: type[Thing], wire: Wire) -> None:
    def broken() -> None:
        with transaction() as tx:
            _put(1)(tx)
            raise NotFound

    with pytest.raises(NotFound):
        broken()
    assert wire.sent == []


def test_an_empty_transaction_sends_nothing(wire: Wire) -> None:
    with transaction():
        pass
    assert wire.sent == []


_KINDS = ("check", "delete", "put", "update")


@pytest.mark.parametrize("failing", _KINDS)
def test_the_write_whose_condition_failed_says_why(failing: str, things: type[Thing]) -> None:
    refusals = {kind: Conflict() for kind in _KINDS}
    for place, kind in enumerate(_KINDS):
        if (kind == failing) == (kind == "put"):
            Thing("a", place).save()
    exists, change = Thing.owner.exists(), [Thing.label.set("x")]
    with pytest.raises(Conflict) as raised:
        # Collected in another order than the one in which PynamoDB sends them and DynamoDB gives its reasons.
        _commit(
            lambda tx: tx.update(Thing("a", 3, version=1), change, exists, refuse=refusals["update"]),
            lambda tx: tx.put(Thing("a", 2), Thing.owner.does_not_exist(), refuse=refusals["put"]),
            lambda tx: tx.delete(Thing("a", 1, version=1), exists, refuse=refusals["delete"]),
            lambda tx: tx.check(Thing, "a", 0, exists, refuse=refusals["check"]),
        )
    assert raised.value is refusals[failing]


def test_an_item_that_changed_since_it_was_read_is_stale(things: type[Thing]) -> None:
    Thing("a", 1).save()
    mine, theirs = Thing.get("a", 1), Thing.get("a", 1)
    theirs.update([Thing.label.set("theirs")])
    with pytest.raises(Stale), transaction() as tx:
        tx.update(mine, [Thing.label.set("mine")])
    assert _labels() == {("a", 1): "theirs"}


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_contention_is_retried_until_it_is_over(
    code: str, things: type[Thing], wire: Wire, pauses: list[float]
) -> None:
    wire.cancel("None", code, times=3)
    _commit(_put(1), _put(2))
    assert len(wire.sent) == 4
    assert set(_labels()) == {("a", 1), ("a", 2)}


def test_every_try_of_a_transaction_is_the_same_request(things: type[Thing], wire: Wire, pauses: list[float]) -> None:
    Thing("a", 1).save()
    thing = Thing.get("a", 1)
    wire.sent.clear()
    wire.cancel("TransactionConflict", times=2)
    with transaction() as tx:
        tx.update(thing, [Thing.label.set("new")])
    first, second, third = (arguments for _, arguments in wire.sent)
    assert first == second == third
    assert first["ClientRequestToken"]
    assert thing.version == Thing.get("a", 1).version == 2


def test_each_transaction_has_a_token_of_its_own(things: type[Thing], wire: Wire) -> None:
    for place in (1, 2):
        _commit(_put(place))
    assert len({arguments["ClientRequestToken"] for _, arguments in wire.sent}) == 2


def test_after_eight_tries_the_client_is_asked_to_come_again(
    things: type[Thing], wire: Wire, pauses: list[float]
) -> None:
    wire.cancel("TransactionConflict", times=8)
    with pytest.raises(Unavailable) as raised:
        _commit(_put(1))
    assert raised.value.headers["Retry-After"] == "1"
    assert len(wire.sent) == 8
    assert _labels() == {}


def test_pauses_between_tries_are_random_and_grow_up_to_a_second(
    things: type[Thing], wire: Wire, pauses: list[float]
) -> None:
    wire.cancel("TransactionConflict", times=7)
    _commit(_put(1))
    assert pauses == [0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0]


def test_a_failed_condition_is_an_answer_even_beside_contention(things: type[Thing], wire: Wire) -> None:
    wire.cancel("TransactionConflict", "ConditionalCheckFailed")
    taken = Conflict()
    with pytest.raises(Conflict) as raised:
        _commit(_put(1, Conflict()), _put(2, taken))
    assert raised.value is taken
    assert len(wire.sent) == 1


def test_a_transaction_that_can_never_succeed_is_not_retried(things: type[Thing], wire: Wire) -> None:
    wire.cancel("ValidationError")
    with pytest.raises(TransactWriteError) as raised:
        _commit(_put(1))
    assert not is_transient(raised.value)
    assert len(wire.sent) == 1


def _refused(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}, "TransactWriteItems"
    )


@pytest.mark.parametrize(
    "fault",
    [
        _refused("ThrottlingException"),
        _refused("ProvisionedThroughputExceededException"),
        _refused("RequestLimitExceeded"),
        _refused("TransactionInProgressException"),
        _refused("InternalServerError", 500),
        _refused("anything", 503),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        ConnectTimeoutError(endpoint_url="https://dynamodb"),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
    ],
    ids=repr,
)
def test_what_outlasts_the_clients_own_retries_is_a_passing_fault(
    fault: Exception, things: type[Thing], wire: Wire
) -> None:
    wire.fail(fault)
    with pytest.raises(TransactWriteError) as raised:
        _commit(_put(1))
    assert is_transient(raised.value)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])
def test_what_no_retry_mends_is_a_lasting_fault(code: str, things: type[Thing], wire: Wire) -> None:
    wire.fail(_refused(code))
    with pytest.raises(TransactWriteError) as raised:
        _commit(_put(1))
    assert not is_transient(raised.value)


def test_a_refused_connection_is_a_passing_fault_for_reads_too(things: type[Thing], wire: Wire) -> None:
    wire.fail(EndpointConnectionError(endpoint_url="https://dynamodb"))
    with pytest.raises(Exception, match="Could not connect") as raised:
        Thing.get("a", 1)
    assert is_transient(raised.value)


def test_a_time_out_is_no_refused_condition(things: type[Thing], wire: Wire) -> None:
    Thing("a", 1).save()
    taken = Thing.owner.does_not_exist()
    with pytest.raises(PutError) as raised:
        Thing("a", 1).save(taken)
    assert condition_failed(raised.value)
    wire.fail(ReadTimeoutError(endpoint_url="https://dynamodb"))
    with pytest.raises(PutError) as raised:
        Thing("a", 1).save(taken)
    assert not condition_failed(raised.value)


def test_a_program_fault_is_not_passing() -> None:
    assert not is_transient(KeyError("x"))
    assert not is_transient(NotFound())
    assert is_transient(Unavailable())


def test_a_stale_use_case_runs_again_on_fresh_state(pauses: list[float]) -> None:
    runs: list[tuple[int, int]] = []

    @retry_stale
    def add(one: int, *, other: int) -> int:
        runs.append((one, other))
        if len(runs) < 3:
            raise Stale
        return one + other

    assert add(1, other=2) == 3
    assert runs == [(1, 2)] * 3


def test_a_use_case_that_stays_stale_is_given_up_after_five_runs(pauses: list[float]) -> None:
    runs: list[int] = []

    @retry_stale
    def never() -> None:
        runs.append(1)
        raise Stale

    with pytest.raises(Unavailable):
        never()
    assert len(runs) == 5


def test_refusals_of_a_use_case_are_not_retried() -> None:
    runs: list[int] = []

    @retry_stale
    def refused() -> None:
        runs.append(1)
        raise NotFound

    with pytest.raises(NotFound):
        refused()
    assert len(runs) == 1


def test_a_put_and_an_update_answer_the_version_that_the_item_gets(things: type[Thing]) -> None:
    thing = Thing("a", 1)
    for _ in range(2):
        with transaction() as tx:
            version = tx.put(thing)
        assert thing.version == Thing.get("a", 1).version == version
        with transaction() as tx:
            version = tx.update(thing, [Thing.label.set("x")])
        assert thing.version == Thing.get("a", 1).version == version


def test_an_item_that_exists_is_found_as_it_is_now_and_any_other_is_none(things: type[Thing], wire: Wire) -> None:
    Thing("a", 1, label="new").save()
    wire.sent.clear()
    found = Thing.find("a", 1)
    assert found is not None
    assert found.label == "new"
    assert Thing.find("a", 2) is None
    assert all(arguments["ConsistentRead"] for _, arguments in wire.sent)


class ByOwner(GlobalSecondaryIndex["Car"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
    class Meta:
        index_name = "owner"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)


class Car(Table):
    class Meta:
        table_name = "Cars"
        region = "eu-central-1"

    id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    version = VersionAttribute()
    owner_index = ByOwner()


class Plate(Table):
    """Guards that a number plate is given once."""

    class Meta:
        table_name = "Cars"
        region = "eu-central-1"

    number = TypedKey("plate", hash_key=True, attr_name="id")
    car = UnicodeAttribute()


class Sale(Table):
    class Meta:
        table_name = "Cars"
        region = "eu-central-1"

    buyer = TypedKey("sale", UUID, hash_key=True, attr_name="id")
    car_id = UUIDAttribute()


@pytest.mark.parametrize("first", [Plate, Car])
def test_models_share_a_table_under_typed_keys(aws: None, first: type[Table]) -> None:
    Car.create_table(wait=True, billing_mode="PAY_PER_REQUEST")
    for model in (Car, Plate, Sale):
        model._connection = None
    # Whichever is used first must not hide the other's indexes.
    assert first.find("x") is None
    buyer, car_id = uuid4(), uuid4()
    with transaction() as tx:
        assert tx.put(Car("x", owner="ada")) == 1
        assert tx.put(Plate("x", car="x"), Plate.number.does_not_exist()) == 0
        tx.put(Sale(buyer, car_id=car_id))

    assert [car.id for car in Car.owner_index.query("ada")] == ["x"]
    plate = Plate.get("x")
    assert (plate.number, plate.car) == ("x", "x")
    car, plate, sale, none = read_together(
        [(Car, "x", None), (Plate, "x", None), (Sale, buyer, None), (Plate, "y", None)]
    )
    assert (car.owner, plate.car, none) == ("ada", "x", None)
    assert (sale.buyer, sale.car_id) == (buyer, car_id)
    assert {item["id"]["S"] for item in _raw("Cars")} == {"x", "plate#x", f"sale#{buyer}"}
    with pytest.raises(Stale), transaction() as tx:
        tx.put(Plate("x", car="y"), Plate.number.does_not_exist())
    with transaction() as tx:
        tx.delete(Plate("x"))
    assert Plate.find("x") is None
    assert Car.find("x") is not None


def _raw(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dynamo._connection().client.scan(TableName=table)["Items"]
    return found


def test_all_tables_of_a_worker_share_one_client(aws: None) -> None:
    tables = (IdempotencyRecord, OutboxItem, UserRow, Thing)
    assert len({id(table._get_connection().connection.client) for table in tables}) == 1


def test_storage_that_hangs_is_given_up_before_the_function_is(aws: None) -> None:
    config = dynamo._connection().client.meta.config
    tries = config.retries["total_max_attempts"]
    # botocore's pauses: up to a second, then up to two.
    longest = tries * (config.connect_timeout + config.read_timeout) + sum(2**number for number in range(tries - 1))
    assert tries == 3
    assert longest < TEMPLATE["Globals"]["Function"]["Timeout"]


def test_a_table_can_be_read_and_written_in_a_transaction_whichever_comes_first(things: type[Thing]) -> None:
    Thing._connection = None
    _commit(_put(1))
    Thing._connection = None
    assert Thing.get("a", 1).label == "new"


def test_a_table_whose_name_the_environment_lacks_is_refused() -> None:
    with pytest.raises(SettingsError, match="PLANETS_TABLE"):
        table_name("planets")
