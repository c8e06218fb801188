"""Storage: the base of every table, and the one way to change several items at once."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, ParamSpec, Self, TypeVar
from uuid import UUID, uuid4

from pynamodb.attributes import Attribute, VersionAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.constants import ATTR_DEFINITIONS, GLOBAL_SECONDARY_INDEXES, NUMBER, STRING
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from lms.aws import OPTIONS
from lms.errors import Problem, Unavailable
from lms.faults import condition_failed, is_contention
from lms.settings import setting

_P = ParamSpec("_P")
_R = TypeVar("_R")
_CONTENTION_TRIES = 8
_STALE_TRIES = 5
_MAX_PAUSE_SECONDS = 1.0
# DynamoDB's own bounds.
_BATCH_KEYS = 100
_TRANSACTION_ITEMS = 100


class StorageBusy(Unavailable):
    detail = "The system is busy. Please try again."


class Stale(Exception):
    """An item changed between reading and writing it; decide again from fresh state (`retry_stale`)."""


@lru_cache(maxsize=1)
def _connection() -> Connection:
    # An API function has 20 seconds: three tries that hang fit into them, and then it can still say so.
    connection = Connection(
        region=setting("AWS_REGION"), connect_timeout_seconds=1, read_timeout_seconds=4, max_retry_attempts=2
    )
    connection.session.set_default_client_config(OPTIONS)
    return connection


class Table(Model):
    """The base of every table. All tables of a worker share one client; PynamoDB would make one for each."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            table = super()._get_connection()
            own, table.connection = table.connection, _connection()
            _describe(table.connection, own.get_meta_table(table.table_name))
        return super()._get_connection()

    @classmethod
    def find(cls, hash_key: Any, range_key: Any = None) -> Self | None:
        """The item as it is now, None when there is none."""
        try:
            return cls.get(hash_key, range_key, consistent_read=True)
        except DoesNotExist:
            return None

    @classmethod
    def put_all(cls, items: Iterable[Self]) -> None:
        """Writes items in batches, each by itself and without conditions; raises `StorageBusy`."""
        try:
            with cls.batch_write() as batch:
                for item in items:
                    batch.save(item)
        except PutError as error:
            if error.cause is not None:
                raise
            # So PynamoDB reports writes that DynamoDB, throttling, handed back again and again.
            raise StorageBusy from error

    def update_if(self, condition: Condition | None, actions: list[Action], *, any_version: bool = False) -> bool:
        """Changes some attributes if the condition holds; whether it did.

        An item with a version must also have the one that was read, unless `any_version`.
        """
        return _held(lambda: self.update(actions, condition, add_version_condition=not any_version))

    def save_if(self, condition: Condition) -> bool:
        """Writes the item if the condition holds; whether it did."""
        return _held(lambda: self.save(condition))

    def delete_if(self, condition: Condition) -> bool:
        """Deletes the item if the condition holds; whether it did."""
        return _held(lambda: self.delete(condition))


def _held(write: Callable[[], object]) -> bool:
    """Whether the condition of a write held."""
    try:
        write()
    except (DeleteError, PutError, UpdateError) as error:
        if condition_failed(error):
            return False
        raise
    return True


def _describe(connection: Connection, model: MetaTable) -> None:
    """Adds what a model knows of its table: several models may share one, and each declares its own indexes."""
    known = connection._tables.get(model.table_name)
    if known is None:
        connection.add_meta_table(model)
        return
    for part in (ATTR_DEFINITIONS, GLOBAL_SECONDARY_INDEXES):
        entries = known.data.setdefault(part, [])
        entries += [entry for entry in model.data.get(part) or [] if entry not in entries]


class UUIDAttribute(Attribute[UUID]):
    """A UUID, stored as its usual text."""

    attr_type = STRING

    def serialize(self, value: UUID) -> str:
        return str(value)

    def deserialize(self, value: str) -> UUID:
        return UUID(value)


