"""Republishing every exam and every result, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from exam.service import exams, standings
from exam.tables import Exam, StoredStanding, exams_key
from lms import roster
from lms.clock import now
from lms.dynamo import read_together, retry_stale, transaction
from lms.events import ExamChanged
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, id_in, onward

_STATES = ("published", "draft", "deleted")
WAYS = f"{ID} {ID}( {ID})?"


def everything(last: Way) -> Iterator[Row]:
    """Course by course every exam, each followed by the students' results (`lms.republish.Rows`)."""
    for course_id in roster.courses_from(id_in(last, ())):
        above: Way = (str(course_id),)
        begin = id_in(last, above)
        for exam_id in _exams_of(course_id):
            if begin is None or exam_id >= begin:
                yield from _exam(exam_id, last, (*above, str(exam_id)))


def _exams_of(course_id: UUID) -> list[UUID]:
    """The exams of a course, few, in an order that does not change with their state or date."""
    by_state = (Exam.course_index.query(exams_key(course_id, state)) for state in _STATES)
    return sorted({exam.id for exams_in_state in by_state for exam in exams_in_state})


def _exam(exam_id: UUID, last: Way, way: Way) -> Iterator[Row]:
    yield way, partial(_republish_exam, exam_id)
    for stored in StoredStanding.query(exam_id, onward(StoredStanding.student_id, last, way)):
        yield (*way, str(stored.student_id)), partial(_republish_result, exam_id, stored.student_id)


@retry_stale
def _republish_exam(exam_id: UUID) -> None:
    exam = Exam.get(exam_id, consistent_read=True)
    if exam.event_version is None:
        return
    version = int(exam.event_version)
    event = exams.event_of(ExamChanged, exam, version) if exam.published else exams.cancelled(exam, version)
    with transaction() as tx:
        tx.check(Exam, exam_id, None, Exam.version == exam.version)
        emit_again(tx, event, now())


@retry_stale
def _republish_result(exam_id: UUID, student_id: UUID) -> None:
    exam, stored = read_together([(Exam, exam_id, None), (StoredStanding, exam_id, student_id)])
    # A score that changed since it was published and is not released yet must not be revealed.
    if not stored.published and (stored.event_version is None or stored.score is not None):
        return
    with transaction() as tx:
        tx.check(StoredStanding, exam_id, student_id, StoredStanding.version == stored.version)
        emit_again(tx, standings.result_event(stored.standing(exam.terms())), now())
