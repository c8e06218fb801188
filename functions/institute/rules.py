"""The rules of settings, terms and calendars: values in, values or a refusal out."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lms.errors import InvalidField
from lms.grades import GradeStep


class ScaleWithoutZero(InvalidField):
    field = ("gradeScale",)
    code = "incomplete"
    detail = "The lowest letter has to begin at 0, so that every percentage has a letter."


class ScaleAmbiguous(InvalidField):
    field = ("gradeScale",)
    code = "ambiguous"
    detail = "Each letter and each lowest percentage may occur once."


class TermEndsBeforeItStarts(InvalidField):
    field = ("endsOn",)
    code = "before-start"
    detail = "The term has to end on the day when it starts, or later."


class PeriodEndsBeforeItBegins(InvalidField):
    part = "query"
    field = ("to",)
    code = "before-begin"
    detail = "The end has to come after the beginning."


def grade_scale(steps: Iterable[tuple[str, Decimal]]) -> tuple[GradeStep, ...]:
    """A scale from the best letter down; raises `ScaleWithoutZero`, `ScaleAmbiguous`."""
    scale = sorted((GradeStep(letter=letter, lowest=lowest) for letter, lowest in steps), key=_lowest, reverse=True)
    letters, lowest = {step.letter.casefold() for step in scale}, {step.lowest for step in scale}
    if len(letters) < len(scale) or len(lowest) < len(scale):
        raise ScaleAmbiguous
    if 0 not in lowest:
        raise ScaleWithoutZero
    return tuple(scale)


def require_term_days(starts_on: date, ends_on: date) -> None:
    """Raises `TermEndsBeforeItStarts`."""
    if ends_on < starts_on:
        raise TermEndsBeforeItStarts


def require_period(begin: datetime | None, end: datetime | None) -> None:
    """Raises `PeriodEndsBeforeItBegins`."""
    if begin and end and end <= begin:
        raise PeriodEndsBeforeItBegins


def years_between(begin: date, end: date, *, at_most: int) -> Sequence[int]:
    """The years of a time, the latest first; no more than so many."""
    return range(end.year, max(begin.year, end.year - at_most + 1) - 1, -1)


class KnownExam(BaseModel):
    """An exam as its event said; one that was cancelled has no `title`."""

    model_config = ConfigDict(frozen=True)

    version: int
    changed_at: datetime
    title: str | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def with_exam(exams: Mapping[UUID, KnownExam], exam_id: UUID, exam: KnownExam) -> dict[UUID, KnownExam] | None:
    """A course's exams with what is new of one; None when something as new is known of it."""
    known = exams.get(exam_id)
    return {**exams, exam_id: exam} if known is None or known.version < exam.version else None


def new_token() -> str:
    """The secret part of a calendar's address: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a secret address. It is as random as a key, so a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _lowest(step: GradeStep) -> Decimal:
    return step.lowest
