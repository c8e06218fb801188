"""Telling every exam and every result again, for projections that are new or were damaged."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from exam.service import candidates, exams
from exam.tables import Candidate, Exam, shelf_of
from lms import roster
from lms.clock import now
from lms.dynamo import read_together, retry_stale, transaction
from lms.events import ExamChanged
from lms.outbox import emit_again
from lms.republish import ID, Row, Way, id_in, onward

_STATES = ("published", "draft", "deleted")
WAYS = f"{ID} {ID}( {ID})?"


def everything(last: Way) -> Iterator[Row]:
    """Course by course every exam, each followed by those who have something in it (`lms.republish.Rows`)."""
    for course_id in roster.courses_from(id_in(last, ())):
        above: Way = (str(course_id),)
        begin = id_in(last, above)
        for exam_id in _exams_of(course_id):
            if begin is None or exam_id >= begin:
                yield from _exam(exam_id, last, (*above, str(exam_id)))


def _exams_of(course_id: UUID) -> list[UUID]:
    """The exams of a course, few, in an order that does not change with their state or date."""
    shelves = (Exam.course_index.query(shelf_of(course_id, state)) for state in _STATES)
    return sorted({exam.id for shelf in shelves for exam in shelf})


def _exam(exam_id: UUID, last: Way, way: Way) -> Iterator[Row]:
    yield way, partial(_tell_exam, exam_id)
    for candidate in Candidate.query(exam_id, onward(Candidate.student_id, last, way)):
        yield (*way, str(candidate.student_id)), partial(_tell_result, exam_id, candidate.student_id)


@retry_stale
def _tell_exam(exam_id: UUID) -> None:
    exam = Exam.get(exam_id, consistent_read=True)
    if exam.told_version is None:
        return
    version = int(exam.told_version)
    event = exams.told(ExamChanged, exam, version) if exam.published else exams.cancelled(exam, version)
    with transaction() as tx:
        tx.check(Exam, exam_id, None, Exam.version == exam.version)
        emit_again(tx, event, now())


@retry_stale
def _tell_result(exam_id: UUID, student_id: UUID) -> None:
    exam, candidate = read_together([(Exam, exam_id, None), (Candidate, exam_id, student_id)])
    # What changed since it was told and is not out yet has a score that nobody may hear.
    if not candidate.told and (candidate.told_version is None or candidate.score is not None):
        return
    with transaction() as tx:
        tx.check(Candidate, exam_id, student_id, Candidate.version == candidate.version)
        emit_again(tx, candidates.recorded(exam, candidate), now())
