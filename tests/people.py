"""People whom auth knows: a card in the Roster, and an access token that every function accepts."""

import json
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jwk, jwt

from lms.callers import Role
from lms.roster import StudentStatus

_KEY = ec.generate_private_key(ec.SECP256R1())
_PEM = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Person:
    id: UUID
    role: Role
    token: str
    name: str
    email: str
    roll_no: str | None


def publish_key() -> None:
    """Makes the tokens of `sign_in` good."""
    from lms.tokens import JWKS_NAME, PublicKeys, key_ring

    public = {**jwk.construct(_PEM, "ES256").public_key().to_dict(), "kid": "key-1"}
    PublicKeys(name=JWKS_NAME, jwks=json.dumps({"keys": [public]})).save()
    key_ring.forget()


def sign_in(role: Role) -> Person:
    """Somebody new, active and signed in."""
    user_id = uuid4()
    roll_no = user_id.hex[:10].upper() if role == "student" else None
    person = Person(user_id, role, _token(user_id, role), f"A {role}", f"{user_id.hex}@example.com", roll_no)
    put_card(person)
    return person


def put_card(person: Person, *, status: str = "active", email_confirmed: bool = True, version: int = 1) -> None:
    from lms import roster
    from lms.dynamo import transaction

    with transaction() as tx:
        roster.put_user(
            tx,
            person.id,
            role=person.role,
            status=status,
            name=person.name,
            email=person.email,
            email_confirmed=email_confirmed,
            roll_no=person.roll_no,
            version=version,
        )


def put_student_status(person: Person, status: StudentStatus, *, version: int = 1) -> None:
    """What student writes when an administrator suspends somebody."""
    from lms import roster
    from lms.dynamo import transaction

    with transaction() as tx:
        roster.put_student_status(tx, person.id, status, version=version)


def remove_card(person: Person) -> None:
    from lms import roster
    from lms.dynamo import transaction

    with transaction() as tx:
        roster.remove_user(tx, person.id, email=person.email, roll_no=person.roll_no)


def _token(user_id: UUID, role: Role) -> str:
    now = int(time.time())
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
    return str(jwt.encode(claims, _PEM, "ES256", {"kid": "key-1"}))
