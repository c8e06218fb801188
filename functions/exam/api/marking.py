"""The routes by which teachers mark attempts, and open them again."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from exam.api.application import app
from exam.api.parameters import AttemptId
from exam.rules.grading import MarksReasonMissing, TooManyMarks
from exam.rules.questions import UnknownQuestion
from exam.rules.release import KeysAreOut
from exam.rules.standing import AnotherRunning, AttemptRunning
from exam.schemas.attempts import Reopening
from exam.schemas.marking import AttemptToMark, MarkedAttempt, MarksUpdate
from exam.service import marking, marking_lists
from exam.service.access import NotAccessible
from exam.service.standings import StudentErased
from lms.callers import Caller
from lms.dependencies import IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.pages import Page
from lms.security import Teacher, TeacherOrAdmin


class OtherTeachersMarking(Forbidden):
    detail = "This is another teacher's marking."


@app.put("/attempts/{attemptId}/marks")
@refuses(NotAccessible, UnknownQuestion, TooManyMarks, MarksReasonMissing, AttemptRunning, StudentErased)
def mark_attempt(
    caller: TeacherOrAdmin, attempt_id: AttemptId, if_match: IfMatch, body: MarksUpdate, response: Response, now: Now
) -> MarkedAttempt:
    """Gives marks for `text` questions, or replaces those that the key gave."""
    view = marking.mark(attempt_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.post("/attempts/{attemptId}/reopen")
@refuses(NotAccessible, AttemptRunning, AnotherRunning, StudentErased, KeysAreOut)
def reopen_attempt(
    caller: TeacherOrAdmin, attempt_id: AttemptId, body: Reopening, response: Response, now: Now
) -> MarkedAttempt:
    """Lets a submitted attempt go on with its answers; it has no score until it ends again."""
    view = marking.reopen(attempt_id, caller, body, now)
    set_etag(response, view.version)
    return view


@refuses(OtherTeachersMarking)
def _self(caller: Teacher, instructor_id: Annotated[UUID, Path(alias="instructorId")]) -> Caller:
    if caller.id != instructor_id:
        raise OtherTeachersMarking
    return caller


@app.get("/instructors/{instructorId}/marking")
def list_marking(teacher: Annotated[Caller, Depends(_self)], paging: Paging) -> Page[AttemptToMark]:
    """Lists what a teacher has to mark in all exams of their courses, oldest first."""
    return marking_lists.list_waiting(teacher, paging)
