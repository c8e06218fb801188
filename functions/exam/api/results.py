"""The routes of results, and of statistics on them."""

from typing import Annotated

from fastapi import Depends, Response

from exam.api.application import app
from exam.api.parameters import ExamId, StudentId
from exam.rules.editing import ExamNotPublished
from exam.schemas.results import ExamStatistics, NewResult, ResultDetails, Results, ResultView
from exam.service import analysis, results
from exam.service.access import NotAccessible, StudentNotInCourse, UnknownStudent
from exam.service.results import ResultNotFound, ResultReasonMissing, TakenOnline
from exam.service.standings import StudentErased
from lms.callers import Caller
from lms.dependencies import Idempotent, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.refusals import NotCourseTeacher
from lms.security import AnySignedIn, TeacherOrAdmin


class OtherStudentsResult(Forbidden):
    detail = "This is another student's result."


@app.post("/results", status_code=201, responses={200: {"model": ResultView}})
@refuses(NotAccessible, UnknownStudent, ResultReasonMissing, TakenOnline, ExamNotPublished, StudentErased)
def record_result(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewResult, response: Response, now: Now
) -> ResultView:
    """Records the result of an exam on paper, or replaces (200) the earlier one."""
    view, is_first = results.record(body, caller, idempotent, now)
    response.status_code = 201 if is_first else 200
    response.headers["Location"] = results.location(view)
    set_etag(response, view.version)
    return view


@refuses(OtherStudentsResult)
def _self_or_staff(caller: AnySignedIn, student_id: StudentId) -> Caller:
    if caller.role == "student" and caller.id != student_id:
        raise OtherStudentsResult
    return caller


@app.get("/results/{examId}/{studentId}")
@refuses(NotAccessible, NotCourseTeacher, StudentNotInCourse, ResultNotFound)
def get_result(
    caller: Annotated[Caller, Depends(_self_or_staff)],
    exam_id: ExamId,
    student_id: StudentId,
    response: Response,
    now: Now,
) -> ResultDetails:
    """Shows the result of the best attempt with the marked answers; students see it once it is released."""
    view = results.show(exam_id, student_id, caller, now)
    set_etag(response, view.version)
    return view


@app.get("/exams/{examId}/results")
@refuses(NotAccessible)
def list_results(caller: TeacherOrAdmin, exam_id: ExamId, paging: Paging) -> Results:
    """Lists the results of an exam, with their distribution."""
    return results.list_results(exam_id, caller, paging)


@app.get("/exams/{examId}/statistics")
@refuses(NotAccessible)
def get_exam_statistics(caller: TeacherOrAdmin, exam_id: ExamId) -> ExamStatistics:
    """Shows how each question of an exam was answered, in the attempts that have ended."""
    return analysis.statistics(exam_id, caller)
