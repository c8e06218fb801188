"""Exam drafts that another system's quizzes become: made once, with questions of the bank and draws from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from exam.schemas.bank import NewDraw, QuestionsFromBank
from exam.schemas.exams import NewExam
from exam.service import bank_copies, exams, question_sets
from exam.service.bank_copies import NotEnoughQuestions
from exam.tables import Exam, StoredQuestions
from lms.dynamo import retry_stale, transaction


@retry_stale
def create(
    exam_id: UUID,
    body: NewExam,
    chosen: QuestionsFromBank,
    now: datetime,
    points: Mapping[UUID, Decimal] = bank_copies.NO_POINTS,
) -> Sequence[NewDraw]:
    """Creates an exam, not published, unless there is or was one with this id; may be repeated.

    `chosen.question_ids` keep their order; by the same ids, `points` are those that differ from the bank's. Draws for
    which the bank has too few questions are left out, and answered.
    Raises `ClosingImpossible`, `UnknownBankQuestion`, `TooManyQuestions`, `QuestionsTooLong`, `CourseNotFound`, and
    `TooManyExams`.
    """
    if Exam.find(exam_id) is not None:
        return []
    exam = exams.new(exam_id, body.model_copy(update={"published": False}), now)
    stored, left_out = StoredQuestions(exam_id=exam_id), []
    question_set = stored.question_set()
    parts = [QuestionsFromBank(questionIds=chosen.question_ids), *(QuestionsFromBank(draws=[e]) for e in chosen.draws)]
    for part in parts:
        try:
            question_set = bank_copies.select(exam_id, exam.course_id, question_set, part, now, points)
        except NotEnoughQuestions:
            left_out += part.draws
    bank_copies.point_to(exam_id, question_set.questions)
    with transaction() as tx:
        if question_set.questions:
            question_sets.put(tx, exam, stored, question_set, now)
        exams.save(tx, exam, None, now)
    return left_out
