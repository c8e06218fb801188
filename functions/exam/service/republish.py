"""Republishing every exam and every result, for projections that are new or were damaged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from exam.service import exams, standings
from exam.tables import Exam, StoredStanding, all_exams_of
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.events import ExamChanged
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
    terms, version = exam.terms(), int(exam.event_version)
    event = exams.event_of(ExamChanged, terms, version) if exam.published else exams.cancellation_of(terms, version)
    with transaction() as tx:
        tx.check(Exam, exam_id, None, Exam.version == exam.version)
        emit_again(tx, event, now)


@retry_stale
def _republish_result(listed: StoredStanding, now: datetime) -> None:
    exam_id, student_id = listed.exam_id, listed.student_id
    exam, stored = read_together([(Exam, exam_id, None), (StoredStanding, exam_id, student_id)])
    # A score that changed since it was published and is not released yet must not be revealed.
    if not stored.published and (stored.event_version is None or stored.score is not None):
        return
    with transaction() as tx:
        tx.check(StoredStanding, exam_id, student_id, StoredStanding.version == stored.version)
        emit_again(tx, standings.event_of(stored.standing(exam.terms())), now)


_RESULTS = Collection(_standings_of, _republish_result)
_EXAMS = Collection(_exams_of, _republish_exam, [_RESULTS])
COURSES = Collection(roster.all_courses, below=[_EXAMS])
