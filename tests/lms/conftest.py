"""What the tests of the shared layer stand on: a table of their own, its wire, signed-in people, the log."""

import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute

from lms import dynamo, log, tokens
from lms.dynamo import Table


class Thing(Table):
    class Meta:
        table_name = "Things"
        region = "eu-central-1"

    owner = UnicodeAttribute(hash_key=True)
    place = NumberAttribute(range_key=True)
    label = UnicodeAttribute(null=True)
    version = VersionAttribute()


@pytest.fixture
def things(aws: None) -> type[Thing]:
    Thing.create_table(wait=True, billing_mode="PAY_PER_REQUEST")
    return Thing


class Wire:
    """Between PynamoDB and DynamoDB: sees every call, and fails the next ones on demand."""

    def __init__(self, call: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        self._call = call
        self._faults: list[Exception] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[dict[str, Any]] = []

    def fail(self, *faults: Exception) -> None:
        self._faults.extend(faults)

    def cancel(self, *codes: str, times: int = 1) -> None:
        """Cancels transactions as DynamoDB does, with a reason for each item in the order sent."""
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": f"Transaction cancelled [{', '.join(codes)}]"},
            "CancellationReasons": [{"Code": code} for code in codes],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        self.fail(*(ClientError(answer, "TransactWriteItems") for _ in range(times)))

    def __call__(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.sent.append((operation, arguments))
        if self._faults:
            raise self._faults.pop(0)
        self.answers.append(self._call(operation, arguments))
        return self.answers[-1]


@pytest.fixture
def wire(aws: None, monkeypatch: pytest.MonkeyPatch) -> Wire:
    client: Any = dynamo._connection().client
    wire = Wire(client._make_api_call)
    monkeypatch.setattr(client, "_make_api_call", wire)
    return wire


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The longest that each pause might have lasted; none is waited for."""
    longest: list[float] = []

    def uniform(least: float, most: float) -> float:
        assert least == 0
        longest.append(most)
        return most

    monkeypatch.setattr(dynamo.random, "uniform", uniform)
    monkeypatch.setattr(dynamo, "time", _Sleepless())
    return longest


class _Sleepless:
    def sleep(self, _: float) -> None: ...


class Signer:
    """Signs access tokens; `publish` makes its public key known."""

    def __init__(self, kid: str = "key-1") -> None:
        self.kid = kid
        key = ec.generate_private_key(ec.SECP256R1())
        self.pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.public = {**jwk.construct(self.pem, "ES256").public_key().to_dict(), "kid": kid, "use": "sig"}

    def claims(self, role: str = "student", user_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": "key-of-the-user-at-kong",
            "sub": str(user_id or uuid4()),
            "role": role,
            "username": "amina",
            "iat": now,
            "nbf": now,
            "exp": now + 900,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, role: str = "student", user_id: UUID | None = None, **changes: Any) -> str:
        claims = self.claims(role, user_id, **changes)
        token: str = jwt.encode(claims, self.pem, algorithm="ES256", headers={"kid": self.kid})
        return token


def publish(*signers: Signer) -> None:
    jwks = json.dumps({"keys": [signer.public for signer in signers]})
    tokens.PublicKeys(name=tokens.JWKS_NAME, jwks=jwks).save()


@pytest.fixture
def signer(aws: None) -> Iterator[Signer]:
    signer = Signer()
    publish(signer)
    tokens.key_ring.forget()
    yield signer
    tokens.key_ring.forget()


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log lines written so far."""
    stream = io.StringIO()
    handler: Any = log.logger.registered_handler
    earlier = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(earlier)
