"""Accommodations: more time, a later closing or more attempts for one student."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules import deadlines, release
from exam.rules.standing import Standing
from exam.rules.terms import Accommodation
from exam.schemas import AccommodationUpdate, AccommodationView
from exam.service import access, standings, sweeps
from exam.tables import Exam
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction


@retry_stale
def accommodate(
    exam_id: UUID, student_id: UUID, caller: Caller, body: AccommodationUpdate, now: datetime
) -> AccommodationView:
    """Grants one student other terms, also during an attempt.

    Raises `NotCourseTeacher`, `NotFound`, and `KeysAreOut` once the student could have seen keys.
    A student who missed the exam and may take it after all has no result until then.
    """
    exam, standing = access.taught_with_student(caller, exam_id, student_id, now)
    standing.grant(_changed(standing.accommodation, body), now)
    with transaction() as tx:
        standings.require_student(tx, standing)
        _extend(tx, exam, standing, now)
        standings.save(tx, standing, now)
    return AccommodationView(
        exam_id=exam_id,
        exam_title=exam.title,
        student_id=student_id,
        student_name=standing.student_name,
        extra_minutes=standing.accommodation.extra_minutes,
        closes_at=standing.accommodation.closes_at,
        extra_attempts=standing.accommodation.extra_attempts,
        version=standing.version or 0,
        created_at=standing.created_at,
        updated_at=standing.updated_at,
    )


def _changed(granted: Accommodation, body: AccommodationUpdate) -> Accommodation:
    changes: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    return replace(granted, **changes)


def _extend(tx: Transaction, exam: Exam, standing: Standing, now: datetime) -> None:
    """Moves the exam's last closing to suit what a student was granted; raises `KeysAreOut`.

    The exam is written even if nothing moves, so that a release that was decided at the same time is decided again.
    """
    release.require_keys_hidden(standing.terms, now)
    others = [other for other in standings.accommodated(exam.id) if other.student_id != standing.student_id]
    granted = [standing.accommodation, *(other.accommodation() for other in others)]
    closing = deadlines.last_closing(standing.terms, granted)
    is_moved = closing != exam.last_closing
    exam.last_closing = closing
    tx.put(exam)
    if is_moved and exam.published:
        sweeps.schedule_next(tx, exam.terms(), now)
