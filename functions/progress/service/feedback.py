"""Feedback: given, shown with its summary, erased with its author."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from lms import access, roster
from lms.callers import Caller
from lms.dynamo import Transaction, read_together, retry_stale, transaction
from lms.errors import InvalidField
from lms.events.progress import FeedbackSubmitted
from lms.idempotency import IdempotentAnswer
from lms.ids import uuid7
from lms.outbox import emit, emit_again
from lms.pages import PageRequest, query_page
from lms.refusals import AccountErased, CourseNotFound, NotEnrolled
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


class UnknownTeacher(InvalidField):
    field = ("instructorId",)
    code = "unknown"
    detail = "This instructor does not teach the course."


@retry_stale
def submit(body: NewFeedback, caller: Caller, idempotent: IdempotentAnswer, now: datetime) -> FeedbackView:
    """Gives feedback on a course or one of its teachers, and replaces what the caller said of them before.

    Raises `NotEnrolled`, `CourseNotFound`, `UnknownTeacher`, and `AccountErased`.
    """
    if not access.is_enrolled(caller, body.course_id):
        raise NotEnrolled
    course = roster.find_course(body.course_id)
    if course is None:
        raise CourseNotFound
    if body.teacher_id is not None and not roster.teaches(body.teacher_id, body.course_id):
        raise UnknownTeacher
    people = roster.find_users([caller.id, *([body.teacher_id] if body.teacher_id else [])])
    card = people.get(caller.id)
    if card is None:
        raise AccountErased
    author = FeedbackAuthor(caller.id, f"{body.course_id}#{body.teacher_id or 'course'}")
    feedback = _given_before(author) or Feedback(
        course_id=body.course_id, id=uuid7(), student_id=caller.id, teacher_id=body.teacher_id
    )
    rated_before = None if feedback.rating is None else int(feedback.rating)
    feedback.rating, feedback.comment = body.rating, body.comment
    feedback.created_at = feedback.created_at or now
    feedback.updated_at = now
    with transaction() as tx:
        # If the student or the teacher is erased meanwhile, nothing is written by or about them.
        roster.require_user(tx, card)
        if body.teacher_id is not None:
            roster.require_exists(tx, body.teacher_id, UnknownTeacher())
        version = tx.put(feedback)
        if rated_before is None:
            author.about_course, author.feedback_id = body.course_id, feedback.id
            tx.put(author, FeedbackAuthor.feedback_id.does_not_exist())
        _count(tx, body.course_id, body.rating, rated_before)
        emit(tx, _event_of(feedback, version), now)
        view = _view(feedback, version, caller, course, people)
        idempotent.record(tx, view, location=location(view))
    return view


def list_feedback(course_id: UUID, caller: Caller, paging: PageRequest) -> FeedbackPage:
    """What was said of a course, the newest first, with a summary of all of it; raises `CourseNotFound`."""
    found, after = query_page(Feedback, [course_id], paging, consistent_read=True, scan_index_forward=False)
    named = {each for feedback in found for each in (_shown_author(feedback, caller), feedback.teacher_id) if each}
    course, ratings, *users = read_together(
        [roster.course_key(course_id), (FeedbackSummary, course_id, "ratings"), *map(roster.user_key, sorted(named))]
    )
    if course is None:
        raise CourseNotFound
    people = {user.id: user for user in users if user}
    page = paging.page([_view(feedback, feedback.version, caller, course, people) for feedback in found], after)
    return FeedbackPage(items=page.items, next=page.next, summary=_summary(ratings or FeedbackSummary(course_id)))


def erase(user_id: UUID, now: datetime) -> None:
    """Removes author and comment from all feedback of an erased user, and the comments from feedback on them.

    The ratings still count.
    """
    for author in FeedbackAuthor.query(user_id, consistent_read=True):
        _erase_author(author, now)
    for given in Feedback.teacher_index.query(user_id):
        _erase_comment(given.course_id, given.id, now)


@retry_stale
def _erase_comment(course_id: UUID, feedback_id: UUID, now: datetime) -> None:
    feedback = Feedback.get(course_id, feedback_id, consistent_read=True)
    if feedback.comment:
        feedback.comment, feedback.updated_at = "", now
        with transaction() as tx:
            tx.put(feedback)


@retry_stale
def _erase_author(author: FeedbackAuthor, now: datetime) -> None:
    feedback = Feedback.get(author.about_course, author.feedback_id, consistent_read=True)
    feedback.student_id, feedback.comment, feedback.updated_at = None, "", now
    with transaction() as tx:
        tx.put(feedback)
        tx.delete(author)


@retry_stale
def republish(course_id: UUID, feedback_id: UUID, now: datetime) -> None:
    """Publishes a feedback again at its version."""
    feedback = Feedback.get(course_id, feedback_id, consistent_read=True)
    with transaction() as tx:
        tx.check(Feedback, course_id, feedback_id, Feedback.version == feedback.version)
        emit_again(tx, _event_of(feedback, feedback.version), now)


def location(view: FeedbackView) -> str:
    return f"/feedback/{view.course_id}"


def _event_of(feedback: Feedback, version: int) -> FeedbackSubmitted:
    return FeedbackSubmitted(
        version=version,
        feedback_id=feedback.id,
        course_id=feedback.course_id,
        teacher_id=feedback.teacher_id,
        rating=feedback.rating,
    )


def _given_before(author: FeedbackAuthor) -> Feedback | None:
    known = FeedbackAuthor.find(author.student_id, author.about)
    return Feedback.get(known.about_course, known.feedback_id, consistent_read=True) if known else None


def _count(tx: Transaction, course_id: UUID, rating: int, rated_before: int | None) -> None:
    if rating == rated_before:
        return
    changes: list[Action] = [_COUNTERS[rating - 1].add(1)]
    if rated_before is not None:
        changes.append(_COUNTERS[rated_before - 1].add(-1))
    tx.update(FeedbackSummary(course_id), changes)


def _summary(item: FeedbackSummary) -> SummaryView:
    counts = [int(number) for number in (item.ones, item.twos, item.threes, item.fours, item.fives)]
    return SummaryView.model_validate(rules.summary(counts))


def _shown_author(feedback: Feedback, caller: Caller) -> UUID | None:
    is_shown = caller.role == "admin" or caller.id == feedback.student_id
    return feedback.student_id if is_shown else None


def _view(
    feedback: Feedback, version: int, caller: Caller, course: roster.Course, people: Mapping[UUID, roster.User]
) -> FeedbackView:
    author = _shown_author(feedback, caller)
    student, teacher = (people.get(each) if each else None for each in (author, feedback.teacher_id))
    return FeedbackView(
        id=feedback.id,
        course_id=feedback.course_id,
        course_title=course.title,
        student_id=author,
        student_name=student.name if student else None,
        teacher_id=feedback.teacher_id,
        teacher_name=teacher.name if teacher else None,
        rating=feedback.rating,
        comment=feedback.comment,
        version=version,
        created_at=feedback.created_at,
        updated_at=feedback.updated_at,
    )
