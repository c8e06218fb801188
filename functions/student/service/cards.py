"""Report cards: shown, written on by teachers, and kept up with what is told of a student in a course."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from lms import roster
from lms.dynamo import next_version, read_together, retry_stale, transaction
from lms.errors import NotFound
from lms.etags import Precondition, require_match
from lms.pages import Page, PageRequest, slice_page
from student import rules
from student.rules import Facts, Letter, Override, Progress, Result
from student.schemas import CardUpdate, GradeOverride, Metadata, ReportCardView
from student.service.reading import read_all
from student.service.sight import Sight
from student.tables import KnownCourse, ReportCard


def list_cards(sight: Sight, paging: PageRequest) -> Page[ReportCardView]:
    """A report card for each course that a student belongs to, and for those dropped of which something is known."""
    memberships, after = slice_page(sight.memberships(), lambda item: item.course_id, paging)
    course_ids = [item.course_id for item in memberships]
    found = _find_cards(sight.student_id, course_ids)
    views = [
        _view(card or blank(sight.student_id, item.course_id), exams)
        for item, (card, exams) in zip(memberships, found, strict=True)
        if card is not None or item.status != "dropped"
    ]
    return paging.page(views, after)


def _find_cards(student_id: UUID, course_ids: Sequence[UUID]) -> list[tuple[ReportCard | None, rules.Exams]]:
    cards = [(ReportCard, student_id, course_id) for course_id in course_ids]
    courses = [(KnownCourse, course_id, None) for course_id in course_ids]
    found = read_all([*cards, *courses])
    pairs = zip(found[: len(cards)], found[len(cards) :], strict=True)
    return [(card, course.exams if course else {}) for card, course in pairs]


@retry_stale
def write_on(
    student_id: UUID, course_id: UUID, author_id: UUID, update: CardUpdate, if_match: Precondition, now: datetime
) -> ReportCardView:
    """Sets the remarks, or a grade that stands before the computed one.

    Raises `NotFound` for somebody who never belonged to the course or was erased, and without the course,
    `PreconditionFailed`.
    """
    student, course_card, membership, known, course = read_together(
        [
            roster.user_key(student_id),
            roster.course_key(course_id),
            roster.membership_key("student", student_id, course_id),
            (ReportCard, student_id, course_id),
            (KnownCourse, course_id, None),
        ]
    )
    if student is None or course_card is None or membership is None:
        raise NotFound("There is no such report card.")
    card = known or blank(student_id, course_id)
    require_match(card.version or 0, if_match)
    if "remarks" in update.model_fields_set:
        card.remarks = update.remarks
    if "grade" in update.model_fields_set:
        card.override = _override(update, author_id, now)
    version = _stamp(card, now)
    with transaction() as tx:
        # Whoever is erased meanwhile has nothing written about them any more.
        roster.require_user(tx, student)
        tx.put(card)
    return _view(card, course.exams if course else {}, version)


def _override(update: CardUpdate, author_id: UUID, now: datetime) -> Override | None:
    if update.grade is None or update.reason is None:
        return None
    return Override(grade=update.grade, reason=update.reason, by=author_id, at=now)


def note_result(student_id: UUID, course_id: UUID, exam_id: UUID, told: Result, now: datetime) -> None:
    """Takes over a result, unless something newer is known of it."""
    _learn(student_id, course_id, lambda facts: rules.with_result(facts, exam_id, told), now)


def note_progress(student_id: UUID, course_id: UUID, told: Progress, now: datetime) -> None:
    """Takes over a student's progress, unless something newer is known of it."""
    _learn(student_id, course_id, lambda facts: rules.with_progress(facts, told), now)


@retry_stale
def _learn(student_id: UUID, course_id: UUID, change: Callable[[Facts], Facts], now: datetime) -> None:
    [known] = read_together([(ReportCard, student_id, course_id)])
    card = known or blank(student_id, course_id)
    if learn(card, change(card.facts), now):
        with transaction() as tx:
            tx.put(card)


def learn(card: ReportCard, facts: Facts, now: datetime) -> bool:
    """Sets what is known; False when that is nothing new."""
    if facts is card.facts:
        return False
    card.facts = facts
    _stamp(card, now)
    return True


def forget_words(student_id: UUID, now: datetime) -> None:
    """Forgets what people wrote about an erased student."""
    for card in ReportCard.query(student_id, consistent_read=True):
        if card.remarks is not None or (card.override is not None and card.override.reason):
            _forget_words(student_id, card.course_id, now)


@retry_stale
def _forget_words(student_id: UUID, course_id: UUID, now: datetime) -> None:
    [card] = read_together([(ReportCard, student_id, course_id)])
    card.remarks = None
    if card.override is not None:
        card.override = card.override.model_copy(update={"reason": ""})
    _stamp(card, now)
    with transaction() as tx:
        tx.put(card)


def blank(student_id: UUID, course_id: UUID) -> ReportCard:
    return ReportCard(student_id=student_id, course_id=course_id)


def _stamp(card: ReportCard, now: datetime) -> int:
    card.created_at = card.created_at or now
    card.updated_at = now
    return next_version(card)


def grade(card: ReportCard, report: rules.Report) -> Letter | None:
    """The grade that counts."""
    return card.override.grade if card.override else report.letter


def _view(card: ReportCard, exams: rules.Exams, version: int | None = None) -> ReportCardView:
    report = rules.report(card.facts, exams)
    return ReportCardView(
        report_id=uuid5(card.student_id, str(card.course_id)),
        student_id=card.student_id,
        course_id=card.course_id,
        grade=grade(card, report),
        completion_percentage=card.facts.progress.percentage,
        attendance=report.attendance,
        remarks=card.remarks,
        metadata=Metadata(
            grade_percentage=report.percentage,
            computed_grade=report.letter,
            grade_override=_override_view(card.override),
            results=report.results,
            sessions=sum(report.sessions.values()),
            attendance=dict(report.sessions),
        ),
        version=version or card.version or 0,
        created_at=card.created_at,
        updated_at=card.updated_at,
    )


def _override_view(override: Override | None) -> GradeOverride | None:
    if override is None:
        return None
    return GradeOverride(
        grade=override.grade, reason=override.reason, overridden_by=override.by, overridden_at=override.at
    )
