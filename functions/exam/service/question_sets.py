"""The questions of an exam, cached in the worker by the version that the exam names."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from exam.rules.questions import MOST_KEPT, Question, QuestionSet
from exam.rules.settings import ExamSettings
from exam.tables import Exam, StoredQuestions
from lms.dynamo import Stale, Transaction
from lms.errors import InvalidField

# An item has 400 KB at most; the reasons of a hundred regrades are in it too.
_MOST_BYTES = 300_000
# Students get all of theirs in one answer, which has to fit into the record that repeats it.
_MOST_BYTES_ASKED = 200 * 1024
# A signed link with the credentials of a function in it.
_LINK_BYTES = 2_000


class QuestionsTooLong(InvalidField):
    code = "questions_too_long"
    detail = "With this, the questions of the exam would be too long."


def of_exam(settings: ExamSettings) -> QuestionSet:
    """The questions of an exam as it was read; `Stale` when they have changed since."""
    return _read(settings.exam_id, settings.question_set) if settings.question_set else QuestionSet(0)


def of_attempt(settings: ExamSettings, attempt_id: UUID) -> QuestionSet:
    """As `of_exam`, with the questions of one attempt alone."""
    return of_exam(settings).asked_in([attempt_id])


@lru_cache(maxsize=32)
def _read(exam_id: UUID, version: int) -> QuestionSet:
    return find_stored(exam_id, version).question_set()


def to_change(exam: Exam) -> StoredQuestions:
    """The questions of an exam, which may have none yet, to be changed; `Stale` when they have changed since."""
    return find_stored(exam.id, int(exam.question_set)) if exam.question_set else StoredQuestions(exam_id=exam.id)


def find_stored(exam_id: UUID, version: int) -> StoredQuestions:
    """The questions of this version, to be changed; `Stale` when they have changed since."""
    stored = StoredQuestions.find(exam_id)
    if stored is None or stored.version != version:
        raise Stale
    return stored


def put(tx: Transaction, exam: Exam, stored: StoredQuestions, question_set: QuestionSet, now: datetime) -> None:
    """Adds the questions to the transaction; with the exam, so that no attempt begins meanwhile.

    Raises `QuestionsTooLong`.
    """
    if not is_short(question_set):
        raise QuestionsTooLong
    stored.store(question_set)
    exam.questions = question_set.count
    exam.points = question_set.points
    exam.question_set = tx.put(stored)
    exam.updated_at = now


def is_short(question_set: QuestionSet) -> bool:
    """Whether one item holds the questions, and the answer to a student those of an attempt."""
    whole, _ = question_set.bytes_of(_bytes_of)
    _, asked = question_set.bytes_of(lambda question: _bytes_of(question) + _LINK_BYTES * len(question.images))
    return whole <= _MOST_BYTES and asked <= _MOST_BYTES_ASKED and len(question_set.questions) <= MOST_KEPT


def _bytes_of(question: Question) -> int:
    return len(question.model_dump_json().encode())


def freeze(settings: ExamSettings, now: datetime) -> None:
    """Notes that an exam has begun, so that its questions stay; `Stale` when it changed since it was read."""
    if settings.started_at is not None:
        return
    exam = Exam(settings.exam_id, version=settings.version)
    if not exam.update_if(Exam.started_at.does_not_exist(), [Exam.started_at.set(now)]):
        raise Stale
