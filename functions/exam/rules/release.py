"""When the results of an exam are released, by its release mode."""

from datetime import datetime
from typing import Literal

from exam.rules.deadlines import is_closed
from exam.rules.terms import ExamTerms, ReleaseMode
from lms.errors import Conflict

Shown = Literal["nothing", "score", "everything"]
"""What students see of their results; everything includes the keys."""

_BEFORE: dict[ReleaseMode, Shown] = {"onClose": "nothing", "onSubmit": "score", "manual": "nothing"}


class KeysAreOut(Conflict):
    code = "released"
    detail = "Students may already have seen the keys of this exam."


def shown(terms: ExamTerms, now: datetime, *, may_answer: bool) -> Shown:
    """What one student sees: no key while they may still answer."""
    if not terms.published:
        return "nothing"
    return "everything" if _is_released(terms, now) and not may_answer else _BEFORE[terms.release]


def keys_are_out(terms: ExamTerms, now: datetime) -> bool:
    """Whether any student may have seen keys: then all may have, for students talk to one another."""
    return terms.published and _is_released(terms, now)


def require_keys_hidden(terms: ExamTerms, now: datetime) -> None:
    """Raises `KeysAreOut` once any student may have seen keys."""
    if keys_are_out(terms, now):
        raise KeysAreOut


def _is_released(terms: ExamTerms, now: datetime) -> bool:
    return terms.released_at is not None if terms.release == "manual" else is_closed(terms, now)
