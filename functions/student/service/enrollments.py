"""A student's courses, with what is known of each: two reads for up to a hundred of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lms import roster
from lms.dynamo import Key
from lms.errors import NotFound
from lms.institute import current_institute
from lms.pages import Page, PageRequest, slice_page
from lms.zones import find_zone
from student import rules
from student.rules import Letter
from student.schemas import (
    AttendedSession,
    CourseAttendance,
    EnrolledCourse,
    OwnCourses,
    TeacherName,
    Transcript,
    TranscriptCourse,
)
from student.service.access import Access
from student.service.courses import Course, find_courses
from student.tables import ReportCard


class StudentNotFound(NotFound):
    detail = "There is no such student."


@dataclass(frozen=True)
class Enrollment:
    """A student in a course; the card is blank where nothing was recorded."""

    membership: roster.Membership
    course: Course
    card: ReportCard
    report: rules.Report

    @property
    def grade(self) -> Letter | None:
        """The grade that counts."""
        return self.card.override.grade if self.card.override else self.report.letter


def read_enrollments(
    student_id: UUID, memberships: Sequence[roster.Membership], beside: Sequence[Key] = ()
) -> tuple[list[Enrollment], list[Any]]:
    """What memberships, in the order of their courses' ids, are about; and what is at the keys `beside`."""
    course_ids = [item.course_id for item in memberships]
    cards = _find_cards(student_id, course_ids)
    courses, others = find_courses(course_ids, beside)
    blanks = (blank(student_id, course_id) for course_id in course_ids)
    return [
        enrollment(item, courses[item.course_id], cards.get(item.course_id, empty))
        for item, empty in zip(memberships, blanks, strict=True)
    ], others


def enrollment(membership: roster.Membership, course: Course, card: ReportCard) -> Enrollment:
    """With what follows from the card by the institute's scale of this moment."""
    return Enrollment(membership, course, card, rules.report(card.facts, course.exams, current_institute().grade_scale))


def _find_cards(student_id: UUID, course_ids: Sequence[UUID]) -> dict[UUID, ReportCard]:
    if not course_ids:
        return {}
    between = ReportCard.course_id.between(course_ids[0], course_ids[-1])
    return {card.course_id: card for card in ReportCard.query(student_id, between, consistent_read=True)}


def blank(student_id: UUID, course_id: UUID) -> ReportCard:
    return ReportCard(student_id=student_id, course_id=course_id)


def list_courses(student_id: UUID) -> OwnCourses:
    """All courses that a student ever enrolled in, in the order of their creation."""
    enrollments, _ = read_enrollments(student_id, Access(student_id, None).memberships())
    return OwnCourses(
        items=[
            EnrolledCourse(**_described(each), teachers=_teachers(each.course))
            for each in enrollments
            if each.course.title is not None
        ]
    )


def _teachers(course: Course) -> list[TeacherName]:
    return [TeacherName(id=teacher_id, name=teacher.name) for teacher_id, teacher in course.teachers.items()]


def transcript(student_id: UUID, now: datetime) -> Transcript:
    """All courses of a student as the institute certifies them today; raises `StudentNotFound`."""
    enrollments, [student] = read_enrollments(
        student_id, Access(student_id, None).memberships(), [roster.user_key(student_id)]
    )
    if student is None or student.role != "student":
        raise StudentNotFound
    shown = [each for each in enrollments if each.course.title is not None]
    terms = roster.find_terms(each.course.term_id for each in shown if each.course.term_id)
    institute = current_institute()
    return Transcript(
        institute_name=institute.name,
        date=now.astimezone(find_zone(institute.time_zone)).date(),
        student_id=student_id,
        student_name=student.name,
        roll_no=student.roll_no,
        courses=[TranscriptCourse(**_described(each), **_term(each.course, terms)) for each in shown],
    )


def _term(course: Course, terms: Mapping[UUID, roster.Term]) -> dict[str, Any]:
    term = terms.get(course.term_id) if course.term_id else None
    return {
        "term_id": course.term_id,
        "term_title": term.title if term else None,
        "term_starts_on": term.starts_on if term else None,
        "term_ends_on": term.ends_on if term else None,
    }


def list_attendance(student_id: UUID, paging: PageRequest) -> Page[CourseAttendance]:
    """When a student was there, by course."""
    memberships, after = slice_page(Access(student_id, None).memberships(), lambda item: item.course_id, paging)
    enrollments, _ = read_enrollments(student_id, memberships)
    return paging.page([_course_attendance(each) for each in enrollments], after)


def _course_attendance(enrollment: Enrollment) -> CourseAttendance:
    sessions = sorted(enrollment.card.facts.sessions.items(), reverse=True)
    return CourseAttendance(
        course_id=enrollment.course.id,
        course_title=enrollment.course.title,
        attendance=enrollment.report.attendance,
        sessions=[AttendedSession(date=day, status=session.status) for day, session in sessions if session.status],
    )


def _described(enrollment: Enrollment) -> dict[str, Any]:
    course, report = enrollment.course, enrollment.report
    return {
        "course_id": course.id,
        "course_title": course.title,
        "program_id": course.program_id,
        "program_title": course.program_title,
        "status": enrollment.membership.status,
        "completion_percentage": enrollment.card.facts.progress.percentage,
        "grade": enrollment.grade,
        "grade_percentage": report.percentage,
        "attendance": report.attendance,
    }
