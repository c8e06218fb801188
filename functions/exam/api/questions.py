"""The routes of an exam's questions, those of its own and those that it draws from a bank."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from exam.api.application import app
from exam.api.parameters import ExamId
from exam.api.refusals import IMAGE_REFUSALS, QUESTION_REFUSALS
from exam.rules.editing import ExamNotBegun, LastQuestion, QuestionsFrozen
from exam.rules.questions import (
    NotTheSameQuestions,
    PointsOfDraw,
    QuestionNeeded,
    TooManyDraws,
    TooManyQuestions,
    UnknownChoice,
    UnknownQuestion,
)
from exam.schemas.bank import DrawView, QuestionsAdded, QuestionsFromBank
from exam.schemas.marking import Regrade, Regrading
from exam.schemas.questions import (
    NewQuestion,
    QuestionOrder,
    QuestionPage,
    QuestionPageWithKeys,
    QuestionUpdate,
    QuestionView,
)
from exam.service import bank_copies, questions
from exam.service.access import NotAccessible
from exam.service.bank_copies import NotEnoughQuestions, NothingChosen, UnknownBankQuestion
from exam.service.question_sets import QuestionsTooLong
from exam.service.questions import QuestionsHidden
from lms.dependencies import Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.fields import Flag
from lms.pages import Page
from lms.security import AnySignedIn, TeacherOrAdmin

QuestionId = Annotated[UUID, Path(alias="questionId")]
DrawId = Annotated[UUID, Path(alias="drawId")]


@app.post("/exams/{examId}/questions", status_code=201)
@refuses(NotAccessible, *QUESTION_REFUSALS, QuestionsTooLong, *IMAGE_REFUSALS, TooManyQuestions, QuestionsFrozen)
def create_question(
    caller: TeacherOrAdmin, exam_id: ExamId, idempotent: Idempotent, body: NewQuestion, response: Response, now: Now
) -> QuestionView:
    """Adds a question to an exam in which no attempt has begun."""
    view = questions.add(exam_id, caller, body, idempotent, now)
    response.headers["Location"] = questions.location(view)
    return view


@app.get("/exams/{examId}/questions")
@refuses(NotAccessible, QuestionsHidden)
def list_questions(
    caller: AnySignedIn, exam_id: ExamId, paging: Paging, now: Now
) -> Annotated[QuestionPageWithKeys | QuestionPage, Field(discriminator="view")]:
    """Lists the questions; students see them during an attempt, and with keys after the release."""
    return questions.list_questions(exam_id, caller, paging, now)


@app.post("/exams/{examId}/questions/fromBank", status_code=201)
@refuses(
    NotAccessible,
    NothingChosen,
    UnknownBankQuestion,
    TooManyQuestions,
    TooManyDraws,
    QuestionsTooLong,
    QuestionsFrozen,
    NotEnoughQuestions,
)
def copy_bank_questions(
    caller: TeacherOrAdmin,
    exam_id: ExamId,
    idempotent: Idempotent,
    body: QuestionsFromBank,
    response: Response,
    now: Now,
) -> QuestionsAdded:
    """Adds copies of bank questions to an exam, or draws from them for each attempt."""
    view = bank_copies.add(exam_id, caller, body, idempotent, now)
    response.headers["Location"] = bank_copies.location(exam_id)
    return view


@app.get("/exams/{examId}/draws")
@refuses(NotAccessible)
def list_draws(caller: TeacherOrAdmin, exam_id: ExamId, paging: Paging) -> Page[DrawView]:
    """Lists what an exam draws from its pools of bank questions for each attempt."""
    return bank_copies.list_draws(exam_id, caller, paging)


@app.delete("/exams/{examId}/draws/{drawId}", status_code=204)
@refuses(NotAccessible, QuestionsFrozen, LastQuestion)
def delete_draw(caller: TeacherOrAdmin, exam_id: ExamId, draw_id: DrawId, now: Now) -> None:
    """Deletes a draw of an exam with its pool, while no attempt has begun."""
    bank_copies.delete_draw(exam_id, draw_id, caller, now)


@app.put("/exams/{examId}/questions/order")
@refuses(NotAccessible, NotTheSameQuestions, QuestionsFrozen)
def reorder_questions(caller: TeacherOrAdmin, exam_id: ExamId, body: QuestionOrder, now: Now) -> Page[QuestionView]:
    """Puts all questions into another order, while no attempt has begun."""
    return questions.reorder(exam_id, caller, body.question_ids, now)


@app.put("/questions/{questionId}")
@refuses(NotAccessible, *QUESTION_REFUSALS, QuestionsTooLong, *IMAGE_REFUSALS, PointsOfDraw, QuestionsFrozen)
def update_question(
    caller: TeacherOrAdmin,
    question_id: QuestionId,
    if_match: IfMatch,
    body: QuestionUpdate,
    response: Response,
    now: Now,
) -> QuestionView:
    """Replaces the fields given of a question, while no attempt has begun."""
    view = questions.change(question_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/questions/{questionId}", status_code=204)
@refuses(NotAccessible, QuestionsFrozen, LastQuestion, QuestionNeeded)
def delete_question(caller: TeacherOrAdmin, question_id: QuestionId, if_match: IfMatch, now: Now) -> None:
    """Deletes a question, while no attempt has begun."""
    questions.delete(question_id, caller, if_match, now)


@app.post("/exams/{examId}/regrade", status_code=202)
@refuses(NotAccessible, UnknownQuestion, UnknownChoice, *QUESTION_REFUSALS, QuestionsTooLong, ExamNotBegun)
def regrade_exam(
    caller: TeacherOrAdmin,
    exam_id: ExamId,
    idempotent: Idempotent,
    body: Regrade,
    now: Now,
    dry_run: Annotated[Flag, Query(alias="dryRun")] = False,
) -> Regrading:
    """Corrects a key after the exam has begun; every attempt is graded again. With `dryRun` nothing is done."""
    return questions.regrade(exam_id, caller, body, idempotent, now, dry_run=dry_run)
