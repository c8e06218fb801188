"""What exam adds to the export of a course: its question bank, and its exams."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from exam.rules.bank import BankQuestion
from exam.rules.questions import Draw, Question
from exam.schemas.questions import QuestionView
from exam.service import bank_copies, question_sets, views
from exam.tables import Exam, StoredBankQuestion, all_exams_of
from lms import course_exports, roster
from lms.assets import content_type_of
from lms.events.exchange import CourseExportRequested

_CONTENT = ("question_text", "kind", "choices", "prompts", "correct_answer", "partial_credit", "explanation")


def add_bank(event: CourseExportRequested, now: datetime) -> None:
    """Adds all questions of the bank as the API shows them, and the images that they name."""
    course = roster.find_course(event.course_id)
    if course is None:
        return
    bank = _bank(course.id)
    shown = [views.bank_question(course, question) for question in bank]
    part = {
        "questions": [question.model_dump(mode="json", exclude={"images"}) for question in shown],
        "files": _files({image_id: key for question in bank for image_id, key in question.images.items()}),
    }
    course_exports.add_part(event, "bank", part, now)


def add_exams(event: CourseExportRequested, now: datetime) -> None:
    """Adds the exams of the course that have questions, drafts too, and what they ask that the bank has not.

    A copy that still is as the bank's question goes by that one's id, so that it comes once.
    """
    if roster.find_course(event.course_id) is None:
        return
    bank = {question.id: question for question in _bank(event.course_id)}
    exams, others = [], list[QuestionView]()
    images: dict[str, str] = {}
    for exam in all_exams_of(event.course_id):
        if exam.is_deleted or not exam.question_set:
            continue
        question_set = question_sets.of_exam(exam.settings())
        originals = {bank_copies.copy_id(exam.id, question_id): question for question_id, question in bank.items()}
        asked = []
        for question in question_set.questions:
            if question.draw_id is not None:
                continue
            original = originals.get(question.id)
            if original is None or _content(original) != _content(question):
                others.append(views.with_key(exam.settings(), question))
                images |= question.images
                original = None
            asked.append({"id": str((original or question).id), "points": float(question.points)})
        exams.append(_exam(exam, asked, question_set.draws))
    part = {
        "exams": exams,
        "questions": [question.model_dump(mode="json", exclude={"images"}) for question in others],
        "files": _files(images),
    }
    course_exports.add_part(event, "exams", part, now)


def _exam(exam: Exam, questions: Sequence[Mapping[str, Any]], draws: Iterable[Draw]) -> dict[str, Any]:
    return {
        "id": str(exam.id),
        "title": exam.title,
        "instructions": exam.instructions,
        "minutes": int(exam.duration),
        "attempts": int(exam.attempts_allowed),
        "shuffle": exam.shuffle,
        "questions": questions,
        "draws": [draw.model_dump(mode="json", exclude={"id"}) | {"points": float(draw.points)} for draw in draws],
    }


def _content(question: Question) -> list[Any]:
    return [getattr(question, name) for name in _CONTENT]


def _bank(course_id: UUID) -> list[BankQuestion]:
    return [each.bank_question() for each in StoredBankQuestion.query(course_id, consistent_read=True)]


def _files(images: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"key": key, "name": image_id, "contentType": content_type_of(key), "size": None}
        for image_id, key in images.items()
    ]
