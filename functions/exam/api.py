"""The routes of exam."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Depends, Path, Query, Response
from pydantic import Field

from exam.rules.bank import BankFull, Difficulty, QuestionTooLong
from exam.rules.editing import (
    ClosingImpossible,
    EarlierClosing,
    ExamBegun,
    ExamHasNoQuestions,
    ExamNotBegun,
    ExamNotPublished,
    LastQuestion,
    NewExamHasNoQuestions,
    PublishedTooLate,
    QuestionsFrozen,
    ReleasedAutomatically,
    SettingsFrozen,
)
from exam.rules.grading import MarksReasonMissing, TooManyMarks
from exam.rules.question_kinds import KeyDoesNotFit, Kind
from exam.rules.questions import (
    MOST_QUESTIONS,
    ChoiceIdTaken,
    ChoicesNotAllowed,
    NotAnAnswer,
    NotTheSameQuestions,
    PointsOfDraw,
    PromptIdTaken,
    PromptsMissing,
    PromptsNotAllowed,
    QuestionNeeded,
    TooFewChoices,
    TooManyDraws,
    TooManyQuestions,
    UnknownChoice,
    UnknownQuestion,
    WeightsIncomplete,
    WeightsNotAllowed,
)
from exam.rules.release import KeysAreOut
from exam.rules.standing import (
    AnotherRunning,
    AttemptOver,
    AttemptRunning,
    ExamClosed,
    ExamNotOpen,
    NoAttemptsLeft,
    State,
    TakenOnPaper,
)
from exam.schemas.accommodations import (
    AccommodationUpdate,
    AccommodationView,
    CourseAccommodationUpdate,
    CourseAccommodationView,
)
from exam.schemas.attempts import AttemptAnswers, AttemptSummary, AttemptView, Reopening
from exam.schemas.bank import (
    BankQuestionUpdate,
    BankQuestionView,
    DrawView,
    NewBankQuestion,
    QuestionsAdded,
    QuestionsFromBank,
    QuestionTag,
    TagCount,
)
from exam.schemas.exams import ExamDetails, ExamUpdate, ExamView, NewExam, Release
from exam.schemas.marking import AttemptToMark, MarkedAttempt, MarksUpdate, Regrade, Regrading
from exam.schemas.questions import (
    NewQuestion,
    NewQuestionImage,
    QuestionImageUpload,
    QuestionOrder,
    QuestionPage,
    QuestionPageWithKeys,
    QuestionUpdate,
    QuestionView,
)
from exam.schemas.results import ExamStatistics, NewResult, ResultDetails, Results, ResultView
from exam.service import (
    access,
    accommodations,
    analysis,
    attempts,
    bank,
    bank_copies,
    course_accommodations,
    exams,
    marking,
    marking_lists,
    question_images,
    questions,
    results,
    schedules,
)
from exam.service.access import CourseMembership, NotAccessible, StudentNotInCourse, UnknownStudent
from exam.service.accommodations import NoAccommodation
from exam.service.attempts import AnswersTooLong
from exam.service.bank_copies import NotEnoughQuestions, NothingChosen, UnknownBankQuestion
from exam.service.exams import StudentsCanStillAnswer
from exam.service.question_images import ImageMissing, ImageUnfit, TooManyImages
from exam.service.question_sets import QuestionsTooLong
from exam.service.questions import QuestionsHidden
from exam.service.results import ResultNotFound, ResultReasonMissing, TakenOnline
from exam.service.schedules import TooManyExams
from exam.service.standings import StudentErased
from lms.callers import Caller
from lms.dependencies import CourseId, CourseTeacher, Idempotent, IfMatch, Now, Paging, set_etag
from lms.errors import Forbidden, refuses
from lms.fields import Flag
from lms.http import LambdaHandler, create_app
from lms.pages import Page
from lms.refusals import CourseNotFound, NotCourseMember, NotCourseTeacher, NotInGoodStanding
from lms.security import AnySignedIn, Student, Teacher, TeacherOrAdmin

app = create_app("exam")

# One name for both meanings, as OpenAPI wants it: a course's id to list, an exam's own to change.
CourseIdAsId = Annotated[UUID, Path(alias="id", description="The course's id.")]
ExamIdAsId = Annotated[UUID, Path(alias="id", description="The exam's id.")]
ExamId = Annotated[UUID, Path(alias="examId")]
QuestionId = Annotated[UUID, Path(alias="questionId")]
DrawId = Annotated[UUID, Path(alias="drawId")]
BankQuestionId = Annotated[UUID, Path(alias="bankQuestionId")]
AttemptId = Annotated[UUID, Path(alias="attemptId")]
StudentId = Annotated[UUID, Path(alias="studentId")]
Status = Annotated[Literal["running", "submitted", "pending", "graded"] | None, Query()]
ExamState = Annotated[State | None, Query()]
GivenAnswers = Annotated[
    dict[UUID, Any],
    Body(
        max_length=MOST_QUESTIONS,
        description="By question id: a choice's id, ids of choices, the id of a choice for each prompt's, a boolean, a "
        "number or a text; null removes one.",
        examples=[{"0198c2f4-7711-7e42-a1b3-0d5c8f2e6b21": "b"}],
    ),
]
_QUESTION_FAULTS = (
    TooFewChoices,
    ChoicesNotAllowed,
    ChoiceIdTaken,
    WeightsNotAllowed,
    WeightsIncomplete,
    PromptsMissing,
    PromptsNotAllowed,
    PromptIdTaken,
    KeyDoesNotFit,
    QuestionsTooLong,
)
_IMAGE_FAULTS = (ImageMissing, ImageUnfit, TooManyImages)
_BANK_QUESTION_FAULTS = (*_QUESTION_FAULTS[:-1], QuestionTooLong, *_IMAGE_FAULTS)
BankTag = Annotated[QuestionTag | None, Query(description="Case and blanks make no difference.")]


class OtherTeachersMarking(Forbidden):
    detail = "This is another teacher's marking."


class OtherStudentsResult(Forbidden):
    detail = "This is another student's result."


@app.post("/exams", status_code=201)
@refuses(NotCourseTeacher, ClosingImpossible, NewExamHasNoQuestions, CourseNotFound, TooManyExams)
def create_exam(
    caller: TeacherOrAdmin, idempotent: Idempotent, body: NewExam, response: Response, now: Now
) -> ExamView:
    """Creates an exam."""
    view = exams.create(body, caller, idempotent, now)
    response.headers["Location"] = exams.location(view)
    return view


@refuses(NotCourseMember)
def _member_of_id(caller: AnySignedIn, course_id: CourseIdAsId) -> CourseMembership:
    return access.as_member(caller, course_id)


@refuses(NotCourseMember)
def _member_of_course(caller: AnySignedIn, course_id: CourseId) -> CourseMembership:
    return access.as_member(caller, course_id)


@app.get("/exams/{id}")
@refuses(CourseNotFound)
def list_exams(course: Annotated[CourseMembership, Depends(_member_of_id)], paging: Paging) -> Page[ExamView]:
    """Lists the exams of a course; students see the published ones."""
    return exams.list_exams(*course, paging)


@app.get("/courses/{courseId}/exams")
@refuses(CourseNotFound)
def list_exams_of_course(
    course: Annotated[CourseMembership, Depends(_member_of_course)], paging: Paging
) -> Page[ExamView]:
    """Lists the exams of a course; students see the published ones."""
    return exams.list_exams(*course, paging)


@app.get("/student/exams")
def list_student_exams(caller: Student, paging: Paging, now: Now, state: ExamState = None) -> Page[ExamDetails]:
    """Lists a student's exams in all courses, soonest first."""
    return schedules.list_own(caller, state, paging, now)


