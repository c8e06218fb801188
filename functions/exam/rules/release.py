"""When the results of an exam are released, by its release mode."""

from datetime import datetime
from typing import Literal

from exam.rules.deadlines import is_closed
from exam.rules.settings import ExamSettings, ReleaseMode
from lms.errors import Conflict

Shown = Literal["nothing", "score", "everything"]
"""What students see of their results; everything includes the keys."""

_BEFORE: dict[ReleaseMode, Shown] = {"onClose": "nothing", "onSubmit": "score", "manual": "nothing"}


class KeysAreOut(Conflict):
    code = "released"
    detail = "Students may already have seen the keys of this exam."


def shown(settings: ExamSettings, now: datetime, *, may_answer: bool) -> Shown:
    """What one student sees: no key while they may still answer."""
    if not settings.published:
        return "nothing"
    return "everything" if _is_released(settings, now) and not may_answer else _BEFORE[settings.release]


def keys_are_out(settings: ExamSettings, now: datetime) -> bool:
    """Whether any student may have seen keys: then all may have, for students talk to one another."""
    return settings.published and _is_released(settings, now)


def require_keys_hidden(settings: ExamSettings, now: datetime) -> None:
    """Raises `KeysAreOut` once any student may have seen keys."""
    if keys_are_out(settings, now):
        raise KeysAreOut


def _is_released(settings: ExamSettings, now: datetime) -> bool:
    return settings.released_at is not None if settings.release == "manual" else is_closed(settings, now)
