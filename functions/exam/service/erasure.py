"""Erasing a student: their answers and what was written about them are deleted; scores stay, under a bare id."""

from datetime import datetime
from uuid import UUID

from exam.rules.standing import Standing
from exam.service import standings
from exam.tables import CourseAccommodation, all_exams_of
from lms import roster
from lms.dynamo import Transaction, retry_stale, transaction


def erase(student_id: UUID, now: datetime) -> None:
    """Erases a student in all exams of the courses they ever belonged to; once more changes nothing."""
    for membership in roster.courses_of("student", student_id):
        CourseAccommodation(membership.course_id, student_id).delete()
        for exam in all_exams_of(membership.course_id):
            _erase_in_exam(exam.id, student_id, now)


@retry_stale
def _erase_in_exam(exam_id: UUID, student_id: UUID, now: datetime) -> None:
    standing = standings.load(exam_id, student_id, now)
    if standing is None or standing.version is None:
        return
    with transaction() as tx:
        _erase_answers(tx, standing, now)
        standing.forget()
        standings.save(tx, standing, now)


def _erase_answers(tx: Transaction, standing: Standing, now: datetime) -> None:
    for attempt in standing.attempts:
        if attempt.erased:
            continue
        answers = standings.answers_of(standing, attempt)
        if attempt.is_running:
            # Graded first, as if it had been submitted: without its answers it would count as an empty one.
            standings.finish(tx, standing, answers, now)
        else:
            standings.put_answers(tx, standing, answers)
        answers.answers = {}
        standing.erase(attempt.id)