class TypedKey(Attribute[Any]):
    """The key of rows that share a table with others: `<kind>#<value>`. Read, it is the value, made by `of`.

    Rows with a UUID alone for a key, and those of another kind, never meet it.
    """

    attr_type = STRING

    def __init__(self, kind: str, of: Callable[[str], object] = str, **options: Any) -> None:
        super().__init__(**options)
        self._prefix = f"{kind}#"
        self._of = of

    def serialize(self, value: object) -> str:
        return f"{self._prefix}{value}"

    def deserialize(self, value: str) -> Any:
        return self._of(value.removeprefix(self._prefix))


class DecimalAttribute(Attribute[Decimal]):
    """An exact number; PynamoDB's own would make a float of it."""

    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        return Decimal(value)


class DateAttribute(Attribute[date]):
    """A date without a time, stored as its usual text."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


Key = tuple[type[Model], Any, Any]


def read_together(keys: Sequence[Key]) -> list[Any]:
    """The items of different keys (table, hash key, range key or None), in one consistent read for each 100.

    They come in the order of the keys, from whatever tables, None for those that do not exist.
    """
    batches = [keys[begin : begin + _BATCH_KEYS] for begin in range(0, len(keys), _BATCH_KEYS)]
    return [item for batch in batches for item in _read_batch(batch)]


def read_by_key(keys: Iterable[Key]) -> dict[Key, Any]:
    """What exists at these keys, in one consistent read for each 100."""
    wanted = list(dict.fromkeys(keys))
    return {key: item for key, item in zip(wanted, read_together(wanted), strict=True) if item is not None}


def _read_batch(keys: Sequence[Key]) -> list[Any]:
    wanted = [table.get_operation_kwargs_from_class(hash_key, range_key) for table, hash_key, range_key in keys]
    asked: dict[str, Any] = {}
    for key in wanted:
        asked.setdefault(key["TableName"], {"Keys": [], "ConsistentRead": True})["Keys"].append(key["Key"])
    found: dict[str, list[dict[str, Any]]] = {}
    for attempt in range(_CONTENTION_TRIES):
        if attempt:
            _pause(attempt)
        answer = _connection().dispatch("BatchGetItem", {"RequestItems": asked})
        for name, items in answer["Responses"].items():
            found.setdefault(name, []).extend(items)
        asked = answer.get("UnprocessedKeys") or {}
        if not asked:
            return _in_order(keys, wanted, found)
    raise StorageBusy


def _in_order(
    keys: Sequence[Key], wanted: Sequence[dict[str, Any]], found: Mapping[str, Sequence[dict[str, Any]]]
) -> list[Any]:
    attributes = {key["TableName"]: tuple(key["Key"]) for key in wanted}
    by_key = {_identity(name, item, attributes[name]): item for name, items in found.items() for item in items}
    raw = [by_key.get(_identity(key["TableName"], key["Key"], tuple(key["Key"]))) for key in wanted]
    return [item and table.from_raw_data(item) for (table, _, _), item in zip(keys, raw, strict=True)]


def _identity(table: str, item: Mapping[str, dict[str, Any]], attributes: Sequence[str]) -> tuple[Any, ...]:
    return table, *(value for name in attributes for value in item[name].values())


def table_name(resource: str) -> str:
    """The name of a table; `template.yaml` sets `<RESOURCE>_TABLE` on the functions that may use it."""
    return setting(f"{resource.upper()}_TABLE")


class Transaction:
    """Collects writes; `transaction()` commits them all or none.

    `refuse` is what a write's failed condition means to the caller; without it the item is `Stale`.
    """

    def __init__(self) -> None:
        self._checks: list[tuple[Callable[[TransactWrite], None], Exception]] = []
        self._deletes: list[tuple[Callable[[TransactWrite], None], Exception]] = []
        self._puts: list[tuple[Callable[[TransactWrite], None], Exception]] = []
        self._updates: list[tuple[Callable[[TransactWrite], None], Exception]] = []

    def put(self, item: Model, condition: Condition | None = None, *, refuse: Exception | None = None) -> int:
        """Writes a whole item; answers the version that it gets (0 for an item without versions)."""
        self._puts.append((lambda tx: tx.save(item, condition), refuse or Stale()))
        return _next_version(item)

    def update(
        self,
        item: Model,
        actions: list[Action],
        condition: Condition | None = None,
        *,
        refuse: Exception | None = None,
        add_version_condition: bool = True,
    ) -> int:
        """Changes some attributes; answers the version that the item gets (0 for an item without versions)."""
        self._updates.append(
            (
                lambda tx: tx.update(item, list(actions), condition, add_version_condition=add_version_condition),
                refuse or Stale(),
            )
        )
        return _next_version(item)

    def delete(self, item: Model, condition: Condition | None = None, *, refuse: Exception | None = None) -> None:
        self._deletes.append((lambda tx: tx.delete(item, condition), refuse or Stale()))

    def check(
        self,
        table: type[Model],
        hash_key: Any,
        range_key: Any,
        condition: Condition,
        *,
        refuse: Exception | None = None,
    ) -> None:
        self._checks.append((lambda tx: tx.condition_check(table, hash_key, range_key, condition), refuse or Stale()))

    def __len__(self) -> int:
        """How many items it writes or checks."""
        return len(self._checks) + len(self._deletes) + len(self._puts) + len(self._updates)

    def include(self, other: "Transaction") -> None:
        """Adds all that another transaction collected; they must not concern the same items."""
        self._checks += other._checks
        self._deletes += other._deletes
        self._puts += other._puts
        self._updates += other._updates

    def commit(self) -> None:
        # PynamoDB sends checks, deletes, puts, updates, in this order, and cancellation reasons come in the order sent.
        writes = [*self._checks, *self._deletes, *self._puts, *self._updates]
        if not writes:
            return
        # One token for all tries: a try whose answer was lost is not applied twice.
        token = str(uuid4())
        for attempt in range(_CONTENTION_TRIES):
            if attempt:
                _pause(attempt)
            try:
                with TransactWrite(connection=_connection(), client_request_token=token) as tx:
                    for add, _ in writes:
                        add(tx)
            except TransactWriteError as error:
                if is_contention(error):
                    continue
                for (_, refusal), reason in zip(writes, error.cancellation_reasons, strict=False):
                    if reason is not None and reason.code == "ConditionalCheckFailed":
                        raise refusal from error
                raise
            else:
                return
        raise StorageBusy


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Commits what the block collects, all or nothing.

    Contention and throttling are retried with full jitter; a failed condition raises the write's own `refuse`.
    """
    tx = Transaction()
    yield tx
    tx.commit()


