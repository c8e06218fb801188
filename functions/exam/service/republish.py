"""Republishing every exam, every result and what waits for marks, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from exam.service import exams, standings
from exam.tables import Exam, StoredStanding, all_exams_of
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.events import Event
from lms.events.exams import ExamChanged
from lms.outbox import emit_again
from lms.pages import PageRequest, Position, query_page, slice_page
from lms.republish import Collection


def _exams_of(course_id: UUID, paging: PageRequest) -> tuple[Sequence[UUID], Position | None]:
    """The exams of a course, few, in an order that does not change with their state or date."""
    return slice_page(sorted({exam.id for exam in all_exams_of(course_id)}), str, paging)


def _standings_of(exam_id: UUID, paging: PageRequest) -> tuple[Sequence[StoredStanding], Position | None]:
    return query_page(StoredStanding, [exam_id], paging)


@retry_stale
def _republish_exam(exam_id: UUID, now: datetime) -> None:
    exam = Exam.get(exam_id, consistent_read=True)
    if exam.event_version is None:
        return
    settings, version = exam.settings(), int(exam.event_version)
    event = (
        exams.event_of(ExamChanged, settings, version) if exam.published else exams.cancellation_of(settings, version)
    )
    with transaction() as tx:
        tx.check(Exam, exam_id, None, Exam.version == exam.version)
        emit_again(tx, event, now)


@retry_stale
def _republish_standing(listed: StoredStanding, now: datetime) -> None:
    exam_id, student_id = listed.exam_id, listed.student_id
    exam, stored = read_together([(Exam, exam_id, None), (StoredStanding, exam_id, student_id)])
    standing = stored.standing(exam.settings())
    events: list[Event] = [] if standing.marking_version is None else [standings.marking_of(standing)]
    # A score that changed since it was published and is not released yet must not be revealed.
    if standing.published or (standing.event_version is not None and standing.score is None):
        events.append(standings.event_of(standing))
    if not events:
        return
    with transaction() as tx:
        tx.check(StoredStanding, exam_id, student_id, StoredStanding.version == stored.version)
        for event in events:
            emit_again(tx, event, now)


_RESULTS = Collection(_standings_of, _republish_standing)
_EXAMS = Collection(_exams_of, _republish_exam, [_RESULTS])
COURSES = Collection(roster.all_courses, below=[_EXAMS])
