"""Exams: created, listed, changed, published, released, deleted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from exam.rules import deadlines
from exam.schemas import ExamUpdate, ExamView, NewExam
from exam.service import access, standings, sweeps
from exam.tables import Exam, exams_key
from lms import access as roles
from lms import roster
from lms.callers import Caller
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Forbidden, Invalid, NotFound
from lms.etags import Precondition, require_match
from lms.events import ExamCancelled, ExamChanged, ExamScheduled, ExamState
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Page, PageRequest, query_page

_LONGEST = timedelta(days=366)
_IN_EVENTS = ("title", "exam_date", "closing", "duration", "weight", "pass_mark", "paper")
_OTHER = (
    "closes_at",
    "closes_by_default",
    "attempts_allowed",
    "shuffle",
    "release",
    "published",
    "released_at",
)
_BEFORE_CREATION: dict[str, Any] = {"published": False, "closes_at": None}


@retry_stale
def create(body: NewExam, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> ExamView:
    """Creates an exam; raises `Invalid`, `Forbidden`, `NotFound` without the course."""
    roles.require_teaching(caller, body.course_id)
    fields = body.model_dump()
    exam = Exam(id=uuid7(), closes_by_default=body.closes_at is None, created_at=now, updated_at=now, **fields)
    _set_times(exam)
    exam.last_closing = exam.closes_at
    if exam.published and not exam.paper:
        raise Invalid(["body", "published"], "Add questions before you publish the exam.", "no-questions")
    with transaction() as tx:
        version = _save(tx, exam, _BEFORE_CREATION, now)
        view = _view(exam, version)
        idempotent.record(tx, view, location=location(view))
    return view


def location(exam: ExamView) -> str:
    return f"/courses/{exam.course_id}/exams"


def list_exams(course_id: UUID, caller: Caller, paging: PageRequest) -> Page[ExamView]:
    """The exams of a course, soonest first; for teachers, those published and then the drafts.

    Raises `Forbidden` for callers who do not belong to the course, existing or not; `NotFound`.
    """
    course_exists, standing = access.in_course(caller, course_id)
    if standing is None:
        raise Forbidden("Only members of this course can do this.")
    if not course_exists:
        raise NotFound("This course does not exist.")
    states = ("published", "draft") if standing == "teacher" else ("published",)
    exams, after = query_page(Exam.course_index, [exams_key(course_id, state) for state in states], paging)
    return paging.page([_view(exam, exam.version) for exam in exams], after)


@retry_stale
def update(exam_id: UUID, caller: Caller, body: ExamUpdate, if_match: Precondition, now: datetime) -> ExamView:
    """Replaces the fields given; raises `NotFound`, `Invalid`, `Conflict` with a code, `PreconditionFailed`.

    Once an attempt has begun, the title may change (`begun`), and `closesAt` to a later time while it has not passed
    (`closed`).
    """
    exam = access.taught_by(caller, exam_id)
    before = _state(exam)
    _apply(exam, body)
    _require_allowed(exam, before, now)
    require_match(exam.version, if_match)
    if exam.closes_at != before["closes_at"]:
        exam.last_closing = _last_closing(exam)
    with transaction() as tx:
        version = _save(tx, exam, before, now)
    return _view(exam, version)


def _apply(exam: Exam, body: ExamUpdate) -> None:
    given = body.model_fields_set
    for field in given - {"closes_at"}:
        setattr(exam, field, getattr(body, field))
    if "closes_at" in given:
        exam.closes_by_default = body.closes_at is None
        exam.closes_at = body.closes_at
    _set_times(exam)


def _set_times(exam: Exam) -> None:
    if exam.closes_by_default:
        exam.closes_at = exam.exam_date + timedelta(minutes=exam.duration)
    if not exam.exam_date < exam.closes_at <= exam.exam_date + _LONGEST:
        raise Invalid(["body", "closesAt"], "An exam must close after it opens, and within a year.", "closes_at")


def _require_allowed(exam: Exam, before: dict[str, Any], now: datetime) -> None:
    changed = {field for field, value in _state(exam).items() if value != before[field]}
    if exam.started_at is not None:
        if changed - {"title", "closes_at", "closing", "closes_by_default"}:
            raise Conflict("The exam has begun: you can only change its title or let it close later.", code="begun")
        if "closes_at" in changed and exam.closes_at < before["closes_at"]:
            raise Conflict("The exam has begun: it can close later, but not earlier.", code="begun")
        if "closes_at" in changed and now >= before["closing"]:
            raise Conflict("The exam has closed.", code="closed")
    if exam.published and not exam.paper:
        if not exam.questions:
            raise Conflict("Only an exam that has questions or is on paper can be published.", code="no-questions")
        if exam.closes_at <= now and changed & {"published", "closes_at", "paper"}:
            raise Conflict("An exam that has already closed cannot be published.", code="closed")


def _last_closing(exam: Exam) -> datetime:
    granted = [stored.accommodation() for stored in standings.accommodated(exam.id)]
    return deadlines.last_closing(exam.terms(), granted)


@retry_stale
def delete(exam_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Deletes an exam that has not begun; raises `NotFound`, `Conflict`, `PreconditionFailed`."""
    exam = access.taught_by(caller, exam_id)
    if exam.started_at is not None:
        raise Conflict("The exam has begun.", code="begun")
    require_match(exam.version, if_match)
    before = _state(exam)
    exam.published = False
    with transaction() as tx:
        _save(tx, exam, before, now, deleted=True)


