"""Who calls. Apart from `lms.tokens`, so that functions without callers do not import cryptography for a type."""

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

Role = Literal["student", "teacher", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Caller:
    """A signed-in person, and by which of their sessions, as their access token says."""

    id: UUID
    role: Role
    username: str
    issuer: str
    session: str = ""
