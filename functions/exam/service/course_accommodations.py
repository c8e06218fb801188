"""Accommodations in a whole course: more time for one student in every exam, those set later too."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from exam.rules import release
from exam.schemas.accommodations import CourseAccommodationUpdate, CourseAccommodationView
from exam.service import accommodations, standings
from exam.service.access import StudentNotInCourse
from exam.service.accommodations import NoAccommodation
from exam.service.standings import StudentErased
from exam.tables import CourseAccommodation, Exam, StoredStanding, exams_key
from lms import roster
from lms.dynamo import read_together, retry_stale, transaction
from lms.pages import Page, PageRequest, query_page
from lms.refusals import CourseNotFound


def grant(course_id: UUID, student_id: UUID, body: CourseAccommodationUpdate, now: datetime) -> CourseAccommodationView:
    """Grants a student of a course more time in its exams, also in a running attempt.

    Exams of which students may already have seen keys stay as they are. Raises `CourseNotFound`, `StudentNotInCourse`,
    and `StudentErased`.
    """
    view = _store(course_id, student_id, body.extra_percent, now)
    _apply_to_course(course_id, student_id, body.extra_percent, now)
    return view


@retry_stale
def _store(course_id: UUID, student_id: UUID, percent: int, now: datetime) -> CourseAccommodationView:
    course, member, student, stored = read_together(
        [
            roster.course_key(course_id),
            roster.membership_key("student", student_id, course_id),
            roster.user_key(student_id),
            (CourseAccommodation, course_id, student_id),
        ]
    )
    if course is None:
        raise CourseNotFound
    if member is None:
        raise StudentNotInCourse
    row = stored or CourseAccommodation(course_id, student_id, created_at=now)
    row.extra_percent, row.updated_at = percent, now
    with transaction() as tx:
        roster.require_exists(tx, student_id, StudentErased())
        version = tx.put(row)
    return _view(row, course, student, version)


def _view(
    row: CourseAccommodation, course: roster.Course, student: roster.User | None, version: int
) -> CourseAccommodationView:
    return CourseAccommodationView(
        course_id=row.course_id,
        course_title=course.title,
        student_id=row.student_id,
        student_name=student.name if student else None,
        extra_percent=row.extra_percent,
        version=version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def list_accommodations(course_id: UUID, paging: PageRequest) -> Page[CourseAccommodationView]:
    """The students who were granted more time in a whole course; raises `CourseNotFound`."""
    course = roster.find_course(course_id)
    if course is None:
        raise CourseNotFound
    found, after = query_page(CourseAccommodation, [course_id], paging, consistent_read=True)
    people = roster.find_users(row.student_id for row in found)
    return paging.page([_view(row, course, people.get(row.student_id), row.version) for row in found], after)


@retry_stale
def withdraw(course_id: UUID, student_id: UUID, now: datetime) -> None:
    """Takes back what a student was granted in a whole course.

    Raises `CourseNotFound`, and `NoAccommodation` if that is nothing.
    """
    course, stored = read_together([roster.course_key(course_id), (CourseAccommodation, course_id, student_id)])
    if course is None:
        raise CourseNotFound
    if stored is None:
        raise NoAccommodation
    # The row last: a request that fails on the way can be sent again.
    _apply_to_course(course_id, student_id, 0, now)
    with transaction() as tx:
        tx.delete(stored)


def apply_to_exam(exam_id: UUID, now: datetime) -> None:
    """Gives a published exam what was granted in its course before."""
    exam = Exam.find(exam_id)
    if exam is not None and exam.published:
        for row in CourseAccommodation.query(exam.course_id, consistent_read=True):
            _apply(exam_id, row.student_id, int(row.extra_percent), now)


def _apply_to_course(course_id: UUID, student_id: UUID, percent: int, now: datetime) -> None:
    exams = Exam.course_index.query(exams_key(course_id, "published"))
    for exam in exams:
        if not release.keys_are_out(exam.settings(), now):
            _apply(exam.id, student_id, percent, now)


@retry_stale
def _apply(exam_id: UUID, student_id: UUID, percent: int, now: datetime) -> None:
    exam, stored = read_together([(Exam, exam_id, None), (StoredStanding, exam_id, student_id)])
    if exam is None or exam.is_deleted or release.keys_are_out(exam.settings(), now):
        return
    standing = standings.of(exam, stored, student_id, now)
    if standing.accommodation.extra_percent == percent:
        return
    standing.grant(replace(standing.accommodation, extra_percent=percent), now)
    with transaction() as tx:
        accommodations.extend(tx, exam, standing, now)
        standings.save(tx, standing, now)
