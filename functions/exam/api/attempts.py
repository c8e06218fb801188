"""The routes by which students take an exam, and by which attempts are shown."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Query, Response
from pydantic import Field

from exam.api.application import app
from exam.api.parameters import AttemptId, ExamId
from exam.rules.questions import MOST_QUESTIONS, NotAnAnswer, UnknownQuestion
from exam.rules.standing import AttemptOver, ExamClosed, ExamNotOpen, NoAttemptsLeft, TakenOnPaper
from exam.schemas.attempts import AttemptAnswers, AttemptSummary, AttemptView
from exam.schemas.marking import MarkedAttempt
from exam.service import attempts
from exam.service.access import NotAccessible
from exam.service.attempts import AnswersTooLong
from lms.dependencies import Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import refuses
from lms.pages import Page
from lms.refusals import NotInGoodStanding
from lms.security import AnySignedIn, Student

Status = Annotated[Literal["running", "submitted", "pending", "graded"] | None, Query()]
GivenAnswers = Annotated[
    dict[UUID, Any],
    Body(
        max_length=MOST_QUESTIONS,
        description="By question id: a choice's id, ids of choices, the id of a choice for each prompt's, a boolean, a "
        "number or a text; null removes one.",
        examples=[{"0198c2f4-7711-7e42-a1b3-0d5c8f2e6b21": "b"}],
    ),
]


@app.post("/exams/{examId}/attempts", status_code=201, responses={200: {"model": AttemptView}})
@refuses(NotAccessible, NotInGoodStanding, TakenOnPaper, ExamNotOpen, ExamClosed, NoAttemptsLeft)
def start_attempt(
    caller: Student, exam_id: ExamId, idempotent: Idempotent, response: Response, now: Now
) -> AttemptView:
    """Begins an attempt, or returns (200) the one that is running."""
    view, is_new = attempts.start(exam_id, caller, idempotent, now)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = attempts.location(view)
    set_etag(response, view.version)
    return view


@app.get("/exams/{examId}/attempts")
@refuses(NotAccessible)
def list_attempts(
    caller: AnySignedIn, exam_id: ExamId, paging: Paging, now: Now, status: Status = None
) -> Page[AttemptSummary]:
    """Lists the attempts; students see only their own."""
    return attempts.list_attempts(exam_id, caller, status, paging, now)


@app.get("/attempts/{attemptId}")
@refuses(NotAccessible)
def get_attempt(
    caller: AnySignedIn, attempt_id: AttemptId, response: Response, now: Now
) -> Annotated[MarkedAttempt | AttemptView, Field(discriminator="view")]:
    """Shows an attempt: with its questions to its student, with its marks to teachers."""
    view = attempts.show(attempt_id, caller, now)
    set_etag(response, view.version)
    return view


@app.put("/attempts/{attemptId}/answers")
@refuses(NotAccessible, UnknownQuestion, NotAnAnswer, AnswersTooLong, AttemptOver)
def save_answers(
    caller: Student, attempt_id: AttemptId, if_match: IfMatch, body: GivenAnswers, response: Response, now: Now
) -> AttemptAnswers:
    """Saves the answers given and leaves the others as they are. Clients may save as often as they like."""
    view = attempts.save(attempt_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.post("/attempts/{attemptId}/submit")
@refuses(NotAccessible, NotInGoodStanding)
def submit_attempt(caller: Student, attempt_id: AttemptId, now: Now) -> AttemptSummary:
    """Ends an attempt and grades it; a repeated request gets the same answer."""
    return attempts.submit(attempt_id, caller, now)
