"""Report cards: shown, annotated by teachers, and updated by the events of a student in a course."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from lms import roster
from lms.audit import audit
from lms.dynamo import retry_stale, transaction
from lms.errors import NotFound
from lms.etags import Precondition, require_match
from lms.institute import current_institute
from lms.pages import Page, PageRequest, slice_page
from student import rules
from student.rules import Facts, Override, Progress, Result
from student.schemas import CardUpdate, CountedScore, GradeOverride, Metadata, ReportCardView
from student.service.access import Access
from student.service.courses import find_courses
from student.service.enrollments import Enrollment, StudentNotFound, blank, enrollment, read_enrollments
from student.tables import ReportCard


class ReportCardNotFound(NotFound):
    detail = "There is no such report card."


def list_cards(access: Access, paging: PageRequest) -> Page[ReportCardView]:
    """A report card for each course that a student belongs to, and for dropped ones where something is known.

    Raises `StudentNotFound`.
    """
    memberships, after = slice_page(access.memberships(), lambda item: item.course_id, paging)
    enrollments, [student] = read_enrollments(access.student_id, memberships, [roster.user_key(access.student_id)])
    if student is None or student.role != "student":
        raise StudentNotFound
    authors = roster.find_users(each.card.override.by for each in enrollments if each.card.override)
    views = [
        _view(each, student, authors)
        for each in enrollments
        if each.card.version is not None or each.membership.status != "dropped"
    ]
    return paging.page(views, after)


@retry_stale
def annotate(
    student_id: UUID, course_id: UUID, author_id: UUID, update: CardUpdate, if_match: Precondition, now: datetime
) -> ReportCardView:
    """Sets the remarks, or a grade that stands before the computed one.

    Raises `UnknownLetter`, `ReportCardNotFound` (also for a student who never belonged to the course or was erased, and
    for a deleted course), `PreconditionFailed`.
    """
    if update.grade is not None:
        rules.require_letter(update.grade, current_institute().grade_scale)
    courses, (student, course_card, membership, known, author) = find_courses(
        [course_id],
        [
            roster.user_key(student_id),
            roster.course_key(course_id),
            roster.membership_key("student", student_id, course_id),
            (ReportCard, student_id, course_id),
            roster.user_key(author_id),
        ],
    )
    if student is None or course_card is None or membership is None:
        raise ReportCardNotFound
    card = known or blank(student_id, course_id)
    require_match(card.version or 0, if_match)
    if "remarks" in update.model_fields_set:
        card.remarks = update.remarks
    overridden = card.override
    if "grade" in update.model_fields_set:
        card.override = _override(update, author_id, now)
    _stamp(card, now)
    with transaction() as tx:
        # Nothing is written about a student who is erased meanwhile.
        roster.require_user(tx, student)
        version = tx.put(card)
        if card.override != overridden:
            audit(
                tx,
                now,
                "grade.overridden",
                author_id,
                {"course": course_id, "user": student_id},
                before={"grade": overridden.grade if overridden else None},
                after={"grade": card.override.grade if card.override else None},
                reason=card.override.reason if card.override else None,
            )
    authors = {author_id: author} if author else {}
    if card.override is not None and card.override.by != author_id:
        authors = roster.find_users([card.override.by])
    return _view(enrollment(membership, courses[course_id], card), student, authors, version)


def _override(update: CardUpdate, author_id: UUID, now: datetime) -> Override | None:
    if update.grade is None or update.reason is None:
        return None
    return Override(grade=update.grade, reason=update.reason, by=author_id, at=now)


def record_result(student_id: UUID, course_id: UUID, exam_id: UUID, incoming: Result, now: datetime) -> None:
    """Takes over a result, unless something newer is known of it."""
    _update(student_id, course_id, lambda facts: rules.with_result(facts, exam_id, incoming), now)


def record_progress(student_id: UUID, course_id: UUID, incoming: Progress, now: datetime) -> None:
    """Takes over a student's progress, unless something newer is known of it."""
    _update(student_id, course_id, lambda facts: rules.with_progress(facts, incoming), now)


@retry_stale
def _update(student_id: UUID, course_id: UUID, change: Callable[[Facts], Facts], now: datetime) -> None:
    card = ReportCard.find(student_id, course_id) or blank(student_id, course_id)
    if update_facts(card, change(card.facts), now):
        with transaction() as tx:
            tx.put(card)


def update_facts(card: ReportCard, facts: Facts, now: datetime) -> bool:
    """Sets the facts of a card; False when there is nothing new in them."""
    if facts is card.facts:
        return False
    card.facts = facts
    _stamp(card, now)
    return True


def erase_comments(student_id: UUID, now: datetime) -> None:
    """Deletes what people wrote about an erased student."""
    for card in ReportCard.query(student_id, consistent_read=True):
        if card.remarks is not None or (card.override is not None and card.override.reason):
            _erase_comments(student_id, card.course_id, now)


@retry_stale
def _erase_comments(student_id: UUID, course_id: UUID, now: datetime) -> None:
    card = ReportCard.get(student_id, course_id, consistent_read=True)
    card.remarks = None
    if card.override is not None:
        card.override = card.override.model_copy(update={"reason": ""})
    _stamp(card, now)
    with transaction() as tx:
        tx.put(card)


def _stamp(card: ReportCard, now: datetime) -> None:
    card.created_at = card.created_at or now
    card.updated_at = now


def _view(
    enrollment: Enrollment, student: roster.User, authors: Mapping[UUID, roster.User], version: int | None = None
) -> ReportCardView:
    card, report, course = enrollment.card, enrollment.report, enrollment.course
    return ReportCardView(
        report_id=uuid5(card.student_id, str(card.course_id)),
        student_id=card.student_id,
        student_name=student.name,
        course_id=card.course_id,
        course_title=course.title,
        grade=enrollment.grade,
        completion_percentage=card.facts.progress.percentage,
        attendance=report.attendance,
        remarks=card.remarks,
        metadata=Metadata(
            grade_percentage=report.percentage,
            computed_grade=report.letter,
            grade_override=_override_view(card.override, authors),
            results=report.results,
            scores=[
                CountedScore(exam_id=each, exam_title=course.exam_title(each), score=mark.score, weight=mark.weight)
                for each, mark in sorted(rules.marks(card.facts, course.exams).items())
            ],
            sessions=sum(report.sessions.values()),
            attendance=dict(report.sessions),
        ),
        version=version or card.version or 0,
        created_at=card.created_at,
        updated_at=card.updated_at,
    )


def _override_view(override: Override | None, authors: Mapping[UUID, roster.User]) -> GradeOverride | None:
    if override is None:
        return None
    author = authors.get(override.by)
    return GradeOverride(
        grade=override.grade,
        reason=override.reason,
        overridden_by=override.by,
        overridden_by_name=author.name if author else None,
        overridden_at=override.at,
    )
