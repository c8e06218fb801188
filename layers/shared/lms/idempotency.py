"""`Idempotency-Key`: a create sent twice happens once, and both times gets the same answer.

The answer is recorded in the transaction of the create itself, so there is none without the other. It may name people,
so it is encrypted by a key that follows from the request: only whoever sends the same request again can have it read.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel
from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from lms.dynamo import Table, Transaction, table_name
from lms.encryption import decrypt, encrypt
from lms.errors import Conflict, InvalidField
from lms.settings import setting

_KEPT = timedelta(hours=24)
_LEASE = timedelta(seconds=30)


class StillRunning(Conflict):
    code = "still-running"
    detail = "The same request is still running."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class IdempotencyKeyReused(InvalidField):
    part: Literal["header"] = "header"
    field = ("Idempotency-Key",)
    code = "idempotency_key"
    detail = "This key was used for another request."


class Replay(Exception):
    """Not a fault: this request was answered before; the recorded answer goes out again."""

    def __init__(self, status: int, body: str, location: str | None) -> None:
        super().__init__()
        self.status = status
        self.body = body
        self.location = location


class IdempotencyRecord(Table):
    """A request seen: running while `status` is empty, else its answer."""

    class Meta:
        table_name = table_name("idempotency")
        region = setting("AWS_REGION")

    key = UnicodeAttribute(hash_key=True)
    fingerprint = UnicodeAttribute()
    lease_until = UTCDateTimeAttribute()
    valid_until = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    status = NumberAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    location = UnicodeAttribute(null=True)


class IdempotentAnswer:
    """Handed to a create; `record` keeps what it will say. Without an `Idempotency-Key` it does nothing."""

    def __init__(self, record: IdempotencyRecord | None, key: bytes = b"") -> None:
        self._record = record
        self._key = key

    def record(self, tx: Transaction, view: BaseModel, *, status: int = 201, location: str | None = None) -> None:
        """Joins the answer to the transaction that makes it true."""
        record = self._record
        if record is None:
            return
        record.status = status
        record.body = encrypt(self._key, view.model_dump_json(by_alias=True).encode())
        record.location = location
        tx.put(
            record,
            (IdempotencyRecord.lease_until == record.lease_until) & IdempotencyRecord.status.does_not_exist(),
            refuse=StillRunning(),
        )

    def release(self) -> None:
        """Gives the key back after a refusal: the client may mend the state of things and send the same again."""
        record = self._record
        if record is not None:
            own_lease = IdempotencyRecord.lease_until == record.lease_until
            record.delete_if(own_lease & IdempotencyRecord.status.does_not_exist())


def begin(scope: Sequence[str], body: bytes, now: datetime) -> IdempotentAnswer:
    """Takes a key for a request; `scope` is what the key holds for (service, caller, method, path, the key itself).

    A service's records begin with its name, so that IAM lets it at its own alone.

    Raises `Replay` when the request was answered before, `StillRunning` while its twin is running, and
    `IdempotencyKeyReused` when the key was used for another body.
    """
    held_for = json.dumps(scope).encode()
    record = IdempotencyRecord(
        key=f"{scope[0]}#{hashlib.sha256(held_for).hexdigest()}",
        fingerprint=_digest("fingerprint", held_for, body).hex(),
        lease_until=now + _LEASE,
        valid_until=now + _KEPT,
        expires_at=now + _KEPT,
    )
    key = _digest("answer", held_for, body)
    _take(record, key, now)
    return IdempotentAnswer(record, key)


def _digest(purpose: str, held_for: bytes, body: bytes) -> bytes:
    return hashlib.sha256(b"\0".join([purpose.encode(), held_for, body])).digest()


def _take(record: IdempotencyRecord, key: bytes, now: datetime) -> None:
    free = (
        IdempotencyRecord.key.does_not_exist()
        | (IdempotencyRecord.valid_until <= now)
        | (IdempotencyRecord.status.does_not_exist() & (IdempotencyRecord.lease_until <= now))
    )
    if not record.save_if(free):
        _answer_again(record, key)


def _answer_again(record: IdempotencyRecord, key: bytes) -> None:
    earlier = IdempotencyRecord.find(record.key)
    if earlier is None:
        raise StillRunning
    if earlier.fingerprint != record.fingerprint:
        raise IdempotencyKeyReused
    if earlier.status is None:
        raise StillRunning
    answer = decrypt(key, earlier.body)
    raise Replay(int(earlier.status), answer.decode(), earlier.location)
