"""Exams: set, listed, changed, published, released, deleted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from exam.rules import terms
from exam.schemas import ExamUpdate, ExamView, NewExam
from exam.service import candidates, upkeep, visibility
from exam.tables import Candidate, Exam, shelf_of
from lms import access, roster
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Conflict, Forbidden, Invalid, NotFound
from lms.etags import Precondition, require_match
from lms.events import ExamCancelled, ExamChanged, ExamScheduled, ExamState
from lms.idempotency import Once
from lms.ids import uuid7
from lms.outbox import emit
from lms.pages import Listing, Page, walk
from lms.tokens import Caller

_LONGEST = timedelta(days=366)
_STATE = ("title", "exam_date", "closing", "duration", "weight", "pass_mark", "paper")
_TERMS = ("closes_at", "closes_by_default", "attempts_allowed", "shuffle", "release", "published", "released_at")
_NOTHING: dict[str, Any] = {"published": False, "closes_at": None}


@retry_stale
def create(body: NewExam, caller: Caller, once: Once, now: datetime) -> ExamView:
    """Sets an exam; raises `Invalid`, `Forbidden`, `NotFound` without the course."""
    access.require_teaching(caller, body.course_id)
    fields = body.model_dump()
    exam = Exam(id=uuid7(), closes_by_default=body.closes_at is None, created_at=now, updated_at=now, **fields)
    _set_times(exam)
    exam.last_closing = exam.closes_at
    if exam.published and not exam.paper:
        raise Invalid(["body", "published"], "Add questions first; a new exam has none.", "no-questions")
    with transaction() as tx:
        version = _put(tx, exam, _NOTHING, now)
        _schedule(tx, exam, _NOTHING, now)
        view = _view(exam, version)
        once.answer(tx, view, location=location(view))
    return view


def location(exam: ExamView) -> str:
    return f"/courses/{exam.course_id}/exams"


def list_exams(course_id: UUID, caller: Caller, listing: Listing) -> Page[ExamView]:
    """The exams of a course, soonest first; for teachers, those published and then the drafts.

    Raises `Forbidden` for who does not belong to the course, existing or not; `NotFound`.
    """
    course_exists, standing = visibility.in_course(caller, course_id)
    if standing is None:
        raise Forbidden("Those who belong to this course may do this.")
    if not course_exists:
        raise NotFound("There is no such course.")
    states = ("published", "draft") if standing == "teaches" else ("published",)
    exams, after = walk(Exam.course_index, [shelf_of(course_id, state) for state in states], listing)
    return listing.page([_view(exam, exam.version) for exam in exams], after)


@retry_stale
def update(exam_id: UUID, caller: Caller, body: ExamUpdate, if_match: Precondition, now: datetime) -> ExamView:
    """Replaces the fields given; raises `NotFound`, `Invalid`, `Conflict` with a code, `PreconditionFailed`.

    Once an attempt has begun, the title may change (`begun`), and `closesAt` to a later time while it has not passed
    (`closed`).
    """
    exam = visibility.taught_by(caller, exam_id)
    before = _state(exam)
    _apply(exam, body)
    _require_allowed(exam, before, now)
    require_match(exam.version, if_match)
    if exam.closes_at != before["closes_at"]:
        exam.last_closing = _last_closing(exam)
    with transaction() as tx:
        version = _put(tx, exam, before, now)
        _schedule(tx, exam, before, now)
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
        raise Invalid(["body", "closesAt"], "An exam closes after it opens, and within a year.", "closes_at")


def _require_allowed(exam: Exam, before: dict[str, Any], now: datetime) -> None:
    changed = {field for field, value in _state(exam).items() if value != before[field]}
    if exam.started_at is not None:
        if changed - {"title", "closes_at", "closing", "closes_by_default"}:
            raise Conflict("The exam has begun: its title may change, and it may close later.", code="begun")
        if "closes_at" in changed and exam.closes_at < before["closes_at"]:
            raise Conflict("The exam has begun: it may close later, not earlier.", code="begun")
        if "closes_at" in changed and now >= before["closing"]:
            raise Conflict("The exam has closed.", code="closed")
    if exam.published and not exam.paper:
        if not exam.questions:
            raise Conflict("Only an exam with questions, or on paper, can be published.", code="no-questions")
        if exam.closes_at <= now and changed & {"published", "closes_at", "paper"}:
            raise Conflict("Nobody could sit it any more.", code="closed")


def _last_closing(exam: Exam) -> datetime:
    granted = [candidate.accommodation() for candidate in _accommodated(exam.id)]
    return terms.last_closing(exam.terms(), granted)


def _accommodated(exam_id: UUID) -> list[Candidate]:
    granted = (Candidate.extra_minutes > 0) | Candidate.extra_closes_at.exists()
    return list(Candidate.query(exam_id, filter_condition=granted, consistent_read=True))


def extend_for(tx: Transaction, exam: Exam, candidate: Candidate, now: datetime) -> None:
    """Moves the exam's last closing to suit what a student was granted; raises `Conflict` once keys are out.

    The exam is written even where that moves nothing: a release that was decided meanwhile is decided again.
    """
    if terms.keys_are_out(exam.terms(), now):
        raise Conflict("Students may have seen the keys of this exam.", code="released")
    others = [other.accommodation() for other in _accommodated(exam.id) if other.student_id != candidate.student_id]
    closing = terms.last_closing(exam.terms(), [*others, candidate.accommodation()])
    is_moved = closing != exam.last_closing
    exam.last_closing = closing
    tx.put(exam)
    if is_moved and exam.published:
        upkeep.order_next(tx, exam, now)


@retry_stale
def delete(exam_id: UUID, caller: Caller, if_match: Precondition, now: datetime) -> None:
    """Deletes an exam that has not begun; raises `NotFound`, `Conflict`, `PreconditionFailed`."""
    exam = visibility.taught_by(caller, exam_id)
    if exam.started_at is not None:
        raise Conflict("The exam has begun.", code="begun")
    require_match(exam.version, if_match)
    before = _state(exam)
    exam.published = False
    with transaction() as tx:
        _put(tx, exam, before, now, state="deleted")


def release(exam_id: UUID, caller: Caller, now: datetime, *, close_now: bool) -> ExamView:
    """Releases the results of an exam with manual release; again changes nothing.

    With `close_now` an exam that is still open closes: nobody begins any more, who is at work goes on to their
    deadline, and the results are out (`released_at`) when the last one has finished. Raises `NotFound`, and `Conflict`
    with the code `not-manual`, `unpublished`, `not-open`, or `open` while anybody may begin or answer.
    """
    _release_or_close(exam_id, caller, now, close_now)
    upkeep.begin_work(exam_id, now)
    exam = visibility.find(exam_id)
    return _view(exam, exam.version)


@retry_stale
def _release_or_close(exam_id: UUID, caller: Caller, now: datetime, close_now: bool) -> None:
    exam = visibility.taught_by(caller, exam_id)
    if exam.release != "manual":
        raise Conflict("The results of this exam are released by themselves.", code="not-manual")
    if not exam.published:
        raise Conflict("The exam is not published.", code="unpublished")
    if now < exam.exam_date:
        raise Conflict("The exam has not opened yet.", code="not-open")
    if exam.released_at is not None or exam.closed_at is not None:
        return
    before = _state(exam)
    if not candidates.is_open(exam, now):
        exam.released_at = now
    elif close_now:
        exam.closed_at = now
    else:
        raise Conflict("Students may still begin or answer; closeNow closes the exam.", code="open")
    exam.started_at = exam.started_at or now
    with transaction() as tx:
        _put(tx, exam, before, now)
        upkeep.order(tx, exam, now)


def _put(tx: Transaction, exam: Exam, before: dict[str, Any], now: datetime, state: str | None = None) -> int:
    """Adds an exam to the transaction, and tells of it what others should know; the version that it gets."""
    exam.shelf = shelf_of(exam.course_id, state or ("published" if exam.published else "draft"))
    exam.updated_at = now
    version = next_version(exam)
    roster.require_course_exists(tx, exam.course_id, NotFound("There is no such course."))
    if exam.published and not before["published"]:
        exam.told_version = version
        emit(tx, told(ExamScheduled, exam, version), now)
    elif exam.published and any(getattr(exam, field) != before[field] for field in _STATE):
        exam.told_version = version
        emit(tx, told(ExamChanged, exam, version), now)
    elif (before["published"] and not exam.published) or (state == "deleted" and exam.told_version is not None):
        exam.told_version = version
        emit(tx, cancelled(exam, version), now)
        upkeep.cancel(tx, exam.id)
    tx.put(exam)
    return version


def _schedule(tx: Transaction, exam: Exam, before: dict[str, Any], now: datetime) -> None:
    if exam.published and not (before["published"] and exam.closes_at == before["closes_at"]):
        upkeep.order_next(tx, exam, now)


def _state(exam: Exam) -> dict[str, Any]:
    """What may be changed of an exam, as it is now."""
    return {field: getattr(exam, field) for field in (*_STATE, *_TERMS)}


def told(event: type[ExamState], exam: Exam, version: int) -> ExamState:
    """An event that tells the whole of an exam."""
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
    withdrawn = not visibility.is_deleted(exam)
    return ExamCancelled(version=version, exam_id=exam.id, course_id=exam.course_id, withdrawn=withdrawn)


def _view(exam: Exam, version: int) -> ExamView:
    shown = {"closes_at": exam.closing, "released_at": exam.released_at, "version": version}
    return ExamView.model_validate({**exam.attribute_values, **shown})
