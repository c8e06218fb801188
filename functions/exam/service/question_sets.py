"""The questions of an exam, cached in the worker by the version that the exam names."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from exam.rules.questions import QuestionSet
from exam.rules.settings import ExamSettings
from exam.tables import Exam, StoredQuestions
from lms.dynamo import Stale


def of_exam(settings: ExamSettings) -> QuestionSet:
    """The questions of an exam as it was read; `Stale` when they have changed since."""
    return _read(settings.exam_id, settings.question_set) if settings.question_set else QuestionSet(0)


@lru_cache(maxsize=32)
def _read(exam_id: UUID, version: int) -> QuestionSet:
    return find_stored(exam_id, version).question_set()


def find_stored(exam_id: UUID, version: int) -> StoredQuestions:
    """The questions of this version, to be changed; `Stale` when they have changed since."""
    stored = StoredQuestions.find(exam_id)
    if stored is None or stored.version != version:
        raise Stale
    return stored


def freeze(settings: ExamSettings, now: datetime) -> None:
    """Notes that an exam has begun, so that its questions stay; `Stale` when it changed since it was read."""
    if settings.started_at is not None:
        return
    exam = Exam(settings.exam_id, version=settings.version)
    if not exam.update_if(Exam.started_at.does_not_exist(), [Exam.started_at.set(now)]):
        raise Stale
