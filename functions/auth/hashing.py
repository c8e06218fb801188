"""Hashes of what must not be stored as it is."""

import hashlib
import hmac

from passlib.context import CryptContext

from auth.rules import LONGEST_PASSWORD
from lms.profile_fields import normalized
from lms.settings import secret

# OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
_context = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19 * 1024, argon2__time_cost=2, argon2__parallelism=1
)
_PEPPER = secret("CODE_PEPPER")
# The hash of a password nobody knows: checking it takes as long as checking a real one.
_DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$dC6F8B5j7N27V8qZM+bc+w$SAEzqbjoyZhqDfdB6s0t0vJmQbTiemeh3+DgdlE33gM"


def hash_password(password: str) -> str:
    hashed: str = _context.hash(normalized(password))
    return hashed


def check_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and the hash to store instead when the parameters have changed since.

    Without a stored hash, or for a password that is longer than any can be, the answer is no, after the same work.
    """
    password = normalized(password)
    ok, replacement = _context.verify_and_update(password[:LONGEST_PASSWORD], stored or _DUMMY_HASH)
    ok = ok and stored is not None and len(password) <= LONGEST_PASSWORD
    return ok, (replacement if ok else None)


def hash_token(token: str) -> str:
    """For tokens of 256 random bits: nobody guesses one, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_code(code_id: object, code: str) -> str:
    """For codes of six digits. A plain hash would soon be guessed, so it is keyed, and bound to the code's id."""
    return hmac.new(_PEPPER, f"{code_id}:{code}".encode(), hashlib.sha256).hexdigest()


def hash_name(name: str) -> str:
    """For addresses, numbers and names, of which there are too few for a plain hash: keyed."""
    return hmac.new(_PEPPER, name.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
