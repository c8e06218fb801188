"""The routes of a course's question bank, and of images in questions."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from exam.api.application import app
from exam.api.refusals import IMAGE_REFUSALS, QUESTION_REFUSALS
from exam.rules.bank import BankFull, Difficulty, QuestionTooLong
from exam.rules.question_kinds import Kind
from exam.schemas.bank import BankQuestionUpdate, BankQuestionView, NewBankQuestion, QuestionTag, TagCount
from exam.schemas.questions import NewQuestionImage, QuestionImageUpload
from exam.service import bank, question_images
from exam.service.access import NotAccessible
from lms.dependencies import CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.pages import Page
from lms.refusals import CourseNotFound
from lms.security import TeacherOrAdmin

BankQuestionId = Annotated[UUID, Path(alias="bankQuestionId")]
_BANK_QUESTION_REFUSALS = (*QUESTION_REFUSALS, QuestionTooLong, *IMAGE_REFUSALS)
BankTag = Annotated[QuestionTag | None, Query(description="Case and blanks make no difference.")]


@app.get("/courses/{courseId}/questionBank")
@refuses(CourseNotFound)
def list_bank_questions(
    _: CourseTeacher,
    course_id: CourseId,
    paging: Paging,
    tag: BankTag = None,
    difficulty: Annotated[Difficulty | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
) -> Page[BankQuestionView]:
    """Lists the questions of a course's bank, of one tag, difficulty or kind where asked for."""
    return bank.list_questions(course_id, tag, difficulty, kind, paging)


@app.get("/courses/{courseId}/questionBank/tags")
@refuses(CourseNotFound)
def list_bank_tags(_: CourseTeacher, course_id: CourseId, paging: Paging) -> Page[TagCount]:
    """Lists the tags of a course's question bank, and how many questions have them."""
    return bank.list_tags(course_id, paging)


@app.post("/courses/{courseId}/questionBank", status_code=201)
@refuses(CourseNotFound, *_BANK_QUESTION_REFUSALS, BankFull)
def create_bank_question(
    _: CourseTeacher, course_id: CourseId, idempotent: Idempotent, body: NewBankQuestion, response: Response, now: Now
) -> BankQuestionView:
    """Adds a question to the bank of a course."""
    view = bank.add(course_id, body, idempotent, now)
    response.headers["Location"] = bank.location(view)
    return view


@app.post("/courses/{courseId}/questionImages")
@refuses(CourseNotFound)
def upload_question_image(_: CourseTeacher, course_id: CourseId, body: NewQuestionImage) -> QuestionImageUpload:
    """A form to upload an image by, which questions of the course can show then."""
    return question_images.upload_form(course_id, body)


@app.get("/bankQuestions/{bankQuestionId}")
@refuses(NotAccessible)
def get_bank_question(caller: TeacherOrAdmin, question_id: BankQuestionId, response: Response) -> BankQuestionView:
    """Shows a question of a bank."""
    view = bank.show(question_id, caller)
    set_etag(response, view.version)
    return view


@app.put("/bankQuestions/{bankQuestionId}")
@refuses(NotAccessible, *_BANK_QUESTION_REFUSALS)
def update_bank_question(
    caller: TeacherOrAdmin,
    question_id: BankQuestionId,
    if_match: IfMatch,
    body: BankQuestionUpdate,
    response: Response,
    now: Now,
) -> BankQuestionView:
    """Replaces the fields given of a question of a bank; exams keep their copies as they are."""
    view = bank.change(question_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/bankQuestions/{bankQuestionId}", status_code=204)
@refuses(NotAccessible)
def delete_bank_question(caller: TeacherOrAdmin, question_id: BankQuestionId, if_match: IfMatch) -> None:
    """Deletes a question of a bank; exams keep their copies."""
    bank.delete(question_id, caller, if_match)
