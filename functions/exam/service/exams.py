"""Exams: created, listed, changed, published, released, deleted."""

from datetime import datetime, timedelta
from uuid import UUID

from exam.rules import deadlines, editing
from exam.rules.settings import ExamSettings
from exam.schemas.exams import ExamDetails, ExamUpdate, ExamView, NewExam
from exam.service import access, schedules, standings, sweeps, views
from exam.tables import Exam, Listed, exams_key
from lms import roster
from lms.access import CourseAccess
from lms.audit import audit
from lms.callers import Caller
from lms.dynamo import Transaction, retry_stale, transaction
from lms.errors import Conflict
from lms.etags import Precondition, require_match
from lms.events.exams import ExamCancelled, ExamChanged, ExamScheduled, ExamState
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound, NotCourseTeacher


class StudentsCanStillAnswer(Conflict):
    code = "open"
    detail = "Students can still take this exam; use closeNow to close it."


@retry_stale
def create(body: NewExam, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> ExamView:
    """Creates an exam; raises `NotCourseTeacher`, an `InvalidField`, `CourseNotFound`."""
    course, level = access.in_course(caller, body.course_id)
    if level != "teacher":
        raise NotCourseTeacher
    exam = new(uuid7(), body, now)
    editing.require_creatable(exam.settings())
    if course is None:
        raise CourseNotFound
    with transaction() as tx:
        view = views.exam(exam, save(tx, exam, None, now), course)
        idempotent.record(tx, view, location=location(view))
    return view


def new(exam_id: UUID, body: NewExam, now: datetime) -> Exam:
    """An exam that is not stored yet; raises `ClosingImpossible`."""
    exam = Exam(id=exam_id, created_at=now, **body.model_dump(exclude={"closes_at"}))
    _set_closing(exam, body.closes_at)
    exam.last_closing = exam.closes_at
    return exam


def location(exam: ExamView) -> str:
    return f"/courses/{exam.course_id}/exams"


def list_exams(course: roster.Course | None, level: CourseAccess, paging: PageRequest) -> Page[ExamView]:
    """The exams of a course, soonest first; for teachers, those published and then the drafts.

    Raises `CourseNotFound`.
    """
    if course is None:
        raise CourseNotFound
    states: tuple[Listed, ...] = ("published", "draft") if level == "teacher" else ("published",)
    exams, after = query_page(Exam.course_index, [exams_key(course.id, state) for state in states], paging)
    return paging.page([views.exam(exam, exam.version, course) for exam in exams], after)


def details(exam_id: UUID, caller: Caller, now: datetime) -> ExamDetails:
    """One exam; for a student, with how they stand to it. Raises `NotAccessible`."""
    if caller.role != "student":
        return views.exam_for_teachers(*access.taught_in_course(caller, exam_id))
    reading = access.of_student(caller, exam_id, now)
    return views.exam_for_student(reading.exam, reading.course, reading.standing, now, may_begin=reading.is_enrolled)


@retry_stale
def update(exam_id: UUID, caller: Caller, body: ExamUpdate, if_match: Precondition, now: datetime) -> ExamView:
    """Replaces the fields given.

    Raises `NotAccessible`, `ClosingImpossible`, a `Conflict` (see `editing.require_change_allowed`),
    `PreconditionFailed`.
    """
    exam, course = access.taught_in_course(caller, exam_id)
    before = exam.settings()
    _apply(exam, body)
    editing.require_change_allowed(before, exam.settings(), now)
    require_match(exam.version, if_match)
    after = exam.settings()
    if (after.published, after.closes_at, after.duration) != (before.published, before.closes_at, before.duration):
        exam.last_closing = _last_closing(exam)
    with transaction() as tx:
        version = save(tx, exam, before, now)
    return views.exam(exam, version, course)


def _apply(exam: Exam, body: ExamUpdate) -> None:
    for field, value in body.given().items():
        if field != "closes_at":
            setattr(exam, field, value)
    chosen = None if exam.closes_by_default else exam.closes_at
    _set_closing(exam, body.closes_at if "closes_at" in body.model_fields_set else chosen)


def _set_closing(exam: Exam, chosen: datetime | None) -> None:
    exam.closes_by_default = chosen is None
    exam.closes_at = editing.closing(exam.opens_at, timedelta(minutes=exam.duration), chosen)


def _last_closing(exam: Exam) -> datetime:
    return deadlines.last_closing(exam.settings(), standings.granted(exam).values())


@retry_stale
def delete(exam_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Deletes an exam; raises `NotAccessible`, `ExamBegun`, `PreconditionFailed`."""
    exam = access.taught_by(caller, exam_id)
    before = exam.settings()
    editing.require_deletable(before)
    require_match(exam.version, if_match)
    exam.published = False
    with transaction() as tx:
        save(tx, exam, before, now, deleted=True)


def release(exam_id: UUID, caller: Caller, now: datetime, *, close_now: bool) -> ExamView:
    """Releases the results of an exam with manual release; again changes nothing.

    With `close_now` an exam that is still open closes: no attempt begins any more, the running ones have until their
    deadline, and the results are released (`released_at`) when the last of them has ended.

    Raises `NotAccessible`, a `Conflict` (see `editing.require_releasable`), and `StudentsCanStillAnswer`.
    """
    course = _release_or_close(exam_id, caller, now, close_now)
    sweeps.run_in_request(exam_id, now)
    exam = access.find(exam_id)
    return views.exam(exam, exam.version, course)


@retry_stale
def _release_or_close(exam_id: UUID, caller: Caller, now: datetime, close_now: bool) -> roster.Course:
    exam, course = access.taught_in_course(caller, exam_id)
    before = exam.settings()
    editing.require_releasable(before, now)
    if exam.released_at is not None or exam.closed_at is not None:
        return course
    if not standings.any_student_may_answer(before, now):
        exam.released_at = now
    elif close_now:
        exam.closed_at = now
    else:
        raise StudentsCanStillAnswer
    exam.started_at = exam.started_at or now
    with transaction() as tx:
        save(tx, exam, before, now)
        sweeps.schedule(tx, exam.id, now)
        about = {"exam": exam_id, "course": exam.course_id}
        audit(tx, now, "results.released", caller.id, about, after={"close_now": close_now})
    return course


def save(tx: Transaction, exam: Exam, before: ExamSettings | None, now: datetime, *, deleted: bool = False) -> int:
    """Adds an exam to the transaction, with the event of what changed (`before`: None for a new exam) and its sweep.

    Answers the version that it gets.
    """
    state: Listed = "deleted" if deleted else "published" if exam.published else "draft"
    exam.listing_key = exams_key(exam.course_id, state)
    exam.updated_at = now
    roster.require_course_exists(tx, exam.course_id, CourseNotFound())
    version = tx.put(exam)
    schedules.note(tx, exam)
    event = _event_of_change(exam, before, version)
    if event is not None:
        exam.event_version = version
        emit(tx, event, now)
    if isinstance(event, ExamCancelled):
        sweeps.cancel(tx, exam.id)
    elif exam.published and (before is None or not before.published or before.closes_at != exam.closes_at):
        sweeps.schedule_next(tx, exam.settings(), now)
    return version


def _event_of_change(exam: Exam, before: ExamSettings | None, version: int) -> ExamState | ExamCancelled | None:
    after = exam.settings()
    if before is None or not before.published:
        if after.published:
            return event_of(ExamScheduled, after, version)
        # One that was published before, and is deleted now: it is cancelled for good.
        return cancellation_of(after, version) if after.deleted and exam.event_version is not None else None
    if not after.published:
        return cancellation_of(after, version)
    changed = event_of(ExamChanged, after, version)
    return None if changed == event_of(ExamChanged, before, version) else changed


def event_of(event: type[ExamState], exam: ExamSettings, version: int) -> ExamState:
    """An event with all that other services know of an exam."""
    return event(
        version=version,
        exam_id=exam.exam_id,
        course_id=exam.course_id,
        title=exam.title,
        opens_at=exam.opens_at,
        closes_at=exam.closing,
        duration=exam.duration // timedelta(minutes=1),
        weight=exam.weight,
        pass_mark=exam.pass_mark,
        paper=exam.paper,
    )


def cancellation_of(exam: ExamSettings, version: int) -> ExamCancelled:
    return ExamCancelled(version=version, exam_id=exam.exam_id, course_id=exam.course_id, withdrawn=not exam.deleted)
