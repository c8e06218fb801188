"""Accommodations: more time, a later closing or more attempts for one student."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules import deadlines, release
from exam.rules.settings import Accommodation
from exam.rules.standing import Standing
from exam.schemas.accommodations import AccommodationUpdate, AccommodationView
from exam.service import access, schedules, standings, sweeps
from exam.tables import Exam, StoredStanding
from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import NotFound
from lms.pages import Page, PageRequest, query_page


class NoAccommodation(NotFound):
    detail = "The student has no accommodation in this exam."


@retry_stale
def accommodate(
    exam_id: UUID, student_id: UUID, caller: Caller, body: AccommodationUpdate, now: datetime
) -> AccommodationView:
    """Grants one student other conditions, also during an attempt.

    Raises `NotCourseTeacher`, `NotFound`, and `KeysAreOut` once the student could have seen keys.
    A student who missed the exam and may take it after all has no result until then.
    """
    exam, standing = access.taught_with_student(caller, exam_id, student_id, now)
    standing.grant(_changed(standing.accommodation, body), now)
    with transaction() as tx:
        standings.require_student(tx, standing)
        extend(tx, exam, standing, now)
        standings.save(tx, standing, now)
    return _view(standing)


@retry_stale
def withdraw(exam_id: UUID, student_id: UUID, caller: Caller, now: datetime) -> None:
    """Takes back all that one student was granted; as `accommodate`, and `NoAccommodation` if that is nothing."""
    exam, standing = access.taught_with_student(caller, exam_id, student_id, now)
    own = standing.accommodation
    without = Accommodation(extra_percent=own.extra_percent, reopened_until=own.reopened_until)
    if standing.accommodation == without:
        raise NoAccommodation
    standing.grant(without, now)
    with transaction() as tx:
        extend(tx, exam, standing, now)
        standings.save(tx, standing, now)


def list_accommodations(exam_id: UUID, caller: Caller, paging: PageRequest) -> Page[AccommodationView]:
    """The students of an exam who were granted something; raises `NotAccessible`."""
    settings = access.taught_by(caller, exam_id).settings()
    granted = (
        (StoredStanding.extra_minutes > 0)
        | StoredStanding.extra_closes_at.exists()
        | (StoredStanding.extra_attempts > 0)
        | (StoredStanding.extra_percent > 0)
    )
    found, after = query_page(StoredStanding, [exam_id], paging, filter_condition=granted, consistent_read=True)
    people = roster.find_users(stored.student_id for stored in found)
    named = [standings.named(stored.standing(settings), people.get(stored.student_id)) for stored in found]
    return paging.page([_view(standing) for standing in named], after)


def _view(standing: Standing) -> AccommodationView:
    return AccommodationView(
        exam_id=standing.settings.exam_id,
        exam_title=standing.settings.title,
        student_id=standing.student_id,
        student_name=standing.student_name,
        extra_minutes=standing.accommodation.extra_minutes,
        closes_at=standing.accommodation.closes_at,
        extra_attempts=standing.accommodation.extra_attempts,
        extra_percent=standing.accommodation.extra_percent,
        version=standing.version or 0,
        created_at=standing.created_at,
        updated_at=standing.updated_at,
    )


def _changed(granted: Accommodation, body: AccommodationUpdate) -> Accommodation:
    changes: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    return replace(granted, **changes)


def extend(tx: Transaction, exam: Exam, standing: Standing, now: datetime) -> None:
    """Moves the exam's last closing to suit what a student was granted; raises `KeysAreOut`.

    The exam is written even if nothing moves, so that a release that was decided at the same time is decided again.
    """
    settings = exam.settings()
    release.require_keys_hidden(settings, now)
    granted = standings.granted(exam) | {standing.student_id: standing.accommodation}
    closing = deadlines.last_closing(settings, granted.values())
    is_moved = closing != exam.last_closing
    exam.last_closing = closing
    tx.put(exam)
    if is_moved and exam.published:
        schedules.note(tx, exam)
        sweeps.schedule_next(tx, exam.settings(), now)
