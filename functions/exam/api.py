"""The routes of exam."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Depends, Path, Query, Response

from exam.schemas import (
    AccommodationUpdate,
    AccommodationView,
    AttemptAnswers,
    AttemptSummary,
    AttemptView,
    ExamUpdate,
    ExamView,
    MarkedAttempt,
    MarksUpdate,
    NewExam,
    NewQuestion,
    NewResult,
    QuestionUpdate,
    QuestionView,
    Regrade,
    Regrading,
    Release,
    ResultDetails,
    Results,
    ResultView,
    StudentQuestion,
)
from exam.service import accommodations, attempts, exams, marking, questions, results
from lms.callers import Caller
from lms.dependencies import CourseId, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.security import AnySignedIn, Student, TeacherOrAdmin

app = create_app("exam")

# One name for both meanings, as OpenAPI wants it: a course's id to list, an exam's own to change.
CourseIdAsId = Annotated[UUID, Path(alias="id", description="The course's id.")]
ExamIdAsId = Annotated[UUID, Path(alias="id", description="The exam's id.")]
ExamId = Annotated[UUID, Path(alias="examId")]
QuestionId = Annotated[UUID, Path(alias="questionId")]
AttemptId = Annotated[UUID, Path(alias="attemptId")]
StudentId = Annotated[UUID, Path(alias="studentId")]
Status = Annotated[Literal["running", "submitted", "pending", "graded"] | None, Query()]
GivenAnswers = Annotated[
    dict[UUID, Any],
    Body(
        max_length=questions.MOST_QUESTIONS,
        description="Answers by question id: a choice's id, ids of choices, a boolean, a number, a text; null: none.",
        examples=[{"0198c2f4-7711-7e42-a1b3-0d5c8f2e6b21": "b"}],
    ),
]


@app.post("/exams", status_code=201)
def create_exam(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewExam, response: Response, now: Now
) -> ExamView:
    """Creates an exam."""
    view = exams.create(body, caller, idempotent, now)
    response.headers["Location"] = exams.location(view)
    return view


@app.get("/exams/{id}")
def list_exams(caller: AnySignedIn, course_id: CourseIdAsId, paging: Paging) -> Page[ExamView]:
    """The exams of a course; students see the published ones."""
    return exams.list_exams(course_id, caller, paging)


@app.get("/courses/{courseId}/exams")
def list_exams_of_course(caller: AnySignedIn, course_id: CourseId, paging: Paging) -> Page[ExamView]:
    """The exams of a course; students see the published ones."""
    return exams.list_exams(course_id, caller, paging)


@app.put("/exams/{id}")
def update_exam(
    caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, body: ExamUpdate, response: Response, now: Now
) -> ExamView:
    """Replaces the fields given; once an attempt has begun, only the title, and `closesAt` with a later time."""
    view = exams.update(exam_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/exams/{id}", status_code=204)
def delete_exam(caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, now: Now) -> None:
    """Deletes an exam unless an attempt has begun."""
    exams.delete(exam_id, caller, if_match, now)


@app.post("/exams/{examId}/release")
def release(caller: TeacherOrAdmin, exam_id: ExamId, now: Now, body: Release | None = None) -> ExamView:
    """Releases the results of an exam with manual release.

    With `closeNow` also of one that is open: no more attempts begin, and the results are released when the running ones
    have ended.
    """
    return exams.release(exam_id, caller, now, close_now=body is not None and body.close_now)


@app.put("/exams/{examId}/accommodations/{studentId}")
def accommodate(
    caller: TeacherOrAdmin, exam_id: ExamId, student_id: StudentId, body: AccommodationUpdate, now: Now
) -> AccommodationView:
    """Grants one student more time, a later closing or more attempts."""
    return accommodations.accommodate(exam_id, student_id, caller, body, now)


@app.post("/exams/{examId}/questions", status_code=201)
def add_question(
    caller: TeacherOrAdmin, exam_id: ExamId, idempotent: Idempotent, body: NewQuestion, response: Response, now: Now
) -> QuestionView:
    """Adds a question, until an attempt has begun."""
    view = questions.add(exam_id, caller, body, idempotent, now)
    response.headers["Location"] = questions.location(view)
    return view


@app.get("/exams/{examId}/questions")
def list_questions(
    caller: AnySignedIn, exam_id: ExamId, paging: Paging, now: Now
) -> Page[QuestionView] | Page[StudentQuestion]:
    """The questions; students see them during an attempt, and with keys after the release."""
    return questions.listed(exam_id, caller, paging, now)


@app.put("/questions/{questionId}")
def change_question(
    caller: TeacherOrAdmin,
    question_id: QuestionId,
    if_match: IfMatch,
    body: QuestionUpdate,
    response: Response,
    now: Now,
) -> QuestionView:
    """Replaces the fields given, until an attempt has begun."""
    view = questions.change(question_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/questions/{questionId}", status_code=204)
def delete_question(caller: TeacherOrAdmin, question_id: QuestionId, if_match: IfMatch, now: Now) -> None:
    """Deletes a question, until an attempt has begun."""
    questions.delete(question_id, caller, if_match, now)


@app.post("/exams/{examId}/regrade", status_code=202)
def regrade(caller: TeacherOrAdmin, exam_id: ExamId, idempotent: Idempotent, body: Regrade, now: Now) -> Regrading:
    """Corrects a key after the exam has begun; every attempt is graded again."""
    return questions.regrade(exam_id, caller, body, idempotent, now)


@app.post("/exams/{examId}/attempts", status_code=201, responses={200: {"model": AttemptView}})
def start(caller: Student, exam_id: ExamId, idempotent: Idempotent, response: Response, now: Now) -> AttemptView:
    """Begins an attempt, or returns (200) the one that is running."""
    view, is_new = attempts.start(exam_id, caller, idempotent, now)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = attempts.location(view)
    set_etag(response, view.version)
    return view


@app.get("/exams/{examId}/attempts")
def list_attempts(
    caller: AnySignedIn, exam_id: ExamId, paging: Paging, now: Now, status: Status = None
) -> Page[AttemptSummary]:
    """Teachers see all attempts, students their own."""
    return attempts.listed(exam_id, caller, status, paging, now)


@app.get("/attempts/{attemptId}")
def show_attempt(
    caller: AnySignedIn, attempt_id: AttemptId, response: Response, now: Now
) -> MarkedAttempt | AttemptView:
    """An attempt for its student, with questions; or with its marks, for teachers."""
    view = attempts.show(attempt_id, caller, now)
    set_etag(response, view.version)
    return view


@app.put("/attempts/{attemptId}/answers")
def save_answers(
    caller: Student, attempt_id: AttemptId, if_match: IfMatch, body: GivenAnswers, response: Response, now: Now
) -> AttemptAnswers:
    """Saves the answers given and leaves the others as they are; any number of times, until the deadline."""
    view = attempts.save(attempt_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.post("/attempts/{attemptId}/submit")
def submit(caller: Student, attempt_id: AttemptId, now: Now) -> AttemptSummary:
    """Ends an attempt and grades it; a repeated request returns the same."""
    return attempts.submit(attempt_id, caller, now)


@app.put("/attempts/{attemptId}/marks")
def mark(
    caller: TeacherOrAdmin, attempt_id: AttemptId, if_match: IfMatch, body: MarksUpdate, response: Response, now: Now
) -> MarkedAttempt:
    """Gives marks, for `text` questions or instead of those that the key gave."""
    view = marking.mark(attempt_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.post("/results", status_code=201, responses={200: {"model": ResultView}})
def record_result(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewResult, response: Response, now: Now
) -> ResultView:
    """Records the result of an exam on paper, or replaces (200) the one recorded before."""
    view, is_first = results.record(body, caller, idempotent, now)
    response.status_code = 201 if is_first else 200
    response.headers["Location"] = results.location(view)
    set_etag(response, view.version)
    return view


def _self_or_staff(caller: AnySignedIn, student_id: StudentId) -> Caller:
    if caller.role == "student" and caller.id != student_id:
        raise Forbidden("This is another student's result.")
    return caller


@app.get("/results/{examId}/{studentId}")
def show_result(
    caller: Annotated[Caller, Depends(_self_or_staff)],
    exam_id: ExamId,
    student_id: StudentId,
    response: Response,
    now: Now,
) -> ResultDetails:
    """The best attempt's result with the marked answers; for the student once it is released."""
    view = results.show(exam_id, student_id, caller, now)
    set_etag(response, view.version)
    return view


@app.get("/exams/{examId}/results")
def list_results(caller: TeacherOrAdmin, exam_id: ExamId, paging: Paging) -> Results:
    """The results of an exam, and their distribution."""
    return results.listed(exam_id, caller, paging)


handler = LambdaHandler(app)
