"""Transactions, their retries, and the one client of a worker."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from pynamodb.exceptions import PutError, TransactWriteError

from lms import dynamo
from lms.dynamo import Stale, Transaction, next_version, retry_stale, table_name, transaction
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


def test_the_next_version_is_the_one_that_the_write_gives(things: type[Thing]) -> None:
    thing = Thing("a", 1)
    for _ in range(2):
        foretold = next_version(thing)
        with transaction() as tx:
            tx.put(thing)
        assert thing.version == Thing.get("a", 1).version == foretold


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
