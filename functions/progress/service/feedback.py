"""Feedback: given, shown with its summary, forgotten with its author."""

from datetime import datetime
from uuid import UUID

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import Transaction, next_version, retry_stale, transaction
from lms.errors import Forbidden, Invalid, NotFound
from lms.events import FeedbackSubmitted
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit, emit_again
from lms.pages import PageRequest, query_page
from progress import rules
from progress.schemas import FeedbackPage, FeedbackView, NewFeedback, SummaryView
from progress.tables import Feedback, FeedbackAuthor, FeedbackSummary

_COUNTERS: tuple[NumberAttribute, ...] = (
    FeedbackSummary.ones,
    FeedbackSummary.twos,
    FeedbackSummary.threes,
    FeedbackSummary.fours,
    FeedbackSummary.fives,
)


@retry_stale
def submit(body: NewFeedback, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> FeedbackView:
    """Gives feedback on a course or one of its instructors, in place of what the caller said of them before.

    Raises `Forbidden` unless enrolled, `NotFound`, `Invalid` for an instructor who does not teach the course.
    """
    if not access.is_enrolled(caller, body.course_id):
        raise Forbidden("Only students of this course can do this.")
    if roster.find_course(body.course_id) is None:
        raise _no_course()
    if body.instructor_id is not None and not roster.teaches(body.instructor_id, body.course_id):
        raise _no_instructor()
    card = roster.find_user(caller.id)
    if card is None:
        raise Forbidden("This account was deleted.", code="erased")
    author = FeedbackAuthor(caller.id, _about(body.course_id, body.instructor_id))
    feedback = _given(author, body)
    rated_before = None if feedback.rating is None else int(feedback.rating)
    feedback.rating, feedback.comment = body.rating, body.comment
    feedback.created_at = feedback.created_at or now
    feedback.updated_at = now
    version = next_version(feedback)
    view = _view(feedback, version, caller)
    with transaction() as tx:
        # Whoever is erased meanwhile leaves no words behind, and has none written about them.
        roster.require_user(tx, card)
        if body.instructor_id is not None:
            roster.require_exists(tx, body.instructor_id, _no_instructor())
        tx.put(feedback)
        if rated_before is None:
            author.course_id, author.feedback_id = body.course_id, feedback.id
            tx.put(author, FeedbackAuthor.feedback_id.does_not_exist())
        _count(tx, body.course_id, body.rating, rated_before)
        emit(tx, _told(feedback, version), now)
        idempotent.record(tx, view, location=location(view))
    return view


def list_feedback(course_id: UUID, caller: Caller, paging: PageRequest) -> FeedbackPage:
    """What was said of a course, the newest first, with the summary of all of it; raises `NotFound`."""
    if roster.find_course(course_id) is None:
        raise _no_course()
    found, after = query_page(Feedback, [course_id], paging, consistent_read=True, scan_index_forward=False)
    page = paging.page([_view(feedback, feedback.version, caller) for feedback in found], after)
    return FeedbackPage(items=page.items, next=page.next, summary=_summary(course_id))


def forget(user_id: UUID, now: datetime) -> None:
    """Removes author and words from all feedback of somebody who was erased, and the words from what is about them.

    The ratings still count.
    """
    for author in FeedbackAuthor.query(user_id, consistent_read=True):
        _forget(author, now)
    for given in Feedback.instructor_index.query(user_id):
        _empty(given.course_id, given.id, now)


@retry_stale
def _empty(course_id: UUID, feedback_id: UUID, now: datetime) -> None:
    feedback = Feedback.get(course_id, feedback_id, consistent_read=True)
    if feedback.comment:
        feedback.comment, feedback.updated_at = "", now
        with transaction() as tx:
            tx.put(feedback)


@retry_stale
def _forget(author: FeedbackAuthor, now: datetime) -> None:
    feedback = Feedback.get(author.course_id, author.feedback_id, consistent_read=True)
    feedback.student_id, feedback.comment, feedback.updated_at = None, "", now
    with transaction() as tx:
        tx.put(feedback)
        tx.delete(author)


@retry_stale
def tell_again(course_id: UUID, feedback_id: UUID, now: datetime) -> None:
    """Tells of a feedback at its version."""
    feedback = Feedback.get(course_id, feedback_id, consistent_read=True)
    with transaction() as tx:
        tx.check(Feedback, course_id, feedback_id, Feedback.version == feedback.version)
        emit_again(tx, _told(feedback, feedback.version), now)


def location(view: FeedbackView) -> str:
    return f"/feedback/{view.course_id}"


def _told(feedback: Feedback, version: int) -> FeedbackSubmitted:
    return FeedbackSubmitted(
        version=version,
        feedback_id=feedback.id,
        course_id=feedback.course_id,
        teacher_id=feedback.instructor_id,
        rating=feedback.rating,
    )


def _about(course_id: UUID, instructor_id: UUID | None) -> str:
    return f"{course_id}#{instructor_id or 'course'}"


def _given(author: FeedbackAuthor, body: NewFeedback) -> Feedback:
    try:
        known = FeedbackAuthor.get(author.student_id, author.about, consistent_read=True)
    except DoesNotExist:
        return Feedback(
            course_id=body.course_id, id=uuid7(), student_id=author.student_id, instructor_id=body.instructor_id
        )
    return Feedback.get(known.course_id, known.feedback_id, consistent_read=True)


def _count(tx: Transaction, course_id: UUID, rating: int, rated_before: int | None) -> None:
    if rating == rated_before:
        return
    changes: list[Action] = [_COUNTERS[rating - 1].add(1)]
    if rated_before is not None:
        changes.append(_COUNTERS[rated_before - 1].add(-1))
    tx.update(FeedbackSummary(course_id), changes)


def _summary(course_id: UUID) -> SummaryView:
    try:
        item = FeedbackSummary.get(course_id, consistent_read=True)
    except DoesNotExist:
        item = FeedbackSummary(course_id)
    counts = [int(number) for number in (item.ones, item.twos, item.threes, item.fours, item.fives)]
    return SummaryView.model_validate(rules.summary(counts))


def _view(feedback: Feedback, version: int, caller: Caller) -> FeedbackView:
    names_author = caller.role == "admin" or caller.id == feedback.student_id
    return FeedbackView(
        id=feedback.id,
        course_id=feedback.course_id,
        student_id=feedback.student_id if names_author else None,
        instructor_id=feedback.instructor_id,
        rating=feedback.rating,
        comment=feedback.comment,
        version=version,
        created_at=feedback.created_at,
        updated_at=feedback.updated_at,
    )


def _no_instructor() -> Invalid:
    return Invalid(["body", "instructorId"], "This instructor does not teach the course.", "unknown")


def _no_course() -> NotFound:
    return NotFound("There is no such course.")
