"""The exams of a course that is a copy of another: drafts with the same questions, as much later as the term.

Its question bank has the same questions too.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from exam.rules import deadlines
from exam.service import bank, exams, question_sets
from exam.tables import Exam, QuestionId, StoredQuestions, all_exams_of
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.events.courses import CourseCopied
from lms.institute import current_institute

_COPIED = (
    "title",
    "duration",
    "closes_by_default",
    "pass_mark",
    "weight",
    "attempts_allowed",
    "shuffle",
    "paper",
    "release",
    "questions",
    "points",
    "instructions",
)


def copy_exams(event: CourseCopied, now: datetime) -> None:
    """Gives a copy the present exams and bank of the other course, but for what it was given already."""
    if roster.find_course(event.course_id) is None:
        return
    bank.copy_all(event.copied_from, event.course_id, event.copy_of, now)
    for listed in all_exams_of(event.copied_from):
        _copy(listed.id, event, now)


@retry_stale
def _copy(source_id: UUID, event: CourseCopied, now: datetime) -> None:
    exam_id = event.copy_of(source_id)
    source, known, course = read_together(
        [(Exam, source_id, None), (Exam, exam_id, None), roster.course_key(event.course_id)]
    )
    # A copy that was deleted stays as a tombstone.
    if course is None or known is not None or source.is_deleted:
        return
    question_set = question_sets.of_exam(source.settings())
    copied = StoredQuestions(exam_id=exam_id)
    copied.store(question_set.copied(event.copy_of, now))
    QuestionId.put_all(QuestionId(question_id=each.id, exam_id=exam_id) for each in copied.question_set().questions)
    zone = ZoneInfo(current_institute().time_zone)
    exam = Exam(
        id=exam_id,
        course_id=event.course_id,
        opens_at=deadlines.moved(source.opens_at, event.days, zone),
        closes_at=deadlines.moved(source.closes_at, event.days, zone),
        published=False,
        created_at=now,
        **{field: getattr(source, field) for field in _COPIED},
    )
    exam.last_closing = exam.closes_at
    with transaction() as tx:
        if question_set.questions:
            exam.question_set = tx.put(copied)
        exams.save(tx, exam, None, now)