def release(exam_id: UUID, caller: Caller, now: datetime, *, close_now: bool) -> ExamView:
    """Releases the results of an exam with manual release; again changes nothing.

    With `close_now` an exam that is still open closes: no attempt begins any more, the running ones have until their
    deadline, and the results are released (`released_at`) when the last of them has ended.

    Raises `NotFound`, and `Conflict` with the code `not-manual`, `unpublished`, `not-open`, or `open` while a student
    may begin or answer.
    """
    _release_or_close(exam_id, caller, now, close_now)
    sweeps.run_in_request(exam_id, now)
    exam = access.find(exam_id)
    return _view(exam, exam.version)


@retry_stale
def _release_or_close(exam_id: UUID, caller: Caller, now: datetime, close_now: bool) -> None:
    exam = access.taught_by(caller, exam_id)
    if exam.release != "manual":
        raise Conflict("The results of this exam are released automatically.", code="not-manual")
    if not exam.published:
        raise Conflict("The exam is not published.", code="unpublished")
    if now < exam.exam_date:
        raise Conflict("The exam has not opened yet.", code="not-open")
    if exam.released_at is not None or exam.closed_at is not None:
        return
    before = _state(exam)
    if not standings.anybody_may_answer(exam.terms(), now):
        exam.released_at = now
    elif close_now:
        exam.closed_at = now
    else:
        raise Conflict("Students can still take this exam; use closeNow to close it.", code="open")
    exam.started_at = exam.started_at or now
    with transaction() as tx:
        _save(tx, exam, before, now)
        sweeps.schedule(tx, exam.id, now)


def _save(tx: Transaction, exam: Exam, before: dict[str, Any], now: datetime, *, deleted: bool = False) -> int:
    """Adds an exam to the transaction, with the event of what changed and the sweep at its closing; its new version."""
    state = "deleted" if deleted else "published" if exam.published else "draft"
    exam.listing_key = exams_key(exam.course_id, state)
    exam.updated_at = now
    version = next_version(exam)
    roster.require_course_exists(tx, exam.course_id, NotFound("This course does not exist."))
    if exam.published and not before["published"]:
        exam.event_version = version
        emit(tx, event_of(ExamScheduled, exam, version), now)
    elif exam.published and any(getattr(exam, field) != before[field] for field in _IN_EVENTS):
        exam.event_version = version
        emit(tx, event_of(ExamChanged, exam, version), now)
    elif (before["published"] and not exam.published) or (deleted and exam.event_version is not None):
        exam.event_version = version
        emit(tx, cancelled(exam, version), now)
        sweeps.cancel(tx, exam.id)
    if exam.published and not (before["published"] and exam.closes_at == before["closes_at"]):
        sweeps.schedule_next(tx, exam, now)
    tx.put(exam)
    return version


def _state(exam: Exam) -> dict[str, Any]:
    """What may be changed of an exam, as it is now."""
    return {field: getattr(exam, field) for field in (*_IN_EVENTS, *_OTHER)}


def event_of(event: type[ExamState], exam: Exam, version: int) -> ExamState:
    """An event with all that other services know of an exam."""
    return event(
        version=version,
        exam_id=exam.id,
        course_id=exam.course_id,
        title=exam.title,
        opens_at=exam.exam_date,
        closes_at=exam.closing,
        duration=exam.duration,
        weight=exam.weight,
        pass_mark=exam.pass_mark,
        paper=exam.paper,
    )


def cancelled(exam: Exam, version: int) -> ExamCancelled:
    withdrawn = not exam.is_deleted
    return ExamCancelled(version=version, exam_id=exam.id, course_id=exam.course_id, withdrawn=withdrawn)


def _view(exam: Exam, version: int) -> ExamView:
    shown = {"closes_at": exam.closing, "released_at": exam.released_at, "version": version}
    return ExamView.model_validate({**exam.attribute_values, **shown})