def groups_of(transactions: Iterable[Transaction]) -> Iterator[list[Transaction]]:
    """Transactions in groups, each of which the storage takes in one call."""
    group: list[Transaction] = []
    size = 0
    for tx in transactions:
        if group and size + len(tx) > _TRANSACTION_ITEMS:
            yield group
            group, size = [], 0
        group.append(tx)
        size += len(tx)
    if group:
        yield group


def commit_together(group: Sequence[Transaction]) -> list[Exception | None]:
    """Commits transactions in one call if none is refused, else each by itself; why each was refused, or None."""
    together = Transaction()
    for tx in group:
        together.include(tx)
    try:
        together.commit()
    except StorageBusy:
        raise
    except (Stale, Problem) as refusal:
        if len(group) == 1:
            return [refusal]
        return [answer for tx in group for answer in commit_together([tx])]
    return [None] * len(group)


def retry_stale(use_case: Callable[_P, _R]) -> Callable[_P, _R]:
    """Runs a use case (load, decide, write) again on fresh state while another writer was first."""

    @wraps(use_case)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for attempt in range(_STALE_TRIES):
            if attempt:
                _pause(attempt)
            try:
                return use_case(*args, **kwargs)
            except Stale:
                continue
        raise StorageBusy

    return run


def _next_version(item: Model) -> int:
    if item._version_attribute_name is None:
        return 0
    version: int | None = getattr(item, item._version_attribute_name)
    return (version or 0) + 1


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, min(_MAX_PAUSE_SECONDS, 0.02 * 2**attempt)))  # noqa: S311 (jitter, no secret)


__all__ = [
    "DateAttribute",
    "DecimalAttribute",
    "Key",
    "Stale",
    "StorageBusy",
    "Table",
    "Transaction",
    "TypedKey",
    "UUIDAttribute",
    "VersionAttribute",
    "commit_together",
    "groups_of",
    "read_together",
    "retry_stale",
    "table_name",
    "transaction",
]