@app.get("/exams/{examId}/details")
@refuses(NotAccessible)
def get_exam(caller: AnySignedIn, exam_id: ExamId, response: Response, now: Now) -> ExamDetails:
    """Shows an exam; to a student also when it opens and closes for them, and what they may do."""
    view = exams.details(exam_id, caller, now)
    set_etag(response, view.version)
    return view


@app.put("/exams/{id}")
@refuses(
    NotAccessible,
    ClosingImpossible,
    SettingsFrozen,
    EarlierClosing,
    ExamClosed,
    ExamHasNoQuestions,
    PublishedTooLate,
    CourseNotFound,
    TooManyExams,
)
def update_exam(
    caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, body: ExamUpdate, response: Response, now: Now
) -> ExamView:
    """Replaces the fields given. Once an attempt has begun, only the title and a later `closesAt` are accepted."""
    view = exams.update(exam_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.delete("/exams/{id}", status_code=204)
@refuses(NotAccessible, ExamBegun, CourseNotFound)
def delete_exam(caller: TeacherOrAdmin, exam_id: ExamIdAsId, if_match: IfMatch, now: Now) -> None:
    """Deletes an exam in which no attempt has begun."""
    exams.delete(exam_id, caller, if_match, now)


@app.post("/exams/{examId}/release")
@refuses(NotAccessible, ReleasedAutomatically, ExamNotPublished, ExamNotOpen, StudentsCanStillAnswer, CourseNotFound)
def release(caller: TeacherOrAdmin, exam_id: ExamId, now: Now, body: Release | None = None) -> ExamView:
    """Releases the results of an exam with manual release.

    With `closeNow`, an exam that is still open is closed: no more attempts can begin, and the results are released when
    the running ones have ended.
    """
    return exams.release(exam_id, caller, now, close_now=body is not None and body.close_now)


@app.get("/exams/{examId}/accommodations")
@refuses(NotAccessible)
def list_accommodations(caller: TeacherOrAdmin, exam_id: ExamId, paging: Paging) -> Page[AccommodationView]:
    """Lists what students of an exam were granted."""
    return accommodations.list_accommodations(exam_id, caller, paging)


@app.delete("/exams/{examId}/accommodations/{studentId}", status_code=204)
@refuses(NotAccessible, NotCourseTeacher, StudentNotInCourse, NoAccommodation, KeysAreOut)
def delete_accommodation(caller: TeacherOrAdmin, exam_id: ExamId, student_id: StudentId, now: Now) -> None:
    """Takes back all that one student was granted, also during an attempt."""
    accommodations.withdraw(exam_id, student_id, caller, now)


@app.put("/exams/{examId}/accommodations/{studentId}")
@refuses(NotAccessible, NotCourseTeacher, StudentNotInCourse, StudentErased, KeysAreOut)
def accommodate(
    caller: TeacherOrAdmin, exam_id: ExamId, student_id: StudentId, body: AccommodationUpdate, now: Now
) -> AccommodationView:
    """Grants one student more time, a later closing or more attempts."""
    return accommodations.accommodate(exam_id, student_id, caller, body, now)


@app.get("/courses/{courseId}/accommodations")
@refuses(CourseNotFound)
def list_course_accommodations(_: CourseTeacher, course_id: CourseId, paging: Paging) -> Page[CourseAccommodationView]:
    """Lists the students who were granted more time in every exam of a course."""
    return course_accommodations.list_accommodations(course_id, paging)


@app.put("/courses/{courseId}/accommodations/{studentId}")
@refuses(CourseNotFound, StudentNotInCourse, StudentErased)
def set_course_accommodation(
    _: CourseTeacher, course_id: CourseId, student_id: StudentId, body: CourseAccommodationUpdate, now: Now
) -> CourseAccommodationView:
    """Grants one student more time in every exam of a course; it counts at once in a running attempt."""
    return course_accommodations.grant(course_id, student_id, body, now)


@app.delete("/courses/{courseId}/accommodations/{studentId}", status_code=204)
@refuses(CourseNotFound, NoAccommodation)
def delete_course_accommodation(_: CourseTeacher, course_id: CourseId, student_id: StudentId, now: Now) -> None:
    """Takes back what one student was granted in every exam of a course."""
    course_accommodations.withdraw(course_id, student_id, now)


@app.post("/exams/{examId}/questions", status_code=201)
@refuses(NotAccessible, *_QUESTION_FAULTS, *_IMAGE_FAULTS, TooManyQuestions, QuestionsFrozen)
def add_question(
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
@refuses(NotAccessible, *_QUESTION_FAULTS, *_IMAGE_FAULTS, PointsOfDraw, QuestionsFrozen)
def change_question(
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
@refuses(NotAccessible, UnknownQuestion, UnknownChoice, *_QUESTION_FAULTS, ExamNotBegun)
def regrade(
    caller: TeacherOrAdmin,
    exam_id: ExamId,
    idempotent: Idempotent,
    body: Regrade,
    now: Now,
    dry_run: Annotated[Flag, Query(alias="dryRun")] = False,
) -> Regrading:
    """Corrects a key after the exam has begun; every attempt is graded again. With `dryRun` nothing is done."""
    return questions.regrade(exam_id, caller, body, idempotent, now, dry_run=dry_run)


@app.post("/exams/{examId}/attempts", status_code=201, responses={200: {"model": AttemptView}})
@refuses(NotAccessible, NotInGoodStanding, TakenOnPaper, ExamNotOpen, ExamClosed, NoAttemptsLeft)
def start(caller: Student, exam_id: ExamId, idempotent: Idempotent, response: Response, now: Now) -> AttemptView:
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
def show_attempt(
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
def submit(caller: Student, attempt_id: AttemptId, now: Now) -> AttemptSummary:
    """Ends an attempt and grades it; a repeated request gets the same answer."""
    return attempts.submit(attempt_id, caller, now)


@app.put("/attempts/{attemptId}/marks")
@refuses(NotAccessible, UnknownQuestion, TooManyMarks, MarksReasonMissing, AttemptRunning, StudentErased)
def mark(
    caller: TeacherOrAdmin, attempt_id: AttemptId, if_match: IfMatch, body: MarksUpdate, response: Response, now: Now
) -> MarkedAttempt:
    """Gives marks for `text` questions, or replaces those that the key gave."""
    view = marking.mark(attempt_id, caller, body, if_match, now)
    set_etag(response, view.version)
    return view


@app.post("/attempts/{attemptId}/reopen")
@refuses(NotAccessible, AttemptRunning, AnotherRunning, StudentErased, KeysAreOut)
def reopen(
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
def show_result(
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
@refuses(CourseNotFound, *_BANK_QUESTION_FAULTS, BankFull)
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
@refuses(NotAccessible, *_BANK_QUESTION_FAULTS)
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


@app.get("/exams/{examId}/statistics")
@refuses(NotAccessible)
def get_exam_statistics(caller: TeacherOrAdmin, exam_id: ExamId) -> ExamStatistics:
    """Shows how each question of an exam was answered, in the attempts that have ended."""
    return analysis.statistics(exam_id, caller)


handler = LambdaHandler(app)
