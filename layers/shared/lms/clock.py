"""Time enters the system here; rules and services are handed it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]
