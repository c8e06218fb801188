"""Parts of imports: questions that a file from elsewhere brings into a bank, and drafts of exams that use them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from exam.rules.questions import MOST_DRAWS, MOST_QUESTIONS, TooManyQuestions
from exam.schemas.bank import NewBankQuestion, NewDraw, QuestionsFromBank
from exam.schemas.exams import NewExam
from exam.schemas.fields import Points
from exam.service import bank, drafts, question_images
from exam.service.question_images import ImageMissing, ImageUnfit
from exam.service.question_sets import QuestionsTooLong
from lms import markdown_images, roster, uploads
from lms.dynamo import Stale, transaction
from lms.errors import Conflict, InvalidField, Problem
from lms.events.exchange import ImportPartApplied, ImportPartRequested, ItemLeftOut
from lms.field_messages import message_of
from lms.outbox import emit

# A source need not say when its quizzes are taken or for how long: their teachers will, before they publish the drafts.
_OPENS_IN = timedelta(days=28)
_MINUTES = 60
_MOST_MINUTES = 14 * 24 * 60
_MOST_ATTEMPTS = 20
_LONGEST_INSTRUCTIONS = 10_000
_TITLE = 80

LeftOut = list[ItemLeftOut]
# Files read before quizzes had points for their questions have none.
_POINTS = TypeAdapter(dict[UUID, Points])


def apply(event: ImportPartRequested, now: datetime) -> None:
    """Adds a part of an import to the bank, or its exams as drafts, and answers with what was left out.

    A part is added once: what teachers deleted of it since does not come again.
    """
    if roster.find_course(event.course_id) is None:
        return
    part = uploads.read(event.key)
    if part is None:
        # The import was deleted, or has expired.
        return
    left_out: LeftOut = []
    if event.kind == "bank":
        added = _add_questions(event, json.loads(part)["questions"], left_out, now)
    else:
        added = sum(_add_exam(event.course_id, draft, left_out, now) for draft in json.loads(part)["exams"])
    answer = ImportPartApplied(
        version=1, import_id=event.import_id, part=event.part, added=added, left_out=tuple(left_out)
    )
    try:
        with transaction() as tx:
            emit(tx, answer, now)
    except Stale:
        # It was answered before.
        return


def _add_questions(
    event: ImportPartRequested, drafts: Sequence[Mapping[str, Any]], left_out: LeftOut, now: datetime
) -> int:
    images = _images(event, drafts, left_out)
    titles: dict[UUID, str] = {}
    given: dict[UUID, NewBankQuestion] = {}
    for draft in drafts:
        question_id = UUID(draft["id"])
        titles[question_id] = str(draft["title"] or draft["questionText"])[:_TITLE]
        try:
            given[question_id] = NewBankQuestion.model_validate(_body(draft, images))
        except ValidationError as error:
            left_out.append(_malformed(titles[question_id], error))
    outcome = bank.add_all(event.course_id, given, now)
    left_out += [_refused(titles[each], refusal) for each, refusal in outcome.refused.items()]
    return len(outcome.added) + len(outcome.kept)


def _images(event: ImportPartRequested, drafts: Sequence[Mapping[str, Any]], left_out: LeftOut) -> Mapping[str, str]:
    """The ids of the images that the drafts show, by their names in the package, of those that can be shown."""
    # Files read before questions could show images have none.
    files = {name: file["key"] for draft in drafts for name, file in draft.get("images", {}).items()}
    ids = {}
    for name, key in files.items():
        try:
            ids[name] = question_images.import_image(event.course_id, event.import_id, name, key)
        except (ImageMissing, ImageUnfit) as refusal:
            left_out.append(_refused(name, refusal))
    return ids


def _body(draft: Mapping[str, Any], images: Mapping[str, str]) -> dict[str, Any]:
    """The body of `POST /courses/{courseId}/questionBank` that a draft is."""
    body = {name: value for name, value in draft.items() if name not in ("id", "images")}
    return {**markdown_images.renamed_in(body, images), "title": draft["title"] or None}


def _malformed(what: str, error: ValidationError) -> ItemLeftOut:
    [first, *_] = error.errors()
    reason = f"{'.'.join(map(str, first['loc']))}: {message_of(first)}"
    return ItemLeftOut(what=what, reason=reason, code=first["type"])


def _coded(what: str, code: str, sentence: str, **numbers: int) -> ItemLeftOut:
    """With a sentence that exchange publishes under this code."""
    return ItemLeftOut(what=what, reason=sentence.format(**numbers), code=code, numbers=numbers)


def _refused(what: str, refusal: Problem) -> ItemLeftOut:
    return ItemLeftOut(what=what, reason=str(refusal.detail), code=refusal.reason_code)


def _add_exam(course_id: UUID, draft: Mapping[str, Any], left_out: LeftOut, now: datetime) -> bool:
    """Adds a draft with what the bank has of its questions; whether there is, or was, an exam of it."""
    exam_id, title = UUID(draft["id"]), str(draft["title"])
    try:
        body = NewExam(
            courseId=course_id,
            title=title,
            duration=min(draft["minutes"] or _MINUTES, _MOST_MINUTES),
            examDate=(now + _OPENS_IN).strftime("%Y-%m-%dT%H:00:00Z"),
            attemptsAllowed=min(draft["attempts"] or _MOST_ATTEMPTS, _MOST_ATTEMPTS),
            shuffle=draft["shuffle"],
            instructions=draft["instructions"][:_LONGEST_INSTRUCTIONS],
        )
        draws = [NewDraw.model_validate(draw) for draw in draft["draws"][:MOST_DRAWS]]
        points = _POINTS.validate_python(draft.get("points", {}))
    except ValidationError as error:
        left_out.append(_malformed(title, error))
        return False
    wanted = list(dict.fromkeys(UUID(each) for each in draft["questions"]))
    there = {question.id for question in bank.find_all(course_id, wanted)}
    named = [question_id for question_id in wanted if question_id in there][:MOST_QUESTIONS]
    try:
        named, lost = _create(exam_id, body, named, draws, points, now)
    except (Conflict, InvalidField) as refusal:
        left_out.append(_refused(title, refusal))
        return False
    if len(named) < len(wanted):
        lacks = "It has {taken} of its {count} questions: the bank lacks the others, or they do not fit."
        left_out.append(_coded(title, "some-questions", lacks, taken=len(named), count=len(wanted)))
    few = "The question bank has fewer than {count} questions of this tag."
    left_out += [_coded(f"{title}: {draw.tag}", "few-of-tag", few, count=draw.count) for draw in lost]
    return True


def _create(
    exam_id: UUID,
    body: NewExam,
    questions: list[UUID],
    draws: list[NewDraw],
    points: dict[UUID, Decimal],
    now: datetime,
) -> tuple[list[UUID], Sequence[NewDraw]]:
    """Creates an exam with as many of these questions as fit into one: those, and the draws that the bank lacks."""
    while True:
        chosen = QuestionsFromBank(questionIds=questions, draws=draws)
        try:
            return questions, drafts.create(exam_id, body, chosen, now, points)
        except (TooManyQuestions, QuestionsTooLong):
            if not questions:
                raise
            questions = questions[: len(questions) * 3 // 4]
