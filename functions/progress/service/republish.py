"""Republishing progress, attendance and feedback, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lms import roster
from lms.pages import PageRequest, Position, query_page
from lms.republish import Collection
from progress.service import attendance, feedback, progress
from progress.tables import Attendance, Feedback, Progress


def _progress(course_id: UUID, paging: PageRequest) -> tuple[Sequence[Progress], Position | None]:
    return query_page(Progress.class_index, [course_id], paging)


def _republish_progress(listed: Progress, now: datetime) -> None:
    progress.republish(listed.id, listed.course_id, now)


def _sessions(course_id: UUID, paging: PageRequest) -> tuple[Sequence[Attendance], Position | None]:
    return query_page(Attendance, [course_id], paging)


def _republish_session(listed: Attendance, now: datetime) -> None:
    attendance.republish(listed.course_id, listed.date, now)


def _feedback(course_id: UUID, paging: PageRequest) -> tuple[Sequence[Feedback], Position | None]:
    return query_page(Feedback, [course_id], paging)


def _republish_feedback(listed: Feedback, now: datetime) -> None:
    feedback.republish(listed.course_id, listed.id, now)


COURSES = Collection(
    roster.all_courses,
    below=[
        Collection(_progress, _republish_progress),
        Collection(_sessions, _republish_session),
        Collection(_feedback, _republish_feedback),
    ],
)
